/* section_importance.c -- what the first metric loses when a column is dealt to other rows, the
 * most important columns first. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>

static bool applies(const hone_page *page) {
    return page->report->importance && page->report->importance_names;
}

/* A bar behind the number, as long as its share of the largest one. */
static void bar_cell(hone_html_table *table, double value, double most, int decimals) {
    char number[HONE_HTML_NUMBER];
    int share = most > 0 && value > 0 ? (int)lround(100 * value / most) : 0;
    fprintf(table->file,
            "<td class=\"n\" style=\"background:linear-gradient(to right,rgba(0,114,178,30%%) "
            "%d%%,transparent %d%%)\">%s</td>",
            share, share, hone_html_number(value, decimals, number));
    hone_html_record(table, hone_json_real(value));
}

/* order (n): places by their means, largest first; NaN last, equal ones as they stand. */
static void sort_places(const double *mean, size_t n, size_t *order) {
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && !isnan(mean[i]) && !(mean[order[at - 1]] >= mean[i]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* As many decimals as show the largest with four digits. */
static int decimals_for(double most) {
    int decimals = 4;
    for (double size = fabs(most); size > 0 && size < 0.1 && decimals < 9; size *= 10)
        decimals++;
    return decimals;
}

static hone_status write_section(hone_page *page, hone_error *err) {
    static const char *const TITLES[] = {"column", "lost", "low", "high", "deviation"};
    const hone_importance *found = page->report->importance;
    hone_html_table table;
    char caption[256];
    size_t *order = NULL;
    hone_status status = hone_new(&order, found->n, err);
    if (status != HONE_OK)
        return status;
    sort_places(found->mean, found->n, order);
    double most = found->n ? found->mean[order[0]] : 0;
    int decimals = decimals_for(most);
    snprintf(caption, sizeof caption,
             "%s lost when the values of a column are dealt to other rows, the mean of %zu deals "
             "with its %g %% interval and their standard deviation",
             page->report->metrics[0]->name, found->repeats, 100 * found->level);
    hone_page_table(page, &table, caption, TITLES, sizeof TITLES / sizeof *TITLES);
    for (size_t i = 0; i < found->n; i++) {
        size_t u = order[i];
        hone_html_row(&table, page->report->importance_names[u], 0);
        bar_cell(&table, found->mean[u], most, decimals);
        hone_html_cell_number(&table, found->low[u], decimals, NULL);
        hone_html_cell_number(&table, found->high[u], decimals, NULL);
        hone_html_cell_number(&table, found->sd[u], decimals, NULL);
    }
    hone_html_table_end(&table);
    hone_page_note(page, "The intervals are about the deals of these rows with this model, not "
                         "about other rows or another fit. Columns that tell the same stand in "
                         "for each other, so that each alone may look idle.");
    hone_release(order);
    return HONE_OK;
}

const hone_section hone_section_importance = {"importance", "What the model leans on", applies,
                                              write_section};
