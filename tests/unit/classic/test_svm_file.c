/* test_svm_file.c -- model files of LIBSVM, written and read; damaged ones are refused. */
#include "support/support.h"

#include <criterion/criterion.h>
#include <libsvm/svm.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quiet(const char *text) {
    (void)text;
}

/* What libsvm itself says of a row with the model that we wrote. */
static double libsvm_says(const struct svm_model *model, const double *x, size_t m) {
    struct svm_node *row = malloc((m + 1) * sizeof *row);
    for (size_t j = 0; j < m; j++)
        row[j] = (struct svm_node){(int)j + 1, x[j]};
    row[m].index = -1;
    double label = svm_predict(model, row);
    free(row);
    return label;
}

static void there_and_back(const char *name, const char *set, size_t k) {
    enum { N = 60, M = 4 };
    struct support_sample s = support_sample(N, M, k, 3);
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_fit(name, set, &s.data, NULL), *back = NULL;
    const char *path = support_path("there.model");
    double a[N], b[N];
    cr_assert_eq(hone_libsvm_save(est, path, &err), HONE_OK, "%s", err.message);
    svm_set_print_string_function(quiet);
    struct svm_model *model = svm_load_model(path);
    cr_assert_not_null(model);
    cr_assert_eq(hone_load(path, &back, &err), HONE_OK, "%s", err.message);
    cr_assert_str_eq(hone_name(back), name);
    cr_assert_eq(hone_predict(est, &s.data, a, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(back, &s.data, b, NULL, &err), HONE_OK, "%s", err.message);
    for (size_t i = 0; i < N; i++) {
        cr_assert_float_eq(a[i], b[i], 1e-12, "%s: row %zu is %g, read back %g", name, i, a[i],
                           b[i]);
        cr_assert_float_eq(a[i], libsvm_says(model, s.x + i * M, M), 1e-9, "%s: row %zu", name, i);
    }
    svm_free_and_destroy_model(&model);
    hone_free(est);
    hone_free(back);
    support_sample_free(&s);
}

Test(svm_file, what_is_written_reads_back_and_libsvm_reads_it) {
    there_and_back("svc", "probability=false", 2);
    there_and_back("svc", "kernel=poly degree=2 coef0=1 gamma=0.5", 3);
    there_and_back("svc", "kernel=linear", 4);
    there_and_back("nu_svc", "kernel=sigmoid gamma=0.02 nu=0.4", 3);
    there_and_back("svr", "C=10", 0);
    there_and_back("nu_svr", "nu=0.3", 0);
    there_and_back("one_class_svm", "nu=0.2", 2);
}

static const char *write_text(const char *text) {
    const char *path = support_path("made.model");
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* svm-train names classes in the order in which it meets them. */
Test(svm_file, classes_in_any_order_come_out_ascending) {
    static const char text[] = "svm_type c_svc\nkernel_type linear\nnr_class 3\ntotal_sv 3\n"
                               "rho 0.5 -0.25 1\nlabel 9 -1 4\n"
                               "probA -1 -2 -3\nprobB 0.5 0.25 -0.5\nnr_sv 1 1 1\nSV\n"
                               "1 2 1:1 \n-1 3 2:1 \n-2 -3 1:1 3:2 \n";
    const char *path = write_text(text);
    hone_estimator *est = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_load(path, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_n_classes(est), 3);
    cr_assert_eq(hone_classes(est)[0], -1);
    cr_assert_eq(hone_classes(est)[2], 9);
    struct svm_model *model = svm_load_model(path);
    for (int i = 0; i < 27; i++) {
        double x[] = {i % 3 - 1.0, i / 3 % 3 - 1.0, i / 9 - 1.0}, label, p[3], theirs[3];
        struct svm_node row[] = {{1, x[0]}, {2, x[1]}, {3, x[2]}, {-1, 0}};
        hone_dataset data = {.x = hone_view_of(x, 1, 3)};
        cr_assert_eq(hone_predict_proba(est, &data, p, NULL, &err), HONE_OK, "%s", err.message);
        svm_predict_probability(model, row, theirs); /* iterated there to 1e-3 */
        cr_assert_float_eq(p[0], theirs[1], 5e-3);
        cr_assert_float_eq(p[1], theirs[2], 5e-3);
        cr_assert_float_eq(p[2], theirs[0], 5e-3);
        cr_assert_eq(hone_predict(est, &data, &label, NULL, NULL), HONE_OK);
        double values[3], want = svm_predict_values(model, row, values);
        bool tie = (values[0] > 0) + (values[1] > 0) == 1 &&
                   (values[0] <= 0) + (values[2] > 0) == 1; /* each has one vote */
        cr_assert(tie || label == want, "row %d is %g, libsvm says %g", i, label, want);
    }
    svm_free_and_destroy_model(&model);
    hone_free(est);
}

#define HEAD \
    "svm_type c_svc\nkernel_type rbf\ngamma 0.5\nnr_class 2\ntotal_sv 2\nrho 0\nlabel 0 1\n"

Test(svm_file, damage_is_a_sentence_with_its_line) {
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"svm_type c_svm\n", "line 1: unknown svm_type"},
        {"svm_type c_svc\nkernel_type precomputed\n", "line 2: expected a kernel_type"},
        {"svm_type c_svc\nrho 1\n", "line 2: expected svm_type and nr_class before"},
        {"svm_type c_svc\nnr_class 1e9\n", "line 2: impossible count"},
        {"svm_type c_svc\ncolour red\n", "line 2: unknown word"},
        {"svm_type c_svc\nkernel_type rbf\n", "cut short before SV"},
        {"svm_type c_svc\nkernel_type rbf\nnr_class 2\ntotal_sv 1\nrho nan\n", "line 5: expected"},
        {"svm_type c_svc\nkernel_type rbf\nnr_class 2\ntotal_sv 1\nrho 1\nSV\n", "is missing"},
        {HEAD "nr_sv 1 2\nSV\n", "line 9: nr_sv does not add up"},
        {HEAD "nr_sv 1 1\nSV\n1 1:1\n", "the file ends before its last support vector"},
        {HEAD "nr_sv 1 1\nSV\n1 1:1\n-1 2:1 2:1\n", "line 11: expected index:value"},
        {HEAD "nr_sv 1 1\nSV\n1 0:1\n-1 2:1\n", "line 10: expected index:value"},
        {HEAD "nr_sv 1 1\nSV\n1 1:inf\n-1 2:1\n", "line 10: expected a finite value"},
        {HEAD "nr_sv 1 1\nSV\nx 1:1\n-1 2:1\n", "line 10: expected a finite coefficient"},
        {"svm_type c_svc\nkernel_type rbf\ngamma -1\nnr_class 2\ntotal_sv 0\nrho 0\nlabel 0 1\n"
         "nr_sv 0 0\nSV\n",
         "gamma must be there and above 0"},
        {"svm_type c_svc\nkernel_type linear\nnr_class 2\ntotal_sv 0\nrho 0\nlabel 1 1\n"
         "nr_sv 0 0\nSV\n",
         "a label stands twice"},
        {"svm_type epsilon_svr\nkernel_type linear\nnr_class 2\ntotal_sv 999999999\nrho 0\nSV\n",
         "total_sv is more than the lines that follow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_estimator *est = NULL;
        hone_error err = {HONE_OK, ""};
        const char *path = write_text(cases[i].text);
        cr_assert_eq(hone_load(path, &est, &err), HONE_EFORMAT, "case %zu", i);
        cr_assert_not_null(strstr(err.message, cases[i].want), "case %zu: %s", i, err.message);
        cr_assert_null(est);
    }
}

Test(svm_file, what_libsvm_s_files_cannot_hold_is_a_sentence) {
    struct support_sample s = support_sample(40, 3, 2, 3);
    hone_error err = {HONE_OK, ""};
    hone_estimator *other = support_fit("ridge", "", &s.data, NULL), *new = NULL;
    cr_assert_eq(hone_libsvm_save(other, support_path("x"), &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "ridge: LIBSVM's files hold svc"), "%s", err.message);
    cr_assert_eq(hone_create("svc", &new, &err), HONE_OK);
    cr_assert_eq(hone_libsvm_save(new, support_path("x"), &err), HONE_ESTATE);
    hone_free(new);
    hone_free(other);
    support_sample_free(&s);
}
