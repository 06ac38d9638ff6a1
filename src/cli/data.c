/* data.c -- DATA by the settings: delimiter, header, kinds, missing tokens, roles. Whatever was
 * not pinned by an option is told, with the option that would pin it. */
#include "cli/data.h"
#include "cli/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_SHOWN = 8 };

const hone_column *cli_target(const hone_dataset *set) {
    return set->schema && set->schema->n_targets ? &set->schema->targets[0] : NULL;
}

bool cli_has_classes(const hone_dataset *set) {
    const hone_column *target = cli_target(set);
    return target && target->kind == HONE_CATEGORICAL;
}

hone_metric_task cli_task(const hone_column *target) {
    if (target->kind == HONE_NUMERIC)
        return HONE_FOR_REGRESSION;
    return target->n_levels == 2 ? HONE_FOR_BINARY : HONE_FOR_MULTICLASS;
}

const char *cli_task_name(hone_metric_task task) {
    return task == HONE_FOR_REGRESSION ? "regression"
           : task == HONE_FOR_BINARY   ? "binary"
                                       : "multiclass";
}

const char *cli_shown(const char *path) {
    return cli_is_standard(path) ? "standard input" : path;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* "col=kind" into a pin; the name is owned by `names`. */
static hone_status parse_kind(cli_session *session, const char *text, cli_texts *names,
                              hone_column *pin, hone_error *err) {
    const char *equals = strrchr(text, '=');
    if (equals && strcmp(equals + 1, "numeric") == 0)
        pin->kind = HONE_NUMERIC;
    else if (equals && strcmp(equals + 1, "categorical") == 0)
        pin->kind = HONE_CATEGORICAL;
    else
        return cli_misuse(session, err, "--kind takes COL=numeric or COL=categorical, got '%s'",
                          text);
    cli_texts_add(names, text, (size_t)(equals - text));
    pin->name = names->at[names->n - 1];
    return HONE_OK;
}

hone_status cli_read_table(cli_session *session, const char *path, const hone_schema *model,
                           const hone_monitor *mon, hone_table **out, hone_error *err) {
    cli_settings *set = &session->set;
    cli_texts names = {0};
    hone_column *pins = cli_take(set->kinds.n, sizeof *pins);
    hone_csv_options options = {.delimiter = set->delimiter,
                                .decimal = set->decimal,
                                .header = set->header,
                                .pins = pins,
                                .n_pins = set->kinds.n,
                                .schema = model,
                                .hash = set->json || set->report,
                                .svmlight = true,
                                .compressed = set->sparse};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < set->kinds.n && status == HONE_OK; i++)
        status = parse_kind(session, set->kinds.at[i], &names, &pins[i], err);
    if (set->missing.n) {
        cli_texts_add(&set->missing, "", 0); /* an empty cell always is */
        options.missing = (const char *const *)set->missing.at;
        options.n_missing = set->missing.n;
    }
    if (status == HONE_OK)
        status = hone_read_csv(path, &options, mon, out, err);
    if (status == HONE_OK && set->sparse && !hone_table_info(*out)->svmlight) {
        hone_table_free(*out);
        *out = NULL;
        status = cli_misuse(session, err, "--sparse is for svmlight text, which %s is not",
                            cli_shown(path));
    }
    if (status == HONE_OK)
        cli_warn_commas(*out);
    cli_texts_free(&names);
    free(pins);
    return status;
}

/* ---- telling --------------------------------------------------------------------------------- */

/* ": a, b, c and 5 more" of the categorical columns; NULL if there are none. */
static char *categorical_names(const hone_table *table, size_t *n) {
    char *text = NULL;
    *n = 0;
    for (size_t j = 0; j < hone_table_cols(table); j++) {
        const hone_column *column = hone_table_column(table, j);
        if (column->kind == HONE_CATEGORICAL && ++*n <= NAMES_SHOWN)
            cli_append(&text, "%s%s", *n > 1 ? ", " : ": ", column->name);
    }
    if (*n > NAMES_SHOWN)
        cli_append(&text, " and %zu more", *n - NAMES_SHOWN);
    return text;
}

static size_t count_missing(const hone_table *table) {
    size_t missing = 0;
    for (size_t j = 0; j < hone_table_cols(table); j++) {
        const double *values = hone_table_values(table, j);
        for (size_t i = 0; i < hone_table_rows(table); i++)
            missing += isnan(values[i]) ? 1 : 0;
    }
    return missing;
}

static void tell_delimiter(const cli_session *session, char delimiter) {
    const char quoted[] = {'\'', delimiter, '\'', '\0'};
    const char *shown = delimiter == '\t' ? "tab" : delimiter == ',' ? "," : quoted;
    cli_note(session, "  delimiter  %s  (--delimiter %s)", shown, shown);
}

/* Values that are not zero, of the columns from `first` on. */
static size_t count_filled(const hone_table *table, size_t first) {
    size_t n = hone_table_rows(table), filled = 0;
    for (size_t j = first; j < hone_table_cols(table); j++)
        for (size_t i = 0; i < n; i++)
            filled += hone_table_values(table, j)[i] != 0;
    return filled;
}

/* A table that deserves a word on its size. */
#define LARGE        64e6
#define MOSTLY_EMPTY 0.1

/* Column y holds the labels; the others are called as the text counts them. Compressed rows are
 * handed to the models as they are: scaled or imputed they would be full. */
static void tell_svmlight(cli_session *session, const hone_table *table) {
    const hone_csr *sparse = hone_table_sparse(table);
    size_t n = hone_table_rows(table), first = 1, known;
    if (hone_table_find(table, "qid", &known, NULL) == HONE_OK)
        first++;
    size_t cols = sparse ? sparse->cols : hone_table_cols(table) - first;
    size_t filled = sparse ? sparse->starts[n] : count_filled(table, first);
    cli_note(session, "  format     svmlight: labels y, %zu %s, %.3g %% filled, else 0", cols,
             cols == 1 ? "column" : "columns", 100.0 * (double)filled / (double)n / (double)cols);
    if (session->set.group && strcmp(session->set.group, "qid") == 0)
        cli_note(session, "  groups     qid  (--group qid)");
    if (sparse)
        cli_note(session, "  rows       kept compressed: models get them as they are  (--raw)");
    session->set.raw |= sparse != NULL;
    double bytes = 8 * (double)n * (double)cols;
    if (!sparse && bytes > LARGE && (double)filled < MOSTLY_EMPTY * (double)n * (double)cols)
        cli_note(session, "  rows       full, %.0f MB; --sparse keeps them compressed",
                 bytes / 1e6);
}

static void tell_reading(cli_session *session, const char *path, const hone_table *table) {
    const cli_settings *set = &session->set;
    const hone_csv_info *info = hone_table_info(table);
    const hone_csr *sparse = hone_table_sparse(table);
    size_t cols = hone_table_cols(table) + (sparse ? sparse->cols : 0);
    cli_note(session, "%s: %zu rows, %zu columns", cli_shown(path), hone_table_rows(table), cols);
    if (info->svmlight) {
        tell_svmlight(session, table);
        return;
    }
    if (!set->delimiter && cols > 1)
        tell_delimiter(session, info->delimiter);
    if (!set->header)
        cli_note(session, "  header     %s",
                 info->header ? "yes  (--header)" : "none: columns are x0, x1, ...  (--no-header)");
    if (!set->missing.n) {
        size_t missing = count_missing(table);
        cli_note(session, "  missing    %zu %s  (--missing TOKENS)", missing,
                 missing == 1 ? "cell" : "cells");
    }
}

static void tell_kinds(const cli_session *session, const hone_table *table) {
    size_t cols = hone_table_cols(table), categorical;
    char *names = categorical_names(table, &categorical);
    cli_note(session, "  kinds      %zu numeric, %zu categorical%s  (--kind COL=KIND)",
             cols - categorical, categorical, names ? names : "");
    free(names);
}

static void tell_classes(const cli_session *session, const hone_dataset *set) {
    const hone_column *target = cli_target(set);
    size_t *counts = cli_take(target->n_levels, sizeof *counts);
    for (size_t i = 0; i < set->y.rows; i++)
        counts[(size_t)hone_view_row(set->y, i)[0]]++;
    char *text = NULL;
    for (size_t k = 0; k < target->n_levels && k < NAMES_SHOWN; k++)
        cli_append(&text, "%s%s (%zu)", k ? ", " : "", target->levels[k], counts[k]);
    if (target->n_levels > NAMES_SHOWN)
        cli_note(session, "  target     %s: %zu classes: %s and %zu more  (--task classification)",
                 target->name, target->n_levels, text, target->n_levels - NAMES_SHOWN);
    else
        cli_note(session, "  target     %s: classes %s  (--task classification)", target->name,
                 text);
    free(text);
    free(counts);
}

static void tell_target(const cli_session *session, const hone_dataset *set) {
    const hone_column *target = cli_target(set);
    if (target && !session->set.task && target->kind == HONE_CATEGORICAL)
        tell_classes(session, set);
    else if (target && !session->set.task)
        cli_note(session, "  target     %s: real values  (--task regression)", target->name);
}

/* What the column of --fold means: its numbers or texts are folds; -1, a missing one and the text
 * 'train' are none, so that such a row trains for every fold and is never tested. */
static void tell_folds(const cli_session *session, const cli_data *data) {
    const hone_dataset *set = data->set;
    size_t untested = 0, n = hone_dataset_rows(set), column;
    for (size_t i = 0; set->fold && i < n; i++)
        untested += set->fold[i] < 0;
    if (!set->fold || hone_table_find(data->table, session->set.fold, &column, NULL) != HONE_OK)
        return;
    bool texts = hone_table_column(data->table, column)->kind == HONE_CATEGORICAL;
    cli_note(session, "  folds      %s: each %s is a fold", session->set.fold,
             texts ? "text (but 'train')" : "number from 0 on");
    if (untested)
        cli_note(session,
                 "  untested   %zu %s without a fold (%s): in training always, tested never",
                 untested, untested == 1 ? "row" : "rows",
                 texts ? "missing or 'train'" : "missing or negative");
}

static void warn_dropped(const cli_session *session, const cli_data *data) {
    if (data->n_dropped)
        cli_warn("left out %zu %s whose target %s is missing", data->n_dropped,
                 data->n_dropped == 1 ? "row" : "rows", session->set.target);
}

/* ---- roles ----------------------------------------------------------------------------------- */

/* Each level of a categorical column may become a column of its own. */
static void warn_many_levels(const hone_schema *schema) {
    char *names = NULL, *list = NULL, *drop = NULL;
    size_t n = 0;
    for (size_t j = 0; j < schema->n_columns; j++) {
        const hone_column *column = &schema->columns[j];
        if (column->kind != HONE_CATEGORICAL || column->n_levels <= CLI_MANY_LEVELS)
            continue;
        cli_append(&names, "%s%s (%zu)", n ? ", " : "", column->name, column->n_levels);
        cli_append_item(&list, column->name);
        n++;
    }
    if (n)
        cli_append_word(&drop, list);
    if (n)
        cli_warn("text %s with many levels, each of which becomes a number of its own: %s; leave "
                 "%s out with --drop %s",
                 n == 1 ? "column" : "columns", names, n == 1 ? "it" : "them", drop);
    free(names);
    free(list);
    free(drop);
}

/* Where a value of `view` is infinite; its columns are called as `columns` says. */
static hone_status check_view(const char *path, const hone_dataset *set, hone_view view,
                              const hone_column *columns, hone_error *err) {
    for (size_t i = 0; i < view.rows; i++)
        for (size_t j = 0; j < view.cols; j++)
            if (isinf(hone_view_row(view, i)[j]))
                return cli_fail(err, HONE_EDATA,
                                "%s: row %zu of column '%s' is infinite, expected a number; "
                                "--missing inf,-inf makes such cells missing",
                                cli_shown(path), set->row_ids ? set->row_ids[i] + 1 : i + 1,
                                columns[j].name);
    return HONE_OK;
}

/* Folds that do not part the rows would be passed over for folds drawn by chance. */
static hone_status check_folds(const char *path, const hone_dataset *set, hone_error *err) {
    size_t n = hone_dataset_rows(set);
    for (size_t i = 0; set->fold && i < n; i++)
        if (set->fold[i] != set->fold[0] && (set->fold[i] >= 0 || set->fold[0] >= 0))
            return HONE_OK;
    if (!set->fold || n < 2)
        return HONE_OK;
    return cli_fail(err, HONE_EDATA,
                    "%s: the column of --fold puts no row apart from the others, expected the "
                    "number of the fold that tests each row",
                    cli_shown(path));
}

/* The others are looked at where they are read: one below zero, missing or infinite is refused. */
static hone_status check_weights(const char *path, const hone_dataset *set, hone_error *err) {
    size_t n = hone_dataset_rows(set);
    for (size_t i = 0; set->weights && i < n; i++)
        if (set->weights[i] > 0)
            return HONE_OK;
    if (!set->weights)
        return HONE_OK;
    return cli_fail(err, HONE_EDATA,
                    "%s: the column of --weight is zero in every row, expected some above 0",
                    cli_shown(path));
}

hone_status cli_check_numbers(const char *path, const hone_dataset *set, hone_error *err) {
    const hone_schema *schema = set->schema;
    hone_status status = check_view(path, set, set->x, schema->columns, err);
    if (status == HONE_OK && schema->n_targets)
        status = check_view(path, set, set->y, schema->targets, err);
    return status == HONE_OK ? check_weights(path, set, err) : status;
}

hone_status cli_check_columns(const char *path, const hone_dataset *set, hone_error *err) {
    warn_many_levels(set->schema);
    hone_status status = cli_check_numbers(path, set, err);
    return status == HONE_OK ? check_folds(path, set, err) : status;
}

/* The queries of svmlight text are groups, not a number to learn from. */
static void take_qid(cli_session *session, const hone_table *table) {
    size_t column;
    if (session->set.group || !hone_table_info(table)->svmlight ||
        hone_table_find(table, "qid", &column, NULL) != HONE_OK)
        return;
    for (size_t i = 0; i < session->set.drop.n; i++)
        if (strcmp(session->set.drop.at[i], "qid") == 0)
            return;
    session->set.group = "qid";
}

hone_status cli_read_data(cli_session *session, const char *path, const hone_schema *model,
                          const hone_monitor *mon, cli_data *out, hone_error *err) {
    cli_settings *set = &session->set;
    cli_data data = {0};
    hone_status status = cli_read_table(session, path, model, mon, &data.table, err);
    if (status == HONE_OK)
        take_qid(session, data.table);
    const hone_roles roles = {.target = set->target,
                              .weight = set->weight,
                              .group = set->group,
                              .time = set->time,
                              .fold = set->fold,
                              .drop = (const char *const *)set->drop.at,
                              .n_drop = set->drop.n,
                              .target_kind = set->task};
    if (status == HONE_OK) {
        tell_reading(session, path, data.table);
        if (!model && !hone_table_info(data.table)->svmlight)
            tell_kinds(session, data.table);
        status = hone_table_dataset(data.table, &roles, &data.set, &data.n_dropped, err);
    }
    if (status == HONE_OK) {
        if (!model)
            tell_target(session, data.set);
        tell_folds(session, &data);
        warn_dropped(session, &data);
        *out = data, data = (cli_data){0};
    }
    cli_data_free(&data);
    return status;
}

void cli_data_free(cli_data *data) {
    hone_dataset_free(data->set);
    hone_table_free(data->table);
    *data = (cli_data){0};
}

void cli_note_positive(const cli_session *session, const hone_column *target, size_t positive) {
    char *word = NULL;
    if (session->set.positive)
        return;
    cli_append_word(&word, target->levels[positive]);
    cli_note(session, "  positive   %s  (--positive %s)", target->levels[positive], word);
    free(word);
}

static const char *level_at(const void *column, size_t i) {
    return ((const hone_column *)column)->levels[i];
}

hone_status cli_positive(cli_session *session, const hone_column *target, size_t *out,
                         hone_error *err) {
    const char *wanted = session->set.positive;
    *out = target->n_levels == 2;
    if (!wanted)
        return HONE_OK;
    if (target->n_levels != 2)
        return cli_fail(err, HONE_EDATA, "--positive is for a target with two classes, %s has %zu",
                        target->name, target->n_levels);
    for (size_t k = 0; k < target->n_levels; k++)
        if (strcmp(target->levels[k], wanted) == 0) {
            *out = k;
            return HONE_OK;
        }
    const char *near = hone_nearest(wanted, target->n_levels, level_at, target);
    return cli_fail(err, HONE_ENAME, "target %s has no class '%s', expected '%s' or '%s'%s%s%s",
                    target->name, wanted, target->levels[0], target->levels[1],
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}
