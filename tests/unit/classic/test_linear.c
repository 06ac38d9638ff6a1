/* test_linear.c -- scores of linear models against plain sums, in full and compressed rows. */
#include "classic/classic.h"
#include "classic/linear/linear.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

enum { N = 7, M = 11, K = 3 };

/* A third of the cells stays, the second row is empty. */
static hone_csr made(double *x, double *values, uint32_t *columns, size_t *starts) {
    size_t at = 0;
    starts[0] = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < M; j++) {
            x[i * M + j] = (i + 2 * j) % 3 || i == 1 ? 0 : sin((double)(i * M + j));
            if (x[i * M + j] != 0)
                values[at] = x[i * M + j], columns[at++] = (uint32_t)j;
        }
        starts[i + 1] = at;
    }
    return (hone_csr){values, columns, starts, N, M};
}

static void scores_are_sums(size_t k, const double *intercept) {
    double x[N * M], values[N * M], coef[K * M], full[N * K], rare[N * K], want[N * K];
    uint32_t columns[N * M];
    size_t starts[N + 1];
    hone_csr csr = made(x, values, columns, starts);
    for (size_t j = 0; j < K * M; j++)
        coef[j] = cos((double)j);
    for (size_t i = 0; i < N; i++)
        for (size_t c = 0; c < k; c++) {
            want[i * k + c] = intercept ? intercept[c] : 0;
            for (size_t j = 0; j < M; j++)
                want[i * k + c] += x[i * M + j] * coef[c * M + j];
        }
    hone_linear model = {k, M, coef, intercept};
    cr_assert_eq(hone_linear_scores(model, hone_view_of(x, N, M), full, NULL), HONE_OK);
    cr_assert_eq(hone_linear_scores_sparse(model, &csr, rare, NULL), HONE_OK);
    cr_assert_lt(support_distance(full, want, N * k), 1e-14);
    cr_assert_lt(support_distance(rare, want, N * k), 1e-14);
    csr.starts += 2, csr.rows = N - 2; /* a block from the middle: the same bits */
    cr_assert_eq(hone_linear_scores_sparse(model, &csr, full, NULL), HONE_OK);
    cr_assert_eq(support_distance(full, rare + 2 * k, (N - 2) * k), 0);
}

Test(linear, scores_are_sums_in_full_and_in_compressed_rows) {
    const double intercept[K] = {1, -2, 3};
    for (size_t k = 1; k <= K; k += 2) {
        scores_are_sums(k, NULL);
        scores_are_sums(k, intercept);
    }
}

Test(linear, one_score_makes_two_probabilities) {
    double p[6] = {0, 2, -800};
    hone_linear_softmax(3, 1, p);
    const double want[6] = {0.5, 0.5, 1 / (1 + exp(2)), 1 / (1 + exp(-2)), 1, 0};
    cr_assert_lt(support_distance(p, want, 6), 1e-15);
}

Test(linear, sigmoids_are_scaled_to_one) {
    double p[9] = {0, 1, -1, 700, -800, 700, -900, -900, -900};
    hone_linear_sigmoids(3, 3, p);
    double a = 0.5, b = 1 / (1 + exp(-1)), c = 1 / (1 + exp(1)), sum = a + b + c, third = 1.0 / 3;
    const double want[9] = {a / sum, b / sum, c / sum, 0.5, 0, 0.5, third, third, third};
    cr_assert_lt(support_distance(p, want, 9), 1e-15);
}

Test(linear, a_wrong_shape_is_said) {
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_linear_check(1, 4, 1, 4, &err), HONE_OK);
    cr_assert_eq(hone_linear_check(1, 4, 3, 4, &err), HONE_EFORMAT);
    cr_assert_str_eq(err.message, "coefficients are 1 x 4, expected 3 x 4");
}

/* A state whose first columns are 4, in a model of 3. */
static void expect_damage(const hone_class *cls, size_t n_classes, const char *says) {
    const double classes[K] = {0, 1, 2};
    char want[HONE_ERROR_SIZE];
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = NULL;
    void *state = NULL;
    cr_assert_eq(hone_estimator_new(cls, &est, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_alloc(&state, 1, cls->state_size, &err), HONE_OK);
    if (n_classes)
        *(struct hone_lines *)state = (struct hone_lines){1, 4, NULL, NULL};
    else
        *(struct hone_line *)state = (struct hone_line){4, NULL, 0};
    cr_assert_eq(hone_estimator_adopt(est, state, 3, classes, n_classes, &err), HONE_EFORMAT);
    snprintf(want, sizeof want, "%s: coefficients are 1 x 4, expected %s", cls->name, says);
    cr_expect_str_eq(err.message, want);
    hone_free(est);
}

Test(linear, a_damaged_model_is_told_by_the_name_of_its_class) {
    const hone_class *lines[] = {&hone_ridge, &hone_linear_regression, &hone_lasso_class,
                                 &hone_elastic_net, &hone_linear_svr};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_damage(lines[i], 0, "1 x 3");
    expect_damage(&hone_linear_svc, 2, "1 x 3");
    expect_damage(&hone_linear_svc, 3, "3 x 3");
    expect_damage(&hone_logistic_regression, 3, "3 x 3");
}
