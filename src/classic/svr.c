/* svr.c -- support vector regression with kernels and a tube in which errors cost nothing.
 *
 * Minimises 1/2 |w|^2 + C sum_i max(0, |y_i - f(x_i)| - epsilon) in the dual (svm_solver.c);
 * f(x) = sum_s coef_s K(sv_s, x) + b.
 * Shapes: X n x m, sv n_sv x m, coef n_sv.
 * Cost: fit O(n^2 m) and O(n) per iteration; prediction O(n n_sv m).
 * Reference: Smola & Schoelkopf 2004; Chang & Lin 2011, LIBSVM. */
#include "classic/classic.h"
#include "classic/svm_impl.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 };

struct svr_params {
    double C, epsilon;
    int kernel, degree;
    hone_mixed gamma;
    double coef0;
    bool shrinking;
    double tol, cache_size;
};

static const hone_param PARAMS[] = {
    HONE_REAL(svr_params, C, 1.0, "(0, inf)", "inverse of the regularisation strength"),
    HONE_REAL(svr_params, epsilon, 0.1, "[0, inf)", "half the width of the tube"),
    HONE_ENUM(svr_params, kernel, "rbf", hone_svm_kernel_words, "kernel of the machine"),
    HONE_INT(svr_params, degree, 3, "[0, inf)", "degree of the poly kernel"),
    HONE_MIXED(svr_params, gamma, "scale", hone_svm_gamma_words, "(0, inf)",
               "kernel coefficient; scale = 1 / (columns * Var(X)), auto = 1 / columns"),
    HONE_REAL(svr_params, coef0, 0.0, "(-inf, inf)", "constant of the poly and sigmoid kernels"),
    HONE_BOOL(svr_params, shrinking, true, "use the shrinking heuristic of the solver"),
    HONE_REAL(svr_params, tol, 1e-3, "(0, inf)", "stop when the optimality gap is below this"),
    HONE_REAL(svr_params, cache_size, 200, "(0, inf)",
              "megabytes for the Gram matrix (8 bytes an entry), else for cached columns"),
    HONE_PARAM_END};

struct svr_state {
    size_t n_cols, n_sv;
    double gamma, intercept, objective, n_iter;
    double *support_vectors; /* n_sv x n_cols */
    int32_t *support;        /* n_sv: row of the data given to fit, ascending */
    double *dual_coef;       /* n_sv */
};

static const hone_attr ATTRS[] = {
    HONE_COUNT(svr_state, n_cols, "columns"),
    HONE_COUNT(svr_state, n_sv, "support vectors"),
    HONE_NUMBER(svr_state, gamma, "kernel coefficient in use"),
    HONE_NUMBER(svr_state, intercept, "bias"),
    HONE_NUMBER(svr_state, objective, "dual objective"),
    HONE_NUMBER(svr_state, n_iter, "iterations of the solver"),
    HONE_ARRAY(svr_state, support_vectors, n_sv, n_cols, "support vectors"),
    HONE_VECTOR_I32(svr_state, support, n_sv, "rows of the support vectors in the training data"),
    HONE_VECTOR(svr_state, dual_coef, n_sv, "coefficient of each support vector"),
    HONE_ATTR_END};

static hone_status keep(const struct hone_svm_machine *machine, hone_view x,
                        struct svr_state *state, hone_error *err) {
    hone_status status;
    state->n_cols = x.cols, state->n_sv = machine->n_sv;
    if ((status = hone_new2(&state->support_vectors, machine->n_sv, x.cols, err)) ||
        (status = hone_new(&state->support, machine->n_sv, err)) ||
        (status = hone_new(&state->dual_coef, machine->n_sv, err)))
        return status;
    for (size_t s = 0; s < machine->n_sv; s++) {
        memcpy(state->support_vectors + s * x.cols, hone_view_row(x, machine->sv[s]),
               x.cols * sizeof *state->support_vectors);
        state->support[s] = (int32_t)machine->sv[s];
        state->dual_coef[s] = machine->coef[s];
    }
    state->intercept = -machine->rho, state->n_iter = machine->n_iter;
    return HONE_OK;
}

/* 1/2 c'Kc + epsilon sum |c| - y'c. */
static hone_status dual_objective(const struct hone_svm_rows *rows,
                                  const struct hone_svm_machine *machine, const double *y,
                                  double epsilon, double *out, hone_error *err) {
    hone_status status = hone_svm_quadratic(rows, machine, out, err);
    *out /= 2;
    for (size_t s = 0; s < machine->n_sv; s++)
        *out += epsilon * fabs(machine->coef[s]) - y[machine->sv[s]] * machine->coef[s];
    return status;
}

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct svr_params *p = params;
    struct svr_state *s = state;
    size_t n = data->x.rows, *index = NULL;
    double *y = NULL, weight = data->weights ? data->weights[0] : 1;
    struct hone_svm_rows *rows = NULL;
    struct hone_svm_machine machine = {.n_sv = 0};
    hone_status status;
    for (size_t i = 1; data->weights && i < n; i++)
        if (data->weights[i] != weight)
            return hone_fail(err, HONE_EUNSUPPORTED, "svr: takes no sample weights");
    if ((status = hone_new(&index, n, err)) || (status = hone_new(&y, n, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        index[i] = i, y[i] = hone_view_row(data->y, i)[0];
    s->gamma = hone_svm_gamma(p->gamma, data->x);
    struct hone_svm_kernel kernel = {p->kernel, p->degree, s->gamma, p->coef0};
    struct hone_svm_settings settings = {"svr",  true,          p->shrinking,
                                         p->tol, p->cache_size, p->epsilon};
    struct hone_svm_problem problem = {index, y, n, {p->C * weight, p->C * weight}};
    if ((status = hone_svm_rows_create(&kernel, data->x, &settings, mon, &rows, err)) ||
        (status = hone_monitor_poll(mon, err)) ||
        (status = hone_svm_solve(rows, &settings, &problem, &machine, err)) ||
        (status = hone_monitor_poll(mon, err)) ||
        (status = dual_objective(rows, &machine, y, p->epsilon, &s->objective, err)) ||
        (status = keep(&machine, data->x, s, err)))
        goto done;
    if (!machine.converged)
        hone_monitor_warn(mon, "svr: libsvm gave up after %.0f iterations", machine.n_iter);
done:
    hone_svm_machine_free(&machine);
    hone_svm_rows_free(rows);
    hone_release(index);
    hone_release(y);
    return status;
}

static hone_status predict(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err) {
    const struct svr_params *p = params;
    const struct svr_state *s = state;
    struct hone_svm_kernel kernel = {p->kernel, p->degree, s->gamma, p->coef0};
    hone_view vectors = hone_view_of(s->support_vectors, s->n_sv, s->n_cols);
    double *k = NULL;
    hone_status status = hone_new2(&k, BLOCK, s->n_sv, err);
    for (size_t first = 0; status == HONE_OK && first < x.rows; first += BLOCK) {
        hone_view rows = hone_view_rows(x, first, x.rows - first < BLOCK ? x.rows - first : BLOCK);
        status = hone_svm_kernel_block(&kernel, rows, vectors, k, s->n_sv, err);
        if (status != HONE_OK)
            break;
        hone_svm_weigh(k, rows.rows, s->n_sv, s->n_sv, s->dual_coef, 1, out + first);
        for (size_t i = 0; i < rows.rows; i++)
            out[first + i] += s->intercept;
    }
    hone_release(k);
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct svr_state *s = state;
    (void)params, (void)n_classes;
    if (s->n_cols != n_cols)
        return hone_fail(err, HONE_EFORMAT, "svr: the model has %zu columns, its schema %zu",
                         s->n_cols, n_cols);
    if (!(s->gamma > 0) || isinf(s->gamma))
        return hone_fail(err, HONE_EFORMAT, "svr: the model's gamma is %g", s->gamma);
    for (size_t i = 0; i < s->n_sv; i++)
        if (s->support[i] < 0)
            return hone_fail(err, HONE_EFORMAT, "svr: the model's support vector %zu is row %d", i,
                             (int)s->support[i]);
    return HONE_OK;
}

const hone_class hone_svr = {
    .name = "svr",
    .summary = "support vector regression with kernels",
    .alias = "svm",
    .task = HONE_REGRESSOR,
    .tags = HONE_TAG_NEEDS_SCALING,
    .params = PARAMS,
    .params_size = sizeof(struct svr_params),
    .attrs = ATTRS,
    .state_size = sizeof(struct svr_state),
    .fit = fit,
    .predict = predict,
    .validate = validate,
};
