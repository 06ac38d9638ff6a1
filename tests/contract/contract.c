/* contract.c -- registry x checks, each pair in a process of its own. */
#include "contract/contract.h"

#include <criterion/parameterized.h>

#include <stdio.h>

#define CHECK(name) \
    { #name, name }
static const struct check {
    const char *name;
    check_fn *run;
} CHECKS[] = {
    CHECK(params_have_help),
    CHECK(params_round_trip),
    CHECK(params_refuse_bad_values),
    CHECK(params_unknown_is_named),
    CHECK(clone_is_the_same),
    CHECK(null_error_is_fine),
    CHECK(unfitted_is_refused),
    CHECK(missing_value_is_named),
    CHECK(infinite_value_is_named),
    CHECK(wrong_shapes_are_named),
    CHECK(one_class_is_named),
    CHECK(third_class_is_named),
    CHECK(one_row_is_answered),
    CHECK(constant_column_is_fine),
    CHECK(sparse_is_refused_or_taken),
    CHECK(categories_are_refused_or_taken),
    CHECK(columns_match_by_name),
    CHECK(data_stay_untouched),
    CHECK(stride_makes_no_difference),
    CHECK(labels_come_back),
    CHECK(fit_twice_is_the_same),
    CHECK(refit_forgets),
    CHECK(proba_sums_to_one),
    CHECK(rows_stand_alone),
    CHECK(failed_fit_leaves_the_old_model),
    CHECK(data_are_not_kept),
    CHECK(attributes_are_there),
    CHECK(threads_make_no_difference),
    CHECK(cancel_stops),
    CHECK(deadline_stops),
    CHECK(bad_weights_are_refused),
    CHECK(zero_weight_is_absence),
    CHECK(weight_two_is_row_twice),
    CHECK(sparse_gives_what_dense_gives),
    CHECK(shared_work_makes_no_difference),
    CHECK(batches_are_taken_or_refused),
    CHECK(warm_start_goes_on),
    CHECK(fit_transform_is_fit_then_transform),
    CHECK(file_brings_all_back),
    CHECK(damaged_file_is_refused),
    CHECK(allocation_failures_leak_nothing),
};
enum { N_CHECKS = sizeof CHECKS / sizeof *CHECKS, MAX_PAIRS = 8192 };

struct pair {
    size_t cls, check;
};

ParameterizedTestParameters(contract, estimator) {
    static struct pair pairs[MAX_PAIRS];
    size_t n = 0;
    for (size_t c = 0; c < hone_class_count(); c++)
        for (size_t k = 0; k < N_CHECKS && n < MAX_PAIRS; k++)
            pairs[n++] = (struct pair){c, k};
    return cr_make_param_array(struct pair, pairs, n);
}

/* Criterion does not say which parameters failed: the process of a failed check does, at its end.
 */
static const struct check *running;
static const char *running_on;

__attribute__((destructor)) static void name_failure(void) {
    if (running)
        fprintf(stderr, "contract: %s does not keep %s\n", running_on, running->name);
}

ParameterizedTest(struct pair *pair, contract, estimator) {
    const struct check *check = &CHECKS[pair->check];
    struct subject s = {.cls = hone_class_at(pair->cls)};
    running = check;
    running_on = s.cls->name;
    s.est = make_estimator(s.cls);
    s.tags = hone_estimator_tags(s.est);
    s.task = hone_estimator_task(s.est);
    s.p = make_problem(&s, 60, 1);
    check->run(&s);
    free_problem(&s.p);
    hone_free(s.est);
    running = NULL;
}

Test(contract, names_are_unique) {
    for (size_t i = 0; i < hone_class_count(); i++)
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(hone_class_name(hone_class_at(i)), hone_class_name(hone_class_at(j)));
    cr_assert_geq(hone_class_count(), 13);
}
