/* cli.h -- the command `hone`: what its files share.
 *
 * The command uses nothing but <hone/hone.h> and POSIX, so whatever it can do a user's program can
 * do too. Its names begin with cli_: none of them is part of the library.
 *
 * Flow: main() finds the command in a table, options.c fills the settings from the command's
 * option table, the command's run() works and returns a status; main() turns it into the exit
 * status. What a word of the command line is wrong about is misuse (2): unknown names, values out
 * of their domain, a metric of another task; what the data are wrong about is a failure (1). */
#ifndef HONE_CLI_H
#define HONE_CLI_H

#include <hone/hone.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses. */
enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_MISUSED = 2, CLI_INTERRUPTED = 130 };

/* A list of texts, owned. */
typedef struct cli_texts {
    size_t n;
    char **at;
} cli_texts;

#define CLI_ARGUMENTS_MAX 2

/* Every option of every command has its place here; texts are borrowed from argv. */
typedef struct cli_settings {
    size_t n_arguments;
    const char *arguments[CLI_ARGUMENTS_MAX];
    /* data */
    const char *target, *weight, *group, *time, *fold;
    cli_texts drop, kinds, missing;
    int header;     /* 0 = sniff, 1 = yes, -1 = no */
    char delimiter; /* 0 = sniff */
    char decimal;   /* 0 = point */
    bool sparse;    /* keep svmlight rows compressed */
    hone_target_kind task;
    /* models and evaluation */
    cli_texts models, specs, metrics;
    const char *cv, *positive, *rope;
    const char *truth, *ci, *partial; /* of scores that are there already */
    cli_texts scores;
    const char *clusters; /* "A..B" */
    const char *method;   /* of explain */
    cli_texts together;   /* each: columns that are shuffled as one */
    cli_texts columns;    /* whose partial dependence is asked for */
    size_t points;        /* of its grid; 0 = the default */
    const char *tree;     /* its number */
    const char *format;   /* of a tree that is printed, or a model that is exported */
    const char *check;    /* data for an exported model */
    size_t repeats;       /* 0 = the default */
    bool raw, proba, decision, transform, learning, importance;
    const char *validation; /* "PARAM=VALUE,VALUE" */
    /* running and output */
    const char *json, *oof, *output, *report, *plots;
    bool quiet, help;
    int threads;
    bool seeded;
    uint64_t seed;
    double timeout; /* seconds; 0 = none */
} cli_settings;

typedef struct cli_command cli_command;

/* One run of one command. */
typedef struct cli_session {
    const cli_command *command;
    int argc;
    char **argv;
    cli_settings set;
    bool misused; /* the failure is one of usage */
} cli_session;

/* One row of the table of commands. */
struct cli_command {
    const char *name, *summary;
    const char *arguments;                 /* as in the usage line: "DATA --target COL" */
    const char *about;                     /* a paragraph for --help */
    size_t min_arguments, max_arguments;   /* positional ones */
    const char *const *required;           /* names of options, NULL-terminated; or NULL */
    const struct cli_option_group *groups; /* options, ended by a NULL title */
    bool computes;                         /* worth choosing the BLAS kernels for */
    hone_status (*run)(cli_session *session, hone_error *err);
};

extern const cli_command cli_compare, cli_cv, cli_roc_command, cli_fit, cli_predict, cli_evaluate,
    cli_describe, cli_explain, cli_tree, cli_cluster, cli_models, cli_export, cli_convert;

/* Fills in a message and returns `status`. */
hone_status cli_fail(hone_error *err, hone_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for wrong usage: exit status 2. */
hone_status cli_misuse(cli_session *session, hone_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Marks a failure that a library call has described as one of usage; returns its status. */
hone_status cli_misused(cli_session *session, hone_status status);

/* n zeroed items; ends the process with a sentence when memory is out. Free with free(). */
void *cli_take(size_t n, size_t size);
/* Grows or shrinks a block; new items are not zeroed. Ends the process like cli_take(). */
void *cli_resize(void *block, size_t n, size_t size);
/* A formatted text, owned by the caller: free(). Ends the process like cli_take(). */
char *cli_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Appends to an owned text; a NULL one is begun. */
void cli_append(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Appends a text as a shell reads it back as one word: quoted where it must be. */
void cli_append_word(char **text, const char *word);
/* Appends an item to a comma-separated list as options take them: quoted if it holds a comma. */
void cli_append_item(char **list, const char *item);
/* Appends a copy of [text, text + length). */
void cli_texts_add(cli_texts *list, const char *text, size_t length);
void cli_texts_free(cli_texts *list);

#endif
