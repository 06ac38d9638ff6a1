/* cases.c -- checks scores, splits their rows by class and ranks them for each model.
 *
 * Each class is sorted by itself (radix, stable), then the two are merged into blocks of equal
 * score, highest first. Scores compare as numbers: -0 equals 0, infinities are the ends.
 * Cost: O(models n) time; 8 bytes a row and model are kept. */
#include "inference/cases.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/sort.h"

#include <math.h>
#include <stdbool.h>

/* Counts of rows are 32 bits wide; a resample of clusters may hold several times the rows. */
static const size_t MOST_ROWS = (size_t)1 << 28;
/* Fewer rows are sorted before a second thread would have woken up. */
enum { FEW_ROWS = 1 << 14 };

static void order_free(hone_order *order) {
    hone_release(order->positive);
    hone_release(order->negative);
    hone_release(order->tp);
    hone_release(order->fp);
    hone_release(order->score);
}

void hone_cases_free(hone_cases *cases) {
    for (size_t r = 0; cases->orders && r < cases->models; r++)
        order_free(&cases->orders[r]);
    hone_release(cases->orders);
    hone_release(cases->cluster);
    hone_release(cases->weight);
    *cases = (hone_cases){0};
}

/* ---- checks ---------------------------------------------------------------------------------- */

static hone_status check_numbers(const char *who, const hone_scored *s, hone_error *err) {
    for (size_t i = 0; i < s->n; i++)
        if (isnan(s->truth[i]) || (s->cluster && isnan(s->cluster[i])))
            return hone_fail(err, HONE_EDATA, "%s: the %s of row %zu must be a number, got nan",
                             who, isnan(s->truth[i]) ? "truth" : "cluster", i + 1);
    for (size_t r = 0; r < s->models; r++)
        for (size_t i = 0; i < s->n; i++)
            if (isnan(s->score[r * s->n + i]))
                return hone_fail(err, HONE_EDATA,
                                 "%s: the score of row %zu of model %zu must be a number, got nan",
                                 who, i + 1, r + 1);
    return HONE_OK;
}

static hone_status check_weights(const char *who, const hone_scored *s, hone_error *err) {
    for (size_t i = 0; s->weight && i < s->n; i++)
        if (!(s->weight[i] >= 0 && isfinite(s->weight[i])))
            return hone_fail(err, HONE_EDATA,
                             "%s: the weight of row %zu must be in [0, inf), got %g", who, i + 1,
                             s->weight[i]);
    return HONE_OK;
}

static bool counts(const hone_scored *s, size_t row) {
    return !s->weight || s->weight[row] > 0;
}

static hone_status check(const char *who, const hone_scored *s, hone_error *err) {
    size_t rows[2] = {0, 0};
    if (s->models == 0)
        return hone_fail(err, HONE_EINVAL, "%s: needs at least one model, got none", who);
    hone_status status = check_weights(who, s, err);
    if (status)
        return status;
    for (size_t i = 0; i < s->n; i++)
        rows[s->truth[i] != 0] += counts(s, i);
    if (rows[0] == 0 || rows[1] == 0)
        return hone_fail(err, HONE_EDATA, "%s: needs rows of both classes, got no %s%s", who,
                         rows[1] == 0 ? "positive" : "negative",
                         s->weight ? " with a weight above 0" : "");
    return check_numbers(who, s, err);
}

/* ---- rows that count ------------------------------------------------------------------------- */

static void pack(const hone_scored *s, const double *from, double *to) {
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++)
        if (counts(s, i))
            to[kept++] = from[i];
}

/* Takes the rows of weight 0 out of `s`; what is left lies in *room, to be released. */
static hone_status keep_counting(hone_scored *s, double **room, hone_error *err) {
    size_t kept = 0, columns = s->models + 3;
    for (size_t i = 0; i < s->n; i++)
        kept += counts(s, i);
    if (kept == s->n)
        return HONE_OK;
    hone_status status = hone_new2(room, columns, kept, err);
    if (status)
        return status;
    const hone_scored all = *s;
    double *truth = *room, *weight = truth + kept, *cluster = weight + kept,
           *score = cluster + kept;
    pack(&all, all.truth, truth);
    pack(&all, all.weight, weight);
    if (all.cluster)
        pack(&all, all.cluster, cluster);
    for (size_t r = 0; r < all.models; r++)
        pack(&all, all.score + r * all.n, score + r * kept);
    *s = (hone_scored){.n = kept,
                       .models = all.models,
                       .truth = truth,
                       .score = score,
                       .cluster = all.cluster ? cluster : NULL,
                       .weight = weight};
    return HONE_OK;
}

/* Positives first. */
static hone_status split_weights(const hone_scored *s, hone_cases *cases, hone_error *err) {
    size_t at[2] = {cases->positives, 0};
    hone_status status = hone_new(&cases->weight, s->n, err);
    for (size_t i = 0; !status && i < s->n; i++)
        cases->weight[at[s->truth[i] != 0]++] = s->weight[i];
    return status;
}

/* ---- clusters -------------------------------------------------------------------------------- */

/* Gives clusters codes 0, 1, ... in the order of their numbers. */
static hone_status code_clusters(const hone_scored *s, hone_cases *cases, hone_error *err) {
    uint64_t *key = NULL;
    size_t *row = NULL, *place = NULL, at[2] = {cases->positives, 0};
    hone_status status = hone_new(&key, s->n, err);
    if (!status)
        status = hone_new(&row, s->n, err);
    if (!status)
        status = hone_new(&place, s->n, err);
    if (!status)
        status = hone_new(&cases->cluster, s->n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < s->n; i++) {
        key[i] = hone_sort_key(s->cluster[i]);
        row[i] = i;
        place[i] = at[s->truth[i] != 0]++;
    }
    status = hone_sort_keys(key, row, s->n, err);
    if (status)
        goto done;
    for (size_t i = 0; i < s->n; i++) {
        cases->clusters += i == 0 || key[i] != key[i - 1];
        cases->cluster[place[row[i]]] = (uint32_t)(cases->clusters - 1);
    }
done:
    hone_release(key);
    hone_release(row);
    hone_release(place);
    return status;
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Both classes while they are sorted: keys ascend as scores descend. */
struct sides {
    uint64_t *key; /* n: positives, then negatives */
    size_t *row;   /* n: within the class */
};

static hone_status sort_sides(const hone_cases *cases, const double *truth, const double *score,
                              struct sides *sides, hone_error *err) {
    size_t m = cases->positives, at[2] = {m, 0};
    for (size_t i = 0; i < cases->n; i++) {
        bool positive = truth[i] != 0;
        size_t to = at[positive]++;
        sides->key[to] = ~hone_sort_key(score[i]);
        sides->row[to] = positive ? to : to - m;
    }
    hone_status status = hone_sort_keys(sides->key, sides->row, m, err);
    if (!status)
        status = hone_sort_keys(sides->key + m, sides->row + m, cases->negatives, err);
    return status;
}

/* Walks both classes block by block; fills the order's arrays where they are there. */
static size_t merge(const hone_cases *cases, const uint64_t *key, hone_order *order) {
    size_t m = cases->positives, n = cases->negatives, p = 0, q = 0, blocks = 0;
    const uint64_t *up = key, *down = key + m;
    while (p < m || q < n) {
        uint64_t here = p == m ? down[q] : q == n || up[p] < down[q] ? up[p] : down[q];
        while (p < m && up[p] == here)
            p++;
        while (q < n && down[q] == here)
            q++;
        blocks++;
        if (!order->score)
            continue;
        order->tp[blocks] = (uint32_t)p;
        order->fp[blocks] = (uint32_t)q;
        order->score[blocks - 1] = hone_sort_value(~here);
    }
    return blocks;
}

static hone_status order_alloc(const hone_cases *cases, size_t blocks, hone_order *order,
                               hone_error *err) {
    order->blocks = blocks;
    hone_status status = hone_new(&order->positive, cases->positives, err);
    if (!status)
        status = hone_new(&order->negative, cases->negatives, err);
    if (!status)
        status = hone_new(&order->tp, blocks + 1, err);
    if (!status)
        status = hone_new(&order->fp, blocks + 1, err);
    if (!status)
        status = hone_new(&order->score, blocks, err);
    return status;
}

static hone_status order_make(const hone_cases *cases, const double *truth, const double *score,
                              hone_order *order, hone_error *err) {
    struct sides sides = {0};
    hone_status status = hone_new(&sides.key, cases->n, err);
    if (!status)
        status = hone_new(&sides.row, cases->n, err);
    if (!status)
        status = sort_sides(cases, truth, score, &sides, err);
    if (!status)
        status = order_alloc(cases, merge(cases, sides.key, order), order, err);
    if (status)
        goto done;
    merge(cases, sides.key, order);
    for (size_t i = 0; i < cases->positives; i++)
        order->positive[i] = (uint32_t)sides.row[i];
    for (size_t j = 0; j < cases->negatives; j++)
        order->negative[j] = (uint32_t)sides.row[cases->positives + j];
done:
    hone_release(sides.key);
    hone_release(sides.row);
    return status;
}

struct task {
    const hone_scored *scores;
    hone_cases *cases;
};

static hone_status order_one(void *context, size_t r, hone_error *err) {
    const struct task *t = context;
    return order_make(t->cases, t->scores->truth, t->scores->score + r * t->scores->n,
                      &t->cases->orders[r], err);
}

static hone_status order_all(struct task *task, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    if (task->cases->n >= FEW_ROWS)
        return hone_parallel(task->cases->models, order_one, task, mon, err);
    for (size_t r = 0; r < task->cases->models && !status; r++)
        status = order_one(task, r, err);
    return status;
}

hone_status hone_cases_make_weighted(const char *who, const hone_scored *scores,
                                     const hone_monitor *mon, hone_cases *out, hone_error *err) {
    hone_scored rows = *scores;
    hone_cases cases = {.models = scores->models};
    struct task task = {&rows, &cases};
    double *room = NULL;
    if (scores->n > MOST_ROWS)
        return hone_fail(err, HONE_EDATA, "%s: at most %zu rows, got %zu", who, MOST_ROWS,
                         scores->n);
    hone_status status = check(who, scores, err);
    if (!status)
        status = keep_counting(&rows, &room, err);
    if (status)
        return status;
    cases.n = rows.n;
    for (size_t i = 0; i < rows.n; i++)
        cases.positives += rows.truth[i] != 0;
    cases.negatives = rows.n - cases.positives;
    if (rows.weight)
        status = split_weights(&rows, &cases, err);
    if (!status && rows.cluster)
        status = code_clusters(&rows, &cases, err);
    if (!status)
        status = hone_new(&cases.orders, rows.models, err);
    if (!status)
        status = order_all(&task, mon, err);
    if (!status) {
        *out = cases;
        cases = (hone_cases){0};
    }
    hone_release(room);
    hone_cases_free(&cases);
    return status;
}

hone_status hone_cases_make(const char *who, const hone_scored *scores, const hone_monitor *mon,
                            hone_cases *out, hone_error *err) {
    if (scores->weight)
        return hone_fail(err, HONE_EINVAL,
                         "%s: takes no weights; the bootstrap gives intervals of weighted rows",
                         who);
    return hone_cases_make_weighted(who, scores, mon, out, err);
}
