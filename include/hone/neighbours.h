/* neighbours.h -- which rows of the fit are nearest, and how far.
 *
 * For fitted estimators that keep their rows: k_neighbors_classifier, k_neighbors_regressor,
 * radius_neighbors_classifier, radius_neighbors_regressor, nearest_neighbors. Rows of the fit are
 * counted from 0 without those of weight zero, which count as not there. Neighbours are ordered by
 * (distance, row). The same bits for any number of threads and any algorithm. */
#ifndef HONE_NEIGHBOURS_H
#define HONE_NEIGHBOURS_H

#include <hone/estimator.h>

HONE_BEGIN_DECLS

/** The k nearest rows of the fit to each row of data; k = 0: as many as the estimator's
 * n_neighbors. distances, rows: n x k, or NULL when not wanted. Rows of which metric gower knows
 * nothing are infinitely far. HONE_ESTATE before fit; HONE_EINVAL for more than there are rows, or
 * for k = 0 where there is no n_neighbors; HONE_EUNSUPPORTED for another kind of estimator; else
 * like hone_predict(). O(n rows columns), less with a tree. */
HONE_API HONE_NODISCARD hone_status hone_kneighbors(const hone_estimator *est,
                                                    const hone_dataset *data, size_t k,
                                                    double *distances, size_t *rows,
                                                    const hone_monitor *mon, hone_error *err);

/** What hone_radius_neighbors() finds. Owns its arrays. */
typedef struct hone_neighbourhoods {
    size_t n;          /**< rows asked about */
    size_t *starts;    /**< n + 1: neighbours of row i are at starts[i] .. starts[i + 1] - 1 */
    double *distances; /**< starts[n] */
    size_t *rows;      /**< starts[n] */
} hone_neighbourhoods;

/** All rows of the fit within `radius` (inclusive; negative: the estimator's own) of each row of
 *  data. Free with hone_neighbourhoods_free(). Fails like hone_kneighbors(); HONE_EINVAL for a
 *  radius that is NaN. */
HONE_API HONE_NODISCARD hone_status hone_radius_neighbors(const hone_estimator *est,
                                                          const hone_dataset *data, double radius,
                                                          hone_neighbourhoods *out,
                                                          const hone_monitor *mon, hone_error *err);

/** Frees what it holds and empties it. NULL is fine. */
HONE_API void hone_neighbourhoods_free(hone_neighbourhoods *found);

HONE_END_DECLS
#endif
