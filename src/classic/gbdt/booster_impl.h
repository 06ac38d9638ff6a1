/* booster_impl.h -- what the files of the booster share. */
#ifndef HONE_GBDT_BOOSTER_IMPL_H
#define HONE_GBDT_BOOSTER_IMPL_H

#include "classic/gbdt/booster.h"
#include "classic/gbdt/leaves.h"

#include <stdatomic.h>

/* What one tree at a time needs. */
typedef struct hone_boost_desk {
    atomic_bool busy;
    hone_grower grower;
    uint64_t *word; /* rows to learn from */
    hone_layout layout;
} hone_boost_desk;

/* A grown tree until it is written down. */
typedef struct hone_boost_tree {
    hone_grown *node;
    size_t n, room;
} hone_boost_tree;

typedef struct hone_boost_run {
    const char *who;
    bool classes;
    const struct gbdt_params *p;
    const hone_dataset *data;
    const hone_monitor *mon;
    struct gbdt_state *state;
    size_t n, n_learn, outputs; /* rows; those to learn from, which come first; K */
    uint32_t *order;            /* n: which row of the data, or NULL: as they are */
    const double *y, *weights;  /* n, in this order; weights may be NULL */
    double *own[2];             /* copies of them, where the data's own do not do */
    hone_loss learn, judge;     /* the loss of the rows to learn from, and of those set aside */
    double *score;              /* n x K */
    double step;                /* what the values of this iteration's trees are multiplied by */

    hone_panels panels;
    hone_growth growth;
    int8_t *monotonic;
    uint64_t *groups;
    bool flat;
    hone_dither *dither;
    float *g, *h;          /* K x n_learn */
    uint32_t *chosen;      /* n_learn: rows of this iteration, ascending, then the others */
    size_t n_chosen;       /* 0: all, and chosen is not looked at */
    hone_boost_desk *desk; /* K */
    hone_boost_tree *tree; /* K */
    hone_trees_builder builder;
} hone_boost_run;

/* ---- boost_rows.c: which rows ---------------------------------------------------------------- */

/* Sets rows aside for early stopping (by class) and brings target and weights into order. */
HONE_NODISCARD hone_status hone_boost_rows(hone_boost_run *run, hone_error *err);
/* Draws the rows of an iteration; with GOSS derivatives of the drawn small ones are raised. */
HONE_NODISCARD hone_status hone_boost_sample(hone_boost_run *run, size_t iteration,
                                             hone_error *err);

/* ---- constraints.c --------------------------------------------------------------------------- */

HONE_NODISCARD hone_status hone_monotonic_accept(const char *text, hone_error *err);
HONE_NODISCARD hone_status hone_interaction_accept(const char *text, hone_error *err);
/* Fills monotonic and groups of the run's columns from the parameters. */
HONE_NODISCARD hone_status hone_boost_constrain(hone_boost_run *run, hone_error *err);

/* ---- stopping.c ------------------------------------------------------------------------------ */

/* Judges an iteration; *stop where it is time. Drops the trees after the best one then. */
HONE_NODISCARD hone_status hone_boost_judge(hone_boost_run *run, bool *stop, hone_error *err);
HONE_NODISCARD hone_status hone_scoring_accept(const char *text, hone_error *err);
HONE_NODISCARD hone_status hone_scoring_check(const char *who, bool classes, size_t n_classes,
                                              const char *text, hone_error *err);

/* ---- dart.c ---------------------------------------------------------------------------------- */

/* Trees left out of an iteration. */
typedef struct hone_dropped {
    size_t *iteration, n;
    double *score; /* n x K: what they gave */
} hone_dropped;
/* Draws trees and takes what they give from the scores; sets run->step. */
HONE_NODISCARD hone_status hone_dart_drop(hone_boost_run *run, size_t iteration, hone_dropped *out,
                                          hone_error *err);
/* Puts them back, smaller. */
void hone_dart_restore(hone_boost_run *run, hone_dropped *dropped);

/* ---- linear_booster.c ------------------------------------------------------------------------ */

HONE_NODISCARD hone_status hone_boost_linear(hone_boost_run *run, size_t first, hone_error *err);

#endif
