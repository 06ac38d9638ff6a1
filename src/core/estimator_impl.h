/* estimator_impl.h -- what an estimator must provide: one static const row of functions.
 *
 * The wrapper (estimator.c, fit.c, predict.c) checks everything before a slot is called: shapes,
 * NaN and infinities, fittedness, weights, classes, columns by name. A slot can rely on this:
 *
 * fit: data->x is dense and finite (NaN only with HONE_TAG_MISSING), its columns are numeric
 * (unless HONE_TAG_CATEGORIES), rows >= 1; with HONE_TAG_SPARSE there may be data->sparse instead.
 * data->schema is never NULL. Supervised: y is there; of a classifier it holds 0 .. K - 1, each
 * class on at least one row, K = hone_fit_classes(data) >= 2 (>= 1 with HONE_TAG_ONE_CLASS); else K
 * = 0. With HONE_TAG_TARGET y is there too, and K = 0 says that it holds values. data->weights is
 * NULL or all > 0, with class weights multiplied in; rows of weight zero have been taken out.
 *
 * partial_fit: the same of one batch of rows; the classes are those of all batches, so some may
 * have no row in this one.
 *
 * The others: x has the columns of the data given to fit; out is given by the caller. Rows arrive
 * in blocks, maybe several at a time on different threads: slots only read params and state. Give
 * each row the same result however rows are cut. */
#ifndef HONE_CORE_ESTIMATOR_IMPL_H
#define HONE_CORE_ESTIMATOR_IMPL_H

#include "core/alloc.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/param.h"
#include "core/schema.h"

#include <hone/estimator.h>

/* The slots of the same names for rows that are compressed. */
typedef struct hone_sparse_slots {
    hone_status (*predict)(const void *params, const void *state, const hone_csr *x, double *out,
                           hone_error *err);
    hone_status (*predict_proba)(const void *params, const void *state, const hone_csr *x,
                                 double *out, hone_error *err);
    hone_status (*decision)(const void *params, const void *state, const hone_csr *x, double *out,
                            hone_error *err);
    hone_status (*transform)(const void *params, const void *state, const hone_csr *x, double *out,
                             hone_error *err);
} hone_sparse_slots;

struct hone_class {
    const char *name;    /* scikit-learn's, in snake case */
    const char *summary; /* one line, no full stop */
    const char *alias;   /* (optional) short name on the command line, shared by a classifier and
                            a regressor: "svm" */
    hone_task task;
    unsigned tags; /* set of hone_tag */
    const hone_param *params;
    size_t params_size;
    const hone_attr *attrs;
    size_t state_size;

    /* (optional where there is fit_prepared, which then does it without work) Learns. `state` is a
     * zeroed block of state_size; where the class has a parameter warm_start and it is true, a copy
     * of the state of the last fit instead (the same columns and classes), to begin with and to be
     * overwritten. On failure the wrapper frees it with all that its attributes name, so there is
     * nothing to clean up in it. Poll `mon` at least every 50 ms. */
    hone_status (*fit)(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err);
    /* (optional for classifiers; defaults to the argmax of predict_proba, or of the decision)
     * out: x.rows class codes 0 .. K-1, values, or cluster numbers. */
    hone_status (*predict)(const void *params, const void *state, hone_view x, double *out,
                           hone_error *err);
    /* (with HONE_TAG_PROBA) out: x.rows x K, rows sum to 1. */
    hone_status (*predict_proba)(const void *params, const void *state, hone_view x, double *out,
                                 hone_error *err);
    /* (with HONE_TAG_DECISION) out: x.rows x (K == 2 ? 1 : K); for two classes > 0 means code 1. */
    hone_status (*decision)(const void *params, const void *state, hone_view x, double *out,
                            hone_error *err);
    /* (of transformers) out: x.rows x columns of the output schema. */
    hone_status (*transform)(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err);
    /* (optional; defaults to fit, then transform) Learns as fit does, the same state to the bit,
     * and makes `out` (zeroed; freed by the wrapper): the same rows x columns of the output schema,
     * for whoever learns from them next. Of transformers whose transform would tell a row its own
     * y. */
    hone_status (*fit_transform)(const void *params, const hone_dataset *data,
                                 const hone_monitor *mon, void *state, hone_matrix *out,
                                 hone_error *err);
    /* (optional, of transformers) Back: z has the columns of the output schema; out: z.rows x
     * columns of the data given to fit. */
    hone_status (*inverse_transform)(const void *params, const void *state, hone_view z,
                                     double *out, hone_error *err);
    /* (optional; defaults to the input's columns, all numeric) Schema of what transform gives; of
     * classes, the levels of the input's target are those that fit has met. */
    hone_status (*output_schema)(const void *params, const void *state, const hone_schema *input,
                                 hone_schema **out, hone_error *err);
    /* (optional; defaults to accepting) Looks at a state that was read from a file: every index,
     * link and shape against the number of columns and classes. HONE_EFORMAT with a sentence, in
     * front of which the wrapper puts the name; `check` has accepted the parameters. */
    hone_status (*validate)(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err);
    /* (optional; default: nothing to check beyond each row's domain) Parameters that only make
     * sense together; called by fit and for what was read before anything else. HONE_EINVAL with a
     * sentence, in front of which the wrapper puts the name. */
    hone_status (*check)(const void *params, hone_error *err);
    /* (optional; default: yes) Can a model with these parameters be written to a file? Else
     * HONE_EUNSUPPORTED with a sentence. */
    hone_status (*savable)(const void *params, hone_error *err);
    /* (optional; default to .task and .tags) Of estimators made of others. */
    hone_task (*task_of)(const void *params);
    unsigned (*tags_of)(const void *params);
    /* (optional; defaults to yes) With these parameters, is `transform` (and what goes with it) for
     * it? */
    bool (*transforms_of)(const void *params);

    /* (with HONE_TAG_SPARSE) What is above, for compressed rows. */
    const hone_sparse_slots *sparse;

    /* (with HONE_TAG_PARTIAL) Learns from one batch more. `state` is zeroed before the first batch,
     * later a copy of what the last one left. */
    hone_status (*partial_fit)(const void *params, const hone_dataset *data,
                               const hone_monitor *mon, void *state, hone_error *err);

    /* (optional, all or none) What several fits on rows of the same X can share: a Gram or distance
     * matrix, sorted columns. It may depend on X and on the parameters named in work_params
     * (NULL-terminated) alone. `work` is a zeroed block of work_size whose heap blocks are rows of
     * work_attrs, or freed by work_clear. prepare may leave it empty where sharing does not pay. */
    hone_status (*prepare)(const void *params, const hone_dataset *data, const hone_monitor *mon,
                           void *work, hone_error *err);
    /* fit with it: row i of data is row rows[i] of X there (NULL: all in order). The same bits as
     * fit without, and fit itself where `work` is NULL. */
    hone_status (*fit_prepared)(const void *params, const hone_dataset *data, const void *work,
                                const size_t *rows, const hone_monitor *mon, void *state,
                                hone_error *err);
    const char *const *work_params;
    const hone_attr *work_attrs;
    size_t work_size;
    /* (optional) Frees what no row of work_attrs names; after a failed prepare too. */
    void (*work_clear)(void *work);

    /* (optional, both or none) Before several blocks of rows: adds to `state`, a shallow copy of
     * the fitted one that the blocks of this one question get instead, what makes each of them
     * cheaper. On failure there is nothing to take away. unready takes it away. */
    hone_status (*ready)(const void *params, void *state, size_t rows, hone_error *err);
    void (*unready)(void *state);

    /* (optional) The most rows that a slot gets at once, where a row is much work: so that a few
     * rows are shared out too. */
    size_t block_rows;
};

/* Classes of the data handed to a fit slot. */
static inline size_t hone_fit_classes(const hone_dataset *data) {
    return data->schema->n_targets ? data->schema->targets[0].n_levels : 0;
}

/* ---- for the registry and meta-estimators -------------------------------- */

/* Do these parameters make sense together? HONE_EINVAL. */
HONE_NODISCARD hone_status hone_class_check(const hone_class *cls, const void *params,
                                            hone_error *err);
/* An estimator of a class with default parameters. */
HONE_NODISCARD hone_status hone_estimator_new(const hone_class *cls, hone_estimator **out,
                                              hone_error *err);
const hone_class *hone_estimator_class(const hone_estimator *est);
/* Its parameter struct, to be read (or, by the constructor of a meta-estimator, filled). */
void *hone_estimator_params(hone_estimator *est);
/* The parameters that its last fit had, or NULL. */
const void *hone_estimator_fit_params(const hone_estimator *est);
/* Its fitted state, or NULL. */
const void *hone_estimator_state(const hone_estimator *est);
/* Makes it fitted by a state that was read from elsewhere (validated like that of a model file):
 * columns x1 .. xn, classes given ascending. Takes `state`, also when it fails. */
HONE_NODISCARD hone_status hone_estimator_adopt(hone_estimator *est, void *state, size_t n_cols,
                                                const double *classes, size_t n_classes,
                                                hone_error *err);
/* The same with columns of its own (n_cols, copied), or those of above where NULL. */
HONE_NODISCARD hone_status hone_estimator_adopt_columns(hone_estimator *est, void *state,
                                                        const hone_column *columns, size_t n_cols,
                                                        const double *classes, size_t n_classes,
                                                        hone_error *err);
/* Same class, parameters and fitted numbers, bit for bit? */
bool hone_estimator_equal(const hone_estimator *a, const hone_estimator *b);
/* Can it stand before the last step of a pipeline: a transformer, or what predicts and transforms?
 */
bool hone_transforms(const hone_estimator *est);
void hone_steps_free(hone_steps *steps);
bool hone_steps_equal(const hone_steps *a, const hone_steps *b);

/* A question that is no slot: `rows` are rows of the data from number `first` on. */
typedef hone_status hone_rows_fn(void *context, const void *params, const void *state,
                                 hone_view rows, size_t first, hone_error *err);
/* Matches and checks the data as for hone_predict(), and asks in blocks, several at a time.
 * HONE_ESTATE before fit. */
HONE_NODISCARD hone_status hone_ask_rows(const hone_estimator *est, const hone_dataset *data,
                                         hone_rows_fn *fn, void *context, const hone_monitor *mon,
                                         hone_error *err);

/* ---- shared work (work.c) ------------------------------------------------ */

/* What fits of one class on rows of one X have in common. Owns all its memory. */
typedef struct hone_work hone_work;

/* Computes it once; *out is NULL where the class has nothing to share. `data` is what the fits
 * will take their rows from; its X is not kept. Free with hone_work_free(). */
HONE_NODISCARD hone_status hone_work_prepare(const hone_estimator *est, const hone_dataset *data,
                                             const hone_monitor *mon, hone_work **out,
                                             hone_error *err);
/* Does it serve this estimator: the same class and the same parameters that it depends on? */
bool hone_work_serves(const hone_work *work, const hone_estimator *est);
void hone_work_free(hone_work *work);
/* hone_fit() with shared work (NULL: without). rows: which rows of the prepared data these are, or
 * NULL for all in order. */
HONE_NODISCARD hone_status hone_fit_prepared(hone_estimator *est, const hone_dataset *data,
                                             const hone_work *work, const size_t *rows,
                                             const hone_monitor *mon, hone_error *err);

/* A copy of an estimator with its fitted state, those inside too. */
HONE_NODISCARD hone_status hone_estimator_copy(const hone_estimator *est, hone_estimator **out,
                                               hone_error *err);

/* ---- reading models ------------------------------------------------------ */

/* Finds a class by its full name; the registry gives it to the model file's reader. */
typedef const hone_class *hone_class_lookup(const char *name);
HONE_NODISCARD hone_status hone_model_read(const char *path, hone_class_lookup *lookup,
                                           hone_estimator **out, hone_error *err);

#endif
