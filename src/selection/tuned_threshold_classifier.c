/* tuned_threshold_classifier.c -- the threshold that is best for a metric.
 *
 * The numbers s of the inner classifier (probabilities of the second class, else decision values)
 * about rows that it has not seen come from inner folds. Cut points are the midpoints between
 * neighbouring distinct s, and those that call all rows positive or none; the metric at each is
 * computed from the weights of the four cells of the confusion matrix, which change by one group of
 * equal s from cut to cut. The best value wins, the cut nearest to the usual one (1/2, or 0) among
 * equals. The classifier is then fitted to all rows; a row is of the second class if
 * s >= threshold.
 * Cost: cv + 1 fits of the inner classifier, O(n log n) and one metric of four rows per cut.
 * Reference: scikit-learn's TunedThresholdClassifierCV, which averages over folds where ours pools
 * them. */
#include "selection/registry.h"

#include "core/sort.h"
#include "selection/inner.h"

#include <math.h>

static const char *const CLASSES[] = {"second", "first", NULL};
enum { SECOND, FIRST };

struct params {
    hone_steps estimator;
    hone_short_text scoring;
    int positive, cv;
    uint64_t seed;
};

/* A metric of two classes that looks at labels only. */
static hone_status accept_metric(const char *text, hone_error *err) {
    const hone_metric *metric;
    hone_status status = hone_metric_find(text, &metric, err);
    if (status != HONE_OK)
        return status;
    if ((metric->tasks & HONE_FOR_BINARY) && metric->needs == HONE_NEEDS_LABEL)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL,
                     "%s is no metric of predicted classes of two, so a threshold does not change "
                     "it",
                     text);
}

static const hone_param PARAMS[] = {
    HONE_STEPS(params, estimator, "the classifier whose threshold is tuned"),
    HONE_TEXT(params, scoring, "balanced_accuracy", "a metric of predicted classes", accept_metric,
              "the metric that is made best"),
    HONE_ENUM(params, positive, "second", CLASSES, "the class that the metric calls positive"),
    HONE_INT(params, cv, 5, "[2, inf)", "inner folds that the threshold is learnt from"),
    HONE_SEED(params, seed, "shuffles the inner folds"),
    HONE_PARAM_END,
};

struct state {
    hone_steps estimator;
    double threshold, best_score;
};
static const hone_attr ATTRS[] = {
    HONE_NUMBER(state, threshold, "numbers from here on mean the second class"),
    HONE_NUMBER(state, best_score, "the metric at the threshold, on out-of-fold numbers"),
    HONE_FITTED_STEPS(state, estimator, "the classifier, fitted to all rows"),
    HONE_ATTR_END,
};

static const char WHO[] = "tuned_threshold_classifier";

static hone_inner_kind kind_of(const hone_estimator *est) {
    return hone_inner_kind_of(hone_estimator_tags(est), 2, true);
}

static double usual_threshold(hone_inner_kind kind) {
    return kind.proba ? 0.5 : 0;
}

/* ---- search ------------------------------------------------------------------------------- */

/* The known numbers, descending by rank from the end of `keys`. */
struct sorted {
    size_t n;
    uint64_t *keys; /* n, ascending */
    size_t *rows;   /* n */
};

struct search {
    const hone_metric *metric;
    size_t positive;
    double weight[4]; /* (truth 0, label 0), (0, 1), (1, 0), (1, 1) */
    double usual;
    double threshold, best; /* NaN: none yet */
    const char *why;        /* why there is none */
};

static hone_status sort_numbers(const double *number, size_t n, struct sorted *out,
                                hone_error *err) {
    hone_status status;
    if ((status = hone_new(&out->keys, n, err)) != HONE_OK ||
        (status = hone_new(&out->rows, n, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        if (!isnan(number[i])) {
            out->keys[out->n] = hone_sort_key(number[i]);
            out->rows[out->n++] = i;
        }
    return hone_sort_keys(out->keys, out->rows, out->n, err);
}

/* Looks at one cut with the weights as they are. */
static hone_status try_cut(struct search *s, double threshold, hone_error *err) {
    static const double TRUTH[] = {0, 0, 1, 1}, LABEL[] = {0, 1, 0, 1};
    hone_outcome outcome = {.n = 4,
                            .n_classes = 2,
                            .positive = s->positive,
                            .truth = TRUTH,
                            .label = LABEL,
                            .weight = s->weight};
    double value;
    const char *why = NULL;
    hone_status status = hone_metric_compute(s->metric, &outcome, &value, &why, err);
    if (status != HONE_OK || isnan(value)) {
        s->why = why ? why : s->why;
        return status;
    }
    double gain = s->metric->greater_is_better ? value - s->best : s->best - value;
    bool nearer = fabs(threshold - s->usual) < fabs(s->threshold - s->usual);
    if (isnan(s->best) || gain > 0 || (gain == 0 && nearer))
        s->best = value, s->threshold = threshold;
    return HONE_OK;
}

static double midpoint(double low, double high) {
    double middle = low + (high - low) / 2;
    return middle > low ? middle : high; /* neighbouring doubles have nothing between them */
}

/* From the cut that calls no row positive down to the one that calls all of them so. */
static hone_status search_cuts(const struct sorted *sorted, const double *y, const double *weight,
                               struct search *s, hone_error *err) {
    for (size_t i = 0; i < sorted->n; i++)
        s->weight[2 * (size_t)y[sorted->rows[i]]] += weight ? weight[sorted->rows[i]] : 1;
    hone_status status = try_cut(s, INFINITY, err);
    for (size_t i = sorted->n; status == HONE_OK && i-- > 0;) {
        size_t row = sorted->rows[i], truth = (size_t)y[row];
        double w = weight ? weight[row] : 1;
        s->weight[2 * truth] = fmax(s->weight[2 * truth] - w, 0);
        s->weight[2 * truth + 1] += w;
        if (i > 0 && sorted->keys[i - 1] == sorted->keys[i])
            continue;
        double own = hone_sort_value(sorted->keys[i]);
        status = try_cut(s, i > 0 ? midpoint(hone_sort_value(sorted->keys[i - 1]), own) : -INFINITY,
                         err);
    }
    return status;
}

static hone_status find_threshold(const struct params *p, const hone_dataset *data,
                                  const double *number, double usual, struct state *out,
                                  hone_error *err) {
    struct sorted sorted = {0, NULL, NULL};
    struct search s = {
        .positive = p->positive == SECOND, .usual = usual, .threshold = NAN, .best = NAN};
    hone_status status = hone_metric_find(p->scoring.s, &s.metric, err);
    if (status == HONE_OK)
        status = sort_numbers(number, data->x.rows, &sorted, err);
    if (status == HONE_OK)
        status = search_cuts(&sorted, data->y.data, data->weights, &s, err);
    if (status == HONE_OK && isnan(s.best))
        status = hone_fail(err, HONE_EDATA, "%s: %s is undefined at every threshold: %s", WHO,
                           p->scoring.s, s.why);
    out->threshold = s.threshold;
    out->best_score = s.best;
    hone_release(sorted.keys);
    hone_release(sorted.rows);
    return status;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    const hone_estimator *inner = p->estimator.at[0];
    hone_inner_kind kind = kind_of(inner);
    double *number = NULL;
    hone_status status =
        hone_inner_numbers(inner, data, kind, (size_t)p->cv, p->seed, WHO, mon, &number, err);
    if (status == HONE_OK)
        status = find_threshold(p, data, number, usual_threshold(kind), s, err);
    hone_release(number);
    return status == HONE_OK ? hone_inner_fit_step(inner, data, mon, &s->estimator, err) : status;
}

/* ---- use ---------------------------------------------------------------------------------- */

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    (void)params;
    const struct state *s = state;
    const hone_estimator *inner = s->estimator.at[0];
    hone_status status = hone_inner_ask(inner, x, kind_of(inner), out, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++)
        out[i] = out[i] >= s->threshold;
    return status;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    (void)params;
    return hone_inner_ask(((const struct state *)state)->estimator.at[0], x,
                          (hone_inner_kind){true, 2}, out, err);
}

static hone_status decision(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err) {
    (void)params;
    return hone_inner_ask(((const struct state *)state)->estimator.at[0], x,
                          (hone_inner_kind){false, 1}, out, err);
}

/* ---- what it is --------------------------------------------------------------------------- */

static hone_status check(const void *params, hone_error *err) {
    return hone_inner_check(&((const struct params *)params)->estimator, err);
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    if (n_classes != 2 || isnan(s->threshold))
        return hone_fail(err, HONE_EFORMAT, "impossible threshold");
    return hone_inner_validate(&((const struct params *)params)->estimator, &s->estimator, n_cols,
                               n_classes, err);
}

static unsigned tags_of(const void *params) {
    return HONE_TAG_TWO_CLASSES |
           hone_inner_tags(&((const struct params *)params)->estimator,
                           HONE_TAG_PROBA | HONE_TAG_DECISION | HONE_TAG_WEIGHTS |
                               HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_NEEDS_SCALING);
}

const hone_class hone_tuned_threshold_classifier = {
    .name = "tuned_threshold_classifier",
    .summary = "a classifier of two classes whose threshold is best for a metric",
    .alias = "tuned_threshold",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_TWO_CLASSES,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = predict,
    .predict_proba = predict_proba,
    .decision = decision,
    .validate = validate,
    .check = check,
    .tags_of = tags_of,
};
