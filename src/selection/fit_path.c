/* fit_path.c -- the fits along one parameter: shared work once, each fit warm from the one before.
 *
 * The estimators that come out have the caller's warm_start, not the one that was used to make
 * them. Cost: n fits, less what they share. */
#include "core/error.h"
#include "core/estimator_impl.h"

#include <hone/selection.h>

#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 512 };

static bool has_param(const hone_estimator *est, const char *name) {
    return hone_param_find(hone_estimator_class(est)->params, name) != NULL;
}

static hone_status set_pair(hone_estimator *est, const char *name, const char *value,
                            hone_error *err) {
    char text[TEXT_SIZE];
    int length = snprintf(text, sizeof text, "%s=%s", name, value);
    if (length < 0 || (size_t)length >= sizeof text)
        return hone_fail(err, HONE_EINVAL, "%s: a value of %s is too long", hone_name(est), name);
    return hone_set(est, text, err);
}

/* The shared work where it serves this estimator; made anew where the parameter changes it. */
static hone_status renew_work(const hone_estimator *est, const hone_dataset *data,
                              const hone_monitor *mon, hone_work **work, hone_error *err) {
    if (*work && hone_work_serves(*work, est))
        return HONE_OK;
    hone_work_free(*work);
    *work = NULL;
    return hone_work_prepare(est, data, mon, work, err);
}

/* An estimator for the next value: fitted already where a warm start is to be had. */
static hone_status next_of(const hone_estimator *model, const hone_estimator *last,
                           hone_estimator **out, hone_error *err) {
    if (!last || !has_param(model, "warm_start"))
        return hone_clone(model, out, err);
    hone_status status = hone_estimator_copy(last, out, err);
    return status ? status : hone_set(*out, "warm_start=true", err);
}

static hone_status fit_value(const hone_estimator *model, const hone_estimator *last,
                             const char *param, const char *value, const hone_dataset *data,
                             const hone_monitor *mon, hone_work **work, hone_estimator **out,
                             hone_error *err) {
    char warm[TEXT_SIZE];
    hone_status status;
    if ((status = next_of(model, last, out, err)) || (status = set_pair(*out, param, value, err)) ||
        (status = renew_work(*out, data, mon, work, err)) ||
        (status = hone_fit_prepared(*out, data, *work, NULL, mon, err)) ||
        !has_param(model, "warm_start") ||
        (status = hone_get(model, "warm_start", warm, sizeof warm, err)))
        return status;
    return set_pair(*out, "warm_start", warm, err);
}

hone_status hone_fit_path(const hone_estimator *model, const char *param, const char *const *values,
                          size_t n, const hone_dataset *data, const hone_monitor *mon,
                          hone_estimator **out, hone_error *err) {
    hone_work *work = NULL;
    hone_status status = HONE_OK;
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; status == HONE_OK && i < n; i++)
        status = fit_value(model, i ? out[i - 1] : NULL, param, values[i], data, mon, &work,
                           &out[i], err);
    for (size_t i = 0; status != HONE_OK && i < n; i++) {
        hone_free(out[i]);
        out[i] = NULL;
    }
    hone_work_free(work);
    return status;
}
