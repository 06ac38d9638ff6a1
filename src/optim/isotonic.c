/* isotonic.c -- pool adjacent violators.
 *
 * A stack of blocks, each with the weighted mean of its rows; a new row is a block of its own, and
 * while the block below it is not smaller the two become one.
 * Cost: O(n) time (a row is pushed once, a block disappears once), 2 n words.
 * Reference: Barlow, Bartholomew, Bremner, Brunk 1972; Best & Chakravarti 1990. */
#include "optim/isotonic.h"

#include "core/alloc.h"

struct block {
    double sum, weight; /* of w y, of w */
    size_t end;         /* behind its last row */
};

static double mean(const struct block *b) {
    return b->sum / b->weight;
}

hone_status hone_isotonic(double *y, const double *weight, size_t n, hone_error *err) {
    struct block *blocks = NULL;
    size_t top = 0;
    hone_status status = hone_new(&blocks, n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        blocks[top++] = (struct block){w * y[i], w, i + 1};
        for (; top > 1 && mean(&blocks[top - 2]) >= mean(&blocks[top - 1]); top--) {
            blocks[top - 2].sum += blocks[top - 1].sum;
            blocks[top - 2].weight += blocks[top - 1].weight;
            blocks[top - 2].end = blocks[top - 1].end;
        }
    }
    for (size_t b = 0, i = 0; b < top; b++)
        for (double value = mean(&blocks[b]); i < blocks[b].end; i++)
            y[i] = value;
    hone_release(blocks);
    return HONE_OK;
}
