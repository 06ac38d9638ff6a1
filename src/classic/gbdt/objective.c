/* objective.c -- the table of losses, log loss, and derivatives for all rows.
 *
 *     two classes   L = log(1 + e^F) - y F                   g = p - y,   h = p (1 - p)
 *     K classes     L = log sum_k e^F_k - F_y                g_k = p_k - [y = k],
 *                                                            h_k = K / (K - 1) p_k (1 - p_k)
 * The Hessian of K classes is not diagonal; the factor makes up for what is left out, and two
 * outputs then learn as fast as one (Friedman 2001, section 4.6).
 * Shapes: score n x K row-major, g and h K x n. Cost: an exponential for each score.
 * Reference: Friedman 2001; Chen & Guestrin 2016. */
#include "classic/gbdt/objective_impl.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/sort.h"
#include "core/sum.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum {
    CHUNK_ROWS = 8192, /* of one thread at a time */
    BLOCK = 512        /* scores on the stack */
};

/* ---- two classes ----------------------------------------------------------------------------- */

static hone_status start_two(const hone_loss *loss, double *base, hone_error *err) {
    double p = hone_loss_target_mean(loss);
    (void)err;
    base[0] = log(p / (1 - p));
    return HONE_OK;
}

static void derive_two(const hone_loss *loss, const double *score, size_t first, size_t end,
                       float *g, float *h) {
    double e[BLOCK];
    for (size_t at = first; at < end; at += BLOCK) {
        size_t n = end - at < BLOCK ? end - at : BLOCK;
        for (size_t i = 0; i < n; i++)
            e[i] = -score[at + i];
        hone_exp(n, e, e);
        for (size_t i = 0; i < n; i++) {
            double p = 1 / (1 + e[i]), w = hone_loss_weight(loss, at + i);
            g[at + i] = (float)(w * (p - loss->y[at + i]));
            h[at + i] = (float)(w * (p * (1 - p)));
        }
    }
}

static double loss_two(const hone_loss *loss, const double *score, size_t first, size_t end) {
    double p[BLOCK], softplus[BLOCK];
    hone_sum sum = {0, 0};
    for (size_t at = first; at < end; at += BLOCK) {
        size_t n = end - at < BLOCK ? end - at : BLOCK;
        hone_sigmoid(n, score + at, p, softplus);
        for (size_t i = 0; i < n; i++)
            hone_sum_add(&sum, hone_loss_weight(loss, at + i) *
                                   (softplus[i] - loss->y[at + i] * score[at + i]));
    }
    return hone_sum_value(sum);
}

static void link_two(double *score, size_t n, size_t k) {
    (void)k;
    for (size_t i = 0; i < n; i++)
        score[i] = -score[i];
    hone_exp(n, score, score);
    for (size_t i = 0; i < n; i++)
        score[i] = 1 / (1 + score[i]);
}

/* ---- many classes ---------------------------------------------------------------------------- */

/* base_k = log of the share of class k, moved so that they sum to zero. */
static hone_status start_many(const hone_loss *loss, double *base, hone_error *err) {
    (void)err;
    size_t k = loss->outputs;
    double mean = 0;
    memset(base, 0, k * sizeof *base);
    for (size_t i = 0; i < loss->n; i++)
        base[(size_t)loss->y[i]] += hone_loss_weight(loss, i);
    for (size_t c = 0; c < k; c++)
        mean += (base[c] = log(base[c])) / (double)k;
    for (size_t c = 0; c < k; c++)
        base[c] -= mean;
    return HONE_OK;
}

/* Rows whose scores fit on the stack; at least one, as the blocks below then take a row at a time.
 */
static size_t block_rows(size_t k) {
    return BLOCK * 4 / k;
}

static void derive_row(const hone_loss *loss, size_t i, const double *p, float *g, float *h) {
    size_t k = loss->outputs, n = loss->n, class = (size_t)loss->y[i];
    double w = hone_loss_weight(loss, i), factor = w * (double)k / (double)(k - 1);
    for (size_t c = 0; c < k; c++) {
        g[c * n + i] = (float)(w * (p[c] - (c == class)));
        h[c * n + i] = (float)(factor * (p[c] * (1 - p[c])));
    }
}

/* Of more classes than the stack holds: the same by e / sum, written straight. */
static void derive_wide_row(const hone_loss *loss, const double *f, size_t i, float *g, float *h) {
    size_t k = loss->outputs, n = loss->n, class = (size_t)loss->y[i];
    double w = hone_loss_weight(loss, i), factor = w * (double)k / (double)(k - 1);
    double top = hone_loss_top(f, k), sum = 0;
    for (size_t c = 0; c < k; c++)
        sum += exp(f[c] - top);
    for (size_t c = 0; c < k; c++) {
        double p = exp(f[c] - top) / sum;
        g[c * n + i] = (float)(w * (p - (c == class)));
        h[c * n + i] = (float)(factor * (p * (1 - p)));
    }
}

static void derive_many(const hone_loss *loss, const double *score, size_t first, size_t end,
                        float *g, float *h) {
    double p[BLOCK * 4];
    size_t k = loss->outputs, rows = block_rows(k);
    for (size_t i = first; rows == 0 && i < end; i++)
        derive_wide_row(loss, score + i * k, i, g, h);
    for (size_t at = first; rows > 0 && at < end; at += rows) {
        size_t n = end - at < rows ? end - at : rows;
        memcpy(p, score + at * k, n * k * sizeof *p);
        hone_softmax_rows(p, n, k, NULL);
        for (size_t i = 0; i < n; i++)
            derive_row(loss, at + i, p + i * k, g, h);
    }
}

static double loss_many(const hone_loss *loss, const double *score, size_t first, size_t end) {
    size_t k = loss->outputs;
    hone_sum sum = {0, 0};
    for (size_t i = first; i < end; i++) {
        const double *f = score + i * k;
        double top = hone_loss_top(f, k), total = 0;
        for (size_t c = 0; c < k; c++)
            total += exp(f[c] - top);
        hone_sum_add(&sum, hone_loss_weight(loss, i) * (log(total) + top - f[(size_t)loss->y[i]]));
    }
    return hone_sum_value(sum);
}

static void link_many(double *score, size_t n, size_t k) {
    hone_softmax_rows(score, n, k, NULL);
}

/* ---- the table ------------------------------------------------------------------------------- */

const char *const hone_loss_words_classes[] = {"log_loss", "callback", NULL};
const char *const hone_loss_words_values[] = {"squared_error", "absolute_error", "huber",
                                              "quantile",      "poisson",        "gamma",
                                              "tweedie",       "callback",       NULL};

static const hone_objective TWO_CLASSES = {
    .name = "log_loss",
    .classes = true,
    .start = start_two,
    .derive = derive_two,
    .loss = loss_two,
    .link = link_two,
};
static const hone_objective MANY_CLASSES = {
    .name = "log_loss",
    .classes = true,
    .start = start_many,
    .derive = derive_many,
    .loss = loss_many,
    .link = link_many,
};

/* A loss of the caller's own begins at 0; what it is, nobody knows. */
static hone_status start_zero(const hone_loss *loss, double *base, hone_error *err) {
    (void)err;
    memset(base, 0, loss->outputs * sizeof *base);
    return HONE_OK;
}
static const hone_objective CALLBACK_TWO = {
    .name = "callback", .classes = true, .start = start_zero, .link = link_two};
static const hone_objective CALLBACK_MANY = {
    .name = "callback", .classes = true, .start = start_zero, .link = link_many};
static const hone_objective CALLBACK_VALUES = {.name = "callback", .start = start_zero};

static const hone_objective *const OF_VALUES[] = {
    &hone_squared_loss, &hone_absolute_loss, &hone_huber_loss,   &hone_quantile_loss,
    &hone_poisson_loss, &hone_gamma_loss,    &hone_tweedie_loss, &CALLBACK_VALUES,
};

const hone_objective *hone_objective_of(bool classes, int word, size_t n_classes) {
    if (!classes)
        return OF_VALUES[word];
    if (word == 0)
        return n_classes > 2 ? &MANY_CLASSES : &TWO_CLASSES;
    return n_classes > 2 ? &CALLBACK_MANY : &CALLBACK_TWO;
}

/* ---- all rows -------------------------------------------------------------------------------- */

struct job {
    const hone_loss *loss;
    const double *score;
    float *g, *h;
    double *part; /* a sum for each chunk */
};

static size_t chunk_count(size_t n) {
    return (n + CHUNK_ROWS - 1) / CHUNK_ROWS;
}

static size_t chunk_end(size_t chunk, size_t n) {
    size_t end = (chunk + 1) * CHUNK_ROWS;
    return end < n ? end : n;
}

static hone_status derive_chunk(void *context, size_t chunk, hone_error *err) {
    const struct job *job = context;
    (void)err;
    job->loss->kind->derive(job->loss, job->score, chunk * CHUNK_ROWS,
                            chunk_end(chunk, job->loss->n), job->g, job->h);
    return HONE_OK;
}

/* From n x K of the caller's to K x n, with weights. */
static hone_status take_answer(const char *who, const hone_loss *loss, size_t iteration,
                               const double *answer, float *g, float *h, hone_error *err) {
    size_t n = loss->n, k = loss->outputs;
    const double *gradient = answer, *hessian = answer + n * k;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++) {
            double first = gradient[i * k + c], second = hessian[i * k + c];
            if (!isfinite(first) || !isfinite(second) || second < 0)
                return hone_fail(err, HONE_EDATA,
                                 "%s: loss=callback: iteration %zu, row %zu: gradient %g and "
                                 "hessian %g, expected finite numbers and a hessian >= 0",
                                 who, iteration, i, first, second);
            g[c * n + i] = (float)(first * hone_loss_weight(loss, i));
            h[c * n + i] = (float)(second * hone_loss_weight(loss, i));
        }
    return HONE_OK;
}

static hone_status ask_caller(const char *who, const hone_loss *loss, const double *score,
                              size_t iteration, float *g, float *h, hone_error *err) {
    size_t cells = loss->n * loss->outputs;
    double *answer = NULL;
    hone_status status = hone_new2(&answer, cells, 2, err);
    if (status != HONE_OK)
        return status;
    if (loss->fn(loss->user, loss->y, score, loss->n, loss->outputs, answer, answer + cells) != 0)
        status = hone_fail(err, HONE_ECANCELLED, "%s: loss=callback stopped the fit", who);
    else
        status = take_answer(who, loss, iteration, answer, g, h, err);
    hone_release(answer);
    return status;
}

hone_status hone_loss_derive(const char *who, const hone_loss *loss, const double *score,
                             size_t iteration, float *g, float *h, const hone_monitor *mon,
                             hone_error *err) {
    struct job job = {.loss = loss, .score = score, .g = g, .h = h};
    if (loss->kind->derive == NULL)
        return ask_caller(who, loss, score, iteration, g, h, err);
    return hone_parallel(chunk_count(loss->n), derive_chunk, &job, mon, err);
}

static hone_status sum_chunk(void *context, size_t chunk, hone_error *err) {
    const struct job *job = context;
    (void)err;
    job->part[chunk] = job->loss->kind->loss(job->loss, job->score, chunk * CHUNK_ROWS,
                                             chunk_end(chunk, job->loss->n));
    return HONE_OK;
}

hone_status hone_loss_mean(const hone_loss *loss, const double *score, const hone_monitor *mon,
                           double *out, hone_error *err) {
    struct job job = {.loss = loss, .score = score};
    size_t chunks = chunk_count(loss->n);
    hone_status status = HONE_OK;
    *out = NAN; /* of a loss that only its owner knows */
    if (loss->kind->loss == NULL)
        return HONE_OK;
    if ((status = hone_new(&job.part, chunks, err)) == HONE_OK &&
        (status = hone_parallel(chunks, sum_chunk, &job, mon, err)) == HONE_OK)
        *out = hone_sum_of(job.part, chunks) / hone_loss_total_weight(loss);
    hone_release(job.part);
    return status;
}

/* ---- quantiles ------------------------------------------------------------------------------- */

/* r (n keys ascending), of which rows[i] is the place in the list. The least r up to which lies q
 * of the weight; half-way to the next where it is just q. */
static double quantile_of(const hone_loss *loss, const uint32_t *list, const uint64_t *keys,
                          const size_t *rows, size_t n, double q) {
    hone_sum total = {0, 0}, passed = {0, 0};
    for (size_t i = 0; i < n; i++)
        hone_sum_add(&total, hone_loss_weight(loss, list ? list[i] : i));
    double goal = q * hone_sum_value(total);
    for (size_t i = 0; i + 1 < n; i++) {
        hone_sum_add(&passed, hone_loss_weight(loss, list ? list[rows[i]] : rows[i]));
        double so_far = hone_sum_value(passed), value = hone_sort_value(keys[i]);
        if (so_far > goal)
            return value;
        if (so_far == goal)
            return value + (hone_sort_value(keys[i + 1]) - value) / 2;
    }
    return hone_sort_value(keys[n - 1]);
}

static hone_status quantile_of_keys(const hone_loss *loss, const uint32_t *list, uint64_t *keys,
                                    size_t n, double q, double *out, hone_error *err) {
    size_t *rows = NULL;
    hone_status status = hone_new(&rows, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        rows[i] = i;
    if (status == HONE_OK && (status = hone_sort_keys(keys, rows, n, err)) == HONE_OK)
        *out = quantile_of(loss, list, keys, rows, n, q);
    hone_release(rows);
    return status;
}

hone_status hone_loss_quantile(const hone_loss *loss, const double *score, const uint32_t *rows,
                               size_t n, double q, double *out, hone_error *err) {
    uint64_t *keys = NULL;
    hone_status status = hone_new(&keys, n, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        size_t row = rows ? rows[i] : i;
        keys[i] = hone_sort_key(loss->y[row] - (score ? score[row] : 0));
    }
    if (status == HONE_OK)
        status = quantile_of_keys(loss, rows, keys, n, q, out, err);
    hone_release(keys);
    return status;
}

/* The alpha quantile of |y - F|: residuals up to it count squared, those beyond linearly. */
hone_status hone_loss_tune(hone_loss *loss, const double *score, hone_error *err) {
    uint64_t *keys = NULL;
    hone_status status = HONE_OK;
    if (loss->kind != &hone_huber_loss)
        return HONE_OK;
    status = hone_new(&keys, loss->n, err);
    for (size_t i = 0; status == HONE_OK && i < loss->n; i++)
        keys[i] = hone_sort_key(fabs(loss->y[i] - score[i]));
    if (status == HONE_OK)
        status = quantile_of_keys(loss, NULL, keys, loss->n, loss->alpha, &loss->delta, err);
    hone_release(keys);
    return status;
}
