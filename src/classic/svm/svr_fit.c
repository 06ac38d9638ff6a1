/* svr_fit.c -- training and use of a machine of one sum: svr, nu_svr, one_class_svm.
 *
 * The problems stand in machine.c; f(x) = sum_s coef_s K(sv_s, x) + b.
 * Shapes: X n x m, sv n_sv x m, coef n_sv.
 * Cost: fit O(n m) for each row that is ever in a working set and O(n) per step; prediction
 * O(n n_sv m). */
#include "classic/svm/source.h"
#include "classic/svm/svr_impl.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 };

const hone_attr hone_svr_attrs[] = {
    HONE_SVM_VECTORS(svr_state),
    HONE_NUMBER(svr_state, gamma, "kernel coefficient in use"),
    HONE_NUMBER(svr_state, fit_status, "0 = optimal, 1 = the solver was stopped before"),
    HONE_NUMBER(svr_state, intercept, "bias"),
    HONE_NUMBER(svr_state, objective, "dual objective"),
    HONE_NUMBER(svr_state, gap, "gap that the machine was left with"),
    HONE_NUMBER(svr_state, n_iter, "steps of the solver"),
    {"dual_coef", HONE_ATTR_F64, offsetof(struct svr_state, dual_coef),
     offsetof(struct svr_state, v.n_sv), HONE_ATTR_ONE, "coefficient of each support vector"},
    HONE_ATTR_END};

static struct hone_svm_kernel kernel_of(const struct svr_params *p, double gamma) {
    return (struct hone_svm_kernel){p->kernel, p->degree,  gamma,
                                    p->coef0,  p->call.fn, p->call.user};
}

/* ---- fit ------------------------------------------------------------------------------------- */

struct training {
    struct hone_svm_settings settings;
    size_t n, *index;
    double *y, *bound;
    bool uniform;
    struct hone_svm_rows *rows;
    struct hone_svm_machine machine;
};

static hone_status load(struct training *t, const hone_dataset *data, double C, hone_error *err) {
    hone_status status;
    if ((status = hone_new(&t->index, t->n, err)) || (status = hone_new(&t->y, t->n, err)) ||
        (status = hone_new(&t->bound, t->n, err)))
        return status;
    t->uniform = !isinf(C);
    for (size_t i = 0; i < t->n; i++) {
        t->index[i] = i;
        t->y[i] = data->y.data ? hone_view_row(data->y, i)[0] : 0;
        t->bound[i] = C * (data->weights ? data->weights[i] : 1);
        t->uniform = t->uniform && t->bound[i] == t->bound[0];
    }
    return HONE_OK;
}

static struct hone_svm_source source_of(const struct svr_params *p, double gamma,
                                        const hone_dataset *data, const struct hone_svm_work *work,
                                        const size_t *rows) {
    struct hone_svm_source source = {.kernel = kernel_of(p, gamma),
                                     .n = hone_dataset_rows(data),
                                     .m = hone_dataset_cols(data),
                                     .x = data->x,
                                     .sparse = data->sparse};
    if (p->kernel == HONE_SVM_PRECOMPUTED)
        source.base = data->x.data, source.base_ld = data->x.ld;
    else if (work && work->n)
        source.base = work->base, source.base_ld = work->n, source.base_rows = rows;
    return source;
}

static hone_status keep(const struct training *t, const struct svr_params *p,
                        const hone_dataset *data, const hone_monitor *mon, struct svr_state *state,
                        hone_error *err) {
    const struct hone_svm_machine *m = &t->machine;
    hone_status status;
    if (!m->converged && isinf(t->bound[0]) && isinf(p->max_iter) && isinf(p->time_limit))
        return hone_fail(err, HONE_EDATA,
                         "%s: C=inf asks for no error beyond epsilon, but this kernel does not get "
                         "there (after %.0f steps); give C a number",
                         t->settings.who, m->n_iter);
    if (!m->converged)
        hone_monitor_warn(mon, "%s: stopped after %.0f steps with a gap of %g (tol is %g)",
                          t->settings.who, m->n_iter, m->gap, t->settings.tol);
    state->fit_status = m->converged ? 0 : 1;
    state->intercept = -m->rho, state->objective = m->objective;
    state->gap = m->gap, state->n_iter = m->n_iter;
    if ((status = hone_svm_vectors_keep(data, p->kernel == HONE_SVM_PRECOMPUTED, m->sv, m->n_sv,
                                        &state->v, err)) ||
        (status = hone_new(&state->dual_coef, m->n_sv, err)))
        return status;
    memcpy(state->dual_coef, m->coef, m->n_sv * sizeof *m->coef);
    return HONE_OK;
}

hone_status hone_svr_train(const char *who, int kind, const struct svr_params *p,
                           const hone_dataset *data, const struct hone_svm_work *work,
                           const size_t *rows, const hone_monitor *mon, struct svr_state *state,
                           hone_error *err) {
    struct training t = {.n = hone_dataset_rows(data),
                         .settings = {.who = who,
                                      .kind = kind,
                                      .solver = p->solver,
                                      .shrinking = p->shrinking,
                                      .tol = p->tol,
                                      .cache_size = p->cache_size,
                                      .epsilon = p->epsilon,
                                      .nu = p->nu,
                                      .max_iter = p->max_iter,
                                      .time_limit = p->time_limit,
                                      .tasks = 1}};
    hone_status status;
    if (p->kernel == HONE_SVM_PRECOMPUTED &&
        (status = hone_svm_check_precomputed(who, data, mon, err)))
        return status;
    state->gamma = hone_svm_gamma(p->gamma, data);
    struct hone_svm_source source = source_of(p, state->gamma, data, work, rows);
    struct hone_svm_problem problem = {.n = t.n};
    if ((status = load(&t, data, kind == HONE_SVM_ONE_CLASS ? 1 : p->C, err)) ||
        (status = hone_svm_rows_create(&source, &t.settings, t.uniform, mon, &t.rows, err)) ||
        (status = hone_monitor_poll(mon, err)))
        goto done;
    problem.index = t.index, problem.y = t.y, problem.bound = t.bound;
    if ((status = hone_svm_solve(t.rows, &t.settings, &problem, mon, &t.machine, err)) ||
        (status = hone_monitor_poll(mon, err)))
        goto done;
    status = keep(&t, p, data, mon, state, err);
done:
    hone_svm_machine_free(&t.machine);
    hone_svm_rows_free(t.rows);
    hone_release(t.index);
    hone_release(t.y);
    hone_release(t.bound);
    return status;
}

unsigned hone_svr_tags_of(const void *params) {
    return hone_svm_tags(((const struct svr_params *)params)->kernel);
}

hone_status hone_svr_savable(const void *params, hone_error *err) {
    return hone_svm_savable(((const struct svr_params *)params)->kernel, err);
}

hone_status hone_svr_prepare(const void *params, const hone_dataset *data, const hone_monitor *mon,
                             void *work, hone_error *err) {
    const struct svr_params *p = params;
    return hone_svm_work_prepare(p->kernel, p->cache_size, data, mon, work, err);
}

/* ---- use ------------------------------------------------------------------------------------- */

/* out (x.rows) += values of the vectors [first, first + n). */
static hone_status add_slice(const struct svr_state *s, const struct hone_svm_kernel *kernel,
                             hone_view x, size_t first, size_t n, double *k, double *out,
                             hone_error *err) {
    struct hone_svm_vectors slice = hone_svm_vectors_slice(&s->v, first, n);
    double part[BLOCK];
    hone_status status = hone_svm_vectors_block(&slice, kernel, x, k, err);
    if (status != HONE_OK)
        return status;
    hone_svm_weigh(k, x.rows, n, n, s->dual_coef + first, 1, n, part);
    for (size_t i = 0; i < x.rows; i++)
        out[i] += part[i];
    return HONE_OK;
}

hone_status hone_svr_predict(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    const struct svr_state *s = state;
    struct hone_svm_kernel kernel = kernel_of(params, s->gamma);
    size_t n_sv = s->v.n_sv, high = n_sv < HONE_SVM_SLICE ? n_sv : HONE_SVM_SLICE;
    double *k = NULL;
    hone_status status = hone_new2(&k, BLOCK, high, err);
    for (size_t first = 0; status == HONE_OK && first < x.rows; first += BLOCK) {
        hone_view rows = hone_view_rows(x, first, x.rows - first < BLOCK ? x.rows - first : BLOCK);
        for (size_t i = 0; i < rows.rows; i++)
            out[first + i] = s->intercept;
        for (size_t at = 0; at < n_sv && status == HONE_OK; at += high)
            status = add_slice(s, &kernel, rows, at, n_sv - at < high ? n_sv - at : high, k,
                               out + first, err);
    }
    hone_release(k);
    return status;
}

static hone_status predict_sparse(const void *params, const void *state, const hone_csr *x,
                                  double *out, hone_error *err) {
    return hone_svm_ask_sparse(hone_svr_predict, params, state, x, 1, out, err);
}

const hone_sparse_slots hone_svr_sparse = {.predict = predict_sparse};

hone_status hone_svr_check(const void *params, hone_error *err) {
    const struct svr_params *p = params;
    return hone_svm_check_params(p->kernel, &p->call, err);
}

hone_status hone_svr_validate(const void *params, const void *state, size_t n_cols,
                              size_t n_classes, hone_error *err) {
    const struct svr_params *p = params;
    const struct svr_state *s = state;
    (void)n_classes;
    if (p->kernel == HONE_SVM_CALLBACK && !p->call.fn)
        return hone_fail(err, HONE_EFORMAT, "the model's kernel is a function");
    if (!(s->gamma > 0) || isinf(s->gamma))
        return hone_fail(err, HONE_EFORMAT, "the model's gamma is %g", s->gamma);
    return hone_svm_vectors_validate(&s->v, p->kernel == HONE_SVM_PRECOMPUTED, n_cols, err);
}
