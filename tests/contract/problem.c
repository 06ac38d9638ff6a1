/* problem.c -- subjects, problems and what several checks share. */
#include "contract/contract.h"

#include "core/schema.h"

#include <stdio.h>

/* How to make what is made of others. */
static const struct recipe {
    const char *name, *spec;
} RECIPES[] = {
    {"pipeline", "standard_scaler | logistic_regression"},
    {"calibrated_classifier", "calibrated_classifier(logistic_regression)"},
    {"tuned_threshold_classifier", "tuned_threshold_classifier(logistic_regression)"},
    {"bagging_classifier", "bagging_classifier(logistic_regression):n_estimators=4,max_features=3"},
    {"voting_classifier",
     "voting_classifier(logistic_regression, standard_scaler | svc:C=2,kernel=linear, "
     "logistic_regression:C=0.1):weights=(2,1,1)"},
    {"voting_regressor", "voting_regressor(ridge, linear_regression)"},
    {"stacking_classifier", "stacking_classifier(gaussian_nb, svc:C=2):cv=3,passthrough=true"},
    {"stacking_regressor", "stacking_regressor(ridge, linear_regression; linear_regression):cv=2"},
    {"ada_boost_classifier", "ada_boost_classifier:n_estimators=5"},
    {"ada_boost_regressor", "ada_boost_regressor(linear_regression):n_estimators=4"},
    {"bagging_regressor", "bagging_regressor:n_estimators=4"},
};
enum { N_RECIPES = sizeof RECIPES / sizeof *RECIPES };

hone_estimator *make_estimator(const hone_class *cls) {
    hone_estimator *est = NULL;
    hone_error err;
    if (!(cls->tags & HONE_TAG_INTERNAL)) {
        cr_assert_eq(hone_create(cls->name, &est, &err), HONE_OK, "%s", err.message);
        return est;
    }
    size_t i = 0;
    while (i < N_RECIPES && strcmp(RECIPES[i].name, cls->name) != 0)
        i++;
    cr_assert_lt(i, N_RECIPES, "tests/contract does not know how to make a %s", cls->name);
    cr_assert_eq(hone_create_spec(RECIPES[i].spec, HONE_TARGET_AUTO, &est, &err), HONE_OK, "%s",
                 err.message);
    return est;
}

bool learns_from_y(const struct subject *s) {
    return s->task == HONE_CLASSIFIER || s->task == HONE_REGRESSOR || (s->tags & HONE_TAG_TARGET);
}

/* Those that learn from X alone get one too, to be left alone, but transformers need none. */
static bool gets_y(const struct subject *s) {
    return s->task != HONE_TRANSFORMER || learns_from_y(s);
}

static hone_schema *make_schema(const struct subject *s, size_t m, size_t k) {
    static const char *const LEVELS[] = {"low", "middle", "high"};
    static const char *const CLASSES[] = {"ant", "bee", "cat"};
    hone_schema *schema = NULL;
    cr_assert_eq(hone_schema_create(m, gets_y(s) ? 1 : 0, &schema, NULL), HONE_OK);
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
    if (s->task == HONE_CLASSIFIER || (s->tags & HONE_TAG_TARGET))
        p.k = s->tags & HONE_TAG_TWO_CLASSES ? 2 : 3;
    support_make(n, p.m, p.k, seed, &p.x, &p.y);
    if (s->tags & HONE_TAG_CATEGORIES)
        for (size_t i = 0; i < n; i++)
            p.x[i * p.m] = (double)(i * 7 % 3);
    for (size_t i = 0; (s->tags & HONE_TAG_COUNTS) && i < n * p.m; i++)
        p.x[i] = fabs(p.x[i]);
    p.schema = make_schema(s, p.m, p.k);
    p.raw.x = hone_view_of(p.x, n, p.m);
    if (gets_y(s))
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

size_t answer_widths(const hone_estimator *est, size_t widths[4]) {
    unsigned tags = hone_estimator_tags(est);
    size_t n = 0;
    if (hone_estimator_task(est) != HONE_TRANSFORMER)
        widths[n++] = 1;
    if (tags & HONE_TAG_PROBA)
        widths[n++] = hone_n_classes(est);
    if (tags & HONE_TAG_DECISION)
        widths[n++] = hone_decision_cols(est);
    if (hone_output_schema(est))
        widths[n++] = hone_output_schema(est)->n_columns;
    return n;
}

typedef hone_status ask_fn(const hone_estimator *, const hone_dataset *, double *,
                           const hone_monitor *, hone_error *);

double *answers(const hone_estimator *est, const hone_dataset *data, const hone_monitor *mon,
                size_t *n) {
    unsigned tags = hone_estimator_tags(est);
    const struct {
        bool there;
        ask_fn *ask;
    } questions[] = {
        {hone_estimator_task(est) != HONE_TRANSFORMER, hone_predict},
        {(tags & HONE_TAG_PROBA) != 0, hone_predict_proba},
        {(tags & HONE_TAG_DECISION) != 0, hone_decision_function},
        {hone_output_schema(est) != NULL, hone_transform},
    };
    hone_error err = {HONE_OK, ""};
    double *all = NULL;
    size_t rows = hone_dataset_rows(data), widths[4], at = 0;
    answer_widths(est, widths);
    *n = 0;
    for (size_t q = 0; q < 4; q++) {
        size_t from = *n;
        if (!questions[q].there)
            continue;
        all = append(all, n, rows * widths[at++]);
        cr_assert_eq(questions[q].ask(est, data, all + from, mon, &err), HONE_OK, "%s",
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
