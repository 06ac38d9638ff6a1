#include "core/alloc.h"
#include "core/rng.h"
#include "metrics/contingency.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static hone_status compute(const char *name, const hone_clustering *c, double *out,
                           const char **why, hone_error *err) {
    const hone_cluster_metric *metric;
    cr_assert_eq(hone_cluster_metric_find(name, &metric, err), HONE_OK, "%s", name);
    return hone_cluster_metric_compute(metric, c, NULL, out, why, err);
}

static double value(const char *name, const hone_clustering *c) {
    double out = -9;
    const char *why = "not written";
    hone_error err = {0};
    cr_assert_eq(compute(name, c, &out, &why, &err), HONE_OK, "%s", err.message);
    cr_assert_null(why, "%s: %s", name, why);
    return out;
}

static void undefined(const char *name, const hone_clustering *c, const char *reason) {
    double out = -9;
    const char *why = NULL;
    cr_assert_eq(compute(name, c, &out, &why, NULL), HONE_OK);
    cr_expect(isnan(out) && why, "%s is %g", name, out);
    cr_expect_str_eq(why, reason);
}

/* ---- against scikit-learn -------------------------------------------------------------------- */

static void check_rows(const hone_json *c, const hone_clustering *k) {
    size_t n;
    double *expected = support_reals(c, "rows", &n), *got = malloc(n * sizeof *got);
    cr_assert_eq(hone_silhouette_rows(k->x, k->label, got, NULL, NULL), HONE_OK);
    cr_expect_leq(support_distance(got, expected, n), 1e-12);
    free(expected), free(got);
}

static void check_case(const hone_json *c) {
    hone_clustering k = {.label = support_reals(c, "label", &k.n),
                         .truth = support_reals(c, "truth", &k.n)};
    const hone_json *values = hone_json_get(c, "values");
    size_t cells;
    if (hone_json_get(c, "x"))
        k.x = hone_view_of(support_reals(c, "x", &cells), k.n, (size_t)support_real(c, "cols"));
    for (size_t i = 0; i < hone_json_size(values); i++) {
        const char *name = hone_json_key_at(values, i);
        double got = value(name, &k), expected = support_real(values, name);
        cr_expect(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected)),
                  "%s of '%s' is %.17g, scikit-learn's is %.17g", name,
                  hone_json_as_text(hone_json_get(c, "name")), got, expected);
    }
    if (k.x.data)
        check_rows(c, &k);
    free((void *)(size_t)k.label), free((void *)(size_t)k.truth), free((void *)(size_t)k.x.data);
}

Test(clustering, all_metrics_agree_with_scikit_learn) {
    hone_json *golden = support_golden("clustering.json");
    const hone_json *cases = hone_json_get(golden, "cases");
    cr_assert_eq(hone_json_size(cases), 17);
    for (size_t i = 0; i < hone_json_size(cases); i++)
        check_case(hone_json_at(cases, i));
    for (size_t i = 0; i < hone_cluster_metric_count(); i++)
        cr_expect(hone_json_get(hone_json_get(hone_json_at(cases, 0), "values"),
                                hone_cluster_metric_at(i)->name),
                  "no golden for %s", hone_cluster_metric_at(i)->name);
    hone_json_free(golden);
}

/* ---- against brute force --------------------------------------------------------------------- */

enum { MOST = 40 };

/* Two groupings with `a` and `b` groups at most. */
static hone_clustering draw(hone_rng *rng, double *truth, double *label) {
    size_t n = 2 + hone_rng_below(rng, MOST - 2);
    size_t a = 1 + hone_rng_below(rng, 6), b = 1 + hone_rng_below(rng, 6);
    for (size_t i = 0; i < n; i++) {
        truth[i] = (double)hone_rng_below(rng, a);
        label[i] = hone_rng_below(rng, 2) ? truth[i] : (double)hone_rng_below(rng, b);
    }
    return (hone_clustering){.n = n, .label = label, .truth = truth};
}

Test(clustering, pair_counts_agree_with_looking_at_all_pairs) {
    double truth[MOST], label[MOST];
    hone_rng rng = hone_rng_at(13, 1);
    for (int trial = 0; trial < 1000; trial++) {
        hone_clustering c = draw(&rng, truth, label);
        double both = 0, neither = 0, in_truth = 0, in_label = 0, pairs = 0;
        for (size_t i = 0; i < c.n; i++)
            for (size_t j = 0; j < i; j++) {
                bool t = truth[i] == truth[j], l = label[i] == label[j];
                both += t && l, neither += !t && !l, in_truth += t, in_label += l, pairs++;
            }
        double chance = in_truth * in_label / pairs, most = (in_truth + in_label) / 2;
        cr_assert_float_eq(value("rand", &c), (both + neither) / pairs, 1e-12);
        if (most > chance)
            cr_assert_float_eq(value("adjusted_rand", &c), (both - chance) / (most - chance),
                               1e-12);
        if (in_truth > 0 && in_label > 0)
            cr_assert_float_eq(value("fowlkes_mallows", &c), both / sqrt(in_truth * in_label),
                               1e-12);
    }
}

/* The formula of Vinh et al. with gamma functions; fine for few rows. */
static double expected_by_gamma(const hone_partition *a, const hone_partition *b) {
    double n = (double)a->n, sum = 0;
    for (size_t i = 0; i < a->k; i++)
        for (size_t j = 0; j < b->k; j++) {
            double r = (double)a->size[i], c = (double)b->size[j];
            for (double x = fmax(1, r + c - n); x <= fmin(r, c); x++)
                sum += x / n * log(n * x / (r * c)) *
                       exp(lgamma(r + 1) + lgamma(c + 1) + lgamma(n - r + 1) + lgamma(n - c + 1) -
                           lgamma(n + 1) - lgamma(x + 1) - lgamma(r - x + 1) - lgamma(c - x + 1) -
                           lgamma(n - r - c + x + 1));
        }
    return sum;
}

Test(clustering, expected_information_agrees_with_its_gamma_functions) {
    double truth[MOST], label[MOST], got;
    hone_rng rng = hone_rng_at(13, 2);
    for (int trial = 0; trial < 1000; trial++) {
        hone_clustering c = draw(&rng, truth, label);
        hone_partition a, b;
        cr_assert_eq(hone_partition_make("truth", truth, c.n, &a, NULL), HONE_OK);
        cr_assert_eq(hone_partition_make("label", label, c.n, &b, NULL), HONE_OK);
        cr_assert_eq(hone_expected_mutual_info(&a, &b, &got, NULL), HONE_OK);
        cr_assert_float_eq(got, expected_by_gamma(&a, &b), 1e-12);
        hone_partition_free(&a), hone_partition_free(&b);
    }
}

static double plain_silhouette(const double *x, size_t m, const double *label, size_t n, size_t i) {
    double near = INFINITY, own = 0;
    size_t alone = 1;
    for (size_t g = 0; g < n; g++) {
        double sum = 0, count = 0;
        for (size_t j = 0; j < n; j++) {
            double d = 0;
            for (size_t c = 0; c < m; c++)
                d += (x[i * m + c] - x[j * m + c]) * (x[i * m + c] - x[j * m + c]);
            sum += label[j] == (double)g && j != i ? sqrt(d) : 0;
            count += label[j] == (double)g && j != i;
        }
        if (label[i] == (double)g)
            own = sum / count, alone = count == 0;
        else if (count > 0)
            near = fmin(near, sum / count);
    }
    return alone || (near == 0 && own == 0) ? 0 : (near - own) / fmax(near, own);
}

Test(clustering, silhouettes_agree_with_all_distances_on_any_number_of_threads) {
    enum { N = 203, M = 5 };
    static double x[N * M], label[N], one[N], two[N];
    hone_rng rng = hone_rng_at(13, 3);
    for (size_t trial = 2; trial < 40; trial += 6) {
        size_t n = trial < 30 ? trial * 5 : N, m = 1 + trial % M;
        for (size_t i = 0; i < n * m; i++)
            x[i] = 1e6 + hone_rng_normal(&rng); /* far from zero, where products cancel */
        for (size_t i = 0; i < n; i++)
            label[i] = (double)hone_rng_below(&rng, trial);
        label[0] = 0, label[1] = 1;
        const hone_monitor single = {.threads = 1}, both = {.threads = 2};
        hone_view v = hone_view_of(x, n, m);
        cr_assert_eq(hone_silhouette_rows(v, label, one, &single, NULL), HONE_OK);
        cr_assert_eq(hone_silhouette_rows(v, label, two, &both, NULL), HONE_OK);
        cr_assert_arr_eq(one, two, n * sizeof *one);
        for (size_t i = 0; i < n; i++)
            cr_assert_float_eq(one[i], plain_silhouette(x, m, label, n, i), 1e-12);
    }
}

/* ---- undefined, refused ---------------------------------------------------------------------- */

static const double X[] = {0, 1, 2, 5, 6, 7};

Test(clustering, undefined_says_why) {
    const double same[] = {1, 1, 1, 1, 1, 1}, each[] = {1, 2, 3, 4, 5, 6};
    const double half[] = {0, 0, 0, 1, 1, 1}, twins[] = {0, 0, 0, 0, 0, 0};
    hone_clustering c = {.n = 6, .label = same, .truth = each, .x = hone_view_of(X, 6, 1)};
    undefined("silhouette", &c, "there is only one cluster");
    undefined("davies_bouldin", &c, "there is only one cluster");
    undefined("fowlkes_mallows", &c, "no two rows are together in one of the groupings");
    cr_expect_eq(value("adjusted_mutual_info", &c), 0);
    c.label = each;
    undefined("calinski_harabasz", &c, "every row is a cluster of its own");
    cr_expect_eq(value("adjusted_mutual_info", &c), 1);
    c.label = half, c.x = hone_view_of(twins, 6, 1);
    undefined("davies_bouldin", &c, "two clusters have the same centre");
    undefined("calinski_harabasz", &c, "every row lies on the centre of its cluster");
    cr_expect_eq(value("silhouette", &c), 0, "no row is nearer to one than to the other");
    c.n = 1;
    undefined("rand", &c, "it needs at least two rows");
}

static void refused(const char *name, const hone_clustering *c, const char *message) {
    double out = -9;
    hone_error err = {0};
    cr_expect_eq(compute(name, c, &out, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, message);
    cr_expect_eq(out, -9);
}

Test(clustering, refused_with_a_sentence) {
    const double hole[] = {0, 1, NAN, 0, 1, 1}, far[] = {0, 1, 2, INFINITY, 6, 7};
    const double half[] = {0, 0, 0, 1, 1, 1};
    double rows[6];
    hone_error err;
    const hone_cluster_metric *metric = NULL;
    hone_clustering c = {.n = 0, .label = half, .truth = half, .x = hone_view_of(X, 6, 1)};
    refused("rand", &c, "rand: needs at least one row with its label, got none");
    c.n = 5;
    refused("silhouette", &c, "silhouette: needs a label for each of the 6 rows, got 5");
    c.n = 6, c.label = hole;
    refused("silhouette", &c, "clusters: label of row 3 must be a number, got nan");
    refused("v_measure", &c, "clusters: label of row 3 must be a number, got nan");
    c.label = half, c.truth = NULL, c.x.data = NULL;
    refused("v_measure", &c, "v_measure: needs the true classes, got none");
    refused("silhouette", &c, "silhouette: needs the rows that were clustered, got none");
    c.x = hone_view_of(far, 2, 3), c.n = 2;
    refused("silhouette", &c, "silhouette: column 1 of row 2 must be finite, got inf");
    cr_expect_eq(hone_silhouette_rows(hone_view_of(X, 3, 1), half, rows, NULL, &err), HONE_EDATA);
    cr_expect_str_eq(err.message, "silhouette: there is only one cluster");
    cr_expect_eq(hone_cluster_metric_find("silhouete", &metric, &err), HONE_ENAME);
    cr_expect_str_eq(err.message,
                     "unknown metric of clusters 'silhouete'; did you mean 'silhouette'?");
    cr_expect_null(hone_cluster_metric_at(hone_cluster_metric_count()));
}

Test(clustering, no_memory_is_a_failure_without_a_leak) {
    const double half[] = {0, 0, 0, 1, 1, 1}, other[] = {0, 0, 1, 1, 2, 2};
    const hone_clustering c = {.n = 6, .label = half, .truth = other, .x = hone_view_of(X, 6, 1)};
    long live = hone_alloc_live();
    for (size_t i = 0; i < hone_cluster_metric_count(); i++) {
        hone_status status = HONE_ENOMEM;
        for (long k = 1; status != HONE_OK; k++) {
            double out;
            hone_alloc_fail_at(k, 0);
            status = compute(hone_cluster_metric_at(i)->name, &c, &out, NULL, NULL);
            hone_alloc_fail_at(0, 0);
            cr_assert(status == HONE_OK || status == HONE_ENOMEM);
            cr_assert_eq(hone_alloc_live(), live, "%s", hone_cluster_metric_at(i)->name);
        }
    }
}
