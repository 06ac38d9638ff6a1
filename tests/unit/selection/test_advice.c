/* What is said about curves: no more than their numbers show. */
#include "core/rng.h"
#include "selection/score_curve.h"
#include "toys.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static const hone_metric *metric_named(const char *name) {
    const hone_metric *metric = NULL;
    ok(hone_metric_find(name, &metric, &err));
    return metric;
}

/* A curve of one metric from means and a wave over the splits that is the same at each point, and
 * noise that differs. */
static hone_score_curve *drawn(hone_score_curve_kind kind, size_t points, size_t splits,
                               const double *train, const double *test, double noise) {
    hone_score_curve *curve = NULL;
    const hone_metric *metric = metric_named("accuracy");
    hone_curve_ruler ruler = {&metric, 1, 1};
    uint32_t fold_of[10];
    hone_folds folds = {.n_rows = 10, .folds = splits, .repeats = 1, .fold_of = fold_of};
    for (uint32_t i = 0; i < 10; i++)
        fold_of[i] = i % (uint32_t)splits;
    ok(hone_score_curve_create(kind, points, &folds, &ruler, &curve, &err));
    hone_rng rng = hone_rng_at(1, 2);
    for (size_t p = 0; p < points; p++) {
        char label[32];
        curve->at[p] = pow(10, (double)p);
        snprintf(label, sizeof label, "%g", curve->at[p]);
        ok(hone_text_copy(label, &curve->labels[p], &err));
        for (size_t s = 0; s < splits; s++) {
            double wave = 0.05 * sin((double)s);
            size_t at = hone_score_curve_at(curve, 0, p, s);
            curve->train[at] = train[p] + wave + noise * hone_rng_normal(&rng);
            curve->test[at] = test[p] + wave + noise * hone_rng_normal(&rng);
        }
    }
    if (kind == HONE_VALIDATION_CURVE)
        ok(hone_text_copy("C", &curve->param, &err));
    return curve;
}

/* The advice on it holds all words of `with` and none of `without` (NULL: no words). */
static void check_advice(hone_score_curve *curve, const char *with[], const char *without) {
    char text[1024];
    ok(hone_score_curve_advice(curve, 0, text, sizeof text, &err));
    for (size_t i = 0; with[i]; i++)
        cr_assert_not_null(strstr(text, with[i]), "no '%s' in: %s", with[i], text);
    if (without)
        cr_assert_null(strstr(text, without), "'%s' in: %s", without, text);
    cr_assert_eq(hone_score_curve_advice(curve, 0, text, strlen(text), &err), HONE_EINVAL);
    hone_score_curve_free(curve);
}

Test(advice, of_a_learning_curve_compares_the_gap_with_the_spread) {
    const double high[] = {1, 1, 1}, rising[] = {0.7, 0.8, 0.9}, flat[] = {0.7, 0.8, 0.8};
    const double low[] = {0.81, 0.8, 0.8};
    check_advice(drawn(HONE_LEARNING_CURVE, 3, 5, high, rising, 0.01),
                 (const char *[]){"the model overfits", "more data should help",
                                  "100 training "
                                  "rows",
                                  "5 splits", NULL},
                 "underfits");
    check_advice(drawn(HONE_LEARNING_CURVE, 3, 5, high, flat, 0.01),
                 (const char *[]){"the model overfits", "does not clearly change",
                                  "simpler or more regularised", NULL},
                 "more data should help");
    check_advice(drawn(HONE_LEARNING_CURVE, 3, 5, low, flat, 0.01),
                 (const char *[]){"within the spread", "no clear sign of overfitting", "if 0.8",
                                  "underfits or the columns tell no more", NULL},
                 "the model overfits");
    /* the same means drowned in noise claim nothing */
    check_advice(drawn(HONE_LEARNING_CURVE, 3, 5, high, rising, 1),
                 (const char *[]){"within the spread", "does not clearly change", NULL},
                 "the model overfits");
    check_advice(drawn(HONE_LEARNING_CURVE, 1, 1, high, rising, 0),
                 (const char *[]){"a single split does not tell", NULL}, "overfits");
    check_advice(drawn(HONE_LEARNING_CURVE, 2, 4, flat, high, 0.01),
                 (const char *[]){"honest split rarely shows", NULL}, "overfits");
}

Test(advice, of_a_validation_curve_names_the_best_value_and_its_rivals) {
    const double train[] = {0.6, 0.8, 0.9, 0.98, 1}, test[] = {0.58, 0.78, 0.88, 0.88, 0.6};
    const double same[] = {0.9, 0.9, 0.9}, edge[] = {0.5, 0.6, 0.8};
    check_advice(drawn(HONE_VALIDATION_CURVE, 5, 6, train, test, 0.01),
                 (const char *[]){"Validation is best at C = 100", "not clearly worse: 1000",
                                  "Towards 1 validation gets worse and training too: the model "
                                  "underfits there",
                                  "Towards 10000 validation gets worse while training does not: "
                                  "the model overfits there",
                                  NULL},
                 "look beyond");
    check_advice(drawn(HONE_VALIDATION_CURVE, 3, 6, edge, edge, 0.01),
                 (const char *[]){"best at C = 100", "within the spread", "look beyond it", NULL},
                 "not clearly worse");
    check_advice(drawn(HONE_VALIDATION_CURVE, 3, 6, same, same, 0.2),
                 (const char *[]){"not clearly worse: ", NULL}, "underfits");
}

Test(advice, says_so_where_nothing_is_defined) {
    const double nothing[] = {NAN, NAN};
    check_advice(drawn(HONE_LEARNING_CURVE, 2, 3, nothing, nothing, 0.01),
                 (const char *[]){"accuracy is undefined", NULL}, "overfit");
    check_advice(drawn(HONE_VALIDATION_CURVE, 2, 3, nothing, nothing, 0.01),
                 (const char *[]){"accuracy is undefined at every value of C", NULL}, "overfit");
}

/* Under the null of no gap, how often is one claimed? */
Test(advice, rarely_sees_a_gap_where_there_is_none) {
    size_t claims = 0, trials = 400;
    hone_rng rng = hone_rng_at(5, 5);
    const double flat[] = {0.8};
    for (size_t t = 0; t < trials; t++) {
        char text[1024];
        hone_score_curve *curve = drawn(HONE_LEARNING_CURVE, 1, 10, flat, flat, 0);
        for (size_t s = 0; s < 10; s++) {
            curve->train[s] += 0.01 * hone_rng_normal(&rng);
            curve->test[s] += 0.01 * hone_rng_normal(&rng);
        }
        ok(hone_score_curve_advice(curve, 0, text, sizeof text, &err));
        claims += !strstr(text, "within the spread");
        hone_score_curve_free(curve);
    }
    cr_assert_lt(claims, trials * 8 / 100, "%zu of %zu", claims, trials);
}
