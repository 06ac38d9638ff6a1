/* inference.h -- what the files of this folder share: checks and the filling in of results. */
#ifndef HONE_INFERENCE_IMPL_H
#define HONE_INFERENCE_IMPL_H

#include <hone/inference.h>

/* level in (0, 1); `who` is named in the message. */
HONE_NODISCARD hone_status hone_level_check(const char *who, double level, hone_error *err);
/* index below n; `what` names it. */
HONE_NODISCARD hone_status hone_index_check(const char *who, const char *what, size_t index,
                                            size_t n, hone_error *err);
/* n finite values; `who` and the row (from 1) are named. */
HONE_NODISCARD hone_status hone_finite_check(const char *who, const double *value, size_t n,
                                             hone_error *err);
/* A whole number >= 0; `what` names it. */
HONE_NODISCARD hone_status hone_count_check(const char *who, const char *what, double value,
                                            hone_error *err);

/* The z that cuts (1 - level) / 2 off above. */
double hone_level_z(double level);

/* estimate +- se * quantile; NaN bounds, with the reason, when `why` is not NULL. */
hone_interval hone_interval_symmetric(double estimate, double se, double quantile, double level,
                                      const char *method, const char *why);
hone_interval hone_interval_undefined(double estimate, double level, const char *method,
                                      const char *why);
/* Both bounds cut to [low, high]. */
void hone_interval_cut(hone_interval *interval, double low, double high);
hone_test hone_test_undefined(const char *method, const char *why);

/* difference / se against Student's t with df degrees of freedom (infinite: normal), with the
 * interval. A difference of 0 without variance has p = 1, any other without variance no p. */
hone_comparison hone_compare(double difference, double se, double df, double level,
                             const char *method);

/* The interval of an AUC from its standard error and the numbers of independent units. */
hone_interval hone_auc_bounds(double auc, double se, double units_up, double units_down,
                              hone_auc_method method, double level, const char *const names[3]);

#endif
