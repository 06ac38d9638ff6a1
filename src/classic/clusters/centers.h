/* centers.h -- rows and centres: which centre is nearest to a row.
 *
 * Distances are screened in single precision with a bound on their error, and where that leaves
 * two centres the squares are summed in double, in the order of the columns: so a row's label is
 * that of double precision, in whatever block it comes; equal distances go to the lower number.
 *
 * In single precision a row is x' = scale (x - shift) and a centre c' likewise, and
 *     |x' - c'|^2 = |x'|^2 + 2 s,   s = |c'|^2 / 2 - x'c',   |error of s| <= e (|c'| + |x'|) |c'|
 * with e = (m + 10) 2^-24. A `score` is the lower limit of s. */
#ifndef HONE_CLUSTERS_CENTERS_H
#define HONE_CLUSTERS_CENTERS_H

#include <hone/matrix.h>
#include <hone/monitor.h>

#include <stdbool.h>

/* Centres side by side in registers, and rows that go past them together. */
enum { HONE_CENTER_LANES = 16, HONE_CENTER_ROWS = 6 };

/* How numbers become single precision: around 0, most below 1. Owned. */
typedef struct hone_frame {
    size_t m;
    double *shift;  /* m: the means of the columns */
    double *spread; /* m: their standard deviations */
    double scale;   /* a power of two: about one over the largest spread */
} hone_frame;

/* The frame of some rows; free with hone_frame_free(), also after a failure. O(n m). */
HONE_NODISCARD hone_status hone_frame_make(hone_view x, hone_frame *out, const hone_monitor *mon,
                                           hone_error *err);
void hone_frame_free(hone_frame *frame);
/* flat: x.rows x m. */
void hone_frame_rows(const hone_frame *frame, hone_view x, float *flat);
/* norm (n): the lengths of n rows of flat (m columns). */
void hone_flat_norms(size_t m, const float *flat, size_t n, float *norm);

/* Centres made ready for many rows. Owned, but for at and frame. */
typedef struct hone_centers {
    const hone_frame *frame;
    const double *at; /* k x m */
    size_t k, m;
    size_t tiles;  /* of HONE_CENTER_LANES centres; what is missing of the last is never near */
    float error;   /* e */
    float *flat;   /* k x m */
    float *norm;   /* k */
    float *tile;   /* tiles x m x lanes */
    float *head;   /* tiles x 2 x lanes: |c|^2 / 2 - e |c|^2, and e |c| */
    double *exact; /* 2 tiles x m x lanes / 2 */
} hone_centers;

/* Room for k centres; free with hone_centers_free(). */
HONE_NODISCARD hone_status hone_centers_make(const hone_frame *frame, size_t k, hone_centers *out,
                                             hone_error *err);
/* Takes the centres that are now in `at` (k x m). O(k m). */
void hone_centers_set(hone_centers *centers, const double *at);
void hone_centers_free(hone_centers *centers);

/* Scores of HONE_CENTER_ROWS rows, and the least of each tile:
 * score tiles x rows x lanes, least tiles x rows. */
void hone_centers_scores(const hone_centers *centers, const float *const *row, const float *norm,
                         float *score, float *least);
/* The same of one row and the tiles [first, end): score tiles x lanes, least tiles. */
void hone_centers_scores_of(const hone_centers *centers, const float *row, float norm, size_t first,
                            size_t end, float *score, float *least);
/* Upper limit of s from its lower limit. */
static inline float hone_centers_most(const hone_centers *centers, size_t label, float norm,
                                      float score) {
    float c = centers->norm[label];
    return score + 2 * centers->error * c * (c + norm);
}
/* out (n): |x - y|^2 in single precision, x the listed rows of flat (m columns). */
void hone_flat_apart(size_t m, const float *flat, const uint32_t *list, size_t n, const float *y,
                     float *out);
/* out (x.rows x k): squared distances, summed in the order of the columns. */
void hone_centers_squares(const hone_centers *centers, hone_view x, double *out);
/* The nearest centre by those squares. squares: room for k. */
size_t hone_centers_exact(const hone_centers *centers, const double *x, double *squares);
/* The nearest centre to each row. */
HONE_NODISCARD hone_status hone_centers_nearest(const hone_centers *centers, hone_view x,
                                                double *label, hone_error *err);

/* One row's scores, looked at. */
typedef struct hone_verdict {
    size_t label; /* the least score */
    float rest;   /* the least of the other scores of its tile */
    bool sure;    /* no other centre can be nearer */
} hone_verdict;
/* stride: of tiles in `score` (in rows of lanes) and `least`. skip: a tile is left out where its
 * byte is set; or NULL. */
hone_verdict hone_centers_judge(const hone_centers *centers, const float *score, const float *least,
                                size_t stride, float norm, const unsigned char *skip);

#endif
