/* number_exact.c -- a decimal of many digits against the middle of two doubles, in whole numbers.
 *
 * The middle is (2 m + 1) 2^(e-1) for low = m 2^e. With the decimal D 10^q, both sides are brought
 * to whole numbers by factors 2 and 5 and compared. A middle has at most 767 digits, so what
 * follows the 800th digit of D only matters as "more than zero" and becomes one digit 1.
 * Cost: O(digits^2 / 64), and only for what 19 digits leave open. */
#include "core/number.h"

#include <assert.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* 801 digits and 5^1142 (from the smallest exponent) both stay below 2^2800. */
enum { WORDS = 64, DIGITS_KEPT = 800 };

typedef struct big {
    size_t n; /* words in use; the last one is not zero */
    uint64_t word[WORDS];
} big;

/* b = b factor + term */
static void multiply_add(big *b, uint64_t factor, uint64_t term) {
    wide carry = term;
    for (size_t i = 0; i < b->n; i++) {
        carry += (wide)b->word[i] * factor;
        b->word[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry) {
        assert(b->n < WORDS);
        b->word[b->n++] = (uint64_t)carry;
    }
}

static void multiply_pow5(big *b, int64_t q) {
    const uint64_t pow5_27 = 7450580596923828125u;
    for (; q >= 27; q -= 27)
        multiply_add(b, pow5_27, 0);
    for (; q > 0; q--)
        multiply_add(b, 5, 0);
}

static void shift_left(big *b, int64_t bits) {
    size_t words = (size_t)bits / 64;
    if (b->n == 0)
        return;
    multiply_add(b, (uint64_t)1 << bits % 64, 0);
    assert(b->n + words <= WORDS);
    memmove(b->word + words, b->word, b->n * sizeof *b->word);
    memset(b->word, 0, words * sizeof *b->word);
    b->n += words;
}

static int compare(const big *a, const big *b) {
    if (a->n != b->n)
        return a->n > b->n ? 1 : -1;
    for (size_t i = a->n; i-- > 0;)
        if (a->word[i] != b->word[i])
            return a->word[i] > b->word[i] ? 1 : -1;
    return 0;
}

/* The digits as a whole number; returns its power of ten. */
static int64_t gather(const hone_decimal *d, big *out) {
    int64_t exponent = d->exponent + 19; /* as if all digits stood behind the point */
    int kept = 0;
    bool more = false;
    out->n = 0;
    for (const char *p = d->digits; p < d->digits_end; p++) {
        if (*p == '.')
            continue;
        if (kept < DIGITS_KEPT) {
            multiply_add(out, 10, (uint64_t)(*p - '0'));
            kept++;
        } else if (*p != '0') {
            more = true;
        }
    }
    if (more) {
        multiply_add(out, 10, 1);
        kept++;
    }
    return exponent - kept;
}

/* (2 m + 1), and e - 1, of low = m 2^e. */
static int middle(double low, big *out) {
    uint64_t bits;
    memcpy(&bits, &low, sizeof bits);
    uint64_t m = bits & 0xfffffffffffff;
    int e = (int)(bits >> 52);
    if (e)
        m |= (uint64_t)1 << 52;
    else
        e = 1;
    out->n = 1;
    out->word[0] = 2 * m + 1;
    return e - 1075 - 1;
}

int hone_decimal_against_middle(const hone_decimal *d, double low) {
    big decimal, half;
    int64_t q = gather(d, &decimal);
    int64_t e = middle(low, &half);
    /* D 5^q 2^q : M 2^e, with no power below zero left on either side */
    if (q >= 0)
        multiply_pow5(&decimal, q);
    else
        multiply_pow5(&half, -q);
    if (q >= e)
        shift_left(&decimal, q - e);
    else
        shift_left(&half, e - q);
    return compare(&decimal, &half);
}
