/* section_data.c -- the data card: what the models were given. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>

enum { COLUMNS_SHOWN = 200, CLASSES_SHOWN = 40 };

static bool applies(const hone_page *page) {
    return page->report->data || page->report->n_classes;
}

/* ---- classes --------------------------------------------------------------------------------- */

static hone_status write_classes(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    const char *const TITLES[] = {"class", "rows", "share, %"};
    size_t k = report->n_classes, shown = k < CLASSES_SHOWN ? k : CLASSES_SHOWN;
    double *counts = NULL;
    hone_html_table table;
    hone_status status = hone_new(&counts, k, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < report->n; i++)
        counts[(size_t)report->truth[i]]++;
    fputs("<div class=\"share\" aria-hidden=\"true\">", page->file);
    for (size_t c = 0; c < shown; c++) {
        char width[HONE_HTML_NUMBER];
        hone_html_number(100 * counts[c] / (double)report->n, 2, width);
        fprintf(page->file, "<span style=\"width:%s%%;background:var(--c%zu)\"></span>", width,
                1 + c % HONE_COLOURS);
    }
    fputs("</div>\n", page->file);
    hone_page_table(page, &table, "Classes of the target", TITLES, 3);
    for (size_t c = 0; c < shown; c++) {
        hone_html_row(&table, report->classes[c], 1 + (int)(c % HONE_COLOURS));
        hone_html_cell_count(&table, counts[c]);
        hone_html_cell_number(&table, 100 * counts[c] / (double)report->n, 2, NULL);
    }
    hone_html_table_end(&table);
    hone_release(counts);
    return HONE_OK;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* One column's numbers. */
struct facts {
    double missing, least, mean, most;
};

static struct facts look_at(hone_view x, size_t column) {
    struct facts facts = {0, INFINITY, 0, -INFINITY};
    double n = 0;
    for (size_t i = 0; i < x.rows; i++) {
        double value = hone_view_row(x, i)[column];
        if (isnan(value)) {
            facts.missing++;
            continue;
        }
        n++;
        facts.mean += (value - facts.mean) / n;
        facts.least = fmin(facts.least, value);
        facts.most = fmax(facts.most, value);
    }
    if (n == 0)
        facts.least = facts.mean = facts.most = NAN;
    return facts;
}

static void write_column(const hone_dataset *data, size_t j, hone_html_table *table) {
    const hone_column *column = &data->schema->columns[j];
    struct facts facts = look_at(data->x, j);
    char kind[64];
    bool numeric = column->kind == HONE_NUMERIC;
    snprintf(kind, sizeof kind, "categorical, %zu levels", column->n_levels);
    hone_html_row(table, column->name, 0);
    hone_html_cell(table, numeric ? "numeric" : kind);
    hone_html_cell_count(table, facts.missing);
    hone_html_cell_number(table, numeric ? facts.least : NAN, hone_html_decimals(facts.least),
                          NULL);
    hone_html_cell_number(table, numeric ? facts.mean : NAN, hone_html_decimals(facts.mean), NULL);
    hone_html_cell_number(table, numeric ? facts.most : NAN, hone_html_decimals(facts.most), NULL);
}

static void write_columns(hone_page *page) {
    const char *const TITLES[] = {"column", "<kind", "missing", "least", "mean", "most"};
    const hone_dataset *data = page->report->data;
    hone_html_table table;
    if (!data->x.data || !data->schema)
        return;
    size_t n = data->schema->n_columns, shown = n < COLUMNS_SHOWN ? n : COLUMNS_SHOWN;
    hone_page_fold(page, "Columns");
    hone_page_table(page, &table, "Columns of the data", TITLES, 6);
    for (size_t j = 0; j < shown; j++)
        write_column(data, j, &table);
    hone_html_table_end(&table);
    if (shown < n)
        fprintf(page->file, "<p class=\"note\">The first %zu of %zu columns.</p>\n", shown, n);
    hone_page_unfold(page);
}

/* ---- the card -------------------------------------------------------------------------------- */

static void row_text(hone_html_table *table, const char *name, const char *value) {
    hone_html_row(table, name, 0);
    hone_html_cell(table, value);
}

static void row_count(hone_html_table *table, const char *name, size_t n) {
    hone_html_row(table, name, 0);
    hone_html_cell_count(table, (double)n);
}

static void write_card(hone_page *page) {
    const char *const TITLES[] = {"what", "<value"};
    const hone_report *report = page->report;
    const hone_dataset *data = report->data;
    hone_html_table table;
    fputs("<div class=\"card\">", page->file);
    hone_page_table(page, &table, "What the models were given", TITLES, 2);
    if (report->data_path)
        row_text(&table, "file", report->data_path);
    row_count(&table, "rows", report->n);
    if (report->n_dropped)
        row_count(&table, "rows left out: target missing", report->n_dropped);
    if (data && data->x.data) {
        size_t missing = 0, categorical = 0;
        for (size_t i = 0; i < data->x.rows; i++)
            for (size_t j = 0; j < data->x.cols; j++)
                missing += isnan(hone_view_row(data->x, i)[j]) != 0;
        for (size_t j = 0; data->schema && j < data->schema->n_columns; j++)
            categorical += data->schema->columns[j].kind == HONE_CATEGORICAL;
        row_count(&table, "columns", data->x.cols);
        row_count(&table, "of them categorical", categorical);
        row_count(&table, "missing cells", missing);
    }
    if (report->target)
        row_text(&table, "target", report->target);
    row_text(&table, "sample weights", report->weight ? "yes" : "no");
    if (data)
        row_text(&table, "groups", data->groups ? "yes" : "no");
    hone_html_table_end(&table);
    fputs("</div>\n", page->file);
}

static void write_values(hone_page *page) {
    const hone_report *report = page->report;
    const char *const TITLES[] = {"target", "least", "mean", "most"};
    struct facts facts = look_at(hone_view_of(report->truth, report->n, 1), 0);
    int decimals = hone_html_decimals(facts.most);
    hone_html_table table;
    hone_page_table(page, &table, "Values of the target", TITLES, 4);
    hone_html_row(&table, report->target ? report->target : "target", 0);
    hone_html_cell_number(&table, facts.least, decimals, NULL);
    hone_html_cell_number(&table, facts.mean, decimals, NULL);
    hone_html_cell_number(&table, facts.most, decimals, NULL);
    hone_html_table_end(&table);
}

static hone_status write_data(hone_page *page, hone_error *err) {
    hone_status status = HONE_OK;
    write_card(page);
    if (page->report->n_classes)
        status = write_classes(page, err);
    else if (page->report->truth)
        write_values(page);
    if (page->report->data)
        write_columns(page);
    return status;
}

const hone_section hone_section_data = {"data", "Data", applies, write_data};
