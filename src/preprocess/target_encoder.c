/* target_encoder.c -- a category becomes the mean of y that goes with it, drawn to the mean of all.
 *
 *   value = l mean_c + (1 - l) mean,   l = n_c / (n_c + smooth)
 *   smooth=auto   l = v n_c / (v n_c + s_c),  s_c variance of y within the category, v that of all
 *
 * (empirical Bayes: Micci-Barreca 2001). y is the value itself, of two classes 1 for the second, of
 * more one column for each, named "city_ant". Weight w counts as w rows. Missing is a category
 * of its own; one without a row in the fit becomes the mean of all. Numeric columns go through.
 *
 * The mean of a category with one row is that row's y: whatever learns from such a column learns
 * nothing but its own answers. So the rows of the fit are given to the next step of a
 * pipeline out of fold, by means of the other folds (fit_transform); new rows get the means of all.
 * Here the folds are always shuffled and follow data->groups where there are any; classes or
 * values are told apart by the schema (scikit-learn: target_type=auto).
 * Shapes: X n x m, k numbers per category. Cost: O(n m) and cv^2 per category; columns in
 * parallel. */
#include "preprocess/preprocess.h"

#include "core/parallel.h"
#include "core/sum.h"
#include "preprocess/columns.h"
#include "preprocess/deal.h"
#include "preprocess/categories.h"

#include <math.h>
#include <string.h>

static const char WHO[] = "target_encoder";

enum { AUTO };
static const char *const SMOOTHS[] = {"auto", NULL};

struct params {
    hone_mixed smooth;
    int cv;
    uint64_t seed;
};
static const hone_param PARAMS[] = {
    HONE_MIXED(params, smooth, "auto", SMOOTHS, "[0, inf)",
               "rows' worth of the mean of all mixed into each category, or as its variance says"),
    HONE_INT(params, cv, 5, "[2, inf)", "folds for the rows of the fit, in a pipeline"),
    HONE_SEED(params, seed, "of the folds"),
    HONE_PARAM_END,
};

struct state {
    size_t n_cols, n_out, n_means, n_values;
    int32_t *n_levels;
    double *target_mean, *encodings;
};
static const hone_attr ATTRS[] = {
    HONE_COUNT(state, n_cols, "number of columns"),
    HONE_COUNT(state, n_out, "number of columns given"),
    HONE_COUNT(state, n_means, "numbers per category"),
    HONE_COUNT(state, n_values, "categories of all columns, missing ones too"),
    HONE_VECTOR_I32(state, n_levels, n_cols, "levels of each column, -1 for numeric columns"),
    HONE_VECTOR(state, target_mean, n_means, "mean of y, for categories without a row"),
    HONE_ARRAY(state, encodings, n_values, n_means, "what each category becomes, missing last"),
    HONE_ATTR_END,
};

/* The levels and what is missing. */
static size_t n_values(int32_t n_levels) {
    return hone_has_levels(n_levels) ? (size_t)n_levels + 1 : 0;
}

static size_t width(const struct state *state, int32_t n_levels) {
    return hone_has_levels(n_levels) ? state->n_means : 1;
}

static void add_up(const struct state *state, size_t *values, size_t *out) {
    *values = *out = 0;
    for (size_t j = 0; j < state->n_cols; j++) {
        *values += n_values(state->n_levels[j]);
        *out += width(state, state->n_levels[j]);
    }
}

/* ---- y about one category ------------------------------------------------------------------- */

/* Of d = y - centre: sums of w, w d and w d^2. */
struct moments {
    double n, sum, squares;
};

/* One way to look at y. A tally is what is counted of it in one place: the weight of each
 * class, or the three moments. */
struct target {
    const hone_dataset *data;
    size_t classes; /* 0: values */
    size_t tally;   /* numbers in a tally */
    const double *centre;
};

static void count(const struct target *target, size_t i, double *tally) {
    double y = target->data->y.data[i * target->data->y.ld];
    double w = target->data->weights ? target->data->weights[i] : 1;
    if (target->classes) {
        tally[(size_t)y] += w;
        return;
    }
    double d = y - target->centre[0];
    tally[0] += w;
    tally[1] += w * d;
    tally[2] += w * d * d;
}

/* Of number k: of a class, y is 1 on its rows and 0 on the others. */
static struct moments moments_of(const struct target *target, const double *tally, size_t k) {
    if (!target->classes)
        return (struct moments){tally[0], tally[1], tally[2]};
    double n = 0, centre = target->centre[k];
    for (size_t c = 0; c < target->classes; c++)
        n += tally[c];
    double ones = tally[target->classes == 2 ? 1 : k], zeros = n - ones;
    return (struct moments){n, ones - n * centre,
                            ones * (1 - centre) * (1 - centre) + zeros * centre * centre};
}

static double variance_sum(struct moments m) {
    double q = m.squares - m.sum * m.sum / m.n;
    return q > 0 ? q : 0;
}

/* What a category becomes, centre left out. */
static double encode(const struct params *params, struct moments here, struct moments all) {
    double mean = all.sum / all.n;
    if (here.n == 0)
        return mean;
    double own = here.sum / here.n;
    if (params->smooth.word != AUTO)
        return (here.sum + params->smooth.value * mean) / (here.n + params->smooth.value);
    double pull = variance_sum(all) / all.n * here.n;
    double whole = pull + variance_sum(here) / here.n;
    return whole > 0 ? mean + pull / whole * (own - mean) : mean;
}

/* ---- learning ------------------------------------------------------------------------------- */

/* One pass over the rows, shared by its columns: encodings of each fold, learnt without it. */
struct job {
    const struct params *params;
    const struct state *state;
    struct target target;
    const size_t *first;     /* m, place of each column's categories among n_values */
    const uint32_t *fold_of; /* n, or NULL for one fold that is learnt from all rows */
    size_t folds;
    double *encodings; /* folds x n_values x n_means */
};

/* The category of a cell: a level, or behind them the missing one. */
static size_t category(double cell, int32_t n_levels) {
    return isnan(cell) ? (size_t)n_levels : (size_t)cell;
}

/* to = the tallies (size numbers) of all folds but f, of all if there is one. */
static void without_fold(const double *tallies, size_t folds, size_t f, size_t size, double *to) {
    memset(to, 0, size * sizeof *to);
    for (size_t g = 0; g < folds; g++)
        for (size_t t = 0; (g != f || folds == 1) && t < size; t++)
            to[t] += tallies[g * size + t];
}

/* Encodings of one column from its tallies (values x tally); all: room for one tally. */
static void encode_column(const struct job *job, const double *tallies, size_t values, double *all,
                          double *out) {
    const struct target *target = &job->target;
    memset(all, 0, target->tally * sizeof *all);
    for (size_t v = 0; v < values; v++)
        for (size_t t = 0; t < target->tally; t++)
            all[t] += tallies[v * target->tally + t];
    for (size_t k = 0; k < job->state->n_means; k++) {
        struct moments whole = moments_of(target, all, k);
        for (size_t v = 0; v < values; v++)
            out[v * job->state->n_means + k] =
                target->centre[k] +
                encode(job->params, moments_of(target, tallies + v * target->tally, k), whole);
    }
}

static hone_status learn_column(void *context, size_t j, hone_error *err) {
    const struct job *job = context;
    const struct state *state = job->state;
    const hone_dataset *data = job->target.data;
    int32_t n_levels = state->n_levels[j];
    size_t values = n_values(n_levels), tally = job->target.tally, size = values * tally;
    double *tallies = NULL, *rest = NULL;
    if (values == 0)
        return HONE_OK;
    hone_status status = hone_new2(&tallies, job->folds, size, err);
    if (!status)
        status = hone_new(&rest, size + tally, err);
    for (size_t i = 0; i < data->x.rows && !status; i++) {
        size_t f = job->fold_of ? job->fold_of[i] : 0;
        size_t v = category(hone_view_row(data->x, i)[j], n_levels);
        count(&job->target, i, tallies + f * size + v * tally);
    }
    for (size_t f = 0; f < job->folds && !status; f++) {
        double *out = job->encodings + (f * state->n_values + job->first[j]) * state->n_means;
        without_fold(tallies, job->folds, f, size, rest);
        encode_column(job, rest, values, rest + size, out);
    }
    hone_release(tallies);
    hone_release(rest);
    return status;
}

static hone_status learn(const struct params *params, const struct state *state,
                         const hone_dataset *data, const uint32_t *fold_of, size_t folds,
                         double *encodings, const hone_monitor *mon, hone_error *err) {
    size_t *first = NULL, classes = hone_fit_classes(data);
    hone_status status = hone_new(&first, state->n_cols, err);
    for (size_t j = 0; j + 1 < state->n_cols && !status; j++)
        first[j + 1] = first[j] + n_values(state->n_levels[j]);
    struct job job = {.params = params,
                      .state = state,
                      .target = {data, classes, classes ? classes : 3, state->target_mean},
                      .first = first,
                      .fold_of = fold_of,
                      .folds = folds,
                      .encodings = encodings};
    if (!status)
        status = hone_parallel(state->n_cols, learn_column, &job, mon, err);
    hone_release(first);
    return status;
}

/* target_mean: of the values, or the share of each class (of two: of the second). */
static hone_status learn_means(const hone_dataset *data, struct state *state, hone_error *err) {
    size_t classes = hone_fit_classes(data);
    for (size_t k = 0; k < state->n_means; k++) {
        hone_sum sum = {0}, total = {0};
        double wanted = (double)(classes == 2 ? 1 : k);
        for (size_t i = 0; i < data->y.rows; i++) {
            double y = data->y.data[i * data->y.ld], w = data->weights ? data->weights[i] : 1;
            hone_sum_add(&sum, w * (classes ? (double)(y == wanted) : y));
            hone_sum_add(&total, w);
        }
        state->target_mean[k] = hone_sum_value(sum) / hone_sum_value(total);
        if (!isfinite(state->target_mean[k]))
            return hone_fail(err, HONE_ENUMERIC, "%s: the sum of target '%s' overflows", WHO,
                             data->schema->targets[0].name);
    }
    return HONE_OK;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *out, hone_error *err) {
    struct state *state = out;
    size_t classes = hone_fit_classes(data);
    state->n_means = classes > 2 ? classes : 1;
    hone_status status;
    if ((status = hone_categories_learn(WHO, data->schema, &state->n_levels, &state->n_cols, err)))
        return status;
    add_up(state, &state->n_values, &state->n_out);
    if ((status = hone_new(&state->target_mean, state->n_means, err)) ||
        (status = hone_new2(&state->encodings, state->n_values, state->n_means, err)) ||
        (status = learn_means(data, state, err)) ||
        (status = learn(params, state, data, NULL, 1, state->encodings, mon, err)))
        return status;
    for (size_t v = 0; v < state->n_values * state->n_means; v++)
        if (!isfinite(state->encodings[v]))
            return hone_fail(err, HONE_ENUMERIC, "%s: the variance of target '%s' overflows", WHO,
                             data->schema->targets[0].name);
    return HONE_OK;
}

/* ---- use ------------------------------------------------------------------------------------ */

static void transform_row(const struct state *state, const double *encodings, const double *row,
                          double *out) {
    size_t k = state->n_means;
    for (size_t j = 0; j < state->n_cols; j++) {
        int32_t n_levels = state->n_levels[j];
        if (!hone_has_levels(n_levels)) {
            *out++ = row[j];
            continue;
        }
        const double *from =
            row[j] >= n_levels ? state->target_mean : encodings + category(row[j], n_levels) * k;
        memcpy(out, from, k * sizeof *out);
        encodings += n_values(n_levels) * k;
        out += k;
    }
}

static hone_status transform(const void *params, const void *fitted, hone_view x, double *out,
                             hone_error *err) {
    (void)params, (void)err;
    const struct state *state = fitted;
    for (size_t i = 0; i < x.rows; i++)
        transform_row(state, state->encodings, hone_view_row(x, i), out + i * state->n_out);
    return HONE_OK;
}

static hone_status fit_transform(const void *fit_params, const hone_dataset *data,
                                 const hone_monitor *mon, void *fitted, hone_matrix *out,
                                 hone_error *err) {
    const struct params *params = fit_params;
    struct state *state = fitted;
    size_t n = data->x.rows, folds = (size_t)params->cv < n ? (size_t)params->cv : n;
    uint32_t *fold_of = NULL;
    double *encodings = NULL;
    hone_status status;
    if ((status = fit(params, data, mon, state, err)) || (status = hone_new(&fold_of, n, err)) ||
        (status = hone_deal(WHO, data, params->seed, &folds, fold_of, err)) ||
        (status = hone_new2(&encodings, folds * state->n_values, state->n_means, err)) ||
        (status = learn(params, state, data, fold_of, folds, encodings, mon, err)) ||
        (status = hone_matrix_create(n, state->n_out, out, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        transform_row(state, encodings + fold_of[i] * state->n_values * state->n_means,
                      hone_view_row(data->x, i), out->data + i * state->n_out);
done:
    hone_release(fold_of);
    hone_release(encodings);
    return status;
}

/* A column keeps its name; of more than two classes there is one for each: "city_ant". */
static hone_status output_schema(const void *params, const void *fitted, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    (void)params;
    const struct state *state = fitted;
    hone_schema *schema = NULL;
    hone_status status = hone_categories_check_schema(WHO, state->n_levels, input, err);
    if (status || (status = hone_schema_create(state->n_out, 0, &schema, err)))
        return status;
    const hone_column *target = input->n_targets ? &input->targets[0] : NULL;
    size_t at = 0;
    for (size_t j = 0; j < input->n_columns && !status; j++) {
        size_t n = width(state, state->n_levels[j]);
        for (size_t k = 0; k < n && !status; k++) {
            hone_column *column = hone_schema_column(schema, at++);
            status = n == 1 ? hone_column_name(column, err, "%s", input->columns[j].name)
                            : hone_column_name(column, err, "%s_%s", input->columns[j].name,
                                               target->levels[k]);
        }
    }
    if (status)
        hone_schema_free(schema);
    else
        *out = schema;
    return status;
}

static hone_status validate(const void *params, const void *fitted, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    (void)params;
    const struct state *state = fitted;
    size_t means = n_classes > 2 ? n_classes : 1, values, out;
    hone_status status = hone_categories_check(state->n_levels, state->n_cols, n_cols, err);
    if (status)
        return status;
    add_up(state, &values, &out);
    if (state->n_means != means || state->n_values != values || state->n_out != out)
        return hone_fail(err, HONE_EFORMAT,
                         "%zu encodings of %zu numbers for %zu columns, expected %zu, %zu, %zu",
                         state->n_values, state->n_means, state->n_out, values, means, out);
    return hone_fitted_vector_check("target_mean", state->target_mean, means, means, err);
}

const hone_class hone_target_encoder = {
    .name = "target_encoder",
    .summary = "makes each category the mean of the target that goes with it",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_MISSING | HONE_TAG_CATEGORIES | HONE_TAG_WEIGHTS | HONE_TAG_ENCODES |
            HONE_TAG_TARGET,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .fit_transform = fit_transform,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
};
