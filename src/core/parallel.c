/* parallel.c -- see parallel.h. The only file that names OpenMP.
 *
 * An outer call opens a parallel region whose first thread spawns one task per chunk; a nested
 * call adds its chunks as tasks to the same region, so threads that ran out of outer work help
 * with the inner. */
#include "core/parallel.h"

#include "core/error.h"

#include <omp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

double hone_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int hone_monitor_threads(const hone_monitor *mon) {
    return mon && mon->threads > 0 ? mon->threads : omp_get_num_procs();
}

hone_status hone_monitor_poll(const hone_monitor *mon, hone_error *err) {
    if (!mon)
        return HONE_OK;
    if (mon->cancelled && mon->cancelled(mon->user))
        return hone_fail(err, HONE_ECANCELLED, "cancelled");
    if (mon->deadline > 0 && hone_now() > mon->deadline)
        return hone_fail(err, HONE_ETIME, "the deadline has passed");
    return HONE_OK;
}

void hone_monitor_progress(const hone_monitor *mon, double fraction, const char *what) {
    if (!mon || !mon->progress)
        return;
#pragma omp critical(hone_monitor)
    mon->progress(mon->user, fraction, what);
}

void hone_monitor_warn(const hone_monitor *mon, const char *format, ...) {
    if (!mon || !mon->warn)
        return;
    char message[HONE_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
#pragma omp critical(hone_monitor)
    mon->warn(mon->user, message);
}

/* One call of hone_parallel(), shared by its chunks. */
struct job {
    hone_chunk_fn *fn;
    void *context;
    const hone_monitor *mon;
    atomic_int stop;
    size_t failed; /* lowest chunk that failed; guarded by the critical section */
    hone_error error;
};

static void run_chunk(struct job *job, size_t chunk) {
    if (atomic_load(&job->stop))
        return;
    hone_error err = {HONE_OK, ""};
    hone_status status = hone_monitor_poll(job->mon, &err);
    if (status == HONE_OK)
        status = job->fn(job->context, chunk, &err);
    if (status == HONE_OK)
        return;
    atomic_store(&job->stop, 1);
#pragma omp critical(hone_job)
    if (chunk < job->failed) {
        job->failed = chunk;
        job->error = err;
        job->error.status = status;
    }
}

static void spawn(struct job *job, size_t n) {
    for (size_t i = 0; i < n; i++) {
#pragma omp task default(none) firstprivate(job, i)
        run_chunk(job, i);
    }
#pragma omp taskwait
}

hone_status hone_parallel(size_t n, hone_chunk_fn *fn, void *context, const hone_monitor *mon,
                          hone_error *err) {
    struct job job = {.fn = fn, .context = context, .mon = mon, .failed = SIZE_MAX};
    int threads = hone_monitor_threads(mon);
    if ((size_t)threads > n)
        threads = (int)n;
    if (omp_in_parallel() && n > 1) {
        spawn(&job, n);
    } else if (threads > 1) {
#pragma omp parallel num_threads(threads) default(none) shared(job, n)
#pragma omp single
        spawn(&job, n);
    } else {
        for (size_t i = 0; i < n && !atomic_load(&job.stop); i++)
            run_chunk(&job, i);
    }
    if (job.failed == SIZE_MAX)
        return HONE_OK;
    if (err)
        *err = job.error;
    return job.error.status;
}
