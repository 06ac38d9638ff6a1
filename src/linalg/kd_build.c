/* kd_build.c -- a k-d tree: rows cut in half at the median of their widest column, again and again.
 *
 * Rows are ordered by (value, number of the row), all different, so that equal values take no
 * longer, and of equal rows those with lower numbers go left. The halves follow from the counts
 * alone: a node of n rows has the first n / 2 on its left.
 * Cost: O(n width log n); what is below the third level runs in parallel.
 * Reference: Bentley 1975; Friedman, Bentley & Finkel 1977. */
#include "linalg/nearest.h"

#include "core/alloc.h"
#include "core/parallel.h"

#include <math.h>

enum { TOP_NODES = 7, LARGE = 1 << 12, POLL_ROWS = 1 << 16 };

struct key {
    double value;
    int32_t row;
};

struct build {
    hone_view x;
    size_t n_nodes;
    double *rows, *boxes;
    int32_t *order, *least;
    struct key *keys; /* n */
    const hone_monitor *mon;
};

size_t hone_kd_nodes(size_t n, size_t leaf_size) {
    size_t leaves = 1;
    while ((n + leaves - 1) / leaves > leaf_size && 2 * leaves <= n)
        leaves *= 2;
    return 2 * leaves - 1;
}

/* ---- the median ----------------------------------------------------------------------------- */

static bool before(struct key a, struct key b) {
    return a.value < b.value || (a.value == b.value && a.row < b.row);
}

static struct key middle(struct key a, struct key b, struct key c) {
    if (before(b, a)) {
        struct key swap = a;
        a = b, b = swap;
    }
    return before(c, a) ? a : before(c, b) ? c : b;
}

static size_t random_place(uint64_t *state, size_t size) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*state >> 32) % size;
}

/* Brings the key of rank `nth` to its place, the smaller ones before it (Hoare 1961). The places
 * that the pivots come from are mixed: no order of rows is a bad one. */
static void select_key(struct key *keys, size_t n, size_t nth) {
    uint64_t state = n;
    ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, at = (ptrdiff_t)nth;
    while (low < high) {
        size_t size = (size_t)(high - low) + 1;
        struct key *from = keys + low;
        struct key pivot =
            middle(from[random_place(&state, size)], from[random_place(&state, size)],
                   from[random_place(&state, size)]);
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (before(keys[i], pivot))
                i++;
            while (before(pivot, keys[j]))
                j--;
            if (i <= j) {
                struct key swap = keys[i];
                keys[i++] = keys[j], keys[j--] = swap;
            }
        }
        if (at > j && at < i)
            return;
        if (at <= j)
            high = j;
        else
            low = i;
    }
}

/* ---- nodes ---------------------------------------------------------------------------------- */

/* The box and the smallest row number of n rows. */
static void measure(const struct build *b, size_t node, size_t first, size_t n) {
    size_t m = b->x.cols;
    double *low = b->boxes + node * 2 * m, *high = low + m;
    int32_t least = b->order[first];
    for (size_t j = 0; j < m; j++)
        low[j] = high[j] = hone_view_row(b->x, (size_t)least)[j];
    for (size_t i = first + 1; i < first + n; i++) {
        const double *row = hone_view_row(b->x, (size_t)b->order[i]);
        least = b->order[i] < least ? b->order[i] : least;
        for (size_t j = 0; j < m; j++) {
            low[j] = row[j] < low[j] ? row[j] : low[j];
            high[j] = row[j] > high[j] ? row[j] : high[j];
        }
    }
    b->least[node] = least;
}

static void split(const struct build *b, size_t node, size_t first, size_t n) {
    size_t m = b->x.cols, widest = 0;
    const double *low = b->boxes + node * 2 * m, *high = low + m;
    struct key *keys = b->keys + first;
    for (size_t j = 1; j < m; j++)
        if (high[j] - low[j] > high[widest] - low[widest])
            widest = j;
    for (size_t i = 0; i < n; i++) {
        int32_t row = b->order[first + i];
        keys[i] = (struct key){hone_view_row(b->x, (size_t)row)[widest], row};
    }
    select_key(keys, n, n / 2);
    for (size_t i = 0; i < n; i++)
        b->order[first + i] = keys[i].row;
}

static void fill_leaf(const struct build *b, size_t first, size_t n) {
    double *leaf = b->rows + first * b->x.cols;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < b->x.cols; j++)
            leaf[j * n + i] = hone_view_row(b->x, (size_t)b->order[first + i])[j];
}

/* Node and all below it, down to nodes from `last` on. */
static hone_status grow(const struct build *b, size_t node, size_t first, size_t n, size_t last,
                        hone_error *err) {
    if (node >= last)
        return HONE_OK;
    measure(b, node, first, n);
    if (2 * node + 1 >= b->n_nodes) {
        fill_leaf(b, first, n);
        return HONE_OK;
    }
    split(b, node, first, n);
    hone_status status = n > POLL_ROWS ? hone_monitor_poll(b->mon, err) : HONE_OK;
    if (status == HONE_OK)
        status = grow(b, 2 * node + 1, first, n / 2, last, err);
    return status ? status : grow(b, 2 * node + 2, first + n / 2, n - n / 2, last, err);
}

/* The node TOP_NODES + chunk and all below it. */
static hone_status grow_part(void *context, size_t chunk, hone_error *err) {
    const struct build *b = context;
    size_t first = 0, n = b->x.rows;
    for (size_t bit = (TOP_NODES + 1) / 2; bit > 0; bit /= 2) {
        size_t left = n / 2;
        first += chunk & bit ? left : 0;
        n = chunk & bit ? n - left : left;
    }
    return grow(b, TOP_NODES + chunk, first, n, b->n_nodes, err);
}

hone_status hone_kd_build(hone_view x, size_t n_nodes, double *rows, int32_t *order, double *boxes,
                          int32_t *least, const hone_monitor *mon, hone_error *err) {
    struct build b = {x, n_nodes, rows, boxes, order, least, NULL, mon};
    hone_status status = hone_new(&b.keys, x.rows, err);
    if (status)
        return status;
    for (size_t i = 0; i < x.rows; i++)
        order[i] = (int32_t)i;
    if (x.rows < LARGE || n_nodes <= TOP_NODES) {
        status = grow(&b, 0, 0, x.rows, n_nodes, err);
    } else {
        status = grow(&b, 0, 0, x.rows, TOP_NODES, err);
        if (status == HONE_OK)
            status = hone_parallel(TOP_NODES + 1, grow_part, &b, mon, err);
    }
    hone_release(b.keys);
    return status;
}
