/* ranks.c -- distances as ranks (nearest.h), many at a time: to sixteen rows side by side, to the
 * rows of a leaf, to a box.
 *
 * Each lane adds over the columns in their order, so that a pair has the same rank wherever it is
 * computed. Rounding is monotone, therefore the rank of a box, whose every term is at most that of
 * any row inside, is at most that row's rank as computed. (Not so pow(), hence a factor there.)
 * Cost: width operations a pair, eight pairs at a time. */
#include "linalg/nearest_impl.h"

#include "core/clones.h"

#include <math.h>

enum { LANES = 8, HALVES = HONE_TILE / LANES, ROWS = 3, MOST_STEPS = 16 };
static const double POW_SLACK = 1 - 1e-12;

/* Masks are made from signs: comparisons of vectors would be taken apart by the compiler. */
typedef int64_t bits __attribute__((vector_size(64)));
enum { SIGN = 63 };
static const int64_t NOT_A_NUMBER = 0x7ff0000000000001; /* the least of their bits */

/* sum <- the term of apart = x_j - r_j. */
HONE_INLINE void add_term(hone_rank_kind kind, const hone_f64x8 *apart, hone_f64x8 *sum) {
    const hone_f64x8 one = {1, 1, 1, 1, 1, 1, 1, 1};
    bits size = (bits)*apart & INT64_MAX, more;
    switch (kind) {
    case HONE_RANK_SQUARES:
        *sum += *apart * *apart;
        break;
    case HONE_RANK_ABSOLUTES:
        *sum += (hone_f64x8)size;
        break;
    case HONE_RANK_LARGEST:
        more = (bits)(*sum - (hone_f64x8)size) >> SIGN;
        *sum = (hone_f64x8)((size & more) | ((bits)*sum & ~more));
        break;
    default:
        *sum += (hone_f64x8)((bits)one & (-size >> SIGN));
    }
}

/* sum, both <- the term of a column and whether both have it. */
HONE_INLINE void add_gower(bool is_category, const hone_f64x8 *x, double r, hone_f64x8 *sum,
                           hone_f64x8 *both) {
    const hone_f64x8 one = {1, 1, 1, 1, 1, 1, 1, 1};
    bits size = (bits)(*x - r) & INT64_MAX, there = (size - NOT_A_NUMBER) >> SIGN;
    bits term = is_category ? (bits)one & (-size >> SIGN) : size;
    *sum += (hone_f64x8)(term & there);
    *both += (hone_f64x8)((bits)one & there);
}

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

/* ROWS x HONE_TILE ranks. */
HONE_INLINE void rank_rows(hone_rank_kind kind, size_t width, const double *tile,
                           const double *const row[ROWS], double *ranks) {
    const hone_f64x8_in_memory *x = (const hone_f64x8_in_memory *)tile;
    hone_f64x8_in_memory *out = (hone_f64x8_in_memory *)ranks;
    hone_f64x8 sum[ROWS][HALVES] = {{{0}}};
    for (size_t j = 0; j < width; j++)
        for (size_t r = 0; r < ROWS; r++)
            for (size_t h = 0; h < HALVES; h++) {
                hone_f64x8 apart = x[HALVES * j + h] - row[r][j];
                add_term(kind, &apart, &sum[r][h]);
            }
    for (size_t r = 0; r < ROWS; r++)
        for (size_t h = 0; h < HALVES; h++)
            out[HALVES * r + h] = sum[r][h];
}

HONE_INLINE void rank_all(hone_rank_kind kind, size_t width, const double *tile, const double *rows,
                          size_t count, double *ranks) {
    for (size_t i = 0; i < count; i += ROWS) {
        const double *row[ROWS]; /* the last one fills up */
        for (size_t r = 0; r < ROWS; r++)
            row[r] = rows + (i + r < count ? i + r : count - 1) * width;
        rank_rows(kind, width, tile, row, ranks + i * HONE_TILE);
    }
}

HONE_CLONES
static void sums_of_tile(hone_rank_kind kind, size_t width, const double *tile, const double *rows,
                         size_t count, double *ranks) {
    switch (kind) {
    case HONE_RANK_SQUARES:
        rank_all(HONE_RANK_SQUARES, width, tile, rows, count, ranks);
        break;
    case HONE_RANK_ABSOLUTES:
        rank_all(HONE_RANK_ABSOLUTES, width, tile, rows, count, ranks);
        break;
    case HONE_RANK_LARGEST:
        rank_all(HONE_RANK_LARGEST, width, tile, rows, count, ranks);
        break;
    default:
        rank_all(HONE_RANK_UNEQUAL, width, tile, rows, count, ranks);
    }
}

HONE_CLONES
static void gower_of_tile(const int32_t *is_category, size_t width, const double *tile,
                          const double *rows, size_t count, double *ranks) {
    const hone_f64x8_in_memory *x = (const hone_f64x8_in_memory *)tile;
    for (size_t i = 0; i < count * HALVES; i++) {
        const double *row = rows + i / HALVES * width;
        hone_f64x8 sum = {0}, both = {0};
        for (size_t j = 0; j < width; j++) {
            hone_f64x8 at = x[HALVES * j + i % HALVES];
            add_gower(is_category[j] != 0, &at, row[j], &sum, &both);
        }
        for (size_t l = 0; l < LANES; l++)
            ranks[i * LANES + l] = both[l] > 0 ? sum[l] / both[l] : (double)INFINITY;
    }
}

/* sum |x_j - r_j|^steps, eight at a time. */
HONE_CLONES
static void products_of_tile(int steps, size_t width, const double *tile, const double *rows,
                             size_t count, double *ranks) {
    const hone_f64x8_in_memory *x = (const hone_f64x8_in_memory *)tile;
    for (size_t i = 0; i < count * HALVES; i++) {
        const double *row = rows + i / HALVES * width;
        hone_f64x8 sum = {0};
        for (size_t j = 0; j < width; j++) {
            hone_f64x8 apart = x[HALVES * j + i % HALVES] - row[j];
            hone_f64x8 size = (hone_f64x8)((bits)apart & INT64_MAX), product = size;
            for (int s = 1; s < steps; s++)
                product *= size;
            sum += product;
        }
        *(hone_f64x8_in_memory *)(ranks + i * LANES) = sum;
    }
}

static void powers_of_tile(double p, size_t width, const double *tile, const double *rows,
                           size_t count, double *ranks) {
    int steps = steps_of(p);
    if (steps) {
        products_of_tile(steps, width, tile, rows, count, ranks);
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
        gower_of_tile(among->is_category, among->width, tile, rows, count, ranks);
    else
        sums_of_tile(among->kind, among->width, tile, rows, count, ranks);
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

HONE_INLINE void rank_leaf(hone_rank_kind kind, size_t width, const double *x, const double *leaf,
                           size_t count, double *ranks) {
    for (size_t i = 0; i < count; i += LANES) {
        hone_f64x8 sum = {0};
        for (size_t j = 0; j < width; j++) {
            hone_f64x8 apart = x[j] - *(const hone_f64x8_in_memory *)(leaf + j * count + i);
            add_term(kind, &apart, &sum);
        }
        *(hone_f64x8_in_memory *)(ranks + i) = sum;
    }
}

HONE_CLONES
static void sums_of_leaf(hone_rank_kind kind, size_t width, const double *x, const double *leaf,
                         size_t count, double *ranks) {
    switch (kind) {
    case HONE_RANK_SQUARES:
        rank_leaf(HONE_RANK_SQUARES, width, x, leaf, count, ranks);
        break;
    case HONE_RANK_ABSOLUTES:
        rank_leaf(HONE_RANK_ABSOLUTES, width, x, leaf, count, ranks);
        break;
    default:
        rank_leaf(HONE_RANK_LARGEST, width, x, leaf, count, ranks);
    }
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
        sums_of_leaf(among->kind, among->width, x, leaf, count, ranks);
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
