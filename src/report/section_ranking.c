/* section_ranking.c -- precision and recall, detection error trade-off, gain and lift: what a
 * ranking is worth at each cutoff. All rows of the page together, one curve a model. */
#include "report/page.h"

#include "core/alloc.h"
#include "inference/special.h"

#include <math.h>

static bool applies(const hone_page *page) {
    const hone_report *report = page->report;
    bool rated = false;
    for (size_t w = 0; w < page->n_whole; w++)
        rated =
            rated || report->models[page->whole[w]].score || report->models[page->whole[w]].proba;
    return hone_page_is_binary(page) && rated;
}

enum { LEGEND = 200 };

/* One figure: the kind of curve, how its points are moved, what is said. */
struct chart {
    hone_rank_curve_kind kind;
    hone_plot plot;
    const char *title, *alt;
    const char *area;                /* what the area is called in the legend, or NULL */
    void (*move)(hone_chain *chain); /* or NULL */
    const hone_series *guide;        /* one more series, drawn first; or NULL */
    const char *guide_name;
};

static void legend_text(const hone_page *page, size_t model, const struct chart *chart, double area,
                        char *out) {
    char number[HONE_HTML_NUMBER];
    const char *name = page->report->models[model].name;
    if (chart->area)
        snprintf(out, LEGEND, "%.120s: %s %s", name, chart->area,
                 hone_html_number(area, 4, number));
    else
        snprintf(out, LEGEND, "%.120s", name);
}

static hone_status chain_of(const hone_page *page, size_t model, const struct chart *chart,
                            hone_chain *out, double *area, hone_error *err) {
    hone_rated rated = {0};
    hone_status status =
        hone_rated_make(page, model, HONE_ALL_ROWS, page->report->positive, &rated, err);
    if (status == HONE_OK)
        status = hone_rated_chain(&rated, chart->kind, HONE_CHAIN_POINTS, out, err);
    hone_rated_free(&rated);
    *area = hone_chain_area(out);
    if (status == HONE_OK && chart->move)
        chart->move(out);
    return status;
}

static hone_status draw(hone_page *page, const struct chart *chart, hone_error *err) {
    size_t n = page->n_whole, drawn = 0;
    hone_chain *chains = NULL;
    hone_series *series = NULL;
    const char **legend = NULL;
    char *texts = NULL;
    hone_status status = hone_new(&chains, n, err);
    if (status == HONE_OK)
        status = hone_new(&series, n + 1, err);
    if (status == HONE_OK)
        status = hone_new(&legend, n + 1, err);
    if (status == HONE_OK)
        status = hone_new2(&texts, n, LEGEND, err);
    if (status == HONE_OK && chart->guide) {
        legend[drawn] = chart->guide_name;
        series[drawn++] = *chart->guide;
    }
    for (size_t w = 0; w < n && status == HONE_OK; w++) {
        const hone_report_model *model = &page->report->models[page->whole[w]];
        double area;
        if (!model->score && !model->proba)
            continue;
        status = chain_of(page, page->whole[w], chart, &chains[w], &area, err);
        if (status != HONE_OK || !chains[w].n)
            continue;
        legend_text(page, page->whole[w], chart, area, texts + w * LEGEND);
        legend[drawn] = texts + w * LEGEND;
        series[drawn++] =
            hone_chain_series(&chains[w], hone_page_colour(page, page->whole[w]), model->name);
    }
    hone_plot plot = chart->plot;
    plot.n = drawn;
    plot.series = series;
    const hone_figure figure = {
        .title = chart->title, .alt = chart->alt, .legend = legend, .plot = &plot};
    if (status == HONE_OK && drawn)
        status = hone_page_figure(page, &figure, err);
    for (size_t w = 0; chains && w < n; w++)
        hone_chain_free(&chains[w]);
    hone_release(chains);
    hone_release(series);
    hone_release(legend);
    hone_release(texts);
    return status;
}

/* Share of the positives among the page's rows. */
static double prevalence(const hone_page *page) {
    const hone_report *report = page->report;
    double all = 0, positive = 0;
    for (size_t i = 0; i < page->n_rows; i++) {
        size_t row = page->rows[i];
        double weight = report->weight ? report->weight[row] : 1;
        all += weight;
        positive += report->truth[row] == (double)report->positive ? weight : 0;
    }
    return positive / all;
}

/* ---- precision and recall, DET --------------------------------------------------------------- */

/* Both axes become normal quantiles; 0 and 1 lie at the ends of the axes. */
static void to_quantiles(hone_chain *chain) {
    const double end = 1e-3;
    for (size_t i = 0; i < chain->n; i++) {
        chain->x[i] = hone_normal_quantile(fmin(fmax(chain->x[i], end), 1 - end));
        chain->y[i] = hone_normal_quantile(fmin(fmax(chain->y[i], end), 1 - end));
    }
}

static hone_status write_precision(hone_page *page, hone_error *err) {
    static const char TICS[] =
        "('0.1%%' -3.0902, '1%%' -2.3263, '5%%' -1.6449, '20%%' -0.8416, '50%%' 0, '80%%' 0.8416, "
        "'95%%' 1.6449, '99%%' 2.3263)";
    const double x[] = {0, 1}, y[] = {prevalence(page), prevalence(page)};
    const hone_series base = {.mark = HONE_LINE,
                              .n = 2,
                              .x = x,
                              .y = y,
                              .colour = 8,
                              .width = 1,
                              .dashed = true,
                              .title = "prevalence"};
    const struct chart precision = {
        .kind = HONE_CURVE_PR,
        .plot = {.name = "precision-recall",
                 .x_label = "recall",
                 .y_label = "precision",
                 .x_to = 1,
                 .y_to = 1.01,
                 .square = true},
        .title = "Precision and recall",
        .alt = "Precision at each recall, one line a model; average precisions in the legend.",
        .area = "AP",
        .guide = &base,
        .guide_name = "prevalence, what chance gives"};
    const struct chart errors = {
        .kind = HONE_CURVE_DET,
        .plot = {.name = "det",
                 .x_label = "false positive rate",
                 .y_label = "false negative rate",
                 .x_from = -3.0902,
                 .x_to = 1.6449,
                 .y_from = -3.0902,
                 .y_to = 1.6449,
                 .x_tics = TICS,
                 .y_tics = TICS,
                 .square = true},
        .title = "Detection errors",
        .alt = "False negative rate at each false positive rate, on normal quantiles; lower is "
               "better.",
        .move = to_quantiles};
    fprintf(page->file, "<p class=\"note\">Over %s.</p>\n", hone_page_rows_in_words(page));
    hone_page_figures_begin(page);
    hone_status status = draw(page, &precision, err);
    if (status == HONE_OK)
        status = draw(page, &errors, err);
    hone_page_figures_end(page);
    return status;
}

const hone_section hone_section_precision = {"precision", "Precision and errors", applies,
                                             write_precision};

/* ---- gain and lift --------------------------------------------------------------------------- */

static hone_status write_gain(hone_page *page, hone_error *err) {
    const double unit[] = {0, 1}, one[] = {1, 1};
    const hone_series chance = {.mark = HONE_LINE,
                                .n = 2,
                                .x = unit,
                                .y = unit,
                                .colour = 8,
                                .width = 1,
                                .dashed = true,
                                .title = "chance"};
    const hone_series level = {.mark = HONE_LINE,
                               .n = 2,
                               .x = unit,
                               .y = one,
                               .colour = 8,
                               .width = 1,
                               .dashed = true,
                               .title = "chance"};
    const struct chart gain = {
        .kind = HONE_CURVE_GAIN,
        .plot = {.name = "gain",
                 .x_label = "share of rows taken, highest scores first",
                 .y_label = "share of the positives found",
                 .x_to = 1,
                 .y_to = 1.01,
                 .square = true},
        .title = "Cumulative gain",
        .alt = "Share of the positives found against the share of rows taken, one line a model.",
        .guide = &chance,
        .guide_name = "chance"};
    const struct chart lift = {
        .kind = HONE_CURVE_LIFT,
        .plot = {.name = "lift",
                 .x_label = "share of rows taken, highest scores first",
                 .y_label = "times as many positives as by chance",
                 .x_to = 1,
                 .y_from = 0.9,
                 .y_to = 1.05 / prevalence(page),
                 .square = true},
        .title = "Lift",
        .alt = "How many times more positives than by chance, against the share of rows taken.",
        .guide = &level,
        .guide_name = "chance"};
    hone_page_figures_begin(page);
    hone_status status = draw(page, &gain, err);
    if (status == HONE_OK)
        status = draw(page, &lift, err);
    hone_page_figures_end(page);
    return status;
}

/* All figures: nothing is left to say without them. */
static bool applies_drawn(const hone_page *page) {
    return applies(page) && !page->plotter.missing;
}

const hone_section hone_section_gain = {"gain", "Gain and lift", applies_drawn, write_gain};
