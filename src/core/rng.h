/* rng.h -- counter-based random numbers: the value at (seed, stream, index) depends on nothing
 * else.
 *
 * Philox 4x32-10 (Salmon et al. 2011): key = seed, counter = (stream, block). A cursor walks the
 * blocks of one stream; give each fold, epoch, tree or row block its own stream and any split of
 * the work over threads draws the same numbers. */
#ifndef HONE_CORE_RNG_H
#define HONE_CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct hone_rng {
    uint64_t seed, stream, block; /* block: the next one to be made */
    uint64_t buffer[2];
    unsigned left; /* words left in the buffer */
} hone_rng;

/* A cursor at the start of a stream. */
hone_rng hone_rng_at(uint64_t seed, uint64_t stream);
/* A stream number from parts, e.g. hone_rng_stream(SHUFFLE, epoch): mixes, so parts never collide
 * in practice. */
uint64_t hone_rng_stream(uint64_t purpose, uint64_t part);
uint64_t hone_rng_next(hone_rng *rng);          /* 64 random bits */
double hone_rng_uniform(hone_rng *rng);         /* [0, 1), 53 bits */
double hone_rng_normal(hone_rng *rng);          /* mean 0, variance 1 (Box-Muller) */
size_t hone_rng_below(hone_rng *rng, size_t n); /* 0 .. n-1, unbiased (Lemire 2019); n >= 1 */
/* Fisher-Yates. O(n). */
void hone_rng_shuffle(hone_rng *rng, size_t *items, size_t n);
/* The same from fewer words, for who shuffles few items again and again: another order than
 * hone_rng_shuffle() finds. O(n). */
void hone_rng_reshuffle(hone_rng *rng, size_t *items, size_t n);

/* One Philox 4x32-10 block: out = philox(counter, key). For the known-answer test. */
void hone_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
