/* ranking.c -- splits rows into positives and negatives and sorts each side by score.
 *
 * Sorting the sides apart needs no label beside the key: without weights only 8 bytes a row move.
 * Memory: 2 n words, with weights 6 n. Cost: O(n), see core/sort.c. */
#include "metrics/ranking.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/sort.h"

#include <math.h>

/* Pairs are counted twice over in 64 bits: 2 (n / 2)^2 must fit. */
static const uint64_t MOST_ROWS = (uint64_t)1 << 32;

hone_ranking hone_ranking_of(const hone_outcome *outcome) {
    return (hone_ranking){.n = outcome->n,
                          .truth = outcome->truth,
                          .code = (double)outcome->positive,
                          .equal = true,
                          .score =
                              outcome->score ? outcome->score : outcome->proba + outcome->positive,
                          .stride = outcome->score ? 1 : outcome->n_classes,
                          .weight = outcome->weight};
}

void hone_sides_free(hone_sides *sides) {
    hone_release(sides->key);
    hone_release(sides->weight);
    *sides = (hone_sides){0};
}

static bool is_positive(const hone_ranking *ranking, size_t i) {
    return (ranking->truth[i] == ranking->code) == ranking->equal;
}

/* Fills key, and rows if not NULL, positives first. */
static hone_status split(const hone_ranking *ranking, hone_sides *sides, size_t *rows,
                         hone_error *err) {
    size_t at[2] = {sides->positives, 0}; /* of negatives, of positives */
    for (size_t i = 0; i < ranking->n; i++) {
        double score = ranking->score[i * ranking->stride];
        if (isnan(score) || isnan(ranking->truth[i]))
            return hone_fail(err, HONE_EDATA, "ROC: %s of row %zu must be a number, got nan",
                             isnan(score) ? "score" : "truth", i + 1);
        size_t to = at[is_positive(ranking, i)]++;
        sides->key[to] = hone_sort_key(score);
        if (rows)
            rows[to] = i;
    }
    return HONE_OK;
}

static hone_status sort_sides(hone_sides *sides, size_t *rows, hone_error *err) {
    size_t m = sides->positives;
    hone_status status = hone_sort_keys(sides->key, rows, m, err);
    if (!status)
        status = hone_sort_keys(sides->key + m, rows ? rows + m : NULL, sides->n - m, err);
    return status;
}

hone_status hone_sides_make(const hone_ranking *ranking, hone_sides *out, hone_error *err) {
    size_t n = ranking->n, *rows = NULL;
    hone_sides sides = {.n = n};
    if (n > MOST_ROWS)
        return hone_fail(err, HONE_EDATA, "ROC: at most 4294967296 rows can be ranked, got %zu", n);
    hone_status status = hone_weights_check("ROC", ranking->weight, n, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        sides.positives += is_positive(ranking, i);

    status = hone_new(&sides.key, n, err);
    if (!status && ranking->weight)
        status = hone_new(&rows, n, err);
    if (!status && ranking->weight)
        status = hone_new(&sides.weight, n, err);
    if (!status)
        status = split(ranking, &sides, rows, err);
    if (!status)
        status = sort_sides(&sides, rows, err);
    if (status)
        goto done;

    for (size_t i = 0; rows && i < n; i++)
        sides.weight[i] = ranking->weight[rows[i]];
    *out = sides;
    sides = (hone_sides){0};
done:
    hone_release(rows);
    hone_sides_free(&sides);
    return status;
}
