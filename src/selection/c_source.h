/* c_source.h -- a fitted model as C99: what the files of the writer share.
 *
 * Each step of a pipeline becomes a function `static void s<number>(const double *x, double *out)`
 * with its tables; all its names begin with s<number>. The order of sums is that of the library,
 * so that the answers are the same bits where the compiler keeps it (no -ffast-math). */
#ifndef HONE_SELECTION_C_SOURCE_H
#define HONE_SELECTION_C_SOURCE_H

#include "core/estimator_impl.h"

#include <stdio.h>

/* One step being written. */
typedef struct hone_c_part {
    FILE *file;
    size_t number;
    const hone_estimator *est;
    size_t n_in, n_out;
} hone_c_part;

/* What a step calls of the common functions. */
enum { HONE_C_EXP = 1, HONE_C_SOFTMAX = 2, HONE_C_DOT = 4 };

/* A kind of step: which estimators, what they call, how they are written. */
typedef struct hone_c_kind {
    const char *name;
    unsigned (*uses)(const hone_estimator *est); /* or NULL: nothing */
    hone_status (*put)(const hone_c_part *part, hone_error *err);
} hone_c_kind;

/* Tables of kinds, ending with a name of NULL. */
extern const hone_c_kind hone_c_tree_kinds[];   /* c_source_trees.c */
extern const hone_c_kind hone_c_linear_kinds[]; /* c_source_linear.c */
extern const hone_c_kind hone_c_scaler_kinds[]; /* c_source_scalers.c */
extern const hone_c_kind hone_c_mlp_kinds[];    /* c_source_mlp.c */

/* A number that C reads back to the same bits. */
void hone_c_real(FILE *file, double value);
/* static const double s<number>_<name>[n] = {...}; n >= 1 */
void hone_c_reals(const hone_c_part *part, const char *name, const double *values, size_t n);
/* The same for int32_t, with each value mapped by fn(context, i). */
typedef int32_t hone_c_whole_fn(const void *context, size_t i);
void hone_c_wholes(const hone_c_part *part, const char *name, hone_c_whole_fn *fn,
                   const void *context, size_t n);
/* static void s<number>(const double *x, double *out) { */
void hone_c_open(const hone_c_part *part);

/* The name of the functions in a file: its own up to the dot, as C takes it. */
void hone_c_name(const char *path, char *out, size_t size);

#endif
