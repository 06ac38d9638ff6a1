/* gbdt.h -- parameters and state of gradient boosting, shared by the files of this folder and by
 * the readers and writers of foreign models. */
#ifndef HONE_GBDT_GBDT_H
#define HONE_GBDT_GBDT_H

#include "classic/gbdt/objective.h"
#include "classic/trees/trees.h"
#include "core/estimator_impl.h"

struct gbdt_state {
    hone_trees trees; /* first: HONE_TREES_ATTRS count on it. No trees with booster=linear */
    size_t n_classes; /* 0 for values */
    size_t loss;      /* enum hone_objective_name: chooses the link */
    size_t n_iter;    /* iterations that the model is made of */
    size_t n_coefs;   /* columns with booster=linear, else 0 */
    double *coef;     /* n_outputs x n_coefs: F(x) = base + coef x, missing values count 0 */
    size_t n_scores;  /* iterations that were judged */
    double *train_score, *validation_score; /* n_scores: mean loss, or the metric of `scoring` */
    size_t n_validation;                    /* rows held out for it */
};

extern const hone_class hone_gradient_boosting_classifier;
extern const hone_class hone_gradient_boosting_regressor;

#endif
