/* estimators.c -- by themselves: they bring the whole registry along, and a program that has no use
 * for them may hold files of the library compiled in another way. */
#include "support/support.h"

hone_estimator *support_create(const char *name, const char *settings) {
    hone_estimator *est = NULL;
    hone_error err;
    if (hone_create(name, &est, &err) != HONE_OK || hone_set(est, settings, &err) != HONE_OK)
        support_give_up(settings, err.message);
    return est;
}

hone_estimator *support_fit(const char *name, const char *settings, const hone_dataset *data,
                            const hone_monitor *mon) {
    hone_estimator *est = support_create(name, settings);
    hone_error err;
    if (hone_fit(est, data, mon, &err) != HONE_OK)
        support_give_up(settings, err.message);
    return est;
}
