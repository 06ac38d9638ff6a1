/* quantile_transformer.c -- columns made uniform on 0 .. 1, or standard normal, by their ranks.
 *
 *   u = F(x), F linear between the quantiles 0, 1/(q-1), ..., 1 of the column; then u or Phi^-1(u)
 *
 * q = n_quantiles, at most the number of rows. A value that several quantiles share gets the
 * middle of them, one at or beyond the ends 0 or 1; for output_distribution=normal u is kept
 * within 1e-7 of these. Quantiles are of the cells that are there, missing cells stay missing;
 * a column without any is taken for zeros. subsample rows are drawn without replacement where there
 * are more. Shapes: X n x m, quantiles m x q.
 * Cost: fit O(rows m), columns in parallel; transform O(n m) where the quantiles lie evenly, else
 * up to O(n m log q). */
#include "preprocess/preprocess.h"

#include "core/parallel.h"
#include "core/rng.h"
#include "inference/special.h"
#include "preprocess/columns.h"

#include <float.h>
#include <math.h>

static const char WHO[] = "quantile_transformer";

enum { UNIFORM, NORMAL };
static const char *const OUTPUTS[] = {"uniform", "normal", NULL};
enum { NONE };
static const char *const SUBSAMPLES[] = {"none", NULL};
enum { SAMPLE = 1 };            /* purpose of the random stream */
static const double END = 1e-7; /* how near to 0 and 1 a normal score may come */

struct params {
    int n_quantiles, output_distribution;
    hone_mixed subsample;
    uint64_t seed;
};
static const hone_param PARAMS[] = {
    HONE_INT(params, n_quantiles, 1000, "[1, inf)", "quantiles that are kept of each column"),
    HONE_ENUM(params, output_distribution, "uniform", OUTPUTS, "what the columns become"),
    HONE_MIXED(params, subsample, "10000", SUBSAMPLES, "[1, inf)",
               "rows at most that the quantiles are taken from"),
    HONE_SEED(params, seed, "of the subsample"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols, n_quantiles;
    double *quantiles;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_COUNT(state, n_quantiles, "quantiles of each column"),
    HONE_ARRAY(state, quantiles, n_cols, n_quantiles, "quantiles of each column, ascending"),
    HONE_ATTR_END,
};

static hone_status check(const void *fit_params, hone_error *err) {
    const struct params *params = fit_params;
    if (params->subsample.word != NONE && params->n_quantiles > params->subsample.value)
        return hone_fail(err, HONE_EINVAL,
                         "parameter n_quantiles must be at most subsample, got %d and %g",
                         params->n_quantiles, params->subsample.value);
    return HONE_OK;
}

/* ---- fit ------------------------------------------------------------------------------------ */

/* One fit, shared by its columns. */
struct job {
    const hone_dataset *data;
    struct state *state;
};

static hone_status learn_column(void *context, size_t j, hone_error *err) {
    const struct job *job = context;
    size_t n = job->state->n_quantiles;
    double *quantiles = job->state->quantiles + j * n;
    hone_present present = {0};
    hone_status status = hone_present_make(job->data, j, &present, err);
    if (!status)
        status = hone_present_sort(&present, err);
    for (size_t k = 0; k < n && !status; k++) {
        double share = n > 1 ? (double)k / (double)(n - 1) : 0;
        quantiles[k] = hone_present_quantile(&present, share);
        if (k > 0 && quantiles[k] < quantiles[k - 1]) /* by rounding */
            quantiles[k] = quantiles[k - 1];
        if (!isfinite(quantiles[k]))
            status = hone_fail(err, HONE_ENUMERIC, "%s: the range of column '%s' overflows", WHO,
                               job->data->schema->columns[j].name);
    }
    hone_present_free(&present);
    return status;
}

/* *sample = `size` rows of the data, drawn without replacement. */
static hone_status draw_rows(const hone_dataset *data, size_t size, uint64_t seed,
                             hone_dataset **sample, hone_error *err) {
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(SAMPLE, 0));
    size_t n = data->x.rows, *rows = NULL;
    hone_status status = hone_new(&rows, n, err);
    for (size_t i = 0; i < n && !status; i++)
        rows[i] = i;
    for (size_t i = 0; i < size && !status; i++) {
        size_t k = i + hone_rng_below(&rng, n - i), row = rows[k];
        rows[k] = rows[i], rows[i] = row;
    }
    if (!status)
        status = hone_dataset_take(data, rows, size, sample, err);
    hone_release(rows);
    return status;
}

static hone_status fit(const void *fit_params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    const struct params *params = fit_params;
    struct state *state = out;
    size_t n = data->x.rows, wanted = (size_t)params->n_quantiles;
    bool few = params->subsample.word != NONE && params->subsample.value < (double)n;
    hone_dataset *sample = NULL;
    if (wanted > n)
        hone_monitor_warn(mon, "%s: n_quantiles is %zu, but there are %zu rows; it becomes %zu",
                          WHO, wanted, n, n);
    state->n_cols = data->x.cols;
    state->n_quantiles = wanted < n ? wanted : n;
    hone_status status = hone_new2(&state->quantiles, state->n_cols, state->n_quantiles, err);
    if (!status && few)
        status = draw_rows(data, (size_t)params->subsample.value, params->seed, &sample, err);
    if (!status) {
        struct job job = {few ? sample : data, state};
        status = hone_parallel(state->n_cols, learn_column, &job, mon, err);
    }
    hone_dataset_free(sample);
    return status;
}

/* ---- use ------------------------------------------------------------------------------------ */

/* Where to look among the quantiles of a column: the range between its ends is cut into cells of
 * one width, and before[c] quantiles lie in cells below c. */
enum { CELLS = 1024 };
struct guide {
    const double *quantiles;
    size_t n;
    double per_unit; /* cells per unit of x */
    uint32_t before[CELLS + 1];
};

/* Never falls where x rises, so what lies in a lower cell is smaller. */
static size_t cell_of(const struct guide *guide, double x) {
    double cell = (x - guide->quantiles[0]) * guide->per_unit;
    return cell < CELLS ? (size_t)cell : CELLS - 1;
}

static void make_guide(const double *quantiles, size_t n, struct guide *out) {
    double range = quantiles[n - 1] - quantiles[0];
    *out =
        (struct guide){.quantiles = quantiles, .n = n, .per_unit = range > 0 ? CELLS / range : 0};
    for (size_t k = 0; k < n; k++)
        out->before[cell_of(out, quantiles[k]) + 1]++;
    for (size_t c = 0; c < CELLS; c++)
        out->before[c + 1] += out->before[c];
}

/* How many quantiles are below x; with `too`, those that are equal as well. */
static size_t count_below(const struct guide *guide, double x, bool too) {
    size_t cell = cell_of(guide, x), low = guide->before[cell], high = guide->before[cell + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (too ? guide->quantiles[middle] <= x : guide->quantiles[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* F(x), x strictly between the ends. */
static double share_of(const struct guide *guide, double x) {
    size_t upper = count_below(guide, x, true); /* at least 1, less than n */
    const double *at = guide->quantiles + upper - 1;
    double last = (double)(guide->n - 1), place = (double)(upper - 1);
    if (at[0] < x)
        return (place + (x - at[0]) / (at[1] - at[0])) / last;
    if (upper == 1 || at[-1] < x)
        return place / last;
    return (place + (double)count_below(guide, x, false)) / 2 / last;
}

/* c[0] + c[1] x + ... + c[7] x^7 */
static double polynomial(const double c[8], double x) {
    double sum = c[7];
    for (int k = 6; k >= 0; k--)
        sum = sum * x + c[k];
    return sum;
}

/* Phi^-1(p) for p in 1e-11 .. 1 - 1e-11, to 1e-15: Wichura's AS 241, much faster than what
 * inference has for a few numbers with all digits in the tails. */
static double normal_score(double p) {
    static const double A[] = {3.3871328727963666080,    1.3314166789178437745e+2,
                               1.9715909503065514427e+3, 1.3731693765509461125e+4,
                               4.5921953931549871457e+4, 6.7265770927008700853e+4,
                               3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double B[] = {1,
                               4.2313330701600911252e+1,
                               6.8718700749205790830e+2,
                               5.3941960214247511077e+3,
                               2.1213794301586595867e+4,
                               3.9307895800092710610e+4,
                               2.8729085735721942674e+4,
                               5.2264952788528545610e+3};
    static const double C[] = {1.42343711074968357734,    4.63033784615654529590,
                               5.76949722146069140550,    3.64784832476320460504,
                               1.27045825245236838258,    2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double D[] = {1,
                               2.05319162663775882187,
                               1.67638483018380384940,
                               6.89767334985100004550e-1,
                               1.48103976427480074590e-1,
                               1.51986665636164571966e-2,
                               5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    double q = p - 0.5, r = 0.180625 - q * q;
    if (r >= 0)
        return q * polynomial(A, r) / polynomial(B, r);
    r = sqrt(-log(q < 0 ? p : 1 - p)) - 1.6;
    return copysign(polynomial(C, r) / polynomial(D, r), q);
}

static double score(const struct guide *guide, bool normal, double x) {
    double margin = normal ? END : 0, first = guide->quantiles[0];
    double last = guide->quantiles[guide->n - 1], share;
    if (x - margin < first || x <= first)
        share = 0;
    else if (x + margin > last || x >= last)
        share = 1;
    else
        share = share_of(guide, x);
    if (!normal)
        return share;
    double low = END - DBL_EPSILON, high = 1 - low;
    return normal_score(share < low ? low : share > high ? high : share);
}

static hone_status transform(const void *fit_params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)err;
    const struct state *state = fitted;
    bool normal = ((const struct params *)fit_params)->output_distribution == NORMAL;
    size_t n = state->n_quantiles;
    for (size_t j = 0; j < x.cols; j++) { /* the quantiles of one column stay in the cache */
        struct guide guide;
        make_guide(state->quantiles + j * n, n, &guide);
        for (size_t i = 0; i < x.rows; i++) {
            double cell = x.data[i * x.ld + j];
            out[i * x.cols + j] = isnan(cell) ? NAN : score(&guide, normal, cell);
        }
    }
    return HONE_OK;
}

/* F^-1 of u; what lay beyond the ends comes back as the end. */
static double value_of(const double *quantiles, size_t n, double u, double margin) {
    if (u - margin < 0 || u <= 0)
        return quantiles[0];
    if (u + margin > 1 || u >= 1)
        return quantiles[n - 1];
    double place = u * (double)(n - 1), below = floor(place);
    size_t k = (size_t)below;
    if (k + 1 >= n)
        return quantiles[n - 1];
    return quantiles[k] + (place - below) * (quantiles[k + 1] - quantiles[k]);
}

static hone_status inverse_transform(const void *fit_params, const void *fitted, hone_view z,
                                     double *out, hone_error *err) {
    (void)err;
    const struct state *state = fitted;
    bool normal = ((const struct params *)fit_params)->output_distribution == NORMAL;
    size_t n = state->n_quantiles;
    for (size_t i = 0; i < z.rows; i++)
        for (size_t j = 0; j < z.cols; j++, out++) {
            double u = hone_view_row(z, i)[j];
            if (normal)
                u = hone_normal_cdf(u);
            *out = isnan(u) ? NAN : value_of(state->quantiles + j * n, n, u, normal ? END : 0);
        }
    return HONE_OK;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params, (void)n_classes;
    const struct state *state = fitted;
    size_t n = state->n_quantiles;
    if (state->n_cols != n_cols || n == 0)
        return hone_fail(err, HONE_EFORMAT, "has %zu quantiles of %zu columns, expected %zu", n,
                         state->n_cols, n_cols);
    for (size_t k = 0; k < n_cols * n; k++)
        if (!isfinite(state->quantiles[k]) ||
            (k % n > 0 && state->quantiles[k] < state->quantiles[k - 1]))
            return hone_fail(err, HONE_EFORMAT, "the quantiles of column %zu do not ascend",
                             k / n + 1);
    return HONE_OK;
}

const hone_class hone_quantile_transformer = {
    .name = "quantile_transformer",
    .summary = "makes columns uniform or normal by their ranks",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .transform = transform,
    .inverse_transform = inverse_transform,
    .validate = validate,
    .check = check,
};
