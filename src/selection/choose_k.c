/* choose_k.c -- how many clusters: silhouette, gap statistic and BIC for each number.
 *
 *     gap(k) = mean_b log (W_kb / n_b) - log (W_k / n)     W the inertia, b sets without clusters
 *     error  = sd_b sqrt(1 + 1 / B),  k = least with gap(k) >= gap(k + 1) - error(k + 1)
 *     BIC    = -2 log L + p log n,    p = (k - 1) + k m + 1
 *     log L  = sum_c n_c log (n_c / n) - n m / 2 (log (2 pi W / (n m)) + 1)
 * Shapes: rows n x m after the steps before the clusterer.
 * References: Tibshirani, Walther & Hastie 2001; Pelleg & Moore 2000. */
#include <hone/clustering.h>

#include "core/alloc.h"
#include "core/error.h"
#include "core/estimator_impl.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "selection/registry.h"

#include <math.h>
#include <string.h>

static const char WHO[] = "choose_k";

enum { MOST_SILHOUETTE_ROWS = 4000, MOST_REFERENCE_ROWS = 5000 };
enum { DRAW_STREAM = 0x636b01, REFERENCE_STREAM = 0x636b02 };

struct search {
    const hone_estimator *clusterer;
    hone_view x;        /* rows as the clusterer gets them */
    size_t *drawn;      /* n: the first ones are looked at by the silhouette */
    double *low, *high; /* m */
    size_t references, done, fits;
    uint64_t seed;
    const hone_monitor *mon;
};

static void search_free(struct search *s) {
    hone_release(s->drawn);
    hone_release(s->low);
    hone_release(s->high);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* All steps but the last, fitted and applied; the matrix is what the last one gets. */
static hone_status transform_rows(const hone_estimator *est, const hone_dataset *data,
                                  hone_matrix *out, const hone_monitor *mon, hone_error *err) {
    hone_dataset at = *data;
    hone_matrix next = {.data = NULL};
    hone_estimator *step = NULL;
    hone_status status = HONE_OK;
    for (size_t i = 0; i + 1 < hone_n_steps(est) && status == HONE_OK; i++) {
        if ((status = hone_clone(hone_step(est, i), &step, err)) ||
            (status = hone_fit(step, &at, mon, err)) ||
            (status =
                 hone_matrix_create(at.x.rows, hone_output_schema(step)->n_columns, &next, err)) ||
            (status = hone_transform(step, &at, next.data, mon, err)))
            break;
        hone_matrix_free(out);
        *out = next, next = (hone_matrix){.data = NULL};
        hone_free(step), step = NULL;
        at = (hone_dataset){.x = hone_matrix_view(out)};
    }
    hone_free(step);
    hone_matrix_free(&next);
    return status;
}

static hone_status look_at_rows(struct search *s, hone_error *err) {
    size_t n = s->x.rows, m = s->x.cols;
    hone_rng rng = hone_rng_at(s->seed, DRAW_STREAM);
    hone_status status;
    if ((status = hone_new(&s->drawn, n, err)) || (status = hone_new(&s->low, m, err)) ||
        (status = hone_new(&s->high, m, err)))
        return status;
    for (size_t i = 0; i < n; i++)
        s->drawn[i] = i;
    if (n > MOST_SILHOUETTE_ROWS)
        hone_rng_shuffle(&rng, s->drawn, n);
    for (size_t j = 0; j < m; j++) {
        s->low[j] = INFINITY, s->high[j] = -INFINITY;
        for (size_t i = 0; i < n; i++) {
            s->low[j] = fmin(s->low[j], hone_view_row(s->x, i)[j]);
            s->high[j] = fmax(s->high[j], hone_view_row(s->x, i)[j]);
        }
    }
    return HONE_OK;
}

/* ---- one number ------------------------------------------------------------------------------ */

static hone_status fit_k(struct search *s, hone_view x, size_t k, hone_estimator **out,
                         double *inertia, hone_error *err) {
    hone_estimator *est = NULL;
    hone_monitor quiet = s->mon ? *s->mon : (hone_monitor){.threads = 0};
    quiet.progress = NULL;
    hone_status status = hone_clone(s->clusterer, &est, err);
    if (status == HONE_OK)
        status = hone_set_number(est, "n_clusters", (double)k, err);
    if (status == HONE_OK)
        status = hone_fit(est, &(hone_dataset){.x = x}, &quiet, err);
    if (status == HONE_OK)
        status = hone_get_number(est, "inertia", inertia, err);
    hone_monitor_progress(s->mon, (double)++s->done / (double)s->fits, WHO);
    if (status == HONE_OK && out)
        *out = est, est = NULL;
    hone_free(est);
    return status;
}

static double bic_of(hone_view x, size_t k, const double *count, double inertia) {
    double n = (double)x.rows, m = (double)x.cols, log_l = 0;
    for (size_t c = 0; c < k; c++)
        log_l += count[c] > 0 ? count[c] * log(count[c] / n) : 0;
    log_l -= n * m / 2 * (log(2 * M_PI * inertia / (n * m)) + 1);
    return -2 * log_l + ((double)k * (m + 1)) * log(n);
}

static hone_status judge_labels(const struct search *s, const double *label, hone_k_row *row,
                                hone_error *err) {
    size_t n = s->x.rows, m = s->x.cols, some = n < MOST_SILHOUETTE_ROWS ? n : MOST_SILHOUETTE_ROWS;
    const hone_cluster_metric *silhouette = NULL;
    double *count = NULL, *x = NULL, *part = NULL;
    hone_status status;
    if ((status = hone_new(&count, row->k, err)) || (status = hone_new2(&x, some, m, err)) ||
        (status = hone_new(&part, some, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        count[(size_t)label[i]]++;
    row->bic = bic_of(s->x, row->k, count, row->inertia);
    row->silhouette = NAN;
    for (size_t i = 0; i < some; i++) {
        memcpy(x + i * m, hone_view_row(s->x, s->drawn[i]), m * sizeof *x);
        part[i] = label[s->drawn[i]];
    }
    hone_clustering clustering = {.n = some, .label = part, .x = hone_view_of(x, some, m)};
    status = hone_cluster_metric_find("silhouette", &silhouette, err);
    if (status == HONE_OK && row->k > 1)
        status = hone_cluster_metric_compute(silhouette, &clustering, s->mon, &row->silhouette,
                                             NULL, err);
done:
    hone_release(count);
    hone_release(x);
    hone_release(part);
    return status;
}

static hone_status judge(struct search *s, hone_k_row *row, hone_error *err) {
    hone_estimator *est = NULL;
    hone_view labels;
    hone_status status = fit_k(s, s->x, row->k, &est, &row->inertia, err);
    if (status == HONE_OK)
        status = hone_get_array(est, "labels", &labels, err);
    if (status == HONE_OK)
        status = judge_labels(s, labels.data, row, err);
    hone_free(est);
    return status;
}

/* ---- the gap --------------------------------------------------------------------------------- */

static void draw_reference(const struct search *s, size_t b, hone_matrix *x) {
    hone_rng rng = hone_rng_at(s->seed, hone_rng_stream(REFERENCE_STREAM, b));
    for (size_t i = 0; i < x->rows; i++)
        for (size_t j = 0; j < x->cols; j++)
            x->data[i * x->cols + j] =
                s->low[j] + (s->high[j] - s->low[j]) * hone_rng_uniform(&rng);
}

/* Mean and standard error over sets of what rows without clusters give. */
static void set_gap(const double *logs, size_t references, size_t n, hone_k_row *row) {
    double mean = 0, square = 0, sets = (double)references;
    for (size_t b = 0; b < references; b++)
        mean += logs[b] / sets;
    for (size_t b = 0; b < references; b++)
        square += (logs[b] - mean) * (logs[b] - mean) / sets;
    row->gap = mean - log(row->inertia / (double)n);
    row->gap_error = sqrt(square) * sqrt(1 + 1 / sets);
}

static hone_status add_gaps(struct search *s, hone_k_choice *choice, hone_error *err) {
    size_t n = s->x.rows, sets = s->references;
    hone_matrix x = {.data = NULL};
    double *logs = NULL, inertia;
    hone_status status = hone_new2(&logs, choice->n, sets, err);
    if (status == HONE_OK)
        status = hone_matrix_create(n < MOST_REFERENCE_ROWS ? n : MOST_REFERENCE_ROWS, s->x.cols,
                                    &x, err);
    for (size_t b = 0; b < sets && status == HONE_OK; b++) {
        draw_reference(s, b, &x);
        for (size_t r = 0; r < choice->n && status == HONE_OK; r++) {
            status = fit_k(s, hone_matrix_view(&x), choice->rows[r].k, NULL, &inertia, err);
            logs[r * sets + b] = log(inertia / (double)x.rows);
        }
    }
    for (size_t r = 0; r < choice->n && status == HONE_OK; r++) {
        choice->rows[r].gap = choice->rows[r].gap_error = NAN;
        if (sets)
            set_gap(logs + r * sets, sets, n, &choice->rows[r]);
    }
    hone_release(logs);
    hone_matrix_free(&x);
    return status;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static void choose(hone_k_choice *choice) {
    const hone_k_row *rows = choice->rows;
    double most = -INFINITY, least = INFINITY;
    for (size_t r = 0; r < choice->n; r++) {
        if (rows[r].silhouette > most)
            most = rows[r].silhouette, choice->by_silhouette = rows[r].k;
        if (rows[r].bic < least)
            least = rows[r].bic, choice->by_bic = rows[r].k;
        if (!choice->by_gap && r + 1 < choice->n &&
            rows[r].gap >= rows[r + 1].gap - rows[r + 1].gap_error)
            choice->by_gap = rows[r].k;
    }
}

static hone_status check(const hone_estimator *est, const hone_dataset *data, size_t k_min,
                         size_t k_max, hone_error *err) {
    const hone_estimator *last = hone_final_step(est);
    if (hone_estimator_task(last) != HONE_CLUSTERER ||
        !hone_param_find(hone_estimator_class(last)->params, "n_clusters"))
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "%s: %s does not look for a given number of clusters", WHO,
                         hone_name(last));
    if (data->sparse || data->weights)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: takes dense rows without sample weights",
                         WHO);
    if (k_min < 1 || k_max < k_min || k_max > data->x.rows)
        return hone_fail(err, HONE_EINVAL,
                         "%s: numbers of clusters must be in [1, %zu], the rows there are, got %zu "
                         "to %zu",
                         WHO, data->x.rows, k_min, k_max);
    return HONE_OK;
}

hone_status hone_choose_k(const hone_estimator *est, const hone_dataset *data, size_t k_min,
                          size_t k_max, size_t references, uint64_t seed, hone_k_choice *out,
                          const hone_monitor *mon, hone_error *err) {
    struct search s = {.references = references, .seed = seed, .mon = mon};
    hone_matrix rows = {.data = NULL};
    hone_k_choice choice = {.n = 0};
    hone_status status;
    if ((status = check(est, data, k_min, k_max, err)) ||
        (status = transform_rows(est, data, &rows, mon, err)))
        goto done;
    s.clusterer = hone_final_step(est);
    s.x = rows.data ? hone_matrix_view(&rows) : data->x;
    choice.n = k_max - k_min + 1;
    s.fits = choice.n * (references + 1);
    choice.silhouette_rows = s.x.rows < MOST_SILHOUETTE_ROWS ? s.x.rows : MOST_SILHOUETTE_ROWS;
    if ((status = look_at_rows(&s, err)) || (status = hone_new(&choice.rows, choice.n, err)))
        goto done;
    for (size_t r = 0; r < choice.n && status == HONE_OK; r++) {
        choice.rows[r].k = k_min + r;
        status = judge(&s, &choice.rows[r], err);
    }
    if (status == HONE_OK)
        status = add_gaps(&s, &choice, err);
    if (status == HONE_OK) {
        choose(&choice);
        *out = choice, choice = (hone_k_choice){.n = 0};
    }
done:
    hone_k_choice_free(&choice);
    search_free(&s);
    hone_matrix_free(&rows);
    return status;
}

void hone_k_choice_free(hone_k_choice *choice) {
    hone_release(choice->rows);
    *choice = (hone_k_choice){.n = 0};
}
