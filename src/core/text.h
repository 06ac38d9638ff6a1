/* text.h -- reading numbers out of longer texts; the rest is public, in <hone/text.h>. */
#ifndef HONE_CORE_TEXT_H
#define HONE_CORE_TEXT_H

#include <hone/text.h>

#include <stdint.h>

/* Reads a decimal number (sign, digits, point, exponent; inf, nan in any case) from
 * [text, end) and returns the position after it, NULL if none starts there. Correctly rounded
 * (round half to even). No blanks are skipped. O(length). */
const char *hone_read_double(const char *text, const char *end, double *out);

#endif
