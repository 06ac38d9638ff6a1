/* roc_read.c -- truth and scores out of a table. Nothing is repaired in silence: a missing cell, a
 * text among scores, a third class are refused with their row; labels given as scores are warned
 * of, and a score that ranks the wrong way round is never turned. */
#include "cli/roc.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- options --------------------------------------------------------------------------------- */

static hone_status read_ci(cli_roc *run, const char *text, hone_error *err) {
    static const struct {
        const char *name;
        hone_auc_method method;
    } METHODS[] = {{"logit", HONE_AUC_LOGIT}, {"score", HONE_AUC_SCORE}, {"wald", HONE_AUC_WALD}};
    run->bootstrap = text && strcmp(text, "bootstrap") == 0;
    if (!text || run->bootstrap)
        return HONE_OK;
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (strcmp(text, METHODS[i].name) == 0) {
            run->method = METHODS[i].method;
            return HONE_OK;
        }
    return cli_misuse(run->session, err, "--ci takes logit, score, wald or bootstrap, got '%s'",
                      text);
}

/* "fpr=0:0.1" */
static hone_status read_partial(cli_roc *run, const char *text, hone_error *err) {
    if (!text)
        return HONE_OK;
    bool fpr = strncmp(text, "fpr=", 4) == 0, tpr = strncmp(text, "tpr=", 4) == 0;
    const char *colon = strchr(text, ':');
    bool read = false;
    if ((fpr || tpr) && colon) {
        char *from = cli_format("%.*s", (int)(colon - text - 4), text + 4);
        read = hone_parse_double(from, &run->from) && hone_parse_double(colon + 1, &run->to);
        free(from);
    }
    if (!read || !(run->from >= 0 && run->from < run->to && run->to <= 1))
        return cli_misuse(run->session, err,
                          "--partial takes fpr=A:B or tpr=A:B with 0 <= A < B <= 1, got '%s'",
                          text);
    run->partial = true;
    run->over = fpr ? HONE_OVER_FPR : HONE_OVER_TPR;
    return HONE_OK;
}

hone_status cli_roc_options(cli_roc *run, hone_error *err) {
    hone_status status = read_ci(run, run->session->set.ci, err);
    return status == HONE_OK ? read_partial(run, run->session->set.partial, err) : status;
}

/* ---- truth ----------------------------------------------------------------------------------- */

enum { CLASSES_MAX = 20 };

/* The labels of the truth in their order, numbers as text, and their codes or values in known
 * (CLASSES_MAX + 1). */
static hone_status find_labels(const cli_roc *run, size_t column, cli_texts *out, double *known,
                               hone_error *err) {
    const hone_column *truth = hone_table_column(run->table, column);
    const double *values = hone_table_values(run->table, column);
    size_t n = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < run->n && status == HONE_OK; i++) {
        size_t at = n;
        while (at > 0 && known[at - 1] > values[i])
            at--;
        if (isnan(values[i]))
            status = cli_fail(err, HONE_EDATA,
                              "%s: row %zu of the truth column '%s' is missing, expected a class",
                              run->shown, i + 1, truth->name);
        else if (n == 0 || at == 0 || known[at - 1] < values[i]) {
            memmove(known + at + 1, known + at, (n - at) * sizeof *known);
            known[at] = values[i];
            if (++n > CLASSES_MAX)
                status = cli_fail(err, HONE_EDATA,
                                  "%s: the truth column '%s' has more than %d distinct values, "
                                  "expected classes",
                                  run->shown, truth->name, CLASSES_MAX);
        }
    }
    for (size_t k = 0; k < n && status == HONE_OK; k++) {
        char *text = cli_level_text(truth, known[k]);
        cli_texts_add(out, text, strlen(text));
        free(text);
    }
    return status;
}

static const char *label_at(const void *labels, size_t i) {
    return ((const cli_texts *)labels)->at[i];
}

/* "'a', 'b' and 'c'" */
static char *list_labels(const cli_texts *labels) {
    char *text = NULL;
    for (size_t k = 0; k < labels->n; k++)
        cli_append(&text, "%s'%s'", k ? k + 1 < labels->n ? ", " : " and " : "", labels->at[k]);
    return text;
}

/* Position of the positive label. */
static hone_status choose_positive(cli_roc *run, const cli_texts *labels, size_t *out,
                                   hone_error *err) {
    const char *wanted = run->session->set.positive, *truth = run->session->set.truth;
    char *all = list_labels(labels);
    hone_status status = HONE_OK;
    *out = labels->n - 1;
    for (size_t k = 0; wanted && k < labels->n; k++)
        if (strcmp(labels->at[k], wanted) == 0)
            *out = k, wanted = NULL;
    if (labels->n < 2) {
        status = cli_fail(err, HONE_EDATA,
                          "%s: the truth column '%s' holds only the class %s, expected two",
                          run->shown, truth, all);
    } else if (wanted) {
        const char *near = hone_nearest(wanted, labels->n, label_at, labels);
        status = cli_fail(err, HONE_ENAME,
                          "%s: the truth column '%s' has no class '%s', it has %s%s%s%s",
                          run->shown, truth, wanted, all, near ? "; did you mean " : "",
                          near ? near : "", near ? "?" : "");
    } else if (labels->n > 2 && !run->session->set.positive) {
        status = cli_fail(err, HONE_EDATA,
                          "%s: the truth column '%s' has the classes %s: --positive LABEL says "
                          "which is set against all others",
                          run->shown, truth, all);
    }
    free(all);
    return status;
}

static hone_status read_truth(cli_roc *run, hone_error *err) {
    size_t column, positive;
    double known[CLASSES_MAX + 1];
    cli_texts labels = {0};
    hone_status status = hone_table_find(run->table, run->session->set.truth, &column, err);
    if (status == HONE_OK)
        status = find_labels(run, column, &labels, known, err);
    if (status == HONE_OK)
        status = choose_positive(run, &labels, &positive, err);
    if (status == HONE_OK) {
        const double *values = hone_table_values(run->table, column);
        run->positive = cli_format("%s", labels.at[positive]);
        run->negative = labels.n == 2 ? cli_format("%s", labels.at[!positive])
                                      : cli_format("not %s", run->positive);
        run->truth = cli_take(run->n, sizeof *run->truth);
        for (size_t i = 0; i < run->n; i++) {
            run->truth[i] = values[i] == known[positive];
            run->n_positive += run->truth[i] > 0;
        }
        if (!run->session->set.positive)
            cli_note(run->session, "  positive   %s  (--positive %s)", run->positive,
                     run->positive);
    }
    cli_texts_free(&labels);
    return status;
}

/* ---- scores ---------------------------------------------------------------------------------- */

static hone_status read_score(cli_roc *run, const char *name, cli_rater *rater, double *out,
                              hone_error *err) {
    size_t column;
    hone_status status = hone_table_find(run->table, name, &column, err);
    if (status != HONE_OK)
        return status;
    const hone_column *score = hone_table_column(run->table, column);
    const double *values = hone_table_values(run->table, column);
    rater->name = score->name;
    if (score->kind == HONE_CATEGORICAL)
        return cli_fail(err, HONE_EDATA,
                        "%s: the score column '%s' holds texts, as '%s', expected numbers",
                        run->shown, name, score->n_levels ? score->levels[0] : "");
    for (size_t i = 0; i < run->n; i++) {
        out[i] = values[i];
        if (isnan(values[i]))
            return cli_fail(err, HONE_EDATA,
                            "%s: row %zu of the score column '%s' is missing, expected a number",
                            run->shown, i + 1, name);
        if (run->session->set.proba && !(values[i] >= 0 && values[i] <= 1))
            return cli_fail(err, HONE_EDATA,
                            "%s: row %zu of the score column '%s' is %g, expected a probability "
                            "(--proba)",
                            run->shown, i + 1, name, values[i]);
    }
    const char *doubt = hone_score_doubt(out, run->n);
    if (doubt)
        cli_warn("score column '%s': %s", name, doubt);
    return HONE_OK;
}

static hone_status read_scores(cli_roc *run, hone_error *err) {
    const cli_texts *names = &run->session->set.scores;
    hone_status status = HONE_OK;
    run->n_raters = names->n;
    run->raters = cli_take(names->n, sizeof *run->raters);
    run->score = cli_take(names->n * run->n, sizeof *run->score);
    for (size_t s = 0; s < names->n && status == HONE_OK; s++) {
        for (size_t k = 0; k < s; k++)
            if (strcmp(names->at[k], names->at[s]) == 0)
                return cli_misuse(run->session, err, "--score names '%s' twice", names->at[s]);
        if (strcmp(names->at[s], run->session->set.truth) == 0)
            return cli_misuse(run->session, err, "--score names the truth column '%s'",
                              names->at[s]);
        status = read_score(run, names->at[s], &run->raters[s], run->score + s * run->n, err);
    }
    return status;
}

static hone_status read_clusters(cli_roc *run, hone_error *err) {
    size_t column;
    const char *name = run->session->set.group;
    if (!name)
        return HONE_OK;
    hone_status status = hone_table_find(run->table, name, &column, err);
    if (status != HONE_OK)
        return status;
    run->cluster = cli_take(run->n, sizeof *run->cluster);
    for (size_t i = 0; i < run->n; i++) {
        run->cluster[i] = hone_table_values(run->table, column)[i];
        if (isnan(run->cluster[i]))
            return cli_fail(err, HONE_EDATA,
                            "%s: row %zu of the group column '%s' is missing, expected a group",
                            run->shown, i + 1, name);
    }
    return HONE_OK;
}

hone_status cli_roc_read(cli_roc *run, const hone_monitor *mon, hone_error *err) {
    hone_status status = cli_read_table(run->session, run->path, NULL, mon, &run->table, err);
    if (status != HONE_OK)
        return status;
    run->n = hone_table_rows(run->table);
    cli_note(run->session, "%s: %zu rows, %zu columns", run->shown, run->n,
             hone_table_cols(run->table));
    if ((status = read_truth(run, err)) != HONE_OK || (status = read_scores(run, err)) != HONE_OK)
        return status;
    return read_clusters(run, err);
}
