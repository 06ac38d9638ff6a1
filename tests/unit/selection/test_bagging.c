/* Bagging by what must hold: bags, members, out-of-bag answers recomputed from outside. */
#include "toys.h"

#include "selection/bagging.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ok(call) cr_assert_eq((call), HONE_OK, "%s", err.message)

static hone_error err;

static hone_estimator *create(const char *spec, bool classes) {
    hone_estimator *est = NULL;
    ok(hone_create_spec(spec, classes ? HONE_TARGET_CLASSES : HONE_TARGET_REAL, &est, &err));
    return est;
}

/* ---- bags --------------------------------------------------------------------------------- */

Test(bag, draws_are_even) {
    enum { N = 20, BAGS = 4000 };
    hone_bag bag = {.seed = 3, .n = N, .rows = 12, .m = N, .columns = 7, .repeats_rows = true};
    uint32_t count[N], met[N] = {0}, columns_met[N] = {0};
    int32_t column[7];
    size_t absent = 0;
    for (size_t b = 0; b < BAGS; b++) {
        uint32_t sum = 0;
        ok(hone_bag_rows(&bag, b, count, &err));
        for (size_t i = 0; i < N; i++)
            sum += count[i], met[i] += count[i], absent += count[i] == 0;
        cr_assert_eq(sum, 12);
        ok(hone_bag_columns(&bag, b, column, &err));
        for (size_t j = 0; j < 7; j++) {
            cr_assert(j == 0 || column[j] > column[j - 1]);
            columns_met[column[j]]++;
        }
    }
    for (size_t i = 0; i < N; i++) { /* four standard deviations */
        cr_assert(fabs(met[i] - BAGS * 12. / N) < 4 * sqrt(BAGS * 12. / N));
        cr_assert(fabs(columns_met[i] - BAGS * 7. / N) < 4 * sqrt(BAGS * 7. / N));
    }
    double share = (double)absent / (N * BAGS);
    cr_assert_float_eq(share, pow(1 - 1. / N, 12), 0.01);
}

Test(bag, draws_follow_weights) {
    enum { N = 4, BAGS = 2000, ROWS = 50 };
    const double weights[N] = {1, 0.5, 0, 2.5};
    hone_bag bag = {.n = N, .rows = ROWS, .repeats_rows = true, .weights = weights};
    uint32_t count[N];
    double met[N] = {0};
    for (size_t b = 0; b < BAGS; b++) {
        ok(hone_bag_rows(&bag, b, count, &err));
        for (size_t i = 0; i < N; i++)
            met[i] += (double)count[i] / (BAGS * ROWS);
    }
    for (size_t i = 0; i < N; i++)
        cr_assert_float_eq(met[i], weights[i] / 4, 0.006);
    cr_assert_eq(met[2], 0);
}

Test(bag, without_replacement_each_row_is_there_once) {
    hone_bag bag = {.n = 30, .rows = 11};
    uint32_t first[30], second[30];
    ok(hone_bag_rows(&bag, 0, first, &err));
    ok(hone_bag_rows(&bag, 1, second, &err));
    size_t sum = 0;
    for (size_t i = 0; i < 30; i++) {
        cr_assert_leq(first[i], 1);
        sum += first[i];
    }
    cr_assert_eq(sum, 11);
    cr_assert(memcmp(first, second, sizeof first) != 0);
}

Test(bag, is_drawn_again_until_two_classes_are_there) {
    double y[200] = {0};
    y[17] = 1;
    hone_bag bag = {.n = 200, .rows = 200, .repeats_rows = true, .y = y};
    uint32_t count[200];
    for (size_t b = 0; b < 50; b++) {
        ok(hone_bag_rows(&bag, b, count, &err));
        cr_assert_gt(count[17], 0);
    }
}

/* ---- members -------------------------------------------------------------------------------- */

/* One member, all rows and columns once: the estimator itself, to the bit. */
Test(bagging, of_one_is_that_one) {
    toy_data data = toy_data_make(90, 4, 3, 1);
    hone_estimator *bag = create("bagging(gaussian_nb):n_estimators=1,bootstrap=false", true);
    hone_estimator *alone = create("gaussian_nb", true);
    double a[90 * 3], b[90 * 3];
    ok(hone_fit(bag, &data.set, NULL, &err));
    ok(hone_fit(alone, &data.set, NULL, &err));
    ok(hone_predict_proba(bag, &data.set, a, NULL, &err));
    ok(hone_predict_proba(alone, &data.set, b, NULL, &err));
    cr_assert_arr_eq(a, b, sizeof a);
    hone_free(bag), hone_free(alone);
    toy_data_free(&data);
}

/* The bag of a member as fit has drawn it. */
static void bag_of(const hone_dataset *data, size_t rows, bool repeats, size_t member,
                   uint32_t *count) {
    hone_bag bag = {.seed = 9, .n = data->x.rows, .rows = rows, .repeats_rows = repeats};
    ok(hone_bag_rows(&bag, member, count, &err));
}

/* A member by hand: the inner estimator on the rows of the bag, repeated. */
static void fit_by_hand(const char *spec, const hone_dataset *data, const uint32_t *count,
                        double *out) {
    size_t rows[400], n = 0;
    hone_dataset *part = NULL;
    hone_estimator *est = create(spec, false);
    for (size_t i = 0; i < data->x.rows; i++)
        for (uint32_t c = 0; c < count[i]; c++)
            rows[n++] = i;
    ok(hone_dataset_take(data, rows, n, &part, &err));
    ok(hone_fit(est, part, NULL, &err));
    ok(hone_predict(est, data, out, NULL, &err));
    hone_dataset_free(part);
    hone_free(est);
}

/* Exact weights (linear_regression) and repeated rows (decision trees) give the same bags; each
 * row out of bag has the mean of the members that lack it. */
static void recompute(const char *inner) {
    enum { N = 80, B = 7 };
    toy_data data = toy_data_make(N, 3, 0, 2);
    char spec[128];
    snprintf(spec, sizeof spec, "bagging(%s):n_estimators=7,oob_score=true,seed=9", inner);
    hone_estimator *est = create(spec, false);
    ok(hone_fit(est, &data.set, NULL, &err));
    double mean[N] = {0}, oob[N] = {0}, absent[N] = {0}, out[N], score;
    for (size_t b = 0; b < B; b++) {
        uint32_t count[N];
        bag_of(&data.set, N, true, b, count);
        fit_by_hand(inner, &data.set, count, out);
        for (size_t i = 0; i < N; i++) {
            mean[i] += out[i] / B;
            oob[i] += count[i] ? 0 : out[i];
            absent[i] += !count[i];
        }
    }
    ok(hone_predict(est, &data.set, out, NULL, &err));
    cr_assert_lt(support_distance(out, mean, N), 1e-9);
    hone_view says;
    ok(hone_get_array(est, "oob_prediction", &says, &err));
    double residual = 0, spread = 0, centre = 0, known = 0;
    for (size_t i = 0; i < N; i++) {
        cr_assert_eq(isnan(says.data[i]), absent[i] == 0);
        if (absent[i] == 0)
            continue;
        cr_assert_float_eq(says.data[i], oob[i] / absent[i], 1e-9);
        centre += data.y[i], known++;
    }
    for (size_t i = 0; i < N; i++)
        if (absent[i] > 0) {
            residual += pow(data.y[i] - oob[i] / absent[i], 2);
            spread += pow(data.y[i] - centre / known, 2);
        }
    ok(hone_get_number(est, "oob_score", &score, &err));
    cr_assert_float_eq(score, 1 - residual / spread, 1e-9);
    hone_free(est);
    toy_data_free(&data);
}

Test(bagging, members_and_out_of_bag_answers_are_those_by_hand) {
    recompute("linear_regression");
    recompute("decision_tree_regressor");
}

/* Members without probabilities vote: out of bag too. */
Test(bagging, votes_where_there_are_no_probabilities) {
    enum { N = 60, B = 5 };
    toy_data data = toy_data_make(N, 3, 3, 3);
    hone_estimator *est =
        create("bagging(linear_svc):n_estimators=5,oob_score=true,max_samples=0.4,seed=9", true);
    double proba[N * 3], votes[N * 3] = {0}, label[N];
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict_proba(est, &data.set, proba, NULL, &err));
    hone_view oob;
    ok(hone_get_array(est, "oob_prediction", &oob, &err));
    double out[N * 3] = {0}, absent[N] = {0};
    for (size_t b = 0; b < B; b++) {
        uint32_t count[N];
        bag_of(&data.set, 24, true, b, count);
        ok(hone_predict(hone_step(est, b), &data.set, label, NULL, &err));
        for (size_t i = 0; i < N; i++) {
            votes[3 * i + (size_t)label[i]] += 1. / B;
            out[3 * i + (size_t)label[i]] += !count[i];
            absent[i] += !count[i];
        }
    }
    cr_assert_lt(support_distance(proba, votes, N * 3), 1e-15);
    for (size_t i = 0; i < N * 3; i++)
        cr_assert_float_eq(oob.data[i], out[i] / absent[i / 3], 1e-15);
    hone_free(est);
    toy_data_free(&data);
}

/* A member sees its columns alone, and is asked about them alone. */
Test(bagging, members_have_columns_of_their_own) {
    enum { N = 50, M = 6, F = 2 };
    toy_data data = toy_data_make(N, M, 0, 4);
    hone_estimator *est = create(
        "bagging(linear_regression):n_estimators=4,max_features=2,bootstrap=false,seed=9", false);
    double out[N], mean[N] = {0}, part[N * F], one[N];
    ok(hone_fit(est, &data.set, NULL, &err));
    const hone_bagging_state *s = hone_estimator_state(est);
    cr_assert_eq(s->n_features, F);
    for (size_t b = 0; b < 4; b++) {
        hone_bagging_gather(data.set.x, s->features + b * F, F, part);
        hone_dataset seen = {.x = hone_view_of(part, N, F), .y = data.set.y};
        hone_estimator *by_hand = create("linear_regression", false);
        ok(hone_fit(by_hand, &seen, NULL, &err));
        ok(hone_predict(by_hand, &seen, one, NULL, &err));
        for (size_t i = 0; i < N; i++)
            mean[i] += one[i] / 4;
        hone_free(by_hand);
        const hone_schema *columns = hone_input_schema(hone_step(est, b));
        for (size_t j = 0; j < F; j++)
            cr_assert_str_eq(columns->columns[j].name,
                             data.set.schema->columns[s->features[b * F + j]].name);
    }
    ok(hone_predict(est, &data.set, out, NULL, &err));
    cr_assert_lt(support_distance(out, mean, N), 1e-12);
    hone_free(est);
    toy_data_free(&data);
}

/* Three members and a warm start to eight are the eight, to the bit; the seed decides. */
Test(bagging, warm_start_adds_members) {
    toy_data data = toy_data_make(60, 4, 2, 5);
    hone_estimator *warm = create("bagging:n_estimators=3,warm_start=true,max_features=0.5", true);
    hone_estimator *whole = create("bagging:n_estimators=8,max_features=0.5", true);
    hone_estimator *other = create("bagging:n_estimators=8,max_features=0.5,seed=1", true);
    double a[120], b[120], c[120];
    ok(hone_fit(warm, &data.set, NULL, &err));
    ok(hone_set(warm, "n_estimators=8", &err));
    ok(hone_fit(warm, &data.set, NULL, &err));
    ok(hone_fit(whole, &data.set, NULL, &err));
    ok(hone_fit(other, &data.set, NULL, &err));
    ok(hone_predict_proba(warm, &data.set, a, NULL, &err));
    ok(hone_predict_proba(whole, &data.set, b, NULL, &err));
    ok(hone_predict_proba(other, &data.set, c, NULL, &err));
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert(memcmp(a, c, sizeof a) != 0);
    ok(hone_set(warm, "n_estimators=5", &err));
    cr_assert_eq(hone_fit(warm, &data.set, NULL, &err), HONE_EINVAL);
    cr_assert(strstr(err.message, "n_estimators is 5, but warm_start goes on from 8"), "%s",
              err.message);
    ok(hone_set(warm, "n_estimators=9,max_features=3", &err));
    cr_assert_eq(hone_fit(warm, &data.set, NULL, &err), HONE_EINVAL);
    cr_assert(strstr(err.message, "max_features asks for 3"), "%s", err.message);
    hone_free(warm), hone_free(whole), hone_free(other);
    toy_data_free(&data);
}

/* A path over the number of members is made by warm starts. */
Test(bagging, path_over_members) {
    toy_data data = toy_data_make(60, 3, 0, 6);
    hone_estimator *model = create("bagging", false), *path[2], *whole;
    const char *const values[] = {"2", "6"};
    double a[60], b[60];
    ok(hone_fit_path(model, "n_estimators", values, 2, &data.set, NULL, path, &err));
    whole = create("bagging:n_estimators=6", false);
    ok(hone_fit(whole, &data.set, NULL, &err));
    ok(hone_predict(path[1], &data.set, a, NULL, &err));
    ok(hone_predict(whole, &data.set, b, NULL, &err));
    cr_assert_arr_eq(a, b, sizeof a);
    hone_free(model), hone_free(whole), hone_free(path[0]), hone_free(path[1]);
    toy_data_free(&data);
}

/* Rows of no weight are in no bag; the others are drawn by their weight and then count once. */
Test(bagging, weights_are_drawn_by) {
    toy_data data = toy_data_make(60, 3, 0, 7);
    double weights[60], out[60];
    for (size_t i = 0; i < 60; i++)
        weights[i] = i == 11 ? 1 : 1e-200;
    data.set.weights = weights;
    hone_estimator *est = create("bagging:n_estimators=3", false);
    ok(hone_fit(est, &data.set, NULL, &err));
    ok(hone_predict(est, &data.set, out, NULL, &err));
    for (size_t i = 0; i < 60; i++)
        cr_assert_float_eq(out[i], data.y[11], 1e-12);
    hone_free(est);
    toy_data_free(&data);
}

static void refuse(const char *spec, hone_status status, const char *message) {
    toy_data data = toy_data_make(60, 3, 0, 8);
    hone_estimator *est = create(spec, false);
    cr_assert_eq(hone_fit(est, &data.set, NULL, &err), status, "%s", spec);
    cr_assert_str_eq(err.message, message);
    hone_free(est);
    toy_data_free(&data);
}

Test(bagging, impossible_bags_get_a_sentence) {
    refuse("bagging:max_samples=61", HONE_EDATA,
           "bagging_regressor: max_samples is 61, but there are 60 rows");
    refuse("bagging:max_features=4", HONE_EDATA,
           "bagging_regressor: max_features is 4, but there are 3 columns");
    refuse("bagging:max_samples=2.5", HONE_EINVAL,
           "bagging_regressor: parameter max_samples must be a share up to 1 or a whole number, "
           "got 2.5");
    refuse("bagging:oob_score=true,warm_start=true", HONE_EINVAL,
           "bagging_regressor: oob_score cannot go with warm_start, whose members may have learnt "
           "from other rows");
    refuse("bagging:oob_score=true,bootstrap=false", HONE_EINVAL,
           "bagging_regressor: oob_score needs rows that a bag lacks: bootstrap, or max_samples "
           "below 1");
}
