/* cases.h -- rows that several tests of inference look at. */
#ifndef HONE_TESTS_INFERENCE_CASES_H
#define HONE_TESTS_INFERENCE_CASES_H

#include "core/rng.h"

#include <hone/hone.h>

/* The golden rows of the design: fourteen, with ties; scores of two models A and B. */
enum { SHEET_ROWS = 14 };
extern const double SHEET_TRUTH[SHEET_ROWS], SHEET_SCORES[2 * SHEET_ROWS];
hone_scored sheet(void);

/* n rows, at least one of each class, `models` scores of at most `levels` values each (so ties),
 * infinities among them, the second half of the models near the first; every fifth case is
 * degenerate: one positive, one negative, AUC 1, AUC 0, or all scores the same.
 * truth: n; score: models x n. */
void draw_case(hone_rng *rng, int which, size_t n, size_t models, size_t levels, double *truth,
               double *score);

/* Two models that see the same signal, the second with more noise; some ties.
 * truth: n; score: 2 x n. */
hone_scored noisy_rows(size_t n, uint64_t seed, double *truth, double *score);

/* One statistic of each kind. */
enum { N_STATISTICS = 10 };
extern const hone_statistic STATISTICS[N_STATISTICS];
/* A bootstrap that must succeed. */
hone_bootstrap *draw_replicates(const hone_scored *s, const hone_statistic *stats, size_t n,
                                size_t replicates, uint64_t seed, int threads);

/* 1, 1/2 or 0: does a positive's score x beat a negative's score y? */
double beats(double x, double y);
/* Equal, or both NaN. */
bool same_number(double a, double b);
/* a and b agree to within 1e-12, or both are NaN. */
bool close_to(double a, double b);

#endif
