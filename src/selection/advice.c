/* advice.c -- what a curve says about over- and underfitting, in words.
 *
 * Two rows of scores over the same J splits are compared by their paired differences d_j: with
 * mean d and variance s^2 the standard error is
 *     se = sqrt((1/J + r) s^2),   r = mean of (test rows / training rows),
 * since training sets that share rows make the splits agree more than fresh data would. A
 * difference is clear when |d| > 2 se, and there are two splits at least; all else is not claimed.
 * Scores are turned so that more is better.
 * Reference: Nadeau & Bengio 2003. */
#include "selection/score_curve.h"

#include "core/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* A growing text in a fixed buffer. */
struct text {
    char *out;
    size_t size, used; /* used >= size: it did not fit */
};

static void __attribute__((format(printf, 2, 3))) say(struct text *t, const char *format, ...) {
    va_list args;
    if (t->used >= t->size)
        return;
    va_start(args, format);
    int n = vsnprintf(t->out + t->used, t->size - t->used, format, args);
    va_end(args);
    t->used += n > 0 ? (size_t)n : 0;
}

/* ---- differences -------------------------------------------------------------------------- */

struct difference {
    size_t n; /* splits in which both are defined */
    double mean, error;
};

/* first - second, in the direction in which more is better. */
static struct difference compare(const hone_score_curve *curve, size_t metric, const double *first,
                                 const double *second) {
    double sign = curve->metrics[metric]->greater_is_better ? 1 : -1, share = 0, squares = 0;
    struct difference d = {0, 0, NAN};
    for (size_t s = 0; s < curve->n_splits; s++) {
        double one = sign * (first[s] - second[s]);
        if (isnan(one))
            continue;
        d.mean += one, share += curve->shares[s], d.n++;
    }
    if (d.n == 0)
        return (struct difference){0, NAN, NAN};
    double n = (double)d.n;
    d.mean /= n, share /= n;
    for (size_t s = 0; s < curve->n_splits; s++) {
        double one = sign * (first[s] - second[s]) - d.mean;
        squares += isnan(one) ? 0 : one * one;
    }
    if (d.n > 1)
        d.error = sqrt((1 / n + share) * squares / (n - 1));
    return d;
}

static bool is_clear(struct difference d) {
    return d.n > 1 && fabs(d.mean) > 2 * d.error;
}

static const double *tests_of(const hone_score_curve *curve, size_t metric, size_t point) {
    return curve->test + hone_score_curve_at(curve, metric, point, 0);
}

static const double *trains_of(const hone_score_curve *curve, size_t metric, size_t point) {
    return curve->train + hone_score_curve_at(curve, metric, point, 0);
}

static void say_place(struct text *t, const hone_score_curve *curve, size_t point) {
    if (curve->kind == HONE_LEARNING_CURVE)
        say(t, "%.0f training rows", curve->at[point]);
    else
        say(t, "%.40s = %.40s", curve->param, curve->labels[point]);
}

/* ---- the gap ------------------------------------------------------------------------------ */

/* Training against validation at one point; returns whether the model overfits there. */
static bool say_gap(struct text *t, const hone_score_curve *curve, size_t metric, size_t point) {
    hone_cv_summary train, test;
    struct difference gap =
        compare(curve, metric, trains_of(curve, metric, point), tests_of(curve, metric, point));
    const char *name = curve->metrics[metric]->name;
    hone_score_curve_summarise(curve, metric, point, &train, &test);
    say(t, "At ");
    say_place(t, curve, point);
    if (gap.n == 0) {
        say(t, " %.40s is undefined on the training or the test rows, so nothing can be said.",
            name);
        return false;
    }
    say(t, " %.40s is %.4g in training and %.4g in validation", name, train.mean, test.mean);
    if (gap.n == 1) {
        say(t, "; a single split does not tell how far that is from chance.");
        return false;
    }
    say(t, ": the gap of %.2g +- %.2g (standard error, %zu splits) ", fabs(gap.mean), gap.error,
        gap.n);
    if (!is_clear(gap))
        say(t, "is within the spread of the splits, so there is no clear sign of overfitting.");
    else if (gap.mean > 0)
        say(t, "is beyond the spread of the splits: the model overfits.");
    else
        say(t, "is beyond the spread of the splits, and validation is the better one, which an "
               "honest split rarely shows: look for rows that occur twice.");
    return is_clear(gap) && gap.mean > 0;
}

/* ---- learning curves ---------------------------------------------------------------------- */

/* The two last points at which validation is defined: do more rows help still? */
static void say_growth(struct text *t, const hone_score_curve *curve, size_t metric, bool overfits,
                       double reached) {
    size_t last = curve->n_points - 1;
    if (last == 0)
        return;
    struct difference rise =
        compare(curve, metric, tests_of(curve, metric, last), tests_of(curve, metric, last - 1));
    if (rise.n < 2)
        return;
    if (is_clear(rise) && rise.mean < 0) {
        say(t,
            " Validation gets worse with more rows (by %.2g +- %.2g from %.0f): look at what "
            "the later rows are.",
            -rise.mean, rise.error, curve->at[last - 1]);
        return;
    }
    if (is_clear(rise)) {
        say(t,
            " Validation still gets better with more rows (by %.2g +- %.2g from %.0f): more "
            "data should help.",
            rise.mean, rise.error, curve->at[last - 1]);
        return;
    }
    say(t, " Validation does not clearly change with more rows (by %.2g +- %.2g from %.0f)",
        rise.mean, rise.error, curve->at[last - 1]);
    if (overfits)
        say(t, ": try a simpler or more regularised model first.");
    else
        say(t,
            ": if %.4g is not enough, the model underfits or the columns tell no more; try a "
            "richer model or better columns.",
            reached);
}

static void advise_learning(struct text *t, const hone_score_curve *curve, size_t metric) {
    hone_cv_summary train, test;
    size_t last = curve->n_points - 1;
    bool overfits = say_gap(t, curve, metric, last);
    hone_score_curve_summarise(curve, metric, last, &train, &test);
    if (train.n && test.n)
        say_growth(t, curve, metric, overfits, test.mean);
}

/* ---- validation curves -------------------------------------------------------------------- */

/* The point with the best mean; n_points when none is defined. */
static size_t best_point(const hone_score_curve *curve, size_t metric) {
    double sign = curve->metrics[metric]->greater_is_better ? 1 : -1, best = -INFINITY;
    size_t found = curve->n_points;
    for (size_t p = 0; p < curve->n_points; p++) {
        hone_cv_summary train, test;
        hone_score_curve_summarise(curve, metric, p, &train, &test);
        if (test.n && sign * test.mean > best)
            best = sign * test.mean, found = p;
    }
    return found;
}

/* Which other values are not clearly worse than the best. */
static void say_rivals(struct text *t, const hone_score_curve *curve, size_t metric, size_t best) {
    enum { MOST_NAMED = 4 };
    size_t rivals = 0;
    for (size_t p = 0; p < curve->n_points; p++) {
        struct difference d =
            compare(curve, metric, tests_of(curve, metric, best), tests_of(curve, metric, p));
        if (p == best || d.n < 2 || is_clear(d))
            continue;
        if (rivals < MOST_NAMED)
            say(t, "%s%.40s", rivals ? ", " : "; not clearly worse: ", curve->labels[p]);
        rivals++;
    }
    if (rivals > MOST_NAMED)
        say(t, " and %zu more", rivals - MOST_NAMED);
    say(t, ".");
}

/* What happens from the best value to one end of the range. */
static void say_side(struct text *t, const hone_score_curve *curve, size_t metric, size_t best,
                     size_t end) {
    struct difference test =
        compare(curve, metric, tests_of(curve, metric, best), tests_of(curve, metric, end));
    struct difference train =
        compare(curve, metric, trains_of(curve, metric, best), trains_of(curve, metric, end));
    if (end == best || !is_clear(test) || test.mean < 0 || train.n < 2)
        return;
    bool falls = is_clear(train) && train.mean > 0;
    say(t, " Towards %.40s validation gets worse %s: %s.", curve->labels[end],
        falls ? "and training too" : "while training does not",
        falls ? "the model underfits there" : "the model overfits there");
}

static bool ascends(const hone_score_curve *curve) {
    for (size_t p = 0; p < curve->n_points; p++)
        if (!(p ? curve->at[p] > curve->at[p - 1] : !isnan(curve->at[p])))
            return false;
    return true;
}

static void advise_validation(struct text *t, const hone_score_curve *curve, size_t metric) {
    size_t best = best_point(curve, metric), last = curve->n_points - 1;
    if (best == curve->n_points) {
        say(t, "%.40s is undefined at every value of %.40s, so nothing can be said.",
            curve->metrics[metric]->name, curve->param);
        return;
    }
    say(t, "Validation is best at ");
    say_place(t, curve, best);
    say_rivals(t, curve, metric, best);
    say(t, " ");
    say_gap(t, curve, metric, best);
    if (last == 0 || !ascends(curve))
        return;
    say_side(t, curve, metric, best, 0);
    say_side(t, curve, metric, best, last);
    if (best == 0 || best == last)
        say(t, " The best value is at the end of the range: look beyond it.");
}

hone_status hone_score_curve_advice(const hone_score_curve *curve, size_t metric, char *out,
                                    size_t size, hone_error *err) {
    struct text t = {out, size, 0};
    if (metric >= curve->n_metrics)
        return hone_fail(err, HONE_EINVAL, "curve: no metric %zu among %zu", metric,
                         curve->n_metrics);
    if (curve->kind == HONE_LEARNING_CURVE)
        advise_learning(&t, curve, metric);
    else
        advise_validation(&t, curve, metric);
    return t.used < size ? HONE_OK
                         : hone_fail(err, HONE_EINVAL,
                                     "curve: the advice is longer than the %zu "
                                     "bytes given",
                                     size);
}
