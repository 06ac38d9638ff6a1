/* section_ranking.c -- precision and recall, detection error trade-off, gain and lift: what a
 * ranking is worth at each cutoff. All rows of the page together, one curve a model; below each
 * figure what the curves are at one usual cutoff. */
#include "report/page.h"

#include "core/alloc.h"
#include "inference/special.h"

#include <math.h>

/* What is done with the points of a curve. */
struct chart {
    hone_rank_curve_kind kind;
    const char *area;                /* what the area is called in the legend, or NULL */
    double at;                       /* where the number of the caption is read off */
    double scale;                    /* by which it is multiplied */
    void (*move)(hone_chain *chain); /* or NULL */
};

/* The height of a curve at x; of a jump the point that is reached last. NaN left of its start. */
static double height_at(const hone_chain *chain, double x) {
    size_t i = 0;
    while (i < chain->n && chain->x[i] <= x)
        i++;
    if (i == 0 || i == chain->n)
        return i ? chain->y[i - 1] : NAN;
    double share = (x - chain->x[i - 1]) / (chain->x[i] - chain->x[i - 1]);
    return chain->y[i - 1] + share * (chain->y[i] - chain->y[i - 1]);
}

static hone_status make_curve(const hone_page *page, size_t model, const void *context,
                              hone_curve *out, hone_error *err) {
    const struct chart *chart = context;
    char number[HONE_HTML_NUMBER];
    hone_rated rated = {0};
    if (!hone_page_is_rated(page, model))
        return HONE_OK;
    hone_status status =
        hone_rated_make(page, model, HONE_ALL_ROWS, page->report->positive, &rated, err);
    if (status == HONE_OK) /* whole at first: the number is read off the true curve */
        status = hone_rated_chain(&rated, chart->kind, SIZE_MAX, &out->chain, err);
    hone_rated_free(&rated);
    if (status != HONE_OK || !out->chain.n)
        return status;
    out->note = chart->scale * height_at(&out->chain, chart->at);
    if (chart->area)
        snprintf(out->legend, HONE_LEGEND, "%.120s: %s %s", page->report->models[model].name,
                 chart->area, hone_html_number(hone_chain_area(&out->chain), 4, number));
    hone_chain_thin(&out->chain, HONE_CHAIN_POINTS);
    if (chart->move)
        chart->move(&out->chain);
    return HONE_OK;
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

static hone_status draw_precision(hone_page *page, hone_error *err) {
    const double level[] = {prevalence(page), prevalence(page)};
    const struct chart chart = {.kind = HONE_CURVE_PR, .area = "AP", .at = 0.8, .scale = 1};
    const hone_series guide = hone_page_guide(hone_unit, level, 2, "prevalence, what chance gives");
    const hone_curves curves = {
        .plot = {.name = "precision-recall",
                 .x_label = "recall",
                 .y_label = "precision",
                 .x_to = 1,
                 .y_to = 1.01,
                 .square = true},
        .figure = {.title = "Precision and recall",
                   .alt = "Precision at each recall, one line a model; average precisions in the "
                          "legend."},
        .guide = &guide,
        .make = make_curve,
        .context = &chart,
        .note = "Precision where 80 % of the positives are found: ",
        .decimals = 3};
    return hone_page_curves(page, &curves, err);
}

/* Both axes become normal quantiles; 0 and 1 lie at the ends of the axes. */
static void to_quantiles(hone_chain *chain) {
    const double end = 1e-3;
    for (size_t i = 0; i < chain->n; i++) {
        chain->x[i] = hone_normal_quantile(fmin(fmax(chain->x[i], end), 1 - end));
        chain->y[i] = hone_normal_quantile(fmin(fmax(chain->y[i], end), 1 - end));
    }
}

static hone_status draw_errors(hone_page *page, hone_error *err) {
    static const char TICS[] =
        "('0.1%%' -3.0902, '1%%' -2.3263, '5%%' -1.6449, '20%%' -0.8416, '50%%' 0, '80%%' 0.8416, "
        "'95%%' 1.6449, '99%%' 2.3263)";
    const struct chart chart = {
        .kind = HONE_CURVE_DET, .at = 0.05, .scale = 100, .move = to_quantiles};
    const hone_curves curves = {
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
        .figure = {.title = "Detection errors",
                   .alt = "False negative rate at each false positive rate, on normal quantiles; "
                          "lower is better.",
                   .caption = "Axes on normal quantiles; nearer to the lower left is better."},
        .make = make_curve,
        .context = &chart,
        .note = "Positives missed where 5 % of the negatives are taken, in %: ",
        .decimals = 1};
    return hone_page_curves(page, &curves, err);
}

static hone_status write_precision(hone_page *page, hone_error *err) {
    fprintf(page->file, "<p class=\"note\">Over %s.</p>\n", hone_page_rows_in_words(page));
    hone_page_figures_begin(page);
    hone_status status = draw_precision(page, err);
    if (status == HONE_OK)
        status = draw_errors(page, err);
    hone_page_figures_end(page);
    return status;
}

const hone_section hone_section_precision = {"precision", "Precision and errors",
                                             hone_page_has_ranking, write_precision};

/* ---- gain and lift --------------------------------------------------------------------------- */

static hone_status draw_gain(hone_page *page, hone_error *err) {
    const struct chart chart = {.kind = HONE_CURVE_GAIN, .at = 0.2, .scale = 100};
    const hone_series guide = hone_page_guide(hone_unit, hone_unit, 2, "chance");
    const hone_curves curves = {
        .plot = {.name = "gain",
                 .x_label = "share of rows taken, highest scores first",
                 .y_label = "share of the positives found",
                 .x_to = 1,
                 .y_to = 1.01,
                 .square = true},
        .figure = {.title = "Cumulative gain",
                   .alt = "Share of the positives found against the share of rows taken, one line "
                          "a model."},
        .guide = &guide,
        .make = make_curve,
        .context = &chart,
        .note = "Positives found in the first 20 % of the rows, in %: ",
        .decimals = 1};
    return hone_page_curves(page, &curves, err);
}

static hone_status draw_lift(hone_page *page, hone_error *err) {
    const double one[] = {1, 1};
    const struct chart chart = {.kind = HONE_CURVE_LIFT, .at = 0.1, .scale = 1};
    const hone_series guide = hone_page_guide(hone_unit, one, 2, "chance");
    const hone_curves curves = {
        .plot = {.name = "lift",
                 .x_label = "share of rows taken, highest scores first",
                 .y_label = "times as many positives as by chance",
                 .x_to = 1,
                 .y_from = 0.9,
                 .y_to = 1.05 / prevalence(page),
                 .square = true},
        .figure = {.title = "Lift",
                   .alt = "How many times more positives than by chance, against the share of rows "
                          "taken."},
        .guide = &guide,
        .make = make_curve,
        .context = &chart,
        .note = "Lift of the first 10 % of the rows: ",
        .decimals = 2};
    return hone_page_curves(page, &curves, err);
}

static hone_status write_gain(hone_page *page, hone_error *err) {
    hone_page_figures_begin(page);
    hone_status status = draw_gain(page, err);
    if (status == HONE_OK)
        status = draw_lift(page, err);
    hone_page_figures_end(page);
    return status;
}

/* All figures: nothing is left to say without them. */
static bool applies_drawn(const hone_page *page) {
    return hone_page_has_ranking(page) && !page->plotter.missing;
}

const hone_section hone_section_gain = {"gain", "Gain and lift", applies_drawn, write_gain};
