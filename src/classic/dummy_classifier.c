/* dummy_classifier.c -- looks at y only: what any real classifier has to beat.
 *
 *   prior          p_k = sum of the weights of class k / sum of weights;
 *   most_frequent  1 for the heaviest class (the first of equals);
 *   uniform        1 / K for every class.
 * All strategies answer the same for every row and draw no random numbers: scikit-learn's
 * `stratified`, and its `uniform` predict, would make an answer depend on where a row stands.
 * Cost: O(n) to fit.                                                                          */
#include "classic/classic.h"

enum strategy { PRIOR, MOST_FREQUENT, UNIFORM };
static const char *const STRATEGIES[] = {"prior", "most_frequent", "uniform", NULL};

struct params {
    int strategy;
};

/* clang-format off */
static const hone_param PARAMS[] = {
    HONE_ENUM(params, strategy, "prior", STRATEGIES, "which probabilities every row gets"),
    HONE_PARAM_END
};

struct state {
    size_t n_classes;
    double *proba;
};

static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_classes,                    "classes"),
    HONE_VECTOR(state, proba, n_classes,             "probabilities that every row gets"),
    HONE_ATTR_END
};
/* clang-format on */

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    (void)mon;
    s->n_classes = hone_fit_classes(data);
    hone_status status = hone_new(&s->proba, s->n_classes, err);
    if (status != HONE_OK)
        return status;
    double total = 0;
    for (size_t i = 0; i < data->y.rows; i++) {
        double w = data->weights ? data->weights[i] : 1;
        s->proba[(size_t)*hone_view_row(data->y, i)] += w;
        total += w;
    }
    size_t top = 0;
    for (size_t k = 1; k < s->n_classes; k++)
        top = s->proba[k] > s->proba[top] ? k : top;
    for (size_t k = 0; k < s->n_classes; k++) {
        s->proba[k] /= total;
        if (p->strategy == MOST_FREQUENT)
            s->proba[k] = k == top;
        if (p->strategy == UNIFORM)
            s->proba[k] = 1 / (double)s->n_classes;
    }
    return HONE_OK;
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    (void)params, (void)err;
    for (size_t i = 0; i < x.rows; i++)
        for (size_t k = 0; k < s->n_classes; k++)
            out[i * s->n_classes + k] = s->proba[k];
    return HONE_OK;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct state *s = state;
    (void)params, (void)n_cols;
    if (s->n_classes != n_classes)
        return hone_fail(err, HONE_EFORMAT, "%zu probabilities, expected %zu", s->n_classes,
                         n_classes);
    return HONE_OK;
}

const hone_class hone_dummy_classifier = {
    .name = "dummy_classifier",
    .summary = "answers the classes' shares, whatever the row",
    .alias = "dummy",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_EXACT_WEIGHTS | HONE_TAG_ONE_CLASS |
            HONE_TAG_MISSING | HONE_TAG_CATEGORIES,
    .params = PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict_proba = predict_proba,
    .validate = validate,
};
