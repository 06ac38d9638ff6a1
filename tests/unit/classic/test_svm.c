/* test_svm.c -- how svc and svr behave: votes, probabilities, threads, failures, files. */
#include "classic/classic.h"
#include "classic/svm/svc_impl.h"
#include "core/rng.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- kernels ---------------------------------------------------------------------------- */

Test(svm, rbf_is_exact_to_the_last_bits_over_its_whole_range) {
    enum { N = 4001 };
    struct hone_svm_kernel kernel = {.kind = HONE_SVM_RBF, .gamma = 1};
    static double z[N], out[N];
    double origin = 0;
    for (size_t i = 0; i < N; i++)
        z[i] = sqrt(760.0 * (double)i / (N - 1));
    cr_assert_eq(hone_svm_kernel_block(&kernel, hone_view_of(&origin, 1, 1), hone_view_of(z, N, 1),
                                       out, N, NULL),
                 HONE_OK);
    for (size_t i = 0; i < N; i++) {
        double want = exp(-z[i] * z[i]);
        if (z[i] * z[i] > 708)
            cr_assert_leq(out[i], DBL_MIN * 2, "exp(%g)", -z[i] * z[i]);
        else
            cr_assert_leq(fabs(out[i] - want), 3 * DBL_EPSILON * want, "exp(%g)", -z[i] * z[i]);
    }
    cr_assert_eq(out[0], 1);
}

Test(svm, rbf_does_not_cancel_far_from_the_origin) {
    struct hone_svm_kernel kernel = {.kind = HONE_SVM_RBF, .gamma = 0.5};
    double x[] = {1e9, 1e9 + 1}, z[] = {1e9 + 1, 1e9 + 2}, out;
    cr_assert_eq(
        hone_svm_kernel_block(&kernel, hone_view_of(x, 1, 2), hone_view_of(z, 1, 2), &out, 1, NULL),
        HONE_OK);
    cr_assert_lt(fabs(out - exp(-1)), 1e-16);
}

Test(svm, gamma_words_and_numbers) {
    double x[] = {1, 2, 3, 4, 5, 6}, same[] = {2, 2};
    hone_dataset data = {.x = hone_view_of(x, 2, 3)}, equal = {.x = hone_view_of(same, 2, 1)};
    cr_assert_float_eq(hone_svm_gamma((hone_mixed){0, 0}, &data), 1 / (3 * 35.0 / 12), 1e-16);
    cr_assert_eq(hone_svm_gamma((hone_mixed){1, 0}, &data), 1.0 / 3);
    cr_assert_eq(hone_svm_gamma((hone_mixed){-1, 0.7}, &data), 0.7);
    cr_assert_eq(hone_svm_gamma((hone_mixed){0, 0}, &equal), 1);
}

/* ---- predictions ------------------------------------------------------------------------- */

Test(svm, votes_decisions_and_pairs_tell_the_same) {
    struct support_sample s = support_sample(200, 6, 4, 11);
    hone_estimator *est = support_fit("svc", "probability=false C=0.05", &s.data, NULL);
    double f[200 * 6], decision[200 * 4], label[200];
    cr_assert_eq(hone_svc_pair_values(hone_estimator_params(est), hone_estimator_state(est),
                                      s.data.x, f, NULL),
                 HONE_OK);
    cr_assert_eq(hone_decision_function(est, &s.data, decision, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &s.data, label, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 200; i++) {
        double votes[4] = {0}, margin[4] = {0};
        const double *at = f + 6 * i;
        size_t best = 0;
        for (size_t a = 0; a < 4; a++)
            for (size_t b = a + 1; b < 4; b++, at++) {
                votes[*at >= 0 ? a : b] += 1;
                margin[a] += *at, margin[b] -= *at;
            }
        for (size_t c = 0; c < 4; c++) {
            best = votes[c] > votes[best] ? c : best;
            double want = votes[c] + margin[c] / (3 * (fabs(margin[c]) + 1));
            cr_assert_float_eq(decision[4 * i + c], want, 1e-15);
        }
        cr_assert_eq(label[i], (double)best);
    }
    hone_free(est);
    support_sample_free(&s);
}

Test(svm, a_row_gets_the_same_bits_alone_and_among_others) {
    struct support_sample s = support_sample(137, 5, 3, 11);
    hone_estimator *est = support_fit("svc", "", &s.data, NULL);
    double all[137 * 3], one[3];
    cr_assert_eq(hone_predict_proba(est, &s.data, all, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 137; i++) {
        hone_dataset row = {.x = hone_view_rows(s.data.x, i, 1)};
        cr_assert_eq(hone_predict_proba(est, &row, one, NULL, NULL), HONE_OK);
        cr_assert_arr_eq(one, all + 3 * i, sizeof one);
    }
    hone_free(est);
    support_sample_free(&s);
}

/* Their argmax may differ from the vote, but not often. */
Test(svm, probabilities_sum_to_one_and_mostly_agree_with_the_vote) {
    for (size_t k = 2; k <= 4; k++) {
        struct support_sample s = support_sample(240, 6, k, 11);
        hone_estimator *est = support_fit("svc", "", &s.data, NULL);
        double *p = malloc(240 * k * sizeof *p), label[240];
        size_t same = 0;
        cr_assert_eq(hone_predict_proba(est, &s.data, p, NULL, NULL), HONE_OK);
        cr_assert_eq(hone_predict(est, &s.data, label, NULL, NULL), HONE_OK);
        for (size_t i = 0; i < 240; i++) {
            double sum = 0;
            size_t best = 0;
            for (size_t c = 0; c < k; c++) {
                sum += p[i * k + c];
                best = p[i * k + c] > p[i * k + best] ? c : best;
            }
            cr_assert_lt(fabs(sum - 1), 1e-15);
            same += (double)best == label[i];
        }
        cr_assert_geq(same, 216, "%zu classes: %zu of 240 the same", k, same);
        free(p);
        hone_free(est);
        support_sample_free(&s);
    }
}

/* A machine that knows its noise by heart has margins of 1 on it; only rows that it has not seen
 * show that it knows nothing. */
Test(svm, probabilities_come_from_rows_left_out) {
    struct support_sample s = support_sample(200, 5, 2, 11);
    hone_rng rng = hone_rng_at(1, 1);
    for (size_t i = 0; i < 200; i++)
        s.y[i] = hone_rng_uniform(&rng) < 0.5;
    hone_estimator *est = support_fit("svc", "gamma=1 C=100", &s.data, NULL);
    double p[400], label[200];
    cr_assert_eq(hone_predict_proba(est, &s.data, p, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(est, &s.data, label, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 200; i++) {
        cr_assert_eq(label[i], s.y[i]);
        cr_assert_lt(fabs(p[2 * i] - 0.5), 0.25, "probability %g of noise", p[2 * i]);
    }
    hone_free(est);
    support_sample_free(&s);
}

static void count_warning(void *user, const char *message) {
    cr_assert_not_null(strstr(message, "single row"), "%s", message);
    ++*(int *)user;
}

Test(svm, a_class_of_one_row_is_fitted_with_a_warning) {
    struct support_sample s = support_sample(60, 4, 2, 11);
    int warnings = 0;
    hone_monitor mon = {.user = &warnings, .warn = count_warning};
    s.y[0] = 2;
    hone_estimator *est = support_fit("svc", "", &s.data, &mon);
    double p[180];
    cr_assert_eq(warnings, 2);
    cr_assert_eq(hone_predict_proba(est, &s.data, p, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 60; i++)
        cr_assert_lt(fabs(p[3 * i] + p[3 * i + 1] + p[3 * i + 2] - 1), 1e-15);
    hone_free(est);
    support_sample_free(&s);
}

Test(svm, without_probability_there_are_none) {
    struct support_sample s = support_sample(60, 4, 3, 11);
    hone_estimator *est = support_fit("svc", "probability=false", &s.data, NULL);
    hone_error err = {HONE_OK, ""};
    double p[180];
    cr_assert_eq(hone_estimator_tags(est) & HONE_TAG_PROBA, 0);
    cr_assert_eq(hone_predict_proba(est, &s.data, p, NULL, &err), HONE_EUNSUPPORTED);
    cr_assert_not_null(strstr(err.message, "svc"), "%s", err.message);
    hone_free(est);
    support_sample_free(&s);
}

/* ---- bits, files ------------------------------------------------------------------------- */

static void same_for_threads(const hone_class *cls, size_t k, const char *set) {
    struct support_sample s = support_sample(230, 6, k, 11);
    hone_monitor one = {.threads = 1};
    hone_estimator *first = support_fit(cls->name, set, &s.data, &one);
    for (int threads = 1; threads <= 4; threads *= 2) {
        hone_monitor mon = {.threads = threads};
        hone_estimator *est = support_fit(cls->name, set, &s.data, &mon);
        cr_assert(hone_estimator_equal(first, est), "%s, %d threads", set, threads);
        hone_free(est);
    }
    hone_free(first);
    support_sample_free(&s);
}

Test(svm, same_bits_for_any_number_of_threads) {
    same_for_threads(&hone_svc, 3, "");
    same_for_threads(&hone_svc, 2, "cache_size=0.01 seed=4");
    same_for_threads(&hone_svr, 0, "");
}

Test(svm, the_seed_moves_only_the_probabilities) {
    struct support_sample s = support_sample(120, 4, 2, 11);
    hone_estimator *a = support_fit("svc", "seed=1", &s.data, NULL);
    hone_estimator *b = support_fit("svc", "seed=2", &s.data, NULL);
    const struct svc_state *sa = hone_estimator_state(a), *sb = hone_estimator_state(b);
    cr_assert_eq(sa->v.n_sv, sb->v.n_sv);
    cr_assert_arr_eq(sa->dual_coef, sb->dual_coef, sa->v.n_sv * sizeof *sa->dual_coef);
    cr_assert_neq(sa->platt_a[0], sb->platt_a[0]);
    hone_free(a);
    hone_free(b);
    support_sample_free(&s);
}

static const hone_class *lookup(const char *name) {
    return strcmp(name, "svc") == 0 ? &hone_svc : strcmp(name, "svr") == 0 ? &hone_svr : NULL;
}

static void survives_a_file(const hone_class *cls, size_t k, const char *set) {
    struct support_sample s = support_sample(120, 4, k, 11);
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_fit(cls->name, set, &s.data, NULL), *back = NULL;
    double before[120], after[120];
    const char *path = support_path("svm.hone");
    cr_assert_eq(hone_save(est, path, &err), HONE_OK, "%s", err.message);
    cr_assert_eq(hone_model_read(path, lookup, &back, &err), HONE_OK, "%s", err.message);
    unlink(path);
    cr_assert(hone_estimator_equal(est, back));
    cr_assert_eq(hone_predict(est, &s.data, before, NULL, NULL), HONE_OK);
    cr_assert_eq(hone_predict(back, &s.data, after, NULL, NULL), HONE_OK);
    cr_assert_arr_eq(before, after, sizeof before);
    hone_free(est);
    hone_free(back);
    support_sample_free(&s);
}

Test(svm, models_survive_a_file) {
    survives_a_file(&hone_svc, 3, "");
    survives_a_file(&hone_svc, 2, "probability=false kernel=poly");
    survives_a_file(&hone_svr, 0, "kernel=linear");
}

Test(svm, states_out_of_order_are_refused) {
    struct support_sample s = support_sample(90, 4, 3, 11);
    hone_estimator *est = support_fit("svc", "", &s.data, NULL);
    const void *params = hone_estimator_params(est);
    struct svc_state state = *(const struct svc_state *)hone_estimator_state(est);
    int32_t *counts = state.n_support, wrong[3] = {counts[0] + 1, counts[1], counts[2]};
    cr_assert_eq(hone_svc.validate(params, &state, 4, 3, NULL), HONE_OK);
    cr_assert_eq(hone_svc.validate(params, &state, 5, 3, NULL), HONE_EFORMAT);
    cr_assert_eq(hone_svc.validate(params, &state, 4, 2, NULL), HONE_EFORMAT);
    state.n_support = wrong;
    cr_assert_eq(hone_svc.validate(params, &state, 4, 3, NULL), HONE_EFORMAT);
    wrong[0] -= 2;
    cr_assert_eq(hone_svc.validate(params, &state, 4, 3, NULL), HONE_EFORMAT);
    wrong[0] = -1;
    cr_assert_eq(hone_svc.validate(params, &state, 4, 3, NULL), HONE_EFORMAT);
    state.n_support = counts, state.gamma = NAN;
    cr_assert_eq(hone_svc.validate(params, &state, 4, 3, NULL), HONE_EFORMAT);
    hone_free(est);
    support_sample_free(&s);
}

/* ---- failures ---------------------------------------------------------------------------- */

static void survives_failing_allocations(const hone_class *cls, size_t k, const char *set) {
    struct support_sample s = support_sample(40, 3, k, 11);
    hone_monitor one = {.threads = 1};
    double out[40 * 4];
    hone_status status = HONE_ENOMEM;
    for (long at = 1; status != HONE_OK; at++) {
        cr_assert_lt(at, 5000);
        long live = hone_alloc_live();
        hone_estimator *est = support_create(cls->name, set);
        hone_alloc_fail_at(at, (int)(at % 2));
        status = hone_fit(est, &s.data, &one, NULL);
        if (status == HONE_OK)
            status = hone_predict(est, &s.data, out, &one, NULL);
        if (status == HONE_OK && k)
            status = hone_decision_function(est, &s.data, out, &one, NULL);
        if (status == HONE_OK && k)
            status = hone_predict_proba(est, &s.data, out, &one, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM, "allocation %ld: status %d", at,
                  (int)status);
        hone_free(est);
        cr_assert_eq(hone_alloc_live(), live, "allocation %ld leaks", at);
    }
    support_sample_free(&s);
}

Test(svm, any_allocation_may_fail) {
    survives_failing_allocations(&hone_svc, 3, "");
    survives_failing_allocations(&hone_svc, 2, "cache_size=0.001");
    survives_failing_allocations(&hone_svr, 0, "");
    survives_failing_allocations(&hone_svr, 0, "cache_size=0.001");
}

static int yes(void *user) {
    (void)user;
    return 1;
}

Test(svm, a_cancelled_fit_keeps_the_old_model) {
    struct support_sample s = support_sample(90, 4, 3, 11);
    hone_monitor mon = {.cancelled = yes};
    hone_estimator *est = support_fit("svc", "", &s.data, NULL);
    const void *before = hone_estimator_state(est);
    cr_assert_eq(hone_fit(est, &s.data, &mon, NULL), HONE_ECANCELLED);
    cr_assert_eq(hone_estimator_state(est), before);
    hone_free(est);
    support_sample_free(&s);
}

Test(svm, kernels_out_of_range_are_refused) {
    struct support_sample s = support_sample(60, 4, 2, 11);
    hone_error err = {HONE_OK, ""};
    hone_estimator *est = support_create("svc", "kernel=poly degree=9 gamma=1e5");
    cr_assert_eq(hone_fit(est, &s.data, NULL, &err), HONE_ENUMERIC);
    cr_assert_not_null(strstr(err.message, "svc: the poly kernel"), "%s", err.message);
    hone_free(est);
    support_sample_free(&s);
}

/* libsvm bounds the coefficients of a class as a whole. */
Test(svm, libsvm_refuses_what_only_smo_can) {
    struct support_sample s = support_sample(60, 3, 2, 11);
    double weights[60];
    for (size_t i = 0; i < 60; i++)
        weights[i] = i == 7 ? 2 : 1;
    s.data.weights = weights;
    static const char *const sets[] = {"solver=libsvm", "solver=libsvm max_iter=5",
                                       "solver=libsvm C=inf", "solver=libsvm time_limit=1"};
    for (size_t i = 0; i < 4; i++) {
        hone_error err = {HONE_OK, ""};
        hone_estimator *est = support_create("svc", sets[i]);
        cr_assert_eq(hone_fit(est, &s.data, NULL, &err), HONE_EUNSUPPORTED);
        cr_assert_str_eq(err.message,
                         "svc: solver=libsvm takes no sample weights and no limits (C=inf, "
                         "max_iter, time_limit); take solver=smo");
        hone_free(est);
        s.data.weights = NULL;
    }
    support_sample_free(&s);
}

Test(svm, a_constant_target_needs_no_vectors) {
    struct support_sample s = support_sample(40, 3, 0, 11);
    double out[40];
    for (size_t i = 0; i < 40; i++)
        s.y[i] = 4;
    hone_estimator *est = support_fit("svr", "", &s.data, NULL);
    cr_assert_eq(hone_predict(est, &s.data, out, NULL, NULL), HONE_OK);
    for (size_t i = 0; i < 40; i++)
        cr_assert_float_eq(out[i], 4, 1e-12);
    hone_free(est);
    support_sample_free(&s);
}
