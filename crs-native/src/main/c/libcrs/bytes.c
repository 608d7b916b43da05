/*
 * What a compiler takes for granted even where there is no C library: some programs have none, and this object is loaded
 * into them too.
 */
#include <stddef.h>
#include <stdint.h>

/* Or the loops below would be made calls of themselves; and what calls them may be made after they were thought useless. */
#define PLAIN __attribute__((used, optimize("no-tree-loop-distribute-patterns")))

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* Eight bytes wherever they lie. */
typedef uint64_t word __attribute__((may_alias, aligned(1)));

PLAIN void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        *(word *)((uint8_t *)to + i) = *(const word *)((const uint8_t *)from + i);
    for (; i < n; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    return to;
}

PLAIN void *memset(void *to, int value, size_t n)
{
    const uint64_t all = 0x0101010101010101u * (uint8_t)value;
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        *(word *)((uint8_t *)to + i) = all;
    for (; i < n; i++)
        ((uint8_t *)to)[i] = (uint8_t)value;
    return to;
}

PLAIN int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    size_t i = 0;

    while (i + 8 <= n && *(const word *)(x + i) == *(const word *)(y + i))
        i += 8;
    for (; i < n; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}
