/* section_thresholds.c -- what each threshold of the score does: one table a model.
 *
 * The thresholds are those that take every k-th part of the rows, so that the table is as fine
 * where rows are many. */
#include "report/page.h"

enum { STEPS = 24 };

static bool applies(const hone_page *page) {
    const hone_report *report = page->report;
    bool rated = false;
    for (size_t w = 0; w < page->n_whole; w++)
        rated =
            rated || report->models[page->whole[w]].score || report->models[page->whole[w]].proba;
    return hone_page_is_binary(page) && rated;
}

static const char *const TITLES[] = {
    "threshold",   "rows taken, %", "true pos.", "false pos.", "sensitivity",
    "specificity", "precision",     "F1",        "J"};
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
        write_steps(page, &cutoffs);
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
        const hone_report_model *model = &page->report->models[page->whole[w]];
        if (model->score || model->proba)
            status = write_model(page, page->whole[w], n++ > 0, err);
    }
    return status;
}

const hone_section hone_section_thresholds = {"thresholds", "Thresholds", applies,
                                              write_thresholds};
