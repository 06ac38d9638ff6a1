/* curve.c -- statistics of a ROC curve with cuts 0 .. B: TP_b and FP_b counted rows above cut b,
 * M positives and N negatives in all.
 *
 *   AUC = sum_b (FP_b - FP_(b-1)) (TP_b + TP_(b-1)) / (2 M N), in whole numbers if unweighted
 *   partial area: the same between two values of FPR (of TPR: on the other side of the diagonal);
 *     McClish: 1/2 (1 + (A - min) / (max - min)), min the area below chance, max the whole, as
 *     1 - (max - A) / (2 (max - min)) with max - A added up by itself: no digits are lost
 *   two-way: the area in the box TPR >= low, FPR <= high, over that of the box
 *   AP = sum_b (TP_b - TP_(b-1)) / M * TP_b / (TP_b + FP_b)
 *   J = max_b TP_b / M - FP_b / N
 * Cost: O(B), areas O(cuts within), a point of the curve O(log B).
 * Reference: McClish 1989; Carrington et al. 2020 (TPR side); Yang et al. 2019 (two-way). */
#include "inference/curve.h"

#include "core/error.h"

#include <math.h>

/* ---- whole curves ---------------------------------------------------------------------------- */

static double counted_auc(const hone_curve *c) {
    const uint32_t *tp = c->order->tp, *fp = c->order->fp;
    uint64_t twice = 0, up = 0, down = 0;
    for (size_t b = 1; b <= c->order->blocks; b++) {
        uint64_t up_here = c->up[tp[b]], down_here = c->down[fp[b]];
        twice += (down_here - down) * (up_here + up);
        up = up_here;
        down = down_here;
    }
    return (double)twice / (2 * hone_curve_positives(c) * hone_curve_negatives(c));
}

static double auc(const hone_curve *c) {
    double twice = 0, up = 0, down = 0;
    if (!c->up_weight)
        return counted_auc(c);
    for (size_t b = 1; b <= c->order->blocks; b++) {
        double up_here = hone_curve_tp(c, b), down_here = hone_curve_fp(c, b);
        twice += (down_here - down) * (up_here + up);
        up = up_here;
        down = down_here;
    }
    return twice / (2 * hone_curve_positives(c) * hone_curve_negatives(c));
}

static double average_precision(const hone_curve *c) {
    double sum = 0, up = 0;
    for (size_t b = 1; b <= c->order->blocks; b++) {
        double up_here = hone_curve_tp(c, b), down_here = hone_curve_fp(c, b);
        if (up_here > up)
            sum += (up_here - up) * (up_here / (up_here + down_here));
        up = up_here;
    }
    return sum / hone_curve_positives(c);
}

static double youden(const hone_curve *c) {
    double m = hone_curve_positives(c), n = hone_curve_negatives(c), best = 0;
    for (size_t b = 1; b <= c->order->blocks; b++) {
        double j = hone_curve_tp(c, b) * n - hone_curve_fp(c, b) * m;
        if (j > best)
            best = j;
    }
    return best / (m * n);
}

/* ---- parts of a curve ------------------------------------------------------------------------ */

/* A curve seen from one of its axes: x the share along it, y the share along the other, or what
 * that lacks of one. */
struct axes {
    const hone_curve *c;
    bool by_tpr, lacking;
};

static double x_at(const struct axes *a, size_t cut) {
    return a->by_tpr ? hone_curve_tp(a->c, cut) / hone_curve_positives(a->c)
                     : hone_curve_fp(a->c, cut) / hone_curve_negatives(a->c);
}

static double y_at(const struct axes *a, size_t cut) {
    double all = a->by_tpr ? hone_curve_negatives(a->c) : hone_curve_positives(a->c);
    double part = a->by_tpr ? hone_curve_fp(a->c, cut) : hone_curve_tp(a->c, cut);
    return (a->lacking ? all - part : part) / all;
}

/* The last cut with x <= at. */
static size_t last_cut(const struct axes *a, double at) {
    size_t low = 0, high = a->c->order->blocks;
    while (low < high) {
        size_t middle = high - (high - low) / 2;
        if (x_at(a, middle) <= at)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Height of the curve at x: where it rises straight up, the top. */
static double height(const struct axes *a, double x) {
    size_t cut = last_cut(a, x);
    double x0 = x_at(a, cut), y0 = y_at(a, cut);
    if (cut == a->c->order->blocks || x0 == x)
        return y0;
    double x1 = x_at(a, cut + 1), y1 = y_at(a, cut + 1);
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

/* Area between the curve and its axis for x in [low, high]. */
static double area(const struct axes *a, double low, double high) {
    double sum = 0, x = low, y = height(a, low);
    for (size_t b = last_cut(a, low) + 1; b <= a->c->order->blocks && x_at(a, b) <= high; b++) {
        double x1 = x_at(a, b), y1 = y_at(a, b);
        sum += (x1 - x) * (y1 + y) / 2;
        x = x1;
        y = y1;
    }
    return sum + (high - x) * (height(a, high) + y) / 2;
}

static double partial(const hone_statistic *s, const hone_curve *c) {
    bool by_tpr = s->kind == HONE_STATISTIC_PARTIAL_TPR;
    struct axes inside = {c, by_tpr, by_tpr}; /* to the right of the curve, or below it */
    struct axes outside = {c, by_tpr, !by_tpr};
    double low = s->low, high = s->high;
    if (!s->standardised)
        return area(&inside, low, high);
    double room = (high - low) * (by_tpr ? low + high : (1 - low) + (1 - high)) / 2;
    double share = area(&outside, low, high) / room; /* lost of what lies above chance */
    return share <= 1 ? 1 - share / 2 : NAN;
}

/* What the box lacks: all of it until the curve reaches its floor, then what lies above the curve.
 */
static double two_way(const hone_statistic *s, const hone_curve *c) {
    const struct axes by_tpr = {c, true, false}, above = {c, false, true};
    double from = height(&by_tpr, s->low), right = s->high, tall = 1 - s->low;
    if (from >= right)
        return 0;
    return 1 - (from * tall + area(&above, from, right)) / (right * tall);
}

/* ---- one door -------------------------------------------------------------------------------- */

static double chosen(const hone_statistic *s, const hone_curve *c) {
    hone_threshold t;
    hone_criterion_choose(&s->criterion, c, &t);
    return s->kind == HONE_STATISTIC_THRESHOLD       ? t.threshold
           : s->kind == HONE_STATISTIC_THRESHOLD_TPR ? t.tp / (t.tp + t.fn)
                                                     : t.tn / (t.tn + t.fp);
}

double hone_statistic_of(const hone_statistic *s, const hone_curve *c) {
    const struct axes by_fpr = {c, false, false};
    switch (s->kind) {
    case HONE_STATISTIC_AUC:
        return auc(c);
    case HONE_STATISTIC_PARTIAL_FPR:
    case HONE_STATISTIC_PARTIAL_TPR:
        return partial(s, c);
    case HONE_STATISTIC_PARTIAL_TWO_WAY:
        return two_way(s, c);
    case HONE_STATISTIC_AVERAGE_PRECISION:
        return average_precision(c);
    case HONE_STATISTIC_YOUDEN:
        return youden(c);
    case HONE_STATISTIC_TPR_AT_FPR:
        return height(&by_fpr, s->low);
    default:
        return chosen(s, c);
    }
}

hone_status hone_statistic_check(const hone_statistic *s, hone_error *err) {
    switch (s->kind) {
    case HONE_STATISTIC_AUC:
    case HONE_STATISTIC_AVERAGE_PRECISION:
    case HONE_STATISTIC_YOUDEN:
        return HONE_OK;
    case HONE_STATISTIC_PARTIAL_FPR:
    case HONE_STATISTIC_PARTIAL_TPR:
        if (s->low >= 0 && s->low < s->high && s->high <= 1)
            return HONE_OK;
        return hone_fail(err, HONE_EINVAL,
                         "partial AUC: needs 0 <= low < high <= 1, got low %g, high %g", s->low,
                         s->high);
    case HONE_STATISTIC_PARTIAL_TWO_WAY:
        if (s->low >= 0 && s->low < 1 && s->high > 0 && s->high <= 1)
            return HONE_OK;
        return hone_fail(err, HONE_EINVAL,
                         "two-way partial AUC: needs a smallest TPR in [0, 1) and a largest FPR in "
                         "(0, 1], got %g and %g",
                         s->low, s->high);
    case HONE_STATISTIC_TPR_AT_FPR:
        if (s->low >= 0 && s->low <= 1)
            return HONE_OK;
        return hone_fail(err, HONE_EINVAL, "TPR at FPR: the FPR must be in [0, 1], got %g", s->low);
    case HONE_STATISTIC_THRESHOLD:
    case HONE_STATISTIC_THRESHOLD_TPR:
    case HONE_STATISTIC_THRESHOLD_TNR:
        return hone_criterion_check(&s->criterion, err);
    }
    return hone_fail(err, HONE_EINVAL, "unknown statistic %d", (int)s->kind);
}
