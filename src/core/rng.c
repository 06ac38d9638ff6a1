/* rng.c -- see rng.h.
 *
 * Philox 4x32-10: ten rounds of  (x0, x1, x2, x3) -> (hi(B x2) ^ x1 ^ k0, lo(B x2),
 * hi(A x0) ^ x3 ^ k1, lo(A x0))  with a key that grows by Weyl constants. About 20 cycles for
 * 128 bits. Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011. */
#include "core/rng.h"

#include "core/clones.h"

#include <math.h>
#include <stdbool.h>

__extension__ typedef unsigned __int128 wide;

/* Blocks side by side, for whoever draws many numbers: a word of 32 bits in each lane. */
enum { LANES = 8, PARTS = 2, BLOCKS = LANES * PARTS };
typedef uint64_t lanes __attribute__((vector_size(8 * LANES)));

static const uint64_t A = 0xD2511F53u, B = 0xCD9E8D57u, LOW = 0xFFFFFFFFu;
static const uint32_t WEYL_0 = 0x9E3779B9u, WEYL_1 = 0xBB67AE85u;

void hone_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p = A * x0, q = B * x2;
        x0 = (uint32_t)(q >> 32) ^ x1 ^ k0;
        x2 = (uint32_t)(p >> 32) ^ x3 ^ k1;
        x1 = (uint32_t)q;
        x3 = (uint32_t)p;
        k0 += WEYL_0;
        k1 += WEYL_1;
    }
    out[0] = x0, out[1] = x1, out[2] = x2, out[3] = x3;
}

/* The words of BLOCKS blocks from number `block` on: those of hone_philox(). */
HONE_CLONES
static void philox_abreast(const hone_rng *rng, uint64_t block, uint64_t words[2 * BLOCKS]) {
    for (size_t part = 0; part < PARTS; part++, block += LANES, words += 2 * LANES) {
        lanes number = block + (lanes){0, 1, 2, 3, 4, 5, 6, 7}, zero = {0};
        lanes x0 = number & LOW, x1 = number >> 32;
        lanes x2 = zero + (rng->stream & LOW), x3 = zero + (rng->stream >> 32);
        uint32_t k0 = (uint32_t)rng->seed, k1 = (uint32_t)(rng->seed >> 32);
        for (int round = 0; round < 10; round++, k0 += WEYL_0, k1 += WEYL_1) {
            lanes p = A * x0, q = B * x2;
            x0 = (q >> 32) ^ x1 ^ k0;
            x2 = (p >> 32) ^ x3 ^ k1;
            x1 = q & LOW;
            x3 = p & LOW;
        }
        lanes first = x1 << 32 | x0, second = x3 << 32 | x2;
        for (size_t l = 0; l < LANES; l++)
            words[2 * l] = first[l], words[2 * l + 1] = second[l];
    }
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

/* A word scaled to 0 .. n - 1; false for one of the few that would make some of them likelier. */
static inline bool scale_word(uint64_t word, size_t n, size_t *out) {
    wide product = (wide)word * n;
    *out = (size_t)(product >> 64);
    return (uint64_t)product >= n || (uint64_t)product >= (0 - (uint64_t)n) % n;
}

size_t hone_rng_below(hone_rng *rng, size_t n) {
    size_t out;
    while (!scale_word(hone_rng_next(rng), n, &out))
        continue;
    return out;
}

/* Draws the words that hone_rng_next() would, and leaves the cursor where that would. */
void hone_rng_shuffle(hone_rng *rng, size_t *items, size_t n) {
    uint64_t words[2 * BLOCKS];
    uint64_t block = rng->block - (rng->left + 1) / 2; /* that of words[0] */
    size_t at = rng->left % 2, j;
    if (n < 2)
        return;
    philox_abreast(rng, block, words);
    for (size_t i = n; i > 1;) {
        if (at == 2 * BLOCKS) {
            philox_abreast(rng, block += BLOCKS, words);
            at = 0;
        }
        if (!scale_word(words[at++], i, &j))
            continue;
        size_t item = items[--i];
        items[i] = items[j];
        items[j] = item;
    }
    rng->block = block + at / 2, rng->left = 0;
    if (at % 2)
        hone_rng_next(rng);
}
