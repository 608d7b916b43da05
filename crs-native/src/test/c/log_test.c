#include "check.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct crs_config config;
static char folder[] = "/tmp/crs-log-XXXXXX", text[4096];

static const char *logged(void)
{
    int fd = open(config.daemon_log, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);

    CHECK(fd >= 0 && n >= 0);
    text[n] = '\0';
    close(fd);
    return text;
}

static void writes_what_the_level_asks_for(void)
{
    struct stat st;

    config.log_level = CRS_LOG_INFO;
    CHECK(crs_log_open(&config) == 0);
    crs_log(CRS_LOG_DEBUG, "not this");
    crs_log(CRS_LOG_INFO, "%s\nsecond\x1b[1m", "first");
    CHECK(stat(config.daemon_log, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(strlen(logged()) == 27 + 6 + 16 + 1);
    CHECK(strcmp(text + 27, " info first second [1m\n") == 0);
}

static void appends_unless_told_not_to(void)
{
    CHECK(crs_log_open(&config) == 0);
    crs_log(CRS_LOG_PANIC, "more");
    CHECK(strstr(logged(), "first") != NULL && strstr(text, " panic more\n") != NULL);
    config.append = 0;
    CHECK(crs_log_open(&config) == 0);
    CHECK(strcmp(logged(), "") == 0);
}

static void cuts_a_long_message(void)
{
    char wide[3000];

    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    crs_log(CRS_LOG_ERROR, "%s", wide);
    CHECK(strlen(logged()) == 27 + 7 + 999 + 1 && text[strlen(text) - 1] == '\n');
}

static void says_when_the_log_cannot_be_opened(void)
{
    struct crs_config other = config;

    snprintf(other.daemon_log, sizeof other.daemon_log, "%s/none/log", folder);
    CHECK(crs_log_open(&other) == -ENOENT);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    crs_config_init(&config);
    snprintf(config.daemon_log, sizeof config.daemon_log, "%s/log", folder);
    writes_what_the_level_asks_for();
    appends_unless_told_not_to();
    cuts_a_long_message();
    says_when_the_log_cannot_be_opened();
    CHECK(unlink(config.daemon_log) == 0 && rmdir(folder) == 0);
    return 0;
}
