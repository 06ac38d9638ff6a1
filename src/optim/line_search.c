/* line_search.c -- strong Wolfe conditions by bracketing and cubic interpolation.
 *
 *   phi(a) <= phi(0) + c1 a phi'(0)   and   |phi'(a)| <= c2 |phi'(0)|,   c1 = 1e-4.
 * Near a minimum phi(a) - phi(0) drowns in rounding long before the slope does; there the first
 * condition is replaced by one on slopes, phi'(a) <= (1 - 2 c1) |phi'(0)|, which says the same of
 * a parabola. Cost: one evaluation a trial, mostly one or two.
 * References: Nocedal & Wright 2006, algorithms 3.5, 3.6; Hager & Zhang 2005 (approximate Wolfe).
 */
#include "optim/line_search.h"

#include "core/parallel.h"

#include <float.h>

#define DECREASE   1e-4
#define MAX_TRIALS 40
#define GROWTH     4.0 /* of the step while no bracket is known */

struct point {
    double step, value, slope;
};

static hone_status evaluate(struct hone_line_search *line, double step, struct point *out,
                            const hone_monitor *mon, hone_error *err) {
    size_t n = line->f->n;
    for (size_t i = 0; i < n; i++)
        line->x[i] = line->x0[i] + step * line->p[i];
    hone_status status = hone_monitor_poll(mon, err);
    if (status == HONE_OK)
        status = line->f->value_gradient(line->f->context, line->x, &out->value, line->g, mon, err);
    if (status != HONE_OK)
        return status;
    out->step = step;
    out->slope = hone_inner(n, line->g, line->p);
    line->step = step;
    line->value = out->value;
    return HONE_OK;
}

static bool low_enough(const struct hone_line_search *line, struct point at) {
    if (at.value <= line->value0 + DECREASE * at.step * line->slope0)
        return true;
    return at.value <= line->value0 + hone_value_noise(line->value0) &&
           at.slope <= (2 * DECREASE - 1) * line->slope0;
}

/* Where the slope vanishes, when values say nothing any more. */
static double secant(struct point lo, struct point hi) {
    return lo.step - lo.slope * (hi.step - lo.step) / (hi.slope - lo.slope);
}

/* Minimum of the cubic through both points with their slopes. */
static double cubic(struct point lo, struct point hi) {
    double width = hi.step - lo.step;
    double d1 = lo.slope + hi.slope - 3 * (lo.value - hi.value) / (lo.step - hi.step);
    double d2 = copysign(sqrt(d1 * d1 - lo.slope * hi.slope), width);
    return hi.step - width * (hi.slope + d2 - d1) / (hi.slope - lo.slope + 2 * d2);
}

/* The next step to try, kept well inside the bracket. */
static double interpolate(struct point lo, struct point hi, double noise) {
    double width = hi.step - lo.step;
    if (!isfinite(hi.value) || !isfinite(hi.slope))
        return lo.step + width / 10;
    double at = fabs(hi.value - lo.value) <= noise ? secant(lo, hi) : cubic(lo, hi);
    double share = (at - lo.step) / width;
    if (!isfinite(share))
        return lo.step + width / 2;
    return share < 0.1 ? lo.step + width / 10 : share > 0.9 ? hi.step - width / 10 : at;
}

hone_status hone_line_search(struct hone_line_search *line, bool *found, const hone_monitor *mon,
                             hone_error *err) {
    struct point lo = {0, line->value0, line->slope0}, hi = {INFINITY, 0, 0}, at;
    double step = line->step, noise = hone_value_noise(line->value0);
    hone_status status = HONE_OK;
    *found = false;
    for (int trial = 0; trial < MAX_TRIALS; trial++) {
        if ((status = evaluate(line, step, &at, mon, err)) != HONE_OK)
            return status;
        if (!isfinite(at.value) || !low_enough(line, at) || at.value > lo.value + noise) {
            hi = at;
        } else if (fabs(at.slope) <= line->curvature * -line->slope0) {
            *found = true;
            return HONE_OK;
        } else {
            bool rises = isinf(hi.step) ? at.slope >= 0 : at.slope * (hi.step - lo.step) >= 0;
            hi = rises ? lo : hi;
            lo = at;
        }
        step = isinf(hi.step) ? GROWTH * step : interpolate(lo, hi, noise);
        if (isfinite(hi.step) && fabs(hi.step - lo.step) <= DBL_EPSILON * fabs(lo.step))
            break;
        if (!isfinite(step) || step < DBL_MIN)
            break;
    }
    if (lo.step == 0)
        return HONE_OK;
    *found = true; /* smaller, though the slope is not yet flat */
    return evaluate(line, lo.step, &at, mon, err);
}
