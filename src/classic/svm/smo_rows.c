/* smo_rows.c -- kernel values of a problem, row by row as steps ask for them.
 *
 * A machine of few vectors looks at few rows of its matrix: a block of all would cost more time and
 * a multiple of the memory. Sums run over the columns in their order, as everywhere, and in
 * double; entries that are floats are kept as such, which changes no bit of them.
 * Shapes: panels of 32 rows, m x 32 each; a row of K n, and room to read on.
 * Cost: O(n m) to begin with and for each row. */
#include "classic/svm/smo.h"

#include "core/clones.h"

#include <stdatomic.h>
#include <string.h>

enum { LANES = HONE_SMO_LANES, PANEL = 4 * LANES, LINE = 16 /* floats */ };
enum { MOST_ROOMS = 4 /* fits within folds have a pool each */ };
enum { SHARE = 6 /* one of so many rows has its place in the room of a problem */ };

struct hone_smo_rows {
    const struct hone_svm_source *source;
    const size_t *index;
    size_t n, n_panels, m;
    double *room;   /* of the pool: panels, then rows */
    double *own;    /* or this, where the pool has none left */
    double *panels; /* or, where the source is narrow: */
    float *narrow;
    double *sums;   /* n_panels x 32 */
    float **rows;   /* n: those that are there */
    float *at_hand; /* places for rows in the room */
    size_t ld, n_rows, n_places;
};

/* ---- room ------------------------------------------------------------------------------------ */

struct hone_smo_pool {
    size_t problems, size;
    double *space;     /* problems x size */
    atomic_bool *used; /* problems */
};

static size_t size_of_panels(const struct hone_svm_source *source, size_t n) {
    size_t panels = (n + PANEL - 1) / PANEL * PANEL * source->m;
    return source->narrow ? panels / 2 : panels;
}

/* Floats of a row of K, with those that are read beyond. */
static size_t row_size(size_t n) {
    return (n + LANES + LINE - 1) / LINE * LINE;
}

/* In doubles. */
static size_t room_size(const struct hone_svm_source *source) {
    size_t n = source->by_rows;
    return size_of_panels(source, n) + n / SHARE * row_size(n) / 2;
}

hone_status hone_smo_pool_create(const struct hone_svm_source *source, size_t problems,
                                 struct hone_smo_pool **out, hone_error *err) {
    struct hone_smo_pool *pool = NULL;
    hone_status status;
    if ((status = hone_new(&pool, 1, err)))
        return status;
    pool->problems = problems < MOST_ROOMS ? problems : MOST_ROOMS;
    pool->size = room_size(source);
    if ((status = hone_new2(&pool->space, pool->problems, pool->size, err)) ||
        (status = hone_new(&pool->used, pool->problems, err)))
        goto done;
    *out = pool, pool = NULL;
done:
    hone_smo_pool_free(pool);
    return status;
}

void hone_smo_pool_free(struct hone_smo_pool *pool) {
    if (!pool)
        return;
    hone_release(pool->space);
    hone_release(pool->used);
    hone_release(pool);
}

/* NULL where all is taken. Which one it is changes no result. */
static double *take_room(struct hone_smo_pool *pool) {
    for (size_t i = 0; pool && i < pool->problems; i++)
        if (!atomic_exchange(&pool->used[i], true))
            return pool->space + i * pool->size;
    return NULL;
}

static void leave_room(struct hone_smo_pool *pool, const double *room) {
    if (room)
        atomic_store(&pool->used[(size_t)(room - pool->space) / pool->size], false);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool is_at_hand(const struct hone_smo_rows *r, const float *row) {
    return row >= r->at_hand && row < r->at_hand + r->n_places * r->ld;
}

void hone_smo_rows_free(struct hone_smo_rows *r) {
    if (!r)
        return;
    for (size_t i = 0; r->rows && i < r->n; i++)
        if (r->rows[i] && !is_at_hand(r, r->rows[i]))
            hone_release(r->rows[i]);
    leave_room(r->source->pool, r->room);
    hone_release(r->own);
    hone_release(r->rows);
    hone_release(r->sums);
    hone_release(r);
}

/* Panels in front, places behind. */
static void divide(struct hone_smo_rows *r, double *room) {
    size_t panels = size_of_panels(r->source, r->n), left = room_size(r->source) - panels;
    if (r->source->narrow)
        r->narrow = (float *)room;
    else
        r->panels = room;
    memset(room, 0, panels * sizeof *room);
    r->at_hand = (float *)(room + panels);
    r->n_places = 2 * left / r->ld;
}

static void fill_panels(struct hone_smo_rows *r) {
    for (size_t i = 0; i < r->n; i++) {
        const double *x = hone_svm_source_row(r->source, r->index[i]);
        size_t to = i / PANEL * PANEL * r->m + i % PANEL;
        for (size_t k = 0; k < r->m && r->narrow; k++)
            r->narrow[to + k * PANEL] = (float)x[k];
        for (size_t k = 0; k < r->m && r->panels; k++)
            r->panels[to + k * PANEL] = x[k];
    }
}

hone_status hone_smo_rows_create(const struct hone_svm_source *source, const size_t *index,
                                 size_t n, struct hone_smo_rows **out, hone_error *err) {
    struct hone_smo_rows *r = NULL;
    hone_status status;
    if ((status = hone_new(&r, 1, err)))
        return status;
    r->source = source, r->index = index, r->n = n, r->m = source->m;
    r->n_panels = (n + PANEL - 1) / PANEL, r->ld = row_size(n);
    if ((status = hone_new(&r->rows, n, err)) ||
        (status = hone_new(&r->sums, r->n_panels * PANEL, err)) ||
        (!(r->room = take_room(source->pool)) &&
         (status = hone_new(&r->own, room_size(source), err))))
        goto done;
    divide(r, r->room ? r->room : r->own);
    fill_panels(r);
    *out = r, r = NULL;
done:
    hone_smo_rows_free(r);
    return status;
}

/* sums (32) of x_k z_k, or of (x_k - z_k)^2, z from either kind of panel. */
HONE_INLINE void sum_panel(const double *x, const double *panel, const float *narrow, size_t m,
                           bool squares, double *sums) {
    const hone_f64x8 zero = {0};
    hone_f64x8 sum[PANEL / LANES];
    for (size_t l = 0; l < PANEL / LANES; l++)
        sum[l] = zero;
    for (size_t k = 0; k < m; k++)
        for (size_t l = 0; l < PANEL / LANES; l++) {
            hone_f64x8 z, d;
            if (narrow)
                hone_smo_widen(narrow + k * PANEL + l * LANES, &z);
            else
                z = *(const hone_f64x8_in_memory *)(panel + k * PANEL + l * LANES);
            d = x[k] - z;
            sum[l] += squares ? d * d : x[k] * z;
        }
    for (size_t l = 0; l < PANEL / LANES; l++)
        *(hone_f64x8_in_memory *)(sums + l * LANES) = sum[l];
}

HONE_CLONES static void sum_panels(const double *x, const double *panels, size_t n_panels, size_t m,
                                   bool squares, double *sums) {
    for (size_t p = 0; p < n_panels && squares; p++)
        sum_panel(x, panels + p * PANEL * m, NULL, m, true, sums + p * PANEL);
    for (size_t p = 0; p < n_panels && !squares; p++)
        sum_panel(x, panels + p * PANEL * m, NULL, m, false, sums + p * PANEL);
}

HONE_CLONES static void sum_narrow_panels(const double *x, const float *panels, size_t n_panels,
                                          size_t m, bool squares, double *sums) {
    for (size_t p = 0; p < n_panels && squares; p++)
        sum_panel(x, NULL, panels + p * PANEL * m, m, true, sums + p * PANEL);
    for (size_t p = 0; p < n_panels && !squares; p++)
        sum_panel(x, NULL, panels + p * PANEL * m, m, false, sums + p * PANEL);
}

hone_status hone_smo_rows_add(struct hone_smo_rows *r, size_t i, hone_error *err) {
    const struct hone_svm_kernel *kernel = &r->source->kernel;
    const double *x = hone_svm_source_row(r->source, r->index[i]);
    bool squares = kernel->kind == HONE_SVM_RBF;
    hone_status status;
    if (r->rows[i])
        return HONE_OK;
    if (r->n_rows < r->n_places) {
        r->rows[i] = r->at_hand + r->n_rows++ * r->ld;
        memset(r->rows[i] + r->n, 0, LANES * sizeof **r->rows);
    } else if ((status = hone_new(&r->rows[i], r->n + LANES, err))) {
        return status;
    }
    if (r->narrow)
        sum_narrow_panels(x, r->narrow, r->n_panels, r->m, squares, r->sums);
    else
        sum_panels(x, r->panels, r->n_panels, r->m, squares, r->sums);
    hone_svm_kernel_round(kernel, r->sums, r->n, r->rows[i]);
    return HONE_OK;
}

const float *const *hone_smo_rows_table(const struct hone_smo_rows *r) {
    return (const float *const *)r->rows;
}
