/* parallel.h -- the only door to threads.
 *
 * Work is cut into chunks that depend on the data alone; a chunk writes only its own results and
 * partial results are reduced in the order of chunks: the same bits for any number of threads.
 * Nested calls share the same threads (outermost loop first). */
#ifndef HONE_CORE_PARALLEL_H
#define HONE_CORE_PARALLEL_H

#include <hone/monitor.h>

#include <stddef.h>

/* One chunk. `err` is this chunk's own. */
typedef hone_status hone_chunk_fn(void *context, size_t chunk, hone_error *err);

/* Runs fn(context, 0 .. n-1, ...) on at most hone_monitor_threads(mon) threads, polling the monitor
 * before each chunk. After a failure the chunks not yet begun are skipped; the failure
 * with the lowest number among those that ran is returned. One chunk, or one thread: a plain loop.
 */
HONE_NODISCARD hone_status hone_parallel(size_t n, hone_chunk_fn *fn, void *context,
                                         const hone_monitor *mon, hone_error *err);

/* Threads that a monitor (or NULL) allows. */
int hone_monitor_threads(const hone_monitor *mon);
/* HONE_ECANCELLED or HONE_ETIME when the caller wants the work to stop. Cheap: call it per
 * iteration or per block of rows, at least every 50 ms. */
HONE_NODISCARD hone_status hone_monitor_poll(const hone_monitor *mon, hone_error *err);
/* Tell the caller; nothing happens without a callback. Calls are serialised. */
void hone_monitor_progress(const hone_monitor *mon, double fraction, const char *what);
void hone_monitor_warn(const hone_monitor *mon, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
