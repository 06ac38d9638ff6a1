/* judge.c -- see hone/judge.h.
 *
 * Values of a metric in the folds are not independent: training sets overlap. The corrected
 * resampled t raises their variance for it, by n_test / n_train; the influence curve of the AUC
 * asks how far each single row moves the mean.   Cost: O(n log n) per model for the AUC. */
#include "core/alloc.h"
#include "core/error.h"

#include <hone/judge.h>

#include <math.h>
#include <string.h>

static size_t fold_count(const hone_cv_result *result) {
    return result->folds->folds * result->folds->repeats;
}

static bool is_loo(const hone_cv_result *result) {
    return result->folds->scheme == HONE_CV_LOO;
}

static double test_share(const hone_folds *folds) {
    double test = 0, train = 0;
    for (size_t r = 0; r < folds->repeats; r++)
        for (size_t f = 0; f < folds->folds; f++) {
            test += (double)hone_folds_test(folds, r, f, NULL);
            train += (double)hone_folds_train(folds, r, f, NULL);
        }
    return test / train;
}

/* ---- AUC by influence ------------------------------------------------------------------------ */

/* Some models' scores as the inference takes them. Owned. */
struct rated {
    double *truth, *score, *cluster;
};

static void rated_free(struct rated *rated) {
    hone_release(rated->truth);
    hone_release(rated->score);
    hone_release(rated->cluster);
}

/* Has the model, for every row of every repeat, what ranks it? */
static bool is_rated(const hone_cv_result *result, size_t model) {
    const hone_oof *oof = &result->models[model];
    size_t n = result->folds->n_rows * result->folds->repeats;
    if (!oof->score && !oof->proba)
        return false;
    for (size_t i = 0; i < n; i++)
        if (isnan(oof->label[i]))
            return false;
    return true;
}

/* Can the AUC be judged by influence at all: two classes, rows counted, every row in a test set? */
static bool suits_influence(const hone_cv_result *result, const hone_metric *metric) {
    const hone_folds *folds = result->folds;
    if (strcmp(metric->name, "roc_auc") != 0 || result->data->weights || is_loo(result))
        return false;
    for (size_t i = 0; i < folds->n_rows * folds->repeats; i++)
        if (folds->fold_of[i] == HONE_NO_FOLD)
            return false;
    return true;
}

static void fill_scores(const hone_cv_result *result, size_t model, double *out) {
    const hone_oof *oof = &result->models[model];
    size_t n = result->folds->n_rows * result->folds->repeats;
    for (size_t i = 0; i < n; i++)
        out[i] = oof->score ? oof->score[i] : oof->proba[2 * i + result->positive];
}

static hone_status rated_make(const hone_cv_result *result, const size_t *models, size_t n_models,
                              struct rated *out, hone_error *err) {
    const hone_dataset *data = result->data;
    size_t n = result->folds->n_rows, all = n * result->folds->repeats;
    hone_status status = hone_new(&out->truth, n, err);
    if (status == HONE_OK)
        status = hone_new2(&out->score, n_models, all, err);
    if (status == HONE_OK && data->groups)
        status = hone_new(&out->cluster, n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        out->truth[i] = hone_view_row(data->y, i)[0] == (double)result->positive;
        if (out->cluster)
            out->cluster[i] = data->groups[i];
    }
    for (size_t m = 0; m < n_models; m++)
        fill_scores(result, models[m], out->score + m * all);
    return HONE_OK;
}

/* out->models is 0 where a fold lacks a class. */
static hone_status cv_auc_of(const hone_cv_result *result, const size_t *models, size_t n_models,
                             const hone_monitor *mon, hone_cv_auc *out, hone_error *err) {
    const hone_folds *folds = result->folds;
    struct rated rated = {NULL, NULL, NULL};
    hone_error why = {HONE_OK, ""};
    *out = (hone_cv_auc){0};
    hone_status status = rated_make(result, models, n_models, &rated, err);
    if (status == HONE_OK) {
        const hone_scored scores = {.n = folds->n_rows,
                                    .models = n_models,
                                    .truth = rated.truth,
                                    .score = rated.score,
                                    .cluster = rated.cluster};
        status =
            hone_cv_auc_make(&scores, folds->fold_of, folds->folds, folds->repeats, mon, out, &why);
        if (status == HONE_EDATA)
            status = HONE_OK; /* then the t of the folds has to do */
        else if (status != HONE_OK)
            hone_fail(err, status, "%s", why.message);
    }
    rated_free(&rated);
    return status;
}

/* ---- intervals ------------------------------------------------------------------------------- */

static hone_interval none(double estimate, double level, const char *why) {
    return (hone_interval){.estimate = estimate,
                           .se = NAN,
                           .low = NAN,
                           .high = NAN,
                           .level = level,
                           .method = NULL,
                           .why = why};
}

/* Is it a share by its name: can it be neither below 0 nor above 1? */
static bool is_share(const char *name) {
    static const char *const WORDS[] = {"roc_auc", "accuracy", "balanced_accuracy", "specificity",
                                        "f1",      "f1_",      "precision",         "precision_",
                                        "recall",  "recall_",  "average_precision", "roc_auc_"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t n = strlen(WORDS[i]);
        bool prefix = WORDS[i][n - 1] == '_';
        if (prefix ? strncmp(name, WORDS[i], n) == 0 : strcmp(name, WORDS[i]) == 0)
            return true;
    }
    return false;
}

/* Shares lie in [0, 1], losses are not negative. */
static void cut(const hone_metric *metric, hone_interval *interval) {
    bool share = is_share(metric->name);
    if ((share || !metric->greater_is_better) && interval->low < 0)
        interval->low = 0;
    if (share && interval->high > 1)
        interval->high = 1;
}

static hone_status folds_interval(const hone_cv_result *result, size_t model,
                                  const hone_metric *metric, double level, hone_interval *out,
                                  hone_error *err) {
    double *values = NULL;
    size_t total = fold_count(result), n = 0;
    hone_cv_summary summary;
    hone_comparison mean;
    hone_status status = hone_new(&values, total, err);
    if (status == HONE_OK)
        status = hone_cv_summarise(result, model, metric, values, &summary, err);
    if (status != HONE_OK)
        goto done;
    for (size_t i = 0; i < total; i++)
        if (isfinite(values[i]))
            values[n++] = values[i];
    *out = none(summary.mean, level, "fewer than two folds have a value");
    if (n < 2 || n < summary.n)
        goto done;
    status = hone_corrected_t(values, n, test_share(result->folds), level, &mean, err);
    if (status == HONE_OK) {
        *out = mean.difference;
        cut(metric, out);
        if (out->low >= out->high)
            *out = none(summary.mean, level, "the values of the folds do not vary");
    }
done:
    hone_release(values);
    return status;
}

/* One row left out: all rows together are one test set. */
static hone_status pooled_interval(const hone_cv_result *result, size_t model,
                                   const hone_metric *metric, double level, hone_interval *out,
                                   hone_error *err) {
    size_t n = result->folds->n_rows, hits = 0;
    *out = none(NAN, level, "not defined with one row left out");
    if (strcmp(metric->name, "accuracy") != 0 || result->data->weights)
        return HONE_OK;
    for (size_t i = 0; i < n; i++) {
        if (isnan(result->models[model].label[i]))
            return HONE_OK;
        hits += result->models[model].label[i] == hone_view_row(result->data->y, i)[0];
    }
    return hone_proportion_interval((double)hits, (double)n, false, level, out, err);
}

hone_status hone_cv_interval(const hone_cv_result *result, size_t model, const hone_metric *metric,
                             double level, const hone_monitor *mon, hone_interval *out,
                             hone_error *err) {
    if (model >= result->n_models)
        return hone_fail(err, HONE_EINVAL, "cross-validation: no model %zu among %zu", model,
                         result->n_models);
    if (!(level > 0 && level < 1))
        return hone_fail(err, HONE_EINVAL, "cross-validation: level must be in (0, 1), got %g",
                         level);
    if (is_loo(result))
        return pooled_interval(result, model, metric, level, out, err);
    if (!suits_influence(result, metric) || !is_rated(result, model))
        return folds_interval(result, model, metric, level, out, err);
    hone_cv_auc cv;
    hone_status status = cv_auc_of(result, &model, 1, mon, &cv, err);
    if (status == HONE_OK && cv.models)
        status = hone_cv_auc_interval(&cv, 0, HONE_AUC_AUTO, level, out, err);
    else if (status == HONE_OK)
        status = folds_interval(result, model, metric, level, out, err);
    hone_cv_auc_free(&cv);
    return status;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

const char *hone_pair_method_name(hone_pair_method method) {
    return method == HONE_PAIR_CV_AUC ? "cv_auc" : "corrected_t";
}

void hone_pairs_free(hone_pair *pairs) {
    hone_release(pairs);
}

/* What pairs are made from. Owned. */
struct field {
    size_t n, *models; /* the models with a value in every fold */
    double *values;    /* n x folds */
    double *work;      /* folds, or pairs */
    bool rated;
};

static void field_free(struct field *field) {
    hone_release(field->models);
    hone_release(field->values);
    hone_release(field->work);
}

static hone_status field_make(const hone_cv_result *result, const hone_metric *metric,
                              struct field *out, hone_error *err) {
    size_t m = result->n_models, j = fold_count(result), pairs = m * m / 2;
    hone_status status = hone_new(&out->models, m, err);
    if (status == HONE_OK)
        status = hone_new2(&out->values, m, j, err);
    if (status == HONE_OK)
        status = hone_new(&out->work, j > pairs ? j : pairs, err);
    out->rated = suits_influence(result, metric);
    for (size_t i = 0; i < m && status == HONE_OK; i++) {
        double *values = out->values + out->n * j;
        hone_cv_summary summary;
        bool finite = true;
        status = hone_cv_summarise(result, i, metric, values, &summary, err);
        for (size_t f = 0; f < j; f++)
            finite = finite && isfinite(values[f]);
        if (!finite)
            continue;
        out->rated = out->rated && is_rated(result, i);
        out->models[out->n++] = i;
    }
    return status;
}

static hone_status compare_folds(const hone_cv_result *result, struct field *field, size_t a,
                                 size_t b, double rope, double level, hone_pair *out,
                                 hone_error *err) {
    size_t j = fold_count(result);
    double share = test_share(result->folds), *d = field->work;
    hone_comparison found;
    hone_rope posterior;
    for (size_t f = 0; f < j; f++)
        d[f] = field->values[a * j + f] - field->values[b * j + f];
    hone_status status = hone_corrected_t(d, j, share, level, &found, err);
    if (status == HONE_OK)
        status = hone_bayes_t(d, j, share, rope, &posterior, err);
    if (status != HONE_OK)
        return status;
    bool greater = out->metric->greater_is_better;
    out->difference = found.difference.estimate;
    out->low = found.difference.low;
    out->high = found.difference.high;
    out->statistic = found.test.statistic;
    out->p_value = found.test.p;
    out->p_a_better = greater ? posterior.right : posterior.left;
    out->p_equivalent = posterior.rope;
    out->p_b_better = greater ? posterior.left : posterior.right;
    return HONE_OK;
}

static hone_status compare_influence(const hone_cv_auc *cv, size_t a, size_t b, double level,
                                     hone_pair *out, hone_error *err) {
    hone_comparison found;
    hone_status status = hone_cv_auc_difference(cv, a, b, level, &found, err);
    if (status != HONE_OK)
        return status;
    out->difference = found.difference.estimate;
    out->low = found.difference.low;
    out->high = found.difference.high;
    out->statistic = found.test.statistic;
    out->p_value = found.test.p;
    out->p_a_better = out->p_equivalent = out->p_b_better = NAN;
    return HONE_OK;
}

static hone_status adjust(struct field *field, hone_pair *pairs, size_t n, hone_error *err) {
    for (size_t i = 0; i < n; i++)
        field->work[i] = pairs[i].p_value;
    hone_status status = hone_holm(field->work, n, field->work, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++)
        pairs[i].p_adjusted = field->work[i];
    return status;
}

/* All pairs by one method; cv: for CV_AUC. */
static hone_status compare_all(const hone_cv_result *result, struct field *field,
                               const hone_metric *metric, const hone_cv_auc *cv, double rope,
                               double level, hone_pair *out, hone_error *err) {
    size_t k = 0;
    hone_status status = HONE_OK;
    for (size_t a = 0; a < field->n; a++)
        for (size_t b = a + 1; b < field->n && status == HONE_OK; b++, k++) {
            out[k] = (hone_pair){.a = field->models[a],
                                 .b = field->models[b],
                                 .metric = metric,
                                 .method = cv ? HONE_PAIR_CV_AUC : HONE_PAIR_CORRECTED_T};
            status = cv ? compare_influence(cv, a, b, level, &out[k], err)
                        : compare_folds(result, field, a, b, rope, level, &out[k], err);
        }
    return status == HONE_OK ? adjust(field, out, k, err) : status;
}

hone_status hone_cv_pairs(const hone_cv_result *result, const hone_metric *metric, double rope,
                          double level, const hone_monitor *mon, hone_pair **pairs, size_t *n,
                          hone_error *err) {
    struct field field = {.n = 0};
    hone_cv_auc cv = {0};
    hone_pair *made = NULL;
    *pairs = NULL;
    *n = 0;
    if (is_loo(result) || result->n_models < 2 || fold_count(result) < 2)
        return HONE_OK;
    hone_status status = field_make(result, metric, &field, err);
    if (status != HONE_OK || field.n < 2)
        goto done;
    size_t each = field.n * (field.n - 1) / 2;
    status = hone_new(&made, 2 * each, err);
    if (status == HONE_OK && field.rated)
        status = cv_auc_of(result, field.models, field.n, mon, &cv, err);
    if (status == HONE_OK)
        status = compare_all(result, &field, metric, NULL, rope, level, made, err);
    if (status == HONE_OK && cv.models)
        status = compare_all(result, &field, metric, &cv, rope, level, made + each, err);
    if (status == HONE_OK) {
        *n = cv.models ? 2 * each : each;
        *pairs = made, made = NULL;
    }
done:
    hone_release(made);
    hone_cv_auc_free(&cv);
    field_free(&field);
    return status;
}
