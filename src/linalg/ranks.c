/* ranks.c -- distances as ranks (nearest.h), many at a time: to sixteen rows side by side, to the
 * rows of a leaf, to a box.
 *
 * Each lane adds over the columns in their order, so that a pair has the same rank wherever it is
 * computed. Rounding is monotone, therefore the rank of a box, whose every term is at most that of
 * any row inside, is at most that row's rank as computed. (Not so pow(), hence a factor there.)
 * Cost: width operations a pair, as many pairs at a time as fit into a register. */
#include "linalg/nearest_impl.h"

#include "core/clones.h"

#include <math.h>

enum { RANK_ROWS = 3, MOST_STEPS = 16 };
static const double POW_SLACK = 1 - 1e-12;

typedef int64_t bits __attribute__((vector_size(64)));
static const int64_t NOT_A_NUMBER = 0x7ff0000000000001; /* the least of their bits */

#define BYTES       64
#define NAMED(name) name##_64
#include "linalg/rank_kernel.h"
#undef BYTES
#undef NAMED
#define BYTES       32
#define NAMED(name) name##_32
#include "linalg/rank_kernel.h"
#undef BYTES
#undef NAMED
#define BYTES       16
#define NAMED(name) name##_16
#include "linalg/rank_kernel.h"
#undef BYTES
#undef NAMED

/* How often to multiply for the power p, where it is a small whole number; else 0. */
static int steps_of(double p) {
    return p <= MOST_STEPS && p == floor(p) ? (int)p : 0;
}

/* size^p, rounded as in the products of a tile. */
static double power(double size, double p) {
    int steps = steps_of(p);
    double product = size;
    for (int s = 1; s < steps; s++)
        product *= size;
    return steps ? product : pow(size, p);
}

/* ---- tiles ---------------------------------------------------------------------------------- */

HONE_CLONES
static void sums_of_tile(int bytes, hone_rank_kind kind, size_t width, const double *tile,
                         const double *rows, size_t count, double *ranks) {
    if (bytes == 64)
        sums_of_tile_64(kind, width, tile, rows, count, ranks);
    else if (bytes == 32)
        sums_of_tile_32(kind, width, tile, rows, count, ranks);
    else
        sums_of_tile_16(kind, width, tile, rows, count, ranks);
}

HONE_CLONES
static void gower_of_tile(int bytes, const int32_t *is_category, size_t width, const double *tile,
                          const double *rows, size_t count, double *ranks) {
    if (bytes == 64)
        gower_of_tile_64(is_category, width, tile, rows, count, ranks);
    else if (bytes == 32)
        gower_of_tile_32(is_category, width, tile, rows, count, ranks);
    else
        gower_of_tile_16(is_category, width, tile, rows, count, ranks);
}

HONE_CLONES
static void products_of_tile(int bytes, int steps, size_t width, const double *tile,
                             const double *rows, size_t count, double *ranks) {
    if (bytes == 64)
        products_of_tile_64(steps, width, tile, rows, count, ranks);
    else if (bytes == 32)
        products_of_tile_32(steps, width, tile, rows, count, ranks);
    else
        products_of_tile_16(steps, width, tile, rows, count, ranks);
}

static void powers_of_tile(double p, size_t width, const double *tile, const double *rows,
                           size_t count, double *ranks) {
    int steps = steps_of(p);
    if (steps) {
        products_of_tile(hone_vector_bytes(), steps, width, tile, rows, count, ranks);
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t l = 0; l < HONE_TILE; l++) {
            double sum = 0;
            for (size_t j = 0; j < width; j++)
                sum += pow(fabs(tile[j * HONE_TILE + l] - rows[i * width + j]), p);
            ranks[i * HONE_TILE + l] = sum;
        }
}

void hone_ranks_of_tile(const hone_near_rows *among, const double *tile, const double *rows,
                        size_t count, double *ranks) {
    if (among->kind == HONE_RANK_POWERS)
        powers_of_tile(among->p, among->width, tile, rows, count, ranks);
    else if (among->kind == HONE_RANK_GOWER)
        gower_of_tile(hone_vector_bytes(), among->is_category, among->width, tile, rows, count,
                      ranks);
    else
        sums_of_tile(hone_vector_bytes(), among->kind, among->width, tile, rows, count, ranks);
}

HONE_CLONES
static size_t below(const double *ranks, size_t count, const double *bound, uint32_t *hits) {
    const hone_f64x8_in_memory *at = (const hone_f64x8_in_memory *)ranks;
    const hone_f64x8_in_memory *limit = (const hone_f64x8_in_memory *)bound;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        bits set = (bits)(at[2 * i] - limit[0]) | (bits)(at[2 * i + 1] - limit[1]);
        int64_t any =
            ((set[0] | set[4]) | (set[1] | set[5])) | ((set[2] | set[6]) | (set[3] | set[7]));
        hits[n] = (uint32_t)i;
        n += any < 0;
    }
    return n;
}

size_t hone_ranks_below(const double *ranks, size_t count, const double *bound, uint32_t *hits) {
    return below(ranks, count, bound, hits);
}

/* ---- leaves and boxes ----------------------------------------------------------------------- */

HONE_CLONES
static void sums_of_leaf(int bytes, hone_rank_kind kind, size_t width, const double *x,
                         const double *leaf, size_t count, double *ranks) {
    if (bytes == 64)
        sums_of_leaf_64(kind, width, x, leaf, count, ranks);
    else if (bytes == 32)
        sums_of_leaf_32(kind, width, x, leaf, count, ranks);
    else
        sums_of_leaf_16(kind, width, x, leaf, count, ranks);
}

static void powers_of_leaf(double p, size_t width, const double *x, const double *leaf,
                           size_t count, double *ranks) {
    for (size_t i = 0; i < count; i++) {
        ranks[i] = 0;
        for (size_t j = 0; j < width; j++)
            ranks[i] += power(fabs(x[j] - leaf[j * count + i]), p);
    }
}

void hone_ranks_of_leaf(const hone_near_rows *among, const double *x, const double *leaf,
                        size_t count, double *ranks) {
    if (among->kind == HONE_RANK_POWERS)
        powers_of_leaf(among->p, among->width, x, leaf, count, ranks);
    else
        sums_of_leaf(hone_vector_bytes(), among->kind, among->width, x, leaf, count, ranks);
}

/* How far x lies outside of [low, high]. */
static inline double outside(double x, double low, double high) {
    double below = low - x, above = x - high, apart = below > above ? below : above;
    return apart > 0 ? apart : 0;
}

double hone_rank_of_box(const hone_near_rows *among, const double *x, const double *box) {
    size_t width = among->width;
    const double *low = box, *high = box + width;
    double rank = 0;
    switch (among->kind) {
    case HONE_RANK_SQUARES:
        for (size_t j = 0; j < width; j++) {
            double apart = outside(x[j], low[j], high[j]);
            rank += apart * apart;
        }
        return rank;
    case HONE_RANK_ABSOLUTES:
        for (size_t j = 0; j < width; j++)
            rank += outside(x[j], low[j], high[j]);
        return rank;
    case HONE_RANK_POWERS:
        for (size_t j = 0; j < width; j++)
            rank += power(outside(x[j], low[j], high[j]), among->p);
        return rank * POW_SLACK;
    default:
        for (size_t j = 0; j < width; j++)
            rank = fmax(rank, outside(x[j], low[j], high[j]));
        return rank;
    }
}
