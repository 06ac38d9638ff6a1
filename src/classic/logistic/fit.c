/* fit.c -- the fit slot: one problem of all classes, or one per class, and what is said of
 * their coefficients. Shapes and cost: logistic_regression.c. */
#include "classic/logistic/logistic.h"

#include "classic/linear/linear.h"
#include "classic/logistic/infer.h"
#include "core/alloc.h"
#include "core/error.h"
#include "core/estimator_impl.h"
#include "core/parallel.h"

#include <math.h>
#include <string.h>

#define MOST_INFERRED                                                           \
    3000 /* terms of one problem: their inverse takes n^3 flops and 8 n^2 bytes \
          */

static const char *const UNBOUNDED = "the coefficients have no finite maximum; take penalty=firth "
                                     "or penalty=l2";

/* Without a penalty, or with Firth's, coefficients have standard errors. */
static bool inferred(const struct hone_logistic_params *p) {
    return p->penalty == HONE_LOGISTIC_NONE || p->penalty == HONE_LOGISTIC_FIRTH || isinf(p->C);
}

hone_status hone_logistic_make_state(const hone_dataset *data, struct hone_logistic_state *s,
                                     hone_error *err) {
    hone_status status = hone_lines_make(data, &s->lines, err);
    s->n_iter = s->gradient = s->objective = 0;
    s->converged = 1;
    return status;
}

/* Room for standard errors and all that; an old model's goes. */
static hone_status make_terms(struct hone_logistic_state *s, size_t n, size_t terms,
                              hone_error *err) {
    double **arrays[] = {&s->std_err, &s->z, &s->p_value, &s->conf_low, &s->conf_high};
    hone_status status = HONE_OK;
    s->n_inferred = n, s->n_terms = terms;
    for (size_t i = 0; i < 5; i++) {
        hone_release(*arrays[i]);
        *arrays[i] = NULL;
    }
    for (size_t i = 0; status == HONE_OK && i < 5; i++)
        status = hone_new2(arrays[i], n, terms, err);
    return status;
}

void hone_logistic_pack(const struct hone_logistic_state *s, double *raw) {
    size_t m = s->lines.n_columns;
    for (size_t c = 0; c < s->lines.n_vectors; c++) {
        memcpy(raw + c * (m + 1), s->lines.coef + c * m, m * sizeof *raw);
        raw[c * (m + 1) + m] = s->lines.intercept[c];
    }
}

void hone_logistic_unpack(const double *raw, struct hone_logistic_state *s) {
    size_t m = s->lines.n_columns;
    for (size_t c = 0; c < s->lines.n_vectors; c++) {
        memcpy(s->lines.coef + c * m, raw + c * (m + 1), m * sizeof *raw);
        s->lines.intercept[c] = raw[c * (m + 1) + m];
    }
}

static hone_status look_for_separation(const hone_dataset *data,
                                       struct hone_logistic_problem *problem,
                                       struct hone_logistic_state *s, bool *separated,
                                       const hone_monitor *mon, hone_error *err) {
    enum hone_logistic_separation found;
    size_t column = 0;
    bool newton = problem->f.k * problem->f.rows.d <= MOST_INFERRED;
    hone_status status = hone_logistic_separated(problem, newton, &found, &column, mon, err);
    *separated = status == HONE_OK && found != HONE_LOGISTIC_OVERLAP;
    if (!*separated)
        return status;
    s->separation = fmax(s->separation, (double)found);
    hone_monitor_warn(mon, "logistic_regression: the classes are %s by the columns, '%s' most: %s",
                      found == HONE_LOGISTIC_SEPARATED ? "perfectly separated"
                                                       : "separated but for rows on the border",
                      data->schema->columns[column].name, UNBOUNDED);
    return HONE_OK;
}

/* Standard errors that nobody can give are a message of their own. */
static void say_dependence(const double *std_err, size_t n, const hone_monitor *mon) {
    bool any = false;
    for (size_t j = 0; j < n; j++)
        any |= !isnan(std_err[j]);
    if (!any)
        hone_monitor_warn(mon, "logistic_regression: columns depend on one another: the "
                               "coefficients are one choice of many and have no standard errors; "
                               "leave columns out, or take penalty=l2");
}

/* What is said of the coefficients in raw, whose terms begin at `first`. */
static hone_status infer(const struct hone_logistic_params *p, const hone_dataset *data,
                         struct hone_logistic_problem *problem, const double *raw, size_t first,
                         struct hone_logistic_state *s, const hone_monitor *mon, hone_error *err) {
    struct hone_logistic_terms at = {s->std_err + first, s->z + first, s->p_value + first,
                                     s->conf_low + first, s->conf_high + first};
    hone_status status = HONE_OK;
    bool separated = false; /* then the likelihood has no maximum for a profile to go down from */
    if (p->penalty != HONE_LOGISTIC_FIRTH)
        status = look_for_separation(data, problem, s, &separated, mon, err);
    if (status != HONE_OK || s->n_inferred == 0 || problem->f.k * problem->f.rows.d > MOST_INFERRED)
        return status;
    status = hone_logistic_wald(p, problem, raw, &at, mon, err);
    if (status != HONE_OK || separated)
        return status;
    say_dependence(at.std_err, s->n_terms, mon);
    return p->intervals == HONE_LOGISTIC_PROFILE
               ? hone_logistic_profile(p, problem, raw, &at, mon, err)
               : HONE_OK;
}

/* One problem from its start to its coefficients, which stand in raw. */
static hone_status solve(const struct hone_logistic_params *p, const hone_dataset *data, size_t one,
                         bool warm, struct hone_logistic_problem *problem, double *raw,
                         struct hone_logistic_state *s, const hone_monitor *mon, hone_error *err) {
    hone_logistic_begin(data, one, warm ? raw : NULL, problem);
    hone_status status = hone_logistic_solve(p, problem, mon, err);
    if (status == HONE_OK)
        status = hone_logistic_end(problem, raw, err);
    if (status != HONE_OK)
        return status;
    s->n_iter += (double)problem->end.n_iter;
    s->converged = s->converged != 0 && problem->end.converged;
    s->gradient = fmax(s->gradient, problem->end.gradient);
    s->objective += problem->end.value;
    if (!inferred(p))
        return HONE_OK;
    return infer(p, data, problem, raw, one < problem->n_classes ? one * s->n_terms : 0, s, mon,
                 err);
}

/* Sets the state up: its shapes, and room for all that will be known. */
static hone_status begin(const struct hone_logistic_params *p, const hone_dataset *data,
                         const struct hone_logistic_problem *problem, bool rest,
                         struct hone_logistic_state *s, hone_error *err) {
    hone_status status = hone_logistic_make_state(data, s, err);
    size_t d = problem->f.rows.d, together = rest ? 1 : s->lines.n_vectors;
    bool terms = inferred(p) && p->intervals != HONE_LOGISTIC_NO_INTERVALS;
    if (p->penalty == HONE_LOGISTIC_FIRTH && together > 1)
        return hone_fail(err, HONE_EDATA,
                         "logistic_regression: penalty firth takes two classes, got %zu; use "
                         "multi_class=ovr",
                         s->lines.n_vectors);
    if (p->intervals == HONE_LOGISTIC_PROFILE && together > 1 && inferred(p))
        return hone_fail(err, HONE_EDATA,
                         "logistic_regression: intervals=profile takes two classes, got %zu; use "
                         "wald or multi_class=ovr",
                         s->lines.n_vectors);
    s->one_vs_rest = rest, s->separation = 0;
    s->weight_seen = s->eta = 0;
    terms = terms && d * together <= MOST_INFERRED;
    return status ? status : make_terms(s, terms ? s->lines.n_vectors : 0, d, err);
}

hone_status hone_logistic_fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                              void *state, hone_error *err) {
    const struct hone_logistic_params *p = params;
    struct hone_logistic_state *s = state;
    struct hone_logistic_problem problem = {0};
    size_t classes = hone_fit_classes(data), m = hone_dataset_cols(data);
    bool warm = s->lines.coef != NULL, rest = p->multi_class == HONE_LOGISTIC_OVR && classes > 2;
    double *raw = NULL;
    hone_status status;
    if ((status = hone_logistic_prepare(p, data, &problem, mon, err)) != HONE_OK ||
        (status = begin(p, data, &problem, rest, s, err)) != HONE_OK ||
        (status = hone_new2(&raw, s->lines.n_vectors, m + 1, err)) != HONE_OK)
        goto done;
    hone_logistic_pack(s, raw);
    for (size_t one = 0; status == HONE_OK && one < (rest ? classes : 1); one++)
        status =
            solve(p, data, rest ? one : classes, warm, &problem, raw + one * (m + 1), s, mon, err);
    if (status != HONE_OK)
        goto done;
    hone_logistic_unpack(raw, s);
    if (s->converged == 0)
        hone_monitor_warn(mon,
                          "logistic_regression: stopped after %.0f iterations, gradient %.1e > tol "
                          "%.1e; raise max_iter",
                          s->n_iter, s->gradient, p->tol);
done:
    hone_logistic_problem_free(&problem);
    hone_release(raw);
    return status;
}
