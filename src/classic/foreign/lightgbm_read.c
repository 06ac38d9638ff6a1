/* lightgbm_read.c -- a model that LightGBM has written as text, as a fitted booster.
 *
 * A head of lines key=value, then the trees, "end of trees", what does not matter here, and maybe
 * the names of categories as pandas had them. Scores of a sigmoid other than 1 are scaled, and so
 * are those of boosting=rf, which stand for the mean over the iterations. What is there before any
 * tree is inside the first one. Cost: O(bytes).
 * Reference: src/boosting/gbdt_model_text.cpp of LightGBM 4.6. */
#include "classic/foreign/lightgbm.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"
#include "data/bytes.h"

#include <hone/json.h>

#include <math.h>
#include <string.h>

enum { MOST_COLUMNS = 1 << 20, MOST_GROUPS = 1 << 20 };

const struct hone_lightgbm_objective hone_lightgbm_objectives[] = {
    {"binary", true, false, HONE_LOSS_LOG, "log_loss"},
    {"multiclass", true, true, HONE_LOSS_LOG, "log_loss"},
    {"regression", false, false, HONE_LOSS_SQUARED, "squared_error"},
    {"regression_l1", false, false, HONE_LOSS_ABSOLUTE, "absolute_error"},
    {"huber", false, false, HONE_LOSS_HUBER, "huber"},
    {"quantile", false, false, HONE_LOSS_QUANTILE, "quantile"},
    {"poisson", false, false, HONE_LOSS_POISSON, "poisson"},
    {"gamma", false, false, HONE_LOSS_GAMMA, "gamma"},
    {"tweedie", false, false, HONE_LOSS_TWEEDIE, "tweedie"},
    /* read only: what has the answers of one above */
    {"cross_entropy", true, false, HONE_LOSS_LOG, "log_loss"},
    {"fair", false, false, HONE_LOSS_SQUARED, "squared_error"},
    {"mape", false, false, HONE_LOSS_ABSOLUTE, "absolute_error"},
    {"lambdarank", false, false, HONE_LOSS_SQUARED, "squared_error"},
    {"rank_xendcg", false, false, HONE_LOSS_SQUARED, "squared_error"},
    {NULL, false, false, 0, NULL},
};

/* ---- lines ----------------------------------------------------------------------------------- */

bool hone_lines_next(hone_lines *lines, const char **start, const char **stop) {
    if (lines->at >= lines->end)
        return false;
    const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
    *start = lines->at, *stop = newline ? newline : lines->end;
    lines->at = newline ? newline + 1 : lines->end;
    lines->number++;
    while (*stop > *start && ((*stop)[-1] == '\r' || (*stop)[-1] == ' '))
        --*stop;
    return true;
}

const char *hone_span_number(const char *at, const char *stop, double *out) {
    while (at < stop && *at == ' ')
        at++;
    at = hone_read_double(at, stop, out);
    return at && (at == stop || *at == ' ') ? at : NULL;
}

bool hone_line_value(const char *start, const char *stop, const char *key, hone_span *value) {
    size_t n = strlen(key);
    if ((size_t)(stop - start) <= n || memcmp(start, key, n) != 0 || start[n] != '=')
        return false;
    *value = (hone_span){start + n + 1, stop, 0};
    return true;
}

static bool is_line(const char *start, const char *stop, const char *text) {
    return (size_t)(stop - start) == strlen(text) && memcmp(start, text, strlen(text)) == 0;
}

/* The next word of a span; false at its end. */
static bool next_word(hone_span *span, const char **start, const char **stop) {
    while (span->start < span->stop && *span->start == ' ')
        span->start++;
    *start = *stop = span->start;
    while (*stop < span->stop && **stop != ' ')
        ++*stop;
    span->start = *stop;
    return *start < *stop;
}

/* ---- the head -------------------------------------------------------------------------------- */

enum key { VERSION, NUM_CLASS, PER_ITERATION, MAX_COLUMN, OBJECTIVE, NAMES, INFOS, N_KEYS };
static const char *const KEYS[N_KEYS] = {"version",         "num_class", "num_tree_per_iteration",
                                         "max_feature_idx", "objective", "feature_names",
                                         "feature_infos"};

struct reader {
    hone_foreign_model *m;
    hone_lines lines;
    hone_span head[N_KEYS];
    bool average;   /* answers are the mean of the iterations */
    size_t n_trees; /* that the file has: lines Tree= */
    double scale;   /* of all leaves */
};

static hone_status wrong(const struct reader *in, size_t line, const char *what, hone_error *err) {
    return hone_foreign_fail(in->m, err, "line %zu: %s", line, what);
}

static hone_status read_count(const struct reader *in, enum key key, double most, size_t *out,
                              hone_error *err) {
    double number = 0;
    hone_span span = in->head[key];
    const char *at = span.start ? hone_span_number(span.start, span.stop, &number) : NULL;
    if (!at || at != span.stop || !(number >= 0) || number > most || number != floor(number))
        return hone_foreign_fail(in->m, err, "line %zu: %s is missing or impossible", span.line,
                                 KEYS[key]);
    *out = (size_t)number;
    return HONE_OK;
}

static hone_status scan_head(struct reader *in, hone_error *err) {
    const char *start, *stop;
    bool more;
    if (!hone_lines_next(&in->lines, &start, &stop) || !is_line(start, stop, "tree"))
        return wrong(in, 1, "not a model of LightGBM, expected 'tree'", err);
    while ((more = hone_lines_next(&in->lines, &start, &stop)) && start < stop) {
        in->average |= is_line(start, stop, "average_output");
        for (size_t k = 0; k < N_KEYS; k++)
            if (hone_line_value(start, stop, KEYS[k], &in->head[k]))
                in->head[k].line = in->lines.number;
    }
    if (!more)
        return wrong(in, in->lines.number, "the file ends within its head", err);
    for (size_t k = 0; k < N_KEYS; k++)
        if (!in->head[k].start)
            in->head[k].line = in->lines.number;
    hone_span v = in->head[VERSION];
    if (!v.start || v.stop - v.start != 2 || v.start[0] != 'v' || !strchr("234", v.start[1]))
        return hone_foreign_cannot(in->m, err, "line %zu: expected version=v2, v3 or v4", v.line);
    return HONE_OK;
}

/* "binary sigmoid:2", "multiclass num_class:3", "regression sqrt", or nothing: of the user's own.
 */
static hone_status read_objective(struct reader *in, size_t groups, hone_error *err) {
    const struct hone_lightgbm_objective *found = hone_lightgbm_objectives;
    hone_span span = in->head[OBJECTIVE], value;
    const char *start = "regression", *stop = start + strlen(start);
    double sigmoid = 1;
    if (span.start)
        next_word(&span, &start, &stop);
    while (found->name && !is_line(start, stop, found->name))
        found++;
    if (!found->name || (found->many ? groups < 2 : groups != 1))
        return hone_foreign_cannot(in->m, err,
                                   "line %zu: hone has nothing like the objective %.*s with %zu "
                                   "trees per iteration",
                                   span.line, (int)(stop - start < 60 ? stop - start : 60), start,
                                   groups);
    while (next_word(&span, &start, &stop)) {
        if (is_line(start, stop, "sqrt"))
            return hone_foreign_cannot(in->m, err, "line %zu: reg_sqrt is not read", span.line);
        if (stop - start > 8 && memcmp(start, "sigmoid:", 8) == 0) {
            value = (hone_span){start + 8, stop, span.line};
            if (hone_span_number(value.start, value.stop, &sigmoid) != stop || !(sigmoid > 0) ||
                !isfinite(sigmoid))
                return wrong(in, span.line, "expected a sigmoid > 0", err);
        }
    }
    in->m->of_classes = found->classes, in->m->loss = found->word;
    in->m->state->loss = found->loss;
    in->m->state->n_classes = found->many ? groups : found->classes ? 2 : 0;
    in->scale = sigmoid;
    return HONE_OK;
}

static hone_status read_head(struct reader *in, hone_error *err) {
    size_t groups, classes, last;
    hone_status status;
    if ((status = scan_head(in, err)) ||
        (status = read_count(in, NUM_CLASS, MOST_GROUPS, &classes, err)) ||
        (status = read_count(in, PER_ITERATION, MOST_GROUPS, &groups, err)) ||
        (status = read_count(in, MAX_COLUMN, MOST_COLUMNS - 1, &last, err)))
        return status;
    if (groups == 0 || classes != groups)
        return wrong(in, in->head[PER_ITERATION].line,
                     "num_tree_per_iteration is not num_class, or 0", err);
    if ((status = hone_foreign_begin(in->m, last + 1, groups, err)))
        return status;
    return read_objective(in, groups, err);
}

/* ---- columns --------------------------------------------------------------------------------- */

static hone_status copy_word(const char *start, const char *stop, char **out, hone_error *err) {
    hone_status status = hone_new(out, (size_t)(stop - start) + 1, err);
    if (status == HONE_OK)
        memcpy(*out, start, (size_t)(stop - start));
    return status;
}

/* Column_0, Column_1, ... are what LightGBM calls columns without names: they get none here. */
static bool is_no_name(const char *start, const char *stop, size_t j) {
    char text[32];
    double number;
    static const char word[] = "Column_";
    size_t n = sizeof word - 1, length = (size_t)(stop - start);
    if (length <= n || length >= sizeof text || memcmp(start, word, n) != 0)
        return false;
    return hone_read_double(start + n, stop, &number) == stop && number == (double)j;
}

static hone_status read_names(struct reader *in, hone_error *err) {
    hone_span span = in->head[NAMES], again = span;
    const char *start, *stop;
    size_t n = 0, none = 0;
    for (; next_word(&span, &start, &stop); n++)
        none += is_no_name(start, stop, n);
    if (n != in->m->n_cols)
        return hone_foreign_fail(in->m, err, "line %zu: feature_names has %zu words, expected %zu",
                                 again.line, n, in->m->n_cols);
    hone_status status = HONE_OK;
    for (size_t j = 0; none < n && j < n && status == HONE_OK; j++) {
        next_word(&again, &start, &stop);
        status = copy_word(start, stop, &in->m->columns[j].name, err);
    }
    return status;
}

/* [low:high] of numbers, 3:1:0 the categories (-1: missing), none. */
static hone_status read_info(struct reader *in, size_t j, const char *at, const char *stop,
                             hone_error *err) {
    hone_foreign_column *column = &in->m->columns[j];
    double code;
    if (*at == '[') {
        column->numeric = true;
        return HONE_OK;
    }
    if (is_line(at, stop, "none"))
        return HONE_OK;
    column->categorical = true;
    for (; at < stop; at += at < stop) {
        at = hone_read_double(at, stop, &code);
        if (!at || (at < stop && *at != ':'))
            return wrong(in, in->head[INFOS].line, "feature_infos are unreadable", err);
        hone_status status = code == -1 ? HONE_OK : hone_foreign_level(in->m, j, code, err);
        if (status != HONE_OK)
            return status;
    }
    return HONE_OK;
}

static hone_status read_infos(struct reader *in, hone_error *err) {
    hone_span span = in->head[INFOS];
    const char *start, *stop;
    size_t n = 0;
    hone_status status = HONE_OK;
    if (!span.start)
        return HONE_OK;
    for (; n < in->m->n_cols && status == HONE_OK && next_word(&span, &start, &stop); n++)
        status = read_info(in, n, start, stop, err);
    if (status == HONE_OK && (n != in->m->n_cols || next_word(&span, &start, &stop)))
        return wrong(in, span.line, "feature_infos are not as many as the columns", err);
    return status;
}

/* ---- names of categories --------------------------------------------------------------------- */

static hone_status name_levels(hone_foreign_column *column, const hone_json *names,
                               hone_error *err) {
    size_t n = hone_json_size(names);
    hone_status status = hone_new(&column->names, n, err);
    for (size_t k = 0; k < n && status == HONE_OK; k++) {
        const hone_json *name = hone_json_at(names, k);
        const char *text = hone_json_as_text(name);
        char number[HONE_NUMBER_SIZE];
        double value = hone_json_as_real(name);
        if (!text)
            text = isnan(value) ? hone_json_as_boolean(name) ? "True" : "False"
                                : hone_write_double(value, number);
        status = hone_text_copy(text, &column->names[k], err);
        column->n_names += status == HONE_OK;
    }
    return status;
}

/* A list for each categorical column of the data frame, in their order. Where one of these was not
 * used, nobody can tell which: categories then keep their codes. */
static hone_status read_levels(struct reader *in, hone_span span, hone_error *err) {
    hone_json *json = NULL;
    size_t categorical = 0, next = 0;
    hone_status status = hone_json_parse(span.start, (size_t)(span.stop - span.start), &json, err);
    if (status != HONE_OK)
        return hone_fail_within(err, status, "%s: line %zu: pandas_categorical", in->m->path,
                                in->lines.number);
    for (size_t j = 0; j < in->m->n_cols; j++)
        categorical += in->m->columns[j].categorical;
    for (size_t j = 0; j < in->m->n_cols && categorical == hone_json_size(json); j++)
        if (in->m->columns[j].categorical && status == HONE_OK)
            status = name_levels(&in->m->columns[j], hone_json_at(json, next++), err);
    hone_json_free(json);
    return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Behind the trees. */
static hone_status read_tail(struct reader *in, hone_error *err) {
    const char *start, *stop;
    hone_span value;
    bool inside = false;
    hone_status status = HONE_OK;
    while (status == HONE_OK && hone_lines_next(&in->lines, &start, &stop)) {
        inside |= is_line(start, stop, "parameters:");
        if (is_line(start, stop, "end of parameters"))
            inside = false;
        else if (stop - start > 19 && memcmp(start, "pandas_categorical:", 19) == 0) {
            value = (hone_span){start + 19, stop, 0};
            status = read_levels(in, value, err);
        }
    }
    return status == HONE_OK && inside
               ? wrong(in, in->lines.number, "the file ends within its parameters", err)
               : status;
}

static size_t count_trees(const struct reader *in) {
    hone_lines lines = in->lines;
    hone_span value;
    const char *start, *stop;
    size_t n = 0;
    while (hone_lines_next(&lines, &start, &stop) && !is_line(start, stop, "end of trees"))
        n += hone_line_value(start, stop, "Tree", &value);
    return n;
}

static hone_status read_trees(struct reader *in, hone_error *err) {
    hone_trees_builder builder = hone_trees_build(&in->m->state->trees);
    const char *start, *stop;
    hone_span value;
    size_t groups = in->m->n_groups, trees = count_trees(in), n = 0;
    double iterations = (double)(trees / groups), number;
    if (in->average && trees >= groups)
        in->scale /= iterations;
    while (hone_lines_next(&in->lines, &start, &stop)) {
        if (start == stop)
            continue;
        if (is_line(start, stop, "end of trees"))
            return n % groups == 0
                       ? read_tail(in, err)
                       : wrong(in, in->lines.number, "the trees do not make whole iterations", err);
        if (!hone_line_value(start, stop, "Tree", &value) ||
            hone_span_number(value.start, stop, &number) != stop || number != (double)n)
            return hone_foreign_fail(in->m, err, "line %zu: expected Tree=%zu", in->lines.number,
                                     n);
        hone_status status = hone_lightgbm_read_tree(
            in->m, &in->lines, n, in->scale * hone_foreign_sign(in->m, n % groups), &builder, err);
        if (status != HONE_OK)
            return status;
        n++;
    }
    return wrong(in, in->lines.number, "the file ends before 'end of trees'", err);
}

hone_status hone_lightgbm_read(const char *path, hone_foreign_model *out, hone_error *err) {
    struct reader in = {.m = out};
    hone_bytes bytes = {0};
    out->path = path;
    hone_status status = hone_bytes_load(path, path, NULL, &bytes, err);
    if (status == HONE_OK) {
        in.lines = (hone_lines){bytes.data, bytes.data + bytes.size, 0};
        if ((status = read_head(&in, err)) == HONE_OK &&
            (status = read_names(&in, err)) == HONE_OK &&
            (status = read_infos(&in, err)) == HONE_OK)
            status = read_trees(&in, err);
    }
    hone_bytes_free(&bytes);
    return status;
}
