/* svc_fit.c -- training of svc and nu_svc: one machine per pair of classes, and the folds behind
 * probabilities.
 *
 * The pair (i, j) is a task of its own: its n_i + n_j rows (class i first, as +1), bound C times
 * the weight of the row. With `probability` each pair has up to 5 more tasks: the machine trained
 * without a fold, whose values on the fold are what the sigmoid is fitted to. Folds are stratified:
 * the rows of a class are shuffled by (seed, class) and dealt in turn. A pair with a class of one
 * row has no folds and takes the values of its own machine.
 * All tasks run in parallel on the same kernel values and write only their own places. Rows are
 * sorted by class first, so that a pair reads two unbroken runs of each row of the matrix. Cost: K
 * (K - 1) / 2 solutions of n_i + n_j rows, 4 to 5 times as much with probabilities. */
#include "classic/svm/svc_impl.h"
#include "classic/svm/source.h"

#include "core/parallel.h"
#include "core/rng.h"
#include "optim/platt.h"

#include <math.h>
#include <string.h>

enum { FOLDS = 5, PARTS = 1 + FOLDS, SHUFFLE_STREAM = 0x73766366 };

struct pair {
    size_t first, second; /* classes */
    size_t n, folds;      /* rows; folds 0 where there are no probabilities */
    size_t ahead;         /* of its n rows, those of `first` in front */
    const double *y;      /* n: +1 or -1 */
    double *values;       /* n: out of fold */
    struct hone_svm_machine machine;
};

struct training {
    const struct svc_params *params;
    const hone_dataset *data;
    struct svc_state *state;
    const hone_monitor *mon;
    struct hone_svm_settings settings;
    struct hone_svm_rows *rows;
    size_t n, n_classes, n_pairs;
    size_t *by_class;  /* n: row of the data behind each sorted row */
    size_t *start;     /* n_classes + 1: where each class begins among the sorted rows */
    size_t *base_rows; /* n: of the shared work, or of a precomputed kernel */
    size_t *place;     /* n: turn of each sorted row in the dealing of its class */
    double *bound;     /* n: C times the weight of each sorted row */
    bool uniform;      /* the same for all rows of a class */
    struct pair *pairs;
    size_t most;         /* rows of the largest class */
    double *signs;       /* 2 most */
    double *values_pool; /* (n_classes - 1) n, cut up among the pairs */
};

static void training_free(struct training *t) {
    for (size_t p = 0; t->pairs && p < t->n_pairs; p++)
        hone_svm_machine_free(&t->pairs[p].machine);
    hone_svm_rows_free(t->rows);
    hone_release(t->by_class);
    hone_release(t->start);
    hone_release(t->place);
    hone_release(t->base_rows);
    hone_release(t->bound);
    hone_release(t->pairs);
    hone_release(t->signs);
    hone_release(t->values_pool);
}

static size_t class_rows(const struct training *t, size_t k) {
    return t->start[k + 1] - t->start[k];
}

/* ---- preparing ------------------------------------------------------------------------ */

/* Rows by class, in their order. O(n + K). */
static hone_status sort_rows(struct training *t, hone_error *err) {
    hone_status status;
    if ((status = hone_new(&t->by_class, t->n, err)) ||
        (status = hone_new(&t->start, t->n_classes + 2, err)))
        return status;
    size_t *next = t->start + 1; /* next[k] ends as the place after class k */
    for (size_t i = 0; i < t->n; i++)
        next[(size_t)hone_view_row(t->data->y, i)[0] + 1]++;
    for (size_t k = 1; k <= t->n_classes; k++)
        next[k] += next[k - 1];
    for (size_t i = 0; i < t->n; i++)
        t->by_class[next[(size_t)hone_view_row(t->data->y, i)[0]]++] = i;
    for (size_t k = 0; k < t->n_classes; k++)
        if (class_rows(t, k) > t->most)
            t->most = class_rows(t, k);
    return HONE_OK;
}

/* Where kernel values come from: shared work, a precomputed X, compressed or full rows. */
static hone_status make_source(struct training *t, const struct hone_svm_work *work,
                               const size_t *rows, struct hone_svm_source *out, hone_error *err) {
    const hone_dataset *data = t->data;
    size_t m = hone_dataset_cols(data);
    bool precomputed = t->params->kernel == HONE_SVM_PRECOMPUTED;
    hone_status status;
    *out = (struct hone_svm_source){
        .kernel = hone_svc_kernel(t->params, t->state->gamma), .n = t->n, .m = m};
    if (precomputed || (work && work->n)) {
        out->base = precomputed ? data->x.data : work->base;
        out->base_ld = precomputed ? data->x.ld : work->n;
        if ((status = hone_new(&t->base_rows, t->n, err)))
            return status;
        for (size_t i = 0; i < t->n; i++)
            t->base_rows[i] = rows && !precomputed ? rows[t->by_class[i]] : t->by_class[i];
        out->base_rows = t->base_rows;
        return HONE_OK;
    }
    out->x = data->x, out->sparse = data->sparse, out->order = t->by_class;
    /* Pairs that are solved at once each ask for few rows of their own matrix. */
    if (!t->params->probability && t->n_classes > 2 && 2 * t->most <= HONE_SVM_ONE_BLOCK &&
        hone_svm_source_has_panels(out))
        out->by_rows = 2 * t->most;
    out->narrow = out->by_rows && hone_svm_source_is_narrow(out);
    return HONE_OK;
}

static hone_status weigh_rows(struct training *t, hone_error *err) {
    hone_status status = hone_new(&t->bound, t->n, err);
    double C = t->settings.kind == HONE_SVM_CLASSES ? t->params->C : 1;
    t->uniform = true;
    for (size_t k = 0; k < t->n_classes && status == HONE_OK; k++)
        for (size_t i = t->start[k]; i < t->start[k + 1]; i++) {
            t->bound[i] = C * (t->data->weights ? t->data->weights[t->by_class[i]] : 1);
            t->uniform = t->uniform && t->bound[i] == t->bound[t->start[k]] && !isinf(C);
        }
    return status;
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

/* +1 for the rows of the first class of any pair, -1 for those of the second. */
static hone_status make_signs(struct training *t, hone_error *err) {
    hone_status status = hone_new(&t->signs, 2 * t->most, err);
    for (size_t i = 0; status == HONE_OK && i < 2 * t->most; i++)
        t->signs[i] = i < t->most ? 1 : -1;
    return status;
}

static hone_status make_pairs(struct training *t, hone_error *err) {
    bool folds = t->params->probability;
    hone_status status;
    size_t used = 0;
    struct pair *pair;
    if ((status = hone_new(&t->pairs, t->n_pairs, err)) || (status = make_signs(t, err)) ||
        (status = hone_new2(&t->values_pool, folds ? t->n : 0, t->n_classes - 1, err)))
        return status;
    pair = t->pairs;
    for (size_t i = 0; i < t->n_classes; i++)
        for (size_t j = i + 1; j < t->n_classes; j++, pair++) {
            size_t n_i = class_rows(t, i), n_j = class_rows(t, j), fewest = n_i < n_j ? n_i : n_j;
            pair->first = i, pair->second = j;
            pair->ahead = n_i, pair->n = n_i + n_j;
            pair->y = t->signs + t->most - n_i;
            pair->values = t->values_pool + used;
            pair->folds = !folds || fewest < 2 ? 0 : fewest < FOLDS ? fewest : FOLDS;
            used += folds ? pair->n : 0;
        }
    return HONE_OK;
}

/* ---- the tasks ------------------------------------------------------------------------ */

/* Row r of a pair among the sorted rows. */
static size_t row_of(const struct training *t, const struct pair *pair, size_t r) {
    return r < pair->ahead ? t->start[pair->first] + r : t->start[pair->second] + r - pair->ahead;
}

static hone_status list_rows(const struct training *t, const struct pair *pair, size_t **out,
                             hone_error *err) {
    hone_status status = hone_new(out, pair->n, err);
    for (size_t r = 0; status == HONE_OK && r < pair->n; r++)
        (*out)[r] = row_of(t, pair, r);
    return status;
}

static const char *class_name(const struct training *t, size_t k) {
    return t->data->schema->targets[0].levels[k];
}

/* What the model has to say of a machine that is not optimal. */
static hone_status tell(const struct training *t, const struct pair *pair, hone_error *err) {
    const struct hone_svm_machine *machine = &pair->machine;
    const char *a = class_name(t, pair->first), *b = class_name(t, pair->second);
    if (machine->converged)
        return HONE_OK;
    if (isinf(t->params->C) && t->settings.kind == HONE_SVM_CLASSES && isinf(t->params->max_iter) &&
        isinf(t->params->time_limit))
        return hone_fail(err, HONE_EDATA,
                         "%s: C=inf asks for a margin without errors, but this kernel does not "
                         "separate the classes %s and %s (after %.0f steps); give C a number",
                         t->settings.who, a, b, machine->n_iter);
    hone_monitor_warn(t->mon,
                      "%s: stopped at classes %s and %s after %.0f steps with a gap of %g "
                      "(tol is %g)",
                      t->settings.who, a, b, machine->n_iter, machine->gap, t->settings.tol);
    return HONE_OK;
}

static hone_status train_whole(const struct training *t, struct pair *pair, hone_error *err) {
    size_t *index = NULL;
    hone_status status = list_rows(t, pair, &index, err);
    struct hone_svm_problem problem = {index, pair->y, pair->n, t->bound};
    if (status == HONE_OK)
        status = hone_svm_solve(t->rows, &t->settings, &problem, t->mon, &pair->machine, err);
    hone_release(index);
    return status != HONE_OK ? status : tell(t, pair, err);
}

/* Trains without a fold and gives the fold its values. */
static hone_status train_fold(const struct training *t, struct pair *pair, size_t fold,
                              hone_error *err) {
    struct hone_svm_problem problem = {.bound = t->bound};
    struct hone_svm_settings settings = t->settings;
    struct hone_svm_machine machine = {.n_sv = 0};
    size_t *in = NULL, n_in = 0, n_out = 0, *out; /* out grows from the end of the same block */
    double *y = NULL, *values = NULL;
    hone_status status;
    if ((status = hone_new(&in, pair->n, err)) || (status = hone_new(&y, pair->n, err)) ||
        (status = hone_new(&values, pair->n, err)))
        goto done;
    for (size_t r = 0; r < pair->n; r++)
        if (t->place[row_of(t, pair, r)] % pair->folds == fold)
            in[pair->n - ++n_out] = row_of(t, pair, r);
        else
            y[n_in] = pair->y[r], in[n_in++] = row_of(t, pair, r);
    out = in + n_in;
    problem.index = in, problem.y = y, problem.n = n_in;
    settings.clip_nu = true;
    if ((status = hone_svm_solve(t->rows, &settings, &problem, t->mon, &machine, err)) ||
        (status = hone_svm_values(t->rows, &machine, out, n_out, values, err)))
        goto done;
    for (size_t r = 0; r < pair->n; r++)
        if (t->place[row_of(t, pair, r)] % pair->folds == fold)
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
        size_t *index = NULL;
        hone_status status = list_rows(t, pair, &index, err);
        if (status == HONE_OK)
            status = hone_svm_values(t->rows, &pair->machine, index, pair->n, pair->values, err);
        hone_release(index);
        if (status != HONE_OK)
            return status;
        hone_monitor_warn(t->mon,
                          "%s: classes %s and %s: one has a single row, so their probabilities "
                          "come from values of the training rows",
                          t->settings.who, class_name(t, pair->first), class_name(t, pair->second));
    }
    hone_platt sigmoid = hone_platt_fit(pair->values, pair->y, NULL, pair->n);
    t->state->platt_a[p] = sigmoid.a, t->state->platt_b[p] = sigmoid.b;
    return HONE_OK;
}

/* ---- putting the model together ------------------------------------------------------- */

static hone_status new_state(const struct training *t, size_t n_sv, hone_error *err) {
    struct svc_state *state = t->state;
    hone_status status;
    state->n_classes = t->n_classes, state->n_pairs = t->n_pairs;
    state->n_coef = t->n_classes - 1;
    state->n_platt = t->params->probability ? t->n_pairs : 0;
    if ((status = hone_new(&state->n_support, t->n_classes, err)) ||
        (status = hone_new2(&state->dual_coef, state->n_coef, n_sv, err)) ||
        (status = hone_new(&state->intercept, t->n_pairs, err)) ||
        (status = hone_new(&state->objective, t->n_pairs, err)) ||
        (status = hone_new(&state->gap, t->n_pairs, err)) ||
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

static hone_status keep_vectors(const struct training *t, const size_t *at, size_t n_sv,
                                hone_error *err) {
    size_t *rows = NULL;
    hone_status status = hone_new(&rows, n_sv, err);
    for (size_t k = 0; k < t->n_classes && status == HONE_OK; k++)
        for (size_t i = t->start[k]; i < t->start[k + 1]; i++)
            if (at[i]) {
                rows[at[i] - 1] = t->by_class[i];
                t->state->n_support[k]++;
            }
    if (status == HONE_OK)
        status = hone_svm_vectors_keep(t->data, t->params->kernel == HONE_SVM_PRECOMPUTED, rows,
                                       n_sv, &t->state->v, err);
    hone_release(rows);
    return status;
}

static void keep_machine(const struct training *t, const size_t *at, size_t p) {
    struct svc_state *state = t->state;
    const struct pair *pair = &t->pairs[p];
    for (size_t s = 0; s < pair->machine.n_sv; s++) {
        double coef = pair->machine.coef[s];
        size_t row = coef > 0 ? pair->second - 1 : pair->first;
        state->dual_coef[row * state->v.n_sv + at[pair->machine.sv[s]] - 1] = coef;
    }
    state->intercept[p] = -pair->machine.rho;
    state->objective[p] = pair->machine.objective;
    state->gap[p] = pair->machine.gap;
    state->n_iter[p] = pair->machine.n_iter;
    if (!pair->machine.converged)
        state->fit_status = 1;
}

static hone_status assemble(const struct training *t, hone_error *err) {
    size_t *at = NULL, n_sv;
    hone_status status = hone_new(&at, t->n, err);
    if (status != HONE_OK)
        return status;
    n_sv = number_vectors(t, at);
    status = new_state(t, n_sv, err);
    if (status == HONE_OK)
        status = keep_vectors(t, at, n_sv, err);
    for (size_t p = 0; status == HONE_OK && p < t->n_pairs; p++)
        keep_machine(t, at, p);
    hone_release(at);
    return status;
}

static hone_status train(struct training *t, const struct hone_svm_work *work, const size_t *rows,
                         hone_error *err) {
    const struct svc_params *params = t->params;
    size_t parts = params->probability ? PARTS : 1;
    struct hone_svm_source source;
    hone_status status;
    t->settings.tasks = t->n_pairs * parts;
    t->state->gamma = hone_svm_gamma(params->gamma, t->data);
    if (params->kernel == HONE_SVM_PRECOMPUTED &&
        (status = hone_svm_check_precomputed(t->settings.who, t->data, t->mon, err)))
        return status;
    if ((status = sort_rows(t, err)) || (status = weigh_rows(t, err)) ||
        (t->params->probability && (status = deal_rows(t, err))) || (status = make_pairs(t, err)) ||
        (status = make_source(t, work, rows, &source, err)) ||
        (status = hone_svm_rows_create(&source, &t->settings, t->uniform, t->mon, &t->rows, err)) ||
        (status = hone_parallel(t->n_pairs * parts, run_task, t, t->mon, err)))
        return status;
    if (!params->probability) /* their memory is free for the vectors */
        hone_svm_rows_free(t->rows), t->rows = NULL;
    if ((status = assemble(t, err)))
        return status;
    return params->probability ? hone_parallel(t->n_pairs, fit_sigmoid, t, t->mon, err) : HONE_OK;
}

hone_status hone_svc_train(const char *who, int kind, const struct svc_params *p,
                           const hone_dataset *data, const struct hone_svm_work *work,
                           const size_t *rows, const hone_monitor *mon, struct svc_state *state,
                           hone_error *err) {
    size_t k = hone_fit_classes(data);
    struct training t = {
        .params = p,
        .data = data,
        .state = state,
        .mon = mon,
        .settings = {.who = who,
                     .kind = kind,
                     .solver = p->solver,
                     .shrinking = p->shrinking,
                     .tol = p->tol,
                     .cache_size = p->cache_size,
                     .nu = p->nu,
                     .max_iter = p->max_iter,
                     .time_limit = p->time_limit},
        .n = hone_dataset_rows(data),
        .n_classes = k,
        .n_pairs = k * (k - 1) / 2,
    };
    hone_status status = train(&t, work, rows, err);
    training_free(&t);
    return status;
}
