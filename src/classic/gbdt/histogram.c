/* histogram.c -- see histogram.h. One addition of 64 bits for each row and column, into sums of a
 * panel that lie close together on the stack (32 kB); rows to come are asked for ahead of time. */
#include "classic/gbdt/histogram.h"

#include "core/clones.h"

#include <string.h>

enum { AHEAD = 24 };

/* ---- rows ------------------------------------------------------------------------------------ */

/* Compiled for each width, so that the loop over columns is straight code. */
HONE_INLINE void add_rows(const hone_panel *panel, const hone_node_rows *rows, size_t first,
                          size_t end, const size_t width, const size_t pitch,
                          uint64_t *restrict sum) {
    const uint8_t *bin = panel->bin;
    const uint32_t *row = rows->row;
    const uint64_t *word = rows->word;
    size_t safe = rows->n > AHEAD ? rows->n - AHEAD : 0;
    for (size_t i = first; i < end; i++) {
        const uint8_t *at = bin + row[i] * pitch;
        uint64_t w = word[row[i]];
        if (i < safe) {
            __builtin_prefetch(bin + row[i + AHEAD] * pitch);
            __builtin_prefetch(word + row[i + AHEAD]);
        }
#pragma GCC unroll 16
        for (size_t j = 0; j < width; j++)
            sum[j * HONE_BINS + at[j]] += w;
    }
}

#define WIDTH(w, pitch)                                   \
    case w:                                               \
        add_rows(panel, rows, first, end, w, pitch, sum); \
        break;
static void add_all_columns(const hone_panel *panel, const hone_node_rows *rows, size_t first,
                            size_t end, uint64_t *sum) {
    switch (panel->width) {
        WIDTH(1, 8)
        WIDTH(2, 8)
        WIDTH(3, 8)
        WIDTH(4, 8)
        WIDTH(5, 8)
        WIDTH(6, 8)
        WIDTH(7, 8)
        WIDTH(8, 8)
        WIDTH(9, 16)
        WIDTH(10, 16)
        WIDTH(11, 16)
        WIDTH(12, 16)
        WIDTH(13, 16)
        WIDTH(14, 16)
        WIDTH(15, 16)
        WIDTH(16, 16)
    }
}
#undef WIDTH

/* Where only some columns are asked for. */
static void add_some_columns(const hone_panel *panel, const size_t *list, size_t n,
                             const hone_node_rows *rows, size_t first, size_t end, uint64_t *sum) {
    for (size_t i = first; i < end; i++) {
        const uint8_t *at = panel->bin + rows->row[i] * panel->pitch;
        uint64_t w = rows->word[rows->row[i]];
        if (i + AHEAD < end)
            __builtin_prefetch(panel->bin + rows->row[i + AHEAD] * panel->pitch);
        for (size_t j = 0; j < n; j++)
            sum[list[j] * HONE_BINS + at[list[j]]] += w;
    }
}

/* ---- from the stack to where they stay ------------------------------------------------------- */

HONE_CLONES
static void histogram_widen(bool flat, uint64_t *restrict sum, size_t used, uint64_t *restrict to) {
    for (size_t b = 0; b < used; b++) {
        hone_sums s = hone_word_sums(flat, sum[b]);
        to[b] += (uint64_t)s.g;
        to[HONE_BINS + b] += (uint64_t)s.h << 32 | (uint64_t)s.rows;
        sum[b] = 0;
    }
}

static void begin_wide(const hone_panels *panels, const size_t *list, size_t n, size_t first,
                       uint64_t *to) {
    for (size_t k = 0; k < n; k++) {
        size_t j = first + list[k];
        memset(to + j * HONE_HISTOGRAM, 0, panels->used[j] * sizeof *to);
        memset(to + j * HONE_HISTOGRAM + HONE_BINS, 0, panels->used[j] * sizeof *to);
    }
}

void hone_histogram_sum(const hone_panels *panels, size_t number, const bool *use,
                        const hone_node_rows *rows, uint64_t *to) {
    _Alignas(64) uint64_t sum[HONE_PANEL_COLUMNS * HONE_BINS];
    const hone_panel *panel = panels->panel + number;
    bool wide = hone_is_wide(rows->layout, rows->n);
    size_t list[HONE_PANEL_COLUMNS], n = 0;
    for (size_t k = 0; k < panel->width; k++) {
        memset(sum + k * HONE_BINS, 0, panels->used[panel->first + k] * sizeof *sum);
        if (use[panel->first + k])
            list[n++] = k;
    }
    if (wide)
        begin_wide(panels, list, n, panel->first, to);
    for (size_t first = 0, end; first < rows->n && n > 0; first = end) {
        end = rows->n - first < rows->layout->most ? rows->n : first + rows->layout->most;
        if (4 * n > 3 * panel->width)
            add_all_columns(panel, rows, first, end, sum);
        else
            add_some_columns(panel, list, n, rows, first, end, sum);
        for (size_t k = 0; k < n && wide; k++) {
            size_t j = panel->first + list[k];
            histogram_widen(rows->layout->flat, sum + list[k] * HONE_BINS, panels->used[j],
                            to + j * HONE_HISTOGRAM);
        }
    }
    for (size_t k = 0; k < n && !wide; k++) {
        size_t j = panel->first + list[k];
        memcpy(to + j * HONE_HISTOGRAM, sum + list[k] * HONE_BINS, panels->used[j] * sizeof *sum);
    }
}

/* ---- differences ----------------------------------------------------------------------------- */

HONE_CLONES
static void histogram_less(uint64_t *restrict parent, const uint64_t *restrict child, size_t used) {
    for (size_t b = 0; b < used; b++)
        parent[b] -= child[b];
}

/* A wide one less a narrow one, which leaves a wide or (narrow) a narrow one. */
HONE_CLONES
static void histogram_less_narrow(bool flat, bool narrow, uint64_t *restrict parent,
                                  const uint64_t *restrict child, size_t used) {
    for (size_t b = 0; b < used; b++) {
        hone_sums s = hone_word_sums(flat, child[b]);
        parent[b] -= (uint64_t)s.g;
        parent[HONE_BINS + b] -= (uint64_t)s.h << 32 | (uint64_t)s.rows;
    }
    for (size_t b = 0; b < used && narrow; b++) {
        uint64_t both = parent[HONE_BINS + b];
        parent[b] = flat ? (parent[b] << 32) + (both & UINT32_MAX)
                         : (parent[b] << 37) + (both >> 32 << 15) + (both & UINT32_MAX);
    }
}

void hone_histogram_subtract(const hone_layout *layout, size_t used, uint64_t *parent, size_t n,
                             const uint64_t *child, size_t n_child) {
    bool wide = hone_is_wide(layout, n), wide_child = hone_is_wide(layout, n_child);
    if (wide && !wide_child) {
        histogram_less_narrow(layout->flat, !hone_is_wide(layout, n - n_child), parent, child,
                              used);
        return;
    }
    histogram_less(parent, child, used);
    if (wide)
        histogram_less(parent + HONE_BINS, child + HONE_BINS, used);
}
