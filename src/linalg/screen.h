/* screen.h -- which pairs of rows may be near, in single precision and without missing one.
 *
 * With x' = x - c, r' = r - c:  |x - r|^2 = |x'|^2 - score,  score = 2 x'r' - |r'|^2.
 * Scores are computed in floats; with u = 2^-24 and m columns they are off by at most
 *     (m + 8) u / (1 - (m + 8) u) (2 |x'| |r'| + |r'|^2)
 * (Higham 2002, section 3.1: m products, m + 1 sums, two conversions, the rest rounds up). So a
 * pair whose score is below |x'|^2 - bound by more than that cannot have a rank up to bound. */
#ifndef HONE_LINALG_SCREEN_H
#define HONE_LINALG_SCREEN_H

#include "linalg/nearest_impl.h"

/* Rows r in single precision, around the center. */
typedef struct hone_screen_rows {
    size_t count, width;
    float *values;  /* count x width: r' */
    float *squares; /* count: -|r'|^2 */
    double longest; /* largest |r'| */
} hone_screen_rows;

/* tile (width x HONE_TILE) of 2 x' and lengths (HONE_TILE) |x'| from a tile of x. */
void hone_screen_tile(size_t width, const double *tile, const double *center, float *out,
                      double *lengths);
/* out->values and ->squares, with room, from `count` rows. */
void hone_screen_fill(const double *rows, size_t count, size_t width, const double *center,
                      hone_screen_rows *out);
/* scores (count x HONE_TILE, with room for 5 rows more). */
void hone_screen_scores(const hone_screen_rows *rows, const float *tile, float *scores);
/* Which rows of scores hold one >= least (HONE_TILE): their numbers to hits; returns how many. */
size_t hone_screen_hits(const float *scores, size_t count, const float *least, uint32_t *hits);
/* Can scores of such lengths be computed and told apart? */
bool hone_screen_serves(size_t width, double length, double longest);
/* The least score that a pair with a rank up to bound may have; -inf for a bound that is NaN. */
float hone_screen_least(size_t width, double length, double longest, double bound);

#endif
