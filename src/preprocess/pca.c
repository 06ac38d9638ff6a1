/* pca.c -- principal components: the directions in which rows vary most.
 *
 *     X - 1 mean' = U diag(s) V',   transform(x) = V_k' (x - mean),   variance_k = s_k^2 / (n - 1)
 * solved (pca_solve.c) by eigenvectors of the covariance, by a singular value decomposition, or by
 * one of a random sketch. The sign of a component is such that its largest entry is positive.
 * Shapes: X n x m, components k x m.
 * n_components: all is scikit-learn's None; as there, a number below 1 is a share of the variance.
 * Reference: Jolliffe 2002; Halko, Martinsson & Tropp 2011; Minka 2000. */
#include "preprocess/preprocess.h"

#include "linalg/linalg.h"
#include "preprocess/columns.h"
#include "preprocess/pca.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const char WHO[] = "pca";
#define LEAST_VARIANCE 1e-15

static const char *const COUNTS[] = {"all", "mle", NULL};
static const char *const SOLVERS[] = {"auto", "full", "covariance_eigh", "randomized", NULL};
static const char *const AUTO_WORD[] = {"auto", NULL};
enum { ALL, MLE };

struct params {
    hone_mixed n_components;
    bool whiten;
    int svd_solver;
    hone_mixed iterated_power;
    int n_oversamples;
    uint64_t seed;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_MIXED(params, n_components, "all", COUNTS, "(0, 1000000000]",     "how many: a count, below 1 a share of the variance to be kept, mle = by Minka's likelihood"),
    HONE_BOOL (params, whiten, false,                                      "scale what comes out to variance 1"),
    HONE_ENUM (params, svd_solver, "auto", SOLVERS,                        "how: exactly by the covariance or by X, or nearly by a random sketch"),
    HONE_MIXED(params, iterated_power, "auto", AUTO_WORD, "[0, 1000]",     "rounds that sharpen the sketch (svd_solver=randomized)"),
    HONE_INT  (params, n_oversamples, 10, "[0, 1000000]",                  "columns of the sketch beyond n_components (svd_solver=randomized)"),
    HONE_SEED (params, seed,                                               "of the sketch"),
    HONE_PARAM_END
};

struct state {
    size_t n_columns, n_components;
    double *components, *mean;
    double *explained_variance, *explained_variance_ratio, *singular_values;
    double noise_variance;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_columns,                              "columns of X"),
    HONE_COUNT (state, n_components,                           "components that are kept"),
    HONE_ARRAY (state, components, n_components, n_columns,    "directions, by variance"),
    HONE_VECTOR(state, mean, n_columns,                        "means of the columns"),
    HONE_VECTOR(state, explained_variance, n_components,       "variance of the rows along each component"),
    HONE_VECTOR(state, explained_variance_ratio, n_components, "the same as a share of all variance"),
    HONE_VECTOR(state, singular_values, n_components,          "of the centred X"),
    HONE_NUMBER(state, noise_variance,                         "mean variance along the components that are left out"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status check(const void *params, hone_error *err) {
    const struct params *p = params;
    double n = p->n_components.value;
    if (p->n_components.word < 0 && n >= 1 && n != floor(n))
        return hone_fail(err, HONE_EINVAL,
                         "parameter n_components must be a whole number or below 1, got %g", n);
    if (p->svd_solver == HONE_PCA_RANDOMIZED && (p->n_components.word == MLE || (n > 0 && n < 1)))
        return hone_fail(err, HONE_EINVAL, "svd_solver=randomized needs a count as n_components");
    return HONE_OK;
}

/* scikit-learn's choice. `count`: components asked for, 0 when that is not known yet. */
static int choose_solver(int asked, size_t n, size_t m, size_t count) {
    size_t most = n > m ? n : m, least = n < m ? n : m;
    if (asked != HONE_PCA_AUTO)
        return asked;
    if (m <= 1000 && n >= 10 * m)
        return HONE_PCA_COVARIANCE;
    if (most > 500 && count >= 1 && 5 * count < 4 * least)
        return HONE_PCA_RANDOMIZED;
    return HONE_PCA_FULL;
}

static hone_status count_of(const struct params *p, size_t n, size_t m, size_t *out,
                            hone_error *err) {
    size_t least = n < m ? n : m;
    double wanted = p->n_components.value;
    *out = 0;
    if (n < 2)
        return hone_fail(err, HONE_EDATA, "%s: needs at least 2 rows, got %zu", WHO, n);
    if (p->n_components.word == MLE && n < m)
        return hone_fail(err, HONE_EDATA,
                         "%s: n_components=mle needs as many rows as columns, got %zu x %zu", WHO,
                         n, m);
    if (p->n_components.word == ALL)
        *out = least;
    else if (p->n_components.word < 0 && wanted >= 1)
        *out = (size_t)wanted;
    if (*out > least)
        return hone_fail(err, HONE_EDATA,
                         "%s: n_components is %zu, but %zu rows x %zu columns have at most %zu",
                         WHO, *out, n, m, least);
    return HONE_OK;
}

/* ---- how many -------------------------------------------------------------------------------- */

/* The fewest components that keep more than `share` of the variance. */
static size_t by_share(const hone_pca *pca, double share) {
    double sum = 0;
    for (size_t i = 0; i < pca->found; i++)
        if ((sum += pca->variance[i] / pca->total) > share)
            return i + 1;
    return pca->found;
}

/* Logarithm of the likelihood that `rank` of m variances are more than noise, n rows. */
static double rank_likelihood(const double *v, size_t m, size_t rank, double n) {
    double k = (double)rank, rest = 0, area = -k * log(2), pairs = 0, noise = 0;
    if (v[rank - 1] < LEAST_VARIANCE)
        return -INFINITY;
    for (size_t i = 1; i <= rank; i++) {
        double half = (double)(m - i + 1) / 2;
        area += lgamma(half) - log(M_PI) * half;
        rest -= log(v[i - 1]) * n / 2;
    }
    for (size_t i = rank; i < m; i++)
        noise += v[i] / (double)(m - rank);
    noise = fmax(noise, LEAST_VARIANCE);
    rest -= log(noise) * n * (double)(m - rank) / 2;
    double volume = (double)m * k - k * (k + 1) / 2;
    for (size_t i = 0; i < rank; i++)
        for (size_t j = i + 1; j < m; j++)
            pairs += log((v[i] - v[j]) * (1 / (j < rank ? v[j] : noise) - 1 / v[i])) + log(n);
    return area + rest + log(2 * M_PI) * (volume + k) / 2 - pairs / 2 - k * log(n) / 2;
}

static size_t by_likelihood(const hone_pca *pca, size_t n) {
    size_t best = 1;
    double most = -INFINITY;
    for (size_t rank = 1; rank < pca->found; rank++) {
        double value = rank_likelihood(pca->variance, pca->found, rank, (double)n);
        if (value > most)
            most = value, best = rank;
    }
    return best;
}

/* ---- fit ------------------------------------------------------------------------------------- */

/* The largest entry of a component is positive. */
static void turn_sign(double *component, size_t m) {
    size_t largest = 0;
    for (size_t j = 1; j < m; j++)
        if (fabs(component[j]) > fabs(component[largest]))
            largest = j;
    bool turn = component[largest] < 0;
    for (size_t j = 0; turn && j < m; j++)
        component[j] = -component[j];
}

static hone_status keep(const hone_pca *pca, size_t n, size_t k, struct state *s, hone_error *err) {
    size_t m = s->n_columns, least = n < m ? n : m;
    double rest = 0;
    hone_status status;
    s->n_components = k;
    if ((status = hone_new2(&s->components, k, m, err)) ||
        (status = hone_new(&s->explained_variance, k, err)) ||
        (status = hone_new(&s->explained_variance_ratio, k, err)) ||
        (status = hone_new(&s->singular_values, k, err)))
        return status;
    memcpy(s->components, pca->components, k * m * sizeof *s->components);
    for (size_t i = 0; i < k; i++) {
        double variance = pca->variance[i];
        turn_sign(s->components + i * m, m);
        s->explained_variance[i] = variance;
        s->explained_variance_ratio[i] = pca->total > 0 ? variance / pca->total : 0;
        s->singular_values[i] = sqrt(variance * (double)(n - 1));
    }
    for (size_t i = k; i < pca->found; i++)
        rest += pca->variance[i];
    if (pca->found < least) { /* of a sketch only the sum is known */
        rest = pca->total;
        for (size_t i = 0; i < k; i++)
            rest -= pca->variance[i];
    }
    s->noise_variance = k < least ? fmax(rest, 0) / (double)(least - k) : 0;
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    hone_pca pca = {.sketch = {.count = 0}};
    size_t n = data->x.rows, m = data->x.cols, k;
    s->n_columns = m;
    hone_status status = count_of(p, n, m, &k, err);
    if (status == HONE_OK)
        status = hone_new(&s->mean, m, err);
    if (status != HONE_OK)
        return status;
    pca.sketch =
        (hone_pca_sketch){.count = k,
                          .more = (size_t)p->n_oversamples,
                          .rounds = p->iterated_power.word == 0 ? -1 : (int)p->iterated_power.value,
                          .seed = p->seed};
    status =
        hone_pca_solve(choose_solver(p->svd_solver, n, m, k), data->x, s->mean, &pca, mon, err);
    if (status == HONE_OK && !isfinite(pca.total))
        status = hone_fail(err, HONE_ENUMERIC,
                           "%s: variances overflow; bring the columns to a smaller scale", WHO);
    if (status == HONE_OK && p->n_components.word == MLE)
        k = by_likelihood(&pca, n);
    else if (status == HONE_OK && k == 0)
        k = by_share(&pca, p->n_components.value);
    if (status == HONE_OK)
        status = keep(&pca, n, k, s, err);
    hone_pca_free(&pca);
    return status;
}

/* ---- use ------------------------------------------------------------------------------------- */

/* What an output is divided by; a component without variance is not blown up. */
static double whitening(const struct state *s, size_t i) {
    double most = s->explained_variance[0], variance = s->explained_variance[i];
    return sqrt(fmax(variance, fmax(most * DBL_EPSILON, DBL_MIN)));
}

static hone_status transform(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    static const hone_monitor ALONE = {.threads = 1};
    const struct params *p = params;
    const struct state *s = state;
    size_t m = x.cols, k = s->n_components;
    double *centered = NULL;
    hone_status status = hone_new2(&centered, x.rows, m, err);
    for (size_t i = 0; i < x.rows && status == HONE_OK; i++)
        for (size_t j = 0; j < m; j++)
            centered[i * m + j] = hone_view_row(x, i)[j] - s->mean[j];
    if (status == HONE_OK)
        status = hone_rows_times(hone_view_of(centered, x.rows, m), s->components, k, m, out,
                                 &ALONE, err);
    for (size_t i = 0; i < x.rows && status == HONE_OK && p->whiten; i++)
        for (size_t c = 0; c < k; c++)
            out[i * k + c] /= whitening(s, c);
    hone_release(centered);
    return status;
}

/* x = mean + sum_k z_k v_k. */
static hone_status inverse_transform(const void *params, const void *state, hone_view z,
                                     double *out, hone_error *err) {
    const struct params *p = params;
    const struct state *s = state;
    size_t m = s->n_columns;
    (void)err;
    for (size_t i = 0; i < z.rows; i++) {
        double *row = out + i * m;
        memcpy(row, s->mean, m * sizeof *row);
        for (size_t c = 0; c < s->n_components; c++) {
            double along = hone_view_row(z, i)[c] * (p->whiten ? whitening(s, c) : 1);
            for (size_t j = 0; j < m; j++)
                row[j] += along * s->components[c * m + j];
        }
    }
    return HONE_OK;
}

static hone_status output_schema(const void *params, const void *state, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    const struct state *s = state;
    (void)params, (void)input;
    return hone_schema_numbered("pc", s->n_components, out, err);
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    (void)params, (void)n_classes;
    if (s->n_columns != n_cols || s->n_components == 0 || s->n_components > n_cols)
        return hone_fail(err, HONE_EFORMAT, "components are %zu x %zu, expected columns: %zu",
                         s->n_components, s->n_columns, n_cols);
    return hone_fitted_vector_check("mean", s->mean, s->n_columns, n_cols, err);
}

const hone_class hone_pca_class = {
    .name = WHO,
    .summary = "principal components: the directions in which rows vary most",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_NEEDS_SCALING,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .check = check,
    .fit = fit,
    .transform = transform,
    .inverse_transform = inverse_transform,
    .output_schema = output_schema,
    .validate = validate,
};
