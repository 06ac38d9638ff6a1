/* radius_neighbors.c -- the votes, or the mean, of all rows within a distance.
 *
 * Distances, votes and weights as in k_neighbors.c; here a weight of 2 is the row twice. A row
 * without a neighbour has nothing to go by: `outliers` says what it gets. By default that is what
 * all rows together say, so that one lonely row does not stop a cross-validation; scikit-learn
 * fails (outliers=error) or predicts NaN (outliers=none).
 * Cost: as k_neighbors.c, and the number of rows found. */
#include "classic/classic.h"
#include "classic/neighbours/neighbours.h"

#include <math.h>

enum { FROM_ALL, REFUSED }; /* outliers */
enum { BLOCK_ROWS = 512 };
static const char *const CLASS_OUTLIERS[] = {"most_frequent", "error", NULL};
static const char *const VALUE_OUTLIERS[] = {"mean", "none", NULL};

/* clang-format off */
#define RADIUS_PARAMS \
    HONE_REAL(neighbours_params, radius, 1, "[0, inf)", "rows up to this distance vote"), \
    HONE_ENUM(neighbours_params, weights, "uniform", hone_neighbours_weights, "a vote each, or votes of 1 / distance"), \
    NEIGHBOURS_SEARCH_PARAMS

static const hone_param CLASS_PARAMS[] = {
    RADIUS_PARAMS,
    HONE_ENUM(neighbours_params, outliers, "most_frequent", CLASS_OUTLIERS, "what a row without neighbours gets: the most frequent class, or an error"),
    HONE_PARAM_END
};
static const hone_param VALUE_PARAMS[] = {
    RADIUS_PARAMS,
    HONE_ENUM(neighbours_params, outliers, "mean", VALUE_OUTLIERS, "what a row without neighbours gets: the mean of all rows, or none: NaN"),
    HONE_PARAM_END
};
/* clang-format on */

static const char CLASSIFIER[] = "radius_neighbors_classifier";
static const char REGRESSOR[] = "radius_neighbors_regressor";

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const char *who = hone_fit_classes(data) ? CLASSIFIER : REGRESSOR;
    return hone_neighbours_fit(who, params, data, true, 0, mon, state, err);
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct neighbours_state *s = state;
    if (s->n_neighbors != 0 || s->n_y == 0)
        return hone_fail(err, HONE_EFORMAT, "the model has a number of neighbours or no targets");
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
    const struct neighbours_state *s = a->s;
    double *proba = a->out + i * s->n_classes;
    size_t best = 0;
    if (hone_neighbours_proba(a->p, s, near, proba))
        return HONE_OK;
    if (a->p->outliers == REFUSED)
        return hone_fail(err, HONE_EDATA,
                         "radius_neighbors_classifier: a row has no neighbour within %g; raise "
                         "radius or set outliers=most_frequent",
                         a->p->radius);
    for (size_t k = 1; k < s->n_classes; k++)
        best = s->prior[k] > s->prior[best] ? k : best;
    proba[best] = 1;
    return HONE_OK;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct neighbours_params *p = params;
    struct answer answer = {p, state, out};
    return hone_neighbours_find(p, state, x, 0, p->radius, set_proba, &answer, err);
}

static unsigned tags_of_classes(const void *params) {
    return HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_ONE_CLASS |
           hone_neighbours_tags(params);
}

const hone_class hone_radius_neighbors_classifier = {
    .name = CLASSIFIER,
    .summary = "the votes of the rows within a radius",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_ONE_CLASS |
            HONE_TAG_NEEDS_SCALING,
    .params = CLASS_PARAMS,
    .params_size = sizeof(struct neighbours_params),
    .attrs = hone_neighbours_attrs,
    .state_size = sizeof(struct neighbours_state),
    .fit = fit,
    .predict_proba = predict_proba,
    .validate = validate,
    .check = hone_neighbours_check,
    .tags_of = tags_of_classes,
    .block_rows = BLOCK_ROWS,
};

/* ---- values --------------------------------------------------------------------------------- */

static hone_status set_mean(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct answer *a = context;
    (void)err;
    a->out[i] = hone_neighbours_mean(a->p, a->s, near);
    if (isnan(a->out[i]) && a->p->outliers == FROM_ALL)
        a->out[i] = a->s->prior[0];
    return HONE_OK;
}

static hone_status predict_values(const void *params, const void *state, hone_view x, double *out,
                                  hone_error *err) {
    const struct neighbours_params *p = params;
    struct answer answer = {p, state, out};
    return hone_neighbours_find(p, state, x, 0, p->radius, set_mean, &answer, err);
}

static unsigned tags_of_values(const void *params) {
    return HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | hone_neighbours_tags(params);
}

const hone_class hone_radius_neighbors_regressor = {
    .name = REGRESSOR,
    .summary = "the mean of the rows within a radius",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_NEEDS_SCALING,
    .params = VALUE_PARAMS,
    .params_size = sizeof(struct neighbours_params),
    .attrs = hone_neighbours_attrs,
    .state_size = sizeof(struct neighbours_state),
    .fit = fit,
    .predict = predict_values,
    .validate = validate,
    .check = hone_neighbours_check,
    .tags_of = tags_of_values,
    .block_rows = BLOCK_ROWS,
};
