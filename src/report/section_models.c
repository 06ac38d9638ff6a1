/* section_models.c -- the models by rank, every pair of them, and all metrics of all of them. */
#include "report/page.h"

#include "core/alloc.h"

#include <math.h>
#include <string.h>

/* ---- a table of metrics ---------------------------------------------------------------------- */

static int metric_decimals(const hone_report *report, size_t metric) {
    double most = 0;
    for (size_t i = 0; i < report->n_models; i++)
        if (report->models[i].scores && !isnan(report->models[i].scores[metric].value))
            most = fmax(most, fabs(report->models[i].scores[metric].value));
    return hone_html_decimals(most);
}

/* Is it the best value of its column, among several? */
static bool is_best(const hone_report *report, size_t model, size_t metric) {
    double value = report->models[model].scores[metric].value;
    size_t others = 0;
    for (size_t i = 0; i < report->n_models; i++) {
        const hone_report_model *other = &report->models[i];
        if (i == model || !other->scores || other->error || isnan(other->scores[metric].value))
            continue;
        others++;
        double ahead = other->scores[metric].value - value;
        if (report->metrics[metric]->greater_is_better ? ahead > 0 : ahead < 0)
            return false;
    }
    return others > 0 && !isnan(value) && !report->models[model].error;
}

static void metric_cell(const hone_page *page, hone_html_table *table, size_t model,
                        size_t metric) {
    const hone_report *report = page->report;
    const hone_report_model *m = &report->models[model];
    if (!m->scores) {
        hone_html_cell_number(table, NAN, 0, NULL);
        return;
    }
    const hone_report_score *score = &m->scores[metric];
    hone_html_cell_interval(table, score->value, score->low, score->high,
                            metric_decimals(report, metric),
                            is_best(report, model, metric) ? "best" : NULL);
}

/* The methods of the intervals, each once, as "roc_auc: ...; accuracy, f1: ...". */
static void note_methods(hone_page *page, size_t n) {
    const hone_report *report = page->report;
    const hone_report_model *model = &report->models[page->order[0]];
    size_t shown = 0;
    if (!model->scores)
        return;
    fputs("<p class=\"note\">Below each value: its 95 % interval", page->file);
    for (size_t k = 0; k < n; k++) {
        const char *method = model->scores[k].method;
        bool first = method != NULL;
        for (size_t j = 0; j < k && first; j++)
            first = !model->scores[j].method || strcmp(model->scores[j].method, method) != 0;
        if (!first)
            continue;
        fputs(shown++ ? "; " : " (", page->file);
        for (size_t j = k, named = 0; j < n; j++)
            if (model->scores[j].method && strcmp(model->scores[j].method, method) == 0)
                fprintf(page->file, "%s%s", named++ ? ", " : "", report->metrics[j]->name);
        fputs(": ", page->file);
        hone_html_text(page->file, method);
    }
    fputs(shown ? ")." : ".", page->file);
    fputs(report->n_models > 1 ? " \xe2\x98\x85 best of its column.</p>\n" : "</p>\n", page->file);
}

static bool has_intervals(const hone_page *page) {
    const hone_report_model *model = &page->report->models[page->order[0]];
    for (size_t k = 0; model->scores && k < page->report->n_shown; k++)
        if (!isnan(model->scores[k].low))
            return true;
    return false;
}

static bool has_times(const hone_report *report) {
    for (size_t i = 0; i < report->n_models; i++)
        if (report->models[i].fit_seconds > 0)
            return true;
    return false;
}

/* ---- models ---------------------------------------------------------------------------------- */

static bool always(const hone_page *page) {
    (void)page;
    return true;
}

static void write_remarks(hone_page *page) {
    const hone_report *report = page->report;
    for (size_t i = 0; i < report->n_models; i++) {
        const hone_report_model *model = &report->models[i];
        if (model->error) {
            fputs("<p class=\"warn\"><b>", page->file);
            hone_html_text(page->file, model->name);
            fputs("</b> failed: ", page->file);
            hone_html_text(page->file, model->error);
            fputs("</p>\n", page->file);
        }
        for (size_t k = 0; model->scores && k < report->n_shown; k++) {
            if (!model->scores[k].why)
                continue;
            fprintf(page->file, "<p class=\"note\">%s of ", report->metrics[k]->name);
            hone_html_text(page->file, model->name);
            fprintf(page->file, " is undefined%s: ", report->folds ? " in some folds" : "");
            hone_html_text(page->file, model->scores[k].why);
            fputs("</p>\n", page->file);
        }
    }
}

static void write_specs(hone_page *page) {
    const hone_report *report = page->report;
    const char *const TITLES[] = {"model", "<specification"};
    hone_html_table table;
    bool some = false;
    for (size_t i = 0; i < report->n_models; i++)
        some = some || report->models[i].spec;
    if (!some)
        return;
    hone_page_fold(page, "Specifications of the models");
    hone_page_table(page, &table, "Every parameter that is not at its default", TITLES, 2);
    for (size_t r = 0; r < report->n_models; r++) {
        const hone_report_model *model = &report->models[page->order[r]];
        hone_page_row(page, &table, page->order[r]);
        hone_html_cell(&table, model->spec ? model->spec : "");
    }
    hone_html_table_end(&table);
    hone_page_unfold(page);
}

/* Milliseconds. */
static void time_cell(hone_html_table *table, double seconds) {
    hone_html_cell_number(table, 1e3 * seconds, seconds < 1e-2 ? 3 : 1, NULL);
}

static hone_status write_models(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    const char **titles = NULL;
    hone_html_table table;
    bool times = has_times(report);
    size_t n = 0;
    hone_status status = hone_new(&titles, report->n_shown + 3, err);
    if (status != HONE_OK)
        return status;
    titles[n++] = "model";
    for (size_t k = 0; k < report->n_shown; k++)
        titles[n++] = report->metrics[k]->name;
    if (times) {
        titles[n++] = "fit, ms";
        titles[n++] = "predict, ms";
    }
    bool several = report->n_models > 1;
    hone_page_table(page, &table,
                    report->folds ? several ? "Mean over the folds, best first metric on top"
                                            : "Mean over the folds"
                    : several     ? "Values on all rows, best first metric on top"
                                  : "Values on all rows",
                    titles, n);
    for (size_t r = 0; r < report->n_models; r++) {
        size_t model = page->order[r];
        hone_page_row(page, &table, model);
        for (size_t k = 0; k < report->n_shown; k++)
            metric_cell(page, &table, model, k);
        if (times) {
            time_cell(&table, report->models[model].fit_seconds);
            time_cell(&table, report->models[model].predict_seconds);
        }
    }
    hone_html_table_end(&table);
    if (has_intervals(page))
        note_methods(page, report->n_shown);
    write_remarks(page);
    write_specs(page);
    hone_release(titles);
    return HONE_OK;
}

const hone_section hone_section_models = {"models", "Models", always, write_models};

/* ---- pairs ----------------------------------------------------------------------------------- */

static bool has_pairs(const hone_page *page) {
    return page->report->n_pairs > 0;
}

/* The same pair with the better ranked model first. */
static hone_report_pair orient(const hone_page *page, const hone_report_pair *pair) {
    hone_report_pair out = *pair;
    if (page->rank[pair->a] < page->rank[pair->b])
        return out;
    out.a = pair->b, out.b = pair->a;
    out.difference = -pair->difference;
    out.low = -pair->high, out.high = -pair->low;
    out.p_a_better = pair->p_b_better, out.p_b_better = pair->p_a_better;
    return out;
}

static void p_cell(hone_html_table *table, double p) {
    if (!(p < 1e-4)) {
        hone_html_cell_number(table, p, 4, NULL);
        return;
    }
    fputs("<td class=\"n\">&lt; 0.0001</td>", table->file);
    hone_html_record(table, hone_json_real(p));
}

static void write_pair(hone_page *page, hone_html_table *table, hone_report_pair pair,
                       bool posterior) {
    const hone_report *report = page->report;
    hone_html_row(table, report->models[pair.a].name, hone_page_colour(page, pair.a));
    hone_html_cell(table, report->models[pair.b].name);
    hone_html_cell(table, pair.metric);
    hone_html_cell(table, pair.method);
    hone_html_cell_interval(table, pair.difference, pair.low, pair.high, 4, NULL);
    p_cell(table, pair.p_value);
    p_cell(table, pair.p_adjusted);
    if (posterior) {
        p_cell(table, pair.p_a_better);
        p_cell(table, pair.p_equivalent);
        p_cell(table, pair.p_b_better);
    }
}

/* The pairs with the best model, or those without; how many there are. */
static size_t write_some(hone_page *page, bool with_best, bool posterior) {
    const char *const TITLES[] = {"first", "<second", "<metric",  "<method", "difference",
                                  "p",     "p, Holm", "P(first)", "P(same)", "P(second)"};
    const hone_report *report = page->report;
    hone_html_table table;
    size_t n = 0;
    hone_page_table(page, &table,
                    with_best ? "The best model against each other one, on the same rows"
                              : "All other pairs",
                    TITLES, posterior ? 10 : 7);
    for (size_t r = 0; r < report->n_models; r++)
        for (size_t i = 0; i < report->n_pairs; i++) {
            hone_report_pair pair = orient(page, &report->pairs[i]);
            if (page->rank[pair.a] != r || (r == 0) != with_best)
                continue;
            write_pair(page, &table, pair, posterior);
            n++;
        }
    hone_html_table_end(&table);
    return n;
}

static hone_status write_pairs(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    bool posterior = false;
    (void)err;
    for (size_t i = 0; i < report->n_pairs; i++)
        posterior = posterior || !isnan(report->pairs[i].p_equivalent);
    if (write_some(page, true, posterior) < report->n_pairs) {
        hone_page_fold(page, "All other pairs");
        write_some(page, false, posterior);
        hone_page_unfold(page);
    }
    hone_page_note(page, "A difference that excludes 0 in its interval, and an adjusted p below "
                         "0.05, is more than chance would give often. A large p is no proof that "
                         "models are equal.");
    if (posterior)
        fprintf(page->file,
                "<p class=\"note\">P: posterior probabilities that the first is better, that both "
                "are the same in practice (the difference is less than %g either way), that the "
                "second is better (Bayesian correlated t).</p>\n",
                report->rope);
    return HONE_OK;
}

const hone_section hone_section_pairs = {"pairs", "Comparisons", has_pairs, write_pairs};

/* ---- all metrics ----------------------------------------------------------------------------- */

static bool has_more_metrics(const hone_page *page) {
    return page->report->n_metrics > page->report->n_shown;
}

static hone_status write_metrics(hone_page *page, hone_error *err) {
    const hone_report *report = page->report;
    size_t n = report->n_models;
    const char **titles = NULL;
    hone_html_table table;
    hone_status status = hone_new(&titles, n + 2, err);
    if (status != HONE_OK)
        return status;
    titles[0] = "metric";
    for (size_t r = 0; r < n; r++)
        titles[1 + r] = report->models[page->order[r]].name;
    titles[n + 1] = "<meaning";
    hone_page_fold(page, "All metrics of the task");
    hone_page_table(page, &table, "Every metric of every model", titles, n + 2);
    for (size_t k = 0; k < report->n_metrics; k++) {
        hone_html_row(&table, report->metrics[k]->name, 0);
        for (size_t r = 0; r < n; r++)
            metric_cell(page, &table, page->order[r], k);
        hone_html_cell(&table, report->metrics[k]->help);
    }
    hone_html_table_end(&table);
    hone_page_unfold(page);
    hone_release(titles);
    return HONE_OK;
}

const hone_section hone_section_metrics = {"metrics", "All metrics", has_more_metrics,
                                           write_metrics};
