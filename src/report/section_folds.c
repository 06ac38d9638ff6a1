/* section_folds.c -- the scores of the single folds, in the first metric: how far chance moves
 * them, and whether one fold is out of line for all models. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>

enum { COLUMNS_SHOWN = 20 };

static bool applies(const hone_page *page) {
    const hone_report *report = page->report;
    bool some = false;
    for (size_t i = 0; i < report->n_models; i++)
        some = some || (report->models[i].scores && report->models[i].scores[0].folds);
    return hone_page_has_folds(page) && some;
}

static void range_of(const double *values, size_t n, double range[2]) {
    range[0] = INFINITY, range[1] = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        range[0] = fmin(range[0], values[i]);
        range[1] = fmax(range[1], values[i]);
    }
}

/* Is the model so far from the best one that it would press all others into a line? */
static bool is_far(const hone_page *page, size_t model) {
    const hone_report *report = page->report;
    const hone_report_score *best = report->models[page->order[0]].scores;
    double own[2], top[2];
    if (!best || !best->folds)
        return false;
    range_of(report->models[model].scores->folds, hone_page_fold_count(page), own);
    range_of(best->folds, hone_page_fold_count(page), top);
    double gap = fmax(own[0] - top[1], top[0] - own[1]);
    return gap > 6 * (top[1] - top[0]);
}

/* A cloud a model, in the order of the ranking. */
struct clouds {
    double *x; /* models x folds */
    hone_series *series;
    const char **legend;
    size_t drawn, left_out;
};

/* Folds side by side around the place of the model, so that the same fold stands at the same side.
 */
static hone_status make_clouds(hone_page *page, struct clouds *out, hone_error *err) {
    const hone_report *report = page->report;
    size_t j = hone_page_fold_count(page), n = report->n_models;
    hone_status status;
    if ((status = hone_new2(&out->x, n, j, err)) || (status = hone_new(&out->series, n, err)) ||
        (status = hone_new(&out->legend, n, err)))
        return status;
    for (size_t r = 0; r < n; r++) {
        const hone_report_model *model = &report->models[page->order[r]];
        double *x = out->x + r * j;
        if (!model->scores || !model->scores[0].folds)
            continue;
        if (is_far(page, page->order[r])) {
            out->left_out++;
            continue;
        }
        for (size_t f = 0; f < j; f++)
            x[f] = (double)(r + 1) + 0.5 * (((double)f + 0.5) / (double)j - 0.5);
        out->series[out->drawn] = (hone_series){.mark = HONE_POINTS,
                                                .n = j,
                                                .x = x,
                                                .y = model->scores[0].folds,
                                                .colour = hone_page_colour(page, page->order[r]),
                                                .width = 0.8,
                                                .title = model->name};
        out->legend[out->drawn++] = model->name;
    }
    return HONE_OK;
}

static hone_status draw(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    struct clouds clouds = {.x = NULL};
    hone_status status = make_clouds(page, &clouds, err);
    char tics[80], caption[160];
    int length =
        snprintf(caption, sizeof caption, "One dot a fold, in the same order in every cloud.");
    if (clouds.left_out)
        snprintf(caption + length, sizeof caption - (size_t)length, " Not drawn, far away: %zu %s.",
                 clouds.left_out, clouds.left_out == 1 ? "model" : "models");
    snprintf(tics, sizeof tics, "1,1,%zu", report->n_models);
    const hone_plot plot = {.name = "folds",
                            .x_label = "rank of the model",
                            .y_label = report->metrics[0]->name,
                            .x_from = 0.4,
                            .x_to = (double)(report->n_models - clouds.left_out) + 0.6,
                            .x_tics = tics,
                            .n = clouds.drawn,
                            .series = clouds.series};
    const hone_figure figure = {.alt = "The scores of all folds, one cloud a model.",
                                .caption = caption,
                                .legend = clouds.legend,
                                .plot = &plot};
    if (status == HONE_OK && clouds.drawn)
        status = hone_page_figure(page, &figure, err);
    hone_release(clouds.x);
    hone_release(clouds.series);
    hone_release(clouds.legend);
    return status;
}

static hone_status write_table(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    size_t n = report->n_models, shown = n < COLUMNS_SHOWN ? n : COLUMNS_SHOWN;
    const char **titles = NULL;
    char header[64];
    hone_html_table table;
    hone_status status = hone_new(&titles, shown + 1, err);
    if (status != HONE_OK)
        return status;
    titles[0] = "fold";
    for (size_t r = 0; r < shown; r++)
        titles[1 + r] = report->models[page->order[r]].name;
    hone_page_fold(page, "The numbers");
    hone_page_table(page, &table, report->metrics[0]->name, titles, shown + 1);
    for (size_t f = 0; f < hone_page_fold_count(page); f++) {
        snprintf(header, sizeof header, "%zu", f % report->folds->folds + 1);
        if (report->folds->repeats > 1)
            snprintf(header, sizeof header, "repeat %zu, fold %zu", f / report->folds->folds + 1,
                     f % report->folds->folds + 1);
        hone_html_row(&table, header, 0);
        for (size_t r = 0; r < shown; r++) {
            const hone_report_score *score = report->models[page->order[r]].scores;
            double value = score && score->folds ? score->folds[f] : NAN;
            hone_html_cell_number(&table, value, hone_html_decimals(value), NULL);
        }
    }
    hone_html_table_end(&table);
    hone_page_unfold(page);
    hone_release(titles);
    return HONE_OK;
}

static hone_status write_folds(hone_page *page, hone_error *err) {
    hone_status status = draw(page, err);
    return status == HONE_OK ? write_table(page, err) : status;
}

const hone_section hone_section_folds = {"folds", "Folds", applies, write_folds};
