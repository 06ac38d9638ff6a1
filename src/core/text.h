/* text.h -- numbers as text and back, independent of the locale; nearest names. */
#ifndef HONE_CORE_TEXT_H
#define HONE_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for any double written by hone_write_double(). */
#define HONE_NUMBER_SIZE 32

/* Shortest decimal text that reads back to the same bits ("0.1", "1e-05", "inf", "nan").
 * Returns `out`. */
char *hone_write_double(double value, char out[HONE_NUMBER_SIZE]);

/* Reads a decimal number (sign, digits, point, exponent; inf, nan in any case) from
 * [text, end) and returns the position after it, NULL if none starts there. Correctly rounded
 * (round half to even). No blanks are skipped. O(length). */
const char *hone_read_double(const char *text, const char *end, double *out);

/* Reads the whole of `text` as one number. */
bool hone_parse_double(const char *text, double *out);

/* The name nearest to `name` by edit distance, among n names got from at(context, i);
 * NULL when none is near (distance > 1/3 of the length, at least 2). O(n length^2). */
const char *hone_nearest(const char *name, size_t n,
                         const char *(*at)(const void *context, size_t i), const void *context);

#endif
