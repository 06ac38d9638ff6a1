/* screen.c -- scores of pairs of rows in single precision: a small matrix product whose sums stay
 * in registers, 6 rows against 16 at a time.   Cost: 2 width flops a pair. */
#include "linalg/screen.h"

#include "core/clones.h"

#include <math.h>
#include <string.h>

enum { SCORE_ROWS = 6, EIGHT = 8 };
static const double HIGHEST = 1e37;  /* no sum of floats up to here is infinite */
static const double ROUNDING = 1e-7; /* more than that of one float */

typedef float lanes __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t bits __attribute__((vector_size(64)));
typedef int64_t wide_bits __attribute__((vector_size(64)));

HONE_CLONES
static void around(size_t width, const double *tile, const double *center, float *out,
                   double *lengths) {
    double squares[HONE_TILE] = {0};
    for (size_t j = 0; j < width; j++)
        for (size_t l = 0; l < HONE_TILE; l++) {
            double apart = tile[j * HONE_TILE + l] - center[j];
            out[j * HONE_TILE + l] = (float)(2 * apart);
            squares[l] += apart * apart;
        }
    for (size_t l = 0; l < HONE_TILE; l++)
        lengths[l] = sqrt(squares[l]);
}

void hone_screen_tile(size_t width, const double *tile, const double *center, float *out,
                      double *lengths) {
    around(width, tile, center, out, lengths);
}

/* The square of one row's length. */
HONE_INLINE double fill_row(const double *row, size_t width, const double *center, float *out) {
    hone_f64x8 sums = {0};
    size_t j = 0;
    for (; j + EIGHT <= width; j += EIGHT) {
        hone_f64x8 apart =
            *(const hone_f64x8_in_memory *)(row + j) - *(const hone_f64x8_in_memory *)(center + j);
        sums += apart * apart;
        for (size_t l = 0; l < EIGHT; l++)
            out[j + l] = (float)apart[l];
    }
    double rest = 0;
    for (; j < width; j++) {
        double apart = row[j] - center[j];
        rest += apart * apart;
        out[j] = (float)apart;
    }
    return (((sums[0] + sums[4]) + (sums[2] + sums[6])) +
            ((sums[1] + sums[5]) + (sums[3] + sums[7]))) +
           rest;
}

HONE_CLONES
static double fill(const double *rows, size_t count, size_t width, const double *center,
                   float *values, float *squares) {
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        double square = fill_row(rows + i * width, width, center, values + i * width);
        squares[i] = -(float)square;
        most = square > most || isnan(square) ? square : most;
    }
    return most;
}

void hone_screen_fill(const double *rows, size_t count, size_t width, const double *center,
                      hone_screen_rows *out) {
    out->count = count;
    out->width = width;
    out->longest = sqrt(fill(rows, count, width, center, out->values, out->squares));
}

#define BYTES       64
#define NAMED(name) name##_64
#include "linalg/score_kernel.h"
#undef BYTES
#undef NAMED
#define BYTES       32
#define NAMED(name) name##_32
#include "linalg/score_kernel.h"
#undef BYTES
#undef NAMED
#define BYTES       16
#define NAMED(name) name##_16
#include "linalg/score_kernel.h"
#undef BYTES
#undef NAMED

HONE_CLONES
static void score_all(int bytes, size_t count, size_t width, const float *values,
                      const float *squares, const float *tile, float *scores) {
    if (bytes == 64)
        score_all_64(count, width, values, squares, tile, scores);
    else if (bytes == 32)
        score_all_32(count, width, values, squares, tile, scores);
    else
        score_all_16(count, width, values, squares, tile, scores);
}

void hone_screen_scores(const hone_screen_rows *rows, const float *tile, float *scores) {
    score_all(hone_vector_bytes(), rows->count, rows->width, rows->values, rows->squares, tile,
              scores);
}

/* Are all signs minus? (Comparisons of vectors would be taken apart by the compiler.) */
HONE_INLINE bool all_negative(const bits *set) {
    const int64_t signs = INT64_MIN | (int64_t)1 << 31;
    wide_bits all = (wide_bits)*set;
    int64_t both =
        ((all[0] & all[4]) & (all[1] & all[5])) & ((all[2] & all[6]) & (all[3] & all[7]));
    return (both & signs) == signs;
}

HONE_CLONES
static size_t hits_among(const float *scores, size_t count, const float *least, uint32_t *hits) {
    const lanes *at = (const lanes *)scores, limit = *(const lanes *)least;
    size_t n = 0, i = 0;
    for (; i + EIGHT <= count; i += EIGHT) {
        bits set = (bits)(at[i] - limit);
        for (size_t r = 1; r < EIGHT; r++)
            set &= (bits)(at[i + r] - limit);
        if (all_negative(&set))
            continue;
        for (size_t r = 0; r < EIGHT; r++) {
            bits one = (bits)(at[i + r] - limit);
            hits[n] = (uint32_t)(i + r);
            n += !all_negative(&one);
        }
    }
    for (; i < count; i++) {
        bits one = (bits)(at[i] - limit);
        hits[n] = (uint32_t)i;
        n += !all_negative(&one);
    }
    return n;
}

size_t hone_screen_hits(const float *scores, size_t count, const float *least, uint32_t *hits) {
    return hits_among(scores, count, least, hits);
}

bool hone_screen_serves(size_t width, double length, double longest) {
    return (double)width < 1e6 && longest * (2 * length + longest) < HIGHEST &&
           length * length < HIGHEST;
}

float hone_screen_least(size_t width, double length, double longest, double bound) {
    if (isnan(bound))
        return -INFINITY;
    double u = ((double)width + 8) * 0x1p-24;
    double error = u / (1 - u) * longest * (2 * length + longest);
    double square = length * length;
    double least = square - bound - error - 1e-13 * (square + bound);
    return (float)(least - ROUNDING * fabs(least) - 1e-35);
}
