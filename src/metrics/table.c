/* table.c -- the table of metrics: finding one, computing one. */
#include "metrics/metrics.h"

#include "core/error.h"

#include <hone/text.h>

#include <math.h>
#include <string.h>

#define ROW(name, tasks, greater, needs, help) \
    {#name, tasks, greater, HONE_NEEDS_##needs, help, hone_metric_##name},
static const hone_metric METRICS[] = {HONE_METRICS(ROW)};
#undef ROW

static const char *const BINARY_DEFAULTS[] = {"roc_auc", "accuracy", "balanced_accuracy",
                                              "f1",      "log_loss", NULL};
static const char *const MULTICLASS_DEFAULTS[] = {"accuracy", "balanced_accuracy", "f1_macro",
                                                  "log_loss", NULL};
static const char *const REGRESSION_DEFAULTS[] = {"r2", "rmse", "mae", NULL};

size_t hone_metric_count(void) {
    return sizeof METRICS / sizeof *METRICS;
}

const hone_metric *hone_metric_at(size_t i) {
    return i < hone_metric_count() ? &METRICS[i] : NULL;
}

const char *const *hone_metric_defaults(hone_metric_task task) {
    return task == HONE_FOR_BINARY       ? BINARY_DEFAULTS
           : task == HONE_FOR_MULTICLASS ? MULTICLASS_DEFAULTS
                                         : REGRESSION_DEFAULTS;
}

static const char *name_at(const void *context, size_t i) {
    (void)context;
    return METRICS[i].name;
}

hone_status hone_metric_find(const char *name, const hone_metric **out, hone_error *err) {
    for (size_t i = 0; i < hone_metric_count(); i++)
        if (strcmp(METRICS[i].name, name) == 0) {
            *out = &METRICS[i];
            return HONE_OK;
        }
    const char *near = hone_nearest(name, hone_metric_count(), name_at, NULL);
    return hone_fail(err, HONE_ENAME, "unknown metric '%s'%s%s%s", name,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

hone_status hone_undefined(const char *reason, double *out, const char **why) {
    *out = NAN;
    if (why)
        *why = reason;
    return HONE_OK;
}

hone_status hone_metric_compute(const hone_metric *metric, const hone_outcome *outcome, double *out,
                                const char **why, hone_error *err) {
    const char *reason = NULL;
    double value = NAN;
    hone_status status = hone_outcome_check(metric, outcome, err);
    if (!status)
        status = metric->compute(outcome, &value, &reason, err);
    if (status)
        return status;
    if (!reason && !isfinite(value))
        reason = "the numbers are so large that their sum overflows";
    *out = reason ? NAN : value;
    if (why)
        *why = reason;
    return HONE_OK;
}
