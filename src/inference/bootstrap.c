/* bootstrap.c -- replicates of statistics of ROC curves, by counts.
 *
 * The rows are sorted once per model. A replicate is a count for each unit (a row, or a cluster):
 * as many draws as a stratum has units, with replacement. Cumulated along a model's order they
 * give the ROC curve of the replicate, on which every statistic is one walk; weighted rows cumulate
 * count times weight. The jackknife behind
 * BCa is made in the same way, with counts 1 and 0: groups of units are left out in turn (every
 * unit, where there are few), but for the AUC of unweighted rows that stand alone it is exact and
 * free.
 *
 * The draws of replicate b come from stream b: the same for any number of threads, and the units
 * are numbered as in the data: the same whatever models are there.
 * Cost: replicates x models x (statistics + 1) x n, 5 n bytes a thread, with weights 9 n.
 * Reference: Efron & Tibshirani 1993, chapters 6, 14; Shao & Wu 1989 (groups). */
#include "inference/bootstrap.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "inference/curve.h"

#include <math.h>
#include <string.h>

enum { REPLICATES = 2000, GROUPS = 50, CHUNK = 16, PURPOSE = 0x626f6f74 };
static const size_t MOST_REPLICATES = 10000000;

/* A count passes 255 with a probability below 1e-500: 2^28 / 256!. */
typedef uint8_t count;

struct engine {
    const hone_cases *cases;
    const uint32_t *slot; /* n: unit of each positive, then of each negative; NULL: one row each */
    const hone_statistic *statistics;
    uint64_t seed;
    hone_bootstrap *out;
    const hone_monitor *mon;
};

void hone_bootstrap_free(hone_bootstrap *bootstrap) {
    if (!bootstrap)
        return;
    hone_release(bootstrap->value);
    hone_release(bootstrap->is_auc);
    hone_delong_free(&bootstrap->delong);
    hone_release(bootstrap);
}

/* ---- one sample ------------------------------------------------------------------------------ */

/* Four 32-bit words a call of the generator; a word gives a number below n by Lemire's product. */
static void draw(const hone_stratum *stratum, hone_rng *rng, count *counts) {
    uint32_t n = (uint32_t)stratum->size, reject = (0 - n) % n;
    count *to = counts + stratum->first;
    for (uint32_t left = n; left > 0;) {
        uint64_t words = hone_rng_next(rng);
        for (int half = 0; half < 2 && left > 0; half++, words >>= 32) {
            uint64_t product = (words & UINT32_MAX) * n;
            if ((uint32_t)product < reject)
                continue;
            to[product >> 32]++;
            left--;
        }
    }
}

/* Every unit once, but for every groups-th of the stratum from unit `group` on. */
static void leave_out(const hone_bootstrap *b, size_t group, size_t units, count *counts) {
    memset(counts, 1, units);
    for (size_t s = 0; s < b->n_strata; s++) {
        const hone_stratum *stratum = &b->strata[s];
        if (group < stratum->groups) {
            for (size_t i = group; i < stratum->size; i += stratum->groups)
                counts[stratum->first + i] = 0;
            return;
        }
        group -= stratum->groups;
    }
}

/* Sample 0 is the data, then come those without a group, then the replicates. */
static void fill(const struct engine *e, size_t sample, size_t units, count *counts) {
    const hone_bootstrap *b = e->out;
    if (sample <= b->groups) {
        leave_out(b, sample - 1, units, counts); /* group SIZE_MAX: none */
        return;
    }
    hone_rng rng = hone_rng_at(e->seed, hone_rng_stream(PURPOSE, sample - 1 - b->groups));
    memset(counts, 0, units);
    for (size_t s = 0; s < b->n_strata; s++)
        draw(&b->strata[s], &rng, counts);
}

/* to[i + 1] = counts of the first i + 1 rows of an order. */
static void cumulate(const uint32_t *order, size_t n, const uint32_t *slot, const count *counts,
                     uint32_t *to) {
    uint32_t sum = 0;
    to[0] = 0;
    if (slot) {
        for (size_t i = 0; i < n; i++)
            to[i + 1] = sum += counts[slot[order[i]]];
        return;
    }
    for (size_t i = 0; i < n; i++)
        to[i + 1] = sum += counts[order[i]];
}

/* The same of count times weight. */
static void cumulate_weights(const uint32_t *order, size_t n, const uint32_t *slot,
                             const double *weight, const count *counts, double *to) {
    double sum = 0;
    to[0] = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t row = order[i];
        to[i + 1] = sum += counts[slot ? slot[row] : row] * weight[row];
    }
}

/* A model's curve of one sample; the sums (n + 2) go to `counted` or, of weights, to `weighted`. */
static hone_curve curve_of(const struct engine *e, size_t model, const count *counts,
                           uint32_t *counted, double *weighted) {
    const hone_cases *cases = e->cases;
    const hone_order *order = &cases->orders[model];
    size_t m = cases->positives, n = cases->negatives;
    const uint32_t *slot = e->slot, *down_slot = slot ? slot + m : NULL;
    const count *down_counts = slot ? counts : counts + m;
    hone_curve curve = {.order = order, .positives = m, .negatives = n};
    if (cases->weight) {
        double *up = weighted, *down = weighted + m + 1;
        cumulate_weights(order->positive, m, slot, cases->weight, counts, up);
        cumulate_weights(order->negative, n, down_slot, cases->weight + m, down_counts, down);
        curve.up_weight = up, curve.down_weight = down;
        return curve;
    }
    uint32_t *up = counted, *down = counted + m + 1;
    cumulate(order->positive, m, slot, counts, up);
    cumulate(order->negative, n, down_slot, down_counts, down);
    curve.up = up, curve.down = down;
    return curve;
}

/* ---- all samples ----------------------------------------------------------------------------- */

static void evaluate(const struct engine *e, size_t sample, const count *counts, uint32_t *counted,
                     double *weighted) {
    size_t width = 1 + e->out->groups + e->out->replicates, k = e->out->statistics;
    for (size_t r = 0; r < e->cases->models; r++) {
        const hone_curve curve = curve_of(e, r, counts, counted, weighted);
        for (size_t s = 0; s < k; s++)
            e->out->value[(r * k + s) * width + sample] =
                hone_statistic_of(&e->statistics[s], &curve);
    }
}

static hone_status run_chunk(void *context, size_t chunk, hone_error *err) {
    const struct engine *e = context;
    const hone_bootstrap *b = e->out;
    const hone_stratum *last = &b->strata[b->n_strata - 1];
    size_t samples = 1 + b->groups + b->replicates, units = last->first + last->size;
    size_t end = (chunk + 1) * CHUNK < samples ? (chunk + 1) * CHUNK : samples;
    count *counts = NULL;
    uint32_t *counted = NULL;
    double *weighted = NULL;
    hone_status status = hone_new(&counts, units, err);
    if (!status)
        status = e->cases->weight ? hone_new(&weighted, e->cases->n + 2, err)
                                  : hone_new(&counted, e->cases->n + 2, err);
    for (size_t sample = chunk * CHUNK; !status && sample < end; sample++) {
        fill(e, sample, units, counts);
        evaluate(e, sample, counts, counted, weighted);
        status = hone_monitor_poll(e->mon, err);
    }
    hone_release(counts);
    hone_release(counted);
    hone_release(weighted);
    return status;
}

/* ---- strata ---------------------------------------------------------------------------------- */

static void add_stratum(hone_bootstrap *b, size_t size) {
    if (size == 0)
        return;
    size_t first =
        b->n_strata ? b->strata[b->n_strata - 1].first + b->strata[b->n_strata - 1].size : 0;
    b->strata[b->n_strata++] = (hone_stratum){.first = first, .size = size};
}

/* Clusters with positives only, with negatives only, with both; `slot` gets the place of the
 * cluster of every row when clusters are listed by these kinds. */
static hone_status cluster_strata(const hone_cases *cases, hone_bootstrap *b, uint32_t *slot,
                                  hone_error *err) {
    unsigned char *kind = NULL;
    uint32_t *place = NULL, next = 0;
    hone_status status = hone_new(&kind, cases->clusters, err);
    if (!status)
        status = hone_new(&place, cases->clusters, err);
    if (status)
        goto done;
    for (size_t i = 0; i < cases->n; i++)
        kind[cases->cluster[i]] |= i < cases->positives ? 1 : 2;
    for (unsigned char which = 1; which <= 3; which++) {
        uint32_t before = next;
        for (size_t c = 0; c < cases->clusters; c++)
            if (kind[c] == which)
                place[c] = next++;
        add_stratum(b, next - before);
    }
    for (size_t i = 0; i < cases->n; i++)
        slot[i] = place[cases->cluster[i]];
done:
    hone_release(kind);
    hone_release(place);
    return status;
}

/* A stratum of one unit never varies and is not left out. */
static void plan_jackknife(hone_bootstrap *b) {
    for (size_t s = 0; s < b->n_strata; s++) {
        size_t size = b->strata[s].size;
        b->strata[s].groups = size < 2 ? 0 : size < GROUPS ? size : GROUPS;
        b->groups += b->strata[s].groups;
    }
}

static hone_status prepare(const hone_cases *cases, const hone_statistic *statistics,
                           hone_bootstrap *b, uint32_t **slot, hone_error *err) {
    hone_status status = HONE_OK;
    bool jackknife = cases->clusters > 0 || cases->weight;
    if (cases->clusters) {
        status = hone_new(slot, cases->n, err);
        if (!status)
            status = cluster_strata(cases, b, *slot, err);
    } else {
        add_stratum(b, cases->positives);
        add_stratum(b, cases->negatives);
        if (!cases->weight)
            status = hone_delong_of(cases, &b->delong, err);
    }
    if (!status)
        status = hone_new(&b->is_auc, b->statistics, err);
    if (status)
        return status;
    for (size_t s = 0; s < b->statistics; s++) {
        b->is_auc[s] = statistics[s].kind == HONE_STATISTIC_AUC;
        jackknife |= !b->is_auc[s];
    }
    if (jackknife)
        plan_jackknife(b);
    size_t columns = 1 + b->groups + b->replicates;
    return hone_new2(&b->value, b->models * b->statistics, columns, err);
}

static hone_status check(const hone_statistic *statistics, size_t n, size_t replicates,
                         hone_error *err) {
    if (n == 0)
        return hone_fail(err, HONE_EINVAL, "bootstrap: needs at least one statistic, got none");
    if (replicates > MOST_REPLICATES)
        return hone_fail(err, HONE_EINVAL, "bootstrap: at most %zu replicates, got %zu",
                         MOST_REPLICATES, replicates);
    for (size_t s = 0; s < n; s++) {
        hone_status status = hone_statistic_check(&statistics[s], err);
        if (status)
            return status;
    }
    return HONE_OK;
}

hone_status hone_bootstrap_make(const hone_scored *scores, const hone_statistic *statistics,
                                size_t n_statistics, size_t replicates, uint64_t seed,
                                const hone_monitor *mon, hone_bootstrap **out, hone_error *err) {
    hone_cases cases = {0};
    hone_bootstrap *b = NULL;
    uint32_t *slot = NULL;
    hone_status status = check(statistics, n_statistics, replicates, err);
    if (!status)
        status = hone_cases_make_weighted("bootstrap", scores, mon, &cases, err);
    if (!status)
        status = hone_new(&b, 1, err);
    if (status)
        goto done;
    b->models = scores->models;
    b->statistics = n_statistics;
    b->replicates = replicates ? replicates : REPLICATES;
    status = prepare(&cases, statistics, b, &slot, err);
    if (status)
        goto done;
    struct engine engine = {&cases, slot, statistics, seed, b, mon};
    size_t samples = 1 + b->groups + b->replicates;
    status = hone_parallel((samples + CHUNK - 1) / CHUNK, run_chunk, &engine, mon, err);
    if (status)
        goto done;
    *out = b;
    b = NULL;
done:
    hone_release(slot);
    hone_cases_free(&cases);
    hone_bootstrap_free(b);
    return status;
}

double hone_bootstrap_estimate(const hone_bootstrap *b, size_t model, size_t statistic) {
    bool there = model < b->models && statistic < b->statistics;
    return there ? hone_bootstrap_row(b, model, statistic)[0] : NAN;
}

const double *hone_bootstrap_replicates(const hone_bootstrap *b, size_t model, size_t statistic,
                                        size_t *n) {
    bool there = model < b->models && statistic < b->statistics;
    if (n)
        *n = there ? b->replicates : 0;
    return there ? hone_bootstrap_row(b, model, statistic) + 1 + b->groups : NULL;
}
