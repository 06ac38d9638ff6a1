/* choose.c -- the number of neighbours that judges each row best by the others.
 *
 *     error_k = sum_i w_i loss_i / sum_i w_i,  loss: [vote != y_i] or (mean - y_i)^2
 * The K + 1 nearest of a row, less itself, are the neighbours of every k <= K in turn: votes are
 * added one by one, and after each the row is judged. So one search serves all k.
 * Cost: a search for the K + 1 nearest of all n rows, O(n K) for the rest. */
#include "classic/neighbours/neighbours.h"

#include "core/parallel.h"
#include "linalg/linalg.h"

#include <math.h>

enum { CHUNK_ROWS = 256, MOST_CHUNKS = 64, LEAST_STEP = 16 };
static const size_t STEP_WORK = (size_t)1 << 30; /* pairs of numbers: some 20 ms */

struct job {
    const struct neighbours_params *p;
    const struct neighbours_state *s;
    hone_view x;
    hone_cut cut;
    size_t step;   /* rows between two looks at the monitor */
    double *parts; /* chunks x n_tried */
    const hone_monitor *mon;
};

/* One chunk's use of what is found. */
struct judge {
    const struct job *job;
    size_t first;
    double *errors; /* n_tried */
    double *votes;  /* n_classes */
};

/* The neighbours without row i, or without the last one. */
static void leave_out(size_t i, const hone_near *near, hone_near *out) {
    size_t at = 0;
    *out = *near;
    while (at + 1 < near->n && (size_t)near->row[at] != i)
        at++;
    for (out->n--; at < out->n; at++)
        out->rank[at] = near->rank[at + 1], out->row[at] = near->row[at + 1];
}

static size_t most(const double *share, size_t n) {
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (share[k] > share[best])
            best = k;
    return best;
}

static void judge_class(const struct judge *judge, size_t i, const hone_near *near) {
    const struct neighbours_state *s = judge->job->s;
    double weight = s->n_weights ? s->weights[i] : 1;
    size_t best = most(s->prior, s->n_classes);
    bool any = false;
    for (size_t k = 0; k < s->n_classes; k++)
        judge->votes[k] = 0;
    for (size_t j = 0; j < near->n; j++) {
        size_t y = (size_t)s->y[near->row[j]];
        double vote = hone_neighbours_vote(judge->job->p, s, near, j);
        judge->votes[y] += vote;
        if (vote > 0 && (!any || judge->votes[y] > judge->votes[best] ||
                         (judge->votes[y] == judge->votes[best] && y < best)))
            best = y, any = true;
        judge->errors[j] += weight * (best != (size_t)s->y[i]);
    }
}

static void judge_value(const struct judge *judge, size_t i, const hone_near *near) {
    const struct neighbours_state *s = judge->job->s;
    double weight = s->n_weights ? s->weights[i] : 1, total = 0, sum = 0;
    for (size_t j = 0; j < near->n; j++) {
        double vote = hone_neighbours_vote(judge->job->p, s, near, j);
        total += vote;
        sum += vote * s->y[near->row[j]];
        double apart = (total > 0 ? sum / total : s->prior[0]) - s->y[i];
        judge->errors[j] += weight * apart * apart;
    }
}

static hone_status judge_row(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct judge *judge = context;
    hone_near others;
    (void)err;
    leave_out(judge->first + i, near, &others);
    (judge->job->s->n_classes ? judge_class : judge_value)(judge, judge->first + i, &others);
    return HONE_OK;
}

static hone_status chunk(void *context, size_t c, hone_error *err) {
    const struct job *job = context;
    const struct neighbours_state *s = job->s;
    size_t first = hone_cut_first(job->cut, c), end = hone_cut_first(job->cut, c + 1);
    struct judge judge = {job, first, job->parts + c * s->n_tried, NULL};
    hone_status status = hone_new(&judge.votes, s->n_classes, err);
    for (; judge.first < end && status == HONE_OK; judge.first += job->step) {
        size_t rows = end - judge.first < job->step ? end - judge.first : job->step;
        status = hone_monitor_poll(job->mon, err);
        if (status == HONE_OK)
            status = hone_neighbours_find(job->p, s, hone_view_rows(job->x, judge.first, rows),
                                          s->n_tried + 1, 0, judge_row, &judge, err);
    }
    hone_release(judge.votes);
    return status;
}

static hone_cut cut_rows(size_t n) {
    size_t rows = n / MOST_CHUNKS + 1;
    rows = rows < CHUNK_ROWS ? CHUNK_ROWS : rows;
    return (hone_cut){n, (n + rows - 1) / rows, rows};
}

hone_status hone_neighbours_choose(const struct neighbours_params *p, hone_view x,
                                   const hone_monitor *mon, struct neighbours_state *s,
                                   hone_error *err) {
    struct job job = {.p = p, .s = s, .x = x, .cut = cut_rows(x.rows), .mon = mon};
    job.step = STEP_WORK / x.rows / s->width / LEAST_STEP * LEAST_STEP + LEAST_STEP;
    size_t most_tried = (size_t)p->max_neighbors;
    s->n_tried = most_tried < x.rows - 1 ? most_tried : x.rows - 1;
    hone_status status;
    if ((status = hone_new(&s->loo_error, s->n_tried, err)) ||
        (status = hone_new2(&job.parts, job.cut.chunks, s->n_tried, err)) ||
        (status = hone_parallel(job.cut.chunks, chunk, &job, mon, err)))
        goto done;
    double total = 0;
    for (size_t i = 0; i < x.rows; i++)
        total += s->n_weights ? s->weights[i] : 1;
    s->n_neighbors = 1;
    for (size_t k = 0; k < s->n_tried; k++) {
        for (size_t c = 0; c < job.cut.chunks; c++)
            s->loo_error[k] += job.parts[c * s->n_tried + k];
        s->loo_error[k] /= total;
        if (s->loo_error[k] < s->loo_error[s->n_neighbors - 1])
            s->n_neighbors = k + 1;
    }
done:
    hone_release(job.parts);
    return status;
}
