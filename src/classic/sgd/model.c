/* model.c -- see model.h: rows set aside, memory, one vector per class, averages.
 *
 * Shapes: coef and its kin k x m, k = 1 for two classes and for values, else K (one-vs-rest). */
#include "classic/sgd/model.h"

#include "core/parallel.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

enum { SPLIT_STREAM = 0x73676476 };

const char *const hone_sgd_average_words[] = {"false", "true", NULL};
const char *const hone_sgd_tol_words[] = {"none", NULL};

/* clang-format off */
const hone_attr hone_sgd_attrs[] = {
    HONE_LINES_ATTRS,
    HONE_COUNT (hone_sgd_state, n_averaged,                                 "vectors that are averaged: all or none"),
    HONE_ARRAY (hone_sgd_state, standard_coef, n_averaged, lines.n_columns, "coefficients before averaging"),
    HONE_VECTOR(hone_sgd_state, standard_intercept, n_averaged,             "intercepts before averaging"),
    HONE_ARRAY (hone_sgd_state, average_coef, n_averaged, lines.n_columns,  "means of the coefficients"),
    HONE_VECTOR(hone_sgd_state, average_intercept, n_averaged,              "means of the intercepts"),
    HONE_VECTOR(hone_sgd_state, averaged, n_averaged,                       "updates that the means are of"),
    HONE_NUMBER(hone_sgd_state, t,                                          "updates so far, plus one"),
    HONE_NUMBER(hone_sgd_state, n_iter,                                     "epochs of the vector that took most"),
    HONE_NUMBER(hone_sgd_state, converged,                                  "1 when tol ended the fit, 0 when max_iter did"),
    HONE_ATTR_END
};
/* clang-format on */

/* ---- rows set aside -------------------------------------------------------------------------- */

/* Which rows tell when to stop: of each class (of all rows, for values) their share, but never the
 * last row. */
static hone_status set_aside(const hone_sgd_plan *plan, const hone_dataset *data, bool *aside,
                             hone_error *err) {
    size_t n = hone_dataset_rows(data), groups = plan->classes ? hone_fit_classes(data) : 1;
    size_t *rows = NULL;
    hone_status status = hone_new(&rows, n, err);
    for (size_t c = 0; status == HONE_OK && c < groups; c++) {
        size_t members = 0;
        for (size_t i = 0; i < n; i++)
            if (!plan->classes || (size_t)*hone_view_row(data->y, i) == c)
                rows[members++] = i;
        size_t quota = (size_t)(plan->validation_fraction * (double)members + 0.5);
        quota = members > 0 && quota >= members ? members - 1 : quota;
        hone_rng rng = hone_rng_at(plan->seed, hone_rng_stream(SPLIT_STREAM, c));
        hone_rng_shuffle(&rng, rows, members);
        for (size_t i = 0; i < quota; i++)
            aside[rows[i]] = true;
    }
    hone_release(rows);
    return status;
}

/* order (n): rows to learn from, then those set aside. */
static hone_status split_rows(const hone_sgd_plan *plan, const hone_dataset *data, size_t *order,
                              hone_sgd_rows *out, hone_error *err) {
    size_t n = hone_dataset_rows(data), at = 0;
    bool *aside = NULL;
    hone_status status = hone_new(&aside, n, err);
    if (status == HONE_OK && plan->early_stopping)
        status = set_aside(plan, data, aside, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        if (!aside[i])
            order[at++] = i;
    *out = (hone_sgd_rows){data, order, order + at, at, n - at};
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        if (aside[i])
            order[at++] = i;
    hone_release(aside);
    if (status == HONE_OK && plan->early_stopping && out->n_validation == 0)
        status = hone_fail(err, HONE_EDATA,
                           "%s: validation_fraction %g of %zu rows leaves no row for validation; "
                           "give more rows or set early_stopping=false",
                           plan->who, plan->validation_fraction, n);
    return status;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void drop_averages(struct hone_sgd_state *s) {
    double **blocks[] = {&s->standard_coef, &s->standard_intercept, &s->average_coef,
                         &s->average_intercept, &s->averaged};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        hone_release(*blocks[i]);
        *blocks[i] = NULL;
    }
    s->n_averaged = 0;
}

/* Averaging begins: the descent stands where the coefficients are. */
static hone_status open_averages(struct hone_sgd_state *s, hone_error *err) {
    size_t k = s->lines.n_vectors, m = s->lines.n_columns;
    hone_status status;
    s->n_averaged = k;
    if ((status = hone_new2(&s->standard_coef, k, m, err)) ||
        (status = hone_new(&s->standard_intercept, k, err)) ||
        (status = hone_new2(&s->average_coef, k, m, err)) ||
        (status = hone_new(&s->average_intercept, k, err)) ||
        (status = hone_new(&s->averaged, k, err)))
        return status;
    memcpy(s->standard_coef, s->lines.coef, k * m * sizeof *s->lines.coef);
    memcpy(s->standard_intercept, s->lines.intercept, k * sizeof *s->lines.intercept);
    return HONE_OK;
}

/* A fit begins anew, at most with the coefficients of the last one; a batch goes on. */
static hone_status open_state(const hone_sgd_plan *plan, const hone_dataset *data, bool part,
                              struct hone_sgd_state *s, hone_error *err) {
    hone_status status = hone_lines_make(data, &s->lines, err);
    if (status != HONE_OK)
        return status;
    if (!part || s->t < 1)
        s->t = 1;
    if (!part || !plan->average)
        drop_averages(s);
    return plan->average && !s->n_averaged ? open_averages(s, err) : HONE_OK;
}

/* ---- the vectors ----------------------------------------------------------------------------- */

static void hand_out(struct hone_sgd_state *s, hone_sgd_vector *vectors) {
    bool average = s->n_averaged > 0;
    for (size_t c = 0; c < s->lines.n_vectors; c++)
        vectors[c] = (hone_sgd_vector){
            .w = (average ? s->standard_coef : s->lines.coef) + c * s->lines.n_columns,
            .intercept = (average ? s->standard_intercept : s->lines.intercept)[c],
            .average = average ? s->average_coef + c * s->lines.n_columns : NULL,
            .average_intercept = average ? s->average_intercept[c] : 0,
            .averaged = average ? s->averaged[c] : 0,
            .positive = s->lines.n_vectors == 1 ? 1 : (double)c,
        };
}

/* The coefficients are the means once there are any. */
static void take_back(const hone_sgd_plan *plan, const hone_sgd_vector *vectors, size_t n_train,
                      struct hone_sgd_state *s) {
    size_t m = s->lines.n_columns;
    s->n_iter = 0, s->converged = 1;
    for (size_t c = 0; c < s->lines.n_vectors; c++) {
        const hone_sgd_vector *v = &vectors[c];
        bool mean = v->averaged > 0;
        s->n_iter = fmax(s->n_iter, (double)v->n_iter);
        s->converged = v->converged ? s->converged : 0;
        s->lines.intercept[c] = mean ? v->average_intercept : v->intercept;
        if (!plan->average)
            continue;
        s->standard_intercept[c] = v->intercept;
        s->average_intercept[c] = v->average_intercept;
        s->averaged[c] = v->averaged;
        memcpy(s->lines.coef + c * m, mean ? v->average : v->w, m * sizeof *s->lines.coef);
    }
    s->t += s->n_iter * (double)n_train;
}

hone_status hone_sgd_fit(const hone_sgd_plan *plan, const hone_dataset *data, bool part,
                         const hone_monitor *mon, struct hone_sgd_state *state, hone_error *err) {
    hone_sgd_plan once = *plan;
    hone_sgd_rows rows;
    hone_sgd_vector *vectors = NULL;
    size_t *order = NULL;
    hone_status status;
    if (part && plan->early_stopping)
        return hone_fail(err, HONE_EINVAL,
                         "%s: early_stopping sets rows of the whole data aside; set it to false "
                         "for batches",
                         plan->who);
    once.max_iter = part ? 1 : plan->max_iter;
    if ((status = open_state(plan, data, part, state, err)) ||
        (status = hone_new(&order, hone_dataset_rows(data), err)) ||
        (status = split_rows(plan, data, order, &rows, err)) ||
        (status = hone_new(&vectors, state->lines.n_vectors, err)))
        goto done;
    hand_out(state, vectors);
    status = hone_sgd_run(&once, &rows, state->t, state->lines.n_vectors, vectors, mon, err);
    if (status)
        goto done;
    take_back(plan, vectors, rows.n_train, state);
    if (!part && state->converged == 0 && !isinf(plan->tol))
        hone_monitor_warn(mon,
                          "%s: stopped after max_iter = %zu epochs, before tol did; raise either",
                          plan->who, plan->max_iter);
done:
    hone_release(vectors);
    hone_release(order);
    return status;
}

/* ---- checks and slots ------------------------------------------------------------------------ */

hone_status hone_sgd_check(const hone_sgd_plan *plan, hone_mixed average, hone_error *err) {
    bool passive = plan->schedule == HONE_SGD_PA1 || plan->schedule == HONE_SGD_PA2;
    enum hone_sgd_loss_number wanted =
        plan->classes ? HONE_SGD_HINGE : HONE_SGD_EPSILON_INSENSITIVE;
    if (plan->schedule == HONE_SGD_OPTIMAL && !(plan->alpha > 0))
        return hone_fail(err, HONE_EINVAL,
                         "learning_rate=optimal is computed from alpha, which must be above 0");
    if (passive && plan->loss != &hone_sgd_losses[wanted])
        return hone_fail(err, HONE_EINVAL, "learning_rate=%s goes with loss=%s only",
                         hone_sgd_schedule_names[plan->schedule], hone_sgd_loss_names[wanted]);
    if (average.word < 0 && average.value != floor(average.value))
        return hone_fail(err, HONE_EINVAL,
                         "parameter average must be false, true or a whole number, got %g",
                         average.value);
    return HONE_OK;
}

/* One score counts by its sign; of several the first largest wins. */
static void to_classes(const double *score, size_t rows, size_t k, double *out) {
    for (size_t i = 0; i < rows; i++) {
        const double *row = score + i * k;
        size_t best = k == 1 && row[0] > 0;
        for (size_t c = 1; c < k; c++)
            if (row[c] > row[best])
                best = c;
        out[i] = (double)best;
    }
}

hone_status hone_sgd_classes(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    size_t k = ((const struct hone_lines *)state)->n_vectors;
    double *score = NULL;
    hone_status status = hone_new2(&score, x.rows, k, err);
    if (status == HONE_OK && (status = hone_lines_scores(params, state, x, score, err)) == HONE_OK)
        to_classes(score, x.rows, k, out);
    hone_release(score);
    return status;
}

hone_status hone_sgd_classes_sparse(const void *params, const void *state, const hone_csr *x,
                                    double *out, hone_error *err) {
    size_t k = ((const struct hone_lines *)state)->n_vectors;
    double *score = NULL;
    hone_status status = hone_new2(&score, x->rows, k, err);
    if (status == HONE_OK &&
        (status = hone_lines_scores_sparse(params, state, x, score, err)) == HONE_OK)
        to_classes(score, x->rows, k, out);
    hone_release(score);
    return status;
}

hone_status hone_sgd_validate(const void *params, const void *state, size_t n_cols,
                              size_t n_classes, hone_error *err) {
    const struct hone_sgd_state *s = state;
    size_t k = hone_linear_vectors(n_classes);
    if (s->n_averaged && s->n_averaged != k)
        return hone_fail(err, HONE_EFORMAT, "averages of %zu vectors, expected %zu", s->n_averaged,
                         k);
    if (!(s->t >= 1 && s->t < 0x1p53))
        return hone_fail(err, HONE_EFORMAT, "t is %g, expected a count from 1 on", s->t);
    return hone_lines_validate(params, state, n_cols, n_classes, err);
}
