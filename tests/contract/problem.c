/* problem.c -- subjects, problems and what several checks share. */
#include "contract/contract.h"

#include "core/schema.h"

#include <stdio.h>

static hone_status make_pipeline(hone_estimator *inner, hone_estimator **out, hone_error *err) {
    hone_estimator *steps[2] = {NULL, inner};
    cr_assert_eq(hone_create("standard_scaler", &steps[0], err), HONE_OK);
    return hone_pipeline(steps, 2, out, err);
}

static hone_status make_calibrated(hone_estimator *inner, hone_estimator **out, hone_error *err) {
    return hone_wrap("calibrated_classifier", inner, out, err);
}

static hone_status make_tuned(hone_estimator *inner, hone_estimator **out, hone_error *err) {
    return hone_wrap("tuned_threshold_classifier", inner, out, err);
}

/* How to make what is made of others. */
static const struct recipe {
    const char *name;
    hone_status (*make)(hone_estimator *inner, hone_estimator **out, hone_error *err);
} RECIPES[] = {
    {"pipeline", make_pipeline},
    {"calibrated_classifier", make_calibrated},
    {"tuned_threshold_classifier", make_tuned},
};
enum { N_RECIPES = sizeof RECIPES / sizeof *RECIPES };

hone_estimator *make_estimator(const hone_class *cls) {
    hone_estimator *est = NULL, *inner = NULL;
    hone_error err;
    if (!(cls->tags & HONE_TAG_INTERNAL)) {
        cr_assert_eq(hone_create(cls->name, &est, &err), HONE_OK, "%s", err.message);
        return est;
    }
    size_t i = 0;
    while (i < N_RECIPES && strcmp(RECIPES[i].name, cls->name) != 0)
        i++;
    cr_assert_lt(i, N_RECIPES, "tests/contract does not know how to make a %s", cls->name);
    cr_assert_eq(hone_create("logistic_regression", &inner, &err), HONE_OK);
    cr_assert_eq(RECIPES[i].make(inner, &est, &err), HONE_OK, "%s", err.message);
    return est;
}

static hone_schema *make_schema(const struct subject *s, size_t m, size_t k) {
    static const char *const LEVELS[] = {"low", "middle", "high"};
    static const char *const CLASSES[] = {"ant", "bee", "cat"};
    hone_schema *schema = NULL;
    cr_assert_eq(hone_schema_create(m, s->task == HONE_TRANSFORMER ? 0 : 1, &schema, NULL),
                 HONE_OK);
    for (size_t j = 0; j < m; j++) {
        char name[2] = {(char)('a' + j), '\0'};
        hone_column column = {.name = name};
        if (j == 0 && (s->tags & HONE_TAG_CATEGORIES))
            column = (hone_column){name, HONE_CATEGORICAL, 3, LEVELS};
        cr_assert_eq(hone_column_copy(&column, hone_schema_column(schema, j), NULL), HONE_OK);
    }
    hone_column target = {"t", k ? HONE_CATEGORICAL : HONE_NUMERIC, k, k ? CLASSES : NULL};
    if (schema->n_targets)
        cr_assert_eq(hone_column_copy(&target, hone_schema_target(schema, 0), NULL), HONE_OK);
    return schema;
}

struct problem make_problem(const struct subject *s, size_t n, uint64_t seed) {
    struct problem p = {.n = n, .m = 4};
    if (s->task == HONE_CLASSIFIER)
        p.k = s->tags & HONE_TAG_TWO_CLASSES ? 2 : 3;
    support_make(n, p.m, p.k, seed, &p.x, &p.y);
    if (s->tags & HONE_TAG_CATEGORIES)
        for (size_t i = 0; i < n; i++)
            p.x[i * p.m] = (double)(i * 7 % 3);
    p.schema = make_schema(s, p.m, p.k);
    p.raw.x = hone_view_of(p.x, n, p.m);
    if (s->task != HONE_TRANSFORMER)
        p.raw.y = hone_view_of(p.y, n, 1);
    p.data = p.raw;
    p.data.schema = p.schema;
    return p;
}

void free_problem(struct problem *p) {
    free(p->x);
    free(p->y);
    hone_schema_free(p->schema);
}

void fit_fine(hone_estimator *est, const hone_dataset *data) {
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_fit(est, data, NULL, &err), HONE_OK, "%s", err.message);
}

void expect_failure(hone_status got, hone_status want, const hone_error *err) {
    cr_assert_eq(got, want, "expected \"%s\", got \"%s\": %s", hone_status_text(want),
                 hone_status_text(got), err->message);
    cr_assert_eq(err->status, want);
    cr_assert(strstr(err->message, ": ") != NULL && !strchr(err->message, '\n'),
              "no one-line sentence: %s", err->message);
}

static double *append(double *all, size_t *n, size_t more) {
    all = realloc(all, (*n + more + 1) * sizeof *all);
    cr_assert(all != NULL);
    memset(all + *n, 0, more * sizeof *all);
    *n += more;
    return all;
}

double *answers(const hone_estimator *est, const hone_dataset *data, const hone_monitor *mon,
                size_t *n) {
    hone_error err = {HONE_OK, ""};
    double *all = NULL;
    size_t rows = data->x.rows;
    *n = 0;
    if (hone_output_schema(est)) {
        size_t cols = hone_output_schema(est)->n_columns;
        all = append(all, n, rows * cols);
        cr_assert_eq(hone_transform(est, data, all, mon, &err), HONE_OK, "%s", err.message);
        return all;
    }
    all = append(all, n, rows);
    cr_assert_eq(hone_predict(est, data, all, mon, &err), HONE_OK, "%s", err.message);
    if (hone_estimator_tags(est) & HONE_TAG_PROBA) {
        size_t at = *n;
        all = append(all, n, rows * hone_n_classes(est));
        cr_assert_eq(hone_predict_proba(est, data, all + at, mon, &err), HONE_OK, "%s",
                     err.message);
    }
    if (hone_estimator_tags(est) & HONE_TAG_DECISION) {
        size_t at = *n;
        all = append(all, n, rows * hone_decision_cols(est));
        cr_assert_eq(hone_decision_function(est, data, all + at, mon, &err), HONE_OK, "%s",
                     err.message);
    }
    return all;
}

void expect_same_answers(const hone_estimator *a, const hone_estimator *b,
                         const hone_dataset *data) {
    size_t n, m;
    double *x = answers(a, data, NULL, &n), *y = answers(b, data, NULL, &m);
    cr_assert_eq(n, m);
    cr_assert(memcmp(x, y, n * sizeof *x) == 0, "answers differ by %g", support_distance(x, y, n));
    free(x);
    free(y);
}
