/* nearest.c -- near rows by looking at all of them: 16 rows of x against blocks of the others.
 *
 * For squares, scores in single precision (screen.h) first tell which pairs may be near; only their
 * ranks are computed, in double precision. Where most of that is in vain (rows that are all equally
 * far) or single precision does not reach, every rank is computed at once instead.
 * What is found is the same either way. Rows are offered in their order, so that of equal ranks
 * the first ones are taken, and further ones cost nothing.
 * Cost: 2 width flops a pair, in single precision; memory for one block. */
#include "linalg/nearest_impl.h"
#include "linalg/screen.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

enum {
    SPARE = 8,       /* rows that kernels may write beyond the last */
    MOST_ROWS = 256, /* of a block */
    LEAST_ROWS = 16,
    BLOCK_NUMBERS = 1 << 14, /* of a block, to stay in the first-level cache */
    GROUP_NUMBERS = 1 << 15, /* of the tiles that take turns with a block */
    SCREEN_WIDTH = 5,        /* below: the ranks cost no more than the scores */
    IN_VAIN = 8              /* screening stops when one pair of so many is looked at in vain */
};

/* 16 rows of x and what is known of them. */
struct tile {
    double *x;     /* width x HONE_TILE */
    float *around; /* the same for screening, or NULL */
    double lengths[HONE_TILE], bounds[HONE_TILE];
    float least[HONE_TILE];
    hone_near *found; /* n */
    size_t n;         /* rows that are there */
    bool screened;
};

/* Owns its arrays. */
struct work {
    const hone_near_rows *among;
    size_t n_tiles, most_rows;
    struct tile *tiles;
    double *x, *ranks;
    float *around, *scores;
    uint32_t *hits;
    hone_screen_rows screen;
};

static size_t within(size_t low, size_t value, size_t high) {
    return value < low ? low : value > high ? high : value;
}

static void work_free(struct work *w) {
    hone_release(w->tiles);
    hone_release(w->x);
    hone_release(w->ranks);
    hone_release(w->around);
    hone_release(w->scores);
    hone_release(w->hits);
    hone_release(w->screen.values);
    hone_release(w->screen.squares);
}

static hone_status screen_make(struct work *w, hone_error *err) {
    size_t rows = w->most_rows + SPARE;
    hone_status status;
    if ((status = hone_new2(&w->around, w->n_tiles * HONE_TILE, w->among->width, err)) ||
        (status = hone_new2(&w->scores, rows, HONE_TILE, err)) ||
        (status = hone_new2(&w->screen.values, rows, w->among->width, err)))
        return status;
    return hone_new(&w->screen.squares, rows, err);
}

static hone_status work_make(const hone_near_rows *among, size_t rows, struct work *w,
                             hone_error *err) {
    size_t width = among->width, all = (rows + HONE_TILE - 1) / HONE_TILE;
    w->among = among;
    w->n_tiles = within(1, GROUP_NUMBERS / (HONE_TILE * width), all);
    w->most_rows = within(LEAST_ROWS, BLOCK_NUMBERS / width, MOST_ROWS);
    bool screened = among->kind == HONE_RANK_SQUARES && width >= SCREEN_WIDTH;
    hone_status status;
    if ((status = hone_new(&w->tiles, w->n_tiles, err)) ||
        (status = hone_new2(&w->x, w->n_tiles * HONE_TILE, width, err)) ||
        (status = hone_new2(&w->ranks, w->most_rows + SPARE, HONE_TILE, err)) ||
        (status = hone_new(&w->hits, w->most_rows + SPARE, err)))
        return status;
    return screened ? screen_make(w, err) : HONE_OK;
}

/* Tile t of the work holds the first rows of x. */
static void tile_fill(struct work *w, size_t t, hone_view x, hone_near *found) {
    size_t width = w->among->width;
    struct tile *tile = &w->tiles[t];
    tile->x = w->x + t * HONE_TILE * width;
    tile->found = found;
    tile->n = x.rows < HONE_TILE ? x.rows : HONE_TILE;
    for (size_t l = 0; l < HONE_TILE; l++) {
        const double *row = hone_view_row(x, l < tile->n ? l : tile->n - 1);
        for (size_t j = 0; j < width; j++)
            tile->x[j * HONE_TILE + l] = row[j];
        tile->bounds[l] = l < tile->n ? found[l].bound : -INFINITY;
    }
    tile->screened = w->around != NULL;
    if (tile->screened) {
        tile->around = w->around + t * HONE_TILE * width;
        hone_screen_tile(width, tile->x, w->among->center, tile->around, tile->lengths);
    }
}

/* ---- one tile against one block ------------------------------------------------------------- */

/* Rows of the block with a rank that is wanted to w->hits: all while bounds are missing. */
static size_t candidates(const struct work *w, const struct tile *tile, size_t count) {
    for (size_t l = 0; l < HONE_TILE; l++)
        if (isnan(tile->bounds[l])) {
            for (size_t i = 0; i < count; i++)
                w->hits[i] = (uint32_t)i;
            return count;
        }
    return hone_ranks_below(w->ranks, count, tile->bounds, w->hits);
}

static hone_status rank_block(struct work *w, struct tile *tile, size_t first, size_t count,
                              hone_error *err) {
    hone_status status = HONE_OK;
    hone_ranks_of_tile(w->among, tile->x, w->among->rows + first * w->among->width, count,
                       w->ranks);
    size_t n = candidates(w, tile, count);
    for (size_t h = 0; h < n; h++)
        for (size_t l = 0; l < tile->n && status == HONE_OK; l++) {
            double rank = w->ranks[w->hits[h] * HONE_TILE + l];
            if (rank >= tile->bounds[l])
                continue;
            status = hone_near_offer(&tile->found[l], rank, (int32_t)(first + w->hits[h]), err);
            tile->bounds[l] = tile->found[l].bound;
        }
    return status;
}

/* The rank of lane l of a tile and a row. */
static double rank_of(size_t width, const double *tile, size_t l, const double *row) {
    double sum = 0;
    for (size_t j = 0; j < width; j++) {
        double apart = tile[j * HONE_TILE + l] - row[j];
        sum += apart * apart;
    }
    return sum;
}

static void set_least(const struct work *w, struct tile *tile, size_t l) {
    tile->bounds[l] = tile->found[l].bound;
    tile->least[l] =
        hone_screen_least(w->among->width, tile->lengths[l], w->screen.longest, tile->bounds[l]);
}

/* Is every lane's score to be relied on? Sets what the scores have to reach. */
static bool ready(const struct work *w, struct tile *tile) {
    bool serves = true;
    for (size_t l = 0; l < HONE_TILE; l++)
        tile->least[l] = INFINITY;
    for (size_t l = 0; l < tile->n && serves; l++) {
        serves = hone_screen_serves(w->among->width, tile->lengths[l], w->screen.longest);
        set_least(w, tile, l);
    }
    return serves;
}

static hone_status screen_block(struct work *w, struct tile *tile, size_t first, size_t count,
                                hone_error *err) {
    const hone_near_rows *among = w->among;
    size_t in_vain = 0;
    hone_status status = HONE_OK;
    hone_screen_scores(&w->screen, tile->around, w->scores);
    size_t n = hone_screen_hits(w->scores, count, tile->least, w->hits);
    for (size_t h = 0; h < n; h++) {
        const float *score = w->scores + w->hits[h] * HONE_TILE;
        size_t row = first + w->hits[h];
        for (size_t l = 0; l < tile->n && status == HONE_OK; l++) {
            if (score[l] < tile->least[l])
                continue;
            double rank = rank_of(among->width, tile->x, l, among->rows + row * among->width);
            if (rank >= tile->bounds[l]) {
                in_vain++;
                continue;
            }
            status = hone_near_offer(&tile->found[l], rank, (int32_t)row, err);
            set_least(w, tile, l);
        }
    }
    tile->screened = in_vain * IN_VAIN < count * HONE_TILE;
    return status;
}

/* Blocks grow with what is known: the first rows are taken whatever they are. */
static hone_status search_group(struct work *w, size_t n_tiles, hone_error *err) {
    const hone_near_rows *among = w->among;
    hone_status status = HONE_OK;
    for (size_t first = 0, count; first < among->n && status == HONE_OK; first += count) {
        count = within(LEAST_ROWS, first, w->most_rows);
        count = count < among->n - first ? count : among->n - first;
        if (w->around)
            hone_screen_fill(among->rows + first * among->width, count, among->width, among->center,
                             &w->screen);
        for (size_t t = 0; t < n_tiles && status == HONE_OK; t++) {
            struct tile *tile = &w->tiles[t];
            bool screened = tile->screened && ready(w, tile);
            status = (screened ? screen_block : rank_block)(w, tile, first, count, err);
        }
    }
    return status;
}

static hone_status search_all(const hone_near_rows *among, hone_view x, hone_near *found,
                              hone_error *err) {
    struct work w = {0};
    hone_status status = work_make(among, x.rows, &w, err);
    size_t group = w.n_tiles * HONE_TILE;
    for (size_t first = 0; first < x.rows && status == HONE_OK; first += group) {
        hone_view rows = hone_view_rows(x, first, x.rows - first < group ? x.rows - first : group);
        size_t tiles = (rows.rows + HONE_TILE - 1) / HONE_TILE;
        for (size_t t = 0; t < tiles; t++) {
            size_t at = t * HONE_TILE;
            tile_fill(&w, t, hone_view_rows(rows, at, rows.rows - at), found + first + at);
        }
        status = search_group(&w, tiles, err);
    }
    work_free(&w);
    return status;
}

hone_status hone_near_search(const hone_near_rows *among, hone_view x, hone_near *found,
                             hone_error *err) {
    if (x.rows == 0 || among->n == 0)
        return HONE_OK;
    return (among->n_nodes > 0 ? hone_kd_search : search_all)(among, x, found, err);
}
