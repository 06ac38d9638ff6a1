/* bagging.h -- parameters, state and parts of the bagging ensembles. */
#ifndef HONE_SELECTION_BAGGING_H
#define HONE_SELECTION_BAGGING_H

#include "selection/bag.h"
#include "selection/members.h"

typedef struct hone_bagging_params {
    hone_steps estimator;
    int n_estimators;
    double max_samples, max_features;
    bool bootstrap, bootstrap_features, oob_score, warm_start;
    uint64_t seed;
} hone_bagging_params;

typedef struct hone_bagging_state {
    hone_steps estimators;
    size_t n_members, n_features, n_answers, n_rows;
    int32_t *features;      /* n_members x n_features */
    double *oob_prediction; /* n_rows x n_answers; NaN for a row that is in every bag */
    double oob_score;
} hone_bagging_state;
/* Fits the members, and judges rows out of bag where that is asked for. Messages begin with who. */
HONE_NODISCARD hone_status hone_bagging_fit(const char *who, const hone_bagging_params *p,
                                            const hone_dataset *data, const hone_monitor *mon,
                                            hone_bagging_state *s, hone_error *err);

/* out (x.rows x n_answers): the mean of the members' answers; n_classes: 0 for values. */
HONE_NODISCARD hone_status hone_bagging_mean(const hone_bagging_params *p,
                                             const hone_bagging_state *s, hone_view x,
                                             size_t n_classes, double *out, hone_error *err);
/* Adds one member's answers about rows of all columns: values, probabilities or votes. */
HONE_NODISCARD hone_status hone_bagging_add(const hone_bagging_params *p,
                                            const hone_bagging_state *s, size_t member, hone_view x,
                                            size_t n_classes, double *sum, hone_error *err);
/* out (x.rows x f): these columns. */
void hone_bagging_gather(hone_view x, const int32_t *columns, size_t f, double *out);
/* Do the members have all columns as they are? */
bool hone_bagging_takes_all(const hone_bagging_params *p, size_t n_features, size_t n_cols);

/* ---- out of bag (bagging_oob.c) -------------------------------------------------------------- */

/* in_bag: n_members x n. Fills oob_prediction and oob_score of a state whose members are fitted. */
HONE_NODISCARD hone_status hone_bagging_judge(const char *who, const hone_bagging_params *p,
                                              const hone_dataset *data, size_t n_classes,
                                              const uint8_t *in_bag, const hone_monitor *mon,
                                              hone_bagging_state *s, hone_error *err);

#endif
