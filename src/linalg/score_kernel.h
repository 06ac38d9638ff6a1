/* score_kernel.h -- the product of screen.c for one size of vector registers: a text that screen.c
 * includes once for each size, with BYTES and NAMED(name) defined. */

typedef float NAMED(floats) __attribute__((vector_size(BYTES), aligned(4), may_alias));

/* SCORE_ROWS x HONE_TILE scores; the sums begin with -|r'|^2. Registers hold up to 12 vectors. */
HONE_INLINE void NAMED(score_rows)(size_t width, const float *const row[SCORE_ROWS],
                                   const float first[SCORE_ROWS], const float *tile,
                                   float *scores) {
    enum { LANES = BYTES / sizeof(float), VECTORS = BYTES == 64 ? 1 : 2 };
    for (size_t at = 0; at < HONE_TILE; at += VECTORS * LANES) {
        NAMED(floats) sum[SCORE_ROWS][VECTORS];
        for (size_t r = 0; r < SCORE_ROWS; r++)
            for (size_t v = 0; v < VECTORS; v++)
                sum[r][v] = (NAMED(floats)){0} + first[r];
        for (size_t j = 0; j < width; j++)
            for (size_t v = 0; v < VECTORS; v++) {
                const float *x = tile + j * HONE_TILE + at + v * LANES;
                for (size_t r = 0; r < SCORE_ROWS; r++)
                    sum[r][v] += row[r][j] * *(const NAMED(floats) *)x;
            }
        for (size_t r = 0; r < SCORE_ROWS; r++)
            for (size_t v = 0; v < VECTORS; v++)
                *(NAMED(floats) *)(scores + r * HONE_TILE + at + v * LANES) = sum[r][v];
    }
}

HONE_INLINE void NAMED(score_all)(size_t count, size_t width, const float *values,
                                  const float *squares, const float *tile, float *scores) {
    for (size_t i = 0; i < count; i += SCORE_ROWS) {
        const float *row[SCORE_ROWS]; /* the last one fills up */
        float first[SCORE_ROWS];
        for (size_t r = 0; r < SCORE_ROWS; r++) {
            size_t at = i + r < count ? i + r : count - 1;
            row[r] = values + at * width;
            first[r] = squares[at];
        }
        NAMED(score_rows)(width, row, first, tile, scores + i * HONE_TILE);
    }
}
