/* bagging_oob.c -- each training row judged by the members that have not learnt from it.
 *
 *     answer_i = mean over members b with i not in bag b of their answers about row i
 * Blocks of rows, in each the members in order: the same sums for any number of threads.
 * Cost: about a third of the members' predictions of all rows. */
#include "selection/bagging.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum { OOB_ROWS = 1024 }; /* of a chunk */

struct judgement {
    const char *who;
    const hone_bagging_params *p;
    const hone_dataset *data;
    const hone_monitor *mon;
    size_t n_classes, n, m;
    const uint8_t *in_bag; /* n_members x n */
    hone_bagging_state *s;
};

/* ---- out of bag ------------------------------------------------------------------------------ */

/* The rows of a block that the member has not learnt from, packed; returns how many. */
static size_t pack_rows(const struct judgement *b, size_t member, size_t first, size_t n, double *x,
                        size_t *place) {
    const uint8_t *in = b->in_bag + member * b->n + first;
    size_t m = b->m, kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!in[i]) {
            memcpy(x + kept * m, hone_view_row(b->data->x, first + i), m * sizeof *x);
            place[kept++] = i;
        }
    return kept;
}

/* A block of rows: sums in the order of the members, whatever the threads. */
static hone_status answer_block(void *context, size_t chunk, hone_error *err) {
    const struct judgement *b = context;
    size_t first = chunk * OOB_ROWS, width = b->s->n_answers, m = b->m;
    size_t n = b->n - first < OOB_ROWS ? b->n - first : OOB_ROWS;
    double *out = b->s->oob_prediction + first * width, *x = NULL, *says = NULL;
    size_t *place = NULL, *members = NULL;
    hone_status status;
    if ((status = hone_new2(&x, n, m, err)) || (status = hone_new2(&says, n, width, err)) ||
        (status = hone_new(&place, n, err)) || (status = hone_new(&members, n, err)))
        goto done;
    for (size_t member = 0; status == HONE_OK && member < b->s->n_members; member++) {
        size_t kept = pack_rows(b, member, first, n, x, place);
        memset(says, 0, kept * width * sizeof *says);
        if (kept)
            status = hone_bagging_add(b->p, b->s, member, hone_view_of(x, kept, m), b->n_classes,
                                      says, err);
        for (size_t i = 0; i < kept; i++) {
            members[place[i]]++;
            for (size_t c = 0; c < width; c++)
                out[place[i] * width + c] += says[i * width + c];
        }
    }
    for (size_t i = 0; i < n * width; i++)
        out[i] = members[i / width] ? out[i] / (double)members[i / width] : NAN;
done:
    hone_release(x);
    hone_release(says);
    hone_release(place);
    hone_release(members);
    return status;
}

static size_t largest(const double *score, size_t n) {
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (score[k] > score[best])
            best = k;
    return best;
}

/* Packs truth, answers and weights of the rows that some bag lacks; returns how many. */
static size_t pack_known(const struct judgement *b, double *truth, double *label, double *weight) {
    size_t width = b->s->n_answers, known = 0;
    for (size_t i = 0; i < b->n; i++) {
        const double *says = b->s->oob_prediction + i * width;
        if (isnan(says[0]))
            continue;
        truth[known] = b->data->y.data[i * b->data->y.ld];
        label[known] = b->n_classes ? (double)largest(says, width) : says[0];
        weight[known++] = b->data->weights ? b->data->weights[i] : 1;
    }
    return known;
}

static hone_status score_out_of_bag(struct judgement *b, hone_error *err) {
    size_t n = b->n;
    const hone_metric *metric = NULL;
    double *work = NULL;
    hone_status status = hone_new2(&work, n, 3, err);
    if (status == HONE_OK)
        status = hone_metric_find(b->n_classes ? "accuracy" : "r2", &metric, err);
    if (status == HONE_OK) {
        size_t known = pack_known(b, work, work + n, work + 2 * n);
        hone_outcome outcome = {.n = known,
                                .n_classes = b->n_classes,
                                .truth = work,
                                .label = work + n,
                                .weight = work + 2 * n};
        if (known)
            status = hone_metric_compute(metric, &outcome, &b->s->oob_score, NULL, err);
        if (known < n)
            hone_monitor_warn(b->mon,
                              "%s: %zu of %zu rows are in every bag, so nothing is known of them "
                              "out of bag; more members help",
                              b->who, n - known, n);
    }
    hone_release(work);
    return status;
}

hone_status hone_bagging_judge(const char *who, const hone_bagging_params *p,
                               const hone_dataset *data, size_t n_classes, const uint8_t *in_bag,
                               const hone_monitor *mon, hone_bagging_state *s, hone_error *err) {
    struct judgement b = {who, p, data, mon, n_classes, data->x.rows, data->x.cols, in_bag, s};
    s->n_rows = b.n;
    hone_status status = hone_new2(&s->oob_prediction, s->n_rows, s->n_answers, err);
    if (status == HONE_OK)
        status = hone_parallel((b.n + OOB_ROWS - 1) / OOB_ROWS, answer_block, &b, mon, err);
    return status == HONE_OK ? score_out_of_bag(&b, err) : status;
}
