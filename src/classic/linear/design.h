/* design.h -- a copy of X in which the columns are centred and of like size. */
#ifndef HONE_LINEAR_DESIGN_H
#define HONE_LINEAR_DESIGN_H

#include <hone/matrix.h>
#include <hone/monitor.h>

#include <stdbool.h>

/* out row i = root(w_i) [(x_ij - mean_j) / scale_j for each j, 1 if `ones`]; out: n x m, or
 * n x (m + 1) with ones, packed. mean and scale: m, or NULL = all 0, all 1; w: n, or NULL = all 1.
 * Parallel over rows. O(n m). */
HONE_NODISCARD hone_status hone_design_fill(hone_view x, const double *mean, const double *scale,
                                            const double *w, bool ones, double *out,
                                            const hone_monitor *mon, hone_error *err);

#endif
