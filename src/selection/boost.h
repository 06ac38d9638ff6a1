/* boost.h -- what the two kinds of AdaBoost have in common. */
#ifndef HONE_SELECTION_BOOST_H
#define HONE_SELECTION_BOOST_H

#include "selection/members.h"
#include "selection/registry.h"

typedef struct hone_boost_params {
    hone_steps estimator;
    int n_estimators;
    double learning_rate;
    int loss; /* of the regressor */
    uint64_t seed;
} hone_boost_params;

typedef struct hone_boost_state {
    hone_steps estimators;
    size_t n_members;
    double *weights, *errors; /* n_members */
} hone_boost_state;
extern const hone_attr hone_boost_attrs[];

/* One fit. Arrays are owned by it. */
typedef struct hone_boosting {
    const char *who;
    const hone_boost_params *p;
    const hone_dataset *data;
    const hone_monitor *mon, *inner;
    hone_boost_state *s;
    hone_work *work; /* what members on all rows share, or NULL */
    double *w;       /* n: weights of the rows, of sum 1 before each member */
    double *says;    /* n: what the newest member says about each row */
} hone_boosting;

/* Adds the next member, with its weight and error, and makes w those for the one after it; *more:
 * go on. */
typedef hone_status hone_boost_step(hone_boosting *b, bool *more, hone_error *err);

/* Boosts until enough members are there, or a step says so. Messages begin with who. */
HONE_NODISCARD hone_status hone_boost_fit(const char *who, const hone_boost_params *p,
                                          const hone_dataset *data, hone_boost_step *step,
                                          const hone_monitor *mon, hone_boost_state *s,
                                          hone_error *err);
/* Fits the next member on `rows` with these weights (NULL: without) and fills b->says about all
 * rows of the fit. Members on b->data itself share their work. */
HONE_NODISCARD hone_status hone_boost_fit_member(hone_boosting *b, const hone_dataset *rows,
                                                 const double *weights, hone_error *err);
/* Takes that member back. */
void hone_boost_drop_member(hone_boosting *b);

/* Slots. */
hone_status hone_boost_validate(const void *params, const void *state, size_t n_cols,
                                size_t n_classes, hone_error *err);
unsigned hone_boost_tags(const void *params);

#endif
