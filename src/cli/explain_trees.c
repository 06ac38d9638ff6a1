/* explain_trees.c -- importance by what the splits of trees have done: needs the model alone. */
#include "cli/explain.h"

#include <math.h>
#include <stdlib.h>

static hone_status measure(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    hone_split_importance kind = run->method == &cli_explain_gain    ? HONE_IMPORTANCE_GAIN
                                 : run->method == &cli_explain_split ? HONE_IMPORTANCE_SPLIT
                                                                     : HONE_IMPORTANCE_COVER;
    hone_tree_info info;
    double *values = NULL;
    (void)mon;
    hone_status status = hone_get_tree_info(run->use.est, &info, err);
    if (status != HONE_OK)
        return status;
    values = cli_take(info.schema->n_columns, sizeof *values);
    status = hone_split_importances(run->use.est, kind, values, err);
    for (size_t j = 0; j < info.schema->n_columns && status == HONE_OK; j++)
        cli_explain_add(run, cli_format("%s", info.schema->columns[j].name), values[j], NAN, NAN,
                        NAN);
    free(values);
    cli_explain_sort(run);
    run->what = run->method->name;
    run->heading = cli_format("%s, summed over %zu %s", run->method->help, info.n_trees,
                              info.n_trees == 1 ? "tree" : "trees");
    return status;
}

static void print(const cli_explanation *run, cli_sink *sink) {
    cli_explain_print(run, sink);
    fputs("\nIt speaks of the rows of the fit, and favours columns with many values; --method "
          "permutation\nasks the model about rows that it has not learnt from.\n",
          sink->file);
    cli_sink_check(sink);
}

static bool set_json(const cli_explanation *run, hone_json *out) {
    return hone_json_set(out, "importances", cli_explain_json(run)) != HONE_OK;
}

const cli_explain_method cli_explain_gain = {
    .name = "gain",
    .help = "what the splits of a column have won",
    .run = measure,
    .text = print,
    .json = set_json,
};

const cli_explain_method cli_explain_split = {
    .name = "split",
    .help = "splits of a column",
    .run = measure,
    .text = print,
    .json = set_json,
};

const cli_explain_method cli_explain_cover = {
    .name = "cover",
    .help = "weight of the rows that the splits of a column part",
    .run = measure,
    .text = print,
    .json = set_json,
};
