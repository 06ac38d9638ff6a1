/* section_thresholds.c -- what each threshold of the score does: one table a model.
 *
 * The thresholds are those that take every k-th part of the rows, so that the table is as fine
 * where rows are many. Chosen ones (Youden and others) come first. */
#include "report/page.h"

#include "core/alloc.h"

#include <hone/inference.h>

#include <math.h>

/* Many rows make the intervals short and the drawing long: they are left out there. */
enum { STEPS = 24, REPLICATES = 400, ROWS_MOST = 20000 };

static const char *const TITLES[] = {"threshold",   "taken, %",  "TP", "FP", "sensitivity",
                                     "specificity", "precision", "F1", "J"};
enum { N_TITLES = sizeof TITLES / sizeof *TITLES };

/* Counts at one cutoff. */
struct counts {
    double threshold, tp, fp, positives, negatives;
};

static void write_cells(hone_html_table *table, struct counts at) {
    double fn = at.positives - at.tp, tn = at.negatives - at.fp;
    double sensitivity = at.tp / at.positives, specificity = tn / at.negatives;
    hone_html_cell_number(table, 100 * (at.tp + at.fp) / (at.positives + at.negatives), 1, NULL);
    hone_html_cell_count(table, at.tp);
    hone_html_cell_count(table, at.fp);
    hone_html_cell_number(table, sensitivity, 4, NULL);
    hone_html_cell_number(table, specificity, 4, NULL);
    hone_html_cell_number(table, at.tp / (at.tp + at.fp), 4, NULL);
    hone_html_cell_number(table, 2 * at.tp / (2 * at.tp + at.fp + fn), 4, NULL);
    hone_html_cell_number(table, sensitivity + specificity - 1, 4, NULL);
}

static void write_steps(hone_page *page, const hone_cutoffs *cutoffs) {
    hone_html_table table;
    char number[HONE_HTML_NUMBER];
    double positives = cutoffs->tp[cutoffs->n - 1], negatives = cutoffs->fp[cutoffs->n - 1];
    size_t next = 1, written = 0;
    hone_page_table(page, &table,
                    "A row counts as positive when its score is at or above the "
                    "threshold",
                    TITLES, N_TITLES);
    for (size_t i = 0; i < cutoffs->n; i++) {
        double share = (cutoffs->tp[i] + cutoffs->fp[i]) / (positives + negatives);
        if (share * STEPS < (double)next && i + 1 < cutoffs->n && written)
            continue;
        while (share * STEPS >= (double)next)
            next++;
        hone_html_row(&table, hone_html_number(cutoffs->threshold[i], 4, number), 0);
        write_cells(&table, (struct counts){cutoffs->threshold[i], cutoffs->tp[i], cutoffs->fp[i],
                                            positives, negatives});
        written++;
    }
    hone_html_table_end(&table);
}

/* The usual choices, on the same rows. */
static const struct choice {
    const char *name;
    hone_criterion criterion;
} CHOICES[] = {{"largest sensitivity + specificity (Youden)", {.kind = HONE_BEST_YOUDEN}},
               {"nearest to the corner", {.kind = HONE_BEST_CORNER}},
               {"largest F1", {.kind = HONE_BEST_F_BETA, .value = 1}},
               {"largest Matthews correlation", {.kind = HONE_BEST_MCC}},
               {"sensitivity of 95 % or more", {.kind = HONE_BEST_SENSITIVITY, .value = 0.95}},
               {"specificity of 95 % or more", {.kind = HONE_BEST_SPECIFICITY, .value = 0.95}}};
enum { N_CHOICES = sizeof CHOICES / sizeof *CHOICES };

/* intervals: N_CHOICES, of the thresholds chosen on bootstrap samples; NaN where there is none. */
static hone_status find_intervals(const hone_page *page, const hone_scored *scores,
                                  hone_interval *intervals, hone_error *err) {
    hone_statistic statistics[N_CHOICES];
    hone_bootstrap *drawn = NULL;
    for (size_t c = 0; c < N_CHOICES; c++) {
        statistics[c] =
            (hone_statistic){.kind = HONE_STATISTIC_THRESHOLD, .criterion = CHOICES[c].criterion};
        intervals[c] = (hone_interval){.low = NAN, .high = NAN};
    }
    if (scores->n > ROWS_MOST)
        return HONE_OK;
    hone_status status = hone_bootstrap_make(scores, statistics, N_CHOICES, REPLICATES,
                                             page->report->seed, page->mon, &drawn, err);
    for (size_t c = 0; c < N_CHOICES && status == HONE_OK; c++)
        status = hone_bootstrap_interval(drawn, 0, c, HONE_BOOTSTRAP_PERCENTILE, 0.95,
                                         &intervals[c], err);
    hone_bootstrap_free(drawn);
    return status;
}

static hone_status write_choices(hone_page *page, const hone_rated *rated, hone_error *err) {
    const char *titles[N_TITLES + 1] = {"choice"};
    const hone_scored scores = {.n = rated->n,
                                .models = 1,
                                .truth = rated->truth,
                                .score = rated->score,
                                .weight = rated->weight};
    hone_interval intervals[N_CHOICES];
    hone_html_table table;
    hone_status status = find_intervals(page, &scores, intervals, err);
    if (status != HONE_OK)
        return status;
    for (size_t j = 0; j < N_TITLES; j++)
        titles[1 + j] = TITLES[j];
    hone_page_table(page, &table,
                    "Chosen thresholds; below each its 95 % interval (bootstrap, percentile)",
                    titles, N_TITLES + 1);
    for (size_t c = 0; c < N_CHOICES && status == HONE_OK; c++) {
        hone_threshold at;
        status = hone_threshold_choose(&scores, 0, &CHOICES[c].criterion, &at, err);
        if (status != HONE_OK || isnan(at.threshold))
            continue;
        hone_html_row(&table, CHOICES[c].name, 0);
        hone_html_cell_interval(&table, at.threshold, intervals[c].low, intervals[c].high, 4, NULL);
        write_cells(&table,
                    (struct counts){at.threshold, at.tp, at.fp, at.tp + at.fn, at.fp + at.tn});
    }
    hone_html_table_end(&table);
    return status;
}

static hone_status write_model(hone_page *page, size_t model, bool folded, hone_error *err) {
    hone_rated rated = {0};
    hone_cutoffs cutoffs = {0};
    hone_status status =
        hone_rated_make(page, model, HONE_ALL_ROWS, page->report->positive, &rated, err);
    if (status == HONE_OK)
        status = hone_cutoffs_make(rated.truth, rated.score, rated.weight, rated.n, &cutoffs, err);
    if (status == HONE_OK) {
        if (folded)
            hone_page_fold(page, page->report->models[model].name);
        else
            hone_html_element(page->file, "h3", page->report->models[model].name);
        if (cutoffs.tp[cutoffs.n - 1] > 0 && cutoffs.fp[cutoffs.n - 1] > 0)
            status = write_choices(page, &rated, err);
        hone_page_fold(page, "All along the score");
        write_steps(page, &cutoffs);
        hone_page_unfold(page);
        if (folded)
            hone_page_unfold(page);
    }
    hone_cutoffs_free(&cutoffs);
    hone_rated_free(&rated);
    return status;
}

static hone_status write_thresholds(hone_page *page, hone_error *err) {
    hone_status status = HONE_OK;
    fprintf(page->file, "<p class=\"note\">Over %s.%s</p>\n", hone_page_rows_in_words(page),
            page->report->folds ? ""
                                : " A threshold chosen on these rows looks better on them than it "
                                  "will on new ones.");
    for (size_t w = 0, n = 0; w < page->n_whole && status == HONE_OK; w++) {
        if (hone_page_is_rated(page, page->whole[w]))
            status = write_model(page, page->whole[w], n++ > 0, err);
    }
    return status;
}

const hone_section hone_section_thresholds = {"thresholds", "Thresholds", hone_page_has_ranking,
                                              write_thresholds};
