/* axis.c -- round ends and tics of an axis.
 *
 *     step = the least of 1, 2, 2.5, 5, 10 x 10^k that cuts the axis into no more than STEPS parts
 * (or a little more, as an axis to 1.01 has the tics of one to 1). Tics are multiples of it; of
 * large numbers they are written in thousands (k), millions (M) or thousands of millions (G), so
 * that they stand beside each other.   Cost: O(points). */
#include "report/plot.h"

#include <hone/text.h>

#include <math.h>

enum { STEPS = 6, STEPS_SMALL = 5, TICS_MOST = 20 };

static const double SLACK = 0.98;

static double step_of(double length, int steps) {
    static const double ROUND[] = {1, 2, 2.5, 5};
    double least = length / steps, unit = pow(10, floor(log10(least)));
    for (size_t i = 0; i < sizeof ROUND / sizeof *ROUND; i++)
        if (ROUND[i] * unit >= SLACK * least)
            return ROUND[i] * unit;
    return 10 * unit;
}

static void widen(const double *values, size_t n, hone_axis *axis) {
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        axis->from = fmin(axis->from, values[i]);
        axis->to = fmax(axis->to, values[i]);
    }
}

/* The values along an axis; bars stand on 0. */
static hone_axis span_of(const hone_plot *plot, bool upright) {
    hone_axis axis = {INFINITY, -INFINITY};
    for (size_t s = 0; s < plot->n; s++) {
        const hone_series *series = &plot->series[s];
        const double zero = 0;
        widen(upright ? series->y : series->x, series->n, &axis);
        if (upright && series->z)
            widen(series->z, series->n, &axis);
        if (upright && series->mark == HONE_BARS)
            widen(&zero, 1, &axis);
    }
    return axis;
}

hone_axis hone_axis_of(const hone_plot *plot, bool upright) {
    hone_axis axis =
        upright ? (hone_axis){plot->y_from, plot->y_to} : (hone_axis){plot->x_from, plot->x_to};
    if (axis.from < axis.to)
        return axis;
    axis = span_of(plot, upright);
    if (!(axis.from <= axis.to))
        return (hone_axis){0, 1};
    if (axis.from == axis.to) {
        double half = axis.from == 0 ? 1 : 0.1 * fabs(axis.from);
        return (hone_axis){axis.from - half, axis.to + half};
    }
    double step = step_of(axis.to - axis.from, plot->small ? STEPS_SMALL : STEPS);
    return (hone_axis){step * floor(axis.from / step), step * ceil(axis.to / step)};
}

void hone_axis_tics(FILE *file, hone_axis axis, bool small) {
    static const struct {
        double size;
        const char *name;
    } UNITS[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}};
    double most = fmax(fabs(axis.from), fabs(axis.to)), slack = 1e-9 * (axis.to - axis.from);
    double step = step_of(axis.to - axis.from, small ? STEPS_SMALL : STEPS);
    size_t unit = most >= 1e9 ? 0 : most >= 1e6 ? 1 : most >= 1e4 ? 2 : 3;
    fputs(" (", file);
    double k = ceil((axis.from - slack) / step);
    for (int n = 0; n < TICS_MOST && k * step <= axis.to + slack; n++, k++) {
        char label[HONE_NUMBER_SIZE], place[HONE_NUMBER_SIZE];
        double value = k == 0 ? 0 : k * step;
        snprintf(label, sizeof label, "%.6g", value / UNITS[unit].size);
        for (char *c = label; *c; c++)
            *c = *c == ',' ? '.' : *c; /* whatever the locale takes for a point */
        fprintf(file, "%s'%s%s' %s", n ? ", " : "", label, value == 0 ? "" : UNITS[unit].name,
                hone_write_double(value, place));
    }
    fputs(")\n", file);
}
