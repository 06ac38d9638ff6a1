/* contract.h -- what every estimator of the registry must keep; one loop runs every check on each.
 *
 * A check is a function of a subject: an unfitted estimator of one class and a problem that its
 * tags can take. It asserts with Criterion; the runner names class and check on failure. */
#ifndef HONE_TESTS_CONTRACT_H
#define HONE_TESTS_CONTRACT_H

#include "core/alloc.h"
#include "core/estimator_impl.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A data set that the class can take, with names; owns its blocks. */
struct problem {
    size_t n, m, k;      /* k: classes, 0 for values and where there is no y */
    double *x, *y;       /* n x m, n */
    hone_schema *schema; /* columns a, b, c, ...; the first is categorical where that is taken */
    hone_dataset data;   /* with the schema */
    hone_dataset raw;    /* without it (all numeric then) */
};

struct subject {
    const hone_class *cls;
    hone_estimator *est;
    unsigned tags;
    hone_task task;
    struct problem p;
};

typedef void check_fn(struct subject *s);

/* An unfitted estimator of a class; meta-estimators get small ones inside. */
hone_estimator *make_estimator(const hone_class *cls);
/* Does it need a y? */
bool learns_from_y(const struct subject *s);
/* n rows for this class. */
struct problem make_problem(const struct subject *s, size_t n, uint64_t seed);
void free_problem(struct problem *p);

/* Fits; the test fails with the library's sentence when that fails. */
void fit_fine(hone_estimator *est, const hone_dataset *data);
/* The call failed with this status and left a one-line sentence that begins with the class's name
 * (of an inner estimator, for meta-estimators). */
void expect_failure(hone_status got, hone_status want, const hone_error *err);

/* All that a fitted estimator answers about these rows: predict, proba, decision, transform, one
 * after another. Free with free(). */
double *answers(const hone_estimator *est, const hone_dataset *data, const hone_monitor *mon,
                size_t *n);
/* How wide each of these is, per row, in that order; gives how many there are. */
size_t answer_widths(const hone_estimator *est, size_t widths[4]);
/* The answers are the same, to the bit. */
void expect_same_answers(const hone_estimator *a, const hone_estimator *b,
                         const hone_dataset *data);

/* The table's checks, by file. */
extern check_fn params_have_help, params_round_trip, params_refuse_bad_values,
    params_unknown_is_named, clone_is_the_same, null_error_is_fine;
extern check_fn unfitted_is_refused, missing_value_is_named, infinite_value_is_named,
    wrong_shapes_are_named, one_class_is_named, third_class_is_named, one_row_is_answered,
    constant_column_is_fine, sparse_is_refused_or_taken, categories_are_refused_or_taken,
    columns_match_by_name, data_stay_untouched, stride_makes_no_difference, labels_come_back;
extern check_fn fit_twice_is_the_same, refit_forgets, proba_sums_to_one, rows_stand_alone,
    failed_fit_leaves_the_old_model, data_are_not_kept, attributes_are_there,
    threads_make_no_difference, cancel_stops, deadline_stops;
extern check_fn bad_weights_are_refused, zero_weight_is_absence, weight_two_is_row_twice;
extern check_fn sparse_gives_what_dense_gives, shared_work_makes_no_difference,
    batches_are_taken_or_refused, warm_start_goes_on, fit_transform_is_fit_then_transform;
extern check_fn file_brings_all_back, damaged_file_is_refused, allocation_failures_leak_nothing;

#endif
