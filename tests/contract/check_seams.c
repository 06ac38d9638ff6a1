/* check_seams.c -- other ways in: compressed rows, shared work, batches, warm starts. */
#include "contract/contract.h"

/* Compressed rows of a dense matrix; zeros are left out. Free its three arrays with free(). */
static hone_csr compress(hone_view x) {
    double *values = malloc(x.rows * x.cols * sizeof *values);
    uint32_t *columns = malloc(x.rows * x.cols * sizeof *columns);
    size_t *starts = calloc(x.rows + 1, sizeof *starts);
    size_t at = 0;
    for (size_t i = 0; i < x.rows; i++) {
        for (size_t j = 0; j < x.cols; j++)
            if (hone_view_row(x, i)[j] != 0)
                values[at] = hone_view_row(x, i)[j], columns[at++] = (uint32_t)j;
        starts[i + 1] = at;
    }
    return (hone_csr){values, columns, starts, x.rows, x.cols};
}

static void free_csr(hone_csr *csr) {
    free((void *)csr->values);
    free((void *)csr->columns);
    free((void *)csr->starts);
}

/* A model of compressed rows answers as one of the same rows in full, about either form. */
void sparse_gives_what_dense_gives(struct subject *s) {
    if (!(s->tags & HONE_TAG_SPARSE))
        return;
    for (size_t i = 0; i < s->p.n * s->p.m; i++)
        if (i % 3 == 1)
            s->p.x[i] = 0;
    hone_csr csr = compress(s->p.data.x);
    hone_dataset rare = s->p.data;
    rare.x = (hone_view){NULL, 0, 0, 0};
    rare.sparse = &csr;
    hone_estimator *other = make_estimator(s->cls);
    fit_fine(s->est, &s->p.data);
    fit_fine(other, &rare);
    size_t n;
    double *want = answers(s->est, &s->p.data, NULL, &n);
    double *same = answers(s->est, &rare, NULL, &n);
    double *full = answers(other, &s->p.data, NULL, &n);
    double *both = answers(other, &rare, NULL, &n);
    cr_assert(support_distance(want, same, n) < 1e-9, "dense model: %g",
              support_distance(want, same, n));
    cr_assert(support_distance(full, both, n) < 1e-9, "sparse model: %g",
              support_distance(full, both, n));
    cr_assert(support_distance(want, both, n) < 1e-5, "sparse fit: %g",
              support_distance(want, both, n));
    free(want), free(same), free(full), free(both);
    hone_free(other);
    free_csr(&csr);
}

/* Fits on these rows of what the work was prepared on, with it and without. */
static void fit_both_ways(struct subject *s, const hone_work *work, const hone_dataset *data,
                          const size_t *rows) {
    hone_error err = {HONE_OK, ""};
    hone_estimator *other = make_estimator(s->cls);
    fit_fine(s->est, data);
    cr_assert_eq(hone_fit_prepared(other, data, work, rows, NULL, &err), HONE_OK, "%s",
                 err.message);
    cr_assert(hone_estimator_equal(s->est, other));
    hone_free(other);
}

/* Work prepared on all rows serves a fit on all and on some of them, weighted too, to the bit. */
void shared_work_makes_no_difference(struct subject *s) {
    size_t rows[40];
    hone_work *work = NULL;
    hone_dataset *part = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_work_prepare(s->est, &s->p.data, NULL, &work, &err), HONE_OK, "%s",
                 err.message);
    for (size_t i = 0; i < 40; i++)
        rows[i] = (i * 37 + 5) % s->p.n;
    cr_assert_eq(hone_dataset_take(&s->p.data, rows, 40, &part, NULL), HONE_OK);
    double weights[40];
    for (size_t i = 0; i < 40; i++)
        weights[i] = i % 10 == 3 ? 0 : 1;
    hone_dataset data = *part;
    if (s->tags & HONE_TAG_WEIGHTS)
        data.weights = weights;
    fit_both_ways(s, work, &data, rows);
    fit_both_ways(s, work, &s->p.data, NULL);
    hone_dataset_free(part);
    hone_work_free(work);
}

/* Two batches make one model; a failing batch changes nothing. */
void batches_are_taken_or_refused(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    hone_dataset first = s->p.data, second = s->p.data;
    first.x = hone_view_rows(s->p.data.x, 0, 30);
    second.x = hone_view_rows(s->p.data.x, 30, 30);
    first.y = s->p.data.y.data ? hone_view_rows(s->p.data.y, 0, 30) : first.y;
    second.y = s->p.data.y.data ? hone_view_rows(s->p.data.y, 30, 30) : second.y;
    hone_status got = hone_partial_fit(s->est, &first, NULL, &err);
    if (!(s->tags & HONE_TAG_PARTIAL)) {
        expect_failure(got, HONE_EUNSUPPORTED, &err);
        return;
    }
    cr_assert_eq(got, HONE_OK, "%s", err.message);
    hone_estimator *twin = make_estimator(s->cls);
    cr_assert_eq(hone_partial_fit(twin, &first, NULL, &err), HONE_OK, "%s", err.message);
    double kept = s->p.x[31 * s->p.m];
    s->p.x[31 * s->p.m] = INFINITY;
    expect_failure(hone_partial_fit(s->est, &second, NULL, &err), HONE_EDATA, &err);
    cr_assert(hone_estimator_equal(s->est, twin));
    s->p.x[31 * s->p.m] = kept;
    cr_assert_eq(hone_partial_fit(s->est, &second, NULL, &err), HONE_OK, "%s", err.message);
    cr_assert_not(hone_estimator_equal(s->est, twin));
    if (s->p.k)
        cr_assert_eq(hone_n_classes(s->est), s->p.k);
    hone_free(twin);
}

/* A warm start from its own end gives the same answers; from other columns it is refused. */
void warm_start_goes_on(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    hone_param_info row;
    bool there = false;
    for (size_t i = 0; !there && hone_class_param(s->cls, i, &row); i++)
        there = strcmp(row.name, "warm_start") == 0;
    if (!there)
        return;
    size_t n;
    cr_assert_eq(hone_set(s->est, "warm_start=true", &err), HONE_OK, "%s", err.message);
    fit_fine(s->est, &s->p.data);
    double *before = answers(s->est, &s->p.data, NULL, &n);
    fit_fine(s->est, &s->p.data);
    double *after = answers(s->est, &s->p.data, NULL, &n);
    for (size_t i = 0; i < n; i++)
        cr_assert(isfinite(before[i]) && isfinite(after[i]));
    hone_dataset narrow = s->p.raw;
    narrow.x.cols--;
    expect_failure(hone_fit(s->est, &narrow, NULL, &err), HONE_EDATA, &err);
    free(before), free(after);
}

/* The same model as by fit; the rows as by transform, unless the class has its own way with those
 * that it learnt from. Those that weigh nothing are none of them. */
void fit_transform_is_fit_then_transform(struct subject *s) {
    hone_error err = {HONE_OK, ""};
    hone_matrix rows = {.data = NULL};
    double *weights = calloc(s->p.n, sizeof *weights);
    for (size_t i = 0; i < s->p.n; i++)
        weights[i] = i % 7 == 2 ? 0 : 1;
    if (s->tags & HONE_TAG_WEIGHTS)
        s->p.data.weights = weights;
    hone_estimator *other = make_estimator(s->cls);
    hone_status got = hone_fit_transform(s->est, &s->p.data, &rows, NULL, &err);
    if (!hone_transforms(s->est)) {
        expect_failure(got, HONE_EUNSUPPORTED, &err);
        cr_assert_null(rows.data);
    } else {
        cr_assert_eq(got, HONE_OK, "%s", err.message);
        fit_fine(other, &s->p.data);
        cr_assert(hone_estimator_equal(s->est, other));
        size_t cols = hone_output_schema(other)->n_columns;
        double *want = calloc(s->p.n * cols, sizeof *want);
        cr_assert_eq(hone_transform(other, &s->p.data, want, NULL, NULL), HONE_OK);
        cr_assert(rows.rows == s->p.n && rows.cols == cols);
        for (size_t i = 0; i < s->p.n; i++)
            if (!s->cls->fit_transform || (s->p.data.weights && weights[i] == 0))
                cr_assert_arr_eq(rows.data + i * cols, want + i * cols, cols * sizeof *want);
        free(want);
    }
    hone_matrix_free(&rows);
    hone_free(other);
    free(weights);
}
