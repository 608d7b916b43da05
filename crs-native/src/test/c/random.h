/* Numbers that look random and are the same in every run. */
#ifndef CRS_RANDOM_H
#define CRS_RANDOM_H

#include <stdint.h>

static uint64_t random_state;

static inline uint64_t random_number(void)
{
    uint64_t x = random_state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* 0 to below. */
static inline uint32_t random_below(uint32_t below)
{
    return (uint32_t)(random_number() % below);
}

#endif
