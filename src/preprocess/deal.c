/* deal.c -- rows, or whole groups of rows, dealt out like cards.
 *
 * Row number p of the shuffled order gets fold p mod folds; with classes p counts
 * within the class, on from where the last class ended, so every fold gets its share of
 * each class and as many rows as the others, give or take one.   Cost: O(n). */
#include "preprocess/deal.h"

#include "core/rng.h"
#include "core/sort.h"

enum { DEAL = 1 }; /* purpose of the random stream */

static hone_status shuffled(uint64_t seed, size_t n, size_t **out, hone_error *err) {
    hone_rng rng = hone_rng_at(seed, hone_rng_stream(DEAL, 0));
    hone_status status = hone_new(out, n, err);
    for (size_t i = 0; i < n && !status; i++)
        (*out)[i] = i;
    if (!status)
        hone_rng_shuffle(&rng, *out, n);
    return status;
}

/* next[k] = how many rows have a class below k. */
static hone_status first_of_classes(const hone_dataset *data, size_t classes, size_t **next,
                                    hone_error *err) {
    hone_status status = hone_new(next, classes + 1, err);
    if (status)
        return status;
    for (size_t i = 0; i < data->y.rows; i++)
        (*next)[(size_t)data->y.data[i * data->y.ld] + 1]++;
    for (size_t k = 0; k < classes; k++)
        (*next)[k + 1] += (*next)[k];
    return HONE_OK;
}

static hone_status deal_rows(const hone_dataset *data, uint64_t seed, size_t folds,
                             uint32_t *fold_of, hone_error *err) {
    size_t n = hone_dataset_rows(data), classes = hone_fit_classes(data);
    size_t *order = NULL, *next = NULL;
    hone_status status = shuffled(seed, n, &order, err);
    if (!status && classes)
        status = first_of_classes(data, classes, &next, err);
    for (size_t p = 0; p < n && !status; p++) {
        size_t i = order[p];
        size_t place = classes ? next[(size_t)data->y.data[i * data->y.ld]]++ : p;
        fold_of[i] = (uint32_t)(place % folds);
    }
    hone_release(order);
    hone_release(next);
    return status;
}

/* Row numbers in the order of their groups, and which of the groups each place belongs to. */
static hone_status order_groups(const hone_dataset *data, size_t *rows, uint64_t *place,
                                size_t *n_groups, hone_error *err) {
    size_t n = hone_dataset_rows(data);
    for (size_t i = 0; i < n; i++)
        rows[i] = i, place[i] = data->groups[i];
    hone_status status = hone_sort_keys(place, rows, n, err);
    uint64_t last = 0;
    *n_groups = 0;
    for (size_t p = 0; p < n && !status; p++) {
        uint64_t group = place[p];
        *n_groups += p == 0 || group != last;
        place[p] = *n_groups - 1;
        last = group;
    }
    return status;
}

static hone_status deal_groups(const hone_dataset *data, uint64_t seed, size_t *folds,
                               uint32_t *fold_of, hone_error *err) {
    size_t n = hone_dataset_rows(data), n_groups = 0, *rows = NULL, *order = NULL;
    uint64_t *place = NULL;
    hone_status status;
    if ((status = hone_new(&rows, n, err)) || (status = hone_new(&place, n, err)) ||
        (status = order_groups(data, rows, place, &n_groups, err)) ||
        (status = shuffled(seed, n_groups, &order, err)))
        goto done;
    *folds = *folds < n_groups ? *folds : n_groups;
    for (size_t p = 0; p < n; p++)
        fold_of[rows[p]] = (uint32_t)(order[place[p]] % *folds);
done:
    hone_release(rows);
    hone_release(place);
    hone_release(order);
    return status;
}

hone_status hone_deal(const char *who, const hone_dataset *data, uint64_t seed, size_t *folds,
                      uint32_t *fold_of, hone_error *err) {
    size_t n = hone_dataset_rows(data);
    *folds = *folds < n ? *folds : n;
    hone_status status = data->groups ? deal_groups(data, seed, folds, fold_of, err)
                                      : deal_rows(data, seed, *folds, fold_of, err);
    if (!status && *folds < 2)
        return hone_fail(err, HONE_EDATA,
                         "%s: to leave each row out of its own encoding takes two %s, got one", who,
                         data->groups ? "groups" : "rows");
    return status;
}
