/* report.c -- the page: head, summary, sections, foot. */
#include "report/page.h"
#include "report/style.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/parallel.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const hone_section *const SECTIONS[] = {
    &hone_section_models,      &hone_section_pairs,      &hone_section_roc,
    &hone_section_classes,     &hone_section_precision,  &hone_section_gain,
    &hone_section_calibration, &hone_section_confusion,  &hone_section_thresholds,
    &hone_section_scores,      &hone_section_residuals,  &hone_section_folds,
    &hone_section_learning,    &hone_section_validation, &hone_section_importance,
    &hone_section_metrics,     &hone_section_data,       &hone_section_origin};
enum { N_SECTIONS = sizeof SECTIONS / sizeof *SECTIONS };

static const char *title_of(const hone_page *page) {
    return page->report->title ? page->report->title : "hone report";
}

/* ---- head and summary ------------------------------------------------------------------------ */

static void write_head(const hone_page *page) {
    FILE *file = page->file;
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta name=\"color-scheme\" content=\"light dark\"/>\n",
          file);
    fprintf(file, "<meta name=\"generator\" content=\"hone %s\"/>\n", hone_version());
    hone_html_element(file, "title", title_of(page));
    fputs("<style>\n", file);
    for (size_t i = 0; hone_report_style[i]; i++)
        fputs(hone_report_style[i], file);
    fputs("</style>\n</head>\n<body>\n", file);
}

static void fact(FILE *file, const char *name, const char *value) {
    fputs("<div><dt>", file);
    hone_html_text(file, name);
    fputs("</dt><dd>", file);
    hone_html_text(file, value);
    fputs("</dd></div>", file);
}

static void count_fact(FILE *file, const char *name, size_t n) {
    fprintf(file, "<div><dt>%s</dt><dd>", name);
    hone_html_count(file, (double)n);
    fputs("</dd></div>", file);
}

static void write_scheme(FILE *file, const hone_folds *folds) {
    char text[80];
    if (folds->scheme == HONE_CV_LOO)
        snprintf(text, sizeof text, "leave one out");
    else if (folds->repeats > 1)
        snprintf(text, sizeof text, "%s, %zu folds \xc3\x97 %zu repeats",
                 hone_cv_scheme_name(folds->scheme), folds->folds, folds->repeats);
    else
        snprintf(text, sizeof text, "%s, %zu folds", hone_cv_scheme_name(folds->scheme),
                 folds->folds);
    fact(file, "validation", text);
}

static void write_facts(const hone_page *page) {
    const hone_report *report = page->report;
    FILE *file = page->file;
    fputs("<dl class=\"facts\">", file);
    count_fact(file, "rows", report->n);
    if (report->data)
        count_fact(file, "columns", hone_dataset_cols(report->data));
    if (report->target)
        fact(file, "target", report->target);
    if (report->n_classes > 2)
        count_fact(file, "classes", report->n_classes);
    if (report->n_classes == 2)
        fact(file, "positive class", report->classes[report->positive]);
    count_fact(file, "models", report->n_models);
    if (report->folds)
        write_scheme(file, report->folds);
    fputs("</dl>\n", file);
}

static void write_summary(const hone_page *page) {
    FILE *file = page->file;
    fputs("<header>\n", file);
    fprintf(file, "<p class=\"eyebrow\">hone %s</p>\n", hone_version());
    hone_html_element(file, "h1", title_of(page));
    if (page->report->verdict) {
        fputs("<p class=\"verdict\">", file);
        hone_html_text(file, page->report->verdict);
        fputs("</p>\n", file);
    }
    write_facts(page);
    fputs("<nav aria-label=\"sections\">", file);
    for (size_t i = 0; i < N_SECTIONS; i++)
        if (SECTIONS[i]->applies(page))
            fprintf(file, "<a href=\"#%s\">%s</a>\n", SECTIONS[i]->id, SECTIONS[i]->title);
    fputs("</nav>\n</header>\n<main>\n", file);
}

static void write_foot(const hone_page *page) {
    fprintf(page->file,
            "</main>\n<footer>Made by hone %s. Intervals are at 95 %%; the methods are named "
            "beside the numbers.</footer>\n</body>\n</html>\n",
            hone_version());
}

/* ---- the whole ------------------------------------------------------------------------------- */

static hone_status write_page(hone_page *page, hone_error *err) {
    hone_status status = HONE_OK;
    write_head(page);
    write_summary(page);
    for (size_t i = 0; i < N_SECTIONS && status == HONE_OK; i++) {
        if (!SECTIONS[i]->applies(page))
            continue;
        status = hone_monitor_poll(page->mon, err);
        if (status != HONE_OK)
            return status;
        hone_monitor_progress(page->mon, (double)i / N_SECTIONS, "report");
        fprintf(page->file, "<section id=\"%s\">\n<h2>%s</h2>\n", SECTIONS[i]->id,
                SECTIONS[i]->title);
        status = SECTIONS[i]->write(page, err);
        fputs("</section>\n", page->file);
    }
    write_foot(page);
    return status;
}

static hone_status check(const hone_report *report, hone_error *err) {
    if (!report->n_models || !report->n_metrics || !report->n)
        return hone_fail(err, HONE_EINVAL,
                         "report: needs models, metrics and rows, got %zu, %zu and %zu",
                         report->n_models, report->n_metrics, report->n);
    if (report->n_shown > report->n_metrics || (report->n_classes && !report->classes) ||
        (report->n_classes == 2 && report->positive > 1))
        return hone_fail(err, HONE_EINVAL, "report: n_shown, classes or positive do not fit");
    return HONE_OK;
}

/* The page, in memory. */
static hone_status make_page(hone_page *page, char **text, size_t *size, hone_error *err) {
    page->file = open_memstream(text, size);
    if (!page->file)
        return hone_fail(err, HONE_ENOMEM, "report: out of memory");
    hone_status status = hone_plotter_open(&page->plotter, page->report->plots, err);
    if (status == HONE_OK)
        status = hone_page_rank(page, err);
    if (status == HONE_OK)
        status = write_page(page, err);
    hone_plotter_close(&page->plotter);
    page->failed |= ferror(page->file) != 0;
    page->failed |= fclose(page->file) != 0;
    if (status == HONE_OK && page->failed)
        status = hone_fail(err, HONE_ENOMEM, "report: out of memory");
    return status;
}

static void warn_of_figures(const hone_page *page) {
    if (page->plotter.missing)
        hone_monitor_warn(page->mon, "the report has no figures: gnuplot is not installed (on "
                                     "Debian and Ubuntu: apt-get install gnuplot-nox)");
    else if (page->plotter.n_failed)
        hone_monitor_warn(page->mon, "gnuplot could not draw %zu of the report's %zu figures",
                          page->plotter.n_failed, page->plotter.n_failed + page->plotter.n_drawn);
}

/* A reader that goes away (report to standard output) ends the process: all else is done before. */
hone_status hone_report_write(const hone_report *report, FILE *file, hone_json **tables,
                              const hone_monitor *mon, hone_error *err) {
    hone_page page = {.report = report, .mon = mon};
    char *text = NULL;
    size_t size = 0;
    hone_status status = check(report, err);
    if (status != HONE_OK)
        return status;
    if (tables && !(page.tables = hone_json_array()))
        return hone_fail(err, HONE_ENOMEM, "report: out of memory");
    status = make_page(&page, &text, &size, err);
    errno = 0;
    if (status == HONE_OK && (fwrite(text, 1, size, file) != size || fflush(file) != 0))
        status = hone_fail(err, HONE_EIO, "cannot write the report: %s", strerror(errno));
    if (status == HONE_OK)
        warn_of_figures(&page);
    if (status == HONE_OK && tables)
        *tables = page.tables, page.tables = NULL;
    hone_json_free(page.tables);
    hone_release(page.order);
    hone_release(page.rank);
    hone_release(page.rows);
    hone_release(page.whole);
    free(text);
    return status;
}
