/* schedule.c -- learning rates as scikit-learn has them; r0 is the initial rate.
 *
 *   constant    r0
 *   invscaling  r0 / (1 + rows seen)^power
 *   adaptive    r0 / 5^stalls, until it is 1e-6 */
#include "nn/schedule.h"

#include <math.h>
#include <string.h>

static double constant(const hone_schedule_options *options, const hone_moment *now) {
    (void)now;
    return options->initial;
}

static double invscaling(const hone_schedule_options *options, const hone_moment *now) {
    return options->initial / pow((double)now->seen + 1, options->power);
}

static double adaptive(const hone_schedule_options *options, const hone_moment *now) {
    return options->initial / pow(5, (double)now->stalls);
}

const hone_schedule hone_schedules[] = {
    {"constant", constant, 0},
    {"invscaling", invscaling, 0},
    {"adaptive", adaptive, 1e-6},
    {NULL, NULL, 0},
};

const hone_schedule *hone_schedule_find(const char *name) {
    for (const hone_schedule *row = hone_schedules; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    return NULL;
}
