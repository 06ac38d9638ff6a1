/* use.h -- a fitted model on new data: what `predict` and `evaluate` share. */
#ifndef HONE_CLI_USE_H
#define HONE_CLI_USE_H

#include "cli/data.h"

/* A model, new data, and what the one says about the other. Owned; free with cli_use_free(). */
typedef struct cli_use {
    hone_estimator *est;
    cli_data data;
    hone_column target; /* the target that the model predicts: its classes in the order of
                           hone_classes(), or a number; without a name if there is none */
    cli_texts labels;   /* behind target.levels */
    size_t n;           /* rows */
    double *label;      /* n: class numbers 0 .. n_levels - 1, or values */
    double *proba;      /* n x n_levels, or NULL */
    double *score;      /* n decision values of two classes, or NULL */
} cli_use;

/* Reads model and data; the kinds of the columns are those that the model knows. */
HONE_NODISCARD hone_status cli_use_load(const char *path, cli_use *use, hone_error *err);
HONE_NODISCARD hone_status cli_use_read(cli_session *session, cli_use *use, const hone_monitor *mon,
                                        hone_error *err);
/* --target and its kind as the model knows them, where it is not given. */
HONE_NODISCARD hone_status cli_use_target(cli_session *session, const cli_use *use,
                                          hone_error *err);
/* Fills label; also proba and score where the model gives them and `all` is asked for. */
HONE_NODISCARD hone_status cli_use_predict(cli_use *use, bool all, const hone_monitor *mon,
                                           hone_error *err);
/* The code that the data has for one of the model's two classes; its number of classes where it has
 * none. */
size_t cli_use_code(const cli_use *use, size_t number);
/* An object {path, name, spec}; NULL when memory is out. */
hone_json *cli_use_json(const cli_use *use, const char *path);
void cli_use_free(cli_use *use);

#endif
