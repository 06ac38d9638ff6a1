/* split_stratified_group.c -- folds that never part a group and keep the shares of the classes.
 *
 * With a_gc the share of class c that group g holds and x_fc what fold f holds already, the spread
 * of the classes over the folds is sum_fc x_fc^2. Greedily, the groups by falling sum_c a_gc^2
 * (those of like size in shuffled order) go each to the fold where the spread grows least: where
 * sum_c x_fc a_gc is smallest, the fold with fewest rows among equals.
 * Shapes: a and x are groups x classes and folds x classes.
 * Cost: O(n log n) to find groups and classes, O(groups (log groups + folds classes)) per repeat.
 * Reference: the idea is that of scikit-learn's StratifiedGroupKFold. */
#include "selection/split.h"

#include "core/alloc.h"
#include "core/sort.h"

#include <math.h>
#include <string.h>

struct work {
    hone_split_groups_met groups;
    hone_split_classes classes;
    double *share;  /* groups x classes */
    double *held;   /* folds x classes */
    size_t *rows;   /* folds */
    size_t *order;  /* groups */
    uint64_t *keys; /* groups */
    uint32_t *fold; /* groups */
};

static void work_free(struct work *w) {
    hone_split_groups_free(&w->groups);
    hone_split_classes_free(&w->classes);
    hone_release(w->share);
    hone_release(w->held);
    hone_release(w->rows);
    hone_release(w->order);
    hone_release(w->keys);
    hone_release(w->fold);
}

static hone_status work_create(const hone_folds *folds, struct work *w, hone_error *err) {
    size_t g = w->groups.n, k = w->classes.n;
    hone_status status;
    if ((status = hone_new2(&w->share, g, k, err)) != HONE_OK ||
        (status = hone_new2(&w->held, folds->folds, k, err)) != HONE_OK ||
        (status = hone_new(&w->rows, folds->folds, err)) != HONE_OK ||
        (status = hone_new(&w->order, g, err)) != HONE_OK ||
        (status = hone_new(&w->keys, g, err)) != HONE_OK)
        return status;
    return hone_new(&w->fold, g, err);
}

/* Every class must be in as many groups as there are folds. Leaves in w->share how often each
 * class is met in each group. */
static hone_status check_classes(const hone_dataset *data, const hone_folds *folds, struct work *w,
                                 hone_error *err) {
    size_t k = w->classes.n, *count = NULL;
    hone_status status = hone_new(&count, k, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < folds->n_rows; i++) {
        double *met = &w->share[w->groups.group_of[i] * k + w->classes.class_of[i]];
        count[w->classes.class_of[i]] += *met == 0;
        *met += 1;
    }
    status = hone_split_classes_check(data, &w->classes, count, "group", folds, err);
    hone_release(count);
    return status;
}

static double inner(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The groups by falling size, shuffled among equals. */
static hone_status sort_groups(const hone_folds *folds, size_t repeat, struct work *w,
                               hone_error *err) {
    size_t g = w->groups.n, k = w->classes.n;
    hone_rng rng = hone_split_rng(folds, repeat);
    for (size_t i = 0; i < g; i++)
        w->order[i] = i;
    hone_rng_shuffle(&rng, w->order, g);
    for (size_t i = 0; i < g; i++) {
        const double *a = w->share + w->order[i] * k;
        w->keys[i] = hone_sort_key(-inner(a, a, k));
    }
    return hone_sort_keys(w->keys, w->order, g, err);
}

static size_t best_fold(const struct work *w, const hone_folds *folds, const double *share) {
    size_t best = 0, k = w->classes.n;
    double least = INFINITY;
    for (size_t f = 0; f < folds->folds; f++) {
        double growth = inner(w->held + f * k, share, k);
        if (growth < least || (growth == least && w->rows[f] < w->rows[best]))
            least = growth, best = f;
    }
    return best;
}

static hone_status deal(const hone_folds *folds, size_t repeat, struct work *w, hone_error *err) {
    size_t n = folds->n_rows, k = w->classes.n;
    hone_status status = sort_groups(folds, repeat, w, err);
    if (status != HONE_OK)
        return status;
    memset(w->held, 0, folds->folds * k * sizeof *w->held);
    memset(w->rows, 0, folds->folds * sizeof *w->rows);
    for (size_t i = 0; i < w->groups.n; i++) {
        size_t g = w->order[i], f = best_fold(w, folds, w->share + g * k);
        w->fold[g] = (uint32_t)f;
        w->rows[f] += w->groups.size[g];
        for (size_t c = 0; c < k; c++)
            w->held[f * k + c] += w->share[g * k + c];
    }
    for (size_t i = 0; i < n; i++)
        folds->fold_of[repeat * n + i] = w->fold[w->groups.group_of[i]];
    return HONE_OK;
}

hone_status hone_split_stratified_groups(const hone_cv *cv, const hone_dataset *data,
                                         hone_folds *folds, hone_error *err) {
    (void)cv;
    struct work w = {.share = NULL};
    hone_status status;
    if ((status = hone_split_groups_find(data, folds, &w.groups, err)) != HONE_OK ||
        (status = hone_split_classes_find(data, hone_cv_scheme_name(folds->scheme), &w.classes,
                                          err)) != HONE_OK ||
        (status = work_create(folds, &w, err)) != HONE_OK ||
        (status = check_classes(data, folds, &w, err)) != HONE_OK)
        goto done;
    for (size_t g = 0; g < w.groups.n; g++)
        for (size_t c = 0; c < w.classes.n; c++)
            w.share[g * w.classes.n + c] /= (double)w.classes.count[c];
    for (size_t r = 0; status == HONE_OK && r < folds->repeats; r++)
        status = deal(folds, r, &w, err);
done:
    work_free(&w);
    return status;
}
