/* section_confusion.c -- which classes are taken for which, model by model, and the recall and
 * precision of each class with Wilson's intervals. */
#include "report/page.h"

#include "core/alloc.h"

#include <hone/inference.h>

#include <math.h>

enum { CLASSES_SHOWN = 30 };

static bool applies(const hone_page *page) {
    bool labelled = false;
    for (size_t w = 0; w < page->n_whole; w++)
        labelled = labelled || page->report->models[page->whole[w]].label;
    return page->report->n_classes > 0 && page->report->n_classes <= CLASSES_SHOWN && labelled;
}

/* counts (k x k) of the page's rows. */
static void count(const hone_page *page, size_t model, double *counts) {
    const hone_report *report = page->report;
    const double *label = report->models[model].label;
    for (size_t i = 0; i < page->n_rows; i++) {
        size_t row = page->rows[i];
        size_t t = (size_t)report->truth[row], p = (size_t)label[row];
        counts[t * report->n_classes + p] += report->weight ? report->weight[row] : 1;
    }
}

static double sum_of(const double *at, size_t n, size_t step) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += at[i * step];
    return sum;
}

/* A cell coloured by its share of the row: right ones blue, wrong ones red. */
static void cell(hone_html_table *table, double value, double share, bool right) {
    fprintf(table->file, "<td style=\"background:rgba(%s,%d%%)\">",
            right ? "0,114,178" : "213,94,0", (int)(60 * share + 0.5));
    hone_html_count(table->file, value);
    fprintf(table->file, "<small>%d %%</small></td>", (int)(100 * share + 0.5));
    hone_html_record(table, hone_json_real(value));
}

static void write_matrix(hone_page *page, const char *name, const double *counts,
                         const char **titles) {
    const hone_report *report = page->report;
    size_t k = report->n_classes;
    hone_html_table table;
    titles[0] = "truth \\ predicted";
    for (size_t c = 0; c < k; c++)
        titles[1 + c] = report->classes[c];
    fputs("<div class=\"cells\">", page->file);
    hone_page_table(page, &table, name, titles, k + 1);
    for (size_t t = 0; t < k; t++) {
        double all = sum_of(counts + t * k, k, 1);
        hone_html_row(&table, report->classes[t], 0);
        for (size_t p = 0; p < k; p++)
            cell(&table, counts[t * k + p], all > 0 ? counts[t * k + p] / all : 0, t == p);
    }
    hone_html_table_end(&table);
    fputs("</div>\n", page->file);
}

/* hits of n with its interval where rows are counted, not weighed. */
static hone_status rate_cell(const hone_page *page, hone_html_table *table, double hits, double n,
                             hone_error *err) {
    hone_interval interval = {.low = NAN, .high = NAN};
    hone_status status = HONE_OK;
    if (!page->report->weight && n > 0)
        status = hone_proportion_interval(hits, n, false, 0.95, &interval, err);
    hone_html_cell_interval(table, hits / n, interval.low, interval.high, 4, NULL);
    return status;
}

static hone_status write_rates(hone_page *page, const double *counts, hone_error *err) {
    const char *const TITLES[] = {"class", "rows", "recall", "precision", "F1"};
    const hone_report *report = page->report;
    size_t k = report->n_classes;
    hone_html_table table;
    hone_status status = HONE_OK;
    hone_page_table(page, &table, "Classes, with Wilson's 95 % intervals", TITLES, 5);
    for (size_t c = 0; c < k && status == HONE_OK; c++) {
        double hits = counts[c * k + c], rows = sum_of(counts + c * k, k, 1),
               taken = sum_of(counts + c, k, k);
        hone_html_row(&table, report->classes[c], 0);
        hone_html_cell_count(&table, rows);
        status = rate_cell(page, &table, hits, rows, err);
        if (status == HONE_OK)
            status = rate_cell(page, &table, hits, taken, err);
        hone_html_cell_number(&table, 2 * hits / (rows + taken), 4, NULL);
    }
    hone_html_table_end(&table);
    return status;
}

static hone_status write_model(hone_page *page, size_t model, double *counts, const char **titles,
                               hone_error *err) {
    const hone_report_model *m = &page->report->models[model];
    size_t k = page->report->n_classes;
    for (size_t i = 0; i < k * k; i++)
        counts[i] = 0;
    count(page, model, counts);
    hone_html_element(page->file, "h3", m->name);
    fputs("<div class=\"figures\">\n", page->file);
    write_matrix(page, "Rows of each class by what was predicted", counts, titles);
    hone_status status = write_rates(page, counts, err);
    fputs("</div>\n", page->file);
    return status;
}

static hone_status write_confusion(hone_page *page, hone_error *err) {
    size_t k = page->report->n_classes, written = 0;
    double *counts = NULL;
    const char **titles = NULL;
    hone_status status = hone_new2(&counts, k, k, err);
    if (status == HONE_OK)
        status = hone_new(&titles, k + 1, err);
    if (status == HONE_OK)
        fprintf(page->file, "<p class=\"note\">Over %s. Percentages are of the row.</p>\n",
                hone_page_rows_in_words(page));
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++) {
        if (!page->report->models[page->whole[w]].label)
            continue;
        if (written++ == 2)
            hone_page_fold(page, "The other models");
        status = write_model(page, page->whole[w], counts, titles, err);
    }
    if (written > 2)
        hone_page_unfold(page);
    hone_release(counts);
    hone_release(titles);
    return status;
}

const hone_section hone_section_confusion = {"confusion", "Confusion", applies, write_confusion};
