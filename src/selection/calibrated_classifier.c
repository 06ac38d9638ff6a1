/* calibrated_classifier.c -- probabilities that mean what they say.
 *
 * The inner classifier's numbers s (decision values, else probabilities) about rows that it has not
 * seen come from inner folds; a map from s to probabilities is fitted to them, and the classifier
 * itself once more to all rows (scikit-learn's ensemble=False):
 *     sigmoid       p_c = 1 / (1 + exp(a_c s_c + b_c))        one per class, normalised
 *     isotonic      p_c = best non-decreasing map of s_c       one per class, normalised
 *     temperature   p = softmax(s / T)                         one number for all classes
 * Two classes have one number s, for the second class: p_0 = 1 - p_1, and the temperature is that
 * of (0, s). Probabilities become s = log(p + 1e-12) before a temperature.
 * Shapes: s n x cols, cols = 1 for two classes, else K.
 * Cost: cv + 1 fits of the inner classifier, O(n log n) per map.
 * Reference: Platt 1999, Zadrozny & Elkan 2002, Guo et al. 2017. */
#include "selection/registry.h"

#include "optim/platt.h"
#include "selection/calibrate.h"
#include "selection/inner.h"

#include <math.h>
#include <string.h>

static const char *const METHODS[] = {"sigmoid", "isotonic", "temperature", NULL};
enum { SIGMOID, ISOTONIC, TEMPERATURE };

struct params {
    hone_steps estimator;
    int method, cv;
    uint64_t seed;
};
static const hone_param PARAMS[] = {
    HONE_STEPS(params, estimator, "the classifier whose answers become probabilities"),
    HONE_ENUM(params, method, "sigmoid", METHODS, "the map from its numbers to probabilities"),
    HONE_INT(params, cv, 5, "[2, inf)", "inner folds that the map is learnt from"),
    HONE_SEED(params, seed, "shuffles the inner folds"),
    HONE_PARAM_END,
};

struct state {
    hone_steps estimator;
    size_t n_cols; /* numbers per row */
    size_t n_sigmoids, n_starts, n_knots;
    double *slope, *offset; /* n_sigmoids: n_cols, or 0 */
    int32_t *start;         /* n_starts: first knot of each number and the end; n_cols + 1, or 0 */
    double *score, *proba;  /* n_knots */
    double temperature;     /* 0 where there is none */
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "numbers that are calibrated: 1 for two classes, else the classes"),
    HONE_COUNT(state, n_sigmoids, "sigmoids"),
    HONE_COUNT(state, n_starts, "numbers with an isotonic map, and one"),
    HONE_COUNT(state, n_knots, "points of the isotonic maps"),
    HONE_VECTOR(state, slope, n_sigmoids, "a of the sigmoids 1 / (1 + exp(a s + b))"),
    HONE_VECTOR(state, offset, n_sigmoids, "b of the sigmoids"),
    HONE_VECTOR_I32(state, start, n_starts, "first point of each isotonic map, and the end"),
    HONE_VECTOR(state, score, n_knots, "scores of the points"),
    HONE_VECTOR(state, proba, n_knots, "probabilities of the points"),
    HONE_NUMBER(state, temperature, "what logits are divided by; 0 with other methods"),
    HONE_FITTED_STEPS(state, estimator, "the classifier, fitted to all rows"),
    HONE_ATTR_END,
};

static const char WHO[] = "calibrated_classifier";

/* ---- numbers ------------------------------------------------------------------------------ */

static hone_inner_kind kind_of(const hone_estimator *est, size_t n_classes) {
    return hone_inner_kind_of(hone_estimator_tags(est), n_classes, false);
}

static double logit_of(hone_inner_kind kind, double number) {
    if (!kind.proba)
        return number;
    return kind.cols > 1 ? log(number + 1e-12) : log(number + 1e-12) - log(1 - number + 1e-12);
}

/* z (k): the logits of one row. */
static void row_logits(hone_inner_kind kind, const double *number, double *z) {
    if (kind.cols == 1)
        z[0] = 0, z[1] = logit_of(kind, number[0]);
    for (size_t c = 0; kind.cols > 1 && c < kind.cols; c++)
        z[c] = logit_of(kind, number[c]);
}

/* ---- fit ---------------------------------------------------------------------------------- */

/* hit (n): 1 where the row is of the class that number c is for. */
static void mark_hits(const double *y, size_t n, size_t cols, size_t c, double *hit) {
    for (size_t i = 0; i < n; i++)
        hit[i] = y[i] == (double)(cols == 1 ? 1 : c);
}

/* Packs the known scores of number c with their hits and weights; returns how many. */
static size_t pack(const hone_dataset *data, const double *number, size_t cols, size_t c,
                   double *score, double *hit, double *weight) {
    size_t n = data->x.rows, m = 0;
    mark_hits(data->y.data, n, cols, c, hit);
    for (size_t i = 0; i < n; i++) {
        if (isnan(number[i * cols + c]))
            continue;
        score[m] = number[i * cols + c];
        hit[m] = hit[i];
        weight[m++] = data->weights ? data->weights[i] : 1;
    }
    return m;
}

static hone_status fit_sigmoids(const hone_dataset *data, const double *number, struct state *s,
                                hone_error *err) {
    size_t n = data->x.rows;
    double *work = NULL;
    hone_status status;
    s->n_sigmoids = s->n_cols;
    if ((status = hone_new(&s->slope, s->n_cols, err)) != HONE_OK ||
        (status = hone_new(&s->offset, s->n_cols, err)) != HONE_OK ||
        (status = hone_new2(&work, n, 3, err)) != HONE_OK)
        return status;
    double *score = work, *hit = work + n, *weight = work + 2 * n;
    for (size_t c = 0; c < s->n_cols; c++) {
        size_t m = pack(data, number, s->n_cols, c, score, hit, weight);
        hone_platt platt = hone_platt_fit(score, hit, weight, m);
        s->slope[c] = platt.a, s->offset[c] = platt.b;
    }
    hone_release(work);
    return HONE_OK;
}

/* Appends the points of one map to those of the state. */
static hone_status append_knots(struct state *s, const hone_knots *knots, hone_error *err) {
    size_t old = s->n_knots, all = old + knots->n;
    if (all > INT32_MAX)
        return hone_fail(err, HONE_EDATA, "%s: more than %ld points", WHO, (long)INT32_MAX);
    hone_status status = hone_grow(&s->score, old, all, err);
    if (status == HONE_OK)
        status = hone_grow(&s->proba, old, all, err);
    if (status != HONE_OK)
        return status;
    memcpy(s->score + old, knots->at, knots->n * sizeof *s->score);
    for (size_t j = 0; j < knots->n; j++)
        s->proba[old + j] = fmin(knots->value[j], 1); /* a mean of ones may miss one by rounding */
    s->n_knots = all;
    return HONE_OK;
}

static hone_status fit_isotonic(const hone_dataset *data, const double *number, struct state *s,
                                hone_error *err) {
    size_t n = data->x.rows;
    double *hit = NULL;
    hone_status status;
    s->n_starts = s->n_cols + 1;
    if ((status = hone_new(&s->start, s->n_starts, err)) != HONE_OK ||
        (status = hone_new(&hit, n, err)) != HONE_OK)
        return status;
    for (size_t c = 0; status == HONE_OK && c < s->n_cols; c++) {
        hone_knots knots = {0, NULL, NULL};
        mark_hits(data->y.data, n, s->n_cols, c, hit);
        status = hone_knots_fit(number + c, s->n_cols, hit, data->weights, n, &knots, err);
        if (status == HONE_OK)
            status = append_knots(s, &knots, err);
        s->start[c + 1] = (int32_t)s->n_knots;
        hone_release(knots.at);
        hone_release(knots.value);
    }
    hone_release(hit);
    return status;
}

static hone_status fit_temperature(const hone_dataset *data, const double *number,
                                   hone_inner_kind kind, struct state *s, hone_error *err) {
    size_t n = data->x.rows, k = hone_fit_classes(data);
    double *z = NULL;
    hone_status status = hone_new2(&z, n, k, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        row_logits(kind, number + i * kind.cols, z + i * k);
        if (isnan(number[i * kind.cols]))
            z[i * k] = NAN; /* of two classes the first logit is 0 always */
    }
    s->temperature = 1 / hone_temperature_fit(z, data->y.data, data->weights, n, k);
    hone_release(z);
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    const hone_estimator *inner = p->estimator.at[0];
    hone_inner_kind kind = kind_of(inner, hone_fit_classes(data));
    double *number = NULL;
    hone_status status =
        hone_inner_numbers(inner, data, kind, (size_t)p->cv, p->seed, WHO, mon, &number, err);
    if (status != HONE_OK)
        return status;
    s->n_cols = kind.cols;
    status = p->method == SIGMOID    ? fit_sigmoids(data, number, s, err)
             : p->method == ISOTONIC ? fit_isotonic(data, number, s, err)
                                     : fit_temperature(data, number, kind, s, err);
    hone_release(number);
    return status == HONE_OK ? hone_inner_fit_step(inner, data, mon, &s->estimator, err) : status;
}

/* ---- use ---------------------------------------------------------------------------------- */

static double calibrate(const struct state *s, size_t c, double number) {
    if (s->n_sigmoids)
        return hone_platt_at((hone_platt){s->slope[c], s->offset[c]}, number);
    size_t first = (size_t)s->start[c];
    hone_knots knots = {(size_t)s->start[c + 1] - first, s->score + first, s->proba + first};
    return hone_knots_at(&knots, number);
}

/* Each number's map for itself, then to the sum 1; where all say 0 nothing is known. */
static void one_vs_rest(const struct state *s, const double *number, double *out) {
    size_t k = s->n_cols;
    double sum = 0;
    if (k == 1) {
        out[1] = calibrate(s, 0, number[0]);
        out[0] = 1 - out[1];
        return;
    }
    for (size_t c = 0; c < k; c++)
        sum += out[c] = calibrate(s, c, number[c]);
    for (size_t c = 0; c < k; c++)
        out[c] = sum > 0 ? out[c] / sum : 1 / (double)k;
}

static void softmax(double *z, size_t k, double temperature) {
    double top = z[0], sum = 0;
    for (size_t c = 1; c < k; c++)
        top = fmax(top, z[c]);
    for (size_t c = 0; c < k; c++)
        sum += z[c] = exp((z[c] - top) / temperature);
    for (size_t c = 0; c < k; c++)
        z[c] /= sum;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    const hone_estimator *inner = s->estimator.at[0];
    size_t k = hone_n_classes(inner), cols = s->n_cols;
    hone_inner_kind kind = kind_of(inner, k);
    bool temperature = ((const struct params *)params)->method == TEMPERATURE;
    double *number = NULL;
    hone_status status = hone_new2(&number, x.rows, cols, err);
    if (status == HONE_OK)
        status = hone_inner_ask(inner, x, kind, number, err);
    for (size_t i = 0; status == HONE_OK && i < x.rows; i++) {
        if (!temperature) {
            one_vs_rest(s, number + i * cols, out + i * k);
            continue;
        }
        row_logits(kind, number + i * cols, out + i * k);
        softmax(out + i * k, k, s->temperature);
    }
    hone_release(number);
    return status;
}

/* ---- what it is --------------------------------------------------------------------------- */

static hone_status check(const void *params, hone_error *err) {
    return hone_inner_check(&((const struct params *)params)->estimator, err);
}

/* Points ascend and are probabilities; every map has one at least. */
static bool knots_fit(const struct state *s) {
    if (s->start[0] != 0 || (size_t)s->start[s->n_cols] != s->n_knots)
        return false;
    for (size_t c = 0; c < s->n_cols; c++)
        if (s->start[c + 1] <= s->start[c] || (size_t)s->start[c + 1] > s->n_knots)
            return false;
    for (size_t c = 0; c < s->n_cols; c++)
        for (int32_t j = s->start[c]; j < s->start[c + 1]; j++)
            if (!isfinite(s->score[j]) || !(s->proba[j] >= 0 && s->proba[j] <= 1) ||
                (j > s->start[c] &&
                 (s->score[j] <= s->score[j - 1] || s->proba[j] < s->proba[j - 1])))
                return false;
    return true;
}

static bool sigmoids_fit(const struct state *s) {
    bool fit = true;
    for (size_t c = 0; c < s->n_sigmoids; c++)
        fit &= isfinite(s->slope[c]) && isfinite(s->offset[c]);
    return fit;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct params *p = params;
    const struct state *s = state;
    hone_status status = hone_inner_validate(&p->estimator, &s->estimator, n_cols, n_classes, err);
    if (status != HONE_OK)
        return status;
    size_t cols = n_classes == 2 ? 1 : n_classes;
    bool fits = s->n_cols == cols && s->n_sigmoids == (p->method == SIGMOID ? cols : 0) &&
                s->n_starts == (p->method == ISOTONIC ? cols + 1 : 0);
    if (fits && p->method == ISOTONIC)
        fits = knots_fit(s);
    else if (fits)
        fits =
            p->method == SIGMOID ? sigmoids_fit(s) : s->temperature > 0 && isfinite(s->temperature);
    return fits ? HONE_OK : hone_fail(err, HONE_EFORMAT, "impossible calibration");
}

static unsigned tags_of(const void *params) {
    return HONE_TAG_PROBA |
           hone_inner_tags(&((const struct params *)params)->estimator,
                           HONE_TAG_WEIGHTS | HONE_TAG_MISSING | HONE_TAG_CATEGORIES |
                               HONE_TAG_NEEDS_SCALING | HONE_TAG_TWO_CLASSES);
}

const hone_class hone_calibrated_classifier = {
    .name = "calibrated_classifier",
    .summary = "a classifier whose numbers are turned into honest probabilities",
    .alias = "calibrated",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_INTERNAL | HONE_TAG_PROBA,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict_proba = predict_proba,
    .validate = validate,
    .check = check,
    .tags_of = tags_of,
};
