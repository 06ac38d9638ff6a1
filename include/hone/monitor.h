/* monitor.h -- how a caller watches, bounds and stops a long call. */
#ifndef HONE_MONITOR_H
#define HONE_MONITOR_H

#include <hone/status.h>

HONE_BEGIN_DECLS

/** The caller owns it and keeps it alive during the call. A NULL monitor, and any zero field,
 *  mean: nobody watches, no limit, all processors. The callbacks may be called from any of the
 *  worker threads, but never from two at a time within one call. */
typedef struct hone_monitor {
    void *user;                                                      /**< handed to callbacks */
    void (*progress)(void *user, double fraction, const char *what); /**< fraction in [0, 1] */
    void (*warn)(void *user, const char *message);                   /**< one line, no newline */
    int (*cancelled)(void *user); /**< non-zero stops the call with HONE_ECANCELLED;
                                       polled at least every 50 ms, from any thread, maybe two
                                       at a time: only read a flag in it */
    int threads;                  /**< most threads to use; 0 = one per processor. Results are the
                                       same bits for every value. */
    double deadline;              /**< hone_now() value after which the call stops with
                                       HONE_ETIME; 0 = none */
} hone_monitor;

/** Seconds on a monotonic clock, for `deadline` and for timing. */
HONE_API double hone_now(void);

HONE_END_DECLS
#endif
