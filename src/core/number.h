/* number.h -- what the readers of numbers share: a decimal as scanned, and its exact side. */
#ifndef HONE_CORE_NUMBER_H
#define HONE_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* |x| = w 10^exponent when there are at most 19 digits; else w holds the first 19 of them, and
 * w 10^exponent <= |x| < (w + 1) 10^exponent. */
typedef struct hone_decimal {
    uint64_t w;
    int64_t exponent;
    bool negative;
    bool truncated;
    const char *digits; /* from the first digit that is not zero; one point may lie within */
    const char *digits_end;
} hone_decimal;

/* Is the decimal (of more than 19 digits) above (1), below (-1) or on (0) the middle between
 * `low` >= 0 and the next double? low and next must enclose it. */
int hone_decimal_against_middle(const hone_decimal *d, double low);

#endif
