#include "check.h"
#include "mounts.h"

#include <string.h>

#define DEV(major, minor) ((uint64_t)(major) << 32 | (minor))

static int take(const char *text)
{
    static char copy[4096];

    strcpy(copy, text);
    return crs_mounts_take(copy);
}

/* As in a container: an overlay, /proc with masks, three files of the host's file system. */
#define CONTAINER                                                                                                  \
    "1 0 0:40 / / rw,relatime master:5 - overlay overlay rw,lowerdir=/x - y\n2 1 0:43 / /proc rw - proc proc rw\n"   \
    "3 1 0:44 / /dev rw - tmpfs tmpfs rw\n4 1 254:0 /c/hosts /etc/hosts rw - ext4 /dev/vda rw\n"                    \
    "5 1 254:0 /c/hostname /etc/hostname rw - ext4 /dev/vda rw\n6 2 0:43 /bus /proc/bus ro - proc proc rw\n"        \
    "7 2 0:44 /null /proc/kcore rw - tmpfs tmpfs rw\n8 1 0:4 net:[4026531840] /run/ns rw - nsfs nsfs rw\n"

static void a_container_shows_its_files_once(void)
{
    CHECK(take(CONTAINER) == 0);
    CHECK(!crs_mounts_show_twice(DEV(0, 40)) && !crs_mounts_show_twice(DEV(254, 0)) && !crs_mounts_show_twice(DEV(9, 9)));
    CHECK(crs_mounts_show_twice(DEV(0, 44)) && crs_mounts_show_twice(DEV(0, 43)));
}

static void a_folder_that_is_mounted_again_is_shown_twice(void)
{
    CHECK(take("1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 8:1 /etc /mnt rw - ext4 /dev/a rw\n") == 0);
    CHECK(crs_mounts_show_twice(DEV(8, 1)));
    CHECK(take("1 0 8:1 /etc /a rw - ext4 /dev/a rw\n2 1 8:1 /etc2 /b rw - ext4 /dev/a rw\n") == 0);
    CHECK(!crs_mounts_show_twice(DEV(8, 1)));
    CHECK(take("1 0 8:1 /etc/x /a rw - ext4 /dev/a rw\n2 1 8:1 /etc /b rw - ext4 /dev/a rw\n") == 0);
    CHECK(crs_mounts_show_twice(DEV(8, 1)));
}

static void processes_shown_elsewhere_are_said(void)
{
    CHECK(take("1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:5 / /mnt/proc rw - proc proc rw\n") == -1);
    CHECK(crs_mounts_show_twice(DEV(8, 1)));
    CHECK(take("1 0 0:5 / /proc2 rw - proc proc rw\n") == -1);
}

static void what_is_no_list_of_mounts_tells_nothing(void)
{
    static const char *const texts[] = {"x", "1 0 8:1 / /", "1 0 8:1 /", "1 0 8 / / rw - ext4 a rw"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK(take(texts[i]) == -1 && crs_mounts_show_twice(DEV(9, 9)));
    CHECK(take("") == 0 && !crs_mounts_show_twice(DEV(9, 9)));
}

static void this_machine_s_are_read(void)
{
    CHECK(crs_mounts_read() == 0 || crs_mounts_show_twice(DEV(9, 9)));
}

int main(void)
{
    a_container_shows_its_files_once();
    a_folder_that_is_mounted_again_is_shown_twice();
    processes_shown_elsewhere_are_said();
    what_is_no_list_of_mounts_tells_nothing();
    this_machine_s_are_read();
    return 0;
}
