/* data_rows.h -- products with the rows of a data set, full or compressed, on all threads.
 *
 * Shapes: X n x m, w and r n, c m. Chunks of rows depend on the data alone and are added in their
 * order: the same bits for any number of threads. */
#ifndef HONE_LINEAR_DATA_ROWS_H
#define HONE_LINEAR_DATA_ROWS_H

#include <hone/dataset.h>
#include <hone/monitor.h>

/* out (n) = X c. O(n m), of stored cells if compressed; so for hone_data_back(). */
HONE_NODISCARD hone_status hone_data_times(const hone_dataset *data, const double *c, double *out,
                                           const hone_monitor *mon, hone_error *err);
/* out (m) = X'r. */
HONE_NODISCARD hone_status hone_data_back(const hone_dataset *data, const double *r, double *out,
                                          const hone_monitor *mon, hone_error *err);
/* Lower triangle of G (m x m) = X' diag(w) X; w: n, or NULL = all 1. O(n m^2 / 2), or the sum of
 * squared stored cells per row. */
HONE_NODISCARD hone_status hone_data_gram(const hone_dataset *data, const double *w, double *g,
                                          const hone_monitor *mon, hone_error *err);
/* The same of centred columns, G = X' diag(w) X - total mean mean', total the sum of weights. Where
 * a mean is so many spreads from 0 that the difference would cost digits, full rows are centred
 * first, block by block. mean, spread: m. */
HONE_NODISCARD hone_status hone_data_gram_centred(const hone_dataset *data, const double *w,
                                                  const double *mean, const double *spread,
                                                  double *g, const hone_monitor *mon,
                                                  hone_error *err);
/* Weighted mean and standard deviation (population) of each column, zeros that are not stored
 * included; w: n, or NULL = all 1. mean, sd: m. O(n m). */
HONE_NODISCARD hone_status hone_data_moments(const hone_dataset *data, const double *w,
                                             double *mean, double *sd, const hone_monitor *mon,
                                             hone_error *err);
/* The same of finite cells, and ties (m) = X'r of centred columns; r: n. One pass over full rows.
 */
HONE_NODISCARD hone_status hone_data_covary(const hone_dataset *data, const double *w,
                                            const double *r, double *mean, double *sd, double *ties,
                                            const hone_monitor *mon, hone_error *err);

#endif
