/* reliability.c -- reliability curves without bins (CORP: isotonic regression of the truth on the
 * probability), and the band in which the curve of calibrated probabilities would lie.
 *
 * The band is that of hone_calibration_band(): at each probability 95 % of the curves of truths
 * drawn from the model's own probabilities. So of a calibrated model about one row in twenty lies
 * outside. It takes no weights, and many rows, of which the band is thinner than the line, none at
 * all. Cost: O(n log n), and 400 n draws a model, 100 n of many rows.   Reference: Dimitriadis,
 * Gneiting & Jordan 2021.
 */
#include "report/page.h"

#include "core/alloc.h"

#include <hone/calibration.h>
#include <hone/inference.h>

#include <math.h>

enum { GRID = 101, BARS = 25, ROWS_MOST = 200000 };

/* The curve of one model with its band, at the probabilities of an even grid; NaN beyond those that
 * the model gives. */
struct judged {
    double grid[GRID], low[GRID], high[GRID];
    double middle[BARS], rows[BARS]; /* how the probabilities are spread; the highest bar 0.2 */
    double outside;                  /* share of the rows at which the curve leaves the band */
};

bool hone_page_has_proba(const hone_page *page, size_t model) {
    return page->report->models[model].proba != NULL;
}

static hone_status corp_of(const hone_page *page, size_t model, hone_rated *rated, hone_corp *corp,
                           hone_error *err) {
    hone_status status = hone_rated_probable(page, model, rated, err);
    if (status == HONE_OK)
        status = hone_corp_make(rated->truth, rated->score, rated->weight, rated->n, corp, err);
    return status;
}

/* ---- all models ------------------------------------------------------------------------------ */

static hone_status make_curve(const hone_page *page, size_t model, const void *context,
                              hone_curve *out, hone_error *err) {
    hone_rated rated = {0};
    hone_corp corp = {0};
    (void)context;
    if (!hone_page_has_proba(page, model))
        return HONE_OK;
    hone_status status = corp_of(page, model, &rated, &corp, err);
    if (status == HONE_OK)
        status = hone_chain_of(corp.proba, corp.recalibrated, corp.n, &out->chain, err);
    if (status == HONE_OK)
        hone_chain_thin(&out->chain, HONE_CHAIN_POINTS);
    hone_corp_free(&corp);
    hone_rated_free(&rated);
    return status;
}

static const char *x_label(const hone_page *page) {
    return hone_page_is_binary(page) ? "predicted probability"
                                     : "probability of the predicted class";
}

static const char *y_label(const hone_page *page) {
    return hone_page_is_binary(page) ? "share of positives" : "share of right predictions";
}

static hone_status draw_all(hone_page *page, hone_error *err) {
    const hone_series guide = hone_page_guide(hone_unit, hone_unit, 2, "perfect");
    const hone_curves curves = {
        .plot = {.name = "reliability",
                 .x_label = x_label(page),
                 .y_label = y_label(page),
                 .x_to = 1,
                 .y_to = 1.01,
                 .square = true},
        .figure = {.title = "Reliability",
                   .alt = "What happens against the predicted probability, one line a model; on "
                          "the diagonal when calibrated.",
                   .caption = "Above the dashed line probabilities are too low, below it too high. "
                              "Isotonic regression of the truth on the probability, no bins "
                              "(CORP)."},
        .guide = &guide,
        .make = make_curve};
    return hone_page_curves(page, &curves, err);
}

/* ---- one model and its band ------------------------------------------------------------------ */

/* The recalibrated value at q, between those of the nearest probabilities; k: one at or before. */
static double value_at(const hone_corp *corp, size_t *k, double q) {
    while (*k + 1 < corp->n && corp->proba[*k + 1] <= q)
        ++*k;
    if (*k + 1 >= corp->n || corp->proba[*k] >= q)
        return corp->recalibrated[*k];
    double share = (q - corp->proba[*k]) / (corp->proba[*k + 1] - corp->proba[*k]);
    return corp->recalibrated[*k] + share * (corp->recalibrated[*k + 1] - corp->recalibrated[*k]);
}

/* Rows by the nearest point of the grid, and by bar. */
static void spread(const hone_rated *rated, double near[GRID], struct judged *out) {
    double most = 0;
    for (size_t i = 0; i < rated->n; i++) {
        size_t bar = (size_t)(rated->score[i] * BARS);
        near[(size_t)(rated->score[i] * (GRID - 1) + 0.5)]++;
        out->rows[bar < BARS ? bar : BARS - 1]++;
    }
    for (size_t b = 0; b < BARS; b++)
        most = fmax(most, out->rows[b]);
    for (size_t b = 0; b < BARS; b++) {
        out->middle[b] = ((double)b + 0.5) / BARS;
        out->rows[b] *= 0.2 / most;
    }
}

/* 400, fewer of many rows, of which each curve is nearer to the diagonal; never below 100. */
static size_t replicates_of(size_t n) {
    size_t draws = 10000000 / n;
    return draws < 100 ? 100 : draws < 400 ? draws : 400;
}

static hone_status judge(const hone_page *page, const hone_rated *rated, const hone_corp *corp,
                         struct judged *out, hone_error *err) {
    double near[GRID] = {0}, all = 0, off = 0;
    for (size_t g = 0; g < GRID; g++)
        out->grid[g] = (double)g / (GRID - 1);
    spread(rated, near, out);
    hone_status status =
        hone_calibration_band(rated->score, rated->n, out->grid, GRID, replicates_of(rated->n),
                              0.95, page->report->seed, page->mon, out->low, out->high, err);
    for (size_t g = 0, k = 0; g < GRID && status == HONE_OK; g++) {
        double value = value_at(corp, &k, out->grid[g]);
        if (isnan(out->low[g]))
            continue;
        all += near[g];
        off += value < out->low[g] - 1e-12 || value > out->high[g] + 1e-12 ? near[g] : 0;
    }
    out->outside = off / all; /* NaN when all probabilities lie between two points */
    return status;
}

/* The part of the grid on which there is a band. */
static hone_series band_of(const struct judged *judged, int colour) {
    size_t first = 0, n = 0;
    while (first < GRID && isnan(judged->low[first]))
        first++;
    while (first + n < GRID && !isnan(judged->low[first + n]))
        n++;
    return (hone_series){.mark = HONE_BAND,
                         .n = n,
                         .x = judged->grid + first,
                         .y = judged->low + first,
                         .z = judged->high + first,
                         .colour = colour,
                         .opacity = 0.2,
                         .title = "95 % band"};
}

/* One of several small figures; of one model alone a large one with a legend. */
static hone_status draw(hone_page *page, size_t model, const hone_chain *chain,
                        const struct judged *judged, bool alone, hone_error *err) {
    const char *const legend[] = {"how the probabilities are spread", "95 % band when calibrated",
                                  "perfect", page->report->models[model].name};
    int colour = hone_page_colour(page, model);
    char name[40], caption[200];
    const hone_series series[] = {
        {.mark = HONE_BARS,
         .n = BARS,
         .x = judged->middle,
         .y = judged->rows,
         .colour = 8,
         .width = 1.0 / BARS,
         .opacity = 0.35,
         .title = "rows"},
        band_of(judged, colour),
        hone_page_guide(hone_unit, hone_unit, 2, "perfect"),
        hone_chain_series(chain, colour, page->report->models[model].name)};
    snprintf(name, sizeof name, "reliability-%zu", page->rank[model] + 1);
    if (isnan(judged->outside))
        snprintf(caption, sizeof caption, "The probabilities are too much alike to judge.");
    else
        snprintf(caption, sizeof caption,
                 "At the probabilities of %.0f %% of the rows the curve leaves the band%s.",
                 100 * judged->outside,
                 judged->outside <= 0.05 ? ": no sign of miscalibration" : "");
    const hone_plot plot = {.name = name,
                            .x_label = x_label(page),
                            .y_label = y_label(page),
                            .x_to = 1,
                            .y_to = 1.01,
                            .square = true,
                            .small = !alone,
                            .n = sizeof series / sizeof *series,
                            .series = series};
    const hone_figure figure = {.title = alone ? "Reliability" : page->report->models[model].name,
                                .alt = "Reliability curve of one model, with the band in which it "
                                       "would lie if the model were calibrated.",
                                .caption = caption,
                                .legend = alone ? legend : NULL,
                                .plot = &plot};
    return hone_page_figure(page, &figure, err);
}

/* context: a bool, is the model alone? */
static hone_status write_one(hone_page *page, size_t model, void *context, hone_error *err) {
    const bool *alone = context;
    hone_rated rated = {0};
    hone_corp corp = {0};
    hone_chain chain = {0};
    struct judged judged = {.outside = NAN};
    hone_status status = corp_of(page, model, &rated, &corp, err);
    if (status == HONE_OK)
        status = judge(page, &rated, &corp, &judged, err);
    if (status == HONE_OK)
        status = hone_chain_of(corp.proba, corp.recalibrated, corp.n, &chain, err);
    if (status == HONE_OK) {
        hone_chain_thin(&chain, HONE_CHAIN_POINTS_SMALL);
        status = draw(page, model, &chain, &judged, *alone, err);
    }
    hone_chain_free(&chain);
    hone_corp_free(&corp);
    hone_rated_free(&rated);
    return status;
}

static bool has_bands(const hone_page *page) {
    return !page->report->weight && page->n_rows <= ROWS_MOST && !page->plotter.missing;
}

hone_status hone_page_reliability(hone_page *page, hone_error *err) {
    bool alone = page->n_whole == 1;
    return alone && has_bands(page) ? write_one(page, page->whole[0], &alone, err)
                                    : draw_all(page, err);
}

hone_status hone_page_reliability_bands(hone_page *page, hone_error *err) {
    bool alone = false;
    if (page->n_whole == 1 || !has_bands(page))
        return HONE_OK;
    hone_page_note(
        page, "Each model with the 95 % band in which its curve would lie if its "
              "probabilities were calibrated (simulated, at each probability by itself: a "
              "calibrated curve leaves it at about 5 % of the rows, now more, now less). Grey: "
              "how the probabilities are spread.");
    return hone_page_each(page, hone_page_has_proba, write_one, &alone, err);
}
