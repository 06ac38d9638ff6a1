/* walk.h -- some rows, seen by some vectors: the innermost loop of engine.c.
 *
 * A vector under way is scale * w, so that to shrink all its columns is one multiplication; its
 * running mean is (average + a w) / b, so that a row touches only the columns that it has
 * (Bottou 2012, "Stochastic gradient descent tricks"). */
#ifndef HONE_SGD_WALK_H
#define HONE_SGD_WALK_H

#include "classic/sgd/engine.h"

enum { HONE_SGD_STRETCH = 256 }; /* most rows of a stretch */

/* What a plan comes to for each row. */
typedef struct hone_sgd_rules {
    const hone_sgd_loss *loss;
    double bound;  /* of the loss */
    double l1, l2; /* alpha times its shares */
    enum hone_sgd_schedule schedule;
    bool etas;  /* the schedule gives each row its own eta */
    bool watch; /* keep the norms of the vectors: the objective is looked at */
    bool value; /* sum the losses */
    bool classes, fit_intercept;
    size_t m; /* columns */
} hone_sgd_rules;

typedef struct hone_sgd_walk {
    hone_sgd_vector *vector; /* its w and average are not scaled until hone_sgd_settle() */
    double scale, a, b;
    double square, absolute; /* |scale w|^2 and |scale w|_1 as the last step left them */
    double *paid,
        due;    /* penalty l1: what it took from each column (m), what it should have taken */
    double eta; /* where rows have none of their own */
    double value, penalty; /* losses and penalty, summed over the rows of an epoch */
    size_t clipped;        /* derivatives that were cut down */
    double p[HONE_SGD_STRETCH], y[HONE_SGD_STRETCH]; /* scores and targets of the last stretch */
} hone_sgd_walk;

typedef struct hone_sgd_stretch {
    const size_t *rows; /* n_known row numbers, the first n of which are to be seen */
    size_t n, n_known;
    const double *eta;   /* n; eta0 where the schedule gives no row its own */
    size_t average_from; /* rows from here on go into the running means */
} hone_sgd_stretch;

/* Each walk sees the rows of the stretch. */
void hone_sgd_walk_rows(const hone_sgd_rules *rules, const hone_dataset *data,
                        const hone_sgd_stretch *stretch, hone_sgd_walk *const *walks, size_t n);

/* The same for as many of them as it is made for, which come first (narrow.c). */
size_t hone_sgd_walk_narrow(const hone_sgd_rules *rules, const hone_dataset *data,
                            const hone_sgd_stretch *stretch, hone_sgd_walk *const *walks, size_t n);

/* w and average become what they stand for. O(m). */
void hone_sgd_settle(hone_sgd_walk *walk, size_t m);
/* Finds the norms anew. O(m). */
void hone_sgd_measure(hone_sgd_walk *walk, size_t m);
/* Penalty l1 takes its due from all columns. O(m). */
void hone_sgd_draw(hone_sgd_walk *walk, size_t m);
/* p (n): scores of some rows. */
void hone_sgd_score(const hone_sgd_walk *walk, const hone_dataset *data, const size_t *rows,
                    size_t n, double *p);

#endif
