/* svc.c -- support vector classification with kernels, one machine per pair of classes.
 *
 * Pair (i, j), i < j:  f_ij(x) = sum_s coef_s K(sv_s, x) + b_ij, positive for class i; a row goes
 * to the class with most votes, the lowest code on ties (f = 0 is a vote for i).
 * Decision: two classes -f_01; more: votes + c / (3 (|c| + 1)) with c_k the sum of the values for
 * class k less those against it, which orders classes of equal votes (scikit-learn's "ovr").
 * Probabilities: sigmoids of the f_ij, coupled (platt.c); their argmax may differ from the
 * vote. Training: svc_fit.c; solver: solver.c.   Shapes: see svc_impl.h. probability is true by
 * default, other than scikit-learn's, since reports ask for log loss. Cost of prediction: O(n n_sv
 * (m + K)).   Reference: Chang & Lin 2011, LIBSVM. */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"

#include <math.h>

enum { BLOCK = 64 };

static const hone_param PARAMS[] = {
    HONE_REAL(svc_params, C, 1.0, "(0, inf]",
              "inverse of the regularisation strength; inf = a margin without errors"),
    HONE_SVC_PARAMS,
    HONE_ENUM(svc_params, solver, "auto", hone_svm_solver_words,
              "libsvm, or working sets of our own with the same optimum; auto = the faster"),
    HONE_BOOL(svc_params, shrinking, true, "use libsvm's shrinking heuristic"),
    HONE_CLASS_WEIGHT(svc_params, class_weight, "weights of the classes, times C"),
    HONE_PARAM_END};

const hone_attr hone_svc_attrs[] = {
    HONE_SVM_VECTORS(svc_state),
    HONE_COUNT(svc_state, n_classes, "classes"),
    HONE_COUNT(svc_state, n_pairs, "pairs of classes"),
    HONE_COUNT(svc_state, n_coef, "rows of dual_coef: classes - 1"),
    HONE_COUNT(svc_state, n_platt, "pairs with a sigmoid: all, or none without probability"),
    HONE_NUMBER(svc_state, gamma, "kernel coefficient in use"),
    HONE_NUMBER(svc_state, fit_status, "0 = optimal, 1 = a machine was stopped before"),
    HONE_VECTOR_I32(svc_state, n_support, n_classes, "support vectors of each class"),
    {"dual_coef", HONE_ATTR_F64, offsetof(struct svc_state, dual_coef),
     offsetof(struct svc_state, n_coef), offsetof(struct svc_state, v.n_sv),
     "coefficients in the machines of each class"},
    HONE_VECTOR(svc_state, intercept, n_pairs, "bias of the machine of each pair"),
    HONE_VECTOR(svc_state, objective, n_pairs, "dual objective of each pair"),
    HONE_VECTOR(svc_state, gap, n_pairs, "gap that each pair's machine was left with"),
    HONE_VECTOR(svc_state, n_iter, n_pairs, "steps of the solver for each pair"),
    HONE_VECTOR(svc_state, platt_a, n_platt, "slope of each pair's sigmoid"),
    HONE_VECTOR(svc_state, platt_b, n_platt, "offset of each pair's sigmoid"),
    HONE_ATTR_END};

/* ---- values of the pairs -------------------------------------------------------------- */

/* Values k (n x width) of the vectors [at, at + width) added to out (n x n_pairs); part: n x (K -
 * 1). The vectors of class c take part in the K - 1 pairs of c, and their coefficients stand in the
 * rows of dual_coef in the same order. */
static void add_pair_sums(const struct svc_state *state, const double *k, size_t n, size_t at,
                          size_t width, double *part, double *out) {
    size_t classes = state->n_classes, n_sv = state->v.n_sv, first = 0, end = 0;
    for (size_t c = 0; c < classes; c++, first = end) {
        end = first + (size_t)state->n_support[c];
        size_t low = first > at ? first : at, high = end < at + width ? end : at + width;
        if (low >= high)
            continue;
        hone_svm_weigh(k + low - at, n, high - low, width, state->dual_coef + low, state->n_coef,
                       n_sv, part);
        for (size_t i = 0; i < n; i++)
            for (size_t r = 0; r < state->n_coef; r++) {
                size_t a = r < c ? r : c, b = r < c ? c : r + 1; /* the pair a < b behind row r */
                size_t pair = a * (2 * classes - a - 1) / 2 + b - a - 1;
                out[i * state->n_pairs + pair] += part[i * state->n_coef + r];
            }
    }
}

/* out (rows x n_pairs) of some rows; k: BLOCK x `high` values. */
static hone_status block_values(const struct svc_state *state, const struct hone_svm_kernel *kernel,
                                hone_view rows, size_t high, double *k, double *part, double *out,
                                hone_error *err) {
    size_t n_sv = state->v.n_sv;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < rows.rows * state->n_pairs; i++)
        out[i] = state->intercept[i % state->n_pairs];
    for (size_t at = 0; at < n_sv && status == HONE_OK; at += high) {
        size_t width = n_sv - at < high ? n_sv - at : high;
        struct hone_svm_vectors slice = hone_svm_vectors_slice(&state->v, at, width);
        status = hone_svm_vectors_block(&slice, kernel, rows, k, err);
        if (status == HONE_OK)
            add_pair_sums(state, k, rows.rows, at, width, part, out);
    }
    return status;
}

hone_status hone_svc_pair_values(const struct svc_params *params, const struct svc_state *state,
                                 hone_view x, double *out, hone_error *err) {
    struct hone_svm_kernel kernel = hone_svc_kernel(params, state->gamma);
    size_t high = state->v.n_sv < HONE_SVM_SLICE ? state->v.n_sv : HONE_SVM_SLICE;
    double *k = NULL, *part = NULL;
    hone_status status;
    if ((status = hone_new2(&k, BLOCK, high, err)) ||
        (status = hone_new2(&part, BLOCK, state->n_coef, err)))
        goto done;
    for (size_t first = 0; first < x.rows && status == HONE_OK; first += BLOCK) {
        hone_view rows = hone_view_rows(x, first, x.rows - first < BLOCK ? x.rows - first : BLOCK);
        status =
            block_values(state, &kernel, rows, high, k, part, out + first * state->n_pairs, err);
    }
done:
    hone_release(k);
    hone_release(part);
    return status;
}

static hone_status new_pair_values(const void *params, const void *state, hone_view x, double **out,
                                   hone_error *err) {
    const struct svc_state *s = state;
    hone_status status = hone_new2(out, x.rows, s->n_pairs, err);
    return status != HONE_OK ? status : hone_svc_pair_values(params, state, x, *out, err);
}

/* ---- votes ---------------------------------------------------------------------------- */

/* votes, margin: K each, of one row's pair values f. */
static void count_votes(const double *f, size_t k, double *votes, double *margin) {
    for (size_t i = 0; i < k; i++)
        votes[i] = margin[i] = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++, f++) {
            votes[*f < 0 ? j : i] += 1;
            margin[i] += *f;
            margin[j] -= *f;
        }
}

hone_status hone_svc_predict(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    const struct svc_state *s = state;
    size_t k = s->n_classes;
    double *f = NULL, *votes = NULL;
    hone_status status;
    if ((status = hone_new(&votes, 2 * k, err)) ||
        (status = new_pair_values(params, state, x, &f, err)))
        goto done;
    for (size_t i = 0; i < x.rows; i++) {
        size_t best = 0;
        count_votes(f + i * s->n_pairs, k, votes, votes + k);
        for (size_t c = 1; c < k; c++)
            if (votes[c] > votes[best])
                best = c;
        out[i] = (double)best;
    }
done:
    hone_release(f);
    hone_release(votes);
    return status;
}

hone_status hone_svc_decision(const void *params, const void *state, hone_view x, double *out,
                              hone_error *err) {
    const struct svc_state *s = state;
    size_t k = s->n_classes;
    double *f = NULL, *margin = NULL;
    hone_status status;
    if ((status = hone_new(&margin, k, err)) ||
        (status = new_pair_values(params, state, x, &f, err)))
        goto done;
    for (size_t i = 0; i < x.rows; i++) {
        if (k == 2) {
            out[i] = -f[i];
            continue;
        }
        count_votes(f + i * s->n_pairs, k, out + i * k, margin);
        for (size_t c = 0; c < k; c++)
            out[i * k + c] += margin[c] / (3 * (fabs(margin[c]) + 1));
    }
done:
    hone_release(f);
    hone_release(margin);
    return status;
}

hone_status hone_svc_predict_proba(const void *params, const void *state, hone_view x, double *out,
                                   hone_error *err) {
    const struct svc_state *s = state;
    size_t k = s->n_classes;
    double *f = NULL, *work = NULL;
    hone_status status;
    if ((status = hone_new2(&work, k, k, err)) ||
        (status = new_pair_values(params, state, x, &f, err)))
        goto done;
    for (size_t i = 0; i < x.rows && status == HONE_OK; i++) {
        double *r = f + i * s->n_pairs;
        for (size_t p = 0; p < s->n_pairs; p++)
            r[p] = hone_svm_platt(r[p], s->platt_a[p], s->platt_b[p]);
        if (k == 2)
            out[2 * i] = r[0], out[2 * i + 1] = 1 - r[0];
        else
            status = hone_svm_couple(r, k, out + i * k, work, err);
    }
done:
    hone_release(f);
    hone_release(work);
    return status;
}

/* ---- the rest ------------------------------------------------------------------------- */

hone_status hone_svc_check(const void *params, hone_error *err) {
    const struct svc_params *p = params;
    return hone_svm_check_params(p->kernel, &p->call, err);
}

hone_status hone_svc_validate(const void *params, const void *state, size_t n_cols,
                              size_t n_classes, hone_error *err) {
    const struct svc_params *p = params;
    const struct svc_state *s = state;
    size_t sum = 0;
    if (s->n_classes != n_classes || n_classes < 2 || s->n_coef != n_classes - 1 ||
        s->n_pairs != n_classes * (n_classes - 1) / 2 ||
        s->n_platt != (p->probability ? s->n_pairs : 0))
        return hone_fail(err, HONE_EFORMAT,
                         "the model's shapes do not fit %zu columns and %zu classes", n_cols,
                         n_classes);
    if (p->kernel == HONE_SVM_CALLBACK && !p->call.fn)
        return hone_fail(err, HONE_EFORMAT, "the model's kernel is a function");
    if (!(s->gamma > 0) || isinf(s->gamma))
        return hone_fail(err, HONE_EFORMAT, "the model's gamma is %g", s->gamma);
    for (size_t k = 0; k < n_classes; k++) {
        if (s->n_support[k] < 0 || (size_t)s->n_support[k] > s->v.n_sv - sum)
            return hone_fail(err, HONE_EFORMAT, "the model's n_support does not add up");
        sum += (size_t)s->n_support[k];
    }
    if (sum != s->v.n_sv)
        return hone_fail(err, HONE_EFORMAT, "the model's n_support does not add up");
    return hone_svm_vectors_validate(&s->v, p->kernel == HONE_SVM_PRECOMPUTED, n_cols, err);
}

unsigned hone_svc_tags_of(const void *params) {
    const struct svc_params *p = params;
    return HONE_TAG_DECISION | hone_svm_tags(p->kernel) | (p->probability ? HONE_TAG_PROBA : 0u);
}

/* ---- compressed rows --------------------------------------------------------------------- */

static hone_status predict_sparse(const void *params, const void *state, const hone_csr *x,
                                  double *out, hone_error *err) {
    return hone_svm_ask_sparse(hone_svc_predict, params, state, x, 1, out, err);
}

static hone_status predict_proba_sparse(const void *params, const void *state, const hone_csr *x,
                                        double *out, hone_error *err) {
    const struct svc_state *s = state;
    return hone_svm_ask_sparse(hone_svc_predict_proba, params, state, x, s->n_classes, out, err);
}

static hone_status decision_sparse(const void *params, const void *state, const hone_csr *x,
                                   double *out, hone_error *err) {
    const struct svc_state *s = state;
    size_t width = s->n_classes == 2 ? 1 : s->n_classes;
    return hone_svm_ask_sparse(hone_svc_decision, params, state, x, width, out, err);
}

const hone_sparse_slots hone_svc_sparse = {
    .predict = predict_sparse, .predict_proba = predict_proba_sparse, .decision = decision_sparse};

/* ---- fit ------------------------------------------------------------------------------------ */

hone_status hone_svc_savable(const void *params, hone_error *err) {
    return hone_svm_savable(((const struct svc_params *)params)->kernel, err);
}

hone_status hone_svc_prepare(const void *params, const hone_dataset *data, const hone_monitor *mon,
                             void *work, hone_error *err) {
    const struct svc_params *p = params;
    return hone_svm_work_prepare(p->kernel, p->cache_size, data, mon, work, err);
}

static hone_status fit_prepared(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err) {
    return hone_svc_train("svc", HONE_SVM_CLASSES, params, data, work, rows, mon, state, err);
}

const hone_class hone_svc = {
    .name = "svc",
    .summary = "support vector classification with kernels",
    .alias = "svm",
    .params = PARAMS,
    .fit_prepared = fit_prepared,
    HONE_SVC_SLOTS,
};
