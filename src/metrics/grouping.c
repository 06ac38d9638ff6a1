/* grouping.c -- how far two groupings of the same rows agree.
 *
 * n_ij rows lie in group i of the truth (a_i rows) and in cluster j (b_j rows).
 *   Over pairs of rows: s = sum n_ij^2, p = sum a_i^2, q = sum b_j^2
 *     together in both: tp = s - n, only in clusters: fp = q - s, only in truth: fn = p - s,
 *     in neither: tn = n^2 - p - q + s
 *     Rand = (tp + tn) / (n^2 - n)   Fowlkes-Mallows = tp / sqrt((p - n) (q - n))
 *     adjusted Rand = 2 (tp tn - fn fp) / ((tp + fn) (fn + tn) + (tp + fp) (fp + tn))
 *   In nats: I = sum n_ij / n log(n n_ij / (a_i b_j)), H = -sum a_i / n log(a_i / n)
 *     normalised I / mean H   adjusted (I - E) / (mean H - E)
 *     homogeneity I / H(truth)   completeness I / H(clusters)
 *
 * Two groupings that are the same agree fully, one group against one group too (0 / 0 else).
 * Cost: O(n).   Reference: Hubert & Arabie 1985; Rosenberg & Hirschberg 2007; Vinh et al. 2010. */
#include "metrics/contingency.h"

#include "core/sum.h"

#include <math.h>

/* Everything that the metrics here are made of. */
struct agreement {
    double n, tp, fp, fn, tn;
    double information, truth_entropy, label_entropy;
    bool same; /* each group is a cluster */
};

static double squares(const size_t *count, size_t n) {
    hone_sum sum = {0};
    for (size_t i = 0; i < n; i++)
        hone_sum_add(&sum, (double)count[i] * (double)count[i]);
    return hone_sum_value(sum);
}

static double entropy(const hone_partition *groups) {
    hone_sum sum = {0};
    for (size_t i = 0; i < groups->k; i++) {
        double share = (double)groups->size[i] / (double)groups->n;
        hone_sum_add(&sum, share * log(share));
    }
    return fmax(0, -hone_sum_value(sum));
}

static double information(const hone_contingency *t) {
    hone_sum sum = {0};
    double n = (double)t->label.n;
    for (size_t c = 0; c < t->cells; c++) {
        double a = (double)t->truth.size[t->from[c]], b = (double)t->label.size[t->to[c]];
        double both = (double)t->count[c];
        hone_sum_add(&sum, both / n * log(n * both / (a * b)));
    }
    return fmax(0, hone_sum_value(sum));
}

static struct agreement measure(const hone_contingency *t) {
    double n = (double)t->label.n, s = squares(t->count, t->cells);
    double p = squares(t->truth.size, t->truth.k), q = squares(t->label.size, t->label.k);
    return (struct agreement){.n = n,
                              .tp = s - n,
                              .fp = q - s,
                              .fn = p - s,
                              .tn = n * n - p - q + s,
                              .information = information(t),
                              .truth_entropy = entropy(&t->truth),
                              .label_entropy = entropy(&t->label),
                              .same = t->cells == t->truth.k && t->cells == t->label.k};
}

static hone_status agree(const hone_clustering *clustering, struct agreement *out,
                         hone_error *err) {
    hone_contingency table = {.cells = 0};
    hone_status status = hone_contingency_make(clustering, &table, err);
    if (status)
        return status;
    *out = measure(&table);
    hone_contingency_free(&table);
    return HONE_OK;
}

/* ---- one formula each ------------------------------------------------------------------------ */

typedef double formula(const struct agreement *a);

static double rand_index(const struct agreement *a) {
    return (a->tp + a->tn) / (a->n * a->n - a->n);
}

static double adjusted_rand(const struct agreement *a) {
    return a->same ? 1
                   : 2 * (a->tp * a->tn - a->fn * a->fp) /
                         ((a->tp + a->fn) * (a->fn + a->tn) + (a->tp + a->fp) * (a->fp + a->tn));
}

static double fowlkes_mallows(const struct agreement *a) {
    return sqrt(a->tp / (a->tp + a->fn)) * sqrt(a->tp / (a->tp + a->fp));
}

static double mutual(const struct agreement *a) {
    return a->information;
}

static double normalized(const struct agreement *a) {
    return a->same ? 1 : a->information / ((a->truth_entropy + a->label_entropy) / 2);
}

static double homogeneity(const struct agreement *a) {
    return a->truth_entropy > 0 ? a->information / a->truth_entropy : 1;
}

static double completeness(const struct agreement *a) {
    return a->label_entropy > 0 ? a->information / a->label_entropy : 1;
}

static double v_measure(const struct agreement *a) {
    double h = homogeneity(a), c = completeness(a);
    return h + c > 0 ? 2 * h * c / (h + c) : 0;
}

/* clang-format off */
#define FORMULAS(X) \
    X(rand,                   rand_index,      "it needs at least two rows") \
    X(adjusted_rand,          adjusted_rand,   NULL) \
    X(fowlkes_mallows,        fowlkes_mallows, "no two rows are together in one of the groupings") \
    X(mutual_info,            mutual,          NULL) \
    X(normalized_mutual_info, normalized,      NULL) \
    X(homogeneity,            homogeneity,     NULL) \
    X(completeness,           completeness,    NULL) \
    X(v_measure,              v_measure,       NULL)
/* clang-format on */
#define DEFINE(name, of, reason)                                                                \
    hone_status hone_cluster_##name(const hone_clustering *clustering, const hone_monitor *mon, \
                                    double *out, const char **why, hone_error *err) {           \
        (void)mon;                                                                              \
        struct agreement a;                                                                     \
        hone_status status = agree(clustering, &a, err);                                        \
        if (status)                                                                             \
            return status;                                                                      \
        *out = of(&a);                                                                          \
        return isnan(*out) ? hone_undefined(reason, out, why) : HONE_OK;                        \
    }
FORMULAS(DEFINE)
#undef DEFINE

hone_status hone_cluster_adjusted_mutual_info(const hone_clustering *clustering,
                                              const hone_monitor *mon, double *out,
                                              const char **why, hone_error *err) {
    (void)mon, (void)why;
    hone_contingency table = {.cells = 0};
    double chance = 0;
    hone_status status = hone_contingency_make(clustering, &table, err);
    if (status)
        return status;
    const struct agreement a = measure(&table);
    if (!a.same)
        status = hone_expected_mutual_info(&table.truth, &table.label, &chance, err);
    hone_contingency_free(&table);
    double most = (a.truth_entropy + a.label_entropy) / 2;
    *out = a.same ? 1 : (a.information - chance) / (most - chance);
    return status;
}
