/* model.h -- what sgd_classifier, sgd_regressor and perceptron are made of: one state, one fit.
 *
 * A class fills a plan from its parameters (engine.h); the rest is here. */
#ifndef HONE_SGD_MODEL_H
#define HONE_SGD_MODEL_H

#include "classic/classic.h"
#include "classic/linear/linear.h"
#include "classic/sgd/engine.h"

struct hone_sgd_state {
    struct hone_lines lines;                    /* what answers are computed from */
    size_t n_averaged;                          /* lines.n_vectors, or 0 without averaging */
    double *standard_coef, *standard_intercept; /* with averaging: where the descent stands, */
    double *average_coef, *average_intercept;   /* the means, and of how many vectors */
    double *averaged;
    double t, n_iter, converged;
};

/* Attributes of a classifier and of a regressor. */
extern const hone_attr hone_sgd_attrs[];

/* The parameter average: false, true or a number. */
extern const char *const hone_sgd_average_words[];
extern const char *const hone_sgd_tol_words[];
static inline size_t hone_sgd_average(hone_mixed average) {
    return average.word >= 0 ? (size_t)average.word : (size_t)average.value;
}

/* HONE_EINVAL with a sentence where parameters contradict each other. */
HONE_NODISCARD hone_status hone_sgd_check(const hone_sgd_plan *plan, hone_mixed average,
                                          hone_error *err);

/* Fits to all rows (part = false) or goes on with one epoch over a batch. */
HONE_NODISCARD hone_status hone_sgd_fit(const hone_sgd_plan *plan, const hone_dataset *data,
                                        bool part, const hone_monitor *mon,
                                        struct hone_sgd_state *state, hone_error *err);

/* Slots that look at no parameter. */
/* Classes by the largest score, also where probabilities tie. */
hone_status hone_sgd_classes(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err);
hone_status hone_sgd_classes_sparse(const void *params, const void *state, const hone_csr *x,
                                    double *out, hone_error *err);
hone_status hone_sgd_validate(const void *params, const void *state, size_t n_cols,
                              size_t n_classes, hone_error *err);

#endif
