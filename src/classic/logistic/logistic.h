/* logistic.h -- parameters and stages of a logistic fit, shared by its files. */
#ifndef HONE_LOGISTIC_LOGISTIC_H
#define HONE_LOGISTIC_LOGISTIC_H

#include "classic/linear/linear.h"
#include "classic/logistic/objective.h"
#include "core/param.h"

enum hone_logistic_penalty {
    HONE_LOGISTIC_L2,
    HONE_LOGISTIC_NONE,
    HONE_LOGISTIC_L1,
    HONE_LOGISTIC_ELASTICNET,
    HONE_LOGISTIC_FIRTH
};

enum hone_logistic_intervals {
    HONE_LOGISTIC_NO_INTERVALS,
    HONE_LOGISTIC_WALD,
    HONE_LOGISTIC_PROFILE
};

enum hone_logistic_multi_class {
    HONE_LOGISTIC_MULTI_AUTO,
    HONE_LOGISTIC_SOFTMAX,
    HONE_LOGISTIC_OVR
};

struct hone_logistic_params {
    double C, l1_ratio, tol, eta0, confidence_level;
    int penalty, multi_class, solver, max_iter, batch_size, intervals;
    bool fit_intercept, warm_start;
    uint64_t seed;
    hone_short_text class_weight; /* the wrapper reads it */
};

struct hone_logistic_state {
    struct hone_lines lines;
    double one_vs_rest, n_iter, converged, gradient, objective, separation;
    double weight_seen, eta; /* by partial_fit */
    size_t n_inferred, n_terms;
    double *std_err, *z, *p_value, *conf_low, *conf_high;
};

/* Shares of the penalty per unit of weight: of the squares and of the absolute values. */
void hone_logistic_penalties(const struct hone_logistic_params *p, double total, double *squares,
                             double *absolute);
/* Room for the coefficients, where there are none yet. */
HONE_NODISCARD hone_status hone_logistic_make_state(const hone_dataset *data,
                                                    struct hone_logistic_state *s, hone_error *err);
/* Coefficients and intercepts of a state as raw (k x (m + 1)), and back. */
void hone_logistic_pack(const struct hone_logistic_state *s, double *raw);
void hone_logistic_unpack(const double *raw, struct hone_logistic_state *s);

/* The fit slot. */
HONE_NODISCARD hone_status hone_logistic_fit(const void *params, const hone_dataset *data,
                                             const hone_monitor *mon, void *state, hone_error *err);

/* One problem in scaled columns: all classes, or one against the rest. Owns what it points to. */
struct hone_logistic_problem {
    struct hone_logistic f;
    double *copy, *zero, *mean, *inverse, *penalty, *penalty1, *u, *share, *v;
    uint32_t *y;
    hone_view given; /* X as it came, borrowed */
    size_t n_classes;
    double total;     /* sum of weights */
    hone_minimum end; /* of the last solution */
};

/* The rows of a data set, weighed and with the scales of their columns. `data` is borrowed. */
HONE_NODISCARD hone_status hone_logistic_prepare(const struct hone_logistic_params *p,
                                                 const hone_dataset *data,
                                                 struct hone_logistic_problem *out,
                                                 const hone_monitor *mon, hone_error *err);
void hone_logistic_problem_free(struct hone_logistic_problem *problem);

/* Codes of the classes, or 1 for class `one` and 0 for all others if one < K. V is put at the
 * classes' shares, or at raw (k x (m + 1), coefficients and intercepts) unless that is NULL. */
void hone_logistic_begin(const hone_dataset *data, size_t one, const double *raw,
                         struct hone_logistic_problem *problem);
/* raw = coefficients and intercepts of V; HONE_ENUMERIC when one is not finite. */
HONE_NODISCARD hone_status hone_logistic_end(const struct hone_logistic_problem *problem,
                                             double *raw, hone_error *err);

/* Minimises from V with the solver that the parameters and the data ask for. */
HONE_NODISCARD hone_status hone_logistic_solve(const struct hone_logistic_params *p,
                                               struct hone_logistic_problem *problem,
                                               const hone_monitor *mon, hone_error *err);

/* The same by gradient descent over all rows, batches or single rows; makes the work areas. */
HONE_NODISCARD hone_status hone_logistic_descend(struct hone_logistic *f,
                                                 const struct hone_logistic_params *p, double *v,
                                                 hone_minimum *out, const hone_monitor *mon,
                                                 hone_error *err);

/* One pass over the rows, the pass-th of all (from 1), by single rows (sgd) or batches; *eta is the
 * length of steps of the first one, found by the data if 0. */
HONE_NODISCARD hone_status hone_logistic_pass(const struct hone_logistic *f,
                                              const struct hone_logistic_params *p, size_t pass,
                                              double *eta, double *v, const hone_monitor *mon,
                                              hone_error *err);

/* The slot partial_fit. */
HONE_NODISCARD hone_status hone_logistic_partial(const void *params, const hone_dataset *data,
                                                 const hone_monitor *mon, void *state,
                                                 hone_error *err);

#endif
