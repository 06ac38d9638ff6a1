/* Random numbers: the published answers, and the properties that callers rely on. */
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* Known answers of philox4x32-10 from the Random123 distribution (kat_vectors). */
Test(rng, philox_known_answers) {
    static const struct {
        uint32_t counter[4], key[2], want[4];
    } CASES[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t out[4];
        hone_philox(CASES[i].counter, CASES[i].key, out);
        cr_assert(memcmp(out, CASES[i].want, sizeof out) == 0, "case %zu", i);
    }
}

Test(rng, streams_differ_and_repeat) {
    hone_rng a = hone_rng_at(1, 2), b = hone_rng_at(1, 2), c = hone_rng_at(1, 3),
             d = hone_rng_at(2, 2);
    for (int i = 0; i < 100; i++) {
        uint64_t value = hone_rng_next(&a);
        cr_assert_eq(value, hone_rng_next(&b));
        cr_assert_neq(value, hone_rng_next(&c));
        cr_assert_neq(value, hone_rng_next(&d));
    }
}

Test(rng, moments) {
    enum { N = 200000 };
    hone_rng rng = hone_rng_at(3, 0);
    double uniform = 0, normal = 0, square = 0;
    for (int i = 0; i < N; i++) {
        double u = hone_rng_uniform(&rng), z = hone_rng_normal(&rng);
        cr_assert(u >= 0 && u < 1 && isfinite(z));
        uniform += u / N;
        normal += z / N;
        square += z * z / N;
    }
    /* five standard errors */
    cr_assert_float_eq(uniform, 0.5, 5 * 0.2887 / sqrt(N));
    cr_assert_float_eq(normal, 0.0, 5 / sqrt(N));
    cr_assert_float_eq(square, 1.0, 5 * sqrt(2.0 / N));
}

Test(rng, below_is_even) {
    size_t counts[7] = {0};
    hone_rng rng = hone_rng_at(4, 0);
    for (int i = 0; i < 70000; i++)
        counts[hone_rng_below(&rng, 7)]++;
    for (int k = 0; k < 7; k++)
        cr_assert(counts[k] > 9500 && counts[k] < 10500, "%zu", counts[k]);
}

Test(rng, shuffle_permutes) {
    size_t items[100];
    int seen[100] = {0}, moved = 0;
    hone_rng rng = hone_rng_at(5, 0);
    for (size_t i = 0; i < 100; i++)
        items[i] = i;
    hone_rng_shuffle(&rng, items, 100);
    for (size_t i = 0; i < 100; i++) {
        seen[items[i]]++;
        moved += items[i] != i;
    }
    for (size_t i = 0; i < 100; i++)
        cr_assert_eq(seen[i], 1);
    cr_assert_gt(moved, 80);
}

/* Word by word, as the definition has it; the cursor may stand within a block. */
Test(rng, shuffle_draws_the_words_that_come_next) {
    enum { MOST = 200 };
    for (size_t n = 0; n <= MOST; n++)
        for (size_t drawn = 0; drawn < 4; drawn++) {
            size_t items[MOST], want[MOST];
            hone_rng a = hone_rng_at(n, 5), b = a;
            for (size_t i = 0; i < drawn; i++)
                cr_assert_eq(hone_rng_next(&a), hone_rng_next(&b));
            for (size_t i = 0; i < n; i++)
                items[i] = want[i] = i;
            hone_rng_shuffle(&a, items, n);
            for (size_t i = n; i > 1; i--) {
                size_t j = hone_rng_below(&b, i), item = want[i - 1];
                want[i - 1] = want[j], want[j] = item;
            }
            for (size_t i = 0; i < n; i++)
                cr_assert_eq(items[i], want[i]);
            for (size_t i = 0; i < 3; i++)
                cr_assert_eq(hone_rng_next(&a), hone_rng_next(&b));
        }
}

/* From one word, by the definition: the places of `many` items from items[n - 1] down. False if the
 * word must not count. */
static bool place_by_definition(uint64_t word, size_t *items, size_t n, size_t many) {
    __extension__ typedef unsigned __int128 wide;
    uint64_t product = 1;
    for (size_t i = n; i > n - many; i--) {
        wide scaled = (wide)word * i;
        size_t j = (size_t)(scaled >> 64), item = items[i - 1];
        items[i - 1] = items[j], items[j] = item;
        word = (uint64_t)scaled, product *= i;
    }
    return word >= (0 - product) % product;
}

/* With 256 items one word in some hundreds does not count; the cursor may stand within a block. */
Test(rng, reshuffle_deals_each_word_out) {
    static const size_t SIZES[] = {0, 1, 2, 3, 7, 8, 9, 150, 255, 256, 257, 300, 20000};
    static size_t items[20000], want[20000];
    size_t skipped = 0;
    for (size_t c = 0; c < 30 * sizeof SIZES / sizeof *SIZES; c++) {
        size_t n = SIZES[c / 30], left = n, most = n <= 256 ? 7 : n <= 16384 ? 4 : 2;
        hone_rng a = hone_rng_at(c, 8), b = a;
        for (size_t i = 0; i < c % 4; i++)
            cr_assert_eq(hone_rng_next(&a), hone_rng_next(&b));
        for (size_t i = 0; i < n; i++)
            items[i] = want[i] = i;
        hone_rng_reshuffle(&a, items, n);
        while (left > 1) {
            size_t many = left > most ? most : left - 1;
            bool counts = place_by_definition(hone_rng_next(&b), want, left, many);
            left -= counts ? many : 0, skipped += !counts;
        }
        cr_assert_eq(memcmp(items, want, n * sizeof *items), 0, "%zu items", n);
        for (size_t i = 0; i < 3; i++)
            cr_assert_eq(hone_rng_next(&a), hone_rng_next(&b));
    }
    cr_assert_gt(skipped, 0);
}

/* Each of the 24 orders of four as often, within five standard errors. */
Test(rng, reshuffle_favours_no_order) {
    enum { N = 48000 };
    size_t counts[256] = {0}, orders = 0;
    hone_rng rng = hone_rng_at(6, 0);
    for (size_t i = 0; i < N; i++) {
        size_t items[4] = {0, 1, 2, 3};
        hone_rng_reshuffle(&rng, items, 4);
        counts[items[0] << 6 | items[1] << 4 | items[2] << 2 | items[3]]++;
    }
    for (size_t c = 0; c < 256; c++) {
        orders += counts[c] > 0;
        cr_assert(counts[c] == 0 || fabs((double)counts[c] - N / 24.0) < 5 * sqrt(N / 24.0));
    }
    cr_assert_eq(orders, 24);
}
