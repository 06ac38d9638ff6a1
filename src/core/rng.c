/* rng.c -- see rng.h.
 *
 * Philox 4x32-10: ten rounds of  (x0, x1, x2, x3) -> (hi(B x2) ^ x1 ^ k0, lo(B x2),
 * hi(A x0) ^ x3 ^ k1, lo(A x0))  with a key that grows by Weyl constants. About 20 cycles for
 * 128 bits. Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011. */
#include "core/rng.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

void hone_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    const uint64_t a = 0xD2511F53u, b = 0xCD9E8D57u;
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p = a * x0, q = b * x2;
        x0 = (uint32_t)(q >> 32) ^ x1 ^ k0;
        x2 = (uint32_t)(p >> 32) ^ x3 ^ k1;
        x1 = (uint32_t)q;
        x3 = (uint32_t)p;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = x0, out[1] = x1, out[2] = x2, out[3] = x3;
}

hone_rng hone_rng_at(uint64_t seed, uint64_t stream) {
    return (hone_rng){.seed = seed, .stream = stream};
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint64_t hone_rng_stream(uint64_t purpose, uint64_t part) {
    return mix(mix(purpose + 0x9E3779B97F4A7C15u) + part);
}

uint64_t hone_rng_next(hone_rng *rng) {
    if (rng->left == 0) {
        uint32_t counter[4] = {(uint32_t)rng->block, (uint32_t)(rng->block >> 32),
                               (uint32_t)rng->stream, (uint32_t)(rng->stream >> 32)};
        uint32_t key[2] = {(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)};
        uint32_t out[4];
        hone_philox(counter, key, out);
        rng->buffer[0] = (uint64_t)out[1] << 32 | out[0];
        rng->buffer[1] = (uint64_t)out[3] << 32 | out[2];
        rng->block++;
        rng->left = 2;
    }
    return rng->buffer[2 - rng->left--];
}

double hone_rng_uniform(hone_rng *rng) {
    return (double)(hone_rng_next(rng) >> 11) * 0x1p-53;
}

double hone_rng_normal(hone_rng *rng) {
    double u = 1.0 - hone_rng_uniform(rng); /* (0, 1]: the logarithm is finite */
    double v = hone_rng_uniform(rng);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

size_t hone_rng_below(hone_rng *rng, size_t n) {
    wide product = (wide)hone_rng_next(rng) * n;
    if ((uint64_t)product < n) {
        uint64_t threshold = (0 - (uint64_t)n) % n;
        while ((uint64_t)product < threshold)
            product = (wide)hone_rng_next(rng) * n;
    }
    return (size_t)(product >> 64);
}

void hone_rng_shuffle(hone_rng *rng, size_t *items, size_t n) {
    for (size_t i = n; i > 1; i--) {
        size_t j = hone_rng_below(rng, i);
        size_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}
