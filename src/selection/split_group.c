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

struct group {
    size_t size, place; /* place: in the shuffled order of this repeat */
    uint32_t fold;
};

struct load {
    size_t size;
    uint32_t fold;
};

/* What a repeat needs. */
struct work {
    hone_split_groups_met met;
    struct group *groups;  /* met.n */
    struct group **sorted; /* met.n, by falling size */
    size_t *order;         /* met.n */
    struct load *heap;     /* folds; the smallest on top */
};

/* ---- finding them ------------------------------------------------------------------------- */

static int by_code(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void hone_split_groups_free(hone_split_groups_met *groups) {
    hone_release(groups->size);
    hone_release(groups->group_of);
}

hone_status hone_split_groups_find(const hone_dataset *data, const hone_folds *folds,
                                   hone_split_groups_met *out, hone_error *err) {
    size_t rows = folds->n_rows;
    uint32_t *codes = NULL;
    hone_status status;
    if ((status = hone_new(&codes, rows, err)) != HONE_OK ||
        (status = hone_new(&out->group_of, rows, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < rows; i++)
        codes[i] = data->groups[i];
    qsort(codes, rows, sizeof *codes, by_code);
    for (size_t i = 0; i < rows; i++)
        if (out->n == 0 || codes[i] != codes[out->n - 1])
            codes[out->n++] = codes[i];
    if (out->n < folds->folds) {
        status = hone_fail(err, HONE_EDATA,
                           "%s: %zu group%s fewer than %zu folds; lower the number of folds",
                           hone_cv_scheme_name(folds->scheme), out->n,
                           out->n == 1 ? " is" : "s are", folds->folds);
        goto done;
    }
    if ((status = hone_new(&out->size, out->n, err)) != HONE_OK)
        goto done;
    for (size_t i = 0; i < rows; i++) {
        const uint32_t *at = bsearch(&data->groups[i], codes, out->n, sizeof *codes, by_code);
        out->group_of[i] = (size_t)(at - codes);
        out->size[at - codes]++;
    }
done:
    hone_release(codes);
    return status;
}

/* ---- dealing ------------------------------------------------------------------------------ */

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
    hone_split_groups_free(&w->met);
    hone_release(w->groups);
    hone_release(w->sorted);
    hone_release(w->order);
    hone_release(w->heap);
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
    size_t n = w->met.n;
    for (size_t g = 0; g < n; g++)
        w->order[g] = g;
    hone_rng_shuffle(&rng, w->order, n);
    for (size_t i = 0; i < n; i++) {
        w->groups[w->order[i]].place = i;
        w->groups[i].size = w->met.size[i];
        w->sorted[i] = &w->groups[i];
    }
    qsort(w->sorted, n, sizeof *w->sorted, by_falling_size);
    for (size_t f = 0; f < folds->folds; f++)
        w->heap[f] = (struct load){.fold = (uint32_t)f};
    for (size_t i = 0; i < n; i++) {
        w->sorted[i]->fold = w->heap[0].fold;
        w->heap[0].size += w->sorted[i]->size;
        sink(w->heap, folds->folds);
    }
}

hone_status hone_split_groups(const hone_cv *cv, const hone_dataset *data, hone_folds *folds,
                              hone_error *err) {
    (void)cv;
    size_t n = folds->n_rows;
    struct work w = {.groups = NULL};
    hone_status status = hone_split_groups_find(data, folds, &w.met, err);
    if (status != HONE_OK || (status = hone_new(&w.groups, w.met.n, err)) != HONE_OK ||
        (status = hone_new(&w.sorted, w.met.n, err)) != HONE_OK ||
        (status = hone_new(&w.order, w.met.n, err)) != HONE_OK ||
        (status = hone_new(&w.heap, folds->folds, err)) != HONE_OK)
        goto done;
    for (size_t r = 0; r < folds->repeats; r++) {
        place_groups(&w, folds, r);
        for (size_t i = 0; i < n; i++)
            folds->fold_of[r * n + i] = w.groups[w.met.group_of[i]].fold;
    }
done:
    work_free(&w);
    return status;
}
