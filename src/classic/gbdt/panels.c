/* panels.c -- see panels.h. Both copies are made in one pass over blocks of 64 rows, whose bins
 * stay in the first cache meanwhile. */
#include "classic/gbdt/panels.h"

#include "core/alloc.h"
#include "core/parallel.h"
#include "linalg/linalg.h"

#include <string.h>

enum { BLOCK = 64, MOST_CHUNKS = 64 };

/* At least two panels, so that two threads have work; an even number of them where there are many.
 */
static size_t panels_for(size_t cols) {
    size_t n = (cols + HONE_PANEL_COLUMNS - 1) / HONE_PANEL_COLUMNS;
    return cols < 2 ? cols : n + n % 2;
}

static hone_status lay_out(hone_panels *p, hone_error *err) {
    size_t bytes = 0;
    hone_status status;
    p->n_panels = panels_for(p->cols);
    if ((status = hone_new(&p->panel, p->n_panels, err)) != HONE_OK ||
        (status = hone_new(&p->used, p->cols, err)) != HONE_OK ||
        (status = hone_new2(&p->column, p->cols, p->rows, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < p->n_panels; i++) {
        hone_panel *panel = p->panel + i;
        panel->first = i * p->cols / p->n_panels;
        panel->width = (i + 1) * p->cols / p->n_panels - panel->first;
        panel->pitch = panel->width <= 8 ? 8 : 16;
        bytes += panel->pitch;
    }
    if ((status = hone_new2(&p->block, p->rows, bytes, err)) != HONE_OK)
        return status;
    uint8_t *at = p->block;
    for (size_t i = 0; i < p->n_panels; at += p->rows * p->panel[i].pitch, i++)
        p->panel[i].bin = at;
    for (size_t j = 0; j < p->cols; j++)
        p->used[j] = p->info[j].n_bins + p->info[j].missing;
    return HONE_OK;
}

struct job {
    const hone_bins *bins;
    const uint32_t *order;
    hone_panels *panels;
    hone_cut cut;
};

static void move_block(const struct job *job, size_t first, size_t n) {
    const hone_bins *bins = job->bins;
    hone_panels *p = job->panels;
    const uint8_t *row[BLOCK];
    for (size_t i = 0; i < n; i++)
        row[i] = bins->bin + (job->order ? job->order[first + i] : first + i) * bins->stride;
    for (size_t k = 0; k < p->n_panels; k++) {
        const hone_panel *panel = p->panel + k;
        for (size_t i = 0; i < n; i++)
            memcpy(panel->bin + (first + i) * panel->pitch, row[i] + panel->first, panel->width);
    }
    for (size_t j = 0; j < p->cols; j++) {
        uint8_t *to = p->column + j * p->rows + first;
        for (size_t i = 0; i < n; i++)
            to[i] = row[i][j];
    }
}

static hone_status move_chunk(void *context, size_t chunk, hone_error *err) {
    const struct job *job = context;
    size_t end = hone_cut_first(job->cut, chunk + 1);
    (void)err;
    for (size_t i = hone_cut_first(job->cut, chunk); i < end; i += BLOCK)
        move_block(job, i, end - i < BLOCK ? end - i : BLOCK);
    return HONE_OK;
}

hone_status hone_panels_make(hone_bins **bins, const uint32_t *order, const hone_monitor *mon,
                             hone_panels *out, hone_error *err) {
    hone_bins *from = *bins;
    *out = (hone_panels){.rows = from->rows, .cols = from->cols, .info = from->column};
    from->column = NULL;
    hone_status status = lay_out(out, err);
    if (status == HONE_OK) {
        struct job job = {from, order, out, hone_cut_rows(out->rows, 2 * out->cols, MOST_CHUNKS)};
        status = hone_parallel(job.cut.chunks, move_chunk, &job, mon, err);
    }
    hone_bins_free(from);
    *bins = NULL;
    return status;
}

void hone_panels_clear(hone_panels *panels) {
    for (size_t j = 0; panels->info != NULL && j < panels->cols; j++) {
        hone_release(panels->info[j].upper);
        hone_release(panels->info[j].code);
    }
    hone_release(panels->info);
    hone_release(panels->panel);
    hone_release(panels->block);
    hone_release(panels->column);
    hone_release(panels->used);
    *panels = (hone_panels){0};
}
