#define _GNU_SOURCE
#include "symbol.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Both C libraries have it; a program without one may not. */
extern __typeof__(dl_iterate_phdr) dl_iterate_phdr __attribute__((weak));

struct search {
    const char *name;
    const void *own;
    void *found;
};

/* What the dynamic section of an object says. */
struct object {
    uintptr_t base;
    const ElfW(Sym) *symbols;
    const char *strings;
    const uint32_t *gnu_hash, *hash;
};

static int same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void *take(const struct object *object, const struct search *search, uint32_t i)
{
    const ElfW(Sym) *symbol = &object->symbols[i];
    void *address = (void *)(object->base + symbol->st_value);

    if (symbol->st_shndx == SHN_UNDEF || symbol->st_value == 0 || (symbol->st_info & 0xf) != STT_FUNC || address == search->own ||
        !same(object->strings + symbol->st_name, search->name))
        return NULL;
    return address;
}

static void *by_gnu_hash(const struct object *object, const struct search *search)
{
    const uint32_t *table = object->gnu_hash, buckets = table[0], first = table[1], words = table[2];
    const uint32_t *bucket = table + 4 + words * (sizeof(size_t) / 4), *chain = bucket + buckets;
    uint32_t hash = 5381, i;

    for (const char *at = search->name; *at != '\0'; at++)
        hash = hash * 33 + (uint8_t)*at;
    i = buckets == 0 ? 0 : bucket[hash % buckets];
    if (i < first)
        return NULL;
    for (;; i++) {
        void *found = (chain[i - first] | 1) == (hash | 1) ? take(object, search, i) : NULL;

        if (found != NULL || chain[i - first] & 1)
            return found;
    }
}

static void *by_hash(const struct object *object, const struct search *search)
{
    void *found = NULL;

    for (uint32_t i = 1; found == NULL && i < object->hash[1]; i++)
        found = take(object, search, i);
    return found;
}

/* One library relocates these addresses where they stand, the other leaves them. */
static const void *address(uintptr_t base, ElfW(Addr) value)
{
    return (const void *)(value < base ? base + value : value);
}

static int look(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    struct object object = {.base = info->dlpi_addr};
    const ElfW(Dyn) *dynamic = NULL;

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            dynamic = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++) {
        const void *at = address(object.base, dynamic->d_un.d_ptr);

        if (dynamic->d_tag == DT_SYMTAB)
            object.symbols = at;
        else if (dynamic->d_tag == DT_STRTAB)
            object.strings = at;
        else if (dynamic->d_tag == DT_GNU_HASH)
            object.gnu_hash = at;
        else if (dynamic->d_tag == DT_HASH)
            object.hash = at;
    }
    if (object.symbols == NULL || object.strings == NULL)
        return 0;
    if (object.gnu_hash != NULL)
        search->found = by_gnu_hash(&object, search);
    else if (object.hash != NULL)
        search->found = by_hash(&object, search);
    return search->found != NULL;
}

void *crs_next_symbol(const char *name, const void *own)
{
    struct search search = {name, own, NULL};

    if (dl_iterate_phdr != NULL)
        dl_iterate_phdr(look, &search);
    return search.found;
}
