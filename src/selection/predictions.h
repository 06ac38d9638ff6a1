/* predictions.h -- all that a fitted model says about rows, in the class codes of the caller. */
#ifndef HONE_SELECTION_PREDICTIONS_H
#define HONE_SELECTION_PREDICTIONS_H

#include <hone/selection.h>

/* Which answers are wanted; a set of bits. */
enum hone_answer {
    HONE_ANSWER_LABEL = 1,
    HONE_ANSWER_PROBA = 2,
    HONE_ANSWER_DECISION = 4,
    HONE_ANSWER_ALL = 7
};

/* The classes in which the answers speak. */
typedef struct hone_class_codes {
    size_t n;              /* 0 for regression */
    size_t positive;       /* code of the positive class */
    const size_t *code_of; /* code of each of the model's classes; NULL: as they stand in its y */
} hone_class_codes;

/* Answers about n rows; NULL where the model gives none, or none was wanted. */
typedef struct hone_predictions {
    size_t n;
    double *label;    /* n: class codes or values */
    double *proba;    /* n x classes; 0 for classes that the model has not met */
    double *score;    /* n: of two classes, larger = more likely positive; 0 from one class */
    double *decision; /* n x classes, of more than two; NaN for classes not met */
} hone_predictions;

/* Which of the wanted answers a model with these tags gives about so many classes. */
unsigned hone_answers_given(unsigned tags, size_t n_classes, unsigned wanted);

/* Asks a fitted model. Free with hone_predictions_free(), after a failure too. Cost: one pass per
 * kind of answer. */
HONE_NODISCARD hone_status hone_predictions_make(const hone_estimator *fitted,
                                                 const hone_dataset *data,
                                                 const hone_class_codes *codes, unsigned wanted,
                                                 const hone_monitor *mon, hone_predictions *out,
                                                 hone_error *err);
void hone_predictions_free(hone_predictions *p);

/* Place of a value of y among the model's classes; their number when it is none of them. */
size_t hone_class_index(const hone_estimator *fitted, double value);

/* Why a metric cannot be had from a model that gives (or does not give) proba and score; or NULL.
 */
const char *hone_metric_obstacle(const hone_metric *metric, bool proba, bool score);

/* hone_scores() with the classes already told: y of data holds codes below codes->n. */
HONE_NODISCARD hone_status hone_scores_coded(const hone_estimator *fitted, const hone_dataset *data,
                                             const hone_class_codes *codes,
                                             const hone_metric *const *metrics, size_t n,
                                             const hone_monitor *mon, double *values,
                                             const char **why, hone_error *err);

#endif
