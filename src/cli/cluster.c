/* cluster.c -- `hone cluster`: how many groups a table falls into, by three criteria. */
#include "cli/data.h"
#include "cli/model.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { REFERENCES = 10, MOST_CLUSTERS = 10 };

static const cli_option CLUSTER_OPTIONS[] = {
    CLI_OPTION("k", 'k', "A..B", CLI_TEXT, clusters,
               "numbers of clusters to try, or a single one (default: 1..10)"),
    CLI_OPTION("model", 'm', "SPEC", CLI_EACH, specs,
               "what looks for clusters (default: k_means:n_init=10); see hone models"),
    CLI_OPTION("drop", 0, "COLS", CLI_LIST, drop, "columns to leave out"),
    CLI_OPTION("raw", 0, NULL, CLI_FLAG, raw,
               "leave out the imputing, encoding and scaling that the model asks for"),
    CLI_OPTION("seed", 0, "N", CLI_SEED, seed, "of all that is drawn (default: 0)"),
    CLI_OPTION("timeout", 0, "SECONDS", CLI_SECONDS, timeout, "give up after that time"),
    CLI_OPTION_END};

static const cli_option_group GROUPS[] = {{"Clusters", CLUSTER_OPTIONS},
                                          {"Reading the data", cli_data_options},
                                          {"Running", cli_running_options},
                                          {NULL, NULL}};

struct clusters {
    const cli_session *session;
    cli_data data;
    cli_model model;
    hone_k_choice choice;
};

/* "A..B" or "A". */
static hone_status read_range(cli_session *session, size_t *low, size_t *high, hone_error *err) {
    const char *text = session->set.clusters;
    char rest;
    *low = 1, *high = MOST_CLUSTERS;
    if (!text || sscanf(text, "%6zu..%6zu%c", low, high, &rest) == 2)
        return *low >= 1 && *low <= *high
                   ? HONE_OK
                   : cli_misuse(session, err, "--k must be A..B with 1 <= A <= B, got %s", text);
    if (sscanf(text, "%6zu%c", low, &rest) == 1 && *low >= 1) {
        *high = *low;
        return HONE_OK;
    }
    return cli_misuse(session, err, "--k must be A..B with 1 <= A <= B, got %s", text);
}

static hone_status judge(cli_session *session, struct clusters *out, const hone_monitor *mon,
                         hone_error *err) {
    const cli_settings *set = &session->set;
    const char *spec = set->specs.n ? set->specs.at[0] : "k_means:n_init=10";
    size_t low, high;
    if (set->specs.n > 1)
        return cli_misuse(session, err, "--model is given %zu times, expected one", set->specs.n);
    hone_status status = read_range(session, &low, &high, err);
    if (status == HONE_OK)
        status = cli_model_check(session, spec, NULL, err);
    if (status == HONE_OK)
        status = cli_read_data(session, set->arguments[0], NULL, mon, &out->data, err);
    if (status == HONE_OK)
        status = cli_check_columns(set->arguments[0], out->data.set, err);
    if (status == HONE_OK)
        status = cli_model_create(session, spec, out->data.set->schema, &out->model, err);
    size_t n = status == HONE_OK ? hone_dataset_rows(out->data.set) : 0;
    if (status == HONE_OK && !set->clusters && high > n)
        high = n;
    return status ? status
                  : hone_choose_k(out->model.est, out->data.set, low, high, REFERENCES, set->seed,
                                  &out->choice, mon, err);
}

/* ---- results --------------------------------------------------------------------------------- */

static void add_cell(cli_table *table, double value, int decimals, bool best) {
    char text[CLI_NUMBER];
    cli_table_cell(table, "%s", cli_number(value, decimals, text));
    if (best)
        cli_table_mark(table);
}

static void print_table(const hone_k_choice *choice, cli_sink *sink) {
    cli_table table = {.columns = 6, .right_from = 0, .right_end = 6};
    const char *heads[] = {"k", "inertia", "silhouette", "gap", "+/-", "BIC"};
    int inertia = cli_decimals(choice->rows[0].inertia), bic = cli_decimals(choice->rows[0].bic);
    for (size_t j = 0; j < 6; j++)
        cli_table_cell(&table, "%s", heads[j]);
    for (size_t r = 0; r < choice->n; r++) {
        const hone_k_row *row = &choice->rows[r];
        cli_table_cell(&table, "%zu", row->k);
        add_cell(&table, row->inertia, inertia, false);
        add_cell(&table, row->silhouette, 4, row->k == choice->by_silhouette);
        add_cell(&table, row->gap, 4, row->k == choice->by_gap);
        add_cell(&table, row->gap_error, 4, false);
        add_cell(&table, row->bic, bic, row->k == choice->by_bic);
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
}

/* What the table says, and what it cannot say. */
static void print_verdict(const struct clusters *out, cli_sink *sink) {
    const hone_k_choice *choice = &out->choice;
    size_t by_silhouette = choice->by_silhouette, by_gap = choice->by_gap, by_bic = choice->by_bic;
    if (choice->n == 1)
        return;
    if (by_silhouette)
        fprintf(sink->file, "silhouette: %zu clusters; ", by_silhouette);
    if (by_gap)
        fprintf(sink->file, "gap statistic: %zu; BIC: %zu\n", by_gap, by_bic);
    else
        fprintf(sink->file, "gap statistic: none up to %zu; BIC: %zu\n",
                choice->rows[choice->n - 1].k, by_bic);
    bool agree = by_silhouette == by_bic && by_gap == by_bic;
    fputs(agree ? "The three criteria agree.\n"
                : "The criteria disagree: the table does not settle how many groups there are.\n",
          sink->file);
    if (by_gap == 1)
        fputs("By the gap statistic there may be no groups at all.\n", sink->file);
    if (by_bic == choice->rows[choice->n - 1].k)
        fprintf(sink->file, "BIC is best at the last number tried: it may still fall beyond %zu.\n",
                by_bic);
    fputs(
        "Each takes round groups of like width for granted, and none proves that there are any.\n",
        sink->file);
    if (choice->silhouette_rows < hone_dataset_rows(out->data.set))
        fprintf(sink->file, "The silhouette is that of %zu rows that were drawn.\n",
                choice->silhouette_rows);
}

static bool set_best(hone_json *json, const char *name, size_t k) {
    return hone_json_set(json, name, k ? hone_json_integer((long long)k) : hone_json_null());
}

static hone_json *row_json(const hone_k_row *row) {
    hone_json *json = hone_json_object();
    bool bad = hone_json_set(json, "k", hone_json_integer((long long)row->k));
    bad |= hone_json_set(json, "inertia", hone_json_real(row->inertia));
    bad |= hone_json_set(json, "silhouette", hone_json_real(row->silhouette));
    bad |= hone_json_set(json, "gap", hone_json_real(row->gap));
    bad |= hone_json_set(json, "gap_error", hone_json_real(row->gap_error));
    bad |= hone_json_set(json, "bic", hone_json_real(row->bic));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static hone_json *make_json(const void *context) {
    const struct clusters *out = context;
    const hone_k_choice *choice = &out->choice;
    hone_json *json = cli_result(out->session, "hone.cluster/1");
    hone_json *model = hone_json_object(), *rows = hone_json_array(), *best = hone_json_object();
    bool bad = cli_set_data(json, out->session->set.arguments[0], &out->data, NULL);
    bad |= hone_json_set(model, "name", hone_json_text(out->model.name));
    bad |= hone_json_set(model, "spec", hone_json_text(out->model.spec));
    bad |= hone_json_set(json, "model", model);
    for (size_t r = 0; r < choice->n; r++)
        bad |= hone_json_append(rows, row_json(&choice->rows[r]));
    bad |= hone_json_set(json, "numbers", rows);
    bad |= set_best(best, "silhouette", choice->by_silhouette);
    bad |= set_best(best, "gap", choice->by_gap);
    bad |= set_best(best, "bic", choice->by_bic);
    bad |= hone_json_set(json, "best", best);
    bad |= hone_json_set(json, "silhouette_rows",
                         hone_json_integer((long long)choice->silhouette_rows));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static void put_text(const void *context, cli_sink *sink) {
    const struct clusters *out = context;
    print_table(&out->choice, sink);
    print_verdict(out, sink);
    cli_sink_check(sink);
}

static hone_status run(cli_session *session, hone_error *err) {
    struct clusters clusters = {.session = session};
    const cli_results results = {&clusters, put_text, make_json, NULL, NULL};
    cli_outputs out = {0};
    cli_watch watch;
    cli_watch_start(&watch, session);
    hone_status status = cli_outputs_open(&out, session, err);
    if (status == HONE_OK)
        status = judge(session, &clusters, &watch.monitor, err);
    cli_watch_stop(&watch);
    if (status == HONE_OK)
        status = cli_outputs_write(&out, &results, &watch, err);
    cli_outputs_discard(&out);
    hone_k_choice_free(&clusters.choice);
    cli_model_free(&clusters.model);
    cli_data_free(&clusters.data);
    return status;
}

const cli_command cli_cluster = {
    .name = "cluster",
    .summary = "how many groups the rows of a table fall into",
    .arguments = "DATA",
    .about = "Looks for each number of clusters in DATA and judges it by the silhouette, the gap\n"
             "statistic and BIC. 'hone fit --model k_means:n_clusters=K' then keeps one.\n\n"
             "Example: hone cluster data/iris.csv --drop species --k 1..6",
    .min_arguments = 1,
    .max_arguments = 1,
    .groups = GROUPS,
    .computes = true,
    .run = run,
};
