/* auc.c -- intervals of an AUC A and tests of differences D, given their (co)variances.
 *
 *   logit:  logit A +- z se / (A (1 - A))          Wald:  A +- z se, cut to [0, 1]
 *   score:  the a with |A - a| = z sqrt(V(a)),  N* = (m + n) / 2 - 1,
 *           V(a) = a (1 - a) (1 + N* (1 - a) / (2 - a) + N* a / (1 + a)) / (m n)
 *   paired: z = D / sqrt(var D)
 *   unpaired: t = D / sqrt(S + T),  df = (S + T)^2 / (S^2 / (N_S - 1) + T^2 / (N_T - 1))
 *   k models: chi2 = D' C^+ D, D the k - 1 differences from the first model, df = rank C
 *
 * For clusters, N_S and the m and n of the score interval are numbers of clusters: cautious.
 * Reference: Newcombe 2006 (II, method 5); DeLong et al. 1988; Qin & Hotilovac 2008. */
#include "core/alloc.h"
#include "core/error.h"
#include "inference/delong.h"
#include "inference/special.h"
#include "linalg/linalg.h"

#include <math.h>

enum { FEW_UNITS = 10 };
static const double RANK_TOLERANCE = 1e-10;

/* ---- intervals ------------------------------------------------------------------------------- */

static double score_variance(double a, double m, double n) {
    double half = (m + n) / 2 - 1;
    return a * (1 - a) * (1 + half * (1 - a) / (2 - a) + half * a / (1 + a)) / (m * n);
}

/* The other end from auc at which the distance is z deviations; `end` is 0 or 1. */
static double score_bound(double auc, double end, double m, double n, double z) {
    double near = auc, far = end;
    while (near != far) {
        double middle = near + (far - near) / 2;
        if (middle == near || middle == far)
            break;
        if (fabs(auc - middle) < z * sqrt(score_variance(middle, m, n)))
            near = middle;
        else
            far = middle;
    }
    return far;
}

static hone_auc_method choose(hone_auc_method asked, double auc, double se, double m, double n) {
    if (asked != HONE_AUC_AUTO)
        return asked;
    bool rough = !(auc > 0 && auc < 1) || m < FEW_UNITS || n < FEW_UNITS || !(se > 0);
    return rough ? HONE_AUC_SCORE : HONE_AUC_LOGIT;
}

hone_interval hone_auc_bounds(double auc, double se, double m, double n, hone_auc_method asked,
                              double level, const char *const names[3]) {
    hone_auc_method method = choose(asked, auc, se, m, n);
    const char *name = names[method - HONE_AUC_LOGIT];
    double z = hone_level_z(level), spread = se / (auc * (1 - auc)), odds = log(auc / (1 - auc));
    const char *why = isnan(auc)                 ? "the AUC is undefined"
                      : method == HONE_AUC_SCORE ? NULL
                      : isnan(se)                ? "it needs two units of each class"
                      : method == HONE_AUC_WALD  ? NULL
                      : !(auc > 0 && auc < 1)    ? "an AUC of 0 or 1 has no finite log-odds"
                                                 : NULL;
    hone_interval out = hone_interval_symmetric(auc, se, z, level, name, why);
    if (why)
        return out;
    if (method == HONE_AUC_SCORE) {
        out.low = score_bound(auc, 0, m, n, z);
        out.high = score_bound(auc, 1, m, n, z);
    } else if (method == HONE_AUC_LOGIT) {
        out.low = 1 / (1 + exp(z * spread - odds));
        out.high = 1 / (1 + exp(-z * spread - odds));
    }
    hone_interval_cut(&out, 0, 1);
    return out;
}

hone_status hone_auc_interval(const hone_delong *delong, size_t model, hone_auc_method method,
                              double level, hone_interval *out, hone_error *err) {
    static const char *const names[] = {"DeLong, logit", "Newcombe, score", "DeLong, Wald"};
    hone_status status = hone_level_check("AUC interval", level, err);
    if (!status)
        status = hone_index_check("AUC interval", "model", model, delong->models, err);
    if (status)
        return status;
    double variance = delong->covariance[model * delong->models + model];
    double se = variance < 0 ? 0 : sqrt(variance);
    *out = hone_auc_bounds(delong->auc[model], se, (double)delong->units_up,
                           (double)delong->units_down, method, level, names);
    return HONE_OK;
}

/* ---- two models ------------------------------------------------------------------------------ */

hone_status hone_auc_difference(const hone_delong *delong, size_t a, size_t b, double level,
                                hone_comparison *out, hone_error *err) {
    hone_status status = hone_level_check("AUC difference", level, err);
    if (!status)
        status = hone_index_check("AUC difference", "model", a > b ? a : b, delong->models, err);
    if (status)
        return status;
    hone_contrast x = {a, b};
    double variance = hone_delong_covariance(delong, x, x);
    double se = variance < 0 ? 0 : sqrt(variance);
    *out = hone_compare(hone_delong_value(delong, x), se, INFINITY, level, "DeLong, paired");
    hone_interval_cut(&out->difference, -1, 1);
    return HONE_OK;
}

static double independent_units(const hone_delong *d) {
    return (double)(d->clusters ? d->clusters : d->rows);
}

hone_status hone_auc_difference_unpaired(const hone_delong *first, size_t a,
                                         const hone_delong *second, size_t b, double level,
                                         hone_comparison *out, hone_error *err) {
    hone_status status = hone_level_check("AUC difference", level, err);
    if (!status)
        status = hone_index_check("AUC difference", "first model", a, first->models, err);
    if (!status)
        status = hone_index_check("AUC difference", "second model", b, second->models, err);
    if (status)
        return status;
    double s = fmax(0, first->covariance[a * first->models + a]);
    double t = fmax(0, second->covariance[b * second->models + b]);
    if (first->units_up < 2 || first->units_down < 2 || second->units_up < 2 ||
        second->units_down < 2)
        s = NAN;
    double df = (s + t) * (s + t) /
                (s * s / (independent_units(first) - 1) + t * t / (independent_units(second) - 1));
    *out = hone_compare(first->auc[a] - second->auc[b], sqrt(s + t), df, level, "DeLong, unpaired");
    hone_interval_cut(&out->difference, -1, 1);
    return HONE_OK;
}

/* ---- k models -------------------------------------------------------------------------------- */

/* Differences from the first model over their deviations, and their correlations. Differences
 * that are 0 and do not vary are left out; false when one does not vary and is not 0. */
static bool correlations(const hone_delong *d, double *z, double *correlation, size_t *used) {
    size_t k = d->models, n = 0;
    size_t *model = used + 1;
    for (size_t r = 1; r < k; r++) {
        hone_contrast x = {r, 0};
        double variance = hone_delong_covariance(d, x, x), value = hone_delong_value(d, x);
        if (!(variance > 0) && value != 0)
            return false;
        if (variance > 0) {
            z[n] = value / sqrt(variance);
            model[n++] = r;
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            hone_contrast x = {model[i], 0}, y = {model[j], 0};
            correlation[i * n + j] =
                hone_delong_covariance(d, x, y) /
                sqrt(hone_delong_covariance(d, x, x) * hone_delong_covariance(d, y, y));
        }
    *used = n;
    return true;
}

/* z' C^+ z with its rank; false when z points where C does not vary. C is symmetric and not
 * negative, so its singular vectors are its eigenvectors. */
static bool quadratic(const double *z, const double *u, const double *s, size_t n,
                      hone_test *test) {
    double sum = 0, lost = 0, all = 0, rank = 0;
    for (size_t j = 0; j < n; j++) {
        double along = 0;
        for (size_t i = 0; i < n; i++)
            along += u[i * n + j] * z[i];
        all += along * along;
        if (s[j] > RANK_TOLERANCE * s[0]) {
            sum += along * along / s[j];
            rank++;
        } else {
            lost += along * along;
        }
    }
    test->statistic = sum;
    test->df = rank;
    test->p = rank > 0 ? hone_chi2_tail(sum, rank) : 1;
    return lost <= RANK_TOLERANCE * all;
}

hone_status hone_auc_all_equal(const hone_delong *delong, hone_test *out, hone_error *err) {
    static const char name[] = "DeLong, all models";
    size_t k = delong->models, *used = NULL;
    double *z = NULL, *c = NULL, *u = NULL, *s = NULL, *vt = NULL;
    *out = hone_test_undefined(name, NULL);
    if (delong->units_up < 2 || delong->units_down < 2) {
        out->why = "there are too few independent units for a variance";
        return HONE_OK;
    }
    hone_status status = hone_new(&used, k + 1, err);
    if (!status)
        status = hone_new(&z, k, err);
    if (!status)
        status = hone_new2(&c, k, k, err);
    if (!status)
        status = hone_new2(&u, k, k, err);
    if (!status)
        status = hone_new(&s, k, err);
    if (!status)
        status = hone_new2(&vt, k, k, err);
    if (status)
        goto done;
    bool varies = correlations(delong, z, c, used);
    if (varies)
        status = hone_svd(c, *used, *used, u, s, vt, err);
    if (!status && !(varies && quadratic(z, u, s, *used, out)))
        *out = hone_test_undefined(
            name, "a difference does not vary in this sample, so its error is unknown");
done:
    hone_release(used);
    hone_release(z);
    hone_release(c);
    hone_release(u);
    hone_release(s);
    hone_release(vt);
    return status;
}
