/* cut.c -- rows cut into pieces by the counts alone, so that sums over rows have one order. */
#include "linalg/linalg.h"

#define CHUNK_WORK ((size_t)1 << 18) /* multiplications worth a thread's trouble: about 50 us */
#define LEAST_ROWS ((size_t)64)      /* fewer make BLAS slow */

hone_cut hone_cut_rows(size_t rows, size_t row_work, size_t max_chunks) {
    if (rows == 0)
        return (hone_cut){0};
    size_t least = CHUNK_WORK / (row_work ? row_work : 1) + 1;
    size_t chunks = rows / least;
    if (chunks > max_chunks)
        chunks = max_chunks;
    if (chunks == 0)
        chunks = 1;
    size_t chunk_rows = (rows - 1) / chunks + 1;
    return (hone_cut){rows, (rows - 1) / chunk_rows + 1, chunk_rows};
}

size_t hone_block_rows(size_t m, size_t bytes) {
    size_t rows = bytes / sizeof(double) / (m ? m : 1);
    return rows < LEAST_ROWS ? LEAST_ROWS : rows;
}
