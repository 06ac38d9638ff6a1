/* stacking.h -- the columns that the last estimator of a stack learns from. */
#ifndef HONE_SELECTION_STACKING_H
#define HONE_SELECTION_STACKING_H

#include "selection/members.h"

typedef struct hone_stack_params {
    hone_steps estimators, final_estimator;
    int stack_method, cv;
    bool passthrough;
    uint64_t seed;
} hone_stack_params;

enum hone_stack_method {
    HONE_STACK_AUTO,
    HONE_STACK_PROBA,
    HONE_STACK_DECISION,
    HONE_STACK_PREDICT
};

typedef struct hone_stack_state {
    hone_steps estimators, final_estimator;
    size_t n_answers; /* columns that the members give */
} hone_stack_state;

/* How an estimator answers (never AUTO): the best that it gives, or the method asked for. */
enum hone_stack_method hone_stack_method_of(const hone_stack_params *p, const hone_estimator *est);
/* Columns of its answers: of two classes one, of more one per class; labels and values one. */
size_t hone_stack_width(enum hone_stack_method method, size_t n_classes);
/* Columns of all answers. */
size_t hone_stack_answers(const hone_stack_params *p, size_t n_classes);

/* x (n x columns): out-of-fold answers of clones of the members, then the columns of data where
 * they pass through; a row with an answer that is not known begins with NaN.
 * HONE_EDATA when no row is known. Cost: cv fits of every member. */
HONE_NODISCARD hone_status hone_stack_learn(const char *who, const hone_stack_params *p,
                                            const hone_dataset *data, const hone_monitor *mon,
                                            double *x, hone_error *err);
/* The same of fitted members about new rows. For slots. */
HONE_NODISCARD hone_status hone_stack_ask(const hone_stack_params *p, const hone_stack_state *s,
                                          hone_view rows, size_t n_classes, double *x,
                                          hone_error *err);
/* What these columns are called: "svc", "svc-2", "gaussian_nb_setosa"; then those of the data. The
 * targets are data's. Free with hone_schema_free(). */
HONE_NODISCARD hone_status hone_stack_schema(const hone_stack_params *p, const hone_schema *data,
                                             hone_schema **out, hone_error *err);

#endif
