/* test_svm_source.c -- where kernel values come from: a matrix of the caller's, a function, rows
 * that are compressed; each gives the machine that the plain rows give. */
#include "classic/svm/svm.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void fit(hone_estimator *est, const hone_dataset *data, const hone_monitor *mon) {
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_fit(est, data, mon, &err), HONE_OK, "%s", err.message);
}

/* ---- few rows of each pair, or all values at once -------------------------------------------- */

/* dual_coef of a fit. */
static hone_view coef_of(hone_estimator *est) {
    hone_view coef = {0};
    cr_assert_eq(hone_get_array(est, "dual_coef", &coef, NULL), HONE_OK);
    return coef;
}

static void same_bits_by_rows(const hone_dataset *data) {
    static const char *const names[] = {"svc", "nu_svc"};
    static const char *const kernels[] = {"rbf", "poly", "linear", "sigmoid"};
    hone_monitor four = {.threads = 4};
    for (size_t i = 0; i < 8; i++) {
        char text[128];
        const char *format = "probability=false, kernel=%s, gamma=0.1, cache_size=%s";
        sprintf(text, format, kernels[i / 2], "200");
        hone_estimator *all = support_create(names[i % 2], text);
        sprintf(text, format, kernels[i / 2], "0.001"); /* no room for all values */
        hone_estimator *few = support_create(names[i % 2], text);
        fit(all, data, NULL);
        fit(few, data, &four);
        hone_view a = coef_of(all), b = coef_of(few);
        cr_assert_eq(a.rows, b.rows, "%s", text);
        cr_assert_eq(a.cols, b.cols, "%s", text);
        for (size_t r = 0; r < a.rows; r++)
            cr_assert_arr_eq(hone_view_row(a, r), hone_view_row(b, r), a.cols * sizeof *a.data,
                             "%s", text);
        hone_free(all);
        hone_free(few);
    }
}

Test(svm_source, pairs_that_ask_for_rows_give_the_same_bits) {
    struct support_sample s = support_sample(130, 5, 4, 21);
    same_bits_by_rows(&s.data);
    for (size_t i = 0; i < 130 * 5; i++)
        s.x[i] = (double)(float)s.x[i]; /* those are kept as floats */
    same_bits_by_rows(&s.data);
    support_sample_free(&s);
}

/* ---- a precomputed matrix ------------------------------------------------------------------ */

static void count_warning(void *user, const char *message) {
    cr_assert_not_null(strstr(message, "not positive definite"), "%s", message);
    ++*(int *)user;
}

Test(svm_source, a_precomputed_kernel_gives_the_machine_of_its_rows) {
    enum { N = 90, NEW = 30 };
    static const char *const names[] = {"svc", "nu_svc", "svr", "nu_svr", "one_class_svm"};
    struct hone_svm_kernel kernel = {.kind = HONE_SVM_RBF, .gamma = 0.3};
    static double k[N * N], k_new[NEW * N], a[NEW], b[NEW];
    for (size_t i = 0; i < 5; i++) {
        struct support_sample s = support_sample(N + NEW, 4, i < 2 ? 3 : 0, 21);
        hone_view train = hone_view_rows(s.data.x, 0, N), new = hone_view_rows(s.data.x, N, NEW);
        cr_assert_eq(hone_svm_kernel_block(&kernel, train, train, k, N, NULL), HONE_OK);
        cr_assert_eq(hone_svm_kernel_block(&kernel, new, train, k_new, N, NULL), HONE_OK);
        hone_dataset rows = {.x = train, .y = hone_view_rows(s.data.y, 0, N)};
        hone_dataset matrix = {.x = hone_view_of(k, N, N), .y = rows.y};
        hone_estimator *plain = support_create(names[i], "gamma=0.3");
        hone_estimator *given = support_create(names[i], "kernel=precomputed");
        fit(plain, &rows, NULL);
        fit(given, &matrix, NULL);
        hone_dataset ask = {.x = new}, ask_matrix = {.x = hone_view_of(k_new, NEW, N)};
        cr_assert_eq(hone_predict(plain, &ask, a, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(given, &ask_matrix, b, NULL, NULL), HONE_OK);
        cr_assert_lt(support_distance(a, b, NEW), 1e-12, "%s", names[i]);
        hone_free(plain);
        hone_free(given);
        support_sample_free(&s);
    }
}

Test(svm_source, a_matrix_that_is_no_kernel_is_a_sentence_or_a_warning) {
    double oblong[6] = {0}, skew[9] = {1, 0, 0.5, 0, 1, 0, 0, 0, 1};
    double wild[9] = {1, 2, 0, 2, 1, 0, 0, 0, 1}, y[3] = {0, 1, 1};
    hone_dataset data = {.x = hone_view_of(oblong, 3, 2), .y = hone_view_of(y, 3, 1)};
    hone_estimator *est = support_create("svc", "kernel=precomputed probability=false");
    hone_error err = {HONE_OK, ""};
    int warnings = 0;
    hone_monitor mon = {.user = &warnings, .warn = count_warning};
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_EDATA);
    cr_assert_str_eq(err.message, "svc: kernel=precomputed takes the kernel values of all pairs of "
                                  "training rows as X, n x n, got 3 x 2");
    data.x = hone_view_of(skew, 3, 3);
    cr_assert_eq(hone_fit(est, &data, NULL, &err), HONE_EDATA);
    cr_assert_not_null(strstr(err.message, "is not symmetric: K(2, 0) is 0, K(0, 2) is 0.5"), "%s",
                       err.message);
    data.x = hone_view_of(wild, 3, 3);
    fit(est, &data, &mon);
    cr_assert_eq(warnings, 1);
    double bent[9] = {1, 0.9, 0, 0.9, 1, 0.9, 0, 0.9, 1}; /* each pair is fine, the three are not */
    data.x = hone_view_of(bent, 3, 3);
    fit(est, &data, &mon);
    cr_assert_eq(warnings, 2);
    bent[2] = bent[6] = 0.9;
    fit(est, &data, &mon);
    cr_assert_eq(warnings, 2);
    hone_free(est);
}

/* ---- a function ------------------------------------------------------------------------------ */

static double scaled_product(void *user, const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += a[j] * b[j];
    return *(const double *)user * sum;
}

Test(svm_source, a_function_gives_the_machine_of_its_kernel_and_cannot_be_saved) {
    struct support_sample s = support_sample(80, 3, 3, 21);
    double factor = 1, a[80], b[80];
    hone_error err = {HONE_OK, ""};
    hone_estimator *plain = support_create("svc", "kernel=linear"),
                   *own = support_create("svc", ""), *clone;
    cr_assert_eq(hone_svm_set_kernel(own, scaled_product, &factor, &err), HONE_OK);
    cr_assert_eq(hone_clone(own, &clone, &err), HONE_OK);
    fit(plain, &s.data, NULL);
    fit(clone, &s.data, NULL);
    cr_assert_eq(hone_predict(plain, &s.data, a, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(clone, &s.data, b, NULL, NULL), HONE_OK);
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert_eq(hone_save(clone, support_path("own.hone"), &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "kernel=callback: a model with a function"), "%s",
                       err.message);
    cr_assert_eq(hone_libsvm_save(clone, support_path("own.model"), &err), HONE_EUNSUPPORTED);
    hone_free(plain);
    hone_free(own);
    hone_free(clone);
    support_sample_free(&s);
}

Test(svm_source, a_function_must_be_given_and_to_a_machine) {
    struct support_sample s = support_sample(30, 3, 2, 21);
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_create("svr", "kernel=callback"),
                   *ridge = support_create("ridge", "");
    cr_assert_eq(hone_fit(est, &s.data, NULL, &err), HONE_EINVAL);
    cr_assert_str_eq(err.message, "svr: kernel=callback needs a function; give it with "
                                  "hone_svm_set_kernel()");
    cr_assert_eq(hone_svm_set_kernel(est, NULL, NULL, &err), HONE_EINVAL);
    cr_assert_eq(hone_svm_set_kernel(ridge, scaled_product, NULL, &err), HONE_EUNSUPPORTED);
    hone_free(est);
    hone_free(ridge);
    support_sample_free(&s);
}

/* ---- compressed rows ------------------------------------------------------------------------- */

/* Many columns, few entries: none of it is ever made full but a few rows. */
Test(svm_source, a_hundred_thousand_compressed_columns) {
    enum { N = 50, M = 100000, ENTRIES = 20 };
    static double values[N * ENTRIES], y[N], label[N];
    static uint32_t columns[N * ENTRIES];
    size_t starts[N + 1], right = 0;
    for (size_t i = 0; i < N; i++) {
        y[i] = (double)(i % 2);
        starts[i] = i * ENTRIES;
        for (size_t k = 0; k < ENTRIES; k++) { /* the first entry tells the class */
            columns[i * ENTRIES + k] =
                (uint32_t)(k ? k * 5000 + i * 37 % 4000 : (size_t)(i % 2) * 7);
            values[i * ENTRIES + k] = k ? 0.1 : 1;
        }
    }
    starts[N] = N * ENTRIES;
    hone_csr csr = {values, columns, starts, N, M};
    hone_dataset data = {.sparse = &csr, .y = hone_view_of(y, N, 1)};
    static const char *const sets[] = {"probability=false kernel=linear",
                                       "probability=false gamma=1"};
    for (size_t s = 0; s < 2; s++) {
        hone_estimator *est = support_create("svc", sets[s]);
        double entries;
        fit(est, &data, NULL);
        cr_assert_eq(hone_get_number(est, "n_entries", &entries, NULL), HONE_OK);
        cr_assert_leq(entries, N * ENTRIES);
        cr_assert_eq(hone_predict(est, &data, label, NULL, NULL), HONE_OK);
        for (size_t i = right = 0; i < N; i++)
            right += label[i] == y[i];
        cr_assert_eq(right, N, "%s: %zu right", sets[s], right);
        hone_free(est);
    }
}

/* ---- failing memory -------------------------------------------------------------------------- */

static void fail_everywhere(const char *name, const char *set, const hone_dataset *data) {
    hone_monitor one = {.threads = 1};
    for (long k = 1;; k++) {
        hone_estimator *est = support_create(name, set);
        hone_error err = {HONE_OK, ""};
        long live = hone_alloc_live();
        hone_alloc_fail_at(k, 0);
        hone_status status = hone_fit(est, data, &one, &err);
        hone_alloc_fail_at(0, 0);
        if (status == HONE_OK) {
            hone_free(est);
            return;
        }
        cr_assert_eq(status, HONE_ENOMEM, "%s: allocation %ld: %s", name, k, err.message);
        cr_assert_eq(hone_alloc_live(), live, "%s: allocation %ld leaks", name, k);
        hone_free(est);
    }
}

Test(svm_source, failing_memory_leaks_nothing) {
    struct support_sample small = support_sample(40, 3, 3, 21),
                          large = support_sample(560, 2, 2, 21),
                          values = support_sample(40, 3, 0, 21);
    fail_everywhere("svc", "", &small.data);
    fail_everywhere("svc", "probability=false tol=0.1", &large.data);
    fail_everywhere("svc", "probability=false cache_size=0.001", &small.data);
    fail_everywhere("nu_svc", "probability=false nu=0.3", &small.data);
    fail_everywhere("nu_svr", "", &values.data);
    fail_everywhere("one_class_svm", "", &small.data);
    support_sample_free(&small);
    support_sample_free(&large);
    support_sample_free(&values);
}
