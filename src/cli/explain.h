/* explain.h -- the parts of `hone explain`: a method is one row of its table. */
#ifndef HONE_CLI_EXPLAIN_H
#define HONE_CLI_EXPLAIN_H

#include "cli/output.h"
#include "cli/use.h"

/* How important one column is, or several that are taken together. */
typedef struct cli_importance {
    char *name; /* owned */
    double value;
    double sd, low, high; /* NaN where the method gives none */
} cli_importance;

typedef struct cli_explain_method cli_explain_method;

/* One explanation. Owned; what a method fills in is freed by explain.c. */
typedef struct cli_explanation {
    cli_session *session;
    const cli_explain_method *method;
    cli_use use;      /* use.data is empty where the method looks at no data */
    const char *what; /* heading of the values: "roc_auc lost"; borrowed */
    char *heading;    /* owned: what of, heading the table */
    size_t n;
    cli_importance *rows; /* n, most important first; NULL of other methods */
    void *own;            /* whatever else the method keeps */
} cli_explanation;

/* One row of the table of methods. */
struct cli_explain_method {
    const char *name, *help;
    bool reads_data;   /* the call needs DATA, */
    bool reads_target; /* with the target of the model */
    /* Computes; the model is loaded and the data (if any) read. */
    hone_status (*run)(cli_explanation *run, const hone_monitor *mon, hone_error *err);
    void (*text)(const cli_explanation *run, cli_sink *sink);
    /* Sets the method's own fields of the result; true when memory is out. */
    bool (*json)(const cli_explanation *run, hone_json *out);
    void (*free)(cli_explanation *run); /* what is in `own`; or NULL */
    /* (optional) Writes what it says of each row, as CSV: --output. */
    void (*rows)(const cli_explanation *run, cli_sink *sink);
};

extern const cli_explain_method cli_explain_permutation, cli_explain_gain, cli_explain_split,
    cli_explain_cover, cli_explain_shap, cli_explain_interactions, cli_explain_partial,
    cli_explain_terms;

/* The number of a column of the model, named by an option; a near name is suggested. */
hone_status cli_explain_column(const cli_explanation *run, const char *option, const char *name,
                               size_t *out, hone_error *err);
/* Adds a row; `name` is taken over. */
void cli_explain_add(cli_explanation *run, char *name, double value, double sd, double low,
                     double high);
/* Most important first; equal ones in the order of the columns, NaN last. */
void cli_explain_sort(cli_explanation *run);
/* The table with bars, for any method that fills rows. */
void cli_explain_print(const cli_explanation *run, cli_sink *sink);
/* "importances": [{"column", "value", "sd", "ci"}, ...]; NULL when memory is out. */
hone_json *cli_explain_json(const cli_explanation *run);

#endif
