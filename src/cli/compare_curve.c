/* compare_curve.c -- curves of scores: over the number of training rows (--learning-curve), and
 * over the values of one parameter (--validation-curve C=0.1,1,10), both in the first metric. Cost:
 * points x folds x repeats fits. */
#include "cli/compare.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked for ----------------------------------------------------------------------- */

/* Where the value at `text` ends: at a comma outside brackets, as of (100,50). */
static size_t value_length(const char *text) {
    int depth = 0;
    size_t n = 0;
    for (; text[n] && (depth > 0 || text[n] != ','); n++) {
        depth += strchr("([{", text[n]) != NULL;
        depth -= strchr(")]}", text[n]) != NULL;
    }
    return n;
}

/* Would the model take each value? Asked before the data is read. */
static hone_status check_values(cli_session *session, const cli_comparison *run, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t i = 0; i < run->values.n && status == HONE_OK; i++) {
        char *setting = cli_format("%s=%s", run->param, run->values.at[i]);
        status = cli_model_check(session, session->set.specs.at[0], setting, err);
        free(setting);
    }
    return status;
}

hone_status cli_compare_read_curve(cli_session *session, cli_comparison *run, hone_error *err) {
    const char *text = session->set.validation, *equals = text ? strchr(text, '=') : NULL;
    if (!text)
        return HONE_OK;
    for (const char *at = equals; at && *at; at += 1 + value_length(at + 1))
        cli_texts_add(&run->values, at + 1, value_length(at + 1));
    if (!equals || equals == text || run->values.n < 2)
        return cli_misuse(session, err,
                          "--validation-curve takes a parameter and two values at least, as "
                          "C=0.1,1,10, got '%s'",
                          text);
    run->param = cli_format("%.*s", (int)(equals - text), text);
    return check_values(session, run, err);
}

/* ---- computing ------------------------------------------------------------------------------- */

static hone_status learn(cli_comparison *run, cli_entry *entry, const hone_monitor *mon,
                         hone_error *err) {
    static const double SHARES[] = {0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1};
    return hone_learning_curve(entry->model.est, run->data.set, &run->folds, run->positive, SHARES,
                               sizeof SHARES / sizeof *SHARES, run->metrics, 1, mon, &entry->curve,
                               err);
}

static hone_status validate(cli_comparison *run, cli_entry *entry, const hone_monitor *mon,
                            hone_error *err) {
    return hone_validation_curve(entry->model.est, run->param, (const char *const *)run->values.at,
                                 run->values.n, run->data.set, &run->folds, run->positive,
                                 run->metrics, 1, mon, &entry->validation, err);
}

hone_status cli_compare_curves(cli_comparison *run, const hone_monitor *mon, hone_error *err) {
    hone_status status = HONE_OK;
    for (size_t i = 0; i < run->n && status == HONE_OK; i++) {
        if (run->entries[i].ending == CLI_RAN && run->session->set.learning)
            status = learn(run, &run->entries[i], mon, err);
        if (run->entries[i].ending == CLI_RAN && run->param && status == HONE_OK)
            status = validate(run, &run->entries[i], mon, err);
    }
    return status;
}

/* ---- showing --------------------------------------------------------------------------------- */

static void print_points(const hone_score_curve *curve, cli_sink *sink) {
    cli_table table = {.columns = 4, .right_from = 1, .right_end = 4};
    char number[CLI_NUMBER];
    cli_table_cell(&table, "%s", curve->param);
    cli_table_cell(&table, "%s in training", curve->metrics[0]->name);
    cli_table_cell(&table, "in validation");
    cli_table_cell(&table, "std");
    for (size_t p = 0; p < curve->n_points; p++) {
        hone_cv_summary train, test;
        hone_score_curve_summarise(curve, 0, p, &train, &test);
        int decimals = cli_decimals(test.mean);
        cli_table_cell(&table, "%s", curve->labels[p]);
        cli_table_cell(&table, "%s", cli_number(train.mean, decimals, number));
        cli_table_cell(&table, "%s", cli_number(test.mean, decimals, number));
        cli_table_cell(&table, "%s", cli_number(test.std, decimals, number));
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
    putc('\n', sink->file);
}

static size_t print_advice(const cli_entry *entry, const hone_score_curve *curve, cli_sink *sink) {
    char advice[1024];
    if (!curve || hone_score_curve_advice(curve, 0, advice, sizeof advice, NULL) != HONE_OK)
        return 0;
    fprintf(sink->file, "%s: %s\n", entry->label, advice);
    return 1;
}

void cli_compare_print_curves(const cli_comparison *run, cli_sink *sink) {
    size_t n = 0;
    for (size_t i = 0; i < run->n; i++) {
        const cli_entry *entry = &run->entries[i];
        n += print_advice(entry, entry->curve, sink);
        if (entry->validation && n)
            putc('\n', sink->file);
        if (entry->validation)
            print_points(entry->validation, sink);
        n += print_advice(entry, entry->validation, sink);
    }
    if (n)
        putc('\n', sink->file);
}

bool cli_compare_set_curve(hone_json *out, const hone_score_curve *curve) {
    bool learning = curve->kind == HONE_LEARNING_CURVE;
    char advice[1024] = "";
    hone_json *json = hone_json_object(), *points = hone_json_array();
    bool bad = hone_json_set(json, "metric", hone_json_text(curve->metrics[0]->name)) != HONE_OK;
    if (!learning)
        bad |= hone_json_set(json, "param", cli_json_text(curve->param)) != HONE_OK;
    for (size_t i = 0; i < curve->n_points; i++) {
        hone_json *point = hone_json_object();
        hone_cv_summary train, test;
        hone_score_curve_summarise(curve, 0, i, &train, &test);
        bad |= hone_json_set(point, learning ? "rows" : "value",
                             learning ? hone_json_real(curve->at[i])
                                      : cli_json_text(curve->labels[i]));
        bad |= hone_json_set(point, "train", hone_json_real(train.mean));
        bad |= hone_json_set(point, "test", hone_json_real(test.mean));
        bad |= hone_json_set(point, "test_std", hone_json_real(test.std));
        bad |= hone_json_append(points, point);
    }
    bad |= hone_json_set(json, "points", points);
    bad |= hone_score_curve_advice(curve, 0, advice, sizeof advice, NULL) != HONE_OK;
    bad |= hone_json_set(json, "advice", hone_json_text(advice));
    return hone_json_set(out, learning ? "learning_curve" : "validation_curve", json) || bad;
}
