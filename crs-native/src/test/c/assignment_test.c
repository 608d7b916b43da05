#include "assignment.h"
#include "check.h"
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define TABLE  "/crs/v1.3/tables/sha256:" DIGEST

static struct crs_assignment got;
static const char *why;

static int assigned(const char *text)
{
    int result = crs_assignment_read(text, strlen(text), "x86_64", &got, &why);

    CHECK((result == 0) == (why == NULL));
    return result;
}

static void reads_all_of_it(void)
{
    CHECK(assigned("{\"generation\":7,\"policyId\":\"p\",\"policyMode\":\"PERMISSIVE\",\"logMode\":\"POLICY_MONITOR_DENY\","
                   "\"tables\":{\"aarch64\":\"/other\",\"x86_64\":\"" TABLE "\"},\"passive\":true}") == 0);
    CHECK(got.generation == 7 && got.policy_mode == CRS_PERMISSIVE && got.log_mode == (CRS_LOG_MONITOR | CRS_LOG_DENY));
    CHECK(got.passive && got.has_table && strcmp(got.path, TABLE) == 0 && got.digest[1] == 0x11 && got.digest[31] == 0xff);
}

static void all_but_the_generation_may_be_absent(void)
{
    CHECK(assigned("{\"generation\":0,\"policyMode\":null,\"tables\":null}") == 0);
    CHECK(got.policy_mode == -1 && got.log_mode == -1 && !got.passive && !got.has_table);
    CHECK(assigned("{}") == -EINVAL && assigned("{\"generation\":-1}") == -EINVAL && assigned("{\"generation\":\"1\"}") == -EINVAL);
    CHECK(assigned("[]") == -EINVAL && assigned("") == -EINVAL && assigned("{\"generation\":1,\"generation\":2}") == -EINVAL);
}

static void refuses_what_it_does_not_know(void)
{
    CHECK(assigned("{\"generation\":1,\"policyMode\":\"OFF\"}") == -EINVAL && strstr(why, "policy mode") != NULL);
    CHECK(assigned("{\"generation\":1,\"policyMode\":1}") == -EINVAL);
    CHECK(assigned("{\"generation\":1,\"logMode\":\"EVERYTHING\"}") == -EINVAL && strstr(why, "log mode") != NULL);
    CHECK(assigned("{\"generation\":1,\"passive\":\"true\"}") == -EINVAL);
    CHECK(assigned("{\"generation\":1,\"tables\":{\"aarch64\":\"" TABLE "\"}}") == -EINVAL && strstr(why, "architecture") != NULL);
    CHECK(assigned("{\"generation\":1,\"tables\":[]}") == -EINVAL);
}

static void a_table_is_a_path_that_ends_in_its_digest(void)
{
    static const char *const bad[] = {
        "http://elsewhere" TABLE, "tables/sha256:" DIGEST, "/sha256:0" DIGEST, "/sha256:" DIGEST "x", "/sha1:" DIGEST, "/" DIGEST,
        "/a b/sha256:" DIGEST, "/a\\r\\nX: y/sha256:" DIGEST, "/?/sha256:" DIGEST, "", "/",
        "/sha256:00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff",
    };
    char text[2048];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "{\"generation\":1,\"tables\":{\"x86_64\":\"%s\"}}", bad[i]);
        CHECK(assigned(text) == -EINVAL && strstr(why, "digest") != NULL);
    }
    snprintf(text, sizeof text, "{\"generation\":1,\"tables\":{\"x86_64\":\"/%01000d%s\"}}", 0, TABLE);
    CHECK(assigned(text) == -EINVAL);
    CHECK(assigned("{\"generation\":1,\"tables\":{\"x86_64\":\"/sha256:" DIGEST "\"}}") == 0);
}

int main(void)
{
    reads_all_of_it();
    all_but_the_generation_may_be_absent();
    refuses_what_it_does_not_know();
    a_table_is_a_path_that_ends_in_its_digest();
    return 0;
}
