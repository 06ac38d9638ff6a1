/* kd_search.c -- the near rows of a k-d tree: nodes whose box may hold one, the nearer first.
 *
 * A box is left out when its rank is beyond the last of those found, or equals it and no row inside
 * has a lower number: rows that all are equally far cost no more than others.
 * Cost: about O(log n) leaves for a few columns, all n rows for many. */
#include "linalg/nearest_impl.h"

#include "core/alloc.h"

enum { DEPTH = 64 };

/* A part of the tree that is still to be looked into. */
struct place {
    size_t node, first, n;
    double rank; /* of its box */
};

struct walk {
    const hone_near_rows *among;
    double *ranks; /* of one leaf */
    struct place todo[DEPTH];
    size_t n_todo;
};

static bool may_hold(const struct walk *w, const hone_near *near, const struct place *place) {
    return hone_near_wants(near, place->rank, w->among->least[place->node]);
}

static struct place child(const struct walk *w, const double *x, size_t node, size_t first,
                          size_t n) {
    const double *box = w->among->boxes + node * 2 * w->among->width;
    return (struct place){node, first, n, hone_rank_of_box(w->among, x, box)};
}

/* Down to the leaf that looks best; what lies beside the way is put down for later. */
static struct place descend(struct walk *w, const double *x, const hone_near *near,
                            struct place at) {
    while (2 * at.node + 1 < w->among->n_nodes) {
        size_t left = at.n / 2;
        struct place a = child(w, x, 2 * at.node + 1, at.first, left);
        struct place b = child(w, x, 2 * at.node + 2, at.first + left, at.n - left);
        bool turn = b.rank < a.rank;
        at = turn ? b : a;
        struct place other = turn ? a : b;
        if (may_hold(w, near, &other))
            w->todo[w->n_todo++] = other;
    }
    return at;
}

static hone_status look(const struct walk *w, const double *x, const struct place *leaf,
                        hone_near *near, hone_error *err) {
    const hone_near_rows *among = w->among;
    const int32_t *row = among->order + leaf->first;
    hone_ranks_of_leaf(among, x, among->rows + leaf->first * among->width, leaf->n, w->ranks);
    hone_status status = HONE_OK;
    for (size_t i = 0; i < leaf->n && status == HONE_OK; i++)
        if (hone_near_wants(near, w->ranks[i], row[i]))
            status = hone_near_offer(near, w->ranks[i], row[i], err);
    return status;
}

static hone_status walk_one(struct walk *w, const double *x, hone_near *near, hone_error *err) {
    hone_status status = HONE_OK;
    w->todo[0] = child(w, x, 0, 0, w->among->n);
    w->n_todo = 1;
    while (w->n_todo > 0 && status == HONE_OK) {
        struct place at = w->todo[--w->n_todo];
        if (!may_hold(w, near, &at))
            continue;
        at = descend(w, x, near, at);
        if (may_hold(w, near, &at))
            status = look(w, x, &at, near, err);
    }
    return status;
}

hone_status hone_kd_search(const hone_near_rows *among, hone_view x, hone_near *found,
                           hone_error *err) {
    struct walk w = {.among = among};
    size_t leaves = (among->n_nodes + 1) / 2;
    hone_status status = hone_new(&w.ranks, among->n / leaves + 1 + HONE_KD_SPARE, err);
    for (size_t i = 0; i < x.rows && status == HONE_OK; i++)
        status = walk_one(&w, hone_view_row(x, i), &found[i], err);
    hone_release(w.ranks);
    return status;
}
