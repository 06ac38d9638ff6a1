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

/* The words of BLOCKS blocks from number `block` on: those of hone_philox(). The parts take turns,
 * so that none waits for itself. */
HONE_CLONES
static void philox_abreast(const hone_rng *rng, uint64_t block, uint64_t words[2 * BLOCKS]) {
    const lanes zero = {0};
    lanes x0[PARTS], x1[PARTS], x2[PARTS], x3[PARTS];
    uint32_t k0 = (uint32_t)rng->seed, k1 = (uint32_t)(rng->seed >> 32);
    for (size_t i = 0; i < PARTS; i++) {
        lanes number = block + i * LANES + (lanes){0, 1, 2, 3, 4, 5, 6, 7};
        x0[i] = number & LOW, x1[i] = number >> 32;
        x2[i] = zero + (rng->stream & LOW), x3[i] = zero + (rng->stream >> 32);
    }
    for (int round = 0; round < 10; round++, k0 += WEYL_0, k1 += WEYL_1)
        for (size_t i = 0; i < PARTS; i++) {
            lanes p = A * x0[i], q = B * x2[i];
            x0[i] = (q >> 32) ^ x1[i] ^ k0;
            x2[i] = (p >> 32) ^ x3[i] ^ k1;
            x1[i] = q & LOW;
            x3[i] = p & LOW;
        }
    for (size_t i = 0; i < PARTS; i++) {
        lanes first = x1[i] << 32 | x0[i], second = x3[i] << 32 | x2[i];
        for (size_t l = 0; l < LANES; l++, words += 2)
            words[0] = first[l], words[1] = second[l];
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

/* Where many words come from: words[at] is the next one, words[0] the first of number `block`. */
struct supply {
    uint64_t block;
    size_t at;
};

/* The cursor's words from the next one on. */
static struct supply open_supply(const hone_rng *rng, uint64_t words[2 * BLOCKS]) {
    struct supply supply = {rng->block - (rng->left + 1) / 2, rng->left % 2};
    philox_abreast(rng, supply.block, words);
    return supply;
}

HONE_INLINE uint64_t take(const hone_rng *rng, struct supply *supply, uint64_t words[2 * BLOCKS]) {
    if (supply->at == 2 * BLOCKS) {
        philox_abreast(rng, supply->block += BLOCKS, words);
        supply->at = 0;
    }
    return words[supply->at++];
}

/* Leaves the cursor where hone_rng_next() would. */
static void close_supply(struct supply supply, hone_rng *rng) {
    rng->block = supply.block + supply.at / 2, rng->left = 0;
    if (supply.at % 2)
        hone_rng_next(rng);
}

HONE_INLINE void swap(size_t *a, size_t *b) {
    size_t item = *a;
    *a = *b;
    *b = item;
}

void hone_rng_shuffle(hone_rng *rng, size_t *items, size_t n) {
    uint64_t words[2 * BLOCKS];
    if (n < 2)
        return;
    struct supply supply = open_supply(rng, words);
    for (size_t i = n, j; i > 1;)
        if (scale_word(take(rng, &supply, words), i, &j))
            swap(items + --i, items + j);
    close_supply(supply, rng);
}

/* The places of items[i - 1] down to items[i - many], one after the other: what is left of a word
 * after one goes to the next (Brackett-Rozinsky, Lemire 2024, "Batched ranged random integer
 * generation"). False for one of the few words that would make some orders likelier. */
HONE_INLINE bool place(uint64_t word, size_t *items, size_t i, size_t many, uint64_t most) {
    uint64_t product = 1;
    for (size_t k = i; k > i - many; k--) {
        swap(items + k - 1, items + (size_t)((wide)word * k >> 64));
        word *= k;
    }
    if (word >= most)
        return true;
    for (size_t k = i; k > i - many; k--)
        product *= k;
    return word >= product || word >= (0 - product) % product;
}

/* `many` places from each word, where n^many is below 2^64. What a bad word has moved is shuffled
 * once more. */
HONE_INLINE void reshuffle(hone_rng *rng, size_t *items, size_t n, size_t many) {
    uint64_t words[2 * BLOCKS], most = 1;
    struct supply supply = open_supply(rng, words);
    for (size_t k = 0; k < many; k++)
        most *= n;
    while (n > many)
        n -= place(take(rng, &supply, words), items, n, many, most) ? many : 0;
    while (n > 1)
        n -= place(take(rng, &supply, words), items, n, n - 1, most) ? n - 1 : 0;
    close_supply(supply, rng);
}

/* With products up to 2^56, one word in 256 at most is looked at more closely. */
void hone_rng_reshuffle(hone_rng *rng, size_t *items, size_t n) {
    if (n < 2)
        return;
    if (n <= 1 << 8)
        reshuffle(rng, items, n, 7);
    else if (n <= 1 << 14)
        reshuffle(rng, items, n, 4);
    else if (n <= 1 << 28)
        reshuffle(rng, items, n, 2);
    else
        reshuffle(rng, items, n, 1);
}
