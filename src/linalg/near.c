/* near.c -- the list of what has been found for one row: the first k by (rank, row) in a heap with
 * the last of them on top, or all below a bound.
 * Cost: O(log k) to take one, O(n log n) to put n in order, whatever ranks are equal. */
#include "linalg/nearest.h"

#include "core/alloc.h"

#include <math.h>

hone_near hone_near_first(size_t k, double *rank, int32_t *row) {
    return (hone_near){.room = k, .k = k, .bound = NAN, .rank = rank, .row = row};
}

hone_near hone_near_within(double rank) {
    return (hone_near){.bound = nextafter(rank, INFINITY)};
}

void hone_near_free(hone_near *near) {
    if (near->k > 0)
        return;
    hone_release(near->rank);
    hone_release(near->row);
    *near = (hone_near){.bound = near->bound};
}

/* Does place a come after place b? */
static bool after(const hone_near *near, size_t a, size_t b) {
    return near->rank[a] > near->rank[b] ||
           (near->rank[a] == near->rank[b] && near->row[a] > near->row[b]);
}

static void swap(hone_near *near, size_t a, size_t b) {
    double rank = near->rank[a];
    int32_t row = near->row[a];
    near->rank[a] = near->rank[b], near->row[a] = near->row[b];
    near->rank[b] = rank, near->row[b] = row;
}

static void sift_down(hone_near *near, size_t at, size_t n) {
    for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && after(near, child + 1, child))
            child++;
        if (!after(near, child, at))
            return;
        swap(near, at, child);
        at = child;
    }
}

static void sift_up(hone_near *near, size_t at) {
    for (; at > 0 && after(near, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(near, at, (at - 1) / 2);
}

static hone_status make_room(hone_near *near, hone_error *err) {
    size_t room = near->room ? 2 * near->room : 16;
    hone_status status = hone_grow(&near->rank, near->room, room, err);
    if (status == HONE_OK)
        status = hone_grow(&near->row, near->room, room, err);
    if (status == HONE_OK)
        near->room = room;
    return status;
}

hone_status hone_near_offer(hone_near *near, double rank, int32_t row, hone_error *err) {
    if (!hone_near_wants(near, rank, row))
        return HONE_OK;
    if (near->k > 0 && near->n == near->k) {
        near->rank[0] = rank, near->row[0] = row;
        sift_down(near, 0, near->n);
        near->bound = near->rank[0];
        return HONE_OK;
    }
    hone_status status = near->n == near->room ? make_room(near, err) : HONE_OK;
    if (status)
        return status;
    near->rank[near->n] = rank, near->row[near->n] = row;
    if (near->k > 0)
        sift_up(near, near->n);
    if (++near->n == near->k)
        near->bound = near->rank[0];
    return HONE_OK;
}

void hone_near_sort(hone_near *near) {
    for (size_t i = near->n / 2; near->k == 0 && i-- > 0;)
        sift_down(near, i, near->n);
    for (size_t n = near->n; n > 1; n--) {
        swap(near, 0, n - 1);
        sift_down(near, 0, n - 1);
    }
}
