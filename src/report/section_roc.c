/* section_roc.c -- ROC curves: all models in one figure, and each with its folds and a band; of
 * more than two classes one figure a model, each class against the rest.
 *
 * Over folds the curve of a model is the mean of the curves of its folds at each false positive
 * rate, so that the area below it is the mean of their areas, which is the number beside it. The
 * band is the mean -+ t s sqrt(1/J + n_test/n_train), the corrected resampled t of Nadeau & Bengio
 * at each false positive rate; it is wide where folds are few. */
#include "report/page.h"

#include "core/alloc.h"
#include "inference/special.h"

#include <math.h>

/* One model's curves. Owned. */
struct roc {
    size_t n; /* folds with both classes */
    hone_chain *folds;
    hone_chain mean, low, high;
};

static void roc_free(struct roc *roc) {
    for (size_t f = 0; roc->folds && f < roc->n; f++)
        hone_chain_free(&roc->folds[f]);
    hone_release(roc->folds);
    hone_chain_free(&roc->mean);
    hone_chain_free(&roc->low);
    hone_chain_free(&roc->high);
}

/* The curve of one class on some rows, thinned; n == 0 when a class has no rows. */
static hone_status curve_of(const hone_page *page, size_t model, size_t fold, size_t positive,
                            size_t most, hone_chain *out, hone_error *err) {
    hone_rated rated = {0};
    hone_status status = hone_rated_make(page, model, fold, positive, &rated, err);
    if (status == HONE_OK)
        status = hone_rated_chain(&rated, HONE_CURVE_ROC, most, out, err);
    hone_rated_free(&rated);
    return status;
}

static hone_status make_roc(const hone_page *page, size_t model, struct roc *roc, hone_error *err) {
    size_t folds = hone_page_fold_count(page), positive = page->report->positive;
    hone_status status = hone_new(&roc->folds, folds, err);
    if (!hone_page_has_folds(page)) {
        if (status == HONE_OK)
            status =
                curve_of(page, model, HONE_ALL_ROWS, positive, HONE_CHAIN_POINTS, &roc->mean, err);
        if (status == HONE_OK && roc->mean.n)
            status = hone_page_band(page, model, &roc->low, &roc->high, err);
        return status;
    }
    for (size_t f = 0; f < folds && status == HONE_OK; f++) {
        status = curve_of(page, model, f, positive, HONE_CHAIN_POINTS, &roc->folds[roc->n], err);
        roc->n += status == HONE_OK && roc->folds[roc->n].n;
    }
    if (status != HONE_OK || roc->n == 0)
        return status;
    double j = (double)roc->n, share = hone_page_test_share(page);
    double width = roc->n < 2 ? 0 : hone_student_quantile(0.975, j - 1) * sqrt(1 / j + share);
    status = hone_chain_mean(roc->folds, roc->n, width, &roc->mean, &roc->low, &roc->high, err);
    if (status != HONE_OK)
        return status;
    hone_chain_thin(&roc->mean, HONE_CHAIN_POINTS);
    return HONE_OK;
}

/* ---- all models ------------------------------------------------------------------------------ */

/* "svc: 0.9952 (0.989 to 0.998)" */
static void describe(const hone_page *page, size_t model, double area, char *out, size_t size) {
    const hone_report_model *m = &page->report->models[model];
    size_t k = hone_page_metric(page, "roc_auc");
    char value[HONE_HTML_NUMBER], low[HONE_HTML_NUMBER], high[HONE_HTML_NUMBER];
    bool interval = m->scores && k < page->report->n_metrics && !isnan(m->scores[k].low);
    hone_html_number(area, 4, value);
    if (interval)
        snprintf(out, size, "%.120s: AUC %s (%s to %s)", m->name, value,
                 hone_html_number(m->scores[k].low, 3, low),
                 hone_html_number(m->scores[k].high, 3, high));
    else
        snprintf(out, size, "%.120s: AUC %s", m->name, value);
}

/* The place of a model among the whole ones. */
static size_t place_of(const hone_page *page, size_t model) {
    size_t w = 0;
    while (page->whole[w] != model)
        w++;
    return w;
}

/* What is made already, of which curves are copied into figures. */
struct shelf {
    const struct roc *rocs; /* n_whole */
    double least;           /* areas below it are left out */
};

static hone_status take_curve(const hone_page *page, size_t model, const void *context,
                              hone_curve *out, hone_error *err) {
    const struct shelf *shelf = context;
    const hone_chain *mean = &shelf->rocs[place_of(page, model)].mean;
    double area = hone_chain_area(mean);
    if (!mean->n || area < shelf->least)
        return HONE_OK;
    describe(page, model, area, out->legend, sizeof out->legend);
    return hone_chain_of(mean->x, mean->y, mean->n, &out->chain, err);
}

static hone_status draw_all(hone_page *page, const struct roc *rocs, hone_error *err) {
    size_t before = 0, kept = 0;
    char caption[300];
    for (size_t w = 0; w < page->n_whole; w++) {
        before += rocs[w].mean.n_before;
        kept += rocs[w].mean.n;
    }
    snprintf(caption, sizeof caption, "%s %zu of %zu points are drawn; the areas are unchanged.",
             hone_page_has_folds(page) ? "Means of the folds' curves: the area below is the mean "
                                         "AUC."
                                       : "In brackets: the 95 % interval of the area.",
             kept, before);
    const struct shelf shelf = {rocs, 0};
    const hone_series guide = hone_page_guide(hone_unit, hone_unit, 2, "chance");
    const hone_curves curves = {
        .plot = {.name = "roc",
                 .x_label = "false positive rate",
                 .y_label = "true positive rate",
                 .x_to = 1,
                 .y_to = 1.01,
                 .square = true},
        .figure = {.title = "ROC, all models",
                   .alt = "ROC curves of all models; the areas are in the legend and in the table "
                          "of models.",
                   .caption = caption},
        .guide = &guide,
        .make = take_curve,
        .context = &shelf};
    return hone_page_curves(page, &curves, err);
}

/* The same, the corner where good models differ. */
static hone_status draw_corner(hone_page *page, const struct roc *rocs, hone_error *err) {
    const struct shelf shelf = {rocs, 0.9};
    const hone_curves curves = {
        .plot = {.name = "roc-corner",
                 .x_label = "false positive rate",
                 .y_label = "true positive rate",
                 .x_to = 0.25,
                 .y_from = 0.75,
                 .y_to = 1.0025,
                 .square = true},
        .figure = {.title = "The upper left corner",
                   .alt = "The same curves, false positive rates up to one quarter.",
                   .caption = "The models with an AUC above 0.9, magnified four times."},
        .make = take_curve,
        .context = &shelf};
    return hone_page_curves(page, &curves, err);
}

/* ---- one model ------------------------------------------------------------------------------- */

enum { FOLDS_DRAWN = 20 };

/* How the band is made. */
static const char *band_in_words(const hone_page *page) {
    return hone_page_has_folds(page) ? "Band: 95 % for the mean curve at each false positive rate "
                                       "(corrected resampled t)."
                                     : "Band: 95 % at each false positive rate (bootstrap, classes "
                                       "apart).";
}

/* The band, chance, some folds, and the curve itself at last; returns how many. */
static size_t lay_curves(hone_page *page, size_t model, struct roc *roc,
                         hone_series series[FOLDS_DRAWN + 3]) {
    size_t folds = roc->n < FOLDS_DRAWN ? roc->n : FOLDS_DRAWN, n = 0;
    int colour = hone_page_colour(page, model);
    hone_chain_sample(&roc->low, HONE_CHAIN_POINTS_SMALL);
    hone_chain_sample(&roc->high, HONE_CHAIN_POINTS_SMALL);
    series[n++] = (hone_series){.mark = HONE_BAND,
                                .n = roc->low.n,
                                .x = roc->low.x,
                                .y = roc->low.y,
                                .z = roc->high.y,
                                .colour = colour,
                                .opacity = 0.2,
                                .title = "95 % band"};
    series[n++] = hone_page_guide(hone_unit, hone_unit, 2, "chance");
    for (size_t f = 0; f < folds; f++) {
        hone_chain_thin(&roc->folds[f], HONE_CHAIN_POINTS_SMALL);
        series[n] = hone_chain_series(&roc->folds[f], 8, "fold");
        series[n++].width = 0.6;
    }
    series[n++] = hone_chain_series(&roc->mean, colour, page->report->models[model].name);
    return n;
}

/* One of several small figures; of one model alone a large one with a legend. */
static hone_status draw_one(hone_page *page, size_t model, struct roc *roc, bool alone,
                            hone_error *err) {
    const char *legend[FOLDS_DRAWN + 3] = {"95 % band", "chance", roc->n ? "folds" : NULL};
    char name[32], text[HONE_LEGEND];
    hone_series series[FOLDS_DRAWN + 3];
    size_t n = lay_curves(page, model, roc, series);
    describe(page, model, hone_chain_area(&roc->mean), text, sizeof text);
    legend[n - 1] = text;
    snprintf(name, sizeof name, "roc-model-%zu", page->rank[model] + 1);
    const hone_plot plot = {.name = name,
                            .x_label = "false positive rate",
                            .y_label = "true positive rate",
                            .x_to = 1,
                            .y_to = 1.01,
                            .square = true,
                            .small = !alone,
                            .n = n,
                            .series = series};
    const hone_figure figure = {.title = page->report->models[model].name,
                                .alt = "ROC curve of one model with its band, and those of its "
                                       "folds.",
                                .caption = alone ? band_in_words(page) : NULL,
                                .legend = alone ? legend : NULL,
                                .plot = &plot};
    return hone_page_figure(page, &figure, err);
}

/* context: rocs, n_whole. */
static hone_status draw_small(hone_page *page, size_t model, void *context, hone_error *err) {
    struct roc *roc = (struct roc *)context + place_of(page, model);
    return roc->low.n ? draw_one(page, model, roc, false, err) : HONE_OK;
}

static hone_status draw_each(hone_page *page, struct roc *rocs, hone_error *err) {
    fprintf(page->file, "<p class=\"note\">Each model%s. %s</p>\n",
            hone_page_has_folds(page) ? " with its folds (thin)" : " by itself",
            band_in_words(page));
    return hone_page_each(page, hone_page_is_rated, draw_small, rocs, err);
}

static hone_status write_roc(hone_page *page, hone_error *err) {
    struct roc *rocs = NULL;
    hone_status status = hone_new(&rocs, page->n_whole, err);
    for (size_t w = 0; w < page->n_whole && status == HONE_OK; w++)
        if (hone_page_is_rated(page, page->whole[w]))
            status = make_roc(page, page->whole[w], &rocs[w], err);
    bool banded = false;
    for (size_t w = 0; rocs && w < page->n_whole; w++)
        banded = banded || rocs[w].low.n;
    bool alone = banded && page->n_whole == 1;
    if (status == HONE_OK) {
        hone_page_figures_begin(page);
        status =
            alone ? draw_one(page, page->whole[0], rocs, true, err) : draw_all(page, rocs, err);
        if (status == HONE_OK)
            status = draw_corner(page, rocs, err);
        hone_page_figures_end(page);
    }
    if (status == HONE_OK && banded && !alone && !page->plotter.missing)
        status = draw_each(page, rocs, err);
    for (size_t w = 0; rocs && w < page->n_whole; w++)
        roc_free(&rocs[w]);
    hone_release(rocs);
    return status;
}

const hone_section hone_section_roc = {"roc", "ROC", hone_page_has_ranking, write_roc};
