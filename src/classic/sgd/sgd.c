/* sgd.c -- linear classifier and linear regressor by stochastic gradient descent.
 *
 * The loss says which: hinge is a linear SVM, log_loss logistic regression, squared_error least
 * squares; the objective and the steps are those of engine.h. Several classes are learnt one
 * against the rest. Without shuffling the vectors are scikit-learn's after every row, but for this:
 * compressed rows learn the intercept as fast as full ones (there at a hundredth) and get the same
 * norms and penalty l1; early stopping scores the vector itself (there without its lazy scale);
 * means stay means under penalty l1; a class weight holds for its rows in every vector.
 * Shapes: X n x m, coef k x m. Cost: O(cells k) per epoch.
 * Reference: Bottou 2012, "Stochastic gradient descent tricks". */
#include "classic/sgd/model.h"

#include "linalg/linalg.h"

#include <math.h>

struct params {
    hone_mixed average, tol;
    double alpha, l1_ratio, epsilon, eta0, power_t, validation_fraction;
    uint64_t seed;
    int loss, penalty, learning_rate, max_iter, n_iter_no_change;
    bool fit_intercept, shuffle, early_stopping, warm_start;
    hone_short_text class_weight; /* of the classifier; the wrapper reads it */
};

/* clang-format off */
#define COMMON_PARAMS                                                                                                \
    HONE_ENUM (params, penalty, "l2", hone_sgd_penalty_names,   "norm of the coefficients that is penalised"),       \
    HONE_REAL (params, alpha, 0.0001, "[0, inf)",               "strength of the penalty; learning_rate=optimal goes by it too"), \
    HONE_REAL (params, l1_ratio, 0.15, "[0, 1]",                "share of l1 in the penalty elasticnet"),            \
    HONE_BOOL (params, fit_intercept, true,                     "learn an intercept, which is not penalised"),       \
    HONE_INT  (params, max_iter, 1000, "[1, inf)",              "most epochs of a fit"),                             \
    HONE_MIXED(params, tol, "0.001", hone_sgd_tol_words, "[0, inf)", "least gain of an epoch that counts as progress; none = run max_iter epochs"), \
    HONE_BOOL (params, shuffle, true,                           "shuffle the rows in every epoch"),                  \
    HONE_REAL (params, epsilon, 0.1, "[0, inf)",                "width of the losses huber and epsilon_insensitive"), \
    HONE_SEED (params, seed,                                    "seed of shuffling and validation rows"),            \
    HONE_REAL (params, eta0, 0.01, "(0, inf)",                  "learning rate at the start; the largest step of pa1"), \
    HONE_BOOL (params, early_stopping, false,                   "stop by the score on rows set aside"),              \
    HONE_REAL (params, validation_fraction, 0.1, "(0, 1)",      "share of the rows set aside by early_stopping"),    \
    HONE_INT  (params, n_iter_no_change, 5, "[1, inf)",         "epochs without progress before stopping"),          \
    HONE_BOOL (params, warm_start, false,                       "begin with the coefficients of the last fit"),      \
    HONE_MIXED(params, average, "false", hone_sgd_average_words, "[0, 1e15]", "answer by the mean of the coefficients, from this update on (true = 1)")

static const hone_param CLASSIFIER_PARAMS[] = {
    HONE_ENUM (params, loss, "hinge", hone_sgd_loss_names,      "loss: hinge is a linear SVM, log_loss logistic regression"),
    HONE_ENUM (params, learning_rate, "optimal", hone_sgd_schedule_names, "how the learning rate moves; pa1 and pa2 are passive-aggressive"),
    HONE_REAL (params, power_t, 0.5, "[0, inf)",                "exponent of invscaling"),
    COMMON_PARAMS,
    HONE_CLASS_WEIGHT(params, class_weight,                     "weight of each class"),
    HONE_PARAM_END
};
static const hone_param REGRESSOR_PARAMS[] = {
    HONE_ENUM (params, loss, "squared_error", hone_sgd_loss_names + HONE_SGD_FIRST_REGRESSION, "loss"),
    HONE_ENUM (params, learning_rate, "invscaling", hone_sgd_schedule_names, "how the learning rate moves; pa1 and pa2 are passive-aggressive"),
    HONE_REAL (params, power_t, 0.25, "[0, inf)",               "exponent of invscaling"),
    COMMON_PARAMS,
    HONE_PARAM_END
};
/* clang-format on */

static hone_sgd_plan plan_of(const struct params *p, bool classes) {
    return (hone_sgd_plan){
        .who = classes ? "sgd_classifier" : "sgd_regressor",
        .loss = &hone_sgd_losses[p->loss + (classes ? 0 : HONE_SGD_FIRST_REGRESSION)],
        .penalty = (enum hone_sgd_penalty)p->penalty,
        .schedule = (enum hone_sgd_schedule)p->learning_rate,
        .alpha = p->alpha,
        .l1_ratio = p->l1_ratio,
        .epsilon = p->epsilon,
        .eta0 = p->eta0,
        .power_t = p->power_t,
        .tol = p->tol.word < 0 ? p->tol.value : -INFINITY,
        .validation_fraction = p->validation_fraction,
        .max_iter = (size_t)p->max_iter,
        .n_iter_no_change = (size_t)p->n_iter_no_change,
        .average = hone_sgd_average(p->average),
        .seed = p->seed,
        .classes = classes,
        .fit_intercept = p->fit_intercept,
        .shuffle = p->shuffle,
        .early_stopping = p->early_stopping,
    };
}

static hone_status check_classifier(const void *params, hone_error *err) {
    const struct params *p = params;
    hone_sgd_plan plan = plan_of(p, true);
    return hone_sgd_check(&plan, p->average, err);
}

static hone_status check_regressor(const void *params, hone_error *err) {
    const struct params *p = params;
    hone_sgd_plan plan = plan_of(p, false);
    return hone_sgd_check(&plan, p->average, err);
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    hone_sgd_plan plan = plan_of(params, hone_fit_classes(data) > 0);
    return hone_sgd_fit(&plan, data, false, mon, state, err);
}

static hone_status partial_fit(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err) {
    hone_sgd_plan plan = plan_of(params, hone_fit_classes(data) > 0);
    return hone_sgd_fit(&plan, data, true, mon, state, err);
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool gives_proba(const struct params *p) {
    return p->loss == HONE_SGD_LOG_LOSS || p->loss == HONE_SGD_MODIFIED_HUBER;
}

static unsigned tags_of(const void *params) {
    unsigned proba = gives_proba(params) ? HONE_TAG_PROBA : 0;
    return hone_sgd_classifier.tags | proba;
}

/* Scores become (1 + z) / 2, cut to 0 .. 1; several classes are scaled to sum to 1 (Zhang 2004). */
static void clip_to_proba(size_t rows, size_t k, double *out) {
    for (size_t i = 0; i < rows * k; i++)
        out[i] = (1 + fmax(-1, fmin(1, out[i]))) / 2;
    for (size_t i = rows; k == 1 && i-- > 0;) {
        out[2 * i + 1] = out[i];
        out[2 * i] = 1 - out[2 * i + 1];
    }
    for (size_t i = 0; k > 1 && i < rows; i++) {
        double *p = out + i * k, sum = 0;
        for (size_t c = 0; c < k; c++)
            sum += p[c];
        for (size_t c = 0; c < k; c++)
            p[c] = sum > 0 ? p[c] / sum : 1 / (double)k;
    }
}

static void to_proba(const struct params *p, size_t rows, size_t k, double *out) {
    if (p->loss == HONE_SGD_LOG_LOSS)
        hone_linear_sigmoids(rows, k, out);
    else
        clip_to_proba(rows, k, out);
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    hone_status status = hone_lines_scores(params, state, x, out, err);
    to_proba(params, x.rows, ((const struct hone_lines *)state)->n_vectors, out);
    return status;
}

static hone_status predict_proba_sparse(const void *params, const void *state, const hone_csr *x,
                                        double *out, hone_error *err) {
    hone_status status = hone_lines_scores_sparse(params, state, x, out, err);
    to_proba(params, x->rows, ((const struct hone_lines *)state)->n_vectors, out);
    return status;
}

static const hone_sparse_slots CLASSIFIER_SPARSE = {
    .predict = hone_sgd_classes_sparse,
    .predict_proba = predict_proba_sparse,
    .decision = hone_lines_scores_sparse,
};
static const hone_sparse_slots REGRESSOR_SPARSE = {.predict = hone_lines_scores_sparse};

enum { TAGS = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING | HONE_TAG_SPARSE | HONE_TAG_PARTIAL };

const hone_class hone_sgd_classifier = {
    .name = "sgd_classifier",
    .summary = "linear classifier (SVM, logistic regression and others) by stochastic gradient "
               "descent",
    .alias = "sgd",
    .task = HONE_CLASSIFIER,
    .tags = TAGS | HONE_TAG_DECISION,
    .params = CLASSIFIER_PARAMS,
    .params_size = sizeof(struct params),
    .attrs = hone_sgd_attrs,
    .state_size = sizeof(struct hone_sgd_state),
    .fit = fit,
    .partial_fit = partial_fit,
    .predict = hone_sgd_classes,
    .predict_proba = predict_proba,
    .decision = hone_lines_scores,
    .sparse = &CLASSIFIER_SPARSE,
    .validate = hone_sgd_validate,
    .check = check_classifier,
    .tags_of = tags_of,
};

const hone_class hone_sgd_regressor = {
    .name = "sgd_regressor",
    .summary = "linear regressor (least squares, Huber and others) by stochastic gradient descent",
    .alias = "sgd",
    .task = HONE_REGRESSOR,
    .tags = TAGS,
    .params = REGRESSOR_PARAMS,
    .params_size = sizeof(struct params),
    .attrs = hone_sgd_attrs,
    .state_size = sizeof(struct hone_sgd_state),
    .fit = fit,
    .partial_fit = partial_fit,
    .predict = hone_lines_scores,
    .sparse = &REGRESSOR_SPARSE,
    .validate = hone_sgd_validate,
    .check = check_regressor,
};
