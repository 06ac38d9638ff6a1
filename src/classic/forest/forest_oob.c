/* forest_oob.c -- out-of-bag answers: each row by the trees that have not drawn it.
 *
 *     oob(x_i) = mean over the trees t with count_t(i) = 0 of their leaf's shares, or value
 *     score    = share of rows whose largest class is right, or 1 - sum (y - oob)^2 / sum (y -
 * mean)^2
 *
 * The drawings are made anew from their streams. Shapes: drawn trees x words, a bit per row.
 * Cost: O(rows x trees x depth). Reference: Breiman 1996, "Out-of-bag estimation". */
#include "classic/forest/forest.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"

#include <math.h>

enum { BLOCK_ROWS = 256 };

struct judging {
    const struct forest_kind *kind;
    const hone_trees *trees;
    uint64_t seed;
    size_t draws, n, words;
    hone_view x;
    uint64_t *drawn; /* trees x words */
    double *out;     /* n x outputs */
};

static hone_status mark_drawn(void *context, size_t tree, hone_error *err) {
    const struct judging *job = context;
    uint32_t *count = NULL;
    hone_status status = hone_new(&count, job->n, err);
    if (status != HONE_OK)
        return status;
    hone_forest_draw(job->seed, tree, job->n, job->draws, count);
    for (size_t i = 0; i < job->n; i++)
        if (count[i] > 0)
            job->drawn[tree * job->words + i / 64] |= (uint64_t)1 << i % 64;
    hone_release(count);
    return HONE_OK;
}

static const double *leaf_value(const hone_trees *t, size_t tree, const double *x) {
    size_t start = (size_t)t->start[tree], i = start;
    while (t->column[i] >= 0)
        i = start + (size_t)t->child[i] + !hone_goes_left(t, i, x[t->column[i]]);
    return t->value + i * t->width;
}

static void answer_row(const struct judging *job, size_t i) {
    const hone_trees *t = job->trees;
    size_t k = t->width, n = 0;
    double *out = job->out + i * k, sum = 0;
    for (size_t tree = 0; tree < t->n_trees; tree++) {
        if (job->drawn[tree * job->words + i / 64] >> i % 64 & 1)
            continue;
        const double *value = leaf_value(t, tree, hone_view_row(job->x, i));
        for (size_t c = 0; c < k; c++)
            out[c] += value[c];
        n++;
    }
    for (size_t c = 0; c < k; c++)
        sum += out[c];
    if (!job->kind->classes)
        sum = (double)n / (double)t->n_trees;
    for (size_t c = 0; c < k; c++)
        out[c] = n > 0 ? out[c] / sum : NAN;
}

static hone_status answer_block(void *context, size_t block, hone_error *err) {
    (void)err;
    const struct judging *job = context;
    size_t end = (block + 1) * BLOCK_ROWS;
    for (size_t i = block * BLOCK_ROWS; i < end && i < job->n; i++)
        answer_row(job, i);
    return HONE_OK;
}

/* ---- the score ------------------------------------------------------------------------------- */

static double accuracy(const struct forest_state *s, hone_view y, size_t *answered) {
    size_t right = 0, k = s->trees.n_outputs;
    *answered = 0;
    for (size_t i = 0; i < s->n_oob; i++) {
        const double *p = s->oob_prediction + i * k;
        size_t best = 0;
        for (size_t c = 1; c < k; c++)
            best = p[c] > p[best] ? c : best;
        *answered += (size_t)!isnan(p[0]);
        right += (size_t)(!isnan(p[0]) && (double)best == y.data[i * y.ld]);
    }
    return (double)right / (double)*answered;
}

static double r2(const struct forest_state *s, hone_view y, size_t *answered) {
    double mean = 0, left = 0, all = 0;
    size_t n = 0;
    for (size_t i = 0; i < s->n_oob; i++)
        if (!isnan(s->oob_prediction[i]))
            mean += (y.data[i * y.ld] - mean) / (double)++n;
    for (size_t i = 0; i < s->n_oob; i++) {
        double d = y.data[i * y.ld] - s->oob_prediction[i], e = y.data[i * y.ld] - mean;
        if (!isnan(d))
            left += d * d, all += e * e;
    }
    *answered = n;
    return 1 - left / all;
}

hone_status hone_forest_judge(const struct forest_kind *kind, uint64_t seed, size_t draws,
                              const hone_dataset *data, const hone_monitor *mon,
                              struct forest_state *s, hone_error *err) {
    size_t n = data->x.rows, answered;
    struct judging job = {.kind = kind, .trees = &s->trees, .seed = seed, .draws = draws, .n = n};
    job.words = (n + 63) / 64, job.x = data->x;
    hone_status status = hone_new2(&s->oob_prediction, n, s->trees.n_outputs, err);
    if (status == HONE_OK)
        status = hone_new2(&job.drawn, s->trees.n_trees, job.words, err);
    if (status == HONE_OK) {
        s->n_oob = n, job.out = s->oob_prediction;
        status = hone_parallel(s->trees.n_trees, mark_drawn, &job, mon, err);
    }
    if (status == HONE_OK)
        status = hone_parallel((n + BLOCK_ROWS - 1) / BLOCK_ROWS, answer_block, &job, mon, err);
    hone_release(job.drawn);
    if (status != HONE_OK)
        return status;
    s->oob_score = kind->classes ? accuracy(s, data->y, &answered) : r2(s, data->y, &answered);
    if (answered < n)
        hone_monitor_warn(mon,
                          "%s: %zu of %zu rows were drawn by every tree and have no out-of-bag "
                          "answer; more trees help",
                          kind->who, n - answered, n);
    return HONE_OK;
}
