/* rank_kernel.h -- the kernels of ranks.c for one size of vector registers: a text that ranks.c
 * includes once for each size, with BYTES and NAMED(name) defined.
 *
 * Masks are made from signs: comparisons of vectors would be taken apart by the compiler. */

typedef double NAMED(reals) __attribute__((vector_size(BYTES), aligned(8), may_alias));
typedef int64_t NAMED(words) __attribute__((vector_size(BYTES)));

/* Numbers of a vector; vectors of a tile whose sums are kept at a time (12 for RANK_ROWS rows). */
enum { NAMED(LANES) = BYTES / 8, NAMED(VECTORS) = BYTES == 64 ? 2 : 4, NAMED(SIGN) = 63 };

/* sum <- the term of apart = x_j - r_j. */
HONE_INLINE void NAMED(add_term)(hone_rank_kind kind, const NAMED(reals) * apart,
                                 NAMED(reals) * sum) {
    const NAMED(reals) one = (NAMED(reals)){0} + 1;
    NAMED(words) size = (NAMED(words)) * apart & INT64_MAX, more;
    switch (kind) {
    case HONE_RANK_SQUARES:
        *sum += *apart * *apart;
        break;
    case HONE_RANK_ABSOLUTES:
        *sum += (NAMED(reals))size;
        break;
    case HONE_RANK_LARGEST:
        more = (NAMED(words))(*sum - (NAMED(reals))size) >> NAMED(SIGN);
        *sum = (NAMED(reals))((size & more) | ((NAMED(words)) * sum & ~more));
        break;
    default:
        *sum += (NAMED(reals))((NAMED(words))one & (-size >> NAMED(SIGN)));
    }
}

/* RANK_ROWS x HONE_TILE ranks. */
HONE_INLINE void NAMED(rank_rows)(hone_rank_kind kind, size_t width, const double *tile,
                                  const double *const row[RANK_ROWS], double *ranks) {
    for (size_t at = 0; at < HONE_TILE; at += NAMED(VECTORS) * NAMED(LANES)) {
        NAMED(reals) sum[RANK_ROWS][NAMED(VECTORS)] = {{{0}}};
        for (size_t j = 0; j < width; j++)
            for (size_t v = 0; v < NAMED(VECTORS); v++) {
                const double *x = tile + j * HONE_TILE + at + v * NAMED(LANES);
                for (size_t r = 0; r < RANK_ROWS; r++) {
                    NAMED(reals) apart = *(const NAMED(reals) *)x - row[r][j];
                    NAMED(add_term)(kind, &apart, &sum[r][v]);
                }
            }
        for (size_t r = 0; r < RANK_ROWS; r++)
            for (size_t v = 0; v < NAMED(VECTORS); v++)
                *(NAMED(reals) *)(ranks + r * HONE_TILE + at + v * NAMED(LANES)) = sum[r][v];
    }
}

HONE_INLINE void NAMED(rank_all)(hone_rank_kind kind, size_t width, const double *tile,
                                 const double *rows, size_t count, double *ranks) {
    for (size_t i = 0; i < count; i += RANK_ROWS) {
        const double *row[RANK_ROWS]; /* the last one fills up */
        for (size_t r = 0; r < RANK_ROWS; r++)
            row[r] = rows + (i + r < count ? i + r : count - 1) * width;
        NAMED(rank_rows)(kind, width, tile, row, ranks + i * HONE_TILE);
    }
}

HONE_INLINE void NAMED(sums_of_tile)(hone_rank_kind kind, size_t width, const double *tile,
                                     const double *rows, size_t count, double *ranks) {
    switch (kind) {
    case HONE_RANK_SQUARES:
        NAMED(rank_all)(HONE_RANK_SQUARES, width, tile, rows, count, ranks);
        break;
    case HONE_RANK_ABSOLUTES:
        NAMED(rank_all)(HONE_RANK_ABSOLUTES, width, tile, rows, count, ranks);
        break;
    case HONE_RANK_LARGEST:
        NAMED(rank_all)(HONE_RANK_LARGEST, width, tile, rows, count, ranks);
        break;
    default:
        NAMED(rank_all)(HONE_RANK_UNEQUAL, width, tile, rows, count, ranks);
    }
}

HONE_INLINE void NAMED(gower_of_tile)(const int32_t *is_category, size_t width, const double *tile,
                                      const double *rows, size_t count, double *ranks) {
    const NAMED(reals) one = (NAMED(reals)){0} + 1;
    for (size_t i = 0; i < count * HONE_TILE; i += NAMED(LANES)) {
        const double *row = rows + i / HONE_TILE * width, *x = tile + i % HONE_TILE;
        NAMED(reals) sum = {0}, both = {0};
        for (size_t j = 0; j < width; j++) {
            NAMED(reals) apart = *(const NAMED(reals) *)(x + j * HONE_TILE) - row[j];
            NAMED(words) size = (NAMED(words))apart & INT64_MAX;
            NAMED(words) there = (size - NOT_A_NUMBER) >> NAMED(SIGN);
            NAMED(words) unequal = (NAMED(words))one & (-size >> NAMED(SIGN));
            sum += (NAMED(reals))((is_category[j] ? unequal : size) & there);
            both += (NAMED(reals))((NAMED(words))one & there);
        }
        for (size_t l = 0; l < NAMED(LANES); l++)
            ranks[i + l] = both[l] > 0 ? sum[l] / both[l] : (double)INFINITY;
    }
}

/* sum |x_j - r_j|^steps. */
HONE_INLINE void NAMED(products_of_tile)(int steps, size_t width, const double *tile,
                                         const double *rows, size_t count, double *ranks) {
    for (size_t i = 0; i < count * HONE_TILE; i += NAMED(LANES)) {
        const double *row = rows + i / HONE_TILE * width, *x = tile + i % HONE_TILE;
        NAMED(reals) sum = {0};
        for (size_t j = 0; j < width; j++) {
            NAMED(reals) apart = *(const NAMED(reals) *)(x + j * HONE_TILE) - row[j];
            NAMED(reals) size = (NAMED(reals))((NAMED(words))apart & INT64_MAX), product = size;
            for (int s = 1; s < steps; s++)
                product *= size;
            sum += product;
        }
        *(NAMED(reals) *)(ranks + i) = sum;
    }
}

HONE_INLINE void NAMED(rank_leaf)(hone_rank_kind kind, size_t width, const double *x,
                                  const double *leaf, size_t count, double *ranks) {
    for (size_t i = 0; i < count; i += NAMED(LANES)) {
        NAMED(reals) sum = {0};
        for (size_t j = 0; j < width; j++) {
            NAMED(reals) apart = x[j] - *(const NAMED(reals) *)(leaf + j * count + i);
            NAMED(add_term)(kind, &apart, &sum);
        }
        *(NAMED(reals) *)(ranks + i) = sum;
    }
}

HONE_INLINE void NAMED(sums_of_leaf)(hone_rank_kind kind, size_t width, const double *x,
                                     const double *leaf, size_t count, double *ranks) {
    switch (kind) {
    case HONE_RANK_SQUARES:
        NAMED(rank_leaf)(HONE_RANK_SQUARES, width, x, leaf, count, ranks);
        break;
    case HONE_RANK_ABSOLUTES:
        NAMED(rank_leaf)(HONE_RANK_ABSOLUTES, width, x, leaf, count, ranks);
        break;
    default:
        NAMED(rank_leaf)(HONE_RANK_LARGEST, width, x, leaf, count, ranks);
    }
}
