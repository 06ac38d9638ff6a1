/* panels.h -- bins as the inner loops of boosting read them.
 *
 * Histograms take all columns of a row: columns are dealt into panels of at most 16, each with its
 * rows one after the other, so that a thread reads a panel of its own and the panel's histograms
 * stay in the first cache. A split asks one column of all rows: columns stand alone as well.
 * Shapes: panel p is rows x pitch[p] bytes, column j is `rows` bytes. */
#ifndef HONE_GBDT_PANELS_H
#define HONE_GBDT_PANELS_H

#include "classic/gbdt/binning.h"

enum { HONE_PANEL_COLUMNS = 16, HONE_BINS = 256 };

typedef struct hone_panel {
    size_t first, width; /* columns first .. first + width - 1 */
    size_t pitch;        /* bytes from row to row: 8 or 16 */
    uint8_t *bin;        /* rows x pitch */
} hone_panel;

typedef struct hone_panels {
    size_t rows, cols, n_panels;
    hone_panel *panel;     /* n_panels */
    uint8_t *block;        /* what all panels are cut from */
    uint8_t *column;       /* cols x rows */
    hone_bin_column *info; /* cols; taken from the bins */
    size_t *used;          /* cols: bins that rows have, the one of missing values too */
} hone_panels;

/* Rearranges bins, row order[i] (NULL: i) becomes row i. Takes the columns of `bins` and its
 * memory: *bins is NULL afterwards, also on failure. HONE_ENOMEM. O(rows x cols). */
HONE_NODISCARD hone_status hone_panels_make(hone_bins **bins, const uint32_t *order,
                                            const hone_monitor *mon, hone_panels *out,
                                            hone_error *err);
void hone_panels_clear(hone_panels *panels);

#endif
