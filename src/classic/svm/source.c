/* source.c -- kernel values of the training rows: computed, or read from what is there.
 *
 * Tiles of 64 x 128 are computed in double and rounded to float. The whole matrix is computed
 * above its diagonal and mirrored: sums of products and of squared differences have the same bits
 * both ways.
 * Cost: O(n_rows n_columns m), O(n_rows n_columns) from a base or the whole matrix. */
#include "classic/svm/source.h"

#include "core/parallel.h"
#include "linalg/linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { ROWS = 64, COLUMNS = 128, DENSE = 1 << 19 /* numbers of compressed rows made full */ };
enum { VALUE_WORK = 16, MAX_CHUNKS = 64, LINE = 16 /* values in a line of the cache */ };

/* Row numbers that ascend without a gap. */
static bool unbroken(const size_t *rows, size_t n) {
    if (n == 0 || rows[n - 1] - rows[0] != n - 1)
        return n == 0;
    for (size_t i = 1; i < n; i++)
        if (rows[i] != rows[i - 1] + 1)
            return false;
    return true;
}

/* ---- one tile -------------------------------------------------------------------------------- */

/* The given rows of x as a block: x itself, or a copy in `space`. */
static hone_view pick(const struct hone_svm_source *s, const size_t *rows, size_t n,
                      double *space) {
    if (!s->sparse && !s->order && unbroken(rows, n))
        return hone_view_rows(s->x, n ? rows[0] : 0, n);
    for (size_t i = 0; i < n && !s->sparse; i++)
        memcpy(space + i * s->m, hone_svm_source_row(s, rows[i]), s->m * sizeof *space);
    for (size_t i = 0; i < n && s->sparse; i++) {
        size_t row = s->order ? s->order[rows[i]] : rows[i];
        memset(space + i * s->m, 0, s->m * sizeof *space);
        for (size_t k = s->sparse->starts[row]; k < s->sparse->starts[row + 1]; k++)
            space[i * s->m + s->sparse->columns[k]] = s->sparse->values[k];
    }
    return hone_view_of(space, n, s->m);
}

static void from_base(const struct hone_svm_source *s, const size_t *rows, size_t n_rows,
                      const size_t *columns, size_t n_columns, double *out, size_t ldo) {
    for (size_t i = 0; i < n_rows; i++) {
        const double *row = s->base + (s->base_rows ? s->base_rows[rows[i]] : rows[i]) * s->base_ld;
        for (size_t j = 0; j < n_columns; j++)
            out[i * ldo + j] = row[s->base_rows ? s->base_rows[columns[j]] : columns[j]];
    }
}

/* Scratch of both sides of a tile. */
static hone_status new_space(const struct hone_svm_source *s, double **out, hone_error *err) {
    size_t rows = s->base ? 0 : s->sparse ? DENSE / s->m + 1 : ROWS + COLUMNS;
    return hone_new2(out, rows < ROWS + COLUMNS ? rows : ROWS + COLUMNS, s->m, err);
}

static size_t tile_height(const struct hone_svm_source *s) {
    size_t rows = s->sparse ? DENSE / s->m + 1 : ROWS;
    return rows < ROWS ? rows : ROWS;
}

/* What the values of a kernel are made from: products, squared distances, or the values. */
static struct hone_svm_kernel base_of(const struct hone_svm_kernel *kernel) {
    struct hone_svm_kernel base = *kernel;
    if (kernel->kind == HONE_SVM_RBF)
        base.kind = HONE_SVM_DISTANCE;
    else if (kernel->kind == HONE_SVM_POLY || kernel->kind == HONE_SVM_SIGMOID)
        base.kind = HONE_SVM_LINEAR;
    return base;
}

/* The base of the values. */
static hone_status tile(const struct hone_svm_source *s, const size_t *rows, size_t n_rows,
                        const size_t *columns, size_t n_columns, double *space, double *out,
                        size_t ldo, hone_error *err) {
    if (s->base) {
        from_base(s, rows, n_rows, columns, n_columns, out, ldo);
        return HONE_OK;
    }
    struct hone_svm_kernel base = base_of(&s->kernel);
    hone_view x = pick(s, rows, n_rows, space);
    if (s->sparse) {
        size_t at[COLUMNS];
        for (size_t j = 0; j < n_columns; j++)
            at[j] = s->order ? s->order[columns[j]] : columns[j];
        hone_svm_sparse_block(&base, x, s->sparse, at, n_columns, out, ldo);
        return HONE_OK;
    }
    return hone_svm_kernel_block(&base, x, pick(s, columns, n_columns, space + ROWS * s->m), out,
                                 ldo, err);
}

/* ---- blocks of any size ---------------------------------------------------------------------- */

/* Either out or rounded is there. */
static hone_status tiles(const struct hone_svm_source *s, const size_t *rows, size_t n_rows,
                         const size_t *columns, size_t n_columns, double *out, float *rounded,
                         size_t ldo, hone_error *err) {
    double *k = NULL, *space = NULL;
    size_t high = tile_height(s);
    hone_status status;
    if ((status = hone_new(&k, out ? 0 : ROWS * COLUMNS, err)) ||
        (status = new_space(s, &space, err)))
        goto done;
    for (size_t c = 0; c < n_columns; c += COLUMNS)
        for (size_t r = 0; r < n_rows; r += high) {
            size_t width = n_columns - c < COLUMNS ? n_columns - c : COLUMNS;
            size_t height = n_rows - r < high ? n_rows - r : high;
            size_t at = r * ldo + c;
            if ((status = tile(s, rows + r, height, columns + c, width, space, out ? out + at : k,
                               out ? ldo : COLUMNS, err)))
                goto done;
            for (size_t i = 0; i < height; i++)
                if (out)
                    hone_svm_kernel_apply(&s->kernel, out + at + i * ldo, width);
                else
                    hone_svm_kernel_round(&s->kernel, k + i * COLUMNS, width,
                                          rounded + at + i * ldo);
        }
done:
    hone_release(k);
    hone_release(space);
    return status;
}

hone_status hone_svm_source_values(const struct hone_svm_source *s, const size_t *rows,
                                   size_t n_rows, const size_t *columns, size_t n_columns,
                                   double *out, size_t ldo, hone_error *err) {
    return tiles(s, rows, n_rows, columns, n_columns, out, NULL, ldo, err);
}

/* Runs of columns are copied whole: those of a pair of classes are two. */
static void from_gram(const struct hone_svm_source *s, const size_t *rows, size_t n_rows,
                      const size_t *columns, size_t n_columns, float *out, size_t ldo) {
    for (size_t c = 0, run; c < n_columns; c += run) {
        for (run = 1; c + run < n_columns && columns[c + run] == columns[c] + run;)
            run++;
        for (size_t i = 0; i < n_rows; i++)
            memcpy(out + i * ldo + c, s->gram + rows[i] * s->gram_ld + columns[c],
                   run * sizeof *out);
    }
}

hone_status hone_svm_source_block(const struct hone_svm_source *s, const size_t *rows,
                                  size_t n_rows, const size_t *columns, size_t n_columns,
                                  float *out, size_t ldo, hone_error *err) {
    if (!s->gram)
        return tiles(s, rows, n_rows, columns, n_columns, NULL, out, ldo, err);
    from_gram(s, rows, n_rows, columns, n_columns, out, ldo);
    return HONE_OK;
}

hone_status hone_svm_source_self(const struct hone_svm_source *s, size_t r, double *out,
                                 hone_error *err) {
    if (s->base || s->sparse)
        return tiles(s, &r, 1, &r, 1, out, NULL, 1, err);
    *out = hone_svm_kernel_self(&s->kernel, hone_svm_source_row(s, r), s->m);
    return HONE_OK;
}

/* ---- squares --------------------------------------------------------------------------------- */

struct square {
    const struct hone_svm_source *source;
    const size_t *index;
    size_t n, ldo;
    float *out;
    hone_cut cut; /* of panels */
};

/* Each panel from its own diagonal down. */
static hone_status fill_panels(void *context, size_t chunk, hone_error *err) {
    const struct square *q = context;
    hone_status status = HONE_OK;
    size_t end = hone_cut_first(q->cut, chunk + 1);
    for (size_t p = hone_cut_first(q->cut, chunk); p < end && status == HONE_OK; p++) {
        size_t col = p * HONE_SVM_PANEL, left = q->n - col;
        size_t width = left < HONE_SVM_PANEL ? left : HONE_SVM_PANEL;
        status = hone_svm_kernel_twice(&q->source->kernel, q->source->x, q->index, q->n, col, width,
                                       col, q->out, q->ldo, err);
    }
    return status;
}

/* Rows of a block from its own columns on, and their mirror below the diagonal. */
static hone_status fill_block(void *context, size_t block, hone_error *err) {
    const struct square *q = context;
    size_t first = block * ROWS, left = q->n - first, height = left < ROWS ? left : ROWS;
    float *to = q->out + first * q->ldo + first;
    hone_status status = hone_svm_source_block(q->source, q->index + first, height,
                                               q->index + first, left, to, q->ldo, err);
    for (size_t c = height; status == HONE_OK && c < left; c++)
        for (size_t r = 0; r < height; r++)
            to[c * q->ldo + r] = to[r * q->ldo + c];
    return status;
}

bool hone_svm_source_has_panels(const struct hone_svm_source *s) {
    return s->x.data && !s->base && s->kernel.kind != HONE_SVM_CALLBACK;
}

bool hone_svm_source_is_narrow(const struct hone_svm_source *s) {
    for (size_t i = 0; i < s->n; i++) {
        const double *x = hone_svm_source_row(s, i);
        for (size_t k = 0; k < s->m; k++)
            if (!(fabs(x[k]) <= (double)FLT_MAX) || (double)(float)x[k] != x[k])
                return false;
    }
    return true;
}

hone_status hone_svm_source_square(const struct hone_svm_source *s, const size_t *index, size_t n,
                                   float *out, size_t ldo, const hone_monitor *mon,
                                   hone_error *err) {
    struct square q = {.source = s, .index = index, .n = n, .ldo = ldo, .out = out};
    size_t *rows = NULL; /* of x */
    hone_status status;
    if (s->gram) {
        from_gram(s, index, n, index, n, out, ldo);
        return HONE_OK;
    }
    if (!hone_svm_source_has_panels(s))
        return hone_parallel((n + ROWS - 1) / ROWS, fill_block, &q, mon, err);
    if (s->order && (status = hone_new(&rows, n, err)))
        return status;
    for (size_t i = 0; i < n && s->order; i++)
        rows[i] = s->order[index[i]];
    q.index = rows ? rows : index;
    q.cut = hone_cut_rows((n + HONE_SVM_PANEL - 1) / HONE_SVM_PANEL,
                          HONE_SVM_PANEL / 2 * n * (s->m + VALUE_WORK), MAX_CHUNKS);
    status = hone_parallel(q.cut.chunks, fill_panels, &q, mon, err);
    hone_release(rows);
    return status;
}

hone_status hone_svm_source_fill(struct hone_svm_source *source, const hone_monitor *mon,
                                 hone_error *err) {
    size_t n = source->n, ld = (n + LINE - 1) / LINE * LINE, *all = NULL;
    float *gram = NULL;
    hone_status status;
    if ((status = hone_new2(&gram, n + 1, ld, err)) || (status = hone_new(&all, n, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        all[i] = i;
    if ((status = hone_svm_source_square(source, all, n, gram, ld, mon, err)))
        goto done;
    source->gram_ld = ld;
    source->gram = gram, gram = NULL;
done:
    hone_release(gram);
    hone_release(all);
    return status;
}

void hone_svm_source_free(struct hone_svm_source *source) {
    hone_release(source->gram);
    source->gram = NULL;
}
