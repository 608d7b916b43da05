/* libFuzzer: a daemon.toml. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crs_config config;
    char *text = malloc(size + 1);

    if (text == NULL)
        return 0;
    memcpy(text, data, size); /* no NUL behind it */
    crs_config_init(&config);
    crs_config_text(&config, "daemon.toml", text, size);
    if (memchr(config.mq_url, '\0', sizeof config.mq_url) == NULL || config.fast > 1 || config.log_level > CRS_LOG_TRACE)
        abort();
    for (uint32_t i = 0; i < config.problems && i < CRS_CONFIG_PROBLEMS; i++)
        if (memchr(config.problem[i], '\0', sizeof config.problem[i]) == NULL)
            abort();
    free(text);
    return 0;
}
