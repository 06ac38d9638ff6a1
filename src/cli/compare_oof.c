/* compare_oof.c -- out-of-fold predictions as CSV, to be checked or analysed with any tool.
 *
 * One line per repeat and row: row (the record of DATA, from 0), repeat, fold (from 0), truth, then
 * of each model MODEL_prediction, MODEL_score (two classes) and MODEL_proba_CLASS. Empty: not
 * finished. */
#include "cli/compare.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>

static void put_name(FILE *file, const char *model, const char *what, const char *level) {
    char *name = cli_format("%s_%s%s", model, what, level);
    putc(',', file);
    cli_csv_field(file, name);
    free(name);
}

static void put_header(const cli_comparison *run, FILE *file) {
    const hone_column *target = cli_target(run->data.set);
    fputs("row,repeat,fold,truth", file);
    for (size_t i = 0; i < run->n; i++) {
        const hone_oof *oof = &run->result->models[i];
        const char *label = run->entries[i].label;
        put_name(file, label, "prediction", "");
        if (oof->score)
            put_name(file, label, "score", "");
        for (size_t k = 0; oof->proba && k < run->result->n_classes; k++)
            put_name(file, label, "proba_", target->levels[k]);
    }
    putc('\n', file);
}

/* A class as its label, a value as a number. */
static void put_value(FILE *file, const hone_column *target, double value) {
    putc(',', file);
    if (target->kind == HONE_NUMERIC)
        cli_csv_number(file, value);
    else if (!isnan(value))
        cli_csv_field(file, target->levels[(size_t)value]);
}

static void put_row(const cli_comparison *run, size_t repeat, size_t i, FILE *file) {
    const hone_dataset *set = run->data.set;
    const hone_column *target = cli_target(set);
    size_t at = repeat * run->folds.n_rows + i, classes = run->result->n_classes;
    uint32_t fold = run->folds.fold_of[at];
    fprintf(file, "%zu,%zu,", set->row_ids ? set->row_ids[i] : i, repeat);
    if (fold != HONE_NO_FOLD)
        fprintf(file, "%u", fold);
    put_value(file, target, hone_view_row(set->y, i)[0]);
    for (size_t m = 0; m < run->n; m++) {
        const hone_oof *oof = &run->result->models[m];
        put_value(file, target, oof->label[at]);
        if (oof->score) {
            putc(',', file);
            cli_csv_number(file, oof->score[at]);
        }
        for (size_t k = 0; oof->proba && k < classes; k++) {
            putc(',', file);
            cli_csv_number(file, oof->proba[at * classes + k]);
        }
    }
    putc('\n', file);
}

void cli_compare_oof(const cli_comparison *run, cli_sink *sink) {
    put_header(run, sink->file);
    for (size_t repeat = 0; repeat < run->folds.repeats; repeat++)
        for (size_t i = 0; i < run->folds.n_rows && !sink->failed; i++) {
            put_row(run, repeat, i, sink->file);
            cli_sink_check(sink);
        }
}
