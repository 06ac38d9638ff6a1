/* svc_fit.c -- training of svc: one C-SVC per pair of classes, and the folds behind probabilities.
 *
 * The pair (i, j) is a task of its own: its n_i + n_j rows (class i first, as +1), bound C times
 * the weight of the class. With `probability` each pair has up to 5 more tasks: the machine trained
 * without a fold, whose values on the fold are what the sigmoid is fitted to. Folds are stratified:
 * the rows of a class are shuffled by (seed, class) and dealt in turn. A pair with a class of one
 * row has no folds and takes the values of its own machine.
 * All tasks run in parallel on one Gram matrix and write only their own places. Rows are sorted by
 * class first, so that a pair reads two unbroken runs of each row of the matrix.
 * Cost: K (K - 1) / 2 solutions of n_i + n_j rows, 4 to 5 times as much with probabilities. */
#include "classic/svc_impl.h"

#include "core/parallel.h"
#include "core/rng.h"
#include "optim/platt.h"

#include <string.h>

enum { FOLDS = 5, PARTS = 1 + FOLDS, SHUFFLE_STREAM = 0x73766366 };

struct pair {
    size_t first, second; /* classes */
    size_t n, folds;      /* rows; folds 0 where there are no probabilities */
    size_t *index;        /* n sorted rows, those of `first` in front */
    double *y, *values;   /* n: +1 or -1; out-of-fold values */
    struct hone_svm_machine machine;
    double objective;
};

struct training {
    const struct svc_params *params;
    struct svc_state *state;
    const hone_monitor *mon;
    struct hone_svm_settings settings;
    struct hone_svm_rows *rows;
    size_t n, n_classes, n_pairs;
    size_t *by_class; /* n: row of the data behind each sorted row */
    size_t *start;    /* n_classes + 1: where each class begins among the sorted rows */
    double *x;        /* n x m: the sorted rows */
    size_t *place;    /* n: turn of each sorted row in the dealing of its class */
    double *weight;   /* n_classes */
    struct pair *pairs;
    size_t *index_pool; /* (n_classes - 1) n, cut up among the pairs */
    double *y_pool, *values_pool;
};

static void training_free(struct training *t) {
    for (size_t p = 0; t->pairs && p < t->n_pairs; p++)
        hone_svm_machine_free(&t->pairs[p].machine);
    hone_svm_rows_free(t->rows);
    hone_release(t->by_class);
    hone_release(t->start);
    hone_release(t->x);
    hone_release(t->place);
    hone_release(t->weight);
    hone_release(t->pairs);
    hone_release(t->index_pool);
    hone_release(t->y_pool);
    hone_release(t->values_pool);
}

/* ---- preparing ------------------------------------------------------------------------ */

/* Rows by class, in their order. O(n m + K). */
static hone_status sort_rows(struct training *t, const hone_dataset *data, hone_error *err) {
    size_t m = data->x.cols;
    hone_status status;
    if ((status = hone_new(&t->by_class, t->n, err)) ||
        (status = hone_new(&t->start, t->n_classes + 2, err)) ||
        (status = hone_new2(&t->x, t->n, m, err)))
        return status;
    size_t *next = t->start + 1; /* next[k] ends as the place after class k */
    for (size_t i = 0; i < t->n; i++)
        next[(size_t)hone_view_row(data->y, i)[0] + 1]++;
    for (size_t k = 1; k <= t->n_classes; k++)
        next[k] += next[k - 1];
    for (size_t i = 0; i < t->n; i++) {
        size_t to = next[(size_t)hone_view_row(data->y, i)[0]]++;
        t->by_class[to] = i;
        memcpy(t->x + to * m, hone_view_row(data->x, i), m * sizeof *t->x);
    }
    return HONE_OK;
}

/* libsvm bounds the coefficients of a class as a whole, so all its rows must weigh the same. */
static hone_status weigh_classes(struct training *t, const hone_dataset *data, hone_error *err) {
    hone_status status = hone_new(&t->weight, t->n_classes, err);
    if (status != HONE_OK)
        return status;
    for (size_t k = 0; k < t->n_classes; k++) {
        const size_t *rows = t->by_class + t->start[k];
        t->weight[k] = data->weights ? data->weights[rows[0]] : 1;
        for (size_t i = 1; data->weights && i < t->start[k + 1] - t->start[k]; i++)
            if (data->weights[rows[i]] != t->weight[k])
                return hone_fail(err, HONE_EUNSUPPORTED,
                                 "svc: takes one weight per class (class_weight), not one per row: "
                                 "class \"%s\" has rows of weight %g and %g",
                                 data->schema->targets[0].levels[k], t->weight[k],
                                 data->weights[rows[i]]);
    }
    return HONE_OK;
}

static hone_status deal_rows(struct training *t, hone_error *err) {
    size_t *order = NULL;
    hone_status status;
    if ((status = hone_new(&t->place, t->n, err)) || (status = hone_new(&order, t->n, err)))
        return status;
    for (size_t k = 0; k < t->n_classes; k++) {
        size_t n = t->start[k + 1] - t->start[k];
        hone_rng rng = hone_rng_at(t->params->seed, hone_rng_stream(SHUFFLE_STREAM, k));
        for (size_t i = 0; i < n; i++)
            order[i] = t->start[k] + i;
        hone_rng_shuffle(&rng, order, n);
        for (size_t i = 0; i < n; i++)
            t->place[order[i]] = i;
    }
    hone_release(order);
    return HONE_OK;
}

static void fill_pair(const struct training *t, struct pair *pair) {
    size_t n_i = t->start[pair->first + 1] - t->start[pair->first], n_j = pair->n - n_i;
    size_t fewest = n_i < n_j ? n_i : n_j, folds = fewest < FOLDS ? fewest : FOLDS;
    for (size_t r = 0; r < pair->n; r++) {
        pair->index[r] = r < n_i ? t->start[pair->first] + r : t->start[pair->second] + r - n_i;
        pair->y[r] = r < n_i ? 1 : -1;
    }
    pair->folds = t->params->probability && folds > 1 ? folds : 0;
}

static hone_status make_pairs(struct training *t, hone_error *err) {
    hone_status status;
    size_t used = 0;
    struct pair *pair;
    if ((status = hone_new(&t->pairs, t->n_pairs, err)) ||
        (status = hone_new2(&t->index_pool, t->n, t->n_classes - 1, err)) ||
        (status = hone_new2(&t->y_pool, t->n, t->n_classes - 1, err)) ||
        (status = hone_new2(&t->values_pool, t->n, t->n_classes - 1, err)))
        return status;
    pair = t->pairs;
    for (size_t i = 0; i < t->n_classes; i++)
        for (size_t j = i + 1; j < t->n_classes; j++, pair++) {
            pair->first = i, pair->second = j;
            pair->n = t->start[i + 1] - t->start[i] + t->start[j + 1] - t->start[j];
            pair->index = t->index_pool + used;
            pair->y = t->y_pool + used;
            pair->values = t->values_pool + used;
            fill_pair(t, pair);
            used += pair->n;
        }
    return HONE_OK;
}

/* ---- the tasks ------------------------------------------------------------------------ */

static struct hone_svm_problem problem_of(const struct training *t, const struct pair *pair) {
    double C = t->params->C;
    return (struct hone_svm_problem){
        .index = pair->index,
        .y = pair->y,
        .n = pair->n,
        .c = {C * t->weight[pair->first], C * t->weight[pair->second]},
    };
}

static hone_status train_whole(const struct training *t, struct pair *pair, hone_error *err) {
    struct hone_svm_problem problem = problem_of(t, pair);
    struct hone_svm_machine *machine = &pair->machine;
    double quadratic;
    hone_status status = hone_svm_solve(t->rows, &t->settings, &problem, machine, err);
    if (status == HONE_OK)
        status = hone_svm_quadratic(t->rows, machine, &quadratic, err);
    if (status != HONE_OK)
        return status;
    pair->objective = quadratic / 2;
    for (size_t s = 0; s < machine->n_sv; s++)
        pair->objective -= machine->coef[s] > 0 ? machine->coef[s] : -machine->coef[s];
    if (!machine->converged)
        hone_monitor_warn(t->mon,
                          "svc: libsvm gave up on classes %zu and %zu after %.0f iterations",
                          pair->first, pair->second, machine->n_iter);
    return HONE_OK;
}

/* Trains without a fold and gives the fold its values. */
static hone_status train_fold(const struct training *t, struct pair *pair, size_t fold,
                              hone_error *err) {
    struct hone_svm_problem problem = problem_of(t, pair);
    struct hone_svm_machine machine = {.n_sv = 0};
    size_t *in = NULL, n_in = 0, n_out = 0, *out; /* out grows from the end of the same block */
    double *y = NULL, *values = NULL;
    hone_status status;
    if ((status = hone_new(&in, pair->n, err)) || (status = hone_new(&y, pair->n, err)) ||
        (status = hone_new(&values, pair->n, err)))
        goto done;
    for (size_t r = 0; r < pair->n; r++)
        if (t->place[pair->index[r]] % pair->folds == fold)
            in[pair->n - ++n_out] = pair->index[r];
        else
            y[n_in] = pair->y[r], in[n_in++] = pair->index[r];
    out = in + n_in;
    problem.index = in, problem.y = y, problem.n = n_in;
    if ((status = hone_svm_solve(t->rows, &t->settings, &problem, &machine, err)) ||
        (status = hone_svm_values(t->rows, &machine, out, n_out, values, err)))
        goto done;
    for (size_t r = 0; r < pair->n; r++)
        if (t->place[pair->index[r]] % pair->folds == fold)
            pair->values[r] = values[--n_out];
done:
    hone_svm_machine_free(&machine);
    hone_release(in);
    hone_release(y);
    hone_release(values);
    return status;
}

static hone_status run_task(void *context, size_t task, hone_error *err) {
    const struct training *t = context;
    size_t parts = t->params->probability ? PARTS : 1, part = task % parts;
    struct pair *pair = &t->pairs[task / parts];
    if (part == 0)
        return train_whole(t, pair, err);
    return part - 1 < pair->folds ? train_fold(t, pair, part - 1, err) : HONE_OK;
}

static hone_status fit_sigmoid(void *context, size_t p, hone_error *err) {
    const struct training *t = context;
    struct pair *pair = &t->pairs[p];
    if (pair->folds == 0) {
        hone_status status =
            hone_svm_values(t->rows, &pair->machine, pair->index, pair->n, pair->values, err);
        if (status != HONE_OK)
            return status;
        hone_monitor_warn(t->mon,
                          "svc: classes %zu and %zu: one has a single row, so their "
                          "probabilities come from values of the training rows",
                          pair->first, pair->second);
    }
    hone_platt sigmoid = hone_platt_fit(pair->values, pair->y, NULL, pair->n);
    t->state->platt_a[p] = sigmoid.a, t->state->platt_b[p] = sigmoid.b;
    return HONE_OK;
}

/* ---- putting the model together ------------------------------------------------------- */

static hone_status new_state(const struct training *t, size_t n_sv, size_t n_cols,
                             hone_error *err) {
    struct svc_state *state = t->state;
    hone_status status;
    state->n_cols = n_cols, state->n_classes = t->n_classes, state->n_pairs = t->n_pairs;
    state->n_sv = n_sv, state->n_coef = t->n_classes - 1;
    state->n_platt = t->params->probability ? t->n_pairs : 0;
    if ((status = hone_new2(&state->support_vectors, n_sv, n_cols, err)) ||
        (status = hone_new(&state->support, n_sv, err)) ||
        (status = hone_new(&state->n_support, t->n_classes, err)) ||
        (status = hone_new2(&state->dual_coef, state->n_coef, n_sv, err)) ||
        (status = hone_new(&state->intercept, t->n_pairs, err)) ||
        (status = hone_new(&state->objective, t->n_pairs, err)) ||
        (status = hone_new(&state->n_iter, t->n_pairs, err)) ||
        (status = hone_new(&state->platt_a, state->n_platt, err)) ||
        (status = hone_new(&state->platt_b, state->n_platt, err)))
        return status;
    return HONE_OK;
}

/* at[row] = 1 + place of the sorted row among the support vectors, 0 for rows that are none. */
static size_t number_vectors(const struct training *t, size_t *at) {
    size_t n_sv = 0;
    for (size_t p = 0; p < t->n_pairs; p++)
        for (size_t s = 0; s < t->pairs[p].machine.n_sv; s++)
            at[t->pairs[p].machine.sv[s]] = 1;
    for (size_t i = 0; i < t->n; i++)
        if (at[i])
            at[i] = ++n_sv;
    return n_sv;
}

static void keep_vectors(const struct training *t, const size_t *at) {
    struct svc_state *state = t->state;
    size_t m = state->n_cols;
    for (size_t k = 0; k < t->n_classes; k++)
        for (size_t i = t->start[k]; i < t->start[k + 1]; i++) {
            if (!at[i])
                continue;
            memcpy(state->support_vectors + (at[i] - 1) * m, t->x + i * m, m * sizeof *t->x);
            state->support[at[i] - 1] = (int32_t)t->by_class[i];
            state->n_support[k]++;
        }
}

static void keep_machine(const struct training *t, const size_t *at, size_t p) {
    struct svc_state *state = t->state;
    const struct pair *pair = &t->pairs[p];
    for (size_t s = 0; s < pair->machine.n_sv; s++) {
        double coef = pair->machine.coef[s];
        size_t row = coef > 0 ? pair->second - 1 : pair->first;
        state->dual_coef[row * state->n_sv + at[pair->machine.sv[s]] - 1] = coef;
    }
    state->intercept[p] = -pair->machine.rho;
    state->objective[p] = pair->objective;
    state->n_iter[p] = pair->machine.n_iter;
}

static hone_status assemble(const struct training *t, size_t n_cols, hone_error *err) {
    size_t *at = NULL;
    hone_status status = hone_new(&at, t->n, err);
    if (status != HONE_OK)
        return status;
    status = new_state(t, number_vectors(t, at), n_cols, err);
    if (status == HONE_OK)
        keep_vectors(t, at);
    for (size_t p = 0; status == HONE_OK && p < t->n_pairs; p++)
        keep_machine(t, at, p);
    hone_release(at);
    return status;
}

static hone_status train(struct training *t, const hone_dataset *data, hone_error *err) {
    const struct svc_params *params = t->params;
    struct svc_state *state = t->state;
    hone_status status;
    state->gamma = hone_svm_gamma(params->gamma, data->x);
    struct hone_svm_kernel kernel = {params->kernel, params->degree, state->gamma, params->coef0};
    size_t parts = params->probability ? PARTS : 1;
    if ((status = sort_rows(t, data, err)) || (status = weigh_classes(t, data, err)) ||
        (status = deal_rows(t, err)) || (status = make_pairs(t, err)) ||
        (status = hone_svm_rows_create(&kernel, hone_view_of(t->x, t->n, data->x.cols),
                                       &t->settings, t->mon, &t->rows, err)) ||
        (status = hone_parallel(t->n_pairs * parts, run_task, t, t->mon, err)) ||
        (status = assemble(t, data->x.cols, err)))
        return status;
    return params->probability ? hone_parallel(t->n_pairs, fit_sigmoid, t, t->mon, err) : HONE_OK;
}

hone_status hone_svc_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                         void *state, hone_error *err) {
    const struct svc_params *p = params;
    size_t k = hone_fit_classes(data);
    struct training t = {
        .params = p,
        .state = state,
        .mon = mon,
        .settings = {.who = "svc",
                     .shrinking = p->shrinking,
                     .tol = p->tol,
                     .cache_size = p->cache_size},
        .n = data->x.rows,
        .n_classes = k,
        .n_pairs = k * (k - 1) / 2,
    };
    hone_status status = train(&t, data, err);
    training_free(&t);
    return status;
}
