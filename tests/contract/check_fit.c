/* check_fit.c -- fit, refit, predict: determinism, independence, stopping. */
#include "contract/contract.h"

#include <stdatomic.h>

void fit_twice_is_the_same(struct subject *s) {
    hone_estimator *other = make_estimator(s->cls);
    fit_fine(s->est, &s->p.data);
    fit_fine(other, &s->p.data);
    cr_assert(hone_estimator_equal(s->est, other));
    fit_fine(other, &s->p.data);
    cr_assert(hone_estimator_equal(s->est, other));
    hone_free(other);
}

void refit_forgets(struct subject *s) {
    struct problem first = make_problem(s, 45, 99);
    hone_estimator *other = make_estimator(s->cls);
    fit_fine(s->est, &first.data);
    fit_fine(s->est, &s->p.data);
    fit_fine(other, &s->p.data);
    cr_assert(hone_estimator_equal(s->est, other));
    hone_free(other);
    free_problem(&first);
}

void proba_sums_to_one(struct subject *s) {
    if (!(s->tags & HONE_TAG_PROBA))
        return;
    fit_fine(s->est, &s->p.data);
    size_t k = hone_n_classes(s->est);
    double *proba = calloc(s->p.n * k, sizeof *proba);
    cr_assert_eq(k, s->p.k);
    cr_assert_eq(hone_predict_proba(s->est, &s->p.data, proba, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < s->p.n; i++) {
        double sum = 0;
        for (size_t c = 0; c < k; c++) {
            cr_assert(proba[i * k + c] >= 0 && proba[i * k + c] <= 1);
            sum += proba[i * k + c];
        }
        cr_assert(fabs(sum - 1) < 1e-12, "row %zu sums to %.17g", i, sum);
    }
    free(proba);
}

/* A row's answer does not depend on the rows beside it. */
void rows_stand_alone(struct subject *s) {
    size_t n = s->p.n, count, single;
    fit_fine(s->est, &s->p.data);
    double *all = answers(s->est, &s->p.data, NULL, &count);
    for (size_t i = 0; i < n; i += 7) {
        hone_dataset one = {.x = hone_view_rows(s->p.data.x, i, 1)};
        double *alone = answers(s->est, &one, NULL, &single);
        size_t widths[4], offset = 0, at = 0, parts = answer_widths(s->est, widths);
        cr_assert_eq(single * n, count);
        for (size_t part = 0; part < parts;
             at += widths[part], offset += n * widths[part], part++) {
            double worst =
                support_distance(alone + at, all + offset + i * widths[part], widths[part]);
            cr_assert(worst <= 1e-12, "row %zu alone differs by %g", i, worst);
        }
        free(alone);
    }
    free(all);
}

void failed_fit_leaves_the_old_model(struct subject *s) {
    hone_estimator *twin = make_estimator(s->cls);
    fit_fine(s->est, &s->p.data);
    fit_fine(twin, &s->p.data);
    struct problem bad = make_problem(s, 40, 5);
    bad.x[17 * bad.m + 1] = INFINITY;
    cr_assert_neq(hone_fit(s->est, &bad.data, NULL, NULL), HONE_OK);
    expect_same_answers(s->est, twin, &s->p.data);
    cr_assert(hone_estimator_equal(s->est, twin));
    free_problem(&bad);
    hone_free(twin);
}

void data_are_not_kept(struct subject *s) {
    struct problem other = make_problem(s, s->p.n, 1);
    hone_estimator *twin = make_estimator(s->cls);
    fit_fine(twin, &s->p.data);
    fit_fine(s->est, &other.data);
    for (size_t i = 0; i < other.n * other.m; i++)
        other.x[i] = -1e9;
    free_problem(&other);
    expect_same_answers(s->est, twin, &s->p.data);
    hone_free(twin);
}

void attributes_are_there(struct subject *s) {
    hone_attr_info row;
    fit_fine(s->est, &s->p.data);
    for (size_t i = 0; hone_class_attr(s->cls, i, &row); i++) {
        hone_view view;
        double number;
        cr_assert(row.help && *row.help);
        switch (s->cls->attrs[i].kind) {
        case HONE_ATTR_F64:
            cr_assert_eq(hone_get_array(s->est, row.name, &view, NULL), HONE_OK);
            cr_assert(view.data || view.rows * view.cols == 0);
            break;
        case HONE_ATTR_COUNT:
        case HONE_ATTR_NUMBER:
            cr_assert_eq(hone_get_number(s->est, row.name, &number, NULL), HONE_OK);
            break;
        default:
            cr_assert_neq(hone_get_number(s->est, row.name, &number, NULL), HONE_OK);
        }
    }
    hone_error err;
    double number;
    expect_failure(hone_get_number(s->est, "no_such_attribute", &number, &err), HONE_ENAME, &err);
}

void threads_make_no_difference(struct subject *s) {
    struct problem big = make_problem(s, 3000, 3);
    hone_estimator *first = make_estimator(s->cls);
    hone_monitor mon = {.threads = 1};
    size_t n, m;
    cr_assert_eq(hone_fit(first, &big.data, &mon, NULL), HONE_OK);
    double *a = answers(first, &big.data, &mon, &n);
    for (mon.threads = 2; mon.threads <= 4; mon.threads += 2) {
        cr_assert_eq(hone_fit(s->est, &big.data, &mon, NULL), HONE_OK);
        cr_assert(hone_estimator_equal(first, s->est), "%d threads give another model",
                  mon.threads);
        double *b = answers(s->est, &big.data, &mon, &m);
        cr_assert(n == m && memcmp(a, b, n * sizeof *a) == 0, "%d threads answer differently",
                  mon.threads);
        free(b);
    }
    free(a);
    hone_free(first);
    free_problem(&big);
}

/* A flag that says stop from the n-th time on that it is looked at. */
struct countdown {
    atomic_long left;
};

static int tick(void *user) {
    struct countdown *c = user;
    return atomic_fetch_sub(&c->left, 1) <= 1;
}

void cancel_stops(struct subject *s) {
    struct countdown c;
    hone_monitor mon = {.user = &c, .cancelled = tick, .threads = 2};
    hone_error err;
    hone_estimator *twin = make_estimator(s->cls);
    fit_fine(twin, &s->p.data);
    fit_fine(s->est, &s->p.data);
    for (long polls = 1; polls <= 4; polls++) {
        atomic_store(&c.left, polls);
        hone_status got = hone_fit(s->est, &s->p.data, &mon, &err);
        cr_assert(got == HONE_ECANCELLED || (got == HONE_OK && polls > 1));
        if (got)
            expect_failure(got, HONE_ECANCELLED, &err);
        expect_same_answers(s->est, twin, &s->p.data);
    }
    hone_free(twin);
}

void deadline_stops(struct subject *s) {
    hone_monitor mon = {.deadline = hone_now() - 1};
    hone_error err;
    expect_failure(hone_fit(s->est, &s->p.data, &mon, &err), HONE_ETIME, &err);
    cr_assert(!hone_is_fitted(s->est));
}
