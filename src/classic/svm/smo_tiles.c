/* smo_tiles.c -- rbf kernel values of many rows in single precision, used where they are
 * computed: they need no memory.
 *
 *     K_ij = exp(-|z_i - z_j|^2),  z = sqrt(gamma) (x - mean of the columns), rounded to float
 * Moving the rows to their middle keeps the rounding of z small; sums of squared differences then
 * lose nothing where rows lie close together. Where they spread too far beside the width of the
 * kernel for that (MOST_SPREAD), values are computed in double elsewhere (source.c).
 * Tiles of 6 rows x 16 columns keep their sums in registers. A value has the same bits as (i, j)
 * and as (j, i), in any tile and on any processor; its error is about that of rounding to float, so
 * the machines are as close to exact ones as those of libsvm, which rounds.
 * Shapes: panels of 16 rows, m x 16 each; groups of 6 rows, m x 6 each.
 * Cost: n m numbers of memory; O(n_rows n m) for a sum over n_rows rows. */
#include "classic/svm/smo.h"

#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { LANES = 16, GROUP = 6, STRETCH = 128, MAX_CHUNKS = 64, EXP_WORK = 16 };
#define LEAST_ROWS                                                                                 \
    4096                 /* up to there fits on the same rows may share what is computed in double \
                          */
#define MOST_SPREAD 16.0 /* of |z| */

typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef float f32x16_in_memory __attribute__((vector_size(64), aligned(4), may_alias));
typedef float f32x8_in_memory __attribute__((vector_size(32), aligned(4), may_alias));
#define WIDEN(a) __builtin_convertvector(*(const f32x8_in_memory *)(a), hone_f64x8)

struct hone_smo_tiles {
    size_t n, m;
    float *panels; /* ceil(n / 16) x m x 16 */
    float *groups; /* ceil(most / 6) x m x 6: rows of a sum or of a block */
    float *others; /* ceil(most / 16) x m x 16: columns of a block */
    double *delta; /* most, rounded up to groups */
};

/* ---- tiles ----------------------------------------------------------------------------------- */

/* v (each <= 0) becomes exp(v): v = q ln 2 + r, exp(r) by Cephes' polynomial, relative error about
 * 1e-7; below -87 the result is 0. */
HONE_INLINE void exp_of(f32x16_in_memory *v) {
    const f32x16 zero = {0}, least = zero - 87.0F;
    const f32x16 shift = zero + 0x1.8p23F; /* adding it leaves the integer q in the low bits */
    i32x16 above = *v > least;
    f32x16 x = (f32x16)((above & (i32x16)*v) | (~above & (i32x16)least));
    f32x16 shifted = x * 0x1.715476p0F + shift, q = shifted - shift;
    f32x16 r = (x - q * 0x1.63p-1F) + q * 0x1.bd0106p-13F;
    f32x16 power = (f32x16)(((i32x16)shifted + 127) << 23), p = zero + 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = (r + r * r * p) + 1.0F;
    *v = (f32x16)(above & (i32x16)(p * power));
}

/* k (6 x 16) -= sums of squared differences over m columns. */
HONE_INLINE void take_squares(const float *group, const float *panel, size_t m, float *k) {
    f32x16_in_memory *to = (f32x16_in_memory *)k;
    f32x16 s0 = {0}, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, d;
    for (size_t j = 0; j < m; j++, group += GROUP) {
        f32x16 z = *(const f32x16_in_memory *)(panel + j * LANES);
        d = z - group[0], s0 += d * d;
        d = z - group[1], s1 += d * d;
        d = z - group[2], s2 += d * d;
        d = z - group[3], s3 += d * d;
        d = z - group[4], s4 += d * d;
        d = z - group[5], s5 += d * d;
    }
    to[0] -= s0, to[1] -= s1, to[2] -= s2, to[3] -= s3, to[4] -= s4, to[5] -= s5;
}

/* k (6 x 16) = kernel values of a group of rows and a panel of columns. Sums of sums: rounding
 * errors of many columns do not pile up. */
HONE_INLINE void tile(const float *group, const float *panel, size_t m, float *k) {
    memset(k, 0, GROUP * LANES * sizeof *k);
    for (size_t j = 0; j < m; j += STRETCH)
        take_squares(group + j * GROUP, panel + j * LANES, m - j < STRETCH ? m - j : STRETCH, k);
    for (size_t i = 0; i < GROUP; i++)
        exp_of((f32x16_in_memory *)k + i);
}

/* sums (16) = sum over n_rows rows of delta_r K(r, .), in their order. */
HONE_CLONES static void sum_of_tiles(const float *groups, const double *delta, size_t n_rows,
                                     const float *panel, size_t m, double *sums) {
    float k[GROUP * LANES];
    hone_f64x8 low = {0}, high = low;
    for (size_t r = 0; r < n_rows; r += GROUP) {
        tile(groups + r * m, panel, m, k);
        for (size_t i = 0; i < GROUP; i++) {
            low += delta[r + i] * WIDEN(k + i * LANES);
            high += delta[r + i] * WIDEN(k + i * LANES + LANES / 2);
        }
    }
    *(hone_f64x8_in_memory *)sums = low;
    *(hone_f64x8_in_memory *)(sums + LANES / 2) = high;
}

/* out (n_rows x width, ldo) = kernel values of rows and the first columns of a panel. */
HONE_CLONES static void values_of_tiles(const float *groups, size_t n_rows, const float *panel,
                                        size_t width, size_t m, float *out, size_t ldo) {
    float k[GROUP * LANES];
    for (size_t r = 0; r < n_rows; r += GROUP) {
        tile(groups + r * m, panel, m, k);
        for (size_t i = 0; i < GROUP && r + i < n_rows; i++)
            memcpy(out + (r + i) * ldo, k + i * LANES, width * sizeof *out);
    }
}

/* ---- the rows -------------------------------------------------------------------------------- */

/* Rows in bundles of `width`, m x width each; what is missing in the last one is 0. */
static void bundle(const struct hone_smo_tiles *t, const size_t *rows, size_t n_rows, size_t width,
                   float *out) {
    size_t m = t->m, rest = n_rows % width;
    if (rest)
        memset(out + (n_rows - rest) * m, 0, width * m * sizeof *out);
    for (size_t i = 0; i < n_rows; i++) {
        const float *from = t->panels + rows[i] / LANES * LANES * m + rows[i] % LANES;
        float *to = out + i / width * width * m + i % width;
        for (size_t j = 0; j < m; j++)
            to[j * width] = from[j * LANES];
    }
}

/* Fills the panels; returns the largest |z|. */
static double fill_panels(struct hone_smo_tiles *t, const struct hone_svm_source *source,
                          const size_t *index, const double *mean) {
    double scale = sqrt(source->kernel.gamma), most = 0;
    for (size_t i = 0; i < t->n; i++) {
        const double *x = hone_svm_source_row(source, index[i]);
        float *to = t->panels + i / LANES * LANES * t->m + i % LANES;
        double square = 0;
        for (size_t j = 0; j < t->m; j++) {
            double z = scale * (x[j] - mean[j]);
            square += z * z;
            to[j * LANES] = (float)z;
        }
        most = fmax(most, square);
    }
    return sqrt(most);
}

static size_t round_up(size_t n, size_t to) {
    return (n + to - 1) / to * to;
}

static hone_status make(struct hone_smo_tiles *t, size_t most_rows, hone_error *err) {
    hone_status status;
    if ((status = hone_new2(&t->panels, round_up(t->n, LANES), t->m, err)) ||
        (status = hone_new2(&t->groups, round_up(most_rows, GROUP), t->m, err)) ||
        (status = hone_new2(&t->others, round_up(most_rows, LANES), t->m, err)) ||
        (status = hone_new(&t->delta, round_up(most_rows, GROUP), err)))
        return status;
    return HONE_OK;
}

void hone_smo_tiles_free(struct hone_smo_tiles *t) {
    if (!t)
        return;
    hone_release(t->panels);
    hone_release(t->groups);
    hone_release(t->others);
    hone_release(t->delta);
    hone_release(t);
}

hone_status hone_smo_tiles_create(const struct hone_svm_source *source, const size_t *index,
                                  size_t n, size_t most_rows, struct hone_smo_tiles **out,
                                  hone_error *err) {
    struct hone_smo_tiles *t = NULL;
    double *mean = NULL;
    hone_status status;
    if ((status = hone_new(&t, 1, err)))
        return status;
    t->n = n, t->m = source->m;
    if ((status = make(t, most_rows, err)) || (status = hone_new(&mean, t->m, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < t->m; j++)
            mean[j] += hone_svm_source_row(source, index[i])[j] / (double)n;
    if (fill_panels(t, source, index, mean) <= MOST_SPREAD)
        *out = t, t = NULL;
done:
    hone_smo_tiles_free(t);
    hone_release(mean);
    return status;
}

/* ---- sums and blocks ------------------------------------------------------------------------- */

struct work {
    const struct hone_smo_tiles *t;
    size_t n_rows, copies;
    double *f;
    float *out;
    size_t ldo;
    hone_cut cut; /* of panels */
};

static hone_status add_chunk(void *context, size_t chunk, hone_error *err) {
    const struct work *w = context;
    const struct hone_smo_tiles *t = w->t;
    (void)err;
    for (size_t p = hone_cut_first(w->cut, chunk); p < hone_cut_first(w->cut, chunk + 1); p++) {
        double sums[LANES];
        size_t first = p * LANES, width = t->n - first < LANES ? t->n - first : LANES;
        sum_of_tiles(t->groups, t->delta, w->n_rows, t->panels + first * t->m, t->m, sums);
        for (size_t copy = 0; copy < w->copies; copy++)
            for (size_t c = 0; c < width; c++)
                w->f[copy * t->n + first + c] += sums[c];
    }
    return HONE_OK;
}

hone_status hone_smo_tiles_add(struct hone_smo_tiles *t, const size_t *rows, const double *delta,
                               size_t n_rows, double *f, size_t copies, const hone_monitor *mon,
                               hone_error *err) {
    struct work w = {.t = t, .n_rows = n_rows, .copies = copies, .f = f};
    w.cut =
        hone_cut_rows((t->n + LANES - 1) / LANES, LANES * n_rows * (t->m + EXP_WORK), MAX_CHUNKS);
    bundle(t, rows, n_rows, GROUP, t->groups);
    memset(t->delta, 0, round_up(n_rows, GROUP) * sizeof *t->delta);
    memcpy(t->delta, delta, n_rows * sizeof *t->delta);
    return n_rows ? hone_parallel(w.cut.chunks, add_chunk, &w, mon, err) : HONE_OK;
}

static hone_status block_chunk(void *context, size_t chunk, hone_error *err) {
    const struct work *w = context;
    const struct hone_smo_tiles *t = w->t;
    (void)err;
    for (size_t p = hone_cut_first(w->cut, chunk); p < hone_cut_first(w->cut, chunk + 1); p++) {
        size_t first = p * LANES, left = w->n_rows - first;
        values_of_tiles(t->groups, w->n_rows, t->others + first * t->m, left < LANES ? left : LANES,
                        t->m, w->out + first, w->ldo);
    }
    return HONE_OK;
}

hone_status hone_smo_tiles_block(struct hone_smo_tiles *t, const size_t *rows, size_t n_rows,
                                 float *out, size_t ldo, const hone_monitor *mon, hone_error *err) {
    struct work w = {.t = t, .n_rows = n_rows, .out = out, .ldo = ldo};
    w.cut =
        hone_cut_rows((n_rows + LANES - 1) / LANES, LANES * n_rows * (t->m + EXP_WORK), MAX_CHUNKS);
    bundle(t, rows, n_rows, GROUP, t->groups);
    bundle(t, rows, n_rows, LANES, t->others);
    return hone_parallel(w.cut.chunks, block_chunk, &w, mon, err);
}

bool hone_smo_tiles_suit(const struct hone_svm_source *source) {
    return source->kernel.kind == HONE_SVM_RBF && source->x.data && !source->base &&
           !source->gram && source->n > HONE_SVM_MOST_SHARED;
}
