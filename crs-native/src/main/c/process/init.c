/*
 * crs-init: the first process of a protected container. Loads the decision table, starts the application below the
 * kernel filter made from it, and stays until the application has ended.
 */
#define _GNU_SOURCE
#include "beside.h"
#include "config.h"
#include "log.h"
#include "look.h"
#include "options.h"
#include "preload.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXIT_USAGE 2

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char usage[] =
    "usage: crs-init [--table PATH] [--watch] [--events URL] [--log-mode BITS] [--enforcement strict|fast] [--no-init]\n"
    "                -- COMMAND [ARG...]\n"
    "       crs-init --check [--table PATH]\n"
    "       crs-init --version | --help\n"
    "\n"
    "Runs COMMAND under the policy in the decision table (by default the file `table` beside this program).\n"
    "With --enforcement fast, programs that load libcrs.so (beside this program) decide in themselves what they may read.\n"
    "With --watch the file is watched, and another table put there is the policy from then on.\n"
    "Exit status: the command's, 128+n if signal n ended it, 126 not executable, 127 not found, 125 the agent failed.\n";

static struct crs_agent agent;
static struct crs_config config;
static struct crs_supervisor supervisor;

/* What was written stays; a device or a pipe is everybody's. */
static void keep_written(const char *path)
{
    struct stat st;

    if (path != NULL && path[0] != '\0' && (stat(path, &st) != 0 || S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode)))
        crs_own_files_add(&agent.own_files, path);
}

/* The table may be replaced while the application runs: by who puts a file there, by a back end. */
static int follow(const struct crs_options *options, const char *folder)
{
    static char path[PATH_MAX + 16];
    int result = options->watch || supervisor.couriers.backend != NULL ? crs_policy_live(&agent) : 0;

    if (result != 0)
        return crs_start_fails("memory of the table", strerror(-result));
    if (!options->watch)
        return 0;
    snprintf(path, sizeof path, "%s/table", folder);
    crs_watch_start(&supervisor.watch, options->table != NULL ? options->table : path);
    return 0;
}

static int check(void)
{
    static const char *const modes[] = {"INACTIVE", "PERMISSIVE", "ACTIVE"};
    struct crs_str name = agent.table.policy_name;

    printf("policy %.*s, %s, %u rules, %u bytes, generation %u, log mode %u\n", name.s == NULL ? 0 : (int)name.len,
           name.s == NULL ? "" : name.s, modes[agent.table.mode], agent.table.policy_rules, agent.table.size,
           agent.table.generation, agent.table.log_mode);
    return fflush(stdout) != 0 ? CRS_EXIT_AGENT : 0;
}

/* Where events go; why_not says what is wrong with the URL, if anything is. */
static int open_sink(const struct crs_options *options, struct crs_sink_url *url, char *why_not, size_t size)
{
    if (crs_sink_parse(options->events != NULL ? options->events : config.mq_url, url, why_not, size) != 0)
        memset(url, 0, sizeof *url);
    return crs_sink_open(url, &supervisor.sink);
}

/* Says what of the settings cannot be followed, to whoever reads messages and to whoever reads events. */
static void tell_problems(const char *why_not)
{
    int err = crs_log_open(&config);

    if (err != 0) {
        crs_log(CRS_LOG_ERROR, "%s: %s", config.daemon_log, strerror(-err));
        crs_tell(&supervisor, "the daemon log cannot be opened");
    }
    for (uint32_t i = 0; i < config.problems && i < CRS_CONFIG_PROBLEMS; i++)
        crs_tell(&supervisor, config.problem[i]);
    if (why_not[0] != '\0')
        crs_tell(&supervisor, why_not);
    if (agent.table.drift != CRS_ALLOW && agent.executables.text == NULL)
        crs_tell(&supervisor, "driftAction is not enforced: there is no list of the image's executables");
}

/* Memory all of the agent shares and the ring of events. */
static int prepare(const struct crs_options *options, const char *folder)
{
    static struct crs_sink_url url;
    char why_not[256] = "";
    int result;

    agent.shared = mmap(NULL, sizeof *agent.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (agent.shared == MAP_FAILED)
        return crs_start_fails("shared memory", strerror(errno));
    agent.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (agent.proc < 0 || crs_inode_of(AT_FDCWD, "/", 0, &agent.root) != 0)
        return crs_start_fails("/proc", strerror(errno));
    agent.execve = SYS_execve;
    agent.self_fd = open("/proc/self/fd", O_PATH | O_CLOEXEC);
    agent.closures = &agent.shared->filter.closures;
    result = crs_ask_init(&agent);
    if (result != 0)
        return crs_start_fails("eventfd", strerror(-result));
    crs_look_init();
    result = crs_ring_create(&agent.ring);
    if (result == 0)
        result = open_sink(options, &url, why_not, sizeof why_not);
    if (result != 0)
        return crs_start_fails("events", strerror(-result));
    crs_event_source_init(&agent.source, &agent.table, NULL, config.image_name, config.image_tag, config.image_digest);
    crs_sink_source(supervisor.sink, &agent.source);
    supervisor.agent = &agent;
    supervisor.log_mode = options->log_mode;
    tell_problems(why_not);
    crs_beside_keep(&agent, options, folder);
    keep_written(config.daemon_log);
    keep_written(crs_sink_path(supervisor.sink));
    if (url.kind == CRS_SINK_HTTP && (result = crs_couriers_prepare(&supervisor, &config, &url)) != 0)
        return crs_start_fails("back end", strerror(-result));
    result = follow(options, folder);
    if (result != 0)
        return result;
    result = (options->fast < 0 ? config.fast : options->fast) ? crs_fast_create(&agent) : 0;
    if (result != 0)
        return crs_start_fails("enforcement fast", strerror(-result));
    crs_identity_start(crs_identities_of(&agent), &agent.table);
    return 0;
}

/* Every signal is waited for; the application gets the mask we were given. */
static int take_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGTRAP);
    sigdelset(&all, SIGABRT);
    if (sigprocmask(SIG_SETMASK, &all, &supervisor.mask) != 0)
        return -errno;
    supervisor.signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    return supervisor.signals < 0 ? -errno : 0;
}

/* The workers and couriers first: the filter keeps the application off them by their pids. */
static int build_filter(void)
{
    int32_t agents[1 + CRS_WORKERS + CRS_COURIERS] = {getpid()};
    uint32_t couriers = supervisor.couriers.backend != NULL ? CRS_COURIERS : 0;
    struct crs_filter_options filter = {.agent = agents, .agents = 1 + CRS_WORKERS + couriers, .track = 1,
                                        .keep_files = agent.table.mode != CRS_INACTIVE,
                                        .live = agent.live.page != NULL,
                                        .fast = agent.fast.state != NULL ? CRS_FAST_RETURN : 0};
    int result;

    if (!filter.live && agent.table.mode == CRS_INACTIVE && !(agent.table.log_mode & CRS_LOG_BEHAVIOR))
        return 0;
    result = crs_workers_start(&supervisor);
    if (result == 0)
        result = crs_couriers_start(&supervisor);
    if (result != 0)
        return result;
    for (uint32_t i = 0; i < CRS_WORKERS; i++)
        agents[1 + i] = supervisor.worker[i];
    for (uint32_t i = 0; i < couriers; i++)
        agents[1 + CRS_WORKERS + i] = supervisor.couriers.pid[i];
    result = crs_filter_build(&agent.table, &filter, &agent.shared->filter);
    /* Only while pivot_root is closed do the other calls that change a root tell of every change. */
    atomic_store(&agent.shared->roots, agent.shared->filter.closures.closed[SYS_pivot_root] != CRS_CLOSED_HARD ||
                                           agent.table.mode != CRS_ACTIVE || filter.live);
    if (agent.fast.state != NULL && result == 0 && !crs_fast_fits(&agent)) {
        crs_fast_off(&agent);
        crs_tell(&supervisor, "enforcement is strict: under this policy names of files may change their meaning unseen");
    }
    return result;
}

static int not_started(const char *name, int err)
{
    fprintf(stderr, "crs-init: %s: %s\n", name, strerror(err));
    return err == ENOENT || err == ENOTDIR ? 127 : 126;
}

/* What is enforced, once there is a filter. */
static enum crs_enforcement enforced(void)
{
    if (atomic_load(&agent.shared->filter_flags) == CRS_WITHOUT_LISTENER)
        return CRS_ENFORCES_CONSTANT;
    return agent.fast.state != NULL && !atomic_load(&agent.fast.state->off) ? CRS_ENFORCES_FAST : CRS_ENFORCES_ALL;
}

/* What the back end is told of this agent. */
static void tell_couriers(enum crs_enforcement enforcement)
{
    if (supervisor.couriers.backend != NULL)
        atomic_store(&supervisor.couriers.backend->shared->enforcement, enforcement);
}

/* For those who enter from outside. */
static void open_joins(void)
{
    int result = crs_joins_open(&supervisor.joins);

    if (result != 0)
        crs_tell(&supervisor, result == -EADDRINUSE ? "somebody else has the agent's name: processes from outside are not held"
                                                    : "processes from outside are not held: no socket");
}

/* The object that brings them here, and that decides in a program itself: with the application only where it does that. */
static int load_object(const char *folder)
{
    char object[PATH_MAX + 16], **loaded;

    snprintf(object, sizeof object, "%s/libcrs.so", folder);
    if (crs_preload_remove(environ, object))
        open_joins(); /* else this is no container made from an image of ours: nobody from outside would come */
    if (agent.fast.state == NULL && !crs_filter_asks_libraries(&agent.table))
        return 0;
    if (access(object, R_OK) != 0 && agent.fast.state == NULL) {
        crs_tell(&supervisor, "libcrs.so is not beside the agent: rules about names that are looked up are not held");
        return 0;
    }
    if (access(object, R_OK) != 0)
        return -errno;
    loaded = crs_preload_add(environ, object);
    if (loaded == NULL)
        return -ENOMEM;
    environ = loaded;
    return 0;
}

static int run(const struct crs_options *options, const char *folder)
{
    static char program[PATH_MAX];
    const char *path = getenv("PATH");
    int result = prepare(options, folder);

    if (result != 0)
        return result;
    result = crs_find_program(options->command[0], path != NULL ? path : DEFAULT_PATH, program, sizeof program);
    if (result != 0)
        return not_started(options->command[0], -result);
    prctl(PR_SET_DUMPABLE, 0);
    if (!options->no_init)
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    result = load_object(folder);
    if (result != 0)
        return crs_start_fails("libcrs.so", strerror(-result));
    result = take_signals();
    if (result == 0)
        result = build_filter();
    if (result != 0) {
        crs_workers_stop(&supervisor);
        crs_couriers_stop(&supervisor);
        return crs_start_fails(result == -E2BIG ? "the policy does not fit a kernel filter" : "cannot start", strerror(-result));
    }
    result = crs_app_start(&supervisor, program, options->command, environ);
    if (result != 0) {
        crs_workers_stop(&supervisor);
        tell_couriers(CRS_ENFORCES_NOTHING);
        crs_tell(&supervisor, "the kernel takes no filter with a listener: nothing was started");
        crs_sink_flush(supervisor.sink, agent.ring, 1000);
        crs_couriers_stop(&supervisor);
        return crs_start_fails("seccomp", strerror(-result));
    }
    if (atomic_load(&agent.shared->filter_flags) == CRS_WITHOUT_LISTENER) {
        crs_workers_stop(&supervisor);
        crs_tell(&supervisor, "degraded: another listener is above this container; only constant denials are enforced");
    }
    tell_couriers(enforced());
    result = crs_supervise(&supervisor);
    if (atomic_load(&agent.shared->start_error) != 0)
        not_started(options->command[0], atomic_load(&agent.shared->start_error));
    return result;
}

int main(int argc, char *argv[])
{
    struct crs_options options;
    char folder[PATH_MAX];
    const char *why;
    int result;

    if (crs_options_parse(argc, argv, &options, &why) != 0) {
        fprintf(stderr, "crs-init: %s\n%s", why, usage);
        return EXIT_USAGE;
    }
    if (options.request == CRS_REQUEST_VERSION)
        return puts("crs-init " CRS_VERSION) < 0 || fflush(stdout) != 0;
    if (options.request == CRS_REQUEST_HELP)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    crs_beside_find(folder, sizeof folder);
    result = crs_beside_table(&agent, &options, folder);
    if (result != 0)
        return result;
    if (options.request == CRS_REQUEST_CHECK)
        return check();
    result = crs_beside_executables(&agent, &options, folder);
    if (result != 0)
        return result;
    crs_config_load(&config, folder, environ);
    return run(&options, folder);
}
