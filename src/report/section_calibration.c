/* section_calibration.c -- do the probabilities mean what they say? Reliability curves without
 * bins (CORP: isotonic regression of the truth on the probability), the Brier score in its parts,
 * the calibration line on the logit scale, and what acting on the probabilities is worth. */
#include "report/page.h"

#include "core/alloc.h"

#include <hone/calibration.h>
#include <hone/inference.h>

#include <math.h>

enum { GRID = 99, BINS = 10 };

static bool applies(const hone_page *page) {
    bool some = false;
    for (size_t w = 0; w < page->n_whole; w++)
        some = some || hone_page_has_proba(page, page->whole[w]);
    return page->report->n_classes >= 2 && some;
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
        if (hone_page_has_proba(page, page->whole[w]))
            status = write_row(page, &table, page->whole[w], err);
    hone_html_table_end(&table);
    hone_page_note(page, "Brier score = miscalibration \xe2\x88\x92 discrimination + uncertainty "
                         "(CORP). ECE: 10 bins of equal width, and of equal mass. Slope and "
                         "intercept of the truth on the log-odds: 1 and 0 when calibrated, slope "
                         "below 1 when the probabilities are too extreme. Z and p: Spiegelhalter's "
                         "test of calibration.");
    return status;
}

/* ---- bins ------------------------------------------------------------------------------------ */

/* The truth in tenths of the rows: what a reader can check with a pencil. */
static hone_status write_bins(hone_page *page, size_t model, hone_error *err) {
    const char *const TITLES[] = {"bin", "rows", "mean probability", "happened", "difference"};
    char header[32];
    hone_rated rated = {0};
    hone_reliability bins = {0};
    hone_html_table table;
    hone_status status = hone_rated_probable(page, model, &rated, err);
    if (status == HONE_OK)
        status = hone_reliability_make(rated.truth, rated.score, rated.weight, rated.n,
                                       HONE_EQUAL_MASS, BINS, &bins, err);
    if (status == HONE_OK)
        hone_page_table(page, &table, page->report->models[model].name, TITLES,
                        sizeof TITLES / sizeof *TITLES);
    for (size_t b = 0; b < bins.n && status == HONE_OK; b++) {
        hone_interval share = {.low = NAN, .high = NAN};
        if (!rated.weight)
            status = hone_proportion_interval(round(bins.share[b] * bins.weight[b]), bins.weight[b],
                                              false, 0.95, &share, err);
        snprintf(header, sizeof header, "%zu", b + 1);
        hone_html_row(&table, header, 0);
        hone_html_cell_count(&table, bins.weight[b]);
        hone_html_cell_number(&table, bins.proba[b], 4, NULL);
        hone_html_cell_interval(&table, bins.share[b], share.low, share.high, 4, NULL);
        hone_html_cell_number(&table, bins.share[b] - bins.proba[b], 4, NULL);
    }
    if (bins.n)
        hone_html_table_end(&table);
    hone_reliability_free(&bins);
    hone_rated_free(&rated);
    return status;
}

static hone_status write_all_bins(hone_page *page, hone_error *err) {
    hone_status status = HONE_OK;
    hone_page_fold(page, "Predicted and observed, in ten bins of equal mass");
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
        if (hone_page_has_proba(page, page->whole[w]))
            status = write_bins(page, page->whole[w], err);
    hone_page_note(page, "Below what happened: Wilson's 95 % interval.");
    hone_page_unfold(page);
    return status;
}

/* ---- net benefit ----------------------------------------------------------------------------- */

static void fill_grid(double *grid) {
    for (size_t i = 0; i < GRID; i++)
        grid[i] = (double)(i + 1) / (GRID + 1);
}

/* all: GRID, or NULL. */
static hone_status benefit_of(const hone_page *page, size_t model, double *benefit, double *all,
                              hone_error *err) {
    double grid[GRID];
    hone_rated rated = {0};
    fill_grid(grid);
    hone_status status = hone_rated_probable(page, model, &rated, err);
    if (status == HONE_OK)
        status = hone_net_benefit(rated.truth, rated.score, rated.weight, rated.n, grid, GRID,
                                  benefit, all, err);
    hone_rated_free(&rated);
    return status;
}

/* The number of the caption: at how many of the thresholds the model is of more worth than acting
 * on every row and than acting on none. */
static hone_status make_benefit(const hone_page *page, size_t model, const void *context,
                                hone_curve *out, hone_error *err) {
    double grid[GRID], benefit[GRID], all[GRID], better = 0;
    (void)context;
    if (!hone_page_has_proba(page, model))
        return HONE_OK;
    fill_grid(grid);
    hone_status status = benefit_of(page, model, benefit, all, err);
    for (size_t i = 0; i < GRID && status == HONE_OK; i++)
        better += benefit[i] > fmax(all[i], 0) + 1e-12;
    out->note = 100 * better / GRID;
    return status == HONE_OK ? hone_chain_of(grid, benefit, GRID, &out->chain, err) : status;
}

static hone_status draw_benefit(hone_page *page, hone_error *err) {
    double grid[GRID], ignored[GRID], all[GRID];
    size_t w = 0;
    while (!hone_page_has_proba(page, page->whole[w]))
        w++;
    fill_grid(grid);
    hone_status status = benefit_of(page, page->whole[w], ignored, all, err);
    if (status != HONE_OK)
        return status;
    double prevalence = all[0] * (1 - grid[0]) + grid[0]; /* all = pi - (1 - pi) t / (1 - t) */
    const hone_series guide = hone_page_guide(grid, all, GRID, "act on every row");
    const hone_curves curves = {
        .plot = {.name = "net-benefit",
                 .x_label = "threshold probability",
                 .y_label = "net benefit",
                 .x_to = 1,
                 .y_from = -0.1 * prevalence,
                 .y_to = 1.1 * prevalence,
                 .square = true},
        .figure = {.title = "Net benefit",
                   .alt = "Net benefit of acting on the rows above each threshold, one line a "
                          "model.",
                   .caption = "True positives less false positives weighed by the odds of the "
                              "threshold, per row (Vickers & Elkin); acting on none is 0."},
        .guide = &guide,
        .make = make_benefit,
        .note = "Worth more than acting on all or none, in % of the thresholds: ",
        .decimals = 0};
    return hone_page_curves(page, &curves, err);
}

/* ---- the section ----------------------------------------------------------------------------- */

static hone_status write_calibration(hone_page *page, hone_error *err) {
    fprintf(page->file, "<p class=\"note\">Over %s.%s</p>\n", hone_page_rows_in_words(page),
            hone_page_is_binary(page) ? ""
                                      : " Of the classes the predicted one: how often it is right "
                                        "against its probability.");
    hone_page_figures_begin(page);
    hone_status status = hone_page_reliability(page, err);
    if (status == HONE_OK && hone_page_is_binary(page))
        status = draw_benefit(page, err);
    hone_page_figures_end(page);
    if (status == HONE_OK)
        status = hone_page_reliability_bands(page, err);
    if (status == HONE_OK)
        status = write_table(page, err);
    return status == HONE_OK ? write_all_bins(page, err) : status;
}

const hone_section hone_section_calibration = {"calibration", "Calibration", applies,
                                               write_calibration};
