/* section_origin.c -- what it takes to get the same numbers again. */
#include "report/page.h"

#include <hone/blas.h>

static bool applies(const hone_page *page) {
    (void)page;
    return true;
}

static void row(hone_html_table *table, const char *name, const char *value) {
    if (!value || !*value)
        return;
    hone_html_row(table, name, 0);
    hone_html_cell(table, value);
}

static hone_status write_origin(hone_page *page, hone_error *err) {
    const char *const TITLES[] = {"what", "<value"};
    const hone_report *report = page->report;
    char seed[32];
    hone_html_table table;
    (void)err;
    if (report->command) {
        fputs("<pre><code>", page->file);
        hone_html_text(page->file, report->command);
        fputs("</code></pre>\n", page->file);
    }
    hone_page_table(page, &table, "Origin of the numbers", TITLES, 2);
    row(&table, "hone", hone_version());
    row(&table, "BLAS kernels", hone_blas_kernels());
    if (report->folds)
        row(&table, "validation", hone_cv_scheme_name(report->folds->scheme));
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)report->seed);
    row(&table, "seed", seed);
    row(&table, "data", report->data_path);
    row(&table, "SHA-256 of the data", report->sha256);
    hone_html_table_end(&table);
    hone_page_note(page, "The same command on the same data, with the same kernels, gives the same "
                         "predictions and metrics bit for bit, for any number of threads; only "
                         "the times differ.");
    return HONE_OK;
}

const hone_section hone_section_origin = {"origin", "Reproduce", applies, write_origin};
