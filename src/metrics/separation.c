/* separation.c -- are clusters compact and far apart? X (n x m), centres c_i of k clusters.
 *
 *   Davies-Bouldin = mean_i max_(j != i) (s_i + s_j) / |c_i - c_j|,  s_i = mean distance to c_i
 *   Calinski-Harabasz = sum_i n_i |c_i - c|^2 / (k - 1)  over  sum of squared distances / (n - k)
 *
 * Cost: O(n m + k^2 m).   Reference: Davies & Bouldin 1979; Calinski & Harabasz 1974. */
#include "metrics/clusters.h"

#include "core/alloc.h"
#include "core/sum.h"

#include <math.h>

/* Owns its arrays. */
struct centres {
    hone_partition groups;
    size_t m;
    double *centre;   /* k x m */
    double *distance; /* n: of each row to its own centre, squared */
};

static void centres_free(struct centres *c) {
    hone_partition_free(&c->groups);
    hone_release(c->centre);
    hone_release(c->distance);
}

static double distance2(const double *a, const double *b, size_t m) {
    double sum = 0;
    for (size_t j = 0; j < m; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

static void find_centres(hone_view x, struct centres *c) {
    for (size_t i = 0; i < x.rows; i++) {
        double *centre = c->centre + c->groups.code[i] * c->m;
        for (size_t j = 0; j < c->m; j++)
            centre[j] += hone_view_row(x, i)[j];
    }
    for (size_t g = 0; g < c->groups.k; g++)
        for (size_t j = 0; j < c->m; j++)
            c->centre[g * c->m + j] /= (double)c->groups.size[g];
    for (size_t i = 0; i < x.rows; i++)
        c->distance[i] = distance2(hone_view_row(x, i), c->centre + c->groups.code[i] * c->m, c->m);
}

static hone_status centres_make(const hone_clustering *clustering, struct centres *out,
                                hone_error *err) {
    hone_view x = clustering->x;
    *out = (struct centres){.m = x.cols};
    hone_status status = hone_partition_make("label", clustering->label, x.rows, &out->groups, err);
    if (!status)
        status = hone_new2(&out->centre, out->groups.k, x.cols, err);
    if (!status)
        status = hone_new(&out->distance, x.rows, err);
    if (!status)
        find_centres(x, out);
    else
        centres_free(out);
    return status;
}

/* The worst neighbour of cluster i; spread (k). Infinite when two centres coincide. */
static double worst(const struct centres *c, const double *spread, size_t i) {
    double most = 0;
    for (size_t j = 0; j < c->groups.k; j++) {
        double apart =
            j == i ? INFINITY : sqrt(distance2(c->centre + i * c->m, c->centre + j * c->m, c->m));
        most = fmax(most, apart > 0 ? (spread[i] + spread[j]) / apart : INFINITY);
    }
    return most;
}

hone_status hone_cluster_davies_bouldin(const hone_clustering *clustering, const hone_monitor *mon,
                                        double *out, const char **why, hone_error *err) {
    (void)mon;
    struct centres c;
    double *spread = NULL, sum = 0;
    hone_status status = centres_make(clustering, &c, err);
    if (status)
        return status;
    const char *reason = hone_partition_obstacle(&c.groups);
    status = hone_new(&spread, c.groups.k, err);
    if (status || reason)
        goto done;
    for (size_t i = 0; i < clustering->n; i++)
        spread[c.groups.code[i]] += sqrt(c.distance[i]);
    for (size_t g = 0; g < c.groups.k; g++)
        spread[g] /= (double)c.groups.size[g];
    for (size_t g = 0; g < c.groups.k; g++)
        sum += worst(&c, spread, g);
    *out = sum / (double)c.groups.k;
    if (isinf(sum))
        reason = "two clusters have the same centre";
done:
    hone_release(spread);
    centres_free(&c);
    return !status && reason ? hone_undefined(reason, out, why) : status;
}

hone_status hone_cluster_calinski_harabasz(const hone_clustering *clustering,
                                           const hone_monitor *mon, double *out, const char **why,
                                           hone_error *err) {
    struct centres c;
    double *mean = NULL, between = 0;
    hone_status status = centres_make(clustering, &c, err);
    (void)mon;
    if (status)
        return status;
    const char *reason = hone_partition_obstacle(&c.groups);
    status = hone_new(&mean, c.m, err);
    if (status || reason)
        goto done;
    double n = (double)clustering->n, k = (double)c.groups.k;
    for (size_t g = 0; g < c.groups.k; g++)
        for (size_t j = 0; j < c.m; j++)
            mean[j] += (double)c.groups.size[g] * c.centre[g * c.m + j] / n;
    for (size_t g = 0; g < c.groups.k; g++)
        between += (double)c.groups.size[g] * distance2(c.centre + g * c.m, mean, c.m);
    double within = hone_sum_of(c.distance, clustering->n);
    *out = between / (k - 1) / (within / (n - k));
    if (!(within > 0))
        reason = "every row lies on the centre of its cluster";
done:
    hone_release(mean);
    centres_free(&c);
    return !status && reason ? hone_undefined(reason, out, why) : status;
}
