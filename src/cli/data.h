/* data.h -- reading DATA, and telling the user everything that was inferred on the way. */
#ifndef HONE_CLI_DATA_H
#define HONE_CLI_DATA_H

#include "cli/cli.h"

/* More levels than this make a categorical column suspicious. */
#define CLI_MANY_LEVELS 50

/* What a file gave. Owned; free with cli_data_free(). */
typedef struct cli_data {
    hone_table *table;
    hone_dataset *set;
    size_t n_dropped; /* rows without a target */
} cli_data;

/* DATA in messages: its path, or "standard input". */
const char *cli_shown(const char *path);
/* Reads a table by the settings. model (or NULL): the schema of a fitted model, whose column kinds
 * hold where --kind says nothing. With --json or --report the bytes are hashed. */
HONE_NODISCARD hone_status cli_read_table(cli_session *session, const char *path,
                                          const hone_schema *model, const hone_monitor *mon,
                                          hone_table **out, hone_error *err);
/* The same, then X, y, weights and groups by the settings; notes and warnings are printed. */
HONE_NODISCARD hone_status cli_read_data(cli_session *session, const char *path,
                                         const hone_schema *model, const hone_monitor *mon,
                                         cli_data *out, hone_error *err);
/* No model takes infinities, nor any metric: HONE_EDATA with the row and the column of the file.
 * The same for weights that are all zero. */
HONE_NODISCARD hone_status cli_check_numbers(const char *path, const hone_dataset *set,
                                             hone_error *err);
/* Before models are fitted: warns of columns with very many levels. HONE_EDATA as above, told
 * once instead of by every fit, and for folds that do not part the rows. */
HONE_NODISCARD hone_status cli_check_columns(const char *path, const hone_dataset *set,
                                             hone_error *err);
void cli_data_free(cli_data *data);
/* Warns of text columns that look like numbers with decimal commas. */
void cli_warn_commas(const hone_table *table);

/* The target's column, or NULL when there is none. */
const hone_column *cli_target(const hone_dataset *set);
bool cli_has_classes(const hone_dataset *set);
/* The task of the data, and its name in results: "binary", "multiclass" or "regression". */
hone_metric_task cli_task(const hone_column *target);
const char *cli_task_name(hone_metric_task task);
/* The code of the positive class of a target with two classes: --positive, or the second one. */
HONE_NODISCARD hone_status cli_positive(cli_session *session, const hone_column *target,
                                        size_t *out, hone_error *err);
/* Tells which class is the positive one, unless --positive did. */
void cli_note_positive(const cli_session *session, const hone_column *target, size_t positive);

#endif
