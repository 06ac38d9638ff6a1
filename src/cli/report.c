/* report.c -- what results have in common. */
#include "cli/report.h"
#include "cli/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *cli_command_line(const cli_session *session) {
    char *line = cli_format("hone");
    for (int i = 1; i < session->argc; i++) {
        cli_append(&line, " ");
        cli_append_word(&line, session->argv[i]);
    }
    return line;
}

hone_json *cli_json_text(const char *text) {
    hone_json *json = hone_json_text(text);
    if (json)
        return json;
    char *ascii = cli_format("%s", text);
    for (char *c = ascii; *c; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    json = hone_json_text(ascii);
    free(ascii);
    return json;
}

hone_json *cli_result(const cli_session *session, const char *schema) {
    hone_json *json = hone_json_object();
    char *line = cli_command_line(session);
    bool bad = hone_json_set(json, "schema", hone_json_text(schema));
    bad |= hone_json_set(json, "hone", hone_json_text(hone_version()));
    bad |= hone_json_set(json, "command", cli_json_text(line));
    free(line);
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

hone_json *cli_json_texts(const char *const *texts, size_t n) {
    hone_json *array = hone_json_array();
    for (size_t i = 0; i < n; i++)
        if (hone_json_append(array, hone_json_text(texts[i])) != HONE_OK) {
            hone_json_free(array);
            return NULL;
        }
    return array;
}

char *cli_level_text(const hone_column *column, double code) {
    char number[HONE_NUMBER_SIZE];
    if (column && column->levels && code >= 0 && code < (double)column->n_levels)
        return cli_format("%s", column->levels[(size_t)code]);
    return cli_format("%s", isnan(code) ? "" : hone_write_double(code, number));
}

bool cli_set_data(hone_json *out, const char *path, const cli_data *data, const size_t *positive) {
    const hone_column *target = cli_target(data->set);
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "path", cli_json_text(path));
    bad |= hone_json_set(json, "rows", hone_json_integer((long long)hone_dataset_rows(data->set)));
    bad |=
        hone_json_set(json, "features", hone_json_integer((long long)hone_dataset_cols(data->set)));
    if (target) {
        bad |= hone_json_set(json, "target", hone_json_text(target->name));
        bad |= hone_json_set(json, "task", hone_json_text(cli_task_name(cli_task(target))));
    }
    if (target && target->kind == HONE_CATEGORICAL)
        bad |= hone_json_set(json, "classes", cli_json_texts(target->levels, target->n_levels));
    if (target && positive)
        bad |= hone_json_set(json, "positive", hone_json_text(target->levels[*positive]));
    if (data->n_dropped)
        bad |= hone_json_set(json, "rows_without_target",
                             hone_json_integer((long long)data->n_dropped));
    bad |= hone_json_set(json, "sha256", hone_json_text(hone_table_info(data->table)->sha256));
    return hone_json_set(out, "data", json) || bad;
}

hone_json *cli_with_tables(hone_json *result, hone_json *tables) {
    if (!result)
        hone_json_free(tables);
    if (!result || !tables || !hone_json_set(result, "tables", tables))
        return result;
    hone_json_free(result);
    return NULL;
}

hone_status cli_check_report(cli_session *session, hone_error *err) {
    const cli_settings *set = &session->set;
    bool json = cli_is_standard(set->json);
    if (set->plots && !set->report)
        return cli_misuse(session, err, "--plots DIR needs --report FILE.html");
    if (cli_is_standard(set->report) && (json || cli_is_standard(set->oof)))
        return cli_misuse(session, err, "--report - and --%s - cannot share standard output",
                          json ? "json" : "oof");
    return HONE_OK;
}
