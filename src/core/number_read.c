/* number_read.c -- decimal text to the nearest double, ties to even, whatever the locale.
 *
 * x = w 10^q with w < 10^19 is rounded by one of three ways, the first that is sure of its bits:
 *   Clinger      w <= 2^53, |q| <= 22: both are doubles, one rounded operation;
 *   Eisel-Lemire the product of w with the first 128 bits of 5^q;
 *   exact        more than 19 digits and w, w + 1 round apart: number_exact.c.
 * Digits are read eight at a time within one 64-bit word. Cost: O(length).
 * Reference: Lemire, "Number parsing at a gigabyte per second", 2021; Mushtak & Lemire, 2023. */
#include "core/number.h"
#include "core/pow5.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { DIGITS_MAX = 19, FRACTION_BITS = 52, EXPONENT_BIAS = 1023, EXPONENT_INF = 0x7ff };

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c) {
    return (unsigned char)(c - '0') < 10;
}

/* Eight characters, the first in the lowest byte, whatever the machine's order of bytes. */
static uint64_t load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
}

/* The top bit of each byte that is no digit; right up to the first such byte. */
static uint64_t no_digits8(uint64_t word) {
    return ((word + 0x4646464646464646) | (word - 0x3030303030303030)) & 0x8080808080808080;
}

/* Eight digit values: pairs, then fours, then all eight, by three multiplications. */
static uint64_t value8(uint64_t digits) {
    digits = digits * 10 + (digits >> 8);
    return ((digits & 0x000000ff000000ff) * 0x000f424000000064 +
            ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
           32;
}

/* Appends the digits at p to *w (modulo 2^64) and returns the position after them. Fewer than
 * eight are moved to the word's end, behind zeros: no branch depends on how many there are. */
static const char *read_digits(const char *p, const char *end, uint64_t *w) {
    static const uint64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    while (end - p >= 8) {
        uint64_t word = load8(p), stops = no_digits8(word), digits = word - 0x3030303030303030;
        if (stops) {
            unsigned n = (unsigned)__builtin_ctzll(stops) / 8;
            *w = *w * tens[n] + value8(digits << 8 * (7 - n) << 8);
            return p + n;
        }
        *w = *w * 100000000 + value8(digits);
        p += 8;
    }
    for (; p < end && is_digit(*p); p++)
        *w = *w * 10 + (uint64_t)(*p - '0');
    return p;
}

/* The exponent part at p, or p itself where there is none. Saturates far beyond any double. */
static const char *read_exponent(const char *p, const char *end, int64_t *exponent) {
    const int64_t huge = (int64_t)1 << 60;
    const char *q = p + 1;
    bool negative = q < end && *q == '-';
    if (q < end && (*q == '-' || *q == '+'))
        q++;
    if (q >= end || !is_digit(*q))
        return p;
    int64_t value = 0;
    for (; q < end && is_digit(*q); q++)
        value = value < huge / 10 ? value * 10 + (*q - '0') : huge;
    *exponent += negative ? -value : value;
    return q;
}

/* More than 19 characters of digits: forget leading zeros, and all after the 19th digit. */
static void shorten(hone_decimal *d, const char *digits, const char *point, const char *end) {
    while (digits < end && (*digits == '0' || *digits == '.'))
        digits++;
    d->digits = digits;
    d->digits_end = end;
    const char *p = digits;
    uint64_t w = 0;
    int n = 0;
    for (; p < end && n < DIGITS_MAX; p++)
        if (*p != '.') {
            w = w * 10 + (uint64_t)(*p - '0');
            n++;
        }
    ptrdiff_t rest = end - p - (point >= p && point < end ? 1 : 0);
    if (n < DIGITS_MAX || rest == 0)
        return; /* w was whole, as read */
    d->w = w;
    d->exponent += rest;
    d->truncated = true;
}

/* Scans digits[.digits][e[+-]digits] without its sign; NULL when no number starts there. */
static const char *scan(const char *p, const char *end, hone_decimal *d) {
    const char *start = p;
    d->w = 0;
    d->exponent = 0;
    d->truncated = false;
    p = read_digits(p, end, &d->w);
    const char *point = p;
    ptrdiff_t n = p - start;
    if (p < end && *p == '.') {
        p = read_digits(p + 1, end, &d->w);
        d->exponent = point + 1 - p;
        n += p - point - 1;
    }
    if (n == 0)
        return NULL;
    if (n > DIGITS_MAX)
        shorten(d, start, point, p);
    if (p < end && (*p == 'e' || *p == 'E'))
        p = read_exponent(p, end, &d->exponent);
    return p;
}

static double from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* High and low word of w g, g = 5^q as far as 55 bits of the product need it. */
static void product(uint64_t w, int q, uint64_t *high, uint64_t *low) {
    const uint64_t *g = hone_pow5[q - HONE_POW5_FIRST];
    const uint64_t uncertain = ~(uint64_t)0 >> (FRACTION_BITS + 3);
    wide first = (wide)w * g[0];
    if (((uint64_t)(first >> 64) & uncertain) == uncertain)
        first += (wide)w * g[1] >> 64;
    *high = (uint64_t)(first >> 64);
    *low = (uint64_t)first;
}

/* w 10^q rounded. Mushtak and Lemire proved that 128 bits of 5^q are enough for every w. */
static double eisel_lemire(uint64_t w, int64_t exponent) {
    if (w == 0 || exponent < HONE_POW5_FIRST)
        return 0;
    if (exponent > 308)
        return INFINITY;
    int q = (int)exponent;
    int zeros = __builtin_clzll(w);
    uint64_t high, low;
    product(w << zeros, q, &high, &low);
    int upper = (int)(high >> 63);
    int shift = upper + 64 - FRACTION_BITS - 3;
    uint64_t m = high >> shift; /* 54 bits: the last one is for rounding */
    /* floor(log2(10^q)) = 217706 q >> 16 in this range */
    int power = ((217706 * q) >> 16) + 63 + upper - zeros + EXPONENT_BIAS;
    if (power <= 0) { /* subnormal */
        if (power <= -63)
            return 0;
        m >>= 1 - power;
        m = (m + (m & 1)) >> 1;
        return from_bits(m); /* a carry into bit 52 makes it normal by itself */
    }
    /* a tie can only be where 5^|q| fits: then all that was shifted out is zero */
    if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << shift == high)
        m &= ~(uint64_t)1;
    m = (m + (m & 1)) >> 1;
    if (m >> (FRACTION_BITS + 1)) {
        m >>= 1;
        power++;
    }
    if (power >= EXPONENT_INF)
        return INFINITY;
    m &= ((uint64_t)1 << FRACTION_BITS) - 1;
    return from_bits(m | (uint64_t)power << FRACTION_BITS);
}

static double next_up(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return from_bits(bits + 1);
}

static double nearest(const hone_decimal *d) {
    if (!d->truncated) {
        if (d->w <= (uint64_t)1 << 53 && d->exponent >= -22 && d->exponent <= 22) {
            double w = (double)d->w;
            return d->exponent < 0 ? w / POWERS[-d->exponent] : w * POWERS[d->exponent];
        }
        return eisel_lemire(d->w, d->exponent);
    }
    double low = eisel_lemire(d->w, d->exponent);
    if (low == eisel_lemire(d->w + 1, d->exponent))
        return low;
    int side = hone_decimal_against_middle(d, low);
    uint64_t bits;
    memcpy(&bits, &low, sizeof bits);
    return side > 0 || (side == 0 && bits & 1) ? next_up(low) : low;
}

/* `word` (lower case) at p in any case? Returns the position after it, or NULL. */
static const char *match(const char *p, const char *end, const char *word) {
    for (; *word; word++, p++)
        if (p >= end || (*p | 0x20) != *word)
            return NULL;
    return p;
}

static const char *read_word(const char *p, const char *end, double *out) {
    static const struct {
        const char *word;
        double value;
    } words[] = {{"infinity", (double)INFINITY}, {"inf", (double)INFINITY}, {"nan", (double)NAN}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *after = match(p, end, words[i].word);
        if (after) {
            *out = words[i].value;
            return after;
        }
    }
    return NULL;
}

const char *hone_read_double(const char *text, const char *end, double *out) {
    const char *p = text;
    hone_decimal d;
    double value;
    d.negative = p < end && *p == '-';
    p += d.negative || (p < end && *p == '+');
    const char *after = scan(p, end, &d);
    if (after)
        value = nearest(&d);
    else if (!(after = read_word(p, end, &value)))
        return NULL;
    *out = d.negative ? -value : value;
    return after;
}
