/* split_group.c -- folds that never part a group.
 *
 * Greedy balance: groups by falling size, those of like size in shuffled order, each into the
 * fold that is smallest so far (a heap of folds). Where all groups differ in size there is nothing
 * to shuffle and the repeats are alike.
 * Cost: O(n log n) to find the groups, O(groups log groups) per repeat.
 * Reference: Graham 1969 (longest processing time first). */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

struct group {
    size_t size, place; /* place: in the shuffled order of this repeat */
    uint32_t code, fold;
};

struct load {
    size_t size;
    uint32_t fold;
};

/* What a repeat needs. */
struct work {
    size_t n;              /* groups */
    struct group *groups;  /* n, by code */
    struct group **sorted; /* n, by falling size */
    size_t *order;         /* n */
    struct load *heap;     /* folds; the smallest on top */
};

static int by_code(const void *a, const void *b) {
    uint32_t x = ((const struct group *)a)->code, y = ((const struct group *)b)->code;
    return (x > y) - (x < y);
}

static int by_falling_size(const void *a, const void *b) {
    const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

static bool lighter(struct load a, struct load b) {
    return a.size != b.size ? a.size < b.size : a.fold < b.fold;
}

static void work_free(struct work *w) {
    hone_release(w->groups);
    hone_release(w->sorted);
    hone_release(w->order);
    hone_release(w->heap);
}

/* The distinct codes with their sizes, ascending. */
static hone_status find_groups(const uint32_t *codes, size_t n, struct work *w, hone_error *err) {
    hone_status status = hone_new(&w->groups, n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        w->groups[i].code = codes[i];
    qsort(w->groups, n, sizeof *w->groups, by_code);
    for (size_t i = 0; i < n; i++) {
        if (w->n == 0 || w->groups[i].code != w->groups[w->n - 1].code)
            w->groups[w->n++] = (struct group){.code = w->groups[i].code};
        w->groups[w->n - 1].size++;
    }
    return HONE_OK;
}

/* The top of the heap has grown: lets it sink to its place. O(log folds). */
static void sink(struct load *heap, size_t n) {
    struct load load = heap[0];
    size_t i = 0;
    for (size_t child = 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && lighter(heap[child + 1], heap[child]))
            child++;
        if (!lighter(heap[child], load))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = load;
}

static void place_groups(struct work *w, const hone_folds *folds, size_t repeat) {
    hone_rng rng = hone_split_rng(folds, repeat);
    for (size_t g = 0; g < w->n; g++)
        w->order[g] = g;
    hone_rng_shuffle(&rng, w->order, w->n);
    for (size_t i = 0; i < w->n; i++) {
        w->groups[w->order[i]].place = i;
        w->sorted[i] = &w->groups[i];
    }
    qsort(w->sorted, w->n, sizeof *w->sorted, by_falling_size);
    for (size_t f = 0; f < folds->folds; f++)
        w->heap[f] = (struct load){.fold = (uint32_t)f};
    for (size_t i = 0; i < w->n; i++) {
        w->sorted[i]->fold = w->heap[0].fold;
        w->heap[0].size += w->sorted[i]->size;
        sink(w->heap, folds->folds);
    }
}

hone_status hone_split_groups(const hone_dataset *data, hone_folds *folds, hone_error *err) {
    size_t n = folds->n_rows;
    struct work w = {0};
    hone_status status = find_groups(data->groups, n, &w, err);
    if (status == HONE_OK && w.n < folds->folds)
        status = hone_fail(err, HONE_EDATA,
                           "group_kfold: %zu group%s fewer than %zu folds; lower the number of "
                           "folds",
                           w.n, w.n == 1 ? " is" : "s are", folds->folds);
    if (status != HONE_OK || (status = hone_new(&w.sorted, w.n, err)) != HONE_OK ||
        (status = hone_new(&w.order, w.n, err)) != HONE_OK ||
        (status = hone_new(&w.heap, folds->folds, err)) != HONE_OK)
        goto done;
    for (size_t r = 0; r < folds->repeats; r++) {
        place_groups(&w, folds, r);
        for (size_t i = 0; i < n; i++) {
            struct group key = {.code = data->groups[i]};
            const struct group *group = bsearch(&key, w.groups, w.n, sizeof key, by_code);
            folds->fold_of[r * n + i] = group->fold;
        }
    }
done:
    work_free(&w);
    return status;
}
