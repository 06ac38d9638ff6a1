/* explain_terms.c -- the coefficients of a linear model, with their errors and tests where the
 * model has them: needs the model alone. */
#include "cli/explain.h"
#include "cli/model.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Vectors of coefficients, one for two classes or a value, else one per class. */
struct terms {
    const hone_estimator *model; /* last step; borrowed */
    const hone_schema *columns;  /* that it gets; borrowed */
    size_t n_vectors, n_terms;   /* vectors; terms of each: columns, and an intercept if learnt */
    const char *statistic;       /* "z", "t", or NULL where there are no standard errors */
    bool intervals;
};

/* What is known of one term. NaN is not known. */
struct term {
    double estimate, std_err, statistic, p_value, low, high;
};

/* Entry j of vector c; the intercept stands past the columns, or has a number of its own. */
static double entry(const struct terms *own, const char *name, size_t c, size_t j) {
    hone_view view;
    double number = NAN;
    if (hone_get_array(own->model, name, &view, NULL) == HONE_OK) {
        size_t each = view.rows * view.cols / own->n_vectors;
        if (j < each)
            return view.data[c * each + j];
    }
    char *alone = cli_format("intercept_%s", name);
    if (j < own->columns->n_columns || hone_get_number(own->model, alone, &number, NULL) != HONE_OK)
        number = NAN;
    free(alone);
    return number;
}

static double intercept(const struct terms *own, size_t c) {
    hone_view view;
    double number;
    if (hone_get_array(own->model, "intercept", &view, NULL) == HONE_OK)
        return view.data[c];
    return hone_get_number(own->model, "intercept", &number, NULL) == HONE_OK ? number
                                                                              : (double)NAN;
}

static struct term term_of(const struct terms *own, size_t c, size_t j) {
    struct term term = {NAN, NAN, NAN, NAN, NAN, NAN};
    term.estimate = j < own->columns->n_columns ? entry(own, "coef", c, j) : intercept(own, c);
    if (!own->statistic)
        return term;
    term.std_err = entry(own, "std_err", c, j);
    term.statistic = entry(own, own->statistic, c, j);
    term.p_value = entry(own, "p_value", c, j);
    if (own->intervals)
        term.low = entry(own, "conf_low", c, j), term.high = entry(own, "conf_high", c, j);
    return term;
}

static const char *term_name(const struct terms *own, size_t j) {
    return j < own->columns->n_columns ? own->columns->columns[j].name : "(intercept)";
}

/* The class that vector c speaks for; NULL where it is a value. */
static const char *class_of(const cli_explanation *run, size_t c) {
    const struct terms *own = run->own;
    const hone_column *target = &run->use.target;
    if (target->n_levels == 0)
        return NULL;
    return target->levels[own->n_vectors == 1 ? target->n_levels - 1 : c];
}

/* ---- text ------------------------------------------------------------------------------------ */

static void add_number(cli_table *table, double value) {
    if (isnan(value))
        cli_table_cell(table, "-");
    else
        cli_table_cell(table, "%.6g", value);
}

static void add_row(const cli_explanation *run, size_t c, size_t j, cli_table *table) {
    const struct terms *own = run->own;
    struct term term = term_of(own, c, j);
    char number[CLI_NUMBER];
    if (own->n_vectors > 1)
        cli_table_cell(table, "%s", class_of(run, c));
    cli_table_cell(table, "%s", term_name(own, j));
    add_number(table, term.estimate);
    if (!own->statistic)
        return;
    add_number(table, term.std_err);
    cli_table_cell(table, "%s", cli_number(term.statistic, 3, number));
    cli_table_cell(table, "%s",
                   term.p_value < 1e-4 ? "<0.0001" : cli_number(term.p_value, 4, number));
    if (own->intervals && isnan(term.low))
        cli_table_cell(table, "-");
    else if (own->intervals)
        cli_table_cell(table, "%.6g to %.6g", term.low, term.high);
}

static void add_header(const struct terms *own, cli_table *table) {
    char level[CLI_NUMBER];
    table->columns = 2;
    if (own->n_vectors > 1) {
        table->columns++;
        cli_table_cell(table, "class");
    }
    table->right_from = table->columns - 1;
    cli_table_cell(table, "term");
    cli_table_cell(table, "coefficient");
    if (own->statistic) {
        table->columns += 3;
        cli_table_cell(table, "std. error");
        cli_table_cell(table, "%s", own->statistic);
        cli_table_cell(table, "p");
    }
    if (own->intervals &&
        hone_get(own->model, "confidence_level", level, sizeof level, NULL) == 0) {
        table->columns++;
        cli_table_cell(table, "%g %% interval", 100 * strtod(level, NULL));
    }
    table->right_end = table->columns;
}

/* "simple_imputer, standard_scaler": appends what stands before the model. */
static void add_steps(const hone_estimator *est, const hone_estimator *model, char **text) {
    for (size_t i = 0; i < hone_n_steps(est) && est != model; i++) {
        const hone_estimator *step = hone_step(est, i);
        if (hone_n_steps(step) > 0)
            add_steps(step, model, text);
        else if (step != model)
            cli_append(text, "%s%s", *text ? ", " : "", hone_name(step));
    }
}

/* What the numbers are about, and why there may be none. */
static void print_notes(const cli_explanation *run, cli_sink *sink) {
    const struct terms *own = run->own;
    char *steps = NULL;
    bool unknown = false;
    for (size_t c = 0; c < own->n_vectors && own->statistic; c++)
        for (size_t j = 0; j < own->n_terms; j++)
            unknown |= isnan(entry(own, "std_err", c, j));
    add_steps(run->use.est, own->model, &steps);
    if (steps || unknown)
        putc('\n', sink->file);
    if (unknown)
        fputs(
            "Where columns depend on others, as all levels of a category do, there are no errors; "
            "a model\n'one_hot_encoder:drop=first | ...' leaves a level out.\n",
            sink->file);
    if (steps)
        fprintf(sink->file,
                "Columns are as %s gets them, after %s; 'hone fit --raw' leaves out\n"
                "what it has put in front.\n",
                hone_name(own->model), steps);
    free(steps);
}

static void print(const cli_explanation *run, cli_sink *sink) {
    const struct terms *own = run->own;
    cli_table table = {0};
    add_header(own, &table);
    for (size_t c = 0; c < own->n_vectors; c++)
        for (size_t j = 0; j < own->n_terms; j++)
            add_row(run, c, j, &table);
    fprintf(sink->file, "%s\n\n", run->heading);
    cli_table_print(&table, sink);
    print_notes(run, sink);
    cli_sink_check(sink);
    cli_table_free(&table);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static hone_json *term_json(const cli_explanation *run, size_t c, size_t j) {
    const struct terms *own = run->own;
    struct term term = term_of(own, c, j);
    const double ends[] = {term.low, term.high};
    hone_json *json = hone_json_object();
    bool bad = false;
    if (class_of(run, c))
        bad |= hone_json_set(json, "class", cli_json_text(class_of(run, c)));
    bad |= hone_json_set(json, "term", cli_json_text(term_name(own, j)));
    bad |= hone_json_set(json, "coefficient", hone_json_real(term.estimate));
    if (own->statistic) {
        bad |= hone_json_set(json, "std_err", hone_json_real(term.std_err));
        bad |= hone_json_set(json, own->statistic, hone_json_real(term.statistic));
        bad |= hone_json_set(json, "p_value", hone_json_real(term.p_value));
    }
    if (own->intervals)
        bad |= hone_json_set(json, "ci", hone_json_reals(ends, 2));
    if (bad)
        hone_json_free(json);
    return bad ? NULL : json;
}

static bool set_json(const cli_explanation *run, hone_json *out) {
    const struct terms *own = run->own;
    hone_json *array = hone_json_array();
    bool bad = false;
    for (size_t c = 0; c < own->n_vectors; c++)
        for (size_t j = 0; j < own->n_terms; j++)
            bad |= hone_json_append(array, term_json(run, c, j));
    return hone_json_set(out, "terms", array) != HONE_OK || bad;
}

/* ---- the method ------------------------------------------------------------------------------ */

static bool has(const hone_estimator *est, const char *name) {
    hone_view view;
    return hone_get_array(est, name, &view, NULL) == HONE_OK && view.rows * view.cols > 0;
}

static bool learns_intercept(const hone_estimator *est) {
    char text[CLI_NUMBER];
    return hone_get(est, "fit_intercept", text, sizeof text, NULL) != HONE_OK ||
           strcmp(text, "false") != 0;
}

static hone_status look(cli_explanation *run, const hone_monitor *mon, hone_error *err) {
    const hone_estimator *model = cli_predictor(run->use.est);
    struct terms *own = cli_take(1, sizeof *own);
    hone_view coef;
    (void)mon;
    run->own = own;
    own->model = model;
    own->columns = hone_input_schema(model);
    if (!has(model, "coef"))
        return cli_fail(err, HONE_EUNSUPPORTED,
                        "%s has no coefficients by column; --method permutation suits any model",
                        hone_name(model));
    hone_status status = hone_get_array(model, "coef", &coef, err);
    own->n_vectors = coef.rows * coef.cols / own->columns->n_columns;
    own->n_terms = own->columns->n_columns + learns_intercept(model);
    if (has(model, "std_err"))
        own->statistic = has(model, "z") ? "z" : "t";
    own->intervals = own->statistic && has(model, "conf_low");
    const char *of = own->n_vectors == 1 ? class_of(run, 0) : NULL;
    run->heading =
        cli_format("coefficients of %s%s%s", hone_name(model), of ? ", for " : "", of ? of : "");
    return status;
}

static void free_own(cli_explanation *run) {
    free(run->own);
}

const cli_explain_method cli_explain_terms = {
    .name = "terms",
    .help = "coefficients of a linear model, with what is known of their errors",
    .run = look,
    .text = print,
    .json = set_json,
    .free = free_own,
};
