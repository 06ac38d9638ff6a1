/* check_data.c -- what data an estimator takes, and how it says no. */
#include "contract/contract.h"

#include "core/schema.h"

#include <stdio.h>

void unfitted_is_refused(struct subject *s) {
    hone_error err;
    hone_view view;
    double number, *out = calloc(s->p.n * 8, sizeof *out);
    hone_status predicted = hone_predict(s->est, &s->p.data, out, NULL, &err);
    expect_failure(predicted, HONE_ESTATE, &err);
    expect_failure(hone_predict_proba(s->est, &s->p.data, out, NULL, &err), HONE_ESTATE, &err);
    expect_failure(hone_decision_function(s->est, &s->p.data, out, NULL, &err), HONE_ESTATE, &err);
    expect_failure(hone_transform(s->est, &s->p.data, out, NULL, &err), HONE_ESTATE, &err);
    expect_failure(hone_get_array(s->est, "coef", &view, &err), HONE_ESTATE, &err);
    expect_failure(hone_get_number(s->est, "n_iter", &number, &err), HONE_ESTATE, &err);
    expect_failure(hone_save(s->est, support_path("unfitted"), &err), HONE_ESTATE, &err);
    cr_assert(!hone_is_fitted(s->est) && hone_n_classes(s->est) == 0 && !hone_classes(s->est));
    free(out);
}

/* Puts `value` into row 5 (the sixth), column c: fit and predict must name both, or take it. */
static void odd_value(struct subject *s, double value, bool taken) {
    hone_error err;
    double *out = calloc(s->p.n * 64, sizeof *out), *cell = &s->p.x[5 * s->p.m + 2], old = *cell;
    bool transforms = s->task == HONE_TRANSFORMER;
    fit_fine(s->est, &s->p.data);
    *cell = value;
    hone_status used = transforms ? hone_transform(s->est, &s->p.data, out, NULL, &err)
                                  : hone_predict(s->est, &s->p.data, out, NULL, &err);
    hone_status fitted = hone_fit(s->est, &s->p.data, NULL, taken ? &err : NULL);
    if (taken) {
        cr_assert_eq(used, HONE_OK);
        cr_assert_eq(fitted, HONE_OK, "%s", err.message);
    } else {
        expect_failure(used, HONE_EDATA, &err);
        cr_assert(strstr(err.message, "row 6") && strstr(err.message, "'c'"), "%s", err.message);
        expect_failure(hone_fit(s->est, &s->p.data, NULL, &err), HONE_EDATA, &err);
        cr_assert(strstr(err.message, "row 6") && strstr(err.message, "'c'"), "%s", err.message);
    }
    *cell = old;
    free(out);
}

void missing_value_is_named(struct subject *s) {
    odd_value(s, NAN, s->tags & HONE_TAG_MISSING);
}

void infinite_value_is_named(struct subject *s) {
    odd_value(s, INFINITY, false);
    odd_value(s, -INFINITY, false);
}

void wrong_shapes_are_named(struct subject *s) {
    hone_error err;
    double out[64];
    hone_dataset bad = s->p.raw;
    bad.x.rows = 0;
    bad.y.rows = bad.y.data ? 0 : bad.y.rows;
    expect_failure(hone_fit(s->est, &bad, NULL, &err), HONE_EDATA, &err);
    bad = s->p.raw;
    bad.x.cols = 0;
    expect_failure(hone_fit(s->est, &bad, NULL, &err), HONE_EDATA, &err);
    if (learns_from_y(s)) {
        bad = s->p.raw;
        bad.y.rows--;
        expect_failure(hone_fit(s->est, &bad, NULL, &err), HONE_EDATA, &err);
        bad.y = (hone_view){0};
        expect_failure(hone_fit(s->est, &bad, NULL, &err), HONE_EDATA, &err);
    }
    fit_fine(s->est, &s->p.data);
    bad = (hone_dataset){.x = s->p.raw.x};
    bad.x.cols--, bad.x.rows = 2;
    hone_status got = s->task == HONE_TRANSFORMER ? hone_transform(s->est, &bad, out, NULL, &err)
                                                  : hone_predict(s->est, &bad, out, NULL, &err);
    expect_failure(got, HONE_EDATA, &err);
    cr_assert(strstr(err.message, "4") && strstr(err.message, "3"), "%s", err.message);
}

void one_class_is_named(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    if (s->task != HONE_CLASSIFIER)
        return;
    for (size_t i = 0; i < s->p.n; i++)
        s->p.y[i] = 1;
    hone_status got = hone_fit(s->est, &s->p.data, NULL, &err);
    if (s->tags & HONE_TAG_ONE_CLASS) {
        cr_assert_eq(got, HONE_OK, "%s", err.message);
        return;
    }
    expect_failure(got, HONE_EDATA, &err);
    cr_assert(strstr(err.message, "bee") && strstr(err.message, "'t'"), "%s", err.message);
}

void one_row_is_answered(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    hone_dataset one = s->p.data;
    one.x.rows = 1;
    one.y.rows = one.y.data ? 1 : 0;
    hone_status got = hone_fit(s->est, &one, NULL, &err);
    if (got) {
        expect_failure(got, HONE_EDATA, &err);
        return;
    }
    size_t n;
    double *all = answers(s->est, &one, NULL, &n);
    for (size_t i = 0; i < n; i++)
        cr_assert(isfinite(all[i]));
    free(all);
}

void constant_column_is_fine(struct subject *s) {
    for (size_t i = 0; i < s->p.n; i++)
        s->p.x[i * s->p.m + 1] = 1e6 / 3;
    fit_fine(s->est, &s->p.data);
    size_t n;
    double *all = answers(s->est, &s->p.data, NULL, &n);
    for (size_t i = 0; i < n; i++)
        cr_assert(isfinite(all[i]), "answer %zu is %g", i, all[i]);
    free(all);
}

void sparse_is_refused_or_taken(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    double values[] = {1, 2, 3, 4, 5, 6}, y[] = {0, 1, 0, 1, 0, 1};
    uint32_t columns[] = {0, 1, 0, 1, 0, 1};
    size_t starts[] = {0, 1, 2, 3, 4, 5, 6};
    hone_csr csr = {values, columns, starts, 6, 2};
    hone_dataset data = {.sparse = &csr, .y = hone_view_of(y, 6, 1)};
    hone_status got = hone_fit(s->est, &data, NULL, &err);
    if (s->tags & HONE_TAG_SPARSE)
        cr_assert_eq(got, HONE_OK, "%s", err.message);
    else
        expect_failure(got, HONE_EUNSUPPORTED, &err);
}

void categories_are_refused_or_taken(struct subject *s) {
    static const char *const LEVELS[] = {"left", "right"};
    hone_error err = {HONE_OK, ""};
    hone_column columns[4] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
    columns[3] = (hone_column){"d", HONE_CATEGORICAL, 2, LEVELS};
    hone_schema schema = {4, columns, s->p.schema->n_targets, s->p.schema->targets};
    for (size_t i = 0; i < s->p.n; i++)
        s->p.x[i * s->p.m + 3] = (double)(i % 2);
    s->p.data.schema = &schema;
    hone_status got = hone_fit(s->est, &s->p.data, NULL, &err);
    if (s->tags & HONE_TAG_CATEGORIES) {
        cr_assert_eq(got, HONE_OK, "%s", err.message);
        return;
    }
    expect_failure(got, HONE_EDATA, &err);
    cr_assert(strstr(err.message, "'d'"), "%s", err.message);
}

void third_class_is_named(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    if (s->task != HONE_CLASSIFIER)
        return;
    for (size_t i = 0; i < s->p.n; i++)
        s->p.y[i] = (double)(i % 3);
    hone_status got = hone_fit(s->est, &s->p.raw, NULL, &err);
    if (!(s->tags & HONE_TAG_TWO_CLASSES)) {
        cr_assert_eq(got, HONE_OK, "%s", err.message);
        return;
    }
    expect_failure(got, HONE_EDATA, &err);
    cr_assert(strstr(err.message, "two classes"), "%s", err.message);
}

/* The same rows with the columns turned round and one more: the names put them right. */
void columns_match_by_name(struct subject *s) {
    hone_error err;
    size_t n = s->p.n, m = s->p.m, count, count2;
    double *x = calloc(n * (m + 1), sizeof *x);
    hone_column columns[5] = {{.name = "more"}};
    for (size_t j = 0; j < m; j++) {
        columns[j + 1] = s->p.schema->columns[m - 1 - j];
        for (size_t i = 0; i < n; i++)
            x[i * (m + 1) + j + 1] = s->p.x[i * m + m - 1 - j];
    }
    hone_schema schema = {m + 1, columns, 0, NULL};
    hone_dataset turned = {.x = hone_view_of(x, n, m + 1), .schema = &schema};
    fit_fine(s->est, &s->p.data);
    double *a = answers(s->est, &s->p.data, NULL, &count);
    double *b = answers(s->est, &turned, NULL, &count2);
    cr_assert(count == count2 && memcmp(a, b, count * sizeof *a) == 0);
    columns[4].name = "elsewhere";
    double *out = calloc(n * 64, sizeof *out);
    hone_status got = s->task == HONE_TRANSFORMER ? hone_transform(s->est, &turned, out, NULL, &err)
                                                  : hone_predict(s->est, &turned, out, NULL, &err);
    expect_failure(got, HONE_EDATA, &err);
    cr_assert(strstr(err.message, "'a'"), "%s", err.message);
    free(a), free(b), free(x), free(out);
}

void data_stay_untouched(struct subject *s) {
    size_t bytes = s->p.n * s->p.m * sizeof(double), n;
    double *x = malloc(bytes), *y = malloc(s->p.n * sizeof *y);
    memcpy(x, s->p.x, bytes);
    memcpy(y, s->p.y, s->p.n * sizeof *y);
    fit_fine(s->est, &s->p.data);
    free(answers(s->est, &s->p.data, NULL, &n));
    cr_assert(memcmp(x, s->p.x, bytes) == 0 && memcmp(y, s->p.y, s->p.n * sizeof *y) == 0);
    free(x), free(y);
}

void stride_makes_no_difference(struct subject *s) {
    size_t n = s->p.n, m = s->p.m, ld = m + 3;
    double *wide = malloc(n * ld * sizeof *wide);
    for (size_t i = 0; i < n * ld; i++)
        wide[i] = i % ld < m ? s->p.x[i / ld * m + i % ld] : NAN;
    hone_estimator *other = make_estimator(s->cls);
    hone_dataset strided = s->p.data;
    strided.x = (hone_view){wide, n, m, ld};
    fit_fine(s->est, &s->p.data);
    fit_fine(other, &strided);
    expect_same_answers(s->est, other, &s->p.data);
    expect_same_answers(s->est, other, &strided);
    hone_free(other);
    free(wide);
}

/* Raw class codes may be any whole numbers; predictions speak in them. */
void labels_come_back(struct subject *s) {
    if (s->task != HONE_CLASSIFIER)
        return;
    const double labels[] = {-5, 7, 40};
    for (size_t i = 0; i < s->p.n; i++)
        s->p.y[i] = labels[(size_t)s->p.y[i]];
    fit_fine(s->est, &s->p.raw);
    cr_assert_eq(hone_n_classes(s->est), s->p.k);
    cr_assert(memcmp(hone_classes(s->est), labels, s->p.k * sizeof *labels) == 0);
    double *out = calloc(s->p.n, sizeof *out);
    cr_assert_eq(hone_predict(s->est, &s->p.raw, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < s->p.n; i++)
        cr_assert(out[i] == -5 || out[i] == 7 || (out[i] == 40 && s->p.k == 3));
    const char *path = support_path("labels");
    hone_estimator *back = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_save(s->est, path, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_load(path, &back, &err), HONE_OK, "%s", err.message);
    expect_same_answers(s->est, back, &s->p.raw);
    hone_free(back);
    remove(path);
    free(out);
}
