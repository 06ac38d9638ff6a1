/* compare_pairs.c -- how sure the first metric is: each model's interval, and its difference to the
 * best one by the corrected resampled t. Of one model alone: every metric shown with its interval.
 */
#include "cli/compare.h"

#include <math.h>
#include <stdlib.h>

static const hone_pair *find_pair(const cli_comparison *run, size_t a, size_t b) {
    for (size_t i = 0; i < run->n_pairs; i++) {
        const hone_pair *pair = &run->pairs[i];
        if (((pair->a == a && pair->b == b) || (pair->a == b && pair->b == a)) &&
            pair->method == HONE_PAIR_CORRECTED_T)
            return pair;
    }
    return NULL;
}

static void range_cell(cli_table *table, double low, double high, int decimals) {
    char from[CLI_NUMBER], to[CLI_NUMBER];
    if (isnan(low) || isnan(high))
        cli_table_cell(table, "-");
    else
        cli_table_cell(table, "%s to %s", cli_number(low, decimals, from),
                       cli_number(high, decimals, to));
}

/* Model less best. */
static void pair_cells(cli_table *table, const hone_pair *pair, size_t best, int decimals) {
    char number[CLI_NUMBER];
    for (int i = 0; !pair && i < 4; i++)
        cli_table_cell(table, "-");
    if (!pair)
        return;
    double sign = pair->a == best ? -1 : 1;
    cli_table_cell(table, "%s", cli_number(sign * pair->difference, decimals, number));
    range_cell(table, sign > 0 ? pair->low : -pair->high, sign > 0 ? pair->high : -pair->low,
               decimals);
    if (pair->p_adjusted < 1e-4)
        cli_table_cell(table, "<0.0001");
    else
        cli_table_cell(table, "%s", cli_number(pair->p_adjusted, 4, number));
    cli_table_cell(table, "%s", cli_number(pair->p_equivalent, 3, number));
}

static void print_models(const cli_comparison *run, int best, cli_sink *sink) {
    cli_table table = {.columns = 6, .right_from = 1, .right_end = 6};
    int decimals = cli_decimals(run->entries[best].scores[0].summary.mean);
    cli_table_cell(&table, "%s", run->metrics[0]->name);
    cli_table_cell(&table, "95 %% interval");
    cli_table_cell(&table, "less %s", run->entries[best].label);
    cli_table_cell(&table, "95 %% interval");
    cli_table_cell(&table, "p, Holm");
    cli_table_cell(&table, "P(same)");
    for (size_t i = 0; i < run->n; i++) {
        const cli_score *score = &run->entries[i].scores[0];
        cli_table_cell(&table, "%s", run->entries[i].label);
        range_cell(&table, score->interval.low, score->interval.high, decimals);
        pair_cells(&table, (int)i == best ? NULL : find_pair(run, i, (size_t)best), (size_t)best,
                   decimals);
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
    const char *method = run->entries[best].scores[0].interval.method;
    fprintf(sink->file,
            "intervals: %s; differences: corrected resampled t; P(same): within %g, Bayesian "
            "correlated t\n\n",
            method ? method : "none", run->rope);
}

static void print_metrics(const cli_comparison *run, cli_sink *sink) {
    cli_table table = {.columns = 5, .right_from = 1, .right_end = 4};
    char number[CLI_NUMBER];
    cli_table_cell(&table, "metric");
    cli_table_cell(&table, "mean");
    cli_table_cell(&table, "std");
    cli_table_cell(&table, "95 %% interval");
    cli_table_cell(&table, "method");
    for (size_t k = 0; k < run->n_shown; k++) {
        const cli_score *score = &run->entries[0].scores[k];
        int decimals = cli_decimals(score->summary.mean);
        cli_table_cell(&table, "%s", run->metrics[k]->name);
        cli_table_cell(&table, "%s", cli_number(score->summary.mean, decimals, number));
        cli_table_cell(&table, "%s", cli_number(score->summary.std, decimals, number));
        range_cell(&table, score->interval.low, score->interval.high, decimals);
        cli_table_cell(&table, "%s", score->interval.method ? score->interval.method : "-");
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
    putc('\n', sink->file);
}

void cli_compare_print_judged(const cli_comparison *run, cli_sink *sink) {
    int best = cli_best_of(run, 0, CLI_NONE);
    if (run->n == 1 && best != CLI_NONE)
        print_metrics(run, sink);
    else if (best != CLI_NONE && run->n_pairs)
        print_models(run, best, sink);
    cli_compare_print_curves(run, sink);
    cli_sink_check(sink);
}
