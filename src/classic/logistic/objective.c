/* objective.c -- value and gradient of logistic regression, X read once.
 *
 * Rows go through in blocks that stay in the cache: z = T V', then the loss and what each row
 * contributes, r = u (p - [y]), then g += r' T. Two classes have one vector; with t = z turned to
 * point at the wrong class both loss = log(1 + e^t) and r = +-u sigmoid(t) come without
 * cancellation. Chunks of blocks are spread over threads, their parts added in order.
 * Along the way each row leaves its u p (1 - p), from which metrics and Hessians are made.
 * Cost: 4 n d k flops and n k exponentials an evaluation; (k d + 1) doubles per chunk. */
#include "classic/logistic/objective.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define BLOCK_BYTES  ((size_t)1 << 17)
#define MOST_CHUNKS  64
#define PART_NUMBERS ((size_t)1 << 23)

/* Numbers in a row that are there. */
static size_t row_width(const struct hone_logistic_rows *rows) {
    const hone_csr *x = rows->sparse;
    return x && x->rows ? (x->starts[x->rows] - x->starts[0]) / x->rows + 1 : rows->d;
}

/* The sums of all chunks take 64 MB at most. */
static size_t most_chunks(const struct hone_logistic *f) {
    size_t most = PART_NUMBERS / (f->k * f->rows.d + 1);
    return most < 2 ? 2 : most > MOST_CHUNKS ? MOST_CHUNKS : most;
}

hone_status hone_logistic_create(struct hone_logistic *f, bool exact, hone_error *err) {
    size_t n = f->rows.n, k = f->k, width = row_width(&f->rows);
    f->cut = hone_cut_rows(n, (2 * width + 20) * k, most_chunks(f));
    f->block = hone_block_rows(width, BLOCK_BYTES);
    f->block = f->block < f->cut.chunk_rows ? f->block : f->cut.chunk_rows;
    hone_status status = hone_new2(&f->parts, f->cut.chunks, k * (f->rows.m + 1) + 1, err);
    if (status == HONE_OK)
        status = hone_new2(&f->raw, k, f->rows.m + 1, err);
    if (status == HONE_OK)
        status = hone_new(&f->row_part, n, err);
    if (status == HONE_OK && exact && k > 1)
        status = hone_new2(&f->proba, n, k, err);
    return status;
}

void hone_logistic_free(struct hone_logistic *f) {
    hone_release(f->parts);
    hone_release(f->row_part);
    hone_release(f->proba);
    hone_release(f->hessian);
    hone_release(f->factor);
    hone_release(f->whiten);
    hone_release(f->point);
    hone_release(f->raw);
    f->parts = f->row_part = f->proba = f->hessian = f->factor = NULL;
    f->whiten = f->point = f->raw = NULL;
    f->last_gradient = 0;
}

/* Some rows on their way through; each array starts at their first. */
struct rows {
    size_t first, n;
    const uint32_t *y;
    const double *u;
    double *z;    /* rows x k: scores, then probabilities, then r where nobody keeps those */
    double *r;    /* rows x k: contributions to the gradient; may be z */
    double *loss; /* rows */
    double *part; /* rows: see row_part */
    double *own;  /* rows: score of the own class (softmax) */
    double *room; /* of hone_logistic_gather() */
};

static void two_classes(const struct rows *b) {
    size_t n = b->n;
    for (size_t i = 0; i < n; i++)
        b->z[i] = b->y[i] ? -b->z[i] : b->z[i];
    hone_sigmoid(n, b->z, b->z, b->loss);
    for (size_t i = 0; i < n; i++) {
        double r = b->u[i] * b->z[i];
        b->part[i] = r * (1 - b->z[i]);
        b->r[i] = b->y[i] ? -r : r;
    }
}

static void many_classes(const struct rows *b, size_t k) {
    size_t n = b->n;
    for (size_t i = 0; i < n; i++)
        b->own[i] = b->z[i * k + b->y[i]];
    hone_softmax_rows(b->z, n, k, b->loss);
    for (size_t i = 0; i < n; i++) {
        const double *p = b->z + i * k;
        double *r = b->r + i * k, others = 0, squares = 0;
        for (size_t c = 0; c < k; c++) {
            squares += p[c] * p[c];
            others += c == b->y[i] ? 0 : b->u[i] * p[c];
            r[c] = b->u[i] * p[c];
        }
        r[b->y[i]] = -others; /* u (p - 1) without cancellation */
        b->part[i] = b->u[i] * (1 - squares) / (double)k;
        b->loss[i] -= b->own[i];
    }
}

/* Adds the block's loss to part[0] and its gradient to part[1 ...]. */
static void add_block(const struct hone_logistic *f, const struct rows *b, double *part) {
    size_t n = b->n, k = f->k, first = b->first;
    struct hone_logistic_rows here = hone_logistic_gather(&f->rows, &first, n, b->room);
    hone_logistic_scores(&here, first, n, k, f->raw, b->z);
    if (k == 1)
        two_classes(b);
    else
        many_classes(b, k);
    hone_logistic_back(&here, first, n, k, b->r, part + 1);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += b->u[i] * b->loss[i];
    part[0] += sum;
}

static hone_status add_chunk(void *context, size_t chunk, hone_error *err) {
    const struct hone_logistic *f = context;
    size_t size = f->k * (f->rows.m + 1) + 1, end = hone_cut_first(f->cut, chunk + 1);
    double *part = f->parts + chunk * size, *scratch = NULL, *room = NULL;
    hone_status status = hone_new2(&scratch, f->block, f->k + 2, err);
    if (status == HONE_OK)
        status = hone_new(&room, hone_logistic_room(&f->rows, f->block), err);
    memset(part, 0, size * sizeof *part);
    for (size_t i = hone_cut_first(f->cut, chunk); status == HONE_OK && i < end; i += f->block) {
        size_t n = end - i < f->block ? end - i : f->block;
        struct rows b = {.first = i, .n = n, .y = f->y + i, .u = f->u + i};
        b.r = scratch;
        b.z = f->proba ? f->proba + i * f->k : scratch;
        b.loss = scratch + f->block * f->k;
        b.own = b.loss + f->block;
        b.part = f->row_part + i;
        b.room = room;
        add_block(f, &b, part);
    }
    hone_release(scratch);
    hone_release(room);
    return status;
}

static hone_status value_at(struct hone_logistic *f, const double *v, double *value, double *g,
                            const hone_monitor *mon, hone_error *err) {
    size_t d = f->rows.d, size = f->k * (f->rows.m + 1) + 1;
    hone_logistic_raw(&f->rows, f->k, v, f->raw);
    hone_status status = hone_parallel(f->cut.chunks, add_chunk, f, mon, err);
    if (status != HONE_OK)
        return status;
    for (size_t chunk = 1; chunk < f->cut.chunks; chunk++)
        for (size_t i = 0; i < size; i++)
            f->parts[i] += f->parts[chunk * size + i];
    *value = f->parts[0];
    hone_logistic_gradient(&f->rows, f->k, f->parts + 1, g);
    for (size_t i = 0; i < f->k * d; i++) {
        double penalty = f->penalty[i % d];
        *value += 0.5 * penalty * v[i] * v[i];
        g[i] += penalty * v[i];
    }
    return HONE_OK;
}

hone_status hone_logistic_value(void *context, const double *v, double *value, double *g,
                                const hone_monitor *mon, hone_error *err) {
    struct hone_logistic *f = context;
    size_t d = f->rows.d;
    if (!f->whiten)
        return value_at(f, v, value, g, mon, err);
    memcpy(f->point, v, f->k * d * sizeof *v);
    hone_status status = hone_logistic_to_v(f, f->point, err);
    if (status == HONE_OK)
        status = value_at(f, f->point, value, g, mon, err);
    if (status == HONE_OK)
        status = hone_lower_solve_rows(true, f->k, d, f->whiten, d, g, d, err);
    return status;
}
