/* gaussian_nb.c -- naive Bayes: in each class every column is normal, and independent of the
 * others.
 *
 *     log p(x, k) = log prior_k - 1/2 sum_j [log(2 pi v_kj) + (x_j - mean_kj)^2 / v_kj],
 *     v_kj = var_kj + var_smoothing max_j var_j     (var_j of all rows, so that no v is 0)
 *
 * Shapes: X n x m, mean and var K x m. Batches are merged by their counts, means and variances.
 * Of compressed rows only stored cells are visited: the sum over x = 0 is known beforehand.
 * Cost: fit O(n m), predict O(n m K). Reference: Chan, Golub, LeVeque 1983. */
#include "classic/classic.h"

#include "classic/bayes/class_moments.h"
#include "core/clones.h"
#include "linalg/linalg.h"

#include <math.h>
#include <string.h>

enum { LANES = 8 };

struct params {
    double var_smoothing;
    hone_short_text priors;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_REAL(params, var_smoothing, 1e-09, "[0, inf)", "share of the largest variance of a column that is added to all variances"),
    HONE_TEXT(params, priors, "none", "none or {label:probability,...}", hone_class_priors_accept,
                                                        "probabilities of the classes; none = their shares of the rows"),
    HONE_PARAM_END
};

struct state {
    size_t n_classes, n_columns;
    double *theta, *var;            /* K x m; var without the smoothing */
    double *class_count, *class_prior;
    double *inverse, *offset;       /* 1 / v, and what does not depend on x */
    double epsilon;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_classes,                       "classes"),
    HONE_COUNT (state, n_columns,                       "columns of X"),
    HONE_ARRAY (state, theta, n_classes, n_columns,     "mean of each column in each class"),
    HONE_ARRAY (state, var, n_classes, n_columns,       "variance of each column in each class, before epsilon"),
    HONE_VECTOR(state, class_count, n_classes,          "weight of the rows of each class"),
    HONE_VECTOR(state, class_prior, n_classes,          "probability of each class"),
    HONE_NUMBER(state, epsilon,                         "what is added to each variance"),
    HONE_ARRAY (state, inverse, n_classes, n_columns,   "1 / (var + epsilon)"),
    HONE_VECTOR(state, offset, n_classes,               "log joint density without the squares"),
    HONE_ATTR_END
};
/* clang-format on */

/* ---- learning ----------------------------------------------------------------------------- */

static hone_status open_state(struct state *s, const hone_dataset *data, hone_error *err) {
    size_t k = hone_fit_classes(data), m = hone_dataset_cols(data);
    hone_status status;
    s->n_classes = k;
    s->n_columns = m;
    if ((status = hone_new2(&s->theta, k, m, err)) || (status = hone_new2(&s->var, k, m, err)) ||
        (status = hone_new2(&s->inverse, k, m, err)) ||
        (status = hone_new(&s->class_count, k, err)) ||
        (status = hone_new(&s->class_prior, k, err)))
        return status;
    return hone_new(&s->offset, k, err);
}

/* Two sets of rows become one. */
static void merge(struct state *s, const double *count, const double *mean, const double *var) {
    size_t m = s->n_columns;
    for (size_t c = 0; c < s->n_classes * m; c++) {
        double a = s->class_count[c / m], b = count[c / m], both = a + b;
        if (b == 0)
            continue;
        double apart = mean[c] - s->theta[c];
        s->var[c] = (a * s->var[c] + b * var[c] + apart * apart * (a * b / both)) / both;
        s->theta[c] += apart * (b / both);
    }
    for (size_t k = 0; k < s->n_classes; k++)
        s->class_count[k] += count[k];
}

/* The largest variance of a column over all rows, from the classes' means and variances. */
static double largest_variance(const struct state *s) {
    double total = 0, most = 0;
    for (size_t k = 0; k < s->n_classes; k++)
        total += s->class_count[k];
    for (size_t j = 0; j < s->n_columns; j++) {
        double mean = 0, var = 0;
        for (size_t k = 0; k < s->n_classes; k++)
            mean += s->class_count[k] / total * s->theta[k * s->n_columns + j];
        for (size_t k = 0; k < s->n_classes; k++) {
            double d = s->theta[k * s->n_columns + j] - mean;
            var += s->class_count[k] / total * (s->var[k * s->n_columns + j] + d * d);
        }
        most = fmax(most, var);
    }
    return most;
}

/* What predict needs. Where no column varies at all every v would be 0: then they are 1. */
static hone_status finish(struct state *s, const struct params *p, const hone_column *target,
                          hone_error *err) {
    size_t m = s->n_columns;
    hone_status status =
        hone_class_priors(p->priors.s, "gaussian_nb", target, s->class_count, s->class_prior, err);
    if (status != HONE_OK)
        return status;
    double most = largest_variance(s);
    s->epsilon = most > 0 ? p->var_smoothing * most : 1;
    for (size_t k = 0; k < s->n_classes; k++) {
        double sum = 0;
        for (size_t c = k * m; c < (k + 1) * m; c++) {
            double v = s->var[c] + s->epsilon;
            if (!(v > 0) && s->class_count[k] > 0)
                return hone_fail(err, HONE_ENUMERIC,
                                 "gaussian_nb: column %zu is constant in class \"%s\"; give "
                                 "var_smoothing above 0",
                                 c - k * m + 1, target->levels[k]);
            s->inverse[c] = v > 0 ? 1 / v : 1;
            sum += log(2 * M_PI / s->inverse[c]);
        }
        s->offset[k] = log(s->class_prior[k]) - sum / 2;
    }
    return HONE_OK;
}

static hone_status partial_fit(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    struct state *s = state;
    size_t k = hone_fit_classes(data), m = hone_dataset_cols(data);
    double *count = NULL, *mean = NULL, *var = NULL;
    hone_status status = HONE_OK;
    if ((!s->theta && (status = open_state(s, data, err))) || (status = hone_new(&count, k, err)) ||
        (status = hone_new2(&mean, k, m, err)) || (status = hone_new2(&var, k, m, err)) ||
        (status = hone_class_moments(data, k, count, mean, var, mon, err)))
        goto done;
    merge(s, count, mean, var);
    status = finish(s, params, &data->schema->targets[0], err);
done:
    hone_release(count);
    hone_release(mean);
    hone_release(var);
    return status;
}

/* ---- answering ---------------------------------------------------------------------------- */

/* sum_j (x_j - mean_j)^2 inverse_j, in eight lanes: one fixed order. */
HONE_INLINE double distance(const double *x, const double *mean, const double *inverse, size_t m) {
    double lanes[LANES] = {0}, rest = 0;
    size_t j = 0;
    for (; j + LANES <= m; j += LANES)
        for (size_t l = 0; l < LANES; l++) {
            double d = x[j + l] - mean[j + l];
            lanes[l] += d * d * inverse[j + l];
        }
    for (; j < m; j++)
        rest += (x[j] - mean[j]) * (x[j] - mean[j]) * inverse[j];
    return (((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
            ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))) +
           rest;
}

HONE_CLONES static void score_rows(const struct state *s, hone_view x, double *out) {
    size_t m = s->n_columns;
    for (size_t i = 0; i < x.rows; i++)
        for (size_t k = 0; k < s->n_classes; k++)
            out[i * s->n_classes + k] =
                s->offset[k] -
                distance(hone_view_row(x, i), s->theta + k * m, s->inverse + k * m, m) / 2;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    (void)params, (void)err;
    score_rows(s, x, out);
    hone_softmax_rows(out, x.rows, s->n_classes, NULL);
    return HONE_OK;
}

/* For a cell x the term at 0 is taken back: (x - mean)^2 - mean^2 = x (x - 2 mean). */
static hone_status predict_proba_sparse(const void *params, const void *state, const hone_csr *x,
                                        double *out, hone_error *err) {
    const struct state *s = state;
    size_t m = s->n_columns, n_classes = s->n_classes;
    double *zero = NULL;
    (void)params;
    hone_status status = hone_new(&zero, n_classes, err);
    if (status != HONE_OK)
        return status;
    for (size_t c = 0; c < n_classes * m; c++)
        zero[c / m] += s->theta[c] * s->theta[c] * s->inverse[c];
    for (size_t i = 0; i < x->rows; i++)
        for (size_t k = 0; k < n_classes; k++) {
            double sum = zero[k];
            for (size_t at = x->starts[i]; at < x->starts[i + 1]; at++) {
                size_t c = k * m + x->columns[at];
                sum += x->values[at] * (x->values[at] - 2 * s->theta[c]) * s->inverse[c];
            }
            out[i * n_classes + k] = s->offset[k] - sum / 2;
        }
    hone_softmax_rows(out, x->rows, n_classes, NULL);
    hone_release(zero);
    return HONE_OK;
}
static const hone_sparse_slots SPARSE = {.predict_proba = predict_proba_sparse};

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    (void)params;
    if (s->n_columns != n_cols || s->n_classes != n_classes)
        return hone_fail(err, HONE_EFORMAT, "means are %zu x %zu, expected %zu x %zu", s->n_classes,
                         s->n_columns, n_classes, n_cols);
    return HONE_OK;
}

const hone_class hone_gaussian_nb = {
    .name = "gaussian_nb",
    .summary = "naive Bayes with a normal distribution per class and column",
    .alias = "nb",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_SPARSE |
            HONE_TAG_PARTIAL | HONE_TAG_ONE_CLASS,
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
