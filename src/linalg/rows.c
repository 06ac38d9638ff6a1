/* rows.c -- what is done to each row by itself: products with a few vectors, softmax, norms.
 *
 * A row's result depends on that row alone, to the bit: dot products run over eight lanes in one
 * fixed order instead of going through BLAS, whose kernels sum the rows at an edge differently.
 * Cost: O(n m k) for X W', memory-bound for the k of a few dozen that it is meant for. */
#include "core/clones.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>

#define LANES 8

HONE_INLINE double dot(size_t n, const double *x, const double *y) {
    hone_f64x8 sums = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        sums += *(const hone_f64x8_in_memory *)(x + i) * *(const hone_f64x8_in_memory *)(y + i);
    double rest = 0;
    for (; i < n; i++)
        rest += x[i] * y[i];
    return (((sums[0] + sums[4]) + (sums[2] + sums[6])) +
            ((sums[1] + sums[5]) + (sums[3] + sums[7]))) +
           rest;
}

HONE_CLONES
static void times(hone_view x, const double *w, size_t k, size_t ldw, double *out) {
    for (size_t i = 0; i < x.rows; i++)
        for (size_t c = 0; c < k; c++)
            out[i * k + c] = dot(x.cols, x.data + i * x.ld, w + c * ldw);
}

HONE_CLONES
static void norms2(hone_view x, double *out) {
    for (size_t i = 0; i < x.rows; i++)
        out[i] = dot(x.cols, x.data + i * x.ld, x.data + i * x.ld);
}

/* Not called `times`: clang 19 falls over a struct that has the name of a cloned function. */
struct times_job {
    hone_view x;
    const double *w;
    size_t k, ldw;
    double *out; /* n x k */
    hone_cut cut;
};

static hone_status times_chunk(void *context, size_t chunk, hone_error *err) {
    (void)err;
    const struct times_job *job = context;
    size_t first = hone_cut_first(job->cut, chunk), end = hone_cut_first(job->cut, chunk + 1);
    times(hone_view_rows(job->x, first, end - first), job->w, job->k, job->ldw,
          job->out + first * job->k);
    return HONE_OK;
}

hone_status hone_rows_times(hone_view x, const double *w, size_t k, size_t ldw, double *out,
                            const hone_monitor *mon, hone_error *err) {
    struct times_job job = {x, w, k, ldw, out, hone_cut_rows(x.rows, x.cols * k, 256)};
    return hone_parallel(job.cut.chunks, times_chunk, &job, mon, err);
}

void hone_row_norms2(hone_view x, double *out) {
    norms2(x, out);
}

static void subtract_max(double *row, size_t k, double *max) {
    double top = row[0];
    for (size_t c = 1; c < k; c++)
        top = row[c] > top ? row[c] : top;
    for (size_t c = 0; c < k; c++)
        row[c] -= top;
    *max = top;
}

static double divide_by_sum(double *row, size_t k) {
    double sum = 0;
    for (size_t c = 0; c < k; c++)
        sum += row[c];
    for (size_t c = 0; c < k; c++)
        row[c] /= sum;
    return sum;
}

void hone_softmax_rows(double *z, size_t n, size_t k, double *log_sum) {
    double unused;
    if (k == 0)
        return;
    for (size_t i = 0; i < n; i++)
        subtract_max(z + i * k, k, log_sum ? log_sum + i : &unused);
    hone_exp(n * k, z, z);
    for (size_t i = 0; i < n; i++) {
        double sum = divide_by_sum(z + i * k, k);
        if (log_sum)
            log_sum[i] += log(sum);
    }
}
