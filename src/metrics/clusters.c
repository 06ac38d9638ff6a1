/* clusters.c -- the table of metrics of clusters; labels as codes.   Cost: O(n), a sort. */
#include "metrics/clusters.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <hone/text.h>

#include <math.h>
#include <string.h>

#define ROW(name, greater, needs, help) \
    {#name, greater, HONE_NEEDS_##needs, help, hone_cluster_##name},
static const hone_cluster_metric METRICS[] = {HONE_CLUSTER_METRICS(ROW)};
#undef ROW

size_t hone_cluster_metric_count(void) {
    return sizeof METRICS / sizeof *METRICS;
}

const hone_cluster_metric *hone_cluster_metric_at(size_t i) {
    return i < hone_cluster_metric_count() ? &METRICS[i] : NULL;
}

static const char *name_at(const void *context, size_t i) {
    (void)context;
    return METRICS[i].name;
}

hone_status hone_cluster_metric_find(const char *name, const hone_cluster_metric **out,
                                     hone_error *err) {
    for (size_t i = 0; i < hone_cluster_metric_count(); i++)
        if (strcmp(METRICS[i].name, name) == 0) {
            *out = &METRICS[i];
            return HONE_OK;
        }
    const char *near = hone_nearest(name, hone_cluster_metric_count(), name_at, NULL);
    return hone_fail(err, HONE_ENAME, "unknown metric of clusters '%s'%s%s%s", name,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* ---- checks ---------------------------------------------------------------------------------- */

hone_status hone_cells_check(const char *who, hone_view x, hone_error *err) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++)
            if (!isfinite(hone_view_row(x, i)[j]))
                return hone_fail(err, HONE_EDATA,
                                 "%s: column %zu of row %zu must be finite, got %g", who, j + 1,
                                 i + 1, hone_view_row(x, i)[j]);
    return HONE_OK;
}

static hone_status check(const hone_cluster_metric *metric, const hone_clustering *c,
                         hone_error *err) {
    const char *who = metric->name;
    if (c->n == 0 || !c->label)
        return hone_fail(err, HONE_EDATA, "%s: needs at least one row with its label, got none",
                         who);
    if (metric->needs == HONE_NEEDS_TRUTH)
        return c->truth ? HONE_OK
                        : hone_fail(err, HONE_EDATA, "%s: needs the true classes, got none", who);
    if (!c->x.data)
        return hone_fail(err, HONE_EDATA, "%s: needs the rows that were clustered, got none", who);
    if (c->x.rows != c->n)
        return hone_fail(err, HONE_EDATA, "%s: needs a label for each of the %zu rows, got %zu",
                         who, c->x.rows, c->n);
    return hone_cells_check(who, c->x, err);
}

hone_status hone_cluster_metric_compute(const hone_cluster_metric *metric,
                                        const hone_clustering *clustering, const hone_monitor *mon,
                                        double *out, const char **why, hone_error *err) {
    const char *reason = NULL;
    double value = NAN;
    hone_status status = check(metric, clustering, err);
    if (!status)
        status = metric->compute(clustering, mon, &value, &reason, err);
    if (status)
        return status;
    if (!reason && !isfinite(value))
        reason = "the numbers are so large that their sum overflows";
    *out = reason ? NAN : value;
    if (why)
        *why = reason;
    return HONE_OK;
}

/* ---- labels as codes ------------------------------------------------------------------------- */

void hone_partition_free(hone_partition *groups) {
    hone_release(groups->code);
    hone_release(groups->size);
    *groups = (hone_partition){0};
}

static void number(const uint64_t *keys, const size_t *rows, hone_partition *groups) {
    for (size_t i = 0; i < groups->n; i++) {
        groups->k += i == 0 || keys[i] != keys[i - 1];
        groups->code[rows[i]] = groups->k - 1;
        groups->size[groups->k - 1]++;
    }
}

hone_status hone_partition_make(const char *what, const double *label, size_t n,
                                hone_partition *out, hone_error *err) {
    uint64_t *keys = NULL;
    size_t *rows = NULL;
    hone_partition groups = {.n = n};
    hone_status status = hone_new(&keys, n, err);
    if (!status)
        status = hone_new(&rows, n, err);
    if (!status)
        status = hone_new(&groups.code, n, err);
    if (!status)
        status = hone_new(&groups.size, n, err);
    for (size_t i = 0; !status && i < n; i++) {
        if (isnan(label[i]))
            status = hone_fail(err, HONE_EDATA, "clusters: %s of row %zu must be a number, got nan",
                               what, i + 1);
        keys[i] = hone_sort_key(label[i]);
        rows[i] = i;
    }
    if (!status)
        status = hone_sort_keys(keys, rows, n, err);
    if (!status) {
        number(keys, rows, &groups);
        *out = groups;
        groups = (hone_partition){0};
    }
    hone_release(keys);
    hone_release(rows);
    hone_partition_free(&groups);
    return status;
}

const char *hone_partition_obstacle(const hone_partition *groups) {
    return groups->k < 2            ? "there is only one cluster"
           : groups->k == groups->n ? "every row is a cluster of its own"
                                    : NULL;
}
