/* learning_curve.c -- how scores change with the number of training rows.
 *
 * The rows have one order per repeat: random, spread over classes and folds, unless the folds bring
 * one (time, drawn sets). A point is a window of that order: of its training rows each fold keeps
 * the first share (the latest, where the order is time), so smaller sets are part of larger ones.
 * Rows of one time stay together.
 * Shapes: rank repeats x n (shared by all points), a window per point and split.
 * Cost: O(n log n) per split beside the fits. */
#include "core/alloc.h"
#include "core/error.h"
#include "selection/score_curve.h"
#include "selection/split.h"

#include <hone/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEARNING_ORDER = 0x4c43 }; /* purpose of the stream */

struct plan {
    const hone_folds *base;
    const double *shares;
    size_t n_points;
    uint32_t *rank;      /* repeats x n, where the base has none */
    hone_window *window; /* points x splits */
    hone_folds *folds;   /* points: borrow from the base and from above */
    const hone_folds **folds_at;
    const hone_estimator **models; /* points: the same for all */
    uint32_t *sorted;              /* n: ranks of the training rows of one fold */
};

static void plan_free(struct plan *plan) {
    hone_release(plan->rank);
    hone_release(plan->window);
    hone_release(plan->folds);
    hone_release(plan->folds_at);
    hone_release(plan->models);
    hone_release(plan->sorted);
}

static hone_status check_shares(const double *shares, size_t n, hone_error *err) {
    for (size_t p = 0; p < n; p++)
        if (!(shares[p] > (p ? shares[p - 1] : 0) && shares[p] <= 1))
            return hone_fail(err, HONE_EINVAL,
                             "learning curve: shares must ascend in (0, 1], got %g as number %zu",
                             shares[p], p + 1);
    return HONE_OK;
}

/* Cells of (class, fold): an order that spreads them keeps the classes in whatever folds train. */
static void set_cells(const struct plan *plan, const hone_split_classes *met, size_t repeat,
                      hone_split_classes *cells) {
    const hone_folds *base = plan->base;
    const uint32_t *fold_of = base->fold_of + repeat * base->n_rows;
    memset(cells->count, 0, cells->n * sizeof *cells->count);
    for (size_t i = 0; i < base->n_rows; i++) {
        size_t fold = fold_of[i] == HONE_NO_FOLD ? base->folds : fold_of[i];
        cells->class_of[i] = met->class_of[i] * (base->folds + 1) + fold;
        cells->count[cells->class_of[i]]++;
    }
}

/* One class for all rows, where there are none. */
static hone_status single_class(size_t n, hone_split_classes *out, hone_error *err) {
    hone_status status = hone_new(&out->class_of, n, err);
    if (status == HONE_OK)
        status = hone_new(&out->count, 1, err);
    if (status == HONE_OK)
        out->n = 1, out->count[0] = n;
    return status;
}

/* An order of the rows for every repeat of folds that have none. */
static hone_status make_order(const hone_dataset *data, bool classes, struct plan *plan,
                              hone_error *err) {
    size_t n = plan->base->n_rows, *order = NULL;
    hone_split_classes met = {0}, cells = {0};
    hone_status status = classes ? hone_split_classes_find(data, "learning curve", &met, err)
                                 : single_class(n, &met, err);
    cells.n = met.n * (plan->base->folds + 1);
    if (status != HONE_OK ||
        (status = hone_new2(&plan->rank, plan->base->repeats, n, err)) != HONE_OK ||
        (status = hone_new(&order, n, err)) != HONE_OK ||
        (status = hone_new(&cells.count, cells.n, err)) != HONE_OK ||
        (status = hone_new(&cells.class_of, n, err)) != HONE_OK)
        goto done;
    for (size_t r = 0; status == HONE_OK && r < plan->base->repeats; r++) {
        hone_rng rng = hone_rng_at(plan->base->seed, hone_rng_stream(LEARNING_ORDER, r));
        set_cells(plan, &met, r, &cells);
        status = hone_split_order(&cells, &rng, n, order, err);
        if (status == HONE_OK)
            status = hone_split_spread(&met, n, order, err);
        for (size_t i = 0; status == HONE_OK && i < n; i++)
            plan->rank[r * n + order[i]] = (uint32_t)i;
    }
done:
    hone_release(order);
    hone_split_classes_free(&met);
    hone_split_classes_free(&cells);
    return status;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The windows of all points for one split. rows: scratch (n). */
static void set_windows(struct plan *plan, size_t repeat, size_t fold, size_t *rows) {
    const hone_folds *base = plan->base;
    const uint32_t *rank = (plan->rank ? plan->rank : base->rank) + repeat * base->n_rows;
    size_t split = repeat * base->folds + fold, splits = base->repeats * base->folds;
    size_t n = hone_folds_train(base, repeat, fold, rows);
    bool latest = base->scheme == HONE_CV_TIME_SERIES;
    for (size_t i = 0; i < n; i++)
        plan->sorted[i] = rank[rows[i]];
    qsort(plan->sorted, n, sizeof *plan->sorted, ascending);
    for (size_t p = 0; p < plan->n_points && n > 0; p++) {
        size_t keep = (size_t)llround(plan->shares[p] * (double)n);
        keep = keep ? keep : 1;
        plan->window[p * splits + split] =
            latest ? (hone_window){plan->sorted[n - keep], plan->sorted[n - 1] + 1}
                   : (hone_window){plan->sorted[0], plan->sorted[keep - 1] + 1};
    }
}

static hone_status make_plan(const hone_estimator *model, const hone_dataset *data,
                             struct plan *plan, hone_error *err) {
    const hone_folds *base = plan->base;
    size_t splits = base->repeats * base->folds, *rows = NULL;
    hone_status status = HONE_OK;
    if (!base->rank)
        status = make_order(data, hone_estimator_task(model) == HONE_CLASSIFIER, plan, err);
    if (status != HONE_OK ||
        (status = hone_new2(&plan->window, plan->n_points, splits, err)) != HONE_OK ||
        (status = hone_new(&plan->folds, plan->n_points, err)) != HONE_OK ||
        (status = hone_new(&plan->folds_at, plan->n_points, err)) != HONE_OK ||
        (status = hone_new(&plan->models, plan->n_points, err)) != HONE_OK ||
        (status = hone_new(&plan->sorted, base->n_rows, err)) != HONE_OK ||
        (status = hone_new(&rows, base->n_rows, err)) != HONE_OK)
        return status;
    for (size_t s = 0; s < splits; s++)
        set_windows(plan, s / base->folds, s % base->folds, rows);
    for (size_t p = 0; p < plan->n_points; p++) {
        plan->folds[p] = *base;
        plan->folds[p].rank = plan->rank ? plan->rank : base->rank;
        plan->folds[p].window = plan->window + p * splits;
        plan->folds_at[p] = &plan->folds[p];
        plan->models[p] = model;
    }
    hone_release(rows);
    return HONE_OK;
}

/* Names the points: the share as text, the mean number of training rows; and how large the test
 * sets are beside the training sets of the last. */
static hone_status label_points(const struct plan *plan, hone_score_curve *curve, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t p = 0; status == HONE_OK && p < plan->n_points; p++) {
        char number[HONE_NUMBER_SIZE];
        const hone_folds *folds = &plan->folds[p];
        status = hone_text_copy(hone_write_double(plan->shares[p], number), &curve->labels[p], err);
        for (size_t s = 0; s < curve->n_splits; s++) {
            size_t repeat = s / folds->folds, fold = s % folds->folds;
            double rows = (double)hone_folds_train(folds, repeat, fold, NULL);
            curve->at[p] += rows / (double)curve->n_splits;
            curve->shares[s] = (double)hone_folds_test(folds, repeat, fold, NULL) / fmax(rows, 1);
        }
    }
    return status;
}

hone_status hone_learning_curve(const hone_estimator *model, const hone_dataset *data,
                                const hone_folds *folds, size_t positive, const double *shares,
                                size_t n_points, const hone_metric *const *metrics,
                                size_t n_metrics, const hone_monitor *mon, hone_score_curve **out,
                                hone_error *err) {
    struct plan plan = {.base = folds, .shares = shares, .n_points = n_points};
    hone_curve_ruler ruler = {metrics, n_metrics, positive};
    hone_score_curve *curve = NULL;
    hone_status status = check_shares(shares, n_points, err);
    if (status == HONE_OK && folds->n_rows != hone_dataset_rows(data))
        status = hone_fail(err, HONE_EINVAL,
                           "learning curve: the folds are for %zu rows, the data has %zu",
                           folds->n_rows, hone_dataset_rows(data));
    if (status != HONE_OK ||
        (status = hone_score_curve_create(HONE_LEARNING_CURVE, n_points, folds, &ruler, &curve,
                                          err)) != HONE_OK ||
        (status = make_plan(model, data, &plan, err)) != HONE_OK ||
        (status = label_points(&plan, curve, err)) != HONE_OK)
        goto done;
    status = hone_score_curve_run(curve, plan.models, plan.folds_at, data, positive, mon, err);
    if (status == HONE_OK || status == HONE_ECANCELLED || status == HONE_ETIME)
        *out = curve, curve = NULL;
done:
    plan_free(&plan);
    hone_score_curve_free(curve);
    return status;
}
