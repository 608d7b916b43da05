#define _GNU_SOURCE
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

#define MAGIC "CRSLIVE1"
#define HEAD  4096u
#define SIZE  (HEAD + 2 * (size_t)CRS_TABLE_MAX)

struct crs_live_page {
    char magic[8];
    _Atomic uint32_t generation;
    uint32_t reserved, size[2];
    uint8_t mode[2], log_mode[2];
};

static uint8_t *half(const struct crs_live *live, uint32_t generation)
{
    return (uint8_t *)live->page + HEAD + (generation & 1) * (size_t)CRS_TABLE_MAX;
}

int crs_live_create(struct crs_live *live, const struct crs_table *table)
{
    struct crs_live_page *page;

    live->fd = memfd_create("crs-table", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (live->fd < 0)
        return -errno;
    page = ftruncate(live->fd, (off_t)SIZE) != 0
               ? MAP_FAILED
               : mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, live->fd, 0);
    /* This mapping stays writable. The last seal came with Linux 5.1; without it nobody but the agent has the memory. */
    if (page == MAP_FAILED || (fcntl(live->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE) != 0 &&
                               fcntl(live->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)) {
        int err = errno;

        if (page != MAP_FAILED)
            munmap(page, SIZE);
        close(live->fd);
        return -err;
    }
    fcntl(live->fd, F_ADD_SEALS, F_SEAL_SEAL);
    live->page = page;
    memcpy(page->magic, MAGIC, sizeof page->magic);
    memcpy(half(live, 0), table->bytes, table->size);
    page->size[0] = table->size;
    page->mode[0] = table->mode;
    page->log_mode[0] = table->log_mode;
    return 0;
}

uint32_t crs_live_generation(const struct crs_live *live)
{
    return atomic_load(&live->page->generation);
}

int crs_live_open(const struct crs_live *live, uint32_t generation, struct crs_table *t)
{
    uint32_t which = generation & 1;
    int result = crs_table_open(t, half(live, generation), live->page->size[which]);

    if (result == 0) {
        t->mode = live->page->mode[which];
        t->log_mode = live->page->log_mode[which];
    }
    return result;
}

int crs_live_write(struct crs_live *live, const void *bytes, size_t size, struct crs_live_modes modes, struct crs_table *t)
{
    uint32_t next = crs_live_generation(live) + 1, which = next & 1;
    int result;

    if (size > CRS_TABLE_MAX) {
        snprintf(t->error, sizeof t->error, "a table has at most %u bytes", CRS_TABLE_MAX);
        return -EINVAL;
    }
    memcpy(half(live, next), bytes, size);
    live->page->size[which] = (uint32_t)size;
    result = crs_table_open(t, half(live, next), size);
    if (result != 0)
        return result;
    t->mode = live->page->mode[which] = modes.mode < 0 ? t->mode : (uint8_t)modes.mode;
    t->log_mode = live->page->log_mode[which] = modes.log_mode < 0 ? t->log_mode : (uint8_t)modes.log_mode;
    return 0;
}

uint32_t crs_live_switch(struct crs_live *live)
{
    return atomic_fetch_add(&live->page->generation, 1) + 1;
}
