/* schedule.h -- how the learning rate moves during training: one table row each. */
#ifndef HONE_NN_SCHEDULE_H
#define HONE_NN_SCHEDULE_H

#include "nn/real.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct hone_schedule_options {
    double initial, power;
} hone_schedule_options;

/* Where training stands. */
typedef struct hone_moment {
    size_t epoch, max_epochs; /* epochs done, and the most there can be */
    size_t seen;              /* rows seen, those of all epochs so far */
    size_t stalls;            /* how often the loss has stopped falling */
} hone_moment;

typedef struct hone_schedule {
    const char *name;
    /* The learning rate of the next epoch. */
    double (*rate)(const hone_schedule_options *options, const hone_moment *now);
    /* When the loss stops falling: goes on with a smaller rate until it is this small; 0 = stop
     * at once. */
    double smallest;
} hone_schedule;

/* Ends with a row without a name. */
extern const hone_schedule hone_schedules[];

/* Row by name, or NULL. */
const hone_schedule *hone_schedule_find(const char *name);

#endif
