/* section_calibration.c -- do the probabilities mean what they say? Reliability curves without
 * bins (CORP: isotonic regression of the truth on the probability), the Brier score in its parts,
 * the calibration line on the logit scale, and what acting on the probabilities is worth. */
#include "report/page.h"

#include "core/alloc.h"

#include <hone/calibration.h>

#include <math.h>

enum { LEGEND = 200, GRID = 99, BINS = 10 };

static bool has_proba(const hone_page *page, size_t model) {
    return page->report->models[model].proba != NULL;
}

static bool applies(const hone_page *page) {
    bool some = false;
    for (size_t w = 0; w < page->n_whole; w++)
        some = some || has_proba(page, page->whole[w]);
    return hone_page_is_binary(page) && some;
}

/* ---- the table ------------------------------------------------------------------------------- */

static hone_status write_row(hone_page *page, hone_html_table *table, size_t model,
                             hone_error *err) {
    hone_rated rated = {0};
    hone_corp corp = {0};
    hone_reliability width = {0}, mass = {0};
    hone_cox cox = {NAN, NAN, NAN};
    double z = NAN, p = NAN;
    hone_status status = hone_rated_probable(page, model, &rated, err);
    const double *y = rated.truth, *proba = rated.score, *weight = rated.weight;
    size_t n = rated.n;
    if (status != HONE_OK ||
        (status = hone_corp_make(y, proba, weight, n, &corp, err)) != HONE_OK ||
        (status = hone_reliability_make(y, proba, weight, n, HONE_EQUAL_WIDTH, BINS, &width,
                                        err)) != HONE_OK ||
        (status = hone_reliability_make(y, proba, weight, n, HONE_EQUAL_MASS, BINS, &mass, err)) !=
            HONE_OK ||
        (status = hone_cox_calibration(y, proba, weight, n, &cox, NULL, err)) != HONE_OK ||
        (status = hone_spiegelhalter(y, proba, weight, n, &z, &p, NULL, err)) != HONE_OK)
        goto done;
    const double values[] = {corp.score, corp.mcb,  corp.dsc,      corp.unc, width.ece,
                             mass.ece,   cox.slope, cox.intercept, z,        p};
    hone_page_row(page, table, model);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        hone_html_cell_number(table, values[i], 4, NULL);
done:
    hone_reliability_free(&width);
    hone_reliability_free(&mass);
    hone_corp_free(&corp);
    hone_rated_free(&rated);
    return status;
}

static hone_status write_table(hone_page *page, hone_error *err) {
    const char *const TITLES[] = {"model",     "Brier", "miscal.",   "discrim.", "uncert.", "ECE",
                                  "ECE, mass", "slope", "intercept", "Z",        "p"};
    hone_html_table table;
    hone_status status = HONE_OK;
    hone_page_table(page, &table, "Calibration", TITLES, sizeof TITLES / sizeof *TITLES);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
        if (has_proba(page, page->whole[w]))
            status = write_row(page, &table, page->whole[w], err);
    hone_html_table_end(&table);
    hone_page_note(page, "Brier score = miscalibration \xe2\x88\x92 discrimination + uncertainty "
                         "(CORP). ECE: 10 bins of equal width, and of equal mass. Slope and "
                         "intercept of the truth on the log-odds: 1 and 0 when calibrated, slope "
                         "below 1 when the probabilities are too extreme. Z and p: Spiegelhalter's "
                         "test of calibration.");
    return status;
}

/* ---- figures --------------------------------------------------------------------------------- */

/* The curve of one model in a figure. */
typedef hone_status make_fn(const hone_page *page, size_t model, hone_chain *out, hone_error *err);

static hone_status reliability_of(const hone_page *page, size_t model, hone_chain *out,
                                  hone_error *err) {
    hone_rated rated = {0};
    hone_corp corp = {0};
    hone_status status = hone_rated_probable(page, model, &rated, err);
    if (status == HONE_OK)
        status = hone_corp_make(rated.truth, rated.score, rated.weight, rated.n, &corp, err);
    if (status == HONE_OK)
        status = hone_chain_of(corp.proba, corp.recalibrated, corp.n, out, err);
    if (status == HONE_OK)
        hone_chain_thin(out, HONE_CHAIN_POINTS);
    hone_corp_free(&corp);
    hone_rated_free(&rated);
    return status;
}

static void fill_grid(double *grid) {
    for (size_t i = 0; i < GRID; i++)
        grid[i] = (double)(i + 1) / (GRID + 1);
}

static hone_status benefit_of(const hone_page *page, size_t model, hone_chain *out,
                              hone_error *err) {
    double grid[GRID], benefit[GRID];
    hone_rated rated = {0};
    fill_grid(grid);
    hone_status status = hone_rated_probable(page, model, &rated, err);
    if (status == HONE_OK)
        status = hone_net_benefit(rated.truth, rated.score, rated.weight, rated.n, grid, GRID,
                                  benefit, NULL, err);
    if (status == HONE_OK)
        status = hone_chain_of(grid, benefit, GRID, out, err);
    hone_rated_free(&rated);
    return status;
}

static hone_status draw(hone_page *page, make_fn *make, const hone_series *guide,
                        hone_figure figure, hone_plot plot, hone_error *err) {
    size_t n = page->n_whole, drawn = 0;
    hone_chain *chains = NULL;
    hone_series *series = NULL;
    const char **legend = NULL;
    hone_status status = hone_new(&chains, n, err);
    if (status == HONE_OK)
        status = hone_new(&series, n + 1, err);
    if (status == HONE_OK)
        status = hone_new(&legend, n + 1, err);
    if (status == HONE_OK) {
        legend[drawn] = guide->title;
        series[drawn++] = *guide;
    }
    for (size_t w = 0; w < n && status == HONE_OK; w++) {
        size_t model = page->whole[w];
        if (!has_proba(page, model))
            continue;
        status = make(page, model, &chains[w], err);
        legend[drawn] = page->report->models[model].name;
        series[drawn] = hone_chain_series(&chains[w], hone_page_colour(page, model), legend[drawn]);
        drawn++;
    }
    plot.n = drawn;
    plot.series = series;
    figure.plot = &plot;
    figure.legend = legend;
    if (status == HONE_OK)
        status = hone_page_figure(page, &figure, err);
    for (size_t w = 0; chains && w < n; w++)
        hone_chain_free(&chains[w]);
    hone_release(chains);
    hone_release(series);
    hone_release(legend);
    return status;
}

static hone_status draw_reliability(hone_page *page, hone_error *err) {
    const double unit[] = {0, 1};
    const hone_series guide = {.mark = HONE_LINE,
                               .n = 2,
                               .x = unit,
                               .y = unit,
                               .colour = 8,
                               .width = 1,
                               .dashed = true,
                               .title = "perfect"};
    const hone_plot plot = {.name = "reliability",
                            .x_label = "predicted probability",
                            .y_label = "share of positives",
                            .x_to = 1,
                            .y_to = 1,
                            .square = true};
    const hone_figure figure = {
        .title = "Reliability",
        .alt = "Share of positives against the predicted probability, one line a model; on the "
               "diagonal when calibrated.",
        .caption = "Isotonic regression of the truth on the probability, no bins (CORP)."};
    return draw(page, reliability_of, &guide, figure, plot, err);
}

static hone_status draw_benefit(hone_page *page, hone_error *err) {
    double grid[GRID], ignored[GRID], all[GRID], most = 0;
    hone_rated rated = {0};
    size_t w = 0;
    while (!has_proba(page, page->whole[w]))
        w++;
    fill_grid(grid);
    hone_status status = hone_rated_probable(page, page->whole[w], &rated, err);
    if (status == HONE_OK)
        status = hone_net_benefit(rated.truth, rated.score, rated.weight, rated.n, grid, GRID,
                                  ignored, all, err);
    for (size_t i = 0; i < rated.n; i++)
        most += rated.truth[i] > 0 ? 1 / (double)rated.n : 0;
    hone_rated_free(&rated);
    const hone_series guide = {.mark = HONE_LINE,
                               .n = GRID,
                               .x = grid,
                               .y = all,
                               .colour = 8,
                               .width = 1,
                               .dashed = true,
                               .title = "act on every row"};
    const hone_plot plot = {.name = "net-benefit",
                            .x_label = "threshold probability",
                            .y_label = "net benefit",
                            .x_to = 1,
                            .y_from = -0.1 * most,
                            .y_to = 1.1 * most,
                            .square = true};
    const hone_figure figure = {
        .title = "Net benefit",
        .alt = "Net benefit of acting on the rows above each threshold, one line a model.",
        .caption = "True positives less false positives weighed by the odds of the threshold, per "
                   "row (Vickers & Elkin)."};
    return status == HONE_OK ? draw(page, benefit_of, &guide, figure, plot, err) : status;
}

static hone_status write_calibration(hone_page *page, hone_error *err) {
    fprintf(page->file, "<p class=\"note\">Over %s.</p>\n", hone_page_rows_in_words(page));
    hone_page_figures_begin(page);
    hone_status status = draw_reliability(page, err);
    if (status == HONE_OK)
        status = draw_benefit(page, err);
    hone_page_figures_end(page);
    return status == HONE_OK ? write_table(page, err) : status;
}

const hone_section hone_section_calibration = {"calibration", "Calibration", applies,
                                               write_calibration};
