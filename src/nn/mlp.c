/* mlp.c -- the multi-layer perceptron as classifier and regressor.
 *
 * Minimises  J = 1/B (sum_i w_i l(z_i, y_i) + alpha/2 |W|^2)  over mini-batches of B rows, where
 * z = W_L f(... f(W_1 x + b_1) ...) + b_L; l is the cross entropy of softmax(z) (of the logistic of
 * one output for two classes), for regression 1/2 (z - t)^2 with t the standardised target.
 * Biases are not penalised; sample weights are scaled to mean 1.
 *
 * As in scikit-learn, alpha is divided by the rows of the batch. Unlike there: y of the regressor
 * is standardised inside, learning_rate speaks to adam too, and early stopping looks at the
 * validation loss (the accuracy of a few dozen rows moves in steps that hide progress) and puts
 * back the weights of the best epoch.
 * Shapes: X n x m; every layer's weights lie as W (in x out), then b (out), in one array.
 * Cost: O(epochs n sum in out).   Reference: Goodfellow, Bengio, Courville 2016, ch. 6 and 8.  */
#include "nn/nn.h"

#include "core/parallel.h"
#include "linalg/linalg.h"
#include "nn/mlp_data.h"
#include "nn/train.h"

#include <math.h>
#include <string.h>

enum { MOST_UNITS = 1000000, MOST_LAYERS = HONE_SIZES_MAX + 1, BLOCK = 128 };

static const char *const ACTIVATIONS[] = {"identity", "logistic", "tanh", "relu", NULL};
static const char *const SOLVERS[] = {"sgd", "adam", NULL};
static const char *const SCHEDULES[] = {"constant", "invscaling", "adaptive", NULL};
static const char *const AUTO[] = {"auto", NULL};

struct params {
    hone_sizes hidden_layer_sizes;
    int activation, solver, learning_rate; /* indices into the words above */
    double alpha, learning_rate_init, power_t, tol, momentum, validation_fraction;
    double beta_1, beta_2, epsilon;
    hone_mixed batch_size;
    int max_iter, n_iter_no_change;
    bool shuffle, nesterovs_momentum, early_stopping;
    uint64_t seed;
    hone_short_text class_weight; /* of the classifier; the wrapper reads it */
};

/* clang-format off */
#define COMMON_PARAMS                                                                                               \
    HONE_SIZES(params, hidden_layer_sizes, "(100)", "[1, 1000000]", "units of each hidden layer; () for none"),     \
    HONE_ENUM (params, activation, "relu", ACTIVATIONS,       "function of the hidden units"),                      \
    HONE_ENUM (params, solver, "adam", SOLVERS,               "how a step is made from a gradient"),                \
    HONE_REAL (params, alpha, 0.0001, "[0, inf)",             "strength of the L2 penalty, divided by the batch's rows"), \
    HONE_MIXED(params, batch_size, "auto", AUTO, "[1, inf)",  "rows per step; auto = at most 200"),                 \
    HONE_ENUM (params, learning_rate, "constant", SCHEDULES,  "how the learning rate moves"),                       \
    HONE_REAL (params, learning_rate_init, 0.001, "(0, inf)", "learning rate at the start"),                        \
    HONE_REAL (params, power_t, 0.5, "[0, inf)",              "exponent of invscaling"),                            \
    HONE_INT  (params, max_iter, 200, "[1, inf)",             "most epochs"),                                       \
    HONE_BOOL (params, shuffle, true,                         "shuffle the rows in every epoch"),                   \
    HONE_SEED (params, seed,                                  "seed of weights, shuffling and validation rows"),    \
    HONE_REAL (params, tol, 0.0001, "[0, inf)",               "least fall of the loss that counts as progress"),    \
    HONE_REAL (params, momentum, 0.9, "[0, 1]",               "momentum of sgd"),                                   \
    HONE_BOOL (params, nesterovs_momentum, true,              "look ahead along the momentum of sgd"),              \
    HONE_BOOL (params, early_stopping, false,                 "stop by the loss on rows set aside, keep the best epoch"), \
    HONE_REAL (params, validation_fraction, 0.1, "(0, 1)",    "share of the rows set aside by early_stopping"),     \
    HONE_REAL (params, beta_1, 0.9, "[0, 1)",                 "decay of adam's mean gradient"),                     \
    HONE_REAL (params, beta_2, 0.999, "[0, 1)",               "decay of adam's mean squared gradient"),             \
    HONE_REAL (params, epsilon, 1e-08, "(0, inf)",            "keeps adam from dividing by zero"),                  \
    HONE_INT  (params, n_iter_no_change, 10, "[1, inf)",      "epochs without progress before stopping")

static const hone_param CLASSIFIER_PARAMS[] = {
    COMMON_PARAMS,
    HONE_CLASS_WEIGHT(params, class_weight,                   "weight of each class"),
    HONE_PARAM_END
};
static const hone_param REGRESSOR_PARAMS[] = {
    COMMON_PARAMS,
    HONE_PARAM_END
};
/* clang-format on */

struct state {
    size_t n_layers, n_weights, n_epochs, n_validation;
    int32_t *layer_sizes;     /* n_layers: inputs, hidden layers, outputs */
    float *weights;           /* n_weights */
    double *loss_curve;       /* n_epochs */
    double *validation_curve; /* n_validation = n_epochs, or 0 */
    double n_iter, best_loss, y_mean, y_scale;
};

/* clang-format off */
static const hone_attr ATTRS[] = {
    HONE_COUNT (state, n_layers,                       "layers, input and output among them"),
    HONE_COUNT (state, n_weights,                      "weights and biases"),
    HONE_COUNT (state, n_epochs,                       "epochs run"),
    HONE_COUNT (state, n_validation,                   "points of the validation curve"),
    HONE_VECTOR_I32(state, layer_sizes, n_layers,      "units of every layer"),
    HONE_VECTOR_F32(state, weights, n_weights,         "layer by layer: weights (in x out), then biases"),
    HONE_VECTOR(state, loss_curve, n_epochs,           "training loss of every epoch"),
    HONE_VECTOR(state, validation_curve, n_validation, "validation loss of every epoch (early_stopping)"),
    HONE_NUMBER(state, n_iter,                         "epochs run"),
    HONE_NUMBER(state, best_loss,                      "smallest loss of the curve that decides when to stop"),
    HONE_NUMBER(state, y_mean,                         "mean of the target (regression)"),
    HONE_NUMBER(state, y_scale,                        "standard deviation of the target (regression)"),
    HONE_ATTR_END
};
/* clang-format on */

/* ---- the net of a state ---------------------------------------------------------------------- */

/* Dense layers of the state's sizes; layers: MOST_LAYERS. The last one has no activation. */
static hone_status plan(const char *who, const struct params *p, const struct state *s,
                        hone_layer *layers, hone_net *net, hone_error *err) {
    const hone_activation *hidden = hone_activation_find(ACTIVATIONS[p->activation]);
    size_t n = s->n_layers - 1;
    for (size_t i = 0; i < n; i++)
        layers[i] = (hone_layer){
            .kind = &hone_dense,
            .activation = i + 1 < n ? hidden : hone_activation_find("identity"),
            .in = (size_t)s->layer_sizes[i],
            .out = (size_t)s->layer_sizes[i + 1],
        };
    return hone_net_plan(who, layers, n, net, err);
}

/* ---- fit ------------------------------------------------------------------------------------- */

static hone_status set_shape(const struct params *p, size_t inputs, size_t outputs, struct state *s,
                             hone_error *err) {
    const hone_sizes *hidden = &p->hidden_layer_sizes;
    s->n_layers = hidden->n + 2;
    hone_status status = hone_new(&s->layer_sizes, s->n_layers, err);
    if (status != HONE_OK)
        return status;
    s->layer_sizes[0] = (int32_t)inputs;
    for (size_t i = 0; i < hidden->n; i++)
        s->layer_sizes[i + 1] = (int32_t)hidden->at[i];
    s->layer_sizes[hidden->n + 1] = (int32_t)outputs;
    return HONE_OK;
}

static hone_net_training training(const struct params *p, const char *loss, size_t rows) {
    double batch = p->batch_size.word >= 0 ? 200 : p->batch_size.value;
    return (hone_net_training){
        .loss = hone_loss_find(loss),
        .optimizer = hone_optimizer_find(SOLVERS[p->solver]),
        .optimizer_options = {p->momentum, p->nesterovs_momentum, p->beta_1, p->beta_2, p->epsilon},
        .schedule = hone_schedule_find(SCHEDULES[p->learning_rate]),
        .schedule_options = {p->learning_rate_init, p->power_t},
        .alpha = p->alpha,
        .batch_size = batch < (double)rows ? (size_t)batch : rows,
        .max_epochs = (size_t)p->max_iter,
        .patience = (size_t)p->n_iter_no_change,
        .tol = p->tol,
        .shuffle = p->shuffle,
        .seed = p->seed,
    };
}

/* Moves the curves into the state. */
static void keep_history(hone_net_history *history, struct state *s) {
    s->n_epochs = history->n_epochs;
    s->n_validation = history->validation ? history->n_epochs : 0;
    s->n_iter = (double)history->n_epochs;
    s->best_loss = history->best;
    s->loss_curve = history->loss;
    s->validation_curve = history->validation;
    *history = (hone_net_history){0};
}

static const char CLASSIFIER[] = "mlp_classifier", REGRESSOR[] = "mlp_regressor";

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct params *p = params;
    struct state *s = state;
    size_t n_classes = hone_fit_classes(data);
    const char *who = n_classes ? CLASSIFIER : REGRESSOR;
    const char *loss = n_classes == 0   ? "squared_error"
                       : n_classes == 2 ? "logistic"
                                        : "softmax_cross_entropy";
    hone_mlp_data packed = {0};
    hone_net_history history = {0};
    hone_layer layers[MOST_LAYERS];
    hone_net net;
    hone_status status =
        hone_mlp_data_create(who, data, n_classes, p->early_stopping ? p->validation_fraction : 0,
                             p->seed, &packed, err);
    if (status == HONE_OK)
        status = set_shape(p, packed.n_inputs, packed.n_outputs, s, err);
    if (status == HONE_OK)
        status = plan(who, p, s, layers, &net, err);
    if (status == HONE_OK)
        status = hone_new(&s->weights, net.n_params, err);
    if (status != HONE_OK)
        goto done;

    s->n_weights = net.n_params;
    s->y_mean = packed.y_mean, s->y_scale = packed.y_scale;
    hone_net_training how = training(p, loss, packed.train.rows);
    hone_net_init(&net, p->seed, s->weights);
    status = hone_net_train(&net, &how, &packed.train,
                            packed.validation.rows ? &packed.validation : NULL, s->weights,
                            &history, mon, err);
    if (status != HONE_OK)
        goto done;
    if (!history.converged)
        hone_monitor_warn(mon, "%s: the loss was still falling after max_iter = %d epochs", who,
                          p->max_iter);
    keep_history(&history, s);
done:
    hone_mlp_data_free(&packed);
    hone_net_history_free(&history);
    return status;
}

static hone_status check(const void *params, hone_error *err) {
    const struct params *p = params;
    double rows = p->batch_size.value;
    if (p->batch_size.word < 0 && rows != floor(rows))
        return hone_fail(err, HONE_EINVAL,
                         "parameter batch_size must be auto or a whole number, got %g", rows);
    return HONE_OK;
}

/* ---- predict --------------------------------------------------------------------------------- */

/* What becomes of the raw outputs z of one row, cols of them. */
typedef void write_row(const struct state *s, size_t cols, const real *z, double *out);

/* Runs the net over blocks of rows that stay in the cache. */
static hone_status predict_rows(const struct params *p, const struct state *s, hone_view x,
                                size_t out_cols, write_row *write, double *out, hone_error *err) {
    hone_layer layers[MOST_LAYERS];
    hone_net net;
    hone_net_work *work = NULL;
    real *block = NULL;
    hone_status status = plan("mlp", p, s, layers, &net, err);
    size_t most = x.rows < BLOCK ? x.rows : BLOCK;
    if (status == HONE_OK)
        status = hone_net_work_create(&net, most, &work, err);
    if (status == HONE_OK)
        status = hone_new2(&block, most, x.cols, err);
    if (status != HONE_OK)
        goto done;

    hone_pass pass = {.training = false};
    size_t n_outputs = layers[net.n_layers - 1].out;
    for (size_t first = 0; first < x.rows; first += BLOCK) {
        size_t rows = x.rows - first < BLOCK ? x.rows - first : BLOCK;
        for (size_t i = 0; i < rows; i++)
            hone_mlp_pack(x.cols, hone_view_row(x, first + i), block + i * x.cols);
        const real *z = hone_net_forward(&net, &pass, s->weights, rows, block, work);
        for (size_t i = 0; i < rows; i++)
            write(s, n_outputs, z + i * n_outputs, out + (first + i) * out_cols);
    }
done:
    hone_net_work_free(work);
    hone_release(block);
    return status;
}

static void write_binary(const struct state *s, size_t cols, const real *z, double *out) {
    (void)s, (void)cols;
    out[1] = 1 / (1 + exp(-(double)z[0]));
    out[0] = 1 - out[1];
}

static void write_softmax(const struct state *s, size_t cols, const real *z, double *out) {
    (void)s;
    for (size_t j = 0; j < cols; j++)
        out[j] = (double)z[j];
    hone_softmax_rows(out, 1, cols, NULL);
}

static void write_value(const struct state *s, size_t cols, const real *z, double *out) {
    (void)cols;
    out[0] = s->y_mean + s->y_scale * (double)z[0];
}

static hone_status predict_proba(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    const struct state *s = state;
    size_t n_outputs = (size_t)s->layer_sizes[s->n_layers - 1];
    return n_outputs == 1 ? predict_rows(params, s, x, 2, write_binary, out, err)
                          : predict_rows(params, s, x, n_outputs, write_softmax, out, err);
}

static hone_status predict_value(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err) {
    return predict_rows(params, state, x, 1, write_value, out, err);
}

/* ---- a state from a file --------------------------------------------------------------------- */

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct params *p = params;
    const struct state *s = state;
    size_t n_outputs = n_classes > 2 ? n_classes : 1;
    if (s->n_layers < 2 || s->n_layers > MOST_LAYERS + 1)
        return hone_fail(err, HONE_EFORMAT, "n_layers is %zu, expected 2 to %d", s->n_layers,
                         MOST_LAYERS + 1);
    for (size_t i = 0; i < s->n_layers; i++)
        if (s->layer_sizes[i] < 1 || (i > 0 && s->layer_sizes[i] > MOST_UNITS))
            return hone_fail(err, HONE_EFORMAT, "layer_sizes[%zu] is %d, expected 1 to %d", i,
                             (int)s->layer_sizes[i], MOST_UNITS);
    if ((size_t)s->layer_sizes[0] != n_cols || (size_t)s->layer_sizes[s->n_layers - 1] != n_outputs)
        return hone_fail(err, HONE_EFORMAT, "%d inputs and %d outputs, expected %zu and %zu",
                         (int)s->layer_sizes[0], (int)s->layer_sizes[s->n_layers - 1], n_cols,
                         n_outputs);
    hone_layer layers[MOST_LAYERS];
    hone_net net;
    hone_status status = plan("mlp", p, s, layers, &net, err);
    if (status != HONE_OK || net.n_params != s->n_weights)
        return hone_fail(err, HONE_EFORMAT, "%zu weights do not fit the layer sizes", s->n_weights);
    for (size_t i = 0; i < s->n_weights; i++)
        if (!isfinite(s->weights[i]))
            return hone_fail(err, HONE_EFORMAT, "weight %zu is not finite", i);
    if (n_classes == 0 && !(isfinite(s->y_mean) && isfinite(s->y_scale) && s->y_scale > 0))
        return hone_fail(err, HONE_EFORMAT, "y_mean or y_scale is out of range");
    return HONE_OK;
}

const hone_class hone_mlp_classifier = {
    .name = CLASSIFIER,
    .summary = "multi-layer perceptron with a softmax on top",
    .alias = "mlp",
    .task = HONE_CLASSIFIER,
    .tags = HONE_TAG_PROBA | HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING,
    .params = CLASSIFIER_PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict_proba = predict_proba,
    .validate = validate,
    .check = check,
};

const hone_class hone_mlp_regressor = {
    .name = REGRESSOR,
    .summary = "multi-layer perceptron for real values",
    .alias = "mlp",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_WEIGHTS | HONE_TAG_NEEDS_SCALING,
    .params = REGRESSOR_PARAMS,
    .params_size = sizeof(struct params),
    .attrs = ATTRS,
    .state_size = sizeof(struct state),
    .fit = fit,
    .predict = predict_value,
    .validate = validate,
    .check = check,
};
