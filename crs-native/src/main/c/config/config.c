#define _GNU_SOURCE
#include "config.h"

#include "json.h"
#include "toml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX    65536u
#define MOUNTED     "/etc/crs/daemon.toml"
#define BESIDE      "daemon.toml"

static const char *const levels[] = {"panic", "fatal", "error", "warn", "info", "debug", "trace"};

/* The strings of the configuration by their keys. */
static const struct setting {
    const char *key, *variable; /* names with blanks between: the first one that is set counts */
    size_t offset, size;
} strings[] = {
#define STRING(key, variable, field) {key, variable, offsetof(struct crs_config, field), sizeof ((struct crs_config *)0)->field}
    STRING("mqUrl", "LI_MQURL", mq_url),
    STRING("mqCaFile", "SSL_CERT_FILE", mq_ca_file),
    STRING("mqProxy", "LI_HTTPS_PROXY LI_HTTP_PROXY HTTPS_PROXY https_proxy HTTP_PROXY http_proxy", mq_proxy),
    STRING("mqNoProxy", "NO_PROXY no_proxy", mq_no_proxy),
    STRING("daemonLog", "LI_DAEMONLOG", daemon_log),
    STRING("imageName", NULL, image_name),
    STRING("imageTag", NULL, image_tag),
    STRING("imageDigest", NULL, image_digest),
};
#define STRINGS (sizeof strings / sizeof strings[0])

/* What is true or false. */
static const struct flag {
    const char *key, *variable;
    size_t offset;
} flags[] = {
    {"append", NULL, offsetof(struct crs_config, append)},
    {"mqSkipVerifyTls", "LI_MQSKIPVERIFYTLS", offsetof(struct crs_config, mq_skip_verify_tls)},
};
#define FLAGS (sizeof flags / sizeof flags[0])

__attribute__((format(printf, 2, 3)))
static void problem(struct crs_config *config, const char *format, ...)
{
    va_list arguments;

    if (config->problems < CRS_CONFIG_PROBLEMS) {
        va_start(arguments, format);
        vsnprintf(config->problem[config->problems], sizeof config->problem[0], format, arguments);
        va_end(arguments);
    }
    config->problems++;
}

void crs_config_init(struct crs_config *config)
{
    memset(config, 0, sizeof *config);
    config->log_level = CRS_LOG_WARN;
    config->append = 1;
}

int crs_log_level_parse(const char *name)
{
    for (int i = 0; i <= CRS_LOG_TRACE; i++)
        if (strcasecmp(name, levels[i]) == 0)
            return i;
    return -EINVAL;
}

static void set_level(struct crs_config *config, const char *where, const char *name)
{
    int level = crs_log_level_parse(name);

    if (level < 0)
        problem(config, "%s: the log level is one of trace, debug, info, warn, error, fatal, panic", where);
    else
        config->log_level = (uint8_t)level;
}

static void set_string(struct crs_config *config, const char *where, const struct setting *setting, const char *text)
{
    if (strlen(text) >= setting->size)
        problem(config, "%s: %s is longer than %zu bytes", where, setting->key, setting->size - 1);
    else
        memcpy((char *)config + setting->offset, text, strlen(text) + 1);
}

/* A file being read: which one, and what it has set already. */
struct source {
    struct crs_config *config;
    const char *name;
    uint32_t seen;
};

static void refused(void *context, unsigned line, const char *why)
{
    struct source *source = context;

    problem(source->config, "%s:%u: %s", source->name, line, why);
}

/* 1 if the key had a value already in this file. */
static int again(struct source *source, unsigned line, unsigned place)
{
    int twice = source->seen >> place & 1;

    if (twice)
        refused(source, line, "the key stands here twice; the first value counts");
    source->seen |= 1u << place;
    return twice;
}

/* 1, 0, or -1: neither true nor false. */
static int flag_of(const char *text)
{
    return strcmp(text, "true") == 0 ? 1 : strcmp(text, "false") == 0 ? 0 : -1;
}

static int known(struct source *source, unsigned line, const char *key, const struct crs_toml_value *value)
{
    char where[128];

    snprintf(where, sizeof where, "%.100s:%u", source->name, line);
    for (unsigned i = 0; i < STRINGS; i++) {
        if (strcmp(key, strings[i].key) != 0)
            continue;
        if (value->type != CRS_TOML_STRING)
            refused(source, line, "the value must be a string in quotes");
        else if (!again(source, line, i))
            set_string(source->config, where, &strings[i], value->text);
        return 1;
    }
    if (strcmp(key, "logLevel") == 0) {
        if (value->type != CRS_TOML_STRING)
            refused(source, line, "the value must be a string in quotes");
        else if (!again(source, line, STRINGS))
            set_level(source->config, where, value->text);
        return 1;
    }
    for (unsigned i = 0; i < FLAGS; i++) {
        int text = value->type == CRS_TOML_STRING; /* a program that writes strings alone may have written the file */
        int yes = text ? flag_of(value->text) : (int)value->number;

        if (strcmp(key, flags[i].key) != 0)
            continue;
        if (value->type == CRS_TOML_INTEGER || yes < 0)
            refused(source, line, "the value must be true or false");
        else if (!again(source, line, STRINGS + 1 + i))
            *((uint8_t *)source->config + flags[i].offset) = (uint8_t)yes;
        return 1;
    }
    return 0;
}

static void value_read(void *context, unsigned line, const char *key, const struct crs_toml_value *value)
{
    char printable[CRS_CONFIG_PROBLEMS * 16];
    struct crs_json json;

    if (known(context, line, key, value))
        return;
    crs_json_init(&json, printable, sizeof printable - 1);
    crs_json_string(&json, key, strlen(key), 16);
    printable[json.len] = '\0';
    problem(((struct source *)context)->config, "%.100s:%u: unknown setting %s, ignored", ((struct source *)context)->name,
            line, printable);
}

void crs_config_text(struct crs_config *config, const char *name, const char *text, size_t length)
{
    struct source source = {config, name, 0};
    struct crs_toml_reader reader = {&source, value_read, refused};

    crs_toml_read(text, length, &reader);
}

void crs_config_file(struct crs_config *config, const char *path)
{
    static char text[FILE_MAX + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    size_t length = 0;
    ssize_t n = 0;

    if (fd < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            problem(config, "%s: %s", path, strerror(errno));
        return;
    }
    while (length < sizeof text && (n = read(fd, text + length, sizeof text - length)) > 0)
        length += (size_t)n;
    if (n < 0)
        problem(config, "%s: %s", path, strerror(errno));
    else if (length > FILE_MAX)
        problem(config, "%s: longer than %u bytes, ignored", path, FILE_MAX);
    else
        crs_config_text(config, path, text, length);
    close(fd);
}

/* The variable's value, or NULL when it is unset or blank. */
static const char *one_variable(char *const environment[], const char *name, size_t length)
{
    for (; *environment != NULL; environment++) {
        const char *value = *environment + length + 1;

        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return value[strspn(value, " \t")] == '\0' ? NULL : value;
    }
    return NULL;
}

/* The value of the first of several that has one. */
static const char *variable(char *const environment[], const char *names)
{
    const char *value = NULL;

    while (*names != '\0' && value == NULL) {
        size_t length = strcspn(names, " ");

        value = one_variable(environment, names, length);
        names += length + strspn(names + length, " ");
    }
    return value;
}

static void set_flag(struct crs_config *config, const struct flag *flag, const char *text)
{
    int yes = flag_of(text);

    if (yes < 0)
        problem(config, "%s: the value must be true or false", flag->variable);
    else
        *((uint8_t *)config + flag->offset) = (uint8_t)yes;
}

void crs_config_environment(struct crs_config *config, char *const environment[])
{
    const char *value;

    for (size_t i = 0; i < STRINGS; i++)
        if (strings[i].variable != NULL && (value = variable(environment, strings[i].variable)) != NULL)
            set_string(config, strings[i].key, &strings[i], value);
    for (size_t i = 0; i < FLAGS; i++)
        if (flags[i].variable != NULL && (value = variable(environment, flags[i].variable)) != NULL)
            set_flag(config, &flags[i], value);
    if ((value = variable(environment, "LI_LOGLEVEL")) != NULL)
        set_level(config, "LI_LOGLEVEL", value);
}

/* Messages go to standard error when they cannot go where they should. */
static void check_daemon_log(struct crs_config *config)
{
    char folder[sizeof config->daemon_log];
    char *slash;
    struct stat st;

    if (config->daemon_log[0] == '\0')
        return;
    memcpy(folder, config->daemon_log, sizeof folder);
    slash = strrchr(folder, '/');
    if (config->daemon_log[0] != '/' || slash[1] == '\0') {
        problem(config, "the daemon log is the absolute path of a file: %.150s", config->daemon_log);
    } else {
        slash[slash == folder] = '\0';
        if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
            return;
        problem(config, "the folder of the daemon log does not exist: %.150s", folder);
    }
    config->daemon_log[0] = '\0';
}

void crs_config_load(struct crs_config *config, const char *beside, char *const environment[])
{
    char path[4096];

    crs_config_init(config);
    if (snprintf(path, sizeof path, "%s/" BESIDE, beside) < (int)sizeof path)
        crs_config_file(config, path);
    crs_config_file(config, MOUNTED);
    crs_config_environment(config, environment);
    check_daemon_log(config);
}
