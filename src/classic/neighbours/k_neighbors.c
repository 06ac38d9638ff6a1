/* k_neighbors.c -- the votes, or the mean, of the k rows nearest to a row.
 *
 * Distances, ties, votes and weights are those of space.c and find.c: of
 * equal distances the row with the lower number is the nearer, of equal votes the first class wins.
 * A sample weight is the weight of a row's vote (which is not the row twice: that
 * would take two of the k places). n_neighbors=auto chooses k by leaving one out
 * (choose.c); scikit-learn has neither.
 * Cost: fit O(n m), or O(n m log n) with a tree; a row 2 n m flops in single precision, or about
 * O(m log n) with a tree.   Reference: Cover & Hart 1967. */
#include "classic/classic.h"
#include "classic/neighbours/neighbours.h"

#include <math.h>
#include <string.h>

enum { AUTO = 0, BLOCK_ROWS = 512 };
static const char *const N_NEIGHBORS[] = {"auto", NULL};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_MIXED(neighbours_params, n_neighbors, "5", N_NEIGHBORS, "[1, inf)", "how many rows vote; auto: as many as judge the rows of the fit best, each by the others"),
    HONE_ENUM(neighbours_params, weights, "uniform", hone_neighbours_weights, "a vote each, or votes of 1 / distance"),
    NEIGHBOURS_SEARCH_PARAMS,
    HONE_INT(neighbours_params, max_neighbors, 50, "[1, inf)", "the most that n_neighbors=auto tries"),
    HONE_PARAM_END
};
/* clang-format on */

static const char CLASSIFIER[] = "k_neighbors_classifier", REGRESSOR[] = "k_neighbors_regressor";

static hone_status check(const void *params, hone_error *err) {
    const struct neighbours_params *p = params;
    double k = p->n_neighbors.value;
    if (p->n_neighbors.word != AUTO && k != floor(k))
        return hone_fail(err, HONE_EINVAL,
                         "parameter n_neighbors must be auto or a whole number, got %g", k);
    return hone_neighbours_check(params, err);
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const char *who = hone_fit_classes(data) ? CLASSIFIER : REGRESSOR;
    const struct neighbours_params *p = params;
    struct neighbours_state *s = state;
    bool choose = p->n_neighbors.word == AUTO;
    size_t k = choose ? 2 : p->n_neighbors.value < 1e15 ? (size_t)p->n_neighbors.value : SIZE_MAX;
    if (choose && data->x.rows < 2)
        return hone_fail(err, HONE_EDATA, "%s: n_neighbors=auto needs at least 2 rows, got 1", who);
    hone_status status = hone_neighbours_fit(who, p, data, true, k, mon, s, err);
    return status || !choose ? status : hone_neighbours_choose(p, data->x, mon, s, err);
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct neighbours_state *s = state;
    if (s->n_neighbors == 0 || s->n_y == 0)
        return hone_fail(err, HONE_EFORMAT, "the model has no neighbours or no targets");
    return hone_neighbours_validate(params, s, n_cols, n_classes, err);
}

/* What a block of rows is asked for. */
struct answer {
    const struct neighbours_params *p;
    const struct neighbours_state *s;
    double *out;
};

/* ---- classes -------------------------------------------------------------------------------- */

static hone_status set_proba(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct answer *a = context;
    size_t k = a->s->n_classes;
    (void)err;
    if (!hone_neighbours_proba(a->p, a->s, near, a->out + i * k))
        memcpy(a->out + i * k, a->s->prior, k * sizeof *a->out);
    return HONE_OK;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct neighbours_state *s = state;
    struct answer answer = {params, s, out};
    return hone_neighbours_find(params, s, x, s->n_neighbors, 0, set_proba, &answer, err);
}

static unsigned tags_of_classes(const void *params) {
    return HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_ONE_CLASS | hone_neighbours_tags(params);
}

const hone_class hone_k_neighbors_classifier = {
    .name = CLASSIFIER,
    .summary = "the votes of the k nearest rows",
    .alias = "knn",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_ONE_CLASS | HONE_TAG_NEEDS_SCALING,
    .params = PARAMS,
    .params_size = sizeof(struct neighbours_params),
    .attrs = hone_neighbours_attrs,
    .state_size = sizeof(struct neighbours_state),
    .fit = fit,
    .predict_proba = predict_proba,
    .validate = validate,
    .check = check,
    .tags_of = tags_of_classes,
    .block_rows = BLOCK_ROWS,
};

/* ---- values --------------------------------------------------------------------------------- */

static hone_status set_mean(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct answer *a = context;
    (void)err;
    a->out[i] = hone_neighbours_mean(a->p, a->s, near);
    if (isnan(a->out[i]))
        a->out[i] = a->s->prior[0];
    return HONE_OK;
}

static hone_status predict_values(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err) {
    const struct neighbours_state *s = state;
    struct answer answer = {params, s, out};
    return hone_neighbours_find(params, s, x, s->n_neighbors, 0, set_mean, &answer, err);
}

static unsigned tags_of_values(const void *params) {
    return HONE_TAG_WEIGHTS | hone_neighbours_tags(params);
}

const hone_class hone_k_neighbors_regressor = {
    .name = REGRESSOR,
    .summary = "the mean of the k nearest rows",
    .alias = "knn",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING,
    .params = PARAMS,
    .params_size = sizeof(struct neighbours_params),
    .attrs = hone_neighbours_attrs,
    .state_size = sizeof(struct neighbours_state),
    .fit = fit,
    .predict = predict_values,
    .validate = validate,
    .check = check,
    .tags_of = tags_of_values,
    .block_rows = BLOCK_ROWS,
};
