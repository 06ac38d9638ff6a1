/* objective.h -- what boosting lowers: first and second derivatives of a loss by the raw score.
 *
 * A row of the table is a loss; growing, stopping and files know nothing else of it. Raw scores F
 * (n x K, row-major) become answers by `link`: probabilities, or values. */
#ifndef HONE_GBDT_OBJECTIVE_H
#define HONE_GBDT_OBJECTIVE_H

#include <hone/boosting.h>
#include <hone/dataset.h>

#include <stdbool.h>

/* A loss with what it is told: the target, its weights and numbers of the user's. */
typedef struct hone_objective hone_objective;
typedef struct hone_loss {
    const hone_objective *kind;
    size_t n, outputs;     /* rows, K */
    const double *y;       /* n: values, or class codes */
    const double *weights; /* n, or NULL */
    double alpha;          /* of huber and quantile: the quantile */
    double power;          /* of tweedie: variance ~ mean ^ power, 1 < power < 2 */
    double delta;          /* of huber: residuals beyond are linear; set by hone_loss_tune() */
    hone_objective_fn *fn; /* of callback */
    void *user;
} hone_loss;

struct hone_objective {
    const char *name, *help;
    bool classes;          /* of y: classes, else values */
    bool constant_hessian; /* h = weight, whatever the score */
    /* (optional) What y must be: HONE_EDATA with the first row that is not. */
    hone_status (*check)(const char *who, const double *y, size_t n, hone_error *err);
    /* base (K): the constant score of least loss. HONE_ENOMEM. */
    hone_status (*start)(const hone_loss *loss, double *base, hone_error *err);
    /* g, h (K x n): derivatives at rows first .. end-1 of score (n x K), times the weight. */
    void (*derive)(const hone_loss *loss, const double *score, size_t first, size_t end, float *g,
                   float *h);
    /* Sum of weighted losses of rows first .. end-1. */
    double (*loss)(const hone_loss *loss, const double *score, size_t first, size_t end);
    /* score (n x K) to answers, in place: n x K probabilities (K = 1: of the second class), or
     * values. NULL: as they are. */
    void (*link)(double *score, size_t n, size_t k);
    /* (optional; else the Newton step) The quantile of the residuals y - F in a leaf that is the
     * leaf's best value: of absolute error and quantile. */
    double (*leaf_quantile)(const hone_loss *loss);
};

enum hone_objective_name {
    HONE_LOSS_LOG,
    HONE_LOSS_SQUARED,
    HONE_LOSS_ABSOLUTE,
    HONE_LOSS_HUBER,
    HONE_LOSS_QUANTILE,
    HONE_LOSS_POISSON,
    HONE_LOSS_GAMMA,
    HONE_LOSS_TWEEDIE,
    HONE_LOSS_CALLBACK
};

/* Words for the parameter `loss` of classifiers and of regressors, NULL-terminated, and the row
 * that word number i stands for (log loss of K > 2 classes has a row of its own). */
extern const char *const hone_loss_words_classes[];
extern const char *const hone_loss_words_values[];
const hone_objective *hone_objective_of(bool classes, int word, size_t n_classes);

/* The q quantile of y - F at these rows (NULL: all of loss->n; n of them): half-way between two
 * where both will do. score: NULL for zero. Leaves of losses with leaf_quantile ask for it. */
HONE_NODISCARD hone_status hone_loss_quantile(const hone_loss *loss, const double *score,
                                              const uint32_t *rows, size_t n, double q, double *out,
                                              hone_error *err);
/* Before each iteration: huber's delta is the alpha quantile of |y - F|. O(n). */
HONE_NODISCARD hone_status hone_loss_tune(hone_loss *loss, const double *score, hone_error *err);
/* Derivatives of all rows, in blocks on all threads; the callback is called once, with all rows,
 * and its answer checked: HONE_EDATA names iteration and row of the first that is not finite, or
 * whose second derivative is negative. */
HONE_NODISCARD hone_status hone_loss_derive(const char *who, const hone_loss *loss,
                                            const double *score, size_t iteration, float *g,
                                            float *h, const hone_monitor *mon, hone_error *err);
/* Mean weighted loss, summed in a fixed order. */
HONE_NODISCARD hone_status hone_loss_mean(const hone_loss *loss, const double *score,
                                          const hone_monitor *mon, double *out, hone_error *err);

#endif
