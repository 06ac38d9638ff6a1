/* models.c -- `hone models`: the estimators there are, straight from the library's tables. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cli_option_group GROUPS[] = {{"Output", cli_listing_options}, {NULL, NULL}};

static const char *const TASKS[] = {[HONE_CLASSIFIER] = "classifier",
                                    [HONE_REGRESSOR] = "regressor",
                                    [HONE_CLUSTERER] = "clusterer",
                                    [HONE_TRANSFORMER] = "transformer",
                                    [HONE_OUTLIER_DETECTOR] = "outlier detector"};

static const struct {
    unsigned tag;
    const char *name;
} TAGS[] = {{HONE_TAG_PROBA, "probabilities"},
            {HONE_TAG_DECISION, "decision"},
            {HONE_TAG_WEIGHTS, "weights"},
            {HONE_TAG_MISSING, "missing"},
            {HONE_TAG_CATEGORIES, "categories"},
            {HONE_TAG_SPARSE, "sparse"},
            {HONE_TAG_MULTI_OUTPUT, "multi-output"},
            {HONE_TAG_NEEDS_SCALING, "needs scaling"},
            {HONE_TAG_PARTIAL, "batches"},
            {HONE_TAG_COUNTS, "counts only"},
            {HONE_TAG_TARGET, "target"}};
enum { N_TAGS = sizeof TAGS / sizeof *TAGS };

/* "probabilities, weights", or NULL. */
static char *tag_names(unsigned tags) {
    char *text = NULL;
    for (size_t i = 0; i < N_TAGS; i++)
        if (tags & TAGS[i].tag)
            cli_append(&text, "%s%s", text ? ", " : "", TAGS[i].name);
    return text;
}

/* Made around other models, which its spec names: NAME(MODEL), NAME(MODEL,MODEL). */
static bool wraps(const hone_class *cls) {
    return (hone_class_tags(cls) & HONE_TAG_INTERNAL) && hone_class_alias(cls);
}

static bool is_listed(const hone_class *cls) {
    return wraps(cls) || !(hone_class_tags(cls) & HONE_TAG_INTERNAL);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_all(cli_sink *sink) {
    cli_table table = {.columns = 5};
    static const char *const HEADER[] = {"name", "short", "task", "takes and gives", "summary"};
    for (size_t k = 0; k < table.columns; k++)
        cli_table_cell(&table, "%s", HEADER[k]);
    for (size_t i = 0; i < hone_class_count(); i++) {
        const hone_class *cls = hone_class_at(i);
        if (!is_listed(cls))
            continue;
        char *tags = tag_names(hone_class_tags(cls));
        const char *alias = hone_class_alias(cls);
        cli_table_cell(&table, "%s%s", hone_class_name(cls),
                       !wraps(cls)                            ? ""
                       : hone_class_tags(cls) & HONE_TAG_MANY ? "(MODEL,MODEL)"
                                                              : "(MODEL)");
        cli_table_cell(&table, "%s", alias ? alias : "");
        cli_table_cell(&table, "%s", TASKS[hone_class_task(cls)]);
        cli_table_cell(&table, "%s", tags ? tags : "");
        cli_table_cell(&table, "%s", hone_class_summary(cls));
        free(tags);
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
    fputs("\n'hone models NAME' shows a model's parameters.\n", sink->file);
}

/* "scale | auto | (0, inf)" */
static char *value_text(const hone_param_info *row) {
    char *text = cli_format("%s", "");
    for (const char *const *word = row->words; word && *word; word++)
        cli_append(&text, "%s%s", *text ? " | " : "", *word);
    if (row->domain && *row->domain)
        cli_append(&text, "%s%s", *text ? " | " : "", row->domain);
    return text;
}

static hone_json *words_json(const hone_param_info *row) {
    size_t n = 0;
    while (row->words && row->words[n])
        n++;
    return cli_json_texts(row->words, n);
}

static void print_params(const hone_class *cls, cli_sink *sink) {
    cli_table table = {.columns = 5};
    static const char *const HEADER[] = {"parameter", "type", "values", "default", "meaning"};
    hone_param_info row;
    for (size_t k = 0; k < table.columns; k++)
        cli_table_cell(&table, "%s", HEADER[k]);
    for (size_t i = 0; hone_class_param(cls, i, &row); i++) {
        cli_table_cell(&table, "%s", row.name);
        cli_table_cell(&table, "%s", row.type);
        char *values = value_text(&row);
        cli_table_cell(&table, "%s", values);
        free(values);
        cli_table_cell(&table, "%s", row.default_text ? row.default_text : "");
        cli_table_cell(&table, "%s", row.help);
    }
    if (table.n > table.columns)
        cli_table_print(&table, sink);
    else
        fputs("no parameters\n", sink->file);
    cli_table_free(&table);
}

static void print_attrs(const hone_class *cls, cli_sink *sink) {
    cli_table table = {.columns = 3};
    static const char *const HEADER[] = {"fitted attribute", "type", "meaning"};
    hone_attr_info row;
    for (size_t k = 0; k < table.columns; k++)
        cli_table_cell(&table, "%s", HEADER[k]);
    for (size_t i = 0; hone_class_attr(cls, i, &row); i++) {
        cli_table_cell(&table, "%s", row.name);
        cli_table_cell(&table, "%s", row.type);
        cli_table_cell(&table, "%s", row.help);
    }
    if (table.n > table.columns) {
        putc('\n', sink->file);
        cli_table_print(&table, sink);
    }
    cli_table_free(&table);
}

static void print_one(const hone_class *cls, cli_sink *sink) {
    char *tags = tag_names(hone_class_tags(cls));
    fprintf(sink->file, "%s: %s\n%s%s%s\n\n", hone_class_name(cls), hone_class_summary(cls),
            TASKS[hone_class_task(cls)], tags ? "; " : "", tags ? tags : "");
    print_params(cls, sink);
    print_attrs(cls, sink);
    free(tags);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static hone_json *params_json(const hone_class *cls) {
    hone_json *array = hone_json_array();
    hone_param_info row;
    bool bad = false;
    for (size_t i = 0; hone_class_param(cls, i, &row); i++) {
        hone_json *json = hone_json_object();
        bad |= hone_json_set(json, "name", hone_json_text(row.name));
        bad |= hone_json_set(json, "type", hone_json_text(row.type));
        bad |= hone_json_set(json, "domain", hone_json_text(row.domain));
        bad |= hone_json_set(json, "words", words_json(&row));
        bad |= hone_json_set(json, "default", hone_json_text(row.default_text));
        bad |= hone_json_set(json, "help", hone_json_text(row.help));
        bad |= hone_json_append(array, json);
    }
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *attrs_json(const hone_class *cls) {
    hone_json *array = hone_json_array();
    hone_attr_info row;
    bool bad = false;
    for (size_t i = 0; hone_class_attr(cls, i, &row); i++) {
        hone_json *json = hone_json_object();
        bad |= hone_json_set(json, "name", hone_json_text(row.name));
        bad |= hone_json_set(json, "type", hone_json_text(row.type));
        bad |= hone_json_set(json, "help", hone_json_text(row.help));
        bad |= hone_json_append(array, json);
    }
    if (bad)
        hone_json_free(array);
    return bad ? NULL : array;
}

static hone_json *tags_json(unsigned tags) {
    hone_json *array = hone_json_array();
    for (size_t i = 0; i < N_TAGS; i++)
        if (tags & TAGS[i].tag && hone_json_append(array, hone_json_text(TAGS[i].name))) {
            hone_json_free(array);
            return NULL;
        }
    return array;
}

static bool append_class(hone_json *array, const hone_class *cls) {
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "name", hone_json_text(hone_class_name(cls)));
    bad |= hone_json_set(json, "short", hone_json_text(hone_class_alias(cls)));
    bad |= hone_json_set(json, "task", hone_json_text(TASKS[hone_class_task(cls)]));
    bad |= hone_json_set(json, "tags", tags_json(hone_class_tags(cls)));
    bad |= hone_json_set(json, "summary", hone_json_text(hone_class_summary(cls)));
    bad |= hone_json_set(json, "params", params_json(cls));
    bad |= hone_json_set(json, "attributes", attrs_json(cls));
    return hone_json_append(array, json) != HONE_OK || bad;
}

/* ---- the command ----------------------------------------------------------------------------- */

/* The classes asked for: both of a short name, or all. Returns how many. */
static hone_status choose(cli_session *session, const hone_class **chosen, size_t *n,
                          hone_error *err) {
    const char *name = session->set.n_arguments ? session->set.arguments[0] : NULL;
    const hone_class *other = NULL;
    *n = 0;
    for (size_t i = 0; !name && i < hone_class_count(); i++)
        if (is_listed(hone_class_at(i)))
            chosen[(*n)++] = hone_class_at(i);
    if (!name)
        return HONE_OK;
    hone_error first = {0};
    hone_status status = hone_class_find(name, HONE_TARGET_CLASSES, &chosen[0], &first);
    *n = status == HONE_OK;
    if (hone_class_find(name, HONE_TARGET_REAL, &other, NULL) == HONE_OK &&
        (*n == 0 || other != chosen[0]))
        chosen[(*n)++] = other;
    return *n ? HONE_OK : cli_misuse(session, err, "%s", first.message);
}

static hone_json *models_json(const cli_session *session, const hone_class *const *chosen,
                              size_t n) {
    hone_json *json = cli_result(session, "hone.models/1"), *array = hone_json_array();
    bool bad = false;
    for (size_t i = 0; i < n; i++)
        bad |= append_class(array, chosen[i]);
    bad |= hone_json_set(json, "models", array);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

/* Names of classes are words: what has a point or a slash in it, or is there, is a file. */
static bool is_file(const cli_session *session) {
    const hone_class *cls;
    const char *name = session->set.n_arguments ? session->set.arguments[0] : NULL;
    if (!name || strpbrk(name, "./"))
        return name;
    return hone_class_find(name, HONE_TARGET_CLASSES, &cls, NULL) != HONE_OK &&
           hone_class_find(name, HONE_TARGET_REAL, &cls, NULL) != HONE_OK &&
           access(name, R_OK) == 0;
}

/* What is to be shown: classes, or a fitted model. */
struct shown {
    const hone_class **chosen;
    size_t n;
    hone_estimator *est; /* or NULL */
};

static hone_json *shown_json(const cli_session *session, const struct shown *shown) {
    if (!shown->est)
        return models_json(session, shown->chosen, shown->n);
    hone_json *json = cli_result(session, "hone.model/1");
    bool bad = hone_json_set(json, "path", cli_json_text(session->set.arguments[0]));
    bad |= hone_json_set(json, "steps", cli_show_json(shown->est));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static void print_shown(const cli_session *session, const struct shown *shown, cli_sink *sink) {
    if (shown->est)
        cli_show_model(shown->est, sink);
    else if (session->set.n_arguments == 0)
        print_all(sink);
    for (size_t i = 0; i < shown->n && session->set.n_arguments; i++) {
        fputs(i ? "\n\n" : "", sink->file);
        print_one(shown->chosen[i], sink);
    }
}

static hone_status models(cli_session *session, hone_error *err) {
    struct shown shown = {.chosen = cli_take(hone_class_count() + 2, sizeof *shown.chosen)};
    const char *path = session->set.json ? session->set.json : "-";
    cli_sink sink = {0};
    hone_status status = is_file(session) ? hone_load(session->set.arguments[0], &shown.est, err)
                                          : choose(session, shown.chosen, &shown.n, err);
    if (status == HONE_OK)
        status = cli_sink_open(&sink, path, err);
    if (status == HONE_OK && session->set.json)
        status = cli_write_json(&sink, shown_json(session, &shown), err);
    else if (status == HONE_OK)
        print_shown(session, &shown, &sink);
    if (status == HONE_OK)
        status = cli_sink_close(&sink, err);
    cli_sink_discard(&sink);
    hone_free(shown.est);
    free(shown.chosen);
    return status;
}

const cli_command cli_models = {
    .name = "models",
    .summary = "every model; one model's parameters; what a fitted one holds",
    .arguments = "[NAME | MODEL.hone]",
    .about = "Lists every estimator, or one estimator's parameters with their domains and\n"
             "defaults, and its fitted attributes. NAME may be a short name: lr, svm, mlp.\n"
             "Of a file it shows what the fitted model holds, step by step.\n\n"
             "Example: hone models svc\n"
             "         hone models iris.hone",
    .max_arguments = 1,
    .groups = GROUPS,
    .run = models,
};
