/* section_scores.c -- how the scores of the two classes are distributed: a histogram a model, each
 * class with area 1 in the highest bar's unit. Scores beyond the outermost permille are counted in
 * the outermost bars. */
#include "report/page.h"

#include "core/alloc.h"
#include "core/sort.h"

#include <math.h>

enum { BARS = 30, LEGEND = 200 };

static bool applies(const hone_page *page) {
    return hone_page_has_ranking(page) && !page->plotter.missing;
}

/* The range of the bars: all of [0, 1] for probabilities, else without the outermost permille. */
static hone_status range_of(const hone_rated *rated, double *from, double *to, hone_error *err) {
    uint64_t *keys = NULL;
    hone_status status = hone_new(&keys, rated->n, err);
    for (size_t i = 0; i < rated->n && status == HONE_OK; i++)
        keys[i] = hone_sort_key(rated->score[i]);
    if (status == HONE_OK)
        status = hone_sort_keys(keys, NULL, rated->n, err);
    if (status == HONE_OK) {
        size_t cut = rated->n / 1000;
        *from = hone_sort_value(keys[cut]);
        *to = hone_sort_value(keys[rated->n - 1 - cut]);
        if (hone_sort_value(keys[0]) >= 0 && hone_sort_value(keys[rated->n - 1]) <= 1)
            *from = 0, *to = 1;
        *from = isfinite(*from) ? *from : -10;
        *to = isfinite(*to) ? *to : 10;
        if (*to <= *from)
            *from -= 0.5, *to = *from + 1;
    }
    hone_release(keys);
    return status;
}

static void fill(const hone_rated *rated, double from, double to, double *middle,
                 double heights[2][BARS]) {
    double all[2] = {0, 0};
    for (size_t i = 0; i < rated->n; i++) {
        double at = (rated->score[i] - from) / (to - from) * BARS;
        size_t bar = at > 0 ? at < BARS ? (size_t)at : BARS - 1 : 0;
        double weight = rated->weight ? rated->weight[i] : 1;
        heights[rated->truth[i] > 0][bar] += weight;
        all[rated->truth[i] > 0] += weight;
    }
    for (size_t b = 0; b < BARS; b++) {
        middle[b] = from + ((double)b + 0.5) * (to - from) / BARS;
        for (size_t c = 0; c < 2; c++)
            heights[c][b] /= all[c] > 0 ? all[c] : 1;
    }
}

/* What the two histograms share, of area 1. */
static double overlap(double heights[2][BARS]) {
    double shared = 0;
    for (size_t b = 0; b < BARS; b++)
        shared += fmin(heights[0][b], heights[1][b]);
    return shared;
}

/* "outcome = 1" */
static const char *class_text(const hone_report *report, size_t class, char out[LEGEND]) {
    if (report->target)
        snprintf(out, LEGEND, "%.80s = %.80s", report->target, report->classes[class]);
    else
        snprintf(out, LEGEND, "%.160s", report->classes[class]);
    return out;
}

/* middle (BARS): of each bar; heights: of the two classes. */
static hone_status draw_bars(hone_page *page, size_t model, double from, double to,
                             const double *middle, double heights[2][BARS], hone_error *err) {
    const hone_report *report = page->report;
    char name[40], caption[80], texts[2][LEGEND];
    const char *const legend[] = {class_text(report, !report->positive, texts[0]),
                                  class_text(report, report->positive, texts[1])};
    hone_series series[2];
    for (size_t c = 0; c < 2; c++)
        series[c] = (hone_series){.mark = HONE_BARS,
                                  .n = BARS,
                                  .x = middle,
                                  .y = heights[c],
                                  .colour = (int)c + 1,
                                  .width = (to - from) / BARS,
                                  .opacity = 0.5,
                                  .title = legend[c]};
    snprintf(name, sizeof name, "scores-%zu", page->rank[model] + 1);
    const hone_plot plot = {.name = name,
                            .x_label = "score",
                            .y_label = "share of the class",
                            .x_from = from,
                            .x_to = to,
                            .small = true,
                            .n = 2,
                            .series = series};
    snprintf(caption, sizeof caption, "The classes share %.0f %% of their area.",
             100 * overlap(heights));
    const hone_figure figure = {.title = report->models[model].name,
                                .alt = "Histogram of the scores of the two classes.",
                                .caption = caption,
                                .legend = legend,
                                .plot = &plot};
    return hone_page_figure(page, &figure, err);
}

static hone_status draw(hone_page *page, size_t model, void *context, hone_error *err) {
    (void)context;
    double from = 0, to = 1, middle[BARS], heights[2][BARS] = {{0}};
    hone_rated rated = {0};
    hone_status status =
        hone_rated_make(page, model, HONE_ALL_ROWS, page->report->positive, &rated, err);
    if (status == HONE_OK)
        status = range_of(&rated, &from, &to, err);
    if (status == HONE_OK) {
        fill(&rated, from, to, middle, heights);
        status = draw_bars(page, model, from, to, middle, heights, err);
    }
    hone_rated_free(&rated);
    return status;
}

static hone_status write_scores(hone_page *page, hone_error *err) {
    fprintf(page->file, "<p class=\"note\">Over %s.</p>\n", hone_page_rows_in_words(page));
    return hone_page_each(page, hone_page_is_rated, draw, NULL, err);
}

const hone_section hone_section_scores = {"scores", "Score distributions", applies, write_scores};
