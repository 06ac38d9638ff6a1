/* centers.c -- see centers.h.
 *
 * Kernels: lanes are centres, HONE_CENTER_ROWS rows share what is read of a tile.
 * Shapes: X n x m, centres k x m. Cost: n m k multiplications in single precision, and m k in
 * double for each row that is left between two centres. */
#include "classic/clusters/centers.h"

#include "core/alloc.h"
#include "core/clones.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { LANES = HONE_CENTER_LANES, ROWS = HONE_CENTER_ROWS, WIDE = LANES / 2 };

typedef float floats __attribute__((vector_size(64)));
typedef float floats_in_memory __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t masks __attribute__((vector_size(64)));

/* ---- frames ---------------------------------------------------------------------------------- */

void hone_frame_free(hone_frame *frame) {
    hone_release(frame->shift);
    hone_release(frame->spread);
}

/* The power of two that brings `most` to 1/2 .. 1. */
static double scale_for(double most) {
    int exponent = 0;
    if (!(most > 0 && isfinite(most)))
        return 1;
    (void)frexp(most, &exponent);
    return ldexp(1, exponent < -1000 ? 1000 : -exponent);
}

hone_status hone_frame_make(hone_view x, hone_frame *out, const hone_monitor *mon,
                            hone_error *err) {
    double most = 0;
    *out = (hone_frame){.m = x.cols};
    hone_status status = hone_new(&out->shift, x.cols, err);
    if (status == HONE_OK)
        status = hone_new(&out->spread, x.cols, err);
    if (status == HONE_OK)
        status = hone_column_moments(x, NULL, out->shift, out->spread, mon, err);
    for (size_t j = 0; j < x.cols && status == HONE_OK; j++)
        most = fmax(most, out->spread[j]);
    out->scale = scale_for(most);
    return status;
}

HONE_CLONES
static void flatten(hone_view x, const double *restrict shift, double scale, float *restrict flat) {
    size_t m = x.cols;
    for (size_t i = 0; i < x.rows; i++, flat += m) {
        const double *row = x.data + i * x.ld;
        for (size_t j = 0; j < m; j++)
            flat[j] = (float)((row[j] - shift[j]) * scale);
    }
}

void hone_frame_rows(const hone_frame *frame, hone_view x, float *flat) {
    flatten(x, frame->shift, frame->scale, flat);
}

HONE_CLONES
static void norms_of(size_t m, const float *restrict flat, size_t n, float *restrict norm) {
    for (size_t i = 0; i < n; i++, flat += m) {
        floats squares = {0};
        size_t j = 0;
        for (; j + LANES <= m; j += LANES) {
            floats part = *(const floats_in_memory *)(flat + j);
            squares += part * part;
        }
        float sum = 0;
        for (; j < m; j++)
            sum += flat[j] * flat[j];
        for (size_t l = 0; l < LANES; l++)
            sum += squares[l];
        norm[i] = sqrtf(sum);
    }
}

void hone_flat_norms(size_t m, const float *flat, size_t n, float *norm) {
    norms_of(m, flat, n, norm);
}

/* ---- centres --------------------------------------------------------------------------------- */

hone_status hone_centers_make(const hone_frame *frame, size_t k, hone_centers *out,
                              hone_error *err) {
    size_t m = frame->m, tiles = (k + LANES - 1) / LANES;
    hone_centers c = {.frame = frame, .k = k, .m = m, .tiles = tiles};
    c.error = (float)(m + 10) / (1 << 24);
    hone_status status;
    if ((status = hone_new2(&c.flat, k, m, err)) || (status = hone_new(&c.norm, k, err)) ||
        (status = hone_new2(&c.tile, tiles * LANES, m, err)) ||
        (status = hone_new(&c.head, tiles * 2 * LANES, err)) ||
        (status = hone_new2(&c.exact, tiles * LANES, m, err)))
        hone_centers_free(&c);
    else
        *out = c;
    return status;
}

void hone_centers_free(hone_centers *centers) {
    hone_release(centers->flat);
    hone_release(centers->norm);
    hone_release(centers->tile);
    hone_release(centers->head);
    hone_release(centers->exact);
}

void hone_centers_set(hone_centers *c, const double *at) {
    size_t m = c->m;
    c->at = at;
    hone_frame_rows(c->frame, hone_view_of(at, c->k, m), c->flat);
    hone_flat_norms(m, c->flat, c->k, c->norm);
    for (size_t l = 0; l < c->tiles * LANES; l++) {
        float *head = c->head + l / LANES * 2 * LANES + l % LANES, norm;
        float *tile = c->tile + l / LANES * LANES * m + l % LANES;
        double *exact = c->exact + l / WIDE * WIDE * m + l % WIDE;
        head[0] = INFINITY;
        if (l >= c->k)
            continue;
        norm = c->norm[l];
        head[0] = norm * norm * (0.5F - c->error);
        head[LANES] = norm * c->error;
        for (size_t j = 0; j < m; j++) {
            tile[j * LANES] = c->flat[l * m + j];
            exact[j * WIDE] = at[l * m + j];
        }
    }
}

/* ---- kernels --------------------------------------------------------------------------------- */

HONE_INLINE void lower(floats *a, const floats *b) {
    masks less = *b < *a;
    *a = (floats)((less & (masks)*b) | (~less & (masks)*a));
}

/* The least of the lanes. */
HONE_INLINE float least_lane(const floats *v) {
    floats a = *v,
           b = __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    lower(&a, &b);
    b = __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    lower(&a, &b);
    b = __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    lower(&a, &b);
    return a[1] < a[0] ? a[1] : a[0];
}

HONE_CLONES
static void scores_abreast(const hone_centers *c, const float *const *row, const float *norm,
                           float *score, float *least) {
    size_t m = c->m;
    for (size_t t = 0; t < c->tiles; t++) {
        const floats_in_memory *tile = (const floats_in_memory *)(c->tile + t * m * LANES);
        const floats_in_memory *head = (const floats_in_memory *)(c->head + t * 2 * LANES);
        floats dot[ROWS] = {{0}};
        for (size_t j = 0; j < m; j++)
            for (size_t r = 0; r < ROWS; r++)
                dot[r] += tile[j] * row[r][j];
        for (size_t r = 0; r < ROWS; r++) {
            floats low = head[0] - dot[r] - norm[r] * head[1];
            *(floats_in_memory *)(score + (t * ROWS + r) * LANES) = low;
            least[t * ROWS + r] = least_lane(&low);
        }
    }
}

void hone_centers_scores(const hone_centers *centers, const float *const *row, const float *norm,
                         float *score, float *least) {
    scores_abreast(centers, row, norm, score, least);
}

/* Four sums, so that an addition need not wait for the last one. */
HONE_CLONES
static void scores_single(const hone_centers *c, const float *row, float norm, size_t first,
                          size_t end, float *score, float *least) {
    size_t m = c->m;
    for (size_t t = first; t < end; t++) {
        const floats_in_memory *tile = (const floats_in_memory *)(c->tile + t * m * LANES);
        const floats_in_memory *head = (const floats_in_memory *)(c->head + t * 2 * LANES);
        floats dot[4] = {{0}};
        size_t j = 0;
        for (; j + 4 <= m; j += 4)
            for (size_t i = 0; i < 4; i++)
                dot[i] += tile[j + i] * row[j + i];
        for (; j < m; j++)
            dot[0] += tile[j] * row[j];
        floats low = head[0] - ((dot[0] + dot[1]) + (dot[2] + dot[3])) - norm * head[1];
        *(floats_in_memory *)(score + t * LANES) = low;
        least[t] = least_lane(&low);
    }
}

void hone_centers_scores_of(const hone_centers *centers, const float *row, float norm, size_t first,
                            size_t end, float *score, float *least) {
    scores_single(centers, row, norm, first, end, score, least);
}

/* The sum of the lanes. */
HONE_INLINE float sum_lanes(const floats *v) {
    floats a = *v;
    a += __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    a += __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    a += __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    return a[0] + a[1];
}

/* Sixteen columns at a time; the last ones overlap, and what was there before counts as 0. */
HONE_CLONES
static void apart_wide(size_t m, const float *flat, const uint32_t *list, size_t n, const float *y,
                       float *restrict out) {
    size_t whole = m / LANES * LANES, last = m - LANES;
    masks keep;
    for (size_t l = 0; l < LANES; l++)
        keep[l] = last + l >= whole ? -1 : 0;
    for (size_t i = 0; i < n; i++) {
        const float *x = flat + list[i] * m;
        floats d = *(const floats_in_memory *)(x + last) - *(const floats_in_memory *)(y + last);
        d = (floats)((masks)d & keep);
        floats squares = d * d;
        for (size_t j = 0; j < whole; j += LANES) {
            d = *(const floats_in_memory *)(x + j) - *(const floats_in_memory *)(y + j);
            squares += d * d;
        }
        out[i] = sum_lanes(&squares);
    }
}

static void apart_narrow(size_t m, const float *flat, const uint32_t *list, size_t n,
                         const float *y, float *restrict out) {
    for (size_t i = 0; i < n; i++) {
        const float *x = flat + list[i] * m;
        out[i] = 0;
        for (size_t j = 0; j < m; j++)
            out[i] += (x[j] - y[j]) * (x[j] - y[j]);
    }
}

void hone_flat_apart(size_t m, const float *flat, const uint32_t *list, size_t n, const float *y,
                     float *out) {
    (m < LANES ? apart_narrow : apart_wide)(m, flat, list, n, y, out);
}

HONE_CLONES
static void squares_of(const hone_centers *c, const double *row, double *out) {
    size_t m = c->m;
    for (size_t first = 0; first < c->k; first += WIDE) {
        const hone_f64x8_in_memory *tile = (const hone_f64x8_in_memory *)(c->exact + first * m);
        hone_f64x8 sum = {0};
        for (size_t j = 0; j < m; j++) {
            hone_f64x8 d = row[j] - tile[j];
            sum += d * d;
        }
        for (size_t l = 0; l < WIDE && first + l < c->k; l++)
            out[first + l] = sum[l];
    }
}

void hone_centers_squares(const hone_centers *centers, hone_view x, double *out) {
    for (size_t i = 0; i < x.rows; i++)
        squares_of(centers, hone_view_row(x, i), out + i * centers->k);
}

/* ---- verdicts -------------------------------------------------------------------------------- */

size_t hone_centers_exact(const hone_centers *centers, const double *x, double *squares) {
    size_t best = 0;
    squares_of(centers, x, squares);
    for (size_t l = 1; l < centers->k; l++)
        if (squares[l] < squares[best])
            best = l;
    return best;
}

hone_verdict hone_centers_judge(const hone_centers *c, const float *score, const float *least,
                                size_t stride, float norm, const unsigned char *skip) {
    size_t tile = c->tiles, lane = 0;
    float first = INFINITY, second = INFINITY, rest = INFINITY;
    for (size_t t = 0; t < c->tiles; t++) {
        float value = skip && skip[t] ? INFINITY : least[t * stride];
        if (value < first)
            second = first, first = value, tile = t;
        else if (value < second)
            second = value;
    }
    if (tile == c->tiles) /* nothing but infinities and NaN */
        return (hone_verdict){0, -INFINITY, false};
    score += tile * stride * LANES;
    while (lane < LANES - 1 && score[lane] != first)
        lane++;
    for (size_t l = 0; l < LANES; l++)
        if (l != lane && score[l] < rest)
            rest = score[l];
    size_t label = tile * LANES + lane;
    float most = label < c->k ? hone_centers_most(c, label, norm, first) : INFINITY;
    return (hone_verdict){label, rest, most < second && most < rest};
}

/* The nearest centres to the rows of a block that fills the buffers. */
struct buffers {
    float *flat, *norm, *score, *least;
    double *squares;
};

enum { BLOCK = 48 }; /* a multiple of ROWS */

static void nearest_in_block(const hone_centers *c, hone_view x, const struct buffers *b,
                             double *label) {
    hone_frame_rows(c->frame, x, b->flat);
    hone_flat_norms(c->m, b->flat, x.rows, b->norm);
    for (size_t i = 0; i < x.rows; i += ROWS) {
        const float *row[ROWS];
        float norm[ROWS];
        for (size_t r = 0; r < ROWS; r++) {
            size_t at = i + r < x.rows ? i + r : x.rows - 1;
            row[r] = b->flat + at * c->m, norm[r] = b->norm[at];
        }
        scores_abreast(c, row, norm, b->score, b->least);
        for (size_t r = 0; r < ROWS && i + r < x.rows; r++) {
            hone_verdict v =
                hone_centers_judge(c, b->score + r * LANES, b->least + r, ROWS, norm[r], NULL);
            label[i + r] =
                (double)(v.sure ? v.label
                                : hone_centers_exact(c, hone_view_row(x, i + r), b->squares));
        }
    }
}

hone_status hone_centers_nearest(const hone_centers *c, hone_view x, double *label,
                                 hone_error *err) {
    struct buffers b = {0};
    hone_status status;
    if ((status = hone_new2(&b.flat, BLOCK, c->m, err)) ||
        (status = hone_new(&b.norm, BLOCK, err)) ||
        (status = hone_new2(&b.score, c->tiles, ROWS * LANES, err)) ||
        (status = hone_new2(&b.least, c->tiles, ROWS, err)) ||
        (status = hone_new(&b.squares, c->k, err)))
        goto done;
    for (size_t i = 0; i < x.rows; i += BLOCK) {
        size_t rows = x.rows - i < BLOCK ? x.rows - i : BLOCK;
        nearest_in_block(c, hone_view_rows(x, i, rows), &b, label + i);
    }
done:
    hone_release(b.flat);
    hone_release(b.norm);
    hone_release(b.score);
    hone_release(b.least);
    hone_release(b.squares);
    return status;
}
