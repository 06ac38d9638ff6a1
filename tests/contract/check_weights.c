/* check_weights.c -- sample weights. */
#include "contract/contract.h"

void bad_weights_are_refused(struct subject *s) {
    hone_error err;
    double *w = calloc(s->p.n, sizeof *w);
    s->p.data.weights = w;
    bool taken = s->tags & HONE_TAG_WEIGHTS;
    expect_failure(hone_fit(s->est, &s->p.data, NULL, &err), taken ? HONE_EDATA : HONE_EUNSUPPORTED,
                   &err);
    const double bad[] = {-1, NAN, INFINITY};
    for (size_t b = 0; b < 3 && taken; b++) {
        for (size_t i = 0; i < s->p.n; i++)
            w[i] = 1;
        w[8] = bad[b];
        expect_failure(hone_fit(s->est, &s->p.data, NULL, &err), HONE_EDATA, &err);
        cr_assert(strstr(err.message, "row 9"), "%s", err.message);
    }
    free(w);
}

/* Fits on rows (with their weights) and gives the answers about the whole problem. */
static double *answers_after(const struct subject *s, const double *weights, const size_t *rows,
                             size_t n_rows, size_t *n) {
    hone_estimator *est = make_estimator(s->cls);
    hone_dataset data = s->p.data, *taken = NULL;
    data.weights = weights;
    cr_assert_eq(hone_dataset_take(&data, rows, n_rows, &taken, NULL), HONE_OK);
    fit_fine(est, taken);
    double *out = answers(est, &s->p.data, NULL, n);
    hone_dataset_free(taken);
    hone_free(est);
    return out;
}

void zero_weight_is_absence(struct subject *s) {
    if (!(s->tags & HONE_TAG_WEIGHTS))
        return;
    size_t n = s->p.n, kept = 0, a_n, b_n;
    double *w = calloc(n, sizeof *w);
    size_t *all = calloc(n, sizeof *all), *some = calloc(n, sizeof *some);
    for (size_t i = 0; i < n; i++) {
        w[i] = i % 5 ? 1 : 0;
        all[i] = i;
        if (w[i] > 0)
            some[kept++] = i;
    }
    double *a = answers_after(s, w, all, n, &a_n), *b = answers_after(s, w, some, kept, &b_n);
    cr_assert(a_n == b_n && memcmp(a, b, a_n * sizeof *a) == 0);
    free(a), free(b), free(w), free(all), free(some);
}

void weight_two_is_row_twice(struct subject *s) {
    if (!(s->tags & HONE_TAG_EXACT_WEIGHTS))
        return;
    size_t n = s->p.n, twice = 0, a_n, b_n;
    double *w = calloc(n, sizeof *w);
    size_t *once = calloc(n, sizeof *once), *rows = calloc(2 * n, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        w[i] = i % 3 ? 1 : 2;
        once[i] = i;
        rows[twice++] = i;
        if (w[i] > 1)
            rows[twice++] = i;
    }
    double *a = answers_after(s, w, once, n, &a_n), *b = answers_after(s, NULL, rows, twice, &b_n);
    double worst = support_distance(a, b, a_n);
    cr_assert(a_n == b_n && worst < 1e-7, "weight 2 and the row twice differ by %g", worst);
    free(a), free(b), free(w), free(once), free(rows);
}
