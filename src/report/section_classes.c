/* section_classes.c -- ROC of more than two classes: each class against the rest, one figure a
 * model; the table names the area of every class. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>

enum { CLASSES_SHOWN = 20, LEGEND = 120 };

static bool applies(const hone_page *page) {
    const hone_report *report = page->report;
    bool rated = false;
    for (size_t w = 0; w < page->n_whole; w++)
        rated = rated || report->models[page->whole[w]].proba;
    return report->n_classes > 2 && report->n_classes <= CLASSES_SHOWN && rated;
}

/* One model's curves and areas; arrays of n_classes, owned. */
struct curves {
    hone_chain *chains;
    double *areas;
};

static hone_status make_curves(const hone_page *page, size_t model, struct curves *out,
                               hone_error *err) {
    size_t k = page->report->n_classes;
    hone_status status = hone_new(&out->chains, k, err);
    if (status == HONE_OK)
        status = hone_new(&out->areas, k, err);
    for (size_t c = 0; c < k && status == HONE_OK; c++) {
        hone_rated rated = {0};
        status = hone_rated_make(page, model, HONE_ALL_ROWS, c, &rated, err);
        if (status == HONE_OK)
            status = hone_rated_chain(&rated, HONE_CURVE_ROC, HONE_CHAIN_POINTS_SMALL,
                                      &out->chains[c], err);
        if (status == HONE_OK)
            out->areas[c] = out->chains[c].n ? hone_chain_area(&out->chains[c]) : NAN;
        hone_rated_free(&rated);
    }
    return status;
}

static void curves_free(struct curves *curves, size_t k) {
    for (size_t c = 0; curves->chains && c < k; c++)
        hone_chain_free(&curves->chains[c]);
    hone_release(curves->chains);
    hone_release(curves->areas);
}

static hone_status draw(hone_page *page, size_t model, const struct curves *curves,
                        hone_error *err) {
    const hone_report *report = page->report;
    size_t k = report->n_classes, drawn = 0;
    char name[48];
    hone_series *series = NULL;
    const char **legend = NULL;
    hone_status status = hone_new(&series, k, err);
    if (status == HONE_OK)
        status = hone_new(&legend, k, err);
    for (size_t c = 0; c < k && status == HONE_OK; c++) {
        if (!curves->chains[c].n)
            continue;
        legend[drawn] = report->classes[c];
        series[drawn] =
            hone_chain_series(&curves->chains[c], 1 + (int)(c % HONE_COLOURS), report->classes[c]);
        series[drawn].dashed = c >= HONE_COLOURS;
        series[drawn++].width = 1.5;
    }
    snprintf(name, sizeof name, "roc-classes-%zu", page->rank[model] + 1);
    const hone_plot plot = {.name = name,
                            .x_label = "false positive rate",
                            .y_label = "true positive rate",
                            .x_to = 1,
                            .y_to = 1.01,
                            .square = true,
                            .small = true,
                            .n = drawn,
                            .series = series};
    const hone_figure figure = {.title = report->models[model].name,
                                .alt = "ROC curves of each class against the rest; the areas are "
                                       "in the table below.",
                                .legend = legend,
                                .plot = &plot};
    if (status == HONE_OK && drawn)
        status = hone_page_figure(page, &figure, err);
    hone_release(series);
    hone_release(legend);
    return status;
}

static void write_row(hone_page *page, hone_html_table *table, size_t model,
                      const struct curves *curves) {
    hone_page_row(page, table, model);
    for (size_t c = 0; c < page->report->n_classes; c++)
        hone_html_cell_number(table, curves->areas[c], 4, NULL);
}

static hone_status write_table(hone_page *page, const struct curves *all, hone_error *err) {
    const hone_report *report = page->report;
    const char **titles = NULL;
    hone_html_table table;
    hone_status status = hone_new(&titles, report->n_classes + 1, err);
    if (status != HONE_OK)
        return status;
    titles[0] = "model";
    for (size_t c = 0; c < report->n_classes; c++)
        titles[1 + c] = report->classes[c];
    hone_page_table(page, &table, "AUC of each class against the rest", titles,
                    report->n_classes + 1);
    for (size_t w = 0; w < page->n_whole; w++)
        if (all[w].areas)
            write_row(page, &table, page->whole[w], &all[w]);
    hone_html_table_end(&table);
    hone_release(titles);
    return HONE_OK;
}

static hone_status write_classes(hone_page *page, hone_error *err) {
    struct curves *all = NULL;
    hone_status status = hone_new(&all, page->n_whole, err);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
        if (page->report->models[page->whole[w]].proba)
            status = make_curves(page, page->whole[w], &all[w], err);
    if (status == HONE_OK) {
        fprintf(page->file, "<p class=\"note\">Over %s.</p>\n", hone_page_rows_in_words(page));
        hone_page_figures_begin(page);
        for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
            if (all[w].areas)
                status = draw(page, page->whole[w], &all[w], err);
        hone_page_figures_end(page);
    }
    if (status == HONE_OK)
        status = write_table(page, all, err);
    for (size_t w = 0; all && w < page->n_whole; w++)
        curves_free(&all[w], page->report->n_classes);
    hone_release(all);
    return status;
}

const hone_section hone_section_classes = {"roc", "ROC", applies, write_classes};
