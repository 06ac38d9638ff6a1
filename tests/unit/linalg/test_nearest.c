/* The near rows: every way of searching against plain sorting of all ranks. */
#include "linalg/nearest.h"

#include "core/alloc.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { QUERIES = 37 };

/* What the numbers look like. */
enum shape { NORMAL, LATTICE, EQUAL, FAR, CLOSE, HUGE_VALUES, TINY, HOLES, SHAPES };

static double draw(hone_rng *rng, enum shape shape) {
    switch (shape) {
    case LATTICE:
        return floor(3 * hone_rng_uniform(rng)) / 10;
    case EQUAL:
        return 0.3;
    case FAR:
        return 1e7 + hone_rng_normal(rng);
    case CLOSE: /* closer than single precision can tell, once the center is far */
        return 3 + 1e-5 * hone_rng_normal(rng);
    case HUGE_VALUES:
        return 1e30 * hone_rng_normal(rng);
    case TINY:
        return 1e-30 * hone_rng_normal(rng);
    case HOLES:
        return hone_rng_uniform(rng) < 0.3 ? NAN : floor(4 * hone_rng_uniform(rng)) / 4;
    default:
        return hone_rng_normal(rng);
    }
}

static double *numbers(size_t n, enum shape shape, uint64_t seed) {
    double *x = calloc(n, sizeof *x);
    hone_rng rng = hone_rng_at(seed, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = draw(&rng, shape);
    return x;
}

/* Whole powers are products. */
static double power(double size, double p) {
    return p == 3 ? size * size * size : pow(size, p);
}

static double rank_of(const hone_near_rows *among, const double *x, const double *r) {
    double sum = 0, both = 0;
    for (size_t j = 0; j < among->width; j++) {
        double apart = fabs(x[j] - r[j]);
        switch (among->kind) {
        case HONE_RANK_SQUARES:
            sum += apart * apart;
            break;
        case HONE_RANK_ABSOLUTES:
            sum += apart;
            break;
        case HONE_RANK_POWERS:
            sum += power(apart, among->p);
            break;
        case HONE_RANK_LARGEST:
            sum = fmax(sum, apart);
            break;
        case HONE_RANK_UNEQUAL:
            sum += apart > 0;
            break;
        case HONE_RANK_GOWER:
            both += !isnan(apart);
            sum += isnan(apart) ? 0 : among->is_category[j] ? apart > 0 : apart;
        }
    }
    return among->kind != HONE_RANK_GOWER ? sum : both > 0 ? sum / both : (double)INFINITY;
}

struct pair {
    double rank;
    int32_t row;
};

static int in_order(const void *a, const void *b) {
    const struct pair *x = a, *y = b;
    int ranks = (x->rank > y->rank) - (x->rank < y->rank);
    return ranks ? ranks : (x->row > y->row) - (x->row < y->row);
}

/* All rows in the order of their distance to x. */
static struct pair *sorted(const hone_near_rows *among, const double *rows, const double *x) {
    struct pair *all = calloc(among->n, sizeof *all);
    for (size_t i = 0; i < among->n; i++)
        all[i] = (struct pair){rank_of(among, x, rows + i * among->width), (int32_t)i};
    qsort(all, among->n, sizeof *all, in_order);
    return all;
}

/* Both ways of asking about rows x, to the bit. */
static void check(const hone_near_rows *among, const double *rows, const double *x, size_t k) {
    double *rank = calloc(QUERIES * k, sizeof *rank);
    int32_t *row = calloc(QUERIES * k, sizeof *row);
    hone_near first[QUERIES], within[QUERIES];
    hone_view queries = hone_view_of(x, QUERIES, among->width);
    struct pair *want[QUERIES];
    for (size_t i = 0; i < QUERIES; i++) {
        want[i] = sorted(among, rows, x + i * among->width);
        first[i] = hone_near_first(k, rank + i * k, row + i * k);
        within[i] = hone_near_within(want[i][k / 2].rank);
    }
    cr_assert_eq(hone_near_search(among, queries, first, NULL), HONE_OK);
    cr_assert_eq(hone_near_search(among, queries, within, NULL), HONE_OK);
    for (size_t i = 0; i < QUERIES; i++) {
        size_t inside = 0;
        while (inside < among->n && want[i][inside].rank <= want[i][k / 2].rank &&
               isfinite(want[i][inside].rank))
            inside++;
        hone_near_sort(&first[i]);
        hone_near_sort(&within[i]);
        cr_assert_eq(first[i].n, k);
        cr_assert_eq(within[i].n, inside, "kind %d: %zu within, not %zu", among->kind, within[i].n,
                     inside);
        for (size_t j = 0; j < k; j++)
            cr_assert(first[i].rank[j] == want[i][j].rank && first[i].row[j] == want[i][j].row,
                      "kind %d, %zu x %zu: place %zu is row %d at %.17g, not %d at %.17g",
                      among->kind, among->n, among->width, j, first[i].row[j], first[i].rank[j],
                      want[i][j].row, want[i][j].rank);
        for (size_t j = 0; j < inside; j++)
            cr_assert(within[i].rank[j] == want[i][j].rank && within[i].row[j] == want[i][j].row);
        hone_near_free(&within[i]);
        free(want[i]);
    }
    free(rank), free(row);
}

/* The same rows, once plain and, where there can be one, once in a tree. */
static void check_power(hone_rank_kind kind, double p, enum shape shape, size_t n, size_t width,
                        size_t k, size_t leaf_size) {
    double *rows = numbers(n * width, shape, 1), *x = numbers(QUERIES * width, shape, 2);
    double *center = calloc(width, sizeof *center);
    int32_t *is_category = calloc(width, sizeof *is_category);
    for (size_t j = 0; j < width; j++)
        center[j] = shape == CLOSE ? 0 : rows[j], is_category[j] = j % 3 == 0;
    hone_near_rows among = {.kind = kind,
                            .p = p,
                            .is_category = is_category,
                            .n = n,
                            .width = width,
                            .rows = rows,
                            .center = center};
    check(&among, rows, x, k);
    if (kind != HONE_RANK_UNEQUAL && kind != HONE_RANK_GOWER) {
        size_t nodes = hone_kd_nodes(n, leaf_size);
        double *leaves = calloc(n * width + HONE_KD_SPARE, sizeof *leaves);
        double *boxes = calloc(nodes * 2 * width, sizeof *boxes);
        int32_t *order = calloc(n, sizeof *order), *least = calloc(nodes, sizeof *least);
        cr_assert_eq(hone_kd_build(hone_view_of(rows, n, width), nodes, leaves, order, boxes, least,
                                   NULL, NULL),
                     HONE_OK);
        among.rows = leaves, among.n_nodes = nodes;
        among.order = order, among.boxes = boxes, among.least = least;
        check(&among, rows, x, k);
        free(leaves), free(boxes), free(order), free(least);
    }
    free(rows), free(x), free(center), free(is_category);
}

static void check_ways(hone_rank_kind kind, enum shape shape, size_t n, size_t width, size_t k,
                       size_t leaf_size) {
    check_power(kind, 3, shape, n, width, k, leaf_size);
    if (kind == HONE_RANK_POWERS)
        check_power(kind, 1.5, shape, n, width, k, leaf_size);
}

Test(nearest, is_what_sorting_gives) {
    for (int kind = HONE_RANK_SQUARES; kind <= HONE_RANK_GOWER; kind++)
        for (int shape = NORMAL; shape < SHAPES; shape++) {
            if (shape == HOLES && kind != HONE_RANK_GOWER)
                continue;
            check_ways((hone_rank_kind)kind, (enum shape)shape, 700, 3, 5, 30);
            check_ways((hone_rank_kind)kind, (enum shape)shape, 601, 17, 9, 8);
        }
}

Test(nearest, of_few_rows_and_of_all) {
    for (int kind = HONE_RANK_SQUARES; kind <= HONE_RANK_GOWER; kind++) {
        check_ways((hone_rank_kind)kind, NORMAL, 1, 1, 1, 1);
        check_ways((hone_rank_kind)kind, NORMAL, 3, 6, 3, 1);
        check_ways((hone_rank_kind)kind, LATTICE, 50, 40, 50, 4);
        check_ways((hone_rank_kind)kind, LATTICE, 333, 1, 17, 1);
    }
    check_ways(HONE_RANK_SQUARES, NORMAL, 40, 20000, 3, 30);
}

/* Rows that are all alike cost no more than others in a tree: a search that looked at every row
 * for every row would take minutes. */
Test(nearest, equal_rows_are_no_trap, .timeout = 20) {
    enum { N = 200000, WIDTH = 2, K = 5 };
    double *x = numbers(N * WIDTH, EQUAL, 1), *rank = calloc(N * K, sizeof *rank);
    int32_t *row = calloc(N * K, sizeof *row);
    hone_near *found = calloc(N, sizeof *found);
    size_t nodes = hone_kd_nodes(N, 30);
    double *leaves = calloc(N * WIDTH + HONE_KD_SPARE, sizeof *leaves);
    double *boxes = calloc(nodes * 2 * WIDTH, sizeof *boxes);
    int32_t *order = calloc(N, sizeof *order), *least = calloc(nodes, sizeof *least);
    hone_view view = hone_view_of(x, N, WIDTH);
    cr_assert_eq(hone_kd_build(view, nodes, leaves, order, boxes, least, NULL, NULL), HONE_OK);
    hone_near_rows among = {.kind = HONE_RANK_SQUARES,
                            .n = N,
                            .width = WIDTH,
                            .rows = leaves,
                            .n_nodes = nodes,
                            .order = order,
                            .boxes = boxes,
                            .least = least};
    for (size_t i = 0; i < N; i++)
        found[i] = hone_near_first(K, rank + i * K, row + i * K);
    cr_assert_eq(hone_near_search(&among, view, found, NULL), HONE_OK);
    for (size_t i = 0; i < N; i++) {
        hone_near_sort(&found[i]);
        for (int32_t j = 0; j < K; j++)
            cr_assert(found[i].row[j] == j && found[i].rank[j] == 0);
    }
    free(x), free(rank), free(row), free(found);
    free(leaves), free(boxes), free(order), free(least);
}

Test(nearest, failing_allocations_leak_nothing) {
    double *x = numbers(40 * 6, NORMAL, 3), center[6] = {0};
    hone_near_rows among = {
        .kind = HONE_RANK_SQUARES, .n = 40, .width = 6, .rows = x, .center = center};
    long before = hone_alloc_live();
    for (long at = 1, done = 0; !done; at++) {
        hone_near all = hone_near_within(1e6);
        hone_alloc_fail_at(at, 1);
        hone_status status = hone_near_search(&among, hone_view_of(x, 1, 6), &all, NULL);
        hone_alloc_fail_at(0, 0);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert(status || all.n == 40);
        hone_near_free(&all);
        cr_assert_eq(hone_alloc_live(), before);
        done = status == HONE_OK;
    }
    free(x);
}
