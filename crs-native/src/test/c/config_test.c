#include "check.h"
#include "config.h"
#include "random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct crs_config config;

static void read_text(const char *text)
{
    crs_config_init(&config);
    crs_config_text(&config, "daemon.toml", text, strlen(text));
}

static void reads_every_setting(void)
{
    read_text("# where events go\r\n"
              "mqUrl = \"file:/var/log/crs.jsonl\"  # a comment\n"
              "logLevel='DEBUG'\n"
              "\tdaemonLog = \"/var/log/\\u00e4\\t\\\"x\\\".log\"\n"
              "append = false\n\n"
              "\"imageName\" = \"registry/app\"\n"
              "imageTag = '1.4'\n"
              "imageDigest = \"sha256:00\"");
    CHECK(config.problems == 0);
    CHECK(strcmp(config.mq_url, "file:/var/log/crs.jsonl") == 0);
    CHECK(config.log_level == CRS_LOG_DEBUG && config.append == 0);
    CHECK(strcmp(config.daemon_log, "/var/log/\xc3\xa4\t\"x\".log") == 0);
    CHECK(strcmp(config.image_name, "registry/app") == 0 && strcmp(config.image_tag, "1.4") == 0);
    CHECK(strcmp(config.image_digest, "sha256:00") == 0);
}

static void refused(const char *text, const char *problem)
{
    read_text(text);
    CHECK(config.problems == 1);
    if (strcmp(config.problem[0], problem) != 0)
        fprintf(stderr, "got: %s\n", config.problem[0]);
    CHECK(strcmp(config.problem[0], problem) == 0);
}

static void says_what_is_wrong_and_where(void)
{
    refused("\n\nmqUrl = file", "daemon.toml:3: a value is a string in quotes, true, false or a decimal integer");
    refused("mqUrl", "daemon.toml:1: = is missing after the key");
    refused("= 1", "daemon.toml:1: a line is a comment or key = value");
    refused("mqUrl = \"a", "daemon.toml:1: the string has no end");
    refused("mqUrl = \"\\q\"", "daemon.toml:1: an escape is not understood");
    refused("mqUrl = \"\\ud800\"", "daemon.toml:1: an escape is not understood");
    refused("mqUrl = \"\\u0000\"", "daemon.toml:1: an escape is not understood");
    refused("mqUrl = \"\xff\"", "daemon.toml:1: a string holds text in UTF-8 without control characters");
    refused("mqUrl = \"\"\"x\"\"\"", "daemon.toml:1: a string over several lines is not supported");
    refused("mqUrl = \"a\" \"b\"", "daemon.toml:1: nothing but a comment may follow the value");
    refused("mqUrl = 7", "daemon.toml:1: the value must be a string in quotes");
    refused("append = \"yes\"", "daemon.toml:1: the value must be true or false");
    refused("append = 1", "daemon.toml:1: the value must be true or false");
    refused("append = 9223372036854775808", "daemon.toml:1: the integer is too big");
    refused("append = 07", "daemon.toml:1: a value is a string in quotes, true, false or a decimal integer");
    refused("append = 1.5", "daemon.toml:1: a value is a string in quotes, true, false or a decimal integer");
    refused("a.b = 1", "daemon.toml:1: a key with a dot is not supported");
    refused("[table]\nmqUrl = \"file:/x\"", "daemon.toml:1: tables have no meaning here; what follows is ignored");
    refused("mqurl = \"file:/x\"", "daemon.toml:1: unknown setting \"mqurl\", ignored");
    refused("logLevel = \"loud\"",
            "daemon.toml:1: the log level is one of trace, debug, info, warn, error, fatal, panic");
    CHECK(config.mq_url[0] == '\0' && config.log_level == CRS_LOG_WARN && config.append == 1);
}

static void takes_a_truth_value_in_quotes(void)
{
    read_text("append = \"false\"");
    CHECK(config.problems == 0 && config.append == 0);
    read_text("append = 'true'");
    CHECK(config.problems == 0 && config.append == 1);
}

static void keeps_the_lines_that_are_right(void)
{
    read_text("mqUrl = oops\nimageTag = \"1\"\nimageTag = \"2\"\nappend = -\nlogLevel = \"info\"");
    CHECK(config.problems == 3 && config.log_level == CRS_LOG_INFO);
    CHECK(strcmp(config.image_tag, "1") == 0);
    CHECK(strcmp(config.problem[1], "daemon.toml:3: the key stands here twice; the first value counts") == 0);
}

static void bounds_what_it_keeps(void)
{
    char text[8192];

    memset(text, 'x', sizeof text);
    memcpy(text, "imageTag = \"", 12);
    strcpy(text + 12 + 256, "\"");
    read_text(text);
    CHECK(config.problems == 1 && config.image_tag[0] == '\0');
    CHECK(strstr(config.problem[0], "imageTag is longer than 255 bytes") != NULL);
    text[0] = '\0';
    for (int i = 0; i < 100; i++)
        strcat(text, "x\n");
    read_text(text);
    CHECK(config.problems == 100);
}

static void environment_is_above_the_files(void)
{
    char *environment[] = {"LI_MQURLX=no", "LI_MQURL=unix:/run/crs.sock", "LI_LOGLEVEL=Trace", NULL};
    char *blank[] = {"LI_MQURL=  ", "LI_LOGLEVEL=", "LI_DAEMONLOG=", NULL};

    read_text("mqUrl = \"file:/a\"\nlogLevel = \"panic\"");
    crs_config_environment(&config, blank);
    CHECK(strcmp(config.mq_url, "file:/a") == 0 && config.log_level == CRS_LOG_PANIC);
    crs_config_environment(&config, environment);
    CHECK(strcmp(config.mq_url, "unix:/run/crs.sock") == 0 && config.log_level == CRS_LOG_TRACE);
    CHECK(config.problems == 0);
}

static void a_proxy_is_taken_from_the_first_variable_that_is_set(void)
{
    char *all[] = {"http_proxy=f", "HTTP_PROXY=e", "https_proxy=d", "HTTPS_PROXY=c", "LI_HTTP_PROXY=b", "LI_HTTPS_PROXY=a", NULL};
    char *blank[] = {"LI_HTTPS_PROXY=", "LI_HTTP_PROXY= ", "HTTPS_PROXY=c", "NO_PROXY=x", NULL};
    char expected[] = "f";

    for (int from = 0; from < 6; from++) {
        char **left = all;

        all[6 - from] = NULL;
        read_text("");
        crs_config_environment(&config, left);
        expected[0] = (char)("abcdef"[from]);
        CHECK(strcmp(config.mq_proxy, expected) == 0);
    }
    read_text("mqProxy = \"file\"\nmqNoProxy = \"y\"");
    CHECK(strcmp(config.mq_proxy, "file") == 0);
    crs_config_environment(&config, blank);
    CHECK(strcmp(config.mq_proxy, "c") == 0 && strcmp(config.mq_no_proxy, "x") == 0 && config.problems == 0);
}

static void certificates_are_verified_unless_that_is_turned_off(void)
{
    char *on[] = {"LI_MQSKIPVERIFYTLS=true", "SSL_CERT_FILE=/ca.pem", NULL}, *off[] = {"LI_MQSKIPVERIFYTLS=false", NULL};
    char *other[] = {"LI_MQSKIPVERIFYTLS=1", NULL};

    read_text("");
    CHECK(config.mq_skip_verify_tls == 0);
    crs_config_environment(&config, other);
    CHECK(config.mq_skip_verify_tls == 0 && config.problems == 1);
    read_text("");
    crs_config_environment(&config, on);
    CHECK(config.mq_skip_verify_tls == 1 && strcmp(config.mq_ca_file, "/ca.pem") == 0);
    read_text("mqSkipVerifyTls = true\nmqCaFile = \"/x.pem\"");
    CHECK(config.mq_skip_verify_tls == 1 && strcmp(config.mq_ca_file, "/x.pem") == 0);
    crs_config_environment(&config, off);
    CHECK(config.mq_skip_verify_tls == 0 && config.problems == 0);
    refused("mqSkipVerifyTls = 1", "daemon.toml:1: the value must be true or false");
    refused("append = true\nmqSkipVerifyTls = true\nappend = false", "daemon.toml:3: the key stands here twice; the first value counts");
}

static void levels_have_an_order(void)
{
    static const char *const names[] = {"panic", "FATAL", "Error", "warn", "info", "debug", "trace"};

    for (int i = 0; i < 7; i++)
        CHECK(crs_log_level_parse(names[i]) == i);
    CHECK(crs_log_level_parse("") == -EINVAL && crs_log_level_parse("warning") == -EINVAL);
}

static void the_file_beside_the_program_is_read_and_the_log_folder_checked(void)
{
    char folder[] = "/tmp/crs-config-XXXXXX", path[64], log[64], variable[80];
    char *environment[] = {variable, NULL};
    FILE *file;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/daemon.toml", folder);
    CHECK((file = fopen(path, "w")) != NULL);
    fputs("imageName = \"app\"\n", file);
    CHECK(fclose(file) == 0);

    snprintf(variable, sizeof variable, "LI_DAEMONLOG=%s/agent.log", folder);
    crs_config_load(&config, folder, environment);
    snprintf(log, sizeof log, "%s/agent.log", folder);
    CHECK(strcmp(config.image_name, "app") == 0 && strcmp(config.daemon_log, log) == 0 && config.problems == 0);

    snprintf(variable, sizeof variable, "LI_DAEMONLOG=%s/none/agent.log", folder);
    crs_config_load(&config, folder, environment);
    CHECK(config.daemon_log[0] == '\0' && config.problems == 1);
    CHECK(strstr(config.problem[0], "the folder of the daemon log does not exist: ") != NULL);

    snprintf(variable, sizeof variable, "LI_DAEMONLOG=agent.log");
    crs_config_load(&config, folder, environment);
    CHECK(config.daemon_log[0] == '\0' && config.problems == 1);
    CHECK(unlink(path) == 0);
    CHECK(mkdir(path, 0700) == 0);
    crs_config_load(&config, folder, (char *[]){NULL});
    CHECK(config.problems == 1 && strstr(config.problem[0], "Is a directory") != NULL);
    CHECK(rmdir(path) == 0 && rmdir(folder) == 0);
}

/* Text near to valid, changed here and there: no crash, every string ended, no setting beyond its field. */
static void survives_any_text(void)
{
    static const char seed[] = "mqUrl = \"file:/a\\u00e4\" # c\nlogLevel='info'\nappend = true\n[t]\nx = -1_000\n";
    static const char likely[] = "\"'\\=#[]\n\r\t ._-+0u\xff\xc3\xa4U";
    char text[sizeof seed + 8];

    random_state = 2;
    for (int round = 0; round < 30000; round++) {
        size_t length = sizeof seed - 1;

        memcpy(text, seed, length);
        for (uint32_t n = random_below(6); n > 0; n--)
            text[random_below((uint32_t)length)] = likely[random_below(sizeof likely - 1)];
        length = random_below(4) == 0 ? random_below((uint32_t)length) : length;
        crs_config_init(&config);
        crs_config_text(&config, "x", text, length);
        CHECK(memchr(config.mq_url, '\0', sizeof config.mq_url) != NULL);
        CHECK(config.log_level <= CRS_LOG_TRACE && config.append <= 1);
        CHECK(config.problems <= 10);
    }
}

int main(void)
{
    reads_every_setting();
    says_what_is_wrong_and_where();
    takes_a_truth_value_in_quotes();
    keeps_the_lines_that_are_right();
    bounds_what_it_keeps();
    environment_is_above_the_files();
    a_proxy_is_taken_from_the_first_variable_that_is_set();
    certificates_are_verified_unless_that_is_turned_off();
    levels_have_an_order();
    the_file_beside_the_program_is_read_and_the_log_folder_checked();
    survives_any_text();
    return 0;
}
