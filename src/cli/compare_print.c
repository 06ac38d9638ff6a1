/* compare_print.c -- the comparison as a table. */
#include "cli/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- who is best ----------------------------------------------------------------------------- */

/* Only models that finished every fold are ranked. */
static bool is_ranked(const cli_entry *entry, size_t metric) {
    return entry->ending == CLI_RAN && !isnan(entry->scores[metric].summary.mean);
}

static bool is_better(const hone_metric *metric, double a, double b) {
    return metric->greater_is_better ? a > b : a < b;
}

int cli_best_of(const cli_comparison *run, size_t metric, int but) {
    int best = CLI_NONE;
    for (int i = 0; i < (int)run->n; i++) {
        if (i == but || !is_ranked(&run->entries[i], metric))
            continue;
        if (best == CLI_NONE ||
            is_better(run->metrics[metric], run->entries[i].scores[metric].summary.mean,
                      run->entries[best].scores[metric].summary.mean))
            best = i;
    }
    return best;
}

/* ---- the table ------------------------------------------------------------------------------- */

static int column_decimals(const cli_comparison *run, size_t metric) {
    double most = 0;
    for (size_t i = 0; i < run->n; i++) {
        double mean = fabs(run->entries[i].scores[metric].summary.mean);
        most = mean > most ? mean : most;
    }
    return cli_decimals(most);
}

static void add_score(cli_table *table, const cli_score *score, int decimals) {
    char mean[CLI_NUMBER], std[CLI_NUMBER];
    cli_number(score->summary.mean, decimals, mean);
    if (isnan(score->summary.std))
        cli_table_cell(table, "%s", mean);
    else
        cli_table_cell(table, "%s %s %s", mean, cli_utf8() ? "\xc2\xb1" : "+/-",
                       cli_number(score->summary.std, decimals, std));
}

/* Are there folds that did not run? */
static bool is_incomplete(const cli_comparison *run) {
    for (size_t i = 0; i < run->n; i++)
        if (run->entries[i].ending != CLI_RAN)
            return true;
    return false;
}

static void add_row(const cli_comparison *run, cli_table *table, size_t i) {
    const cli_entry *entry = &run->entries[i];
    char seconds[CLI_NUMBER];
    cli_table_cell(table, "%s", entry->label);
    for (size_t k = 0; k < run->n_shown; k++) {
        add_score(table, &entry->scores[k], column_decimals(run, k));
        if (run->n > 1 && is_ranked(entry, k) &&
            entry->scores[k].summary.mean ==
                run->entries[cli_best_of(run, k, CLI_NONE)].scores[k].summary.mean)
            cli_table_mark(table);
    }
    cli_table_cell(table, "%s", cli_seconds(entry->fit_seconds, seconds));
    if (is_incomplete(run))
        cli_table_cell(table, "%zu of %zu%s", entry->n_done, run->folds.folds * run->folds.repeats,
                       entry->ending == CLI_BROKE       ? ", failed"
                       : entry->ending == CLI_CANCELLED ? ", stopped"
                                                        : "");
}

static void add_header(const cli_comparison *run, cli_table *table) {
    cli_table_cell(table, "model");
    for (size_t k = 0; k < run->n_shown; k++)
        cli_table_cell(table, "%s", run->metrics[k]->name);
    cli_table_cell(table, "fit");
    if (is_incomplete(run))
        cli_table_cell(table, "folds");
}

/* What the table cannot say: failures, and metrics that have no value. */
static void print_remarks(const cli_comparison *run, cli_sink *sink) {
    for (size_t i = 0; i < run->n; i++) {
        const cli_entry *entry = &run->entries[i];
        if (entry->error) {
            char *clean = cli_clean(entry->error);
            fprintf(sink->file, "%s failed: %s\n", entry->label, clean);
            free(clean);
        }
        for (size_t k = 0; k < run->n_shown; k++)
            if (entry->scores[k].why)
                fprintf(sink->file, "%s of %s is undefined in some folds: %s\n",
                        run->metrics[k]->name, entry->label, entry->scores[k].why);
    }
}

static void print_scheme(const cli_comparison *run, cli_sink *sink) {
    fprintf(sink->file, "%s, %zu folds", hone_cv_scheme_name(run->folds.scheme), run->folds.folds);
    if (run->folds.repeats > 1)
        fprintf(sink->file, " x %zu repeats", run->folds.repeats);
    if (run->folds.scheme == HONE_CV_LOO)
        fputs("; metrics over all rows at once", sink->file);
    else
        fprintf(sink->file, ", seed %llu; mean and standard deviation over the folds",
                (unsigned long long)run->folds.seed);
    fputs(run->n > 1 ? "; * best\n\n" : "\n\n", sink->file);
}

void cli_compare_print(const cli_comparison *run, cli_sink *sink) {
    cli_table table = {.columns = run->n_shown + 2 + is_incomplete(run),
                       .right_from = 1,
                       .right_end = run->n_shown + 2};
    bool alone = run->session->command == &cli_cv && run->entries[0].ending == CLI_RAN;
    add_header(run, &table);
    for (size_t i = 0; i < run->n; i++)
        add_row(run, &table, i);
    print_scheme(run, sink);
    if (!alone) { /* cv has a table of its own */
        cli_table_print(&table, sink);
        putc('\n', sink->file);
    }
    cli_table_free(&table);
    cli_compare_print_judged(run, sink);
    print_remarks(run, sink);
    char *verdict = cli_compare_verdict(run), *clean = cli_clean(verdict);
    fprintf(sink->file, "%s\n", clean);
    cli_sink_check(sink);
    free(clean);
    free(verdict);
}
