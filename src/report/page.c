/* page.c -- what sections ask about the report: who is best, which rows, which scores. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

bool hone_page_is_binary(const hone_page *page) {
    return page->report->n_classes == 2;
}

bool hone_page_has_folds(const hone_page *page) {
    return page->report->folds && page->report->folds->scheme != HONE_CV_LOO;
}

size_t hone_page_fold_count(const hone_page *page) {
    const hone_folds *folds = page->report->folds;
    return hone_page_has_folds(page) ? folds->folds * folds->repeats : 1;
}

int hone_page_colour(const hone_page *page, size_t model) {
    return 1 + (int)(page->rank[model] % HONE_COLOURS);
}

size_t hone_page_metric(const hone_page *page, const char *name) {
    const hone_report *report = page->report;
    size_t k = 0;
    while (k < report->n_metrics && strcmp(report->metrics[k]->name, name) != 0)
        k++;
    return k;
}

const char *hone_page_rows_in_words(const hone_page *page) {
    const hone_folds *folds = page->report->folds;
    if (!folds)
        return "all rows";
    return folds->repeats > 1 ? "the out-of-fold predictions of the first repeat, all folds "
                                "together"
                              : "the out-of-fold predictions, all folds together";
}

bool hone_page_is_rated(const hone_page *page, size_t model) {
    return page->report->models[model].score || page->report->models[model].proba;
}

bool hone_page_has_ranking(const hone_page *page) {
    bool some = false;
    for (size_t w = 0; w < page->n_whole; w++)
        some = some || hone_page_is_rated(page, page->whole[w]);
    return hone_page_is_binary(page) && some;
}

double hone_page_test_share(const hone_page *page) {
    const hone_folds *folds = page->report->folds;
    return (double)hone_folds_test(folds, 0, 0, NULL) / (double)hone_folds_train(folds, 0, 0, NULL);
}

/* ---- ranks ----------------------------------------------------------------------------------- */

/* The first metric as a number of which more is better; NaN sinks. */
static double merit(const hone_report *report, size_t model) {
    const hone_report_model *m = &report->models[model];
    double value = m->scores && !m->error ? m->scores[0].value : NAN;
    if (isnan(value))
        return -INFINITY;
    return report->metrics[0]->greater_is_better ? value : -value;
}

/* Does the model have predictions of all the page's rows? */
static bool is_whole(const hone_page *page, size_t model) {
    const hone_report *report = page->report;
    const hone_report_model *m = &report->models[model];
    const double *sign = m->label ? m->label : m->score ? m->score : m->proba;
    size_t step = m->label || m->score ? 1 : report->n_classes;
    if (m->error || !sign || !report->truth)
        return false;
    for (size_t i = 0; i < page->n_rows; i++)
        if (isnan(sign[page->rows[i] * step]))
            return false;
    return true;
}

hone_status hone_page_rank(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    size_t n = report->n_models;
    hone_status status = hone_new(&page->order, n, err);
    if (status == HONE_OK)
        status = hone_new(&page->rank, n, err);
    if (status == HONE_OK)
        status = hone_new(&page->whole, n, err);
    if (status == HONE_OK)
        status = hone_new(&page->rows, report->n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < report->n; i++)
        if (!report->folds || report->folds->fold_of[i] != HONE_NO_FOLD)
            page->rows[page->n_rows++] = i;
    for (size_t i = 0; i < n; i++) { /* insertion keeps the order of equals */
        size_t at = i;
        for (; at > 0 && merit(report, page->order[at - 1]) < merit(report, i); at--)
            page->order[at] = page->order[at - 1];
        page->order[at] = i;
    }
    for (size_t r = 0; r < n; r++) {
        page->rank[page->order[r]] = r;
        if (is_whole(page, page->order[r]))
            page->whole[page->n_whole++] = page->order[r];
    }
    return HONE_OK;
}

/* ---- rated rows ------------------------------------------------------------------------------ */

void hone_rated_free(hone_rated *rated) {
    hone_release(rated->truth);
    hone_release(rated->score);
    hone_release(rated->weight);
    *rated = (hone_rated){0};
}

static double score_of(const hone_report *report, const hone_report_model *model, size_t at,
                       size_t positive) {
    if (model->score && report->n_classes == 2)
        return positive == report->positive ? model->score[at] : -model->score[at];
    return model->proba ? model->proba[at * report->n_classes + positive] : NAN;
}

static hone_status fill(const hone_report *report, const hone_report_model *model, size_t repeat,
                        const size_t *rows, size_t n, size_t positive, hone_rated *out,
                        hone_error *err) {
    hone_status status = hone_new(&out->truth, n, err);
    if (status == HONE_OK)
        status = hone_new(&out->score, n, err);
    if (status == HONE_OK && report->weight)
        status = hone_new(&out->weight, n, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        size_t row = rows[i];
        out->truth[i] = report->truth[row] == (double)positive;
        out->score[i] = score_of(report, model, repeat * report->n + row, positive);
        if (out->weight)
            out->weight[i] = report->weight[row];
    }
    out->n = n;
    return HONE_OK;
}

hone_status hone_rated_make(const hone_page *page, size_t model, size_t fold, size_t positive,
                            hone_rated *out, hone_error *err) {
    const hone_report *report = page->report;
    const hone_folds *folds = report->folds;
    hone_rated rated = {.n = 0};
    size_t *own = NULL, *rows = page->rows, n = page->n_rows, repeat = 0;
    hone_status status = HONE_OK;
    if (fold != HONE_ALL_ROWS && folds) {
        repeat = fold / folds->folds;
        status = hone_new(&own, report->n, err);
        if (status == HONE_OK)
            n = hone_folds_test(folds, repeat, fold % folds->folds, own);
        rows = own;
    }
    if (status == HONE_OK)
        status = fill(report, &report->models[model], repeat, rows, n, positive, &rated, err);
    if (status == HONE_OK)
        *out = rated, rated = (hone_rated){0};
    hone_rated_free(&rated);
    hone_release(own);
    return status;
}

/* The probability of the most probable class, and whether it is the right one. */
static void rate_top(const hone_report *report, const double *proba, size_t row, hone_rated *out,
                     size_t i) {
    size_t top = 0;
    for (size_t c = 1; c < report->n_classes; c++)
        top = proba[c] > proba[top] ? c : top;
    out->truth[i] = report->truth[row] == (double)top;
    out->score[i] = proba[top];
}

hone_status hone_rated_probable(const hone_page *page, size_t model, hone_rated *out,
                                hone_error *err) {
    const hone_report *report = page->report;
    size_t positive = hone_page_is_binary(page) ? report->positive : 0;
    hone_status status = hone_rated_make(page, model, HONE_ALL_ROWS, positive, out, err);
    for (size_t i = 0; i < page->n_rows && status == HONE_OK; i++) {
        const double *proba = report->models[model].proba + page->rows[i] * report->n_classes;
        if (hone_page_is_binary(page))
            out->score[i] = proba[positive];
        else
            rate_top(report, proba, page->rows[i], out, i);
    }
    return status;
}

/* Does each class have some weight? */
static bool has_both(const hone_rated *rated) {
    double weight[2] = {0, 0};
    for (size_t i = 0; i < rated->n; i++)
        weight[rated->truth[i] > 0] += rated->weight ? rated->weight[i] : 1;
    return weight[0] > 0 && weight[1] > 0;
}

/* Precision holds from the recall before to its own. */
static hone_status steps_of(const hone_rank_curve *curve, hone_chain *out, hone_error *err) {
    hone_chain steps = {.n = 0};
    hone_status status = hone_chain_make(2 * curve->n, &steps, err);
    for (size_t i = 0; i < curve->n && status == HONE_OK; i++) {
        steps.x[2 * i] = i ? curve->x[i - 1] : 0;
        steps.x[2 * i + 1] = curve->x[i];
        steps.y[2 * i] = steps.y[2 * i + 1] = curve->y[i];
    }
    if (status == HONE_OK)
        *out = steps;
    return status;
}

hone_status hone_rated_chain(const hone_rated *rated, hone_rank_curve_kind kind, size_t most,
                             hone_chain *out, hone_error *err) {
    hone_cutoffs cutoffs = {0};
    hone_rank_curve curve = {0};
    *out = (hone_chain){0};
    if (!has_both(rated))
        return HONE_OK;
    hone_status status =
        hone_cutoffs_make(rated->truth, rated->score, rated->weight, rated->n, &cutoffs, err);
    if (status == HONE_OK)
        status = hone_cutoffs_curve(&cutoffs, kind, &curve, err);
    if (status == HONE_OK)
        status = kind == HONE_CURVE_PR ? steps_of(&curve, out, err)
                                       : hone_chain_of(curve.x, curve.y, curve.n, out, err);
    if (status == HONE_OK)
        hone_chain_thin(out, most);
    hone_rank_curve_free(&curve);
    hone_cutoffs_free(&cutoffs);
    return status;
}
