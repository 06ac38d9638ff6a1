/* options.h -- one table row per option: parsing, --help and suggestions come from it. */
#ifndef HONE_CLI_OPTIONS_H
#define HONE_CLI_OPTIONS_H

#include "cli/cli.h"

/* How the text of an option is read, and into what. */
typedef enum cli_option_kind {
    CLI_FLAG,      /* bool: no value */
    CLI_TEXT,      /* const char * */
    CLI_LIST,      /* cli_texts: comma-separated; "a,b" in double quotes is one item */
    CLI_SPECS,     /* cli_texts: comma-separated, but for commas in parentheses */
    CLI_EACH,      /* cli_texts: each occurrence adds one item, as it is */
    CLI_DELIMITER, /* char: one character, or tab */
    CLI_DECIMAL,   /* char: point or comma */
    CLI_YES,       /* int: no value, 1 */
    CLI_NO,        /* int: no value, -1 */
    CLI_TASK,      /* hone_target_kind */
    CLI_THREADS,   /* int, 1 .. 4096 */
    CLI_COUNT,     /* size_t, 1 .. 1000000 */
    CLI_SEED,      /* uint64_t, after a bool that tells that it was given */
    CLI_SECONDS    /* double, > 0 */
} cli_option_kind;

typedef struct cli_option {
    const char *name;     /* without the dashes; NULL ends a table */
    char letter;          /* short form, or 0 */
    const char *argument; /* "COL"; NULL for a flag */
    cli_option_kind kind;
    size_t offset; /* of its field in cli_settings */
    const char *help;
} cli_option;

/* Options shared by several commands under one title. */
typedef struct cli_option_group {
    const char *title;
    const cli_option *rows;
} cli_option_group;

#define CLI_OPTION(name, letter, argument, kind, field, help) \
    { name, letter, argument, kind, offsetof(cli_settings, field), help }
#define CLI_OPTION_END \
    { NULL, 0, NULL, CLI_FLAG, 0, NULL }

/* The shared groups. */
extern const cli_option cli_data_options[];    /* how to read DATA */
extern const cli_option cli_role_options[];    /* target, weights, what to leave out */
extern const cli_option cli_running_options[]; /* threads, quiet, help */
extern const cli_option cli_listing_options[]; /* json, help */
extern const cli_option cli_report_options[];  /* report, plots */

/* Reads the session's argv from `first` on into its settings, by the command's tables.
 * Every failure is one of usage. */
HONE_NODISCARD hone_status cli_parse(cli_session *session, int first, hone_error *err);
/* a,b adds two items; "a,b",c adds 'a,b' and 'c'. */
void cli_split(cli_texts *list, const char *text);
/* `hone COMMAND --help`. */
void cli_print_help(const cli_command *command, FILE *file);
/* Frees what cli_parse() allocated. */
void cli_settings_free(cli_settings *set);

#endif
