/* curves.c -- curves over the cutoffs, and areas under them.
 *
 *   fpr = fp / N   tpr = recall = tp / P   precision = tp / (tp + fp)   share = (tp + fp) / (P + N)
 *   gain = tpr   lift = tpr / share
 *   part of the area: straight lines between the points, cut off at low and high
 *   two-way: the same of what is above min_tpr and left of max_fpr, over the area of that box
 *   McClish: 1/2 (1 + (A - min) / (max - min)), max = high - low, min = the area under chance,
 *     which is 1 - (max - A) / (2 (max - min)): what is lost is added up by itself, for near the
 *     upper corner A, max and min are almost the same and their differences have lost their digits
 *
 * The hull is what Graham's scan leaves of the ROC points, without the points on its edges.
 * Cost: O(cutoffs).   Reference: Fawcett 2006; McClish 1989; Provost & Fawcett 2001. */
#include "metrics/ranking.h"

#include "core/alloc.h"
#include "core/error.h"

#include <float.h>
#include <math.h>

void hone_rank_curve_free(hone_rank_curve *curve) {
    if (!curve)
        return;
    hone_release(curve->x);
    hone_release(curve->y);
    hone_release(curve->threshold);
    *curve = (hone_rank_curve){0};
}

double hone_rank_curve_area(const hone_rank_curve *curve) {
    hone_sum area = {0};
    for (size_t i = 1; i < curve->n; i++)
        hone_sum_add(&area,
                     (curve->x[i] - curve->x[i - 1]) * ((curve->y[i] + curve->y[i - 1]) / 2));
    return hone_sum_value(area);
}

static double positives(const hone_cutoffs *c) {
    return c->tp[c->n - 1];
}

static double negatives(const hone_cutoffs *c) {
    return c->fp[c->n - 1];
}

/* One point from the weights taken; tp == fp == 0 is the point put in front. */
static void point(const hone_cutoffs *c, hone_rank_curve_kind kind, double tp, double fp, double *x,
                  double *y) {
    double tpr = tp / positives(c), fpr = fp / negatives(c);
    double share = (tp + fp) / (positives(c) + negatives(c));
    switch (kind) {
    case HONE_CURVE_ROC:
    case HONE_CURVE_HULL:
        *x = fpr, *y = tpr;
        break;
    case HONE_CURVE_PR:
        *x = tpr, *y = tp / (tp + fp);
        break;
    case HONE_CURVE_DET:
        *x = fpr, *y = (positives(c) - tp) / positives(c);
        break;
    case HONE_CURVE_GAIN:
        *x = share, *y = tpr;
        break;
    case HONE_CURVE_LIFT:
        *x = share, *y = tpr / share;
        break;
    }
}

/* Does the way a -> b -> c bend to the left, or not at all? Then b is not on the upper hull. */
static bool under(const hone_rank_curve *curve, size_t a, size_t b, size_t c) {
    const double *x = curve->x, *y = curve->y;
    return (x[b] - x[a]) * (y[c] - y[b]) >= (x[c] - x[b]) * (y[b] - y[a]);
}

static void keep_hull(hone_rank_curve *curve) {
    size_t kept = 0;
    for (size_t i = 0; i < curve->n; i++) {
        curve->x[kept] = curve->x[i];
        curve->y[kept] = curve->y[i];
        curve->threshold[kept] = curve->threshold[i];
        for (; kept >= 2 && under(curve, kept - 2, kept - 1, kept); kept--) {
            curve->x[kept - 1] = curve->x[kept];
            curve->y[kept - 1] = curve->y[kept];
            curve->threshold[kept - 1] = curve->threshold[kept];
        }
        kept++;
    }
    curve->n = kept;
}

static hone_status check(const hone_cutoffs *c, hone_rank_curve_kind kind, hone_error *err) {
    bool both = kind == HONE_CURVE_ROC || kind == HONE_CURVE_HULL || kind == HONE_CURVE_DET;
    if (!(positives(c) > 0))
        return hone_fail(err, HONE_EDATA, "%s: needs %s, got no positive", both ? "ROC" : "curve",
                         both ? "rows of both classes" : "positive rows");
    if (both && !(negatives(c) > 0))
        return hone_fail(err, HONE_EDATA, "ROC: needs rows of both classes, got no negative");
    return HONE_OK;
}

hone_status hone_cutoffs_curve(const hone_cutoffs *c, hone_rank_curve_kind kind,
                               hone_rank_curve *out, hone_error *err) {
    size_t front = kind == HONE_CURVE_PR || kind == HONE_CURVE_LIFT ? 0 : 1;
    hone_rank_curve curve = {.n = c->n + front};
    hone_status status = check(c, kind, err);
    if (!status)
        status = hone_new(&curve.x, curve.n, err);
    if (!status)
        status = hone_new(&curve.y, curve.n, err);
    if (!status)
        status = hone_new(&curve.threshold, curve.n, err);
    if (status) {
        hone_rank_curve_free(&curve);
        return status;
    }
    if (front) {
        point(c, kind, 0, 0, curve.x, curve.y);
        curve.threshold[0] = INFINITY;
    }
    for (size_t i = 0; i < c->n; i++) {
        point(c, kind, c->tp[i], c->fp[i], &curve.x[i + front], &curve.y[i + front]);
        curve.threshold[i + front] = c->threshold[i];
    }
    if (kind == HONE_CURVE_HULL)
        keep_hull(&curve);
    *out = curve;
    return HONE_OK;
}

/* ---- a part of the area ---------------------------------------------------------------------- */

/* Area under the line (x0, y0) - (x1, y1), x0 <= x1, between low and high. */
static double strip(double x0, double y0, double x1, double y1, double low, double high) {
    double a = fmax(x0, low), b = fmin(x1, high);
    if (!(a < b))
        return 0;
    double slope = (y1 - y0) / (x1 - x0);
    return (b - a) * (y0 + slope * ((a - x0) + (b - x0)) / 2);
}

/* Between low and high the area under the curve; lost: the area above it. */
static double partial_area(const hone_cutoffs *c, hone_rate rate, double low, double high,
                           double *lost) {
    hone_sum under = {0}, above = {0};
    bool by_fpr = rate == HONE_OVER_FPR;
    double all_p = positives(c), all_n = negatives(c), x = 0, y = by_fpr ? 0 : 1, z = 1 - y;
    for (size_t i = 0; i < c->n; i++) {
        double fpr = c->fp[i] / all_n, tpr = c->tp[i] / all_p;
        double x1 = by_fpr ? fpr : tpr, y1 = by_fpr ? tpr : 1 - fpr;
        double z1 = by_fpr ? (all_p - c->tp[i]) / all_p : fpr;
        hone_sum_add(&under, strip(x, y, x1, y1, low, high));
        hone_sum_add(&above, strip(x, z, x1, z1, low, high));
        x = x1, y = y1, z = z1;
    }
    *lost = hone_sum_value(above);
    return hone_sum_value(under);
}

hone_status hone_cutoffs_partial_auc(const hone_cutoffs *c, hone_rate rate, double low, double high,
                                     double *raw, double *mcclish, hone_error *err) {
    if (!(low >= 0 && low < high && high <= 1))
        return hone_fail(err, HONE_EINVAL, "partial AUC: needs 0 <= low < high <= 1, got %g and %g",
                         low, high);
    bool defined = positives(c) > 0 && negatives(c) > 0;
    double lost = NAN, most = high - low;
    double room = most * (rate == HONE_OVER_FPR ? (1 - low) + (1 - high) : low + high) / 2;
    *raw = defined ? partial_area(c, rate, low, high, &lost) : NAN;
    double share = lost / room; /* of what lies above chance */
    bool rounding = fabs(share - 1) < 8 * DBL_EPSILON;
    if (mcclish)
        *mcclish = rounding ? 0.5 : share < 1 ? 1 - share / 2 : NAN;
    return HONE_OK;
}

/* Area between the rising line (x0, y0) - (x1, y1) and the height `floor` under it, left of
 * `right`. */
static double strip_above(double x0, double y0, double x1, double y1, double right, double floor) {
    if (!(y1 > floor))
        return 0;
    if (y0 < floor) {
        x0 += (floor - y0) / (y1 - y0) * (x1 - x0);
        y0 = floor;
    }
    return strip(x0, y0 - floor, x1, y1 - floor, 0, right);
}

hone_status hone_cutoffs_two_way_auc(const hone_cutoffs *c, double max_fpr, double min_tpr,
                                     double *out, hone_error *err) {
    hone_sum area = {0};
    double fpr = 0, tpr = 0;
    if (!(max_fpr > 0 && max_fpr <= 1 && min_tpr >= 0 && min_tpr < 1))
        return hone_fail(err, HONE_EINVAL,
                         "two-way partial AUC: needs a largest FPR in (0, 1] and a smallest TPR in "
                         "[0, 1), got %g and %g",
                         max_fpr, min_tpr);
    for (size_t i = 0; i < c->n; i++) {
        double f = c->fp[i] / negatives(c), t = c->tp[i] / positives(c);
        hone_sum_add(&area, strip_above(fpr, tpr, f, t, max_fpr, min_tpr));
        fpr = f, tpr = t;
    }
    bool both = positives(c) > 0 && negatives(c) > 0;
    *out = both ? hone_sum_value(area) / (max_fpr * (1 - min_tpr)) : NAN;
    return HONE_OK;
}
