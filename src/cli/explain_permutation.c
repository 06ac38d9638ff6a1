/* explain_permutation.c -- importance by permutation: any model, rows whose target is known. */
#include "cli/explain.h"
#include "cli/metrics.h"
#include "cli/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the method keeps beside the rows of the table. */
struct permutation {
    const hone_metric *metric;
    size_t positive; /* among the classes of the data */
    size_t *groups;  /* per column of the model */
    size_t n_groups;
    hone_importance found;
};

/* ---- settings -------------------------------------------------------------------------------- */

static hone_status choose_metric(cli_session *session, const hone_column *target,
                                 struct permutation *own, hone_error *err) {
    const hone_metric **metrics = NULL;
    size_t n_shown = 0, n = 0;
    hone_status status = cli_choose_metrics(session, cli_task(target), &metrics, &n_shown, &n, err);
    if (status == HONE_OK && session->set.metrics.n && n_shown != 1)
        status = cli_misuse(session, err, "--metric takes one metric here, got %zu", n_shown);
    if (status == HONE_OK)
        own->metric = metrics[0];
    free(metrics);
    return status;
}

/* The positive class is chosen among those of the model; the data may number them otherwise. */
static hone_status choose_positive(cli_explanation *run, struct permutation *own, hone_error *err) {
    const hone_column *target = &run->use.target;
    hone_status status = cli_positive(run->session, target, &own->positive, err);
    if (status != HONE_OK || target->n_levels != 2)
        return status;
    cli_note_positive(run->session, target, own->positive);
    own->positive = cli_use_code(&run->use, own->positive);
    return HONE_OK;
}

/* Puts the columns of one list into the group of its first one. `taken`: which are in a list. */
static hone_status join(cli_explanation *run, const cli_texts *names, bool *taken, size_t *first,
                        hone_error *err) {
    const hone_schema *schema = hone_input_schema(run->use.est);
    size_t leader = schema->n_columns;
    for (size_t i = 0; i < names->n; i++) {
        size_t j;
        hone_status status = cli_explain_column(run, "--together", names->at[i], &j, err);
        if (status != HONE_OK)
            return status;
        if (taken[j])
            return cli_misuse(run->session, err, "--together: column '%s' is named twice",
                              names->at[i]);
        taken[j] = true;
        leader = i ? leader : j;
        first[j] = leader;
    }
    return HONE_OK;
}

/* Groups are numbered in the order of their first columns; its name joins those of its columns. */
static void number_groups(const cli_explanation *run, const size_t *first, struct permutation *own,
                          cli_texts *names) {
    const hone_schema *schema = hone_input_schema(run->use.est);
    for (size_t lead = 0; lead < schema->n_columns; lead++) {
        char *name = NULL;
        for (size_t j = 0; j < schema->n_columns; j++)
            if (first[j] == lead) {
                cli_append(&name, "%s%s", name ? " + " : "", schema->columns[j].name);
                own->groups[j] = own->n_groups;
            }
        if (!name)
            continue;
        own->n_groups++;
        cli_texts_add(names, name, strlen(name));
        free(name);
    }
}

/* names gets one text per group. */
static hone_status make_groups(cli_explanation *run, struct permutation *own, cli_texts *names,
                               hone_error *err) {
    const cli_texts *lists = &run->session->set.together;
    size_t m = hone_input_schema(run->use.est)->n_columns;
    size_t *first = cli_take(m, sizeof *first);
    bool *taken = cli_take(m, sizeof *taken);
    hone_status status = HONE_OK;
    own->groups = cli_take(m, sizeof *own->groups);
    for (size_t j = 0; j < m; j++)
        first[j] = j;
    for (size_t i = 0; i < lists->n && status == HONE_OK; i++) {
        cli_texts list = {0};
        cli_split(&list, lists->at[i]);
        status = join(run, &list, taken, first, err);
        cli_texts_free(&list);
    }
    if (status == HONE_OK)
        number_groups(run, first, own, names);
    free(first);
    free(taken);
    return status;
}

/* ---- running --------------------------------------------------------------------------------- */

static void keep_rows(cli_explanation *run, const struct permutation *own, const cli_texts *names) {
    const hone_importance *found = &own->found;
    for (size_t u = 0; u < found->n; u++)
        cli_explain_add(run, cli_format("%s", names->at[u]), found->mean[u], found->sd[u],
                        found->low[u], found->high[u]);
    cli_explain_sort(run);
}

static hone_status measure(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    const cli_settings *set = &run->session->set;
    struct permutation *own = run->own = cli_take(1, sizeof *own);
    cli_texts names = {0};
    hone_status status;
    if (set->repeats == 1)
        return cli_misuse(run->session, err, "--repeats takes an integer from 2 on, got '1'");
    if ((status = choose_metric(run->session, &run->use.target, own, err)) == HONE_OK &&
        (status = choose_positive(run, own, err)) == HONE_OK &&
        (status = make_groups(run, own, &names, err)) == HONE_OK) {
        const hone_permutation options = {.repeats = set->repeats,
                                          .seed = set->seed,
                                          .groups = own->groups,
                                          .n_groups = own->n_groups};
        status = hone_permutation_importance(run->use.est, run->use.data.set, own->positive,
                                             own->metric, &options, mon, &own->found, err);
    }
    if (status == HONE_OK) {
        keep_rows(run, own, &names);
        run->what = "lost";
        run->heading =
            cli_format("%s lost when the values of a column are dealt to other rows; %zu times "
                       "each, seed %llu",
                       own->metric->name, own->found.repeats, (unsigned long long)set->seed);
    }
    cli_texts_free(&names);
    return status;
}

static void print(const cli_explanation *run, cli_sink *sink) {
    const struct permutation *own = run->own;
    char number[CLI_NUMBER];
    cli_explain_print(run, sink);
    fprintf(sink->file,
            "\n%s on the rows as they are: %s%s\n"
            "Intervals are about the shuffles of these rows with this model, not about other rows "
            "or another fit.\n"
            "Columns that tell the same stand in for each other: --together A,B shuffles them as "
            "one.\n",
            own->metric->name,
            cli_number(own->found.baseline, cli_decimals(own->found.baseline), number),
            own->metric->greater_is_better ? "" : " (less is better)");
    cli_sink_check(sink);
}

static bool set_json(const cli_explanation *run, hone_json *out) {
    const struct permutation *own = run->own;
    bool bad = hone_json_set(out, "metric", hone_json_text(own->metric->name));
    bad |= hone_json_set(out, "baseline", hone_json_real(own->found.baseline));
    bad |= hone_json_set(out, "repeats", hone_json_integer((long long)own->found.repeats));
    bad |= hone_json_set(out, "seed", hone_json_integer((long long)run->session->set.seed));
    bad |= hone_json_set(out, "level", hone_json_real(own->found.level));
    bad |= hone_json_set(out, "importances", cli_explain_json(run));
    return bad;
}

static void free_own(cli_explanation *run) {
    struct permutation *own = run->own;
    if (!own)
        return;
    hone_importance_free(&own->found);
    free(own->groups);
    free(own);
}

const cli_explain_method cli_explain_permutation = {
    .name = "permutation",
    .help = "what a metric loses when a column is shuffled; any model, needs DATA",
    .reads_data = true,
    .reads_target = true,
    .run = measure,
    .text = print,
    .json = set_json,
    .free = free_own,
};
