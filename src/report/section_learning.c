/* section_learning.c -- learning curves in their first metric: what more rows would bring, and
 * whether a model fits its training rows too well or not well enough. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

static const hone_score_curve *curve_of(const hone_page *page, size_t model) {
    return page->report->curves ? page->report->curves[model] : NULL;
}

static bool applies(const hone_page *page) {
    bool some = false;
    for (size_t i = 0; i < page->report->n_models; i++)
        some = some || curve_of(page, i);
    return some;
}

/* Means and mean -+ standard deviation along the points; arrays of n_points in one block. */
struct lines {
    double *train, *test, *low, *high, *block;
};

static hone_status make_lines(const hone_score_curve *curve, struct lines *out, hone_error *err) {
    size_t n = curve->n_points;
    hone_status status = hone_new2(&out->block, 4, n, err);
    if (status != HONE_OK)
        return status;
    out->train = out->block;
    out->test = out->block + n;
    out->low = out->block + 2 * n;
    out->high = out->block + 3 * n;
    for (size_t i = 0; i < n; i++) {
        hone_cv_summary train, test;
        hone_score_curve_summarise(curve, 0, i, &train, &test);
        out->train[i] = train.mean;
        out->test[i] = test.mean;
        out->low[i] = test.mean - test.std;
        out->high[i] = test.mean + test.std;
    }
    return HONE_OK;
}

static hone_status draw(hone_page *page, size_t model, hone_error *err) {
    const hone_score_curve *curve = curve_of(page, model);
    struct lines lines = {NULL, NULL, NULL, NULL, NULL};
    char name[40];
    int colour = hone_page_colour(page, model);
    hone_status status = make_lines(curve, &lines, err);
    if (status == HONE_OK) {
        size_t n = curve->n_points;
        const hone_series series[] = {{.mark = HONE_BAND,
                                       .n = n,
                                       .x = curve->at,
                                       .y = lines.low,
                                       .z = lines.high,
                                       .colour = colour,
                                       .opacity = 0.2,
                                       .title = "standard deviation"},
                                      {.mark = HONE_LINE,
                                       .n = n,
                                       .x = curve->at,
                                       .y = lines.train,
                                       .colour = colour,
                                       .width = 1.5,
                                       .dashed = true,
                                       .title = "training rows"},
                                      {.mark = HONE_LINE,
                                       .n = n,
                                       .x = curve->at,
                                       .y = lines.test,
                                       .colour = colour,
                                       .width = 2,
                                       .title = "test rows"}};
        const char *const legend[] = {"\xc2\xb1 their standard deviation over the splits",
                                      "training rows", "test rows"};
        snprintf(name, sizeof name, "learning-%zu", page->rank[model] + 1);
        const hone_plot plot = {.name = name,
                                .x_label = "training rows",
                                .y_label = curve->metrics[0]->name,
                                .small = true,
                                .square = true,
                                .n = 3,
                                .series = series};
        const hone_figure figure = {.title = page->report->models[model].name,
                                    .alt = "Scores on training and test rows against the number "
                                           "of training rows; the numbers are in the table.",
                                    .legend = legend,
                                    .plot = &plot};
        status = hone_page_figure(page, &figure, err);
    }
    hone_release(lines.block);
    return status;
}

/* "+-" becomes a sign of two bytes as well. */
static char *typeset(char *text) {
    for (char *at = text; (at = strstr(at, "+-"));)
        memcpy(at, "\xc2\xb1", 2);
    return text;
}

static hone_status write_advice(hone_page *page, size_t model, hone_error *err) {
    char advice[1024];
    hone_status status =
        hone_score_curve_advice(curve_of(page, model), 0, advice, sizeof advice, err);
    if (status != HONE_OK)
        return status;
    fputs("<p><b>", page->file);
    hone_html_text(page->file, page->report->models[model].name);
    fputs("</b>: ", page->file);
    hone_html_text(page->file, typeset(advice));
    fputs("</p>\n", page->file);
    return HONE_OK;
}

static void write_table(hone_page *page) {
    const char *const TITLES[] = {"model", "training rows", "on training rows", "on test rows",
                                  "std. dev."};
    hone_html_table table;
    hone_page_fold(page, "The numbers");
    hone_page_table(page, &table, "Learning curves", TITLES, 5);
    for (size_t r = 0; r < page->report->n_models; r++) {
        const hone_score_curve *curve = curve_of(page, page->order[r]);
        for (size_t i = 0; curve && i < curve->n_points; i++) {
            hone_cv_summary train, test;
            hone_score_curve_summarise(curve, 0, i, &train, &test);
            hone_page_row(page, &table, page->order[r]);
            hone_html_cell_count(&table, round(curve->at[i]));
            hone_html_cell_number(&table, train.mean, 4, NULL);
            hone_html_cell_number(&table, test.mean, 4, NULL);
            hone_html_cell_number(&table, test.std, 4, NULL);
        }
    }
    hone_html_table_end(&table);
    hone_page_unfold(page);
}

static hone_status write_learning(hone_page *page, hone_error *err) {
    hone_status status = HONE_OK;
    hone_page_figures_begin(page);
    for (size_t r = 0; r < page->report->n_models && status == HONE_OK; r++)
        if (curve_of(page, page->order[r]) && !page->plotter.missing)
            status = draw(page, page->order[r], err);
    hone_page_figures_end(page);
    for (size_t r = 0; r < page->report->n_models && status == HONE_OK; r++)
        if (curve_of(page, page->order[r]))
            status = write_advice(page, page->order[r], err);
    if (status == HONE_OK)
        write_table(page);
    return status;
}

const hone_section hone_section_learning = {"learning", "Learning curves", applies, write_learning};
