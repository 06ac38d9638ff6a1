/* test_svm_tiles.c -- many rows, whose kernel values are computed in single precision wherever they
 * are used: the values, the machines beside those of exact ones, the same bits on any number of
 * threads. */
#include "classic/classic.h"
#include "classic/svm/smo.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4200, M = 6 };

/* ---- kernel values ------------------------------------------------------------------------- */

static struct hone_svm_source source_of(const struct support_sample *s, double gamma) {
    return (struct hone_svm_source){
        .kernel = {.kind = HONE_SVM_RBF, .gamma = gamma}, .n = N, .m = M, .x = s->data.x};
}

static size_t *every_row(void) {
    size_t *index = malloc(N * sizeof *index);
    for (size_t i = 0; i < N; i++)
        index[i] = i;
    return index;
}

/* Columns that lie far from 0 lose nothing: rows are moved to their middle. */
Test(svm_tiles, values_and_sums_are_those_of_the_kernel) {
    enum { ROWS = 41 };
    struct support_sample s = support_sample(N, M, 2, 31);
    for (size_t i = 0; i < N; i++)
        s.x[i * M + 1] += 1e5;
    struct hone_svm_source source = source_of(&s, 0.2);
    struct hone_smo_tiles *tiles = NULL;
    size_t *index = every_row(), rows[ROWS];
    double delta[ROWS], k[ROWS], *want = calloc(N, sizeof *want), *f = calloc(2 * N, sizeof *f);
    static float block[ROWS * ROWS];
    cr_assert(hone_smo_tiles_suit(&source));
    cr_assert_eq(hone_smo_tiles_create(&source, index, N, ROWS, &tiles, NULL), HONE_OK);
    cr_assert_not_null(tiles);
    for (size_t r = 0; r < ROWS; r++)
        rows[r] = r * 101 % N, delta[r] = (double)r - 7;
    cr_assert_eq(hone_smo_tiles_block(tiles, rows, ROWS, block, ROWS, NULL, NULL), HONE_OK);
    for (size_t r = 0; r < ROWS; r++) {
        hone_view row = hone_view_rows(s.data.x, rows[r], 1);
        for (size_t c = 0; c < ROWS; c++) {
            hone_view other = hone_view_rows(s.data.x, rows[c], 1);
            cr_assert_eq(hone_svm_kernel_block(&source.kernel, row, other, k, 1, NULL), HONE_OK);
            cr_assert_float_eq((double)block[r * ROWS + c], k[0], 3e-7);
            cr_assert_eq(block[r * ROWS + c], block[c * ROWS + r]);
        }
        for (size_t c = 0; c < N; c++) {
            hone_view other = hone_view_rows(s.data.x, c, 1);
            cr_assert_eq(hone_svm_kernel_block(&source.kernel, row, other, k, 1, NULL), HONE_OK);
            want[c] += delta[r] * k[0];
        }
    }
    cr_assert_eq(hone_smo_tiles_add(tiles, rows, delta, ROWS, f, 2, NULL, NULL), HONE_OK);
    for (size_t v = 0; v < (size_t)2 * N; v++)
        cr_assert_float_eq(f[v], want[v % N], 1e-5);
    hone_smo_tiles_free(tiles);
    free(index), free(want), free(f);
    support_sample_free(&s);
}

Test(svm_tiles, a_kernel_narrow_beside_the_rows_is_left_to_double_precision) {
    struct support_sample s = support_sample(N, M, 2, 31);
    struct hone_svm_source source = source_of(&s, 1e4);
    struct hone_smo_tiles *tiles = NULL;
    size_t *index = every_row();
    cr_assert_eq(hone_smo_tiles_create(&source, index, N, 64, &tiles, NULL), HONE_OK);
    cr_assert_null(tiles);
    source.kernel.kind = HONE_SVM_LINEAR;
    cr_assert_not(hone_smo_tiles_suit(&source));
    free(index);
    support_sample_free(&s);
}

/* ---- machines -------------------------------------------------------------------------------- */

static double rbf(void *user, const double *a, const double *b, size_t m) {
    double sum = 0;
    for (size_t k = 0; k < m; k++)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return exp(-*(double *)user * sum);
}

static void fit(hone_estimator *est, const hone_dataset *data, const hone_monitor *mon) {
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_fit(est, data, mon, &err), HONE_OK, "%s", err.message);
}

static void values(const hone_estimator *est, const hone_dataset *data, double *out) {
    hone_status status = hone_estimator_task(est) == HONE_REGRESSOR
                             ? hone_predict(est, data, out, NULL, NULL)
                             : hone_decision_function(est, data, out, NULL, NULL);
    cr_assert_eq(status, HONE_OK);
}

/* Values of a kernel of the caller's own come in double and are rounded: at a gap of 1e-7 the two
 * machines differ by what rounding of kernel values leaves in each. */
static void same_machine(const hone_class *cls, size_t k, const char *set) {
    struct support_sample s = support_sample(N, M, k, 31);
    double gamma = 0.1, largest = 0, *a = malloc(N * sizeof *a), *b = malloc(N * sizeof *b);
    hone_estimator *ours = support_create(cls->name, set), *other = support_create(cls->name, set);
    cr_assert_eq(hone_set(ours, "gamma=0.1", NULL), HONE_OK);
    cr_assert_eq(hone_set(other, "kernel=callback", NULL), HONE_OK);
    cr_assert_eq(hone_svm_set_kernel(other, rbf, &gamma, NULL), HONE_OK);
    fit(ours, &s.data, NULL);
    fit(other, &s.data, NULL);
    values(ours, &s.data, a);
    values(other, &s.data, b);
    for (size_t i = 0; i < N; i++)
        largest = fmax(largest, fabs(b[i]));
    cr_assert_lt(support_distance(a, b, N), 1e-6 * largest, "%s: %g of %g", cls->name,
                 support_distance(a, b, N), largest);
    hone_free(other);
    for (int threads = 1; threads <= 4; threads *= 2) {
        other = support_create(cls->name, set);
        cr_assert_eq(hone_set(other, "gamma=0.1", NULL), HONE_OK);
        fit(other, &s.data, &(hone_monitor){.threads = threads});
        cr_assert(hone_estimator_equal(ours, other), "%s: %d threads", cls->name, threads);
        hone_free(other);
    }
    hone_free(ours);
    free(a), free(b);
    support_sample_free(&s);
}

Test(svm_tiles, svc) {
    same_machine(&hone_svc, 2, "probability=false tol=1e-7 C=0.5");
}

Test(svm_tiles, nu_svc) {
    same_machine(&hone_nu_svc, 2, "probability=false tol=1e-7 nu=0.3");
}

Test(svm_tiles, svr) {
    same_machine(&hone_svr, 0, "tol=1e-7 C=0.5");
}

Test(svm_tiles, nu_svr) {
    same_machine(&hone_nu_svr, 0, "tol=1e-7 nu=0.3 C=0.2");
}

Test(svm_tiles, one_class_svm) {
    same_machine(&hone_one_class_svm, 0, "tol=1e-7 nu=0.1");
}
