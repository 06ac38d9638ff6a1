/* explain.h -- what a fitted model leans on, asked of the model as a black box.
 *
 * (What only trees can tell, such as gain and Shapley values, is in trees.h.) */
#ifndef HONE_EXPLAIN_H
#define HONE_EXPLAIN_H

#include <stdint.h>

#include <hone/estimator.h>
#include <hone/metrics.h>

HONE_BEGIN_DECLS

/** How importance by permutation is measured; all zero = the defaults. */
typedef struct hone_permutation {
    size_t repeats; /**< shuffles of each column, at least 2; 0 = 10 */
    uint64_t seed;
    double level;         /**< of the intervals, in (0, 1); 0 = 0.95 */
    const size_t *groups; /**< one per column of the model: which group it is shuffled with, 0 ..
                               n_groups - 1, each used; NULL = every column for itself */
    size_t n_groups;
} hone_permutation;

/** How much worse a metric gets when the values of a column are dealt to other rows: baseline -
 *  value where more is better, value - baseline where less is. Owned; free with
 *  hone_importance_free(). */
typedef struct hone_importance {
    size_t n, repeats; /**< n: columns of the model, or groups of them */
    double baseline;   /**< the metric on the rows as they are */
    double level;      /**< of the intervals */
    double *loss; /**< n x repeats: what each shuffle costs; NaN where the metric has no value */
    double *mean; /**< n */
    double *sd;   /**< n: over the shuffles (repeats - 1) */
    double *low, *high; /**< n: interval of the mean */
} hone_importance;

/** Importance by permutation of a fitted classifier or regressor, or of a pipeline that ends in one
 *  (its columns are the raw ones, before any encoding), on data with y; weighted if it has weights.
 *  Columns are matched by name and classes by label as hone_scores() does it; positive as there.
 *  Columns of one group are dealt together, so what they tell in common is lost as well; of
 *  columns that tell the same each looks less important alone than the group of them.
 *  The interval is Student's over the shuffles: it says where the mean over endlessly many
 *  shuffles of these rows lies with this model. Nothing of it speaks of other rows or another fit;
 *  give rows that the model has not learnt from.
 *  The same seed gives the same bits for any number of threads; the first shuffles of a column are
 *  the same however many there are. HONE_EDATA, with the reason, where the metric has no value on
 *  the rows as they are; HONE_EINVAL for options out of range; HONE_EUNSUPPORTED for sparse rows.
 *  Cost: n x repeats predictions of all rows; a copy of X per thread.
 *  Reference: Breiman 2001; Fisher, Rudin & Dominici 2019. */
HONE_API HONE_NODISCARD hone_status
hone_permutation_importance(const hone_estimator *fitted, const hone_dataset *data, size_t positive,
                            const hone_metric *metric, const hone_permutation *options,
                            const hone_monitor *mon, hone_importance *out, hone_error *err);
/** Frees what it holds and empties it. */
HONE_API void hone_importance_free(hone_importance *importance);

/** The mean answer where one or two columns are set to the values of a grid and all else stays as
 *  it is. Owned; free with hone_partial_free(). */
typedef struct hone_partial {
    size_t n[2];    /**< values of each column; n[1] is 1 where there is but one column */
    size_t outputs; /**< of an answer: classes (or decision values), or 1 */
    double *at[2];  /**< n[0] and n[1]: ascending numbers, or codes of levels; at[1] may be NULL */
    double *mean;   /**< n[0] x n[1] x outputs */
} hone_partial;

/** Partial dependence of any fitted classifier (probabilities; where it gives none, the decision
 *  function) or regressor, also of a pipeline, on one or two columns of hone_input_schema(), by
 *  number; weighted if data has weights. A numeric column takes its values if there are no more
 *  than `points` of them (0 = 20), else quantiles from 5 % to 95 %; a categorical one takes every
 *  level. It speaks of rows as if the column moved alone: where columns go together these are rows
 *  that nobody has seen. The same bits for any number of threads. HONE_EINVAL for columns that
 *  there are not or the same one twice, HONE_EDATA where a column has no values.
 *  Cost: n[0] n[1] predictions of all rows; a copy of X per thread. Reference: Friedman 2001. */
HONE_API HONE_NODISCARD hone_status hone_partial_dependence(const hone_estimator *fitted,
                                                            const hone_dataset *data,
                                                            const size_t *columns, size_t n_columns,
                                                            size_t points, const hone_monitor *mon,
                                                            hone_partial *out, hone_error *err);
/** Frees what it holds and empties it. */
HONE_API void hone_partial_free(hone_partial *partial);

HONE_END_DECLS
#endif
