/* options.c -- the command line by table: GNU long options (--name value, --name=value), short ones
 * (-o FILE, -oFILE), "--" ends the options, "-" is an argument. A later option replaces an earlier
 * one, lists grow. Nothing is guessed: an unknown name is refused with the nearest one. */
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the shared tables ----------------------------------------------------------------------- */

const cli_option cli_data_options[] = {
    CLI_OPTION("delimiter", 0, "CHAR", CLI_DELIMITER, delimiter,
               "what separates the columns: a character or 'tab' (default: found out)"),
    CLI_OPTION("decimal", 0, "SIGN", CLI_DECIMAL, decimal,
               "the decimal sign of numbers: . or , (default: .)"),
    CLI_OPTION("header", 0, NULL, CLI_YES, header, "the first line holds the column names"),
    CLI_OPTION("no-header", 0, NULL, CLI_NO, header, "it does not: columns are x0, x1, ..."),
    CLI_OPTION("missing", 0, "TOKENS", CLI_LIST, missing,
               "what means missing, besides an empty cell (default: NA,N/A,NaN,null,?)"),
    CLI_OPTION("kind", 0, "COL=KIND", CLI_EACH, kinds,
               "pin a column's kind: numeric or categorical; repeatable"),
    CLI_OPTION("sparse", 0, NULL, CLI_FLAG, sparse,
               "keep svmlight rows compressed (default: where full ones would take over 1 GiB)"),
    CLI_OPTION_END};

const cli_option cli_role_options[] = {
    CLI_OPTION("target", 't', "COL", CLI_TEXT, target, "the column to predict"),
    CLI_OPTION("task", 0, "TASK", CLI_TASK, task,
               "classification or regression (default: by the target's values)"),
    CLI_OPTION("drop", 0, "COLS", CLI_LIST, drop, "columns to leave out"),
    CLI_OPTION("weight", 0, "COL", CLI_TEXT, weight, "the column that holds sample weights"),
    CLI_OPTION("group", 0, "COL", CLI_TEXT, group,
               "rows of one group never stand on both sides of a split"),
    CLI_OPTION("time", 0, "COL", CLI_TEXT, time,
               "when each row was: models are tested on what follows their training rows"),
    CLI_OPTION("fold", 0, "COL", CLI_TEXT, fold, "the fold that tests each row, if you have them"),
    CLI_OPTION_END};

const cli_option cli_running_options[] = {
    CLI_OPTION("threads", 'j', "N", CLI_THREADS, threads,
               "most threads to use (default: one per processor); never changes a result"),
    CLI_OPTION("json", 0, "FILE", CLI_TEXT, json,
               "write the result as JSON ('-': to standard output, in place of the text)"),
    CLI_OPTION("quiet", 'q', NULL, CLI_FLAG, quiet, "no notes and no progress bar"),
    CLI_OPTION("help", 'h', NULL, CLI_FLAG, help, "show this help"), CLI_OPTION_END};

const cli_option cli_listing_options[] = {
    CLI_OPTION("json", 0, "FILE", CLI_TEXT, json,
               "write the result as JSON ('-': to standard output, in place of the text)"),
    CLI_OPTION("help", 'h', NULL, CLI_FLAG, help, "show this help"), CLI_OPTION_END};

const cli_option cli_report_options[] = {
    CLI_OPTION("report", 0, "FILE.html", CLI_TEXT, report,
               "write a report with tables and figures as one HTML file"),
    CLI_OPTION("plots", 0, "DIR", CLI_TEXT, plots,
               "keep the figures of the report there, with the scripts and data behind them"),
    CLI_OPTION_END};

/* ---- finding a row --------------------------------------------------------------------------- */

static const cli_option *option_at(const cli_command *command, size_t i) {
    for (const cli_option_group *group = command->groups; group->title; group++)
        for (const cli_option *row = group->rows; row->name; row++)
            if (i-- == 0)
                return row;
    return NULL;
}

static const char *option_name(const void *command, size_t i) {
    return option_at(command, i)->name;
}

static size_t option_count(const cli_command *command) {
    size_t n = 0;
    while (option_at(command, n))
        n++;
    return n;
}

static const cli_option *find_long(const cli_command *command, const char *name, size_t length) {
    const cli_option *row;
    for (size_t i = 0; (row = option_at(command, i)); i++)
        if (strlen(row->name) == length && strncmp(row->name, name, length) == 0)
            return row;
    return NULL;
}

static const cli_option *find_short(const cli_command *command, char letter) {
    const cli_option *row;
    for (size_t i = 0; (row = option_at(command, i)); i++)
        if (row->letter == letter)
            return row;
    return NULL;
}

/* ---- reading values -------------------------------------------------------------------------- */

/* Adds the item that starts at `at`; returns its end (a comma or the end of the text). */
static const char *add_item(cli_texts *list, const char *at, char *room) {
    size_t n = 0;
    if (*at == '"') {
        for (at++; *at && (*at != '"' || at[1] == '"'); at++) {
            at += *at == '"'; /* a doubled quote stands for one */
            room[n++] = *at;
        }
        at += *at == '"';
    }
    while (*at && *at != ',')
        room[n++] = *at++;
    cli_texts_add(list, room, n);
    return at;
}

void cli_split(cli_texts *list, const char *text) {
    char *room = cli_take(strlen(text) + 1, 1);
    const char *end = add_item(list, text, room);
    while (*end == ',')
        end = add_item(list, end + 1, room);
    free(room);
}

/* The end of a spec: a comma outside of parentheses, or the end of the text. */
static const char *end_of_spec(const char *at) {
    int depth = 0;
    for (; *at && (*at != ',' || depth > 0); at++)
        depth += (*at == '(') - (*at == ')');
    return at;
}

static void split_specs(cli_texts *list, const char *text) {
    const char *end = end_of_spec(text);
    cli_texts_add(list, text, (size_t)(end - text));
    while (*end == ',') {
        text = end + 1;
        end = end_of_spec(text);
        cli_texts_add(list, text, (size_t)(end - text));
    }
}

static bool read_delimiter(const char *text, char *out) {
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        *out = '\t';
    else if (strlen(text) == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r')
        *out = text[0];
    else
        return false;
    return true;
}

static bool read_decimal(const char *text, char *out) {
    *out = text[0];
    return strcmp(text, ".") == 0 || strcmp(text, ",") == 0;
}

static bool read_task(const char *text, hone_target_kind *out) {
    if (strcmp(text, "classification") == 0)
        *out = HONE_TARGET_CLASSES;
    else if (strcmp(text, "regression") == 0)
        *out = HONE_TARGET_REAL;
    else
        return false;
    return true;
}

static bool read_integer(const char *text, uint64_t most, uint64_t *out) {
    char *end = NULL;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *out <= most;
}

static bool read_threads(const char *text, int *out) {
    uint64_t value = 0;
    if (!read_integer(text, 4096, &value) || value == 0)
        return false;
    *out = (int)value;
    return true;
}

static bool read_count(const char *text, size_t *out) {
    uint64_t value = 0;
    if (!read_integer(text, 1000000, &value) || value == 0)
        return false;
    *out = (size_t)value;
    return true;
}

static bool read_seed(const char *text, cli_settings *set) {
    set->seeded = true;
    return read_integer(text, INT64_MAX, &set->seed);
}

static bool read_seconds(const char *text, double *out) {
    return hone_parse_double(text, out) && *out > 0 && *out < 1e9;
}

/* What a kind accepts, for the message. */
static const char *expected(cli_option_kind kind) {
    switch (kind) {
    case CLI_DELIMITER:
        return "one character or 'tab'";
    case CLI_DECIMAL:
        return "'.' or ','";
    case CLI_TASK:
        return "'classification' or 'regression'";
    case CLI_THREADS:
        return "an integer from 1 to 4096";
    case CLI_COUNT:
        return "an integer from 1 to 1000000";
    case CLI_SEED:
        return "an integer from 0 to 9223372036854775807";
    case CLI_SECONDS:
        return "a number of seconds above 0";
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_LIST:
    case CLI_SPECS:
    case CLI_EACH:
    case CLI_YES:
    case CLI_NO:
        break;
    }
    return "a text";
}

static bool takes_value(const cli_option *row) {
    return row->argument != NULL;
}

static bool read_value(const cli_option *row, const char *text, cli_settings *set) {
    void *field = (char *)set + row->offset;
    switch (row->kind) {
    case CLI_FLAG:
        *(bool *)field = true;
        return true;
    case CLI_YES:
        *(int *)field = 1;
        return true;
    case CLI_NO:
        *(int *)field = -1;
        return true;
    case CLI_TEXT:
        *(const char **)field = text;
        return true;
    case CLI_LIST:
        cli_split(field, text);
        return true;
    case CLI_SPECS:
        split_specs(field, text);
        return true;
    case CLI_EACH:
        cli_texts_add(field, text, strlen(text));
        return true;
    case CLI_DELIMITER:
        return read_delimiter(text, field);
    case CLI_DECIMAL:
        return read_decimal(text, field);
    case CLI_TASK:
        return read_task(text, field);
    case CLI_THREADS:
        return read_threads(text, field);
    case CLI_COUNT:
        return read_count(text, field);
    case CLI_SEED:
        return read_seed(text, set);
    case CLI_SECONDS:
        return read_seconds(text, field);
    }
    return false;
}

/* ---- parsing --------------------------------------------------------------------------------- */

static hone_status set_option(cli_session *session, const cli_option *row, const char *text,
                              hone_error *err) {
    if (row->argument && !text)
        return cli_misuse(session, err, "--%s needs a value: --%s %s", row->name, row->name,
                          row->argument);
    if (!read_value(row, text, &session->set))
        return cli_misuse(session, err, "--%s takes %s, got '%s'", row->name, expected(row->kind),
                          text);
    return HONE_OK;
}

/* The value that follows argv[i], or NULL: what looks like a long option is none. */
static const char *next_value(const cli_session *session, int i) {
    const char *text = i + 1 < session->argc ? session->argv[i + 1] : NULL;
    return text && strncmp(text, "--", 2) == 0 && text[2] ? NULL : text;
}

/* argv[*i] is "--name", "--name=value"; moves *i to the last word used. */
static hone_status parse_long(cli_session *session, int *i, hone_error *err) {
    const char *name = session->argv[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const cli_option *row = find_long(session->command, name, length);
    if (!row) {
        char *asked = cli_format("%.*s", (int)length, name);
        const char *near =
            hone_nearest(asked, option_count(session->command), option_name, session->command);
        hone_status status =
            cli_misuse(session, err, "unknown option --%s%s%s%s", asked,
                       near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
        free(asked);
        return status;
    }
    if (!takes_value(row) && equals)
        return cli_misuse(session, err, "--%s takes no value, got '%s'", row->name, equals + 1);
    if (!takes_value(row) || equals)
        return set_option(session, row, equals ? equals + 1 : NULL, err);
    const char *value = next_value(session, *i);
    *i += value ? 1 : 0;
    return set_option(session, row, value, err);
}

/* argv[*i] is "-xyz": flags, the last letter may take a value: the rest, or the next word. */
static hone_status parse_short(cli_session *session, int *i, hone_error *err) {
    for (const char *at = session->argv[*i] + 1; *at; at++) {
        const cli_option *row = find_short(session->command, *at);
        if (!row)
            return cli_misuse(session, err, "unknown option -%c", *at);
        if (!takes_value(row)) {
            hone_status status = set_option(session, row, NULL, err);
            if (status != HONE_OK)
                return status;
            continue;
        }
        const char *value = at[1] ? at + 1 : next_value(session, *i);
        *i += value && !at[1] ? 1 : 0;
        return set_option(session, row, value, err);
    }
    return HONE_OK;
}

static bool is_given(const cli_option *row, const cli_settings *set) {
    const void *field = (const char *)set + row->offset;
    if (row->kind == CLI_LIST || row->kind == CLI_EACH)
        return ((const cli_texts *)field)->n > 0;
    return *(const char *const *)field != NULL;
}

/* Are the arguments and options that the command cannot do without there? */
static hone_status check_complete(cli_session *session, hone_error *err) {
    const cli_command *command = session->command;
    if (session->set.help)
        return HONE_OK;
    if (session->set.n_arguments < command->min_arguments)
        return cli_misuse(session, err, "expected %s, got %zu of %zu arguments", command->arguments,
                          session->set.n_arguments, command->min_arguments);
    for (const char *const *name = command->required; name && *name; name++) {
        const cli_option *row = find_long(command, *name, strlen(*name));
        if (!is_given(row, &session->set))
            return cli_misuse(session, err, "--%s %s is missing", row->name, row->argument);
    }
    return HONE_OK;
}

hone_status cli_parse(cli_session *session, int first, hone_error *err) {
    cli_settings *set = &session->set;
    bool options = true;
    for (int i = first; i < session->argc; i++) {
        const char *word = session->argv[i];
        hone_status status = HONE_OK;
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && strncmp(word, "--", 2) == 0)
            status = parse_long(session, &i, err);
        else if (options && word[0] == '-' && word[1])
            status = parse_short(session, &i, err);
        else if (set->n_arguments == session->command->max_arguments)
            status = cli_misuse(session, err, "unexpected argument '%s', expected only %s", word,
                                session->command->arguments);
        else
            set->arguments[set->n_arguments++] = word;
        if (status != HONE_OK)
            return status;
    }
    return check_complete(session, err);
}

void cli_settings_free(cli_settings *set) {
    cli_texts *lists[] = {&set->drop,    &set->kinds,  &set->missing,  &set->models, &set->specs,
                          &set->metrics, &set->scores, &set->together, &set->columns};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        cli_texts_free(lists[i]);
}

/* ---- help ------------------------------------------------------------------------------------ */

/* Columns that "name ARGUMENT" takes. */
static int help_width(const cli_option *row) {
    return (int)(strlen(row->name) + 1 + (row->argument ? strlen(row->argument) : 0));
}

static void print_row(const cli_option *row, int width, FILE *file) {
    char letter[] = {'-', row->letter, ',', ' ', '\0'};
    fprintf(file, "  %s--%s %s%*s  %s\n", row->letter ? letter : "    ", row->name,
            row->argument ? row->argument : "", width - help_width(row), "", row->help);
}

void cli_print_help(const cli_command *command, FILE *file) {
    const cli_option *row;
    int width = 0;
    for (size_t i = 0; (row = option_at(command, i)); i++)
        width = help_width(row) > width ? help_width(row) : width;
    fprintf(file, "Usage: hone %s %s [options]\n\n%s\n", command->name, command->arguments,
            command->about);
    for (const cli_option_group *group = command->groups; group->title; group++) {
        fprintf(file, "\n%s:\n", group->title);
        for (row = group->rows; row->name; row++)
            print_row(row, width, file);
    }
}
