/* smo.h -- the second solver: sequential minimal optimisation over working sets.
 *
 * min 1/2 b'Kb + p'b,  lo <= b <= hi,  sum of b fixed (with `split` also the sum of those b whose
 * bounds are >= 0, and so that of the others).   Every machine of the family is of this form:
 *     C-SVC   b = y a, p = -y, 0 <= b <= C_i of the rows of y = 1, -C_i <= b <= 0 of the others
 *     e-SVR   each row twice: 0 <= b <= C_i with p = eps - y, -C_i <= b <= 0 with p = -eps - y
 * Variable v is about row v % n. */
#ifndef HONE_SVM_SMO_H
#define HONE_SVM_SMO_H

#include "classic/svm/source.h"

#include "core/clones.h"

#include <stdint.h>

struct hone_smo_problem {
    const struct hone_svm_source *source;
    const size_t *index;       /* n: rows of the source, ascending */
    size_t n, n_vars;          /* n_vars n or 2 n */
    const double *p, *lo, *hi; /* n_vars */
    double *b;                 /* n_vars: a feasible start, then the solution */
    bool split;
    double tol, cache_bytes;
    double max_steps, time_limit; /* stop there with what there is; infinite: never */
};

struct hone_smo_result {
    double rho[2];    /* the multiplier of each sum (the second with `split` only) */
    double gap;       /* how far from optimal: at most tol if it converged */
    double objective; /* 1/2 b'Kb + p'b */
    double steps;
    bool converged;
};

/* ---- problems whose matrix is at hand (smo_dense.c) ------------------------------------------ */

enum { HONE_SMO_LANES = 8 };

typedef float hone_smo_f32x8 __attribute__((vector_size(32), aligned(4), may_alias));

/* *out = k (8) in double. Compilers turn eight floats in two halves, sixteen in whole registers. */
HONE_INLINE void hone_smo_widen(const float *k, hone_f64x8 *out) {
    typedef float f32x16 __attribute__((vector_size(64)));
    typedef double f64x16 __attribute__((vector_size(128)));
    hone_smo_f32x8 half = *(const hone_smo_f32x8 *)k;
    f32x16 whole =
        __builtin_shufflevector(half, half, 0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1);
    f64x16 wide = __builtin_convertvector(whole, f64x16);
    *out = __builtin_shufflevector(wide, wide, 0, 1, 2, 3, 4, 5, 6, 7);
}

/* Places come in runs, [0, middle) and [middle, n), whose rows and columns of K are without a gap
 * from column[0] and column[1] on; all but the last run may be followed by more columns. middle and
 * n are multiples of HONE_SMO_LANES; a place that is not in use has lo = hi = 0. Beyond the last
 * entry of K there are HONE_SMO_LANES more that may be read. */
struct hone_smo_dense {
    size_t n, middle; /* middle == n: one run */
    size_t column[2];
    bool split;     /* each run has a sum of its own */
    bool shared;    /* both runs are about the same rows, and f is that of the first */
    const float *k; /* symmetric */
    size_t ld;
    const float *const *rows; /* or these, where they are not NULL */
    size_t missing;           /* row that the next step needs, or HONE_SMO_ALL_THERE */
    double *half;             /* n: half the diagonal of k */
    double *lo, *hi;          /* n */
    double *kink;             /* n: |b_v| costs so much besides */
    double *b, *f;     /* n: the variables and the gradient K b + p, without what |b| costs */
    double *up, *down; /* n each, scratch */
};

#define HONE_SMO_ALL_THERE SIZE_MAX

/* f += K b. O(n^2). */
void hone_smo_dense_begin(struct hone_smo_dense *p);
/* To be called before the first steps. O(n). */
void hone_smo_dense_mark(struct hone_smo_dense *p);
/* Steps of two variables, the second chosen by the gain of second order (Fan, Chen & Lin 2005),
 * until max f of {b > lo} - min f of {b < hi} <= tol in each sum or after max_steps, or where
 * a row is missing. Returns the steps. O(n) each. */
size_t hone_smo_dense_solve(struct hone_smo_dense *p, double tol, size_t max_steps);

/* ---- rows of a small problem that were asked for (smo_rows.c) -------------------------------- */

struct hone_smo_rows;

/* Room for so many problems of source->by_rows rows at a time (at most 4; others get their own),
 * from one block: a thread's own heap would keep what was in it until the process ends. */
struct hone_smo_pool;
HONE_NODISCARD hone_status hone_smo_pool_create(const struct hone_svm_source *source,
                                                size_t problems, struct hone_smo_pool **out,
                                                hone_error *err);
void hone_smo_pool_free(struct hone_smo_pool *pool);

/* Borrows source, of full rows and a kernel that is computed, and index. O(n m). */
HONE_NODISCARD hone_status hone_smo_rows_create(const struct hone_svm_source *source,
                                                const size_t *index, size_t n,
                                                struct hone_smo_rows **out, hone_error *err);
void hone_smo_rows_free(struct hone_smo_rows *rows);
/* Row i (n) of K, and HONE_SMO_LANES more that may be read, is there from now on. O(n m). */
HONE_NODISCARD hone_status hone_smo_rows_add(struct hone_smo_rows *rows, size_t i, hone_error *err);
/* n: the rows, NULL where they are not there. */
const float *const *hone_smo_rows_table(const struct hone_smo_rows *rows);

/* ---- kernel rows that were asked for (smo_cache.c) ------------------------------------------- */

/* Rows of the matrix K(index_r, index_c) of a problem, n floats each; the oldest give way. */
struct hone_smo_cache;

/* Keeps at least `least` rows, more while they fit in `bytes`. Borrows source and index. */
HONE_NODISCARD hone_status hone_smo_cache_create(const struct hone_svm_source *source,
                                                 const size_t *index, size_t n, size_t least,
                                                 double bytes, struct hone_smo_cache **out,
                                                 hone_error *err);
void hone_smo_cache_free(struct hone_smo_cache *cache);
/* rows[i] = row number wanted[i], there until the next call. O(missing n m). */
HONE_NODISCARD hone_status hone_smo_cache_get(struct hone_smo_cache *cache, const size_t *wanted,
                                              size_t n_wanted, const float **rows,
                                              const hone_monitor *mon, hone_error *err);

/* ---- kernel values used where they are computed (smo_tiles.c) -------------------------------- */

/* Rows of a problem for the rbf kernel in single precision. */
struct hone_smo_tiles;

/* Are there so many rows, of such a kernel, that tiles are the way? */
bool hone_smo_tiles_suit(const struct hone_svm_source *source);
/* For the problem's rows index (n), up to most_rows of them at a time; *out stays NULL where single
 * precision does not do. O(n m). */
HONE_NODISCARD hone_status hone_smo_tiles_create(const struct hone_svm_source *source,
                                                 const size_t *index, size_t n, size_t most_rows,
                                                 struct hone_smo_tiles **out, hone_error *err);
void hone_smo_tiles_free(struct hone_smo_tiles *tiles);
/* f (copies x n): each copy += sum over r of delta_r K(rows_r, .). O(n_rows n m). */
HONE_NODISCARD hone_status hone_smo_tiles_add(struct hone_smo_tiles *tiles, const size_t *rows,
                                              const double *delta, size_t n_rows, double *f,
                                              size_t copies, const hone_monitor *mon,
                                              hone_error *err);
/* out (n_rows x n_rows, ldo) = K among these rows. O(n_rows^2 m). */
HONE_NODISCARD hone_status hone_smo_tiles_block(struct hone_smo_tiles *tiles, const size_t *rows,
                                                size_t n_rows, float *out, size_t ldo,
                                                const hone_monitor *mon, hone_error *err);

/* ---- how far from optimal (smo_gap.c) -------------------------------------------------------- */

/* Whose sum v counts in. */
static inline size_t hone_smo_part(const struct hone_smo_problem *p, size_t v) {
    return p->split && p->lo[v] < 0;
}

/* Of each part: the least f of those that may rise, the most of those that may fall. */
struct hone_smo_bounds {
    double least[2], most[2];
};

struct hone_smo_bounds hone_smo_look(const struct hone_smo_problem *problem, const double *f);
/* Tells the gap; is it small enough, or is there no time left? */
bool hone_smo_is_done(const struct hone_smo_problem *problem, const struct hone_smo_bounds *bounds,
                      double until, struct hone_smo_result *out);
/* Tells multipliers and objective. */
void hone_smo_finish(const struct hone_smo_problem *problem, const double *f,
                     struct hone_smo_result *out);

/* ---- few rows (smo_small.c) and any (smo.c) -------------------------------------------------- */

bool hone_smo_is_small(const struct hone_smo_problem *problem);
HONE_NODISCARD hone_status hone_smo_solve_small(const struct hone_smo_problem *problem,
                                                const hone_monitor *mon,
                                                struct hone_smo_result *out, hone_error *err);
HONE_NODISCARD hone_status hone_smo_solve(const struct hone_smo_problem *problem,
                                          const hone_monitor *mon, struct hone_smo_result *out,
                                          hone_error *err);

#endif
