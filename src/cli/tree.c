/* tree.c -- `hone tree`: one tree of a model, as text or as a drawing for Graphviz. */
#include "cli/use.h"

#include "cli/options.h"
#include "cli/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option TREE_OPTIONS[] = {
    CLI_OPTION("tree", 0, "N", CLI_TEXT, tree, "which one, counted from 0 (default: 0)"),
    CLI_OPTION("format", 0, "text|dot", CLI_TEXT, format, "text (default), or dot for Graphviz"),
    CLI_OPTION("output", 'o', "FILE", CLI_TEXT, output,
               "where to write (default: '-', standard output)"),
    CLI_OPTION("help", 'h', NULL, CLI_FLAG, help, "show this help"), CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Options", TREE_OPTIONS}, {NULL, NULL}};

static hone_status read_settings(cli_session *session, size_t *number, hone_tree_format *format,
                                 hone_error *err) {
    const cli_settings *set = &session->set;
    double value = 0;
    if (set->tree && !(hone_parse_double(set->tree, &value) && value >= 0 && value <= 1e9 &&
                       value == floor(value)))
        return cli_misuse(session, err, "--tree takes the number of a tree, from 0 on, got '%s'",
                          set->tree);
    *number = (size_t)value;
    *format = set->format && strcmp(set->format, "dot") == 0 ? HONE_TREE_DOT : HONE_TREE_TEXT;
    if (set->format && *format == HONE_TREE_TEXT && strcmp(set->format, "text") != 0)
        return cli_misuse(session, err, "--format takes text or dot, got '%s'", set->format);
    return HONE_OK;
}

static hone_status print_tree(cli_session *session, hone_estimator *est, char **text,
                              hone_error *err) {
    size_t number = 0;
    hone_tree_format format = HONE_TREE_TEXT;
    hone_status status = read_settings(session, &number, &format, err);
    if (status == HONE_OK)
        status = hone_print_tree(est, number, format, text, err);
    return status == HONE_EINVAL ? cli_misused(session, status) : status;
}

static hone_status tree(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    cli_sink sink = {0};
    hone_estimator *est = NULL;
    char *text = NULL;
    hone_status status = hone_load(set->arguments[0], &est, err);
    if (status == HONE_OK)
        status = print_tree(session, est, &text, err);
    if (status == HONE_OK)
        status = cli_sink_open(&sink, set->output ? set->output : "-", err);
    if (status == HONE_OK) {
        fputs(text, sink.file);
        cli_sink_check(&sink);
        status = cli_sink_close(&sink, err);
    }
    cli_sink_discard(&sink);
    free(text);
    hone_free(est);
    return status;
}

const cli_command cli_tree = {
    .name = "tree",
    .summary = "one tree of a model, as text or as a drawing",
    .arguments = "MODEL.hone",
    .about = "Prints a tree of a decision tree, a forest or gradient boosting: what each node\n"
             "asks, what the split has won, the weight of the rows that met it (cover) and what\n"
             "the leaves give.\n\n"
             "Example: hone tree forest.hone --tree 3 --format dot | dot -Tsvg >tree.svg",
    .min_arguments = 1,
    .max_arguments = 1,
    .groups = GROUPS,
    .run = tree,
};
