/* number_write.c -- the shortest decimal that reads back to the same double.
 *
 * Schubfach: scale the interval that rounds to x by a power of ten so that it is one to ten units
 * wide; then at most four candidates are left, and the shortest of them, closest to x, wins.
 * Layout as Python's repr without ".0": 0.0001 .. 1e16 in full, else with an exponent. Cost: O(1).
 * Reference: Giulietti, "The Schubfach way to render doubles", 2020. */
#include "core/pow5.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

typedef struct decimal {
    uint64_t digits;
    int exponent;
} decimal;

/* floor(cp g / 2^128), its last bit set where anything was cut off. */
static uint64_t round_to_odd(const uint64_t g[2], uint64_t cp) {
    wide low = (wide)g[1] * cp;
    wide high = (wide)g[0] * cp + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* x = c 2^q > 0; `closer`: c is a power of two, the double below is only half as far. */
static decimal shortest(uint64_t c, int q, bool closer) {
    int k = (q * 1262611 - (closer ? 524031 : 0)) >> 22; /* floor(log10(width)) */
    int h = q + ((-k * 1741647) >> 19) + 1;              /* floor(log2(10^-k)) */
    const uint64_t *row = hone_pow5[-k - HONE_POW5_FIRST];
    uint64_t g[2] = {row[0], row[1] + (-k > 55)}; /* rounded up where not exact */
    uint64_t odd = c & 1;                         /* an even c owns the ends of its interval */
    uint64_t lower = round_to_odd(g, (4 * c - 2 + closer) << h) + odd;
    uint64_t value = round_to_odd(g, (4 * c) << h);
    uint64_t upper = round_to_odd(g, (4 * c + 2) << h) - odd;
    uint64_t s = value / 4, tens = s / 10;
    bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
    if (s >= 10 && down != up)
        return (decimal){tens + up, k + 1};
    down = lower <= 4 * s;
    up = 4 * s + 4 <= upper;
    if (down != up)
        return (decimal){s + up, k};
    uint64_t half = 4 * s + 2;
    return (decimal){s + (value > half || (value == half && (s & 1))), k};
}

static decimal decompose(uint64_t bits) {
    uint64_t c = bits & 0xfffffffffffff;
    int e = (int)(bits >> 52);
    decimal d =
        e ? shortest(c | (uint64_t)1 << 52, e - 1075, c == 0 && e > 1) : shortest(c, -1074, false);
    while (d.digits % 10 == 0) {
        d.digits /= 10;
        d.exponent++;
    }
    return d;
}

/* Writes all digits of `value` and returns their number. */
static int put_digits(uint64_t value, char *out) {
    char reversed[20];
    int n = 0;
    do {
        reversed[n++] = (char)('0' + value % 10);
    } while (value /= 10);
    for (int i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return n;
}

static char *put_exponent(char *p, int exponent) {
    *p++ = 'e';
    *p++ = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent < 10)
        *p++ = '0';
    return p + put_digits((uint64_t)exponent, p);
}

static char *put_zeros(char *p, int n) {
    memset(p, '0', (size_t)n);
    return p + n;
}

static char *put_decimal(char *p, decimal d) {
    char digits[20];
    int n = put_digits(d.digits, digits);
    int before = n + d.exponent; /* digits before the point */
    if (before < -3 || before > 16) {
        *p++ = digits[0];
        if (n > 1)
            *p++ = '.';
        memcpy(p, digits + 1, (size_t)(n - 1));
        return put_exponent(p + n - 1, before - 1);
    }
    if (before >= n) {
        memcpy(p, digits, (size_t)n);
        return put_zeros(p + n, before - n);
    }
    if (before <= 0) {
        *p++ = '0';
        *p++ = '.';
        p = put_zeros(p, -before);
        memcpy(p, digits, (size_t)n);
        return p + n;
    }
    memcpy(p, digits, (size_t)before);
    p[before] = '.';
    memcpy(p + before + 1, digits + before, (size_t)(n - before));
    return p + n + 1;
}

char *hone_write_double(double value, char out[HONE_NUMBER_SIZE]) {
    if (isnan(value))
        return strcpy(out, "nan");
    char *p = out;
    if (signbit(value))
        *p++ = '-';
    if (isinf(value) || value == 0) {
        strcpy(p, value == 0 ? "0" : "inf");
        return out;
    }
    value = fabs(value);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    *put_decimal(p, decompose(bits)) = 0;
    return out;
}
