/* multinomial_nb.c -- naive Bayes for counts: each class draws its columns with fixed
 * probabilities.
 *
 *     log p(x, k) = log prior_k + sum_j x_j log f_kj,   f_kj = (N_kj + alpha) / sum_j (N_kj +
 * alpha),
 *
 * N_kj the weighted sum of column j over the rows of class k. Linear in x, so full and compressed
 * rows are scored as those of any linear model.
 * Shapes: X n x m, all >= 0; N and log f: K x m. Cost: fit O(stored cells), predict O(n m K).
 * Reference: Manning, Raghavan, Schuetze 2008, chapter 13. */
#include "classic/classic.h"

#include "classic/bayes/class_moments.h"
#include "classic/linear/linear.h"
#include "linalg/linalg.h"

#include <math.h>

struct params {
    double alpha;
    bool fit_prior;
    hone_short_text class_prior;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(params, alpha, 1, "(0, inf)",             "count added to every column of every class"),
    HONE_BOOL(params, fit_prior, true,                  "learn the probabilities of the classes; false = all alike"),
    HONE_TEXT(params, class_prior, "none", "none or {label:probability,...}", hone_class_priors_accept,
                                                        "probabilities of the classes; none = as fit_prior says"),
    HONE_PARAM_END
};

struct state {
    size_t n_classes, n_columns;
    double *feature_count, *class_count;
    double *feature_log_prob, *class_log_prior;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_classes,                               "classes"),
    HONE_COUNT (state, n_columns,                               "columns of X"),
    HONE_ARRAY (state, feature_count, n_classes, n_columns,     "weighted sum of each column in each class"),
    HONE_VECTOR(state, class_count, n_classes,                  "weight of the rows of each class"),
    HONE_ARRAY (state, feature_log_prob, n_classes, n_columns,  "log probability of each column in each class"),
    HONE_VECTOR(state, class_log_prior, n_classes,              "log probability of each class"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status open_state(struct state *s, const hone_dataset *data, hone_error *err) {
    size_t k = hone_fit_classes(data), m = hone_dataset_cols(data);
    hone_status status;
    s->n_classes = k;
    s->n_columns = m;
    if ((status = hone_new2(&s->feature_count, k, m, err)) ||
        (status = hone_new2(&s->feature_log_prob, k, m, err)) ||
        (status = hone_new(&s->class_count, k, err)))
        return status;
    return hone_new(&s->class_log_prior, k, err);
}

static hone_status refuse(double value, const hone_dataset *data, size_t i, size_t j,
                          hone_error *err) {
    return hone_fail(
        err, HONE_EDATA, "multinomial_nb: row %zu, column '%s' is %g, expected a count, 0 or more",
        (data->row_ids ? data->row_ids[i] : i) + 1, data->schema->columns[j].name, value);
}

static hone_status add_stored(const hone_dataset *data, size_t i, double w, double *count,
                              hone_error *err) {
    const hone_csr *x = data->sparse;
    for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++) {
        if (x->values[at] < 0)
            return refuse(x->values[at], data, i, x->columns[at], err);
        count[x->columns[at]] += w * x->values[at];
    }
    return HONE_OK;
}

static hone_status add_full(const hone_dataset *data, size_t i, double w, double *count,
                            hone_error *err) {
    const double *x = hone_view_row(data->x, i);
    double least = 0;
    for (size_t j = 0; j < data->x.cols; j++) {
        least = x[j] < least ? x[j] : least;
        count[j] += w * x[j];
    }
    for (size_t j = 0; least < 0 && j < data->x.cols; j++)
        if (x[j] < 0)
            return refuse(x[j], data, i, j, err);
    return HONE_OK;
}

static hone_status count_rows(struct state *s, const hone_dataset *data, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t i = 0; status == HONE_OK && i < hone_dataset_rows(data); i++) {
        size_t k = (size_t)*hone_view_row(data->y, i);
        double w = data->weights ? data->weights[i] : 1;
        s->class_count[k] += w;
        status = (data->sparse ? add_stored : add_full)(data, i, w,
                                                        s->feature_count + k * s->n_columns, err);
    }
    return status;
}

static hone_status finish(struct state *s, const struct params *p, const hone_column *target,
                          hone_error *err) {
    size_t m = s->n_columns;
    hone_status status = hone_class_priors(p->class_prior.s, "multinomial_nb", target,
                                           s->class_count, s->class_log_prior, err);
    bool alike = !p->fit_prior && p->class_prior.s[0] != '{';
    for (size_t k = 0; status == HONE_OK && k < s->n_classes; k++) {
        const double *count = s->feature_count + k * m;
        double total = 0;
        for (size_t j = 0; j < m; j++)
            total += count[j] + p->alpha;
        for (size_t j = 0; j < m; j++)
            s->feature_log_prob[k * m + j] = log(count[j] + p->alpha) - log(total);
        s->class_log_prior[k] = alike ? -log((double)s->n_classes) : log(s->class_log_prior[k]);
    }
    return status;
}

static hone_status partial_fit(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    struct state *s = state;
    hone_status status = HONE_OK;
    (void)mon;
    if ((!s->feature_count && (status = open_state(s, data, err))) ||
        (status = count_rows(s, data, err)))
        return status;
    return finish(s, params, &data->schema->targets[0], err);
}

static hone_linear model(const struct state *s) {
    return (hone_linear){s->n_classes, s->n_columns, s->feature_log_prob, s->class_log_prior};
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    (void)params;
    hone_status status = hone_linear_scores(model(s), x, out, err);
    if (status == HONE_OK)
        hone_softmax_rows(out, x.rows, s->n_classes, NULL);
    return status;
}

static hone_status predict_proba_sparse(const void *params, const void *state, const hone_csr *x,
                                        double *out, hone_error *err) {
    const struct state *s = state;
    (void)params;
    hone_status status = hone_linear_scores_sparse(model(s), x, out, err);
    if (status == HONE_OK)
        hone_softmax_rows(out, x->rows, s->n_classes, NULL);
    return status;
}
static const hone_sparse_slots SPARSE = {.predict_proba = predict_proba_sparse};

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    (void)params;
    return hone_linear_check(s->n_classes, s->n_columns, n_classes, n_cols, err);
}

const hone_class hone_multinomial_nb = {
    .name = "multinomial_nb",
    .summary = "naive Bayes for counts (of words, say)",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE |
            HONE_TAG_PARTIAL | HONE_TAG_ONE_CLASS | HONE_TAG_COUNTS,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = partial_fit,
    .partial_fit = partial_fit,
    .predict_proba = predict_proba,
    .sparse = &SPARSE,
    .validate = validate,
};
