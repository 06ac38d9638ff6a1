/* text.h -- numbers as text and back, independent of the locale; nearest names. */
#ifndef HONE_TEXT_H
#define HONE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <hone/api.h>

HONE_BEGIN_DECLS

/** Enough for any double written by hone_write_double(). */
#define HONE_NUMBER_SIZE 32

/** Shortest decimal text that reads back to the same bits ("0.1", "1e-05", "inf", "nan").
 *  Returns `out`. */
HONE_API char *hone_write_double(double value, char out[HONE_NUMBER_SIZE]);

/** Reads the whole of `text` as one number; false when it is none. Correctly rounded. */
HONE_API bool hone_parse_double(const char *text, double *out);

/** The name nearest to `name` by edit distance, among n names got from at(context, i);
 *  NULL when none is near (distance > 1/3 of the length, at least 2). O(n length^2). */
HONE_API const char *hone_nearest(const char *name, size_t n,
                                  const char *(*at)(const void *context, size_t i),
                                  const void *context);

HONE_END_DECLS
#endif
