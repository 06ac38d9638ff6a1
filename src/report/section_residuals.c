/* section_residuals.c -- regression: predicted against actual values, and what is left. Of many
 * rows every k-th is drawn; the tables look at all of them. */
#include "report/page.h"

#include "core/alloc.h"
#include "core/sort.h"

#include <math.h>

enum { POINTS = 12000, POINTS_EACH = 1500 };

static bool applies(const hone_page *page) {
    return page->report->n_classes == 0 && page->n_whole > 0;
}

/* The page's rows of one model, n each; owned. */
struct pair {
    double *truth, *predicted, *residual;
};

static void pair_free(struct pair *pair) {
    hone_release(pair->truth);
    hone_release(pair->predicted);
    hone_release(pair->residual);
}

static hone_status make_pair(const hone_page *page, size_t model, struct pair *out,
                             hone_error *err) {
    const hone_report *report = page->report;
    size_t n = page->n_rows;
    hone_status status = hone_new(&out->truth, n, err);
    if (status == HONE_OK)
        status = hone_new(&out->predicted, n, err);
    if (status == HONE_OK)
        status = hone_new(&out->residual, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        out->truth[i] = report->truth[page->rows[i]];
        out->predicted[i] = report->models[model].label[page->rows[i]];
        out->residual[i] = out->truth[i] - out->predicted[i];
    }
    return status;
}

/* Keeps every k-th point; returns how many are left. */
static size_t thin(const hone_page *page, struct pair *pair) {
    size_t most = POINTS / page->n_whole < POINTS_EACH ? POINTS / page->n_whole : POINTS_EACH;
    size_t step = (page->n_rows + most - 1) / most, n = 0;
    for (size_t i = 0; i < page->n_rows; i += step, n++) {
        pair->truth[n] = pair->truth[i];
        pair->predicted[n] = pair->predicted[i];
        pair->residual[n] = pair->residual[i];
    }
    return n;
}

static void widen(const double *values, size_t n, double range[2]) {
    for (size_t i = 0; i < n; i++) {
        range[0] = fmin(range[0], values[i]);
        range[1] = fmax(range[1], values[i]);
    }
}

/* Standard deviations of the residuals where predictions are below and above their mean. */
static void spreads(const struct pair *pair, size_t n, double out[2]) {
    double middle = 0, count[2] = {0, 0}, mean[2] = {0, 0}, squares[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        middle += (pair->predicted[i] - middle) / (double)(i + 1);
    for (size_t i = 0; i < n; i++) {
        size_t side = pair->predicted[i] > middle;
        double off = pair->residual[i] - mean[side];
        mean[side] += off / ++count[side];
        squares[side] += off * (pair->residual[i] - mean[side]);
    }
    for (size_t side = 0; side < 2; side++)
        out[side] = count[side] > 1 ? sqrt(squares[side] / (count[side] - 1)) : NAN;
}

static hone_status draw_actual(hone_page *page, size_t model, const struct pair *pair, size_t n,
                               hone_error *err) {
    double range[2] = {INFINITY, -INFINITY};
    char name[40], caption[80];
    widen(pair->truth, n, range);
    widen(pair->predicted, n, range);
    double room = 0.03 * (range[1] - range[0]);
    range[0] -= room, range[1] += room;
    const hone_series series[] = {{.mark = HONE_POINTS,
                                   .n = n,
                                   .x = pair->predicted,
                                   .y = pair->truth,
                                   .colour = hone_page_colour(page, model),
                                   .title = page->report->models[model].name},
                                  hone_page_guide(range, range, 2, "perfect")};
    snprintf(name, sizeof name, "actual-%zu", page->rank[model] + 1);
    snprintf(caption, sizeof caption, "%zu of %zu rows. Dashed: perfect.", n, page->n_rows);
    const hone_plot plot = {.name = name,
                            .x_label = "predicted",
                            .y_label = "actual",
                            .x_from = range[0],
                            .x_to = range[1],
                            .y_from = range[0],
                            .y_to = range[1],
                            .square = true,
                            .small = true,
                            .n = 2,
                            .series = series};
    const hone_figure figure = {.title = page->report->models[model].name,
                                .alt = "Actual against predicted values.",
                                .caption = caption,
                                .plot = &plot};
    return hone_page_figure(page, &figure, err);
}

static hone_status draw_residuals(hone_page *page, size_t model, const struct pair *pair, size_t n,
                                  hone_error *err) {
    double range[2] = {INFINITY, -INFINITY};
    const double zero[] = {0, 0};
    double spread[2];
    char name[40], caption[160] = "", low[HONE_HTML_NUMBER], high[HONE_HTML_NUMBER];
    widen(pair->predicted, n, range);
    spreads(pair, n, spread);
    if (!isnan(spread[0]) && !isnan(spread[1]))
        snprintf(caption, sizeof caption,
                 "Standard deviation where predictions are below their mean %s, above it %s.",
                 hone_html_number(spread[0], hone_html_decimals(spread[0]), low),
                 hone_html_number(spread[1], hone_html_decimals(spread[1]), high));
    const hone_series series[] = {{.mark = HONE_POINTS,
                                   .n = n,
                                   .x = pair->predicted,
                                   .y = pair->residual,
                                   .colour = hone_page_colour(page, model),
                                   .title = page->report->models[model].name},
                                  hone_page_guide(range, zero, 2, "zero")};
    snprintf(name, sizeof name, "residuals-%zu", page->rank[model] + 1);
    const hone_plot plot = {.name = name,
                            .x_label = "predicted",
                            .y_label = "actual - predicted",
                            .square = true,
                            .small = true,
                            .n = 2,
                            .series = series};
    const hone_figure figure = {.title = page->report->models[model].name,
                                .alt = "Residuals against predicted values.",
                                .caption = *caption ? caption : NULL,
                                .plot = &plot};
    return hone_page_figure(page, &figure, err);
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Sorts the residuals of a model and writes its row. */
static hone_status write_row(hone_page *page, hone_html_table *table, size_t model,
                             hone_error *err) {
    static const double LEVELS[] = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};
    struct pair pair = {NULL, NULL, NULL};
    uint64_t *keys = NULL;
    size_t n = page->n_rows;
    double mean = 0, squares = 0;
    hone_status status = make_pair(page, model, &pair, err);
    if (status == HONE_OK)
        status = hone_new(&keys, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        double off = pair.residual[i] - mean;
        mean += off / (double)(i + 1);
        squares += off * (pair.residual[i] - mean);
        keys[i] = hone_sort_key(pair.residual[i]);
    }
    if (status == HONE_OK)
        status = hone_sort_keys(keys, NULL, n, err);
    if (status == HONE_OK) {
        int decimals = hone_html_decimals(hone_sort_value(keys[n - 1]));
        mean = fabs(mean) < 1e-12 * sqrt(squares) ? 0 : mean; /* what rounding leaves */
        hone_page_row(page, table, model);
        hone_html_cell_number(table, mean, decimals, NULL);
        hone_html_cell_number(table, n > 1 ? sqrt(squares / (double)(n - 1)) : NAN, decimals, NULL);
        for (size_t q = 0; q < sizeof LEVELS / sizeof *LEVELS; q++) {
            double at = LEVELS[q] * (double)(n - 1), low = hone_sort_value(keys[(size_t)at]);
            double high = hone_sort_value(keys[(size_t)ceil(at)]);
            hone_html_cell_number(table, low + (at - floor(at)) * (high - low), decimals, NULL);
        }
    }
    hone_release(keys);
    pair_free(&pair);
    return status;
}

static hone_status write_table(hone_page *page, hone_error *err) {
    const char *const TITLES[] = {"model", "mean",   "std. dev.", "least", "5 %",
                                  "25 %",  "median", "75 %",      "95 %",  "most"};
    hone_html_table table;
    hone_status status = HONE_OK;
    hone_page_table(page, &table, "Residuals, actual \xe2\x88\x92 predicted", TITLES,
                    sizeof TITLES / sizeof *TITLES);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
        status = write_row(page, &table, page->whole[w], err);
    hone_html_table_end(&table);
    return status;
}

typedef hone_status draw_fn(hone_page *page, size_t model, const struct pair *pair, size_t n,
                            hone_error *err);

static hone_status draw_each(hone_page *page, draw_fn *draw, hone_error *err) {
    hone_status status = HONE_OK;
    hone_page_figures_begin(page);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++) {
        struct pair pair = {NULL, NULL, NULL};
        status = make_pair(page, page->whole[w], &pair, err);
        if (status == HONE_OK)
            status = draw(page, page->whole[w], &pair, thin(page, &pair), err);
        pair_free(&pair);
    }
    hone_page_figures_end(page);
    return status;
}

static hone_status write_residuals(hone_page *page, hone_error *err) {
    fprintf(page->file, "<p class=\"note\">Over %s.</p>\n", hone_page_rows_in_words(page));
    hone_status status = write_table(page, err);
    if (status == HONE_OK && !page->plotter.missing)
        status = draw_each(page, draw_actual, err);
    if (status == HONE_OK && !page->plotter.missing)
        status = draw_each(page, draw_residuals, err);
    return status;
}

const hone_section hone_section_residuals = {"residuals", "Predicted and actual", applies,
                                             write_residuals};
