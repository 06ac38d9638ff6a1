/* class_weight.h -- the parameter class_weight: none | balanced | {label:weight,...}. */
#ifndef HONE_CORE_CLASS_WEIGHT_H
#define HONE_CORE_CLASS_WEIGHT_H

#include <hone/dataset.h>

/* Can the text be read? HONE_EINVAL with what was expected. */
HONE_NODISCARD hone_status hone_class_weight_check(const char *text, const char *owner,
                                                   hone_error *err);
/* weights (n) *= weight of each row's class; y (n) holds codes of `target`'s levels. balanced:
 * total / (classes * total of the class), totals weighted. Classes not named weigh 1. A name that
 * is no level of `all` (the target with the classes that are not in these rows too; NULL: as
 * `target`) is HONE_EINVAL. O(n + levels^2). */
HONE_NODISCARD hone_status hone_class_weight_apply(const char *text, const char *owner,
                                                   const hone_column *target,
                                                   const hone_column *all, const double *y,
                                                   size_t n, double *weights, hone_error *err);

#endif
