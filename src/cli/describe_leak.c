/* describe_leak.c -- columns that give the target away on their own.
 *
 *   two classes, numbers     AUC of the column as a score, or one minus it
 *   classes, levels          share of rows in the largest class of their level
 *   real target, numbers     |Pearson's r|
 *
 * At 0.999 or more such a column is often the target under another name, or was written down after
 * the fact. Levels count only if there are few: a column that names the rows is another matter. */
#include "cli/describe.h"

#include <math.h>
#include <stdlib.h>

static const double GIVEN_AWAY = 0.999;

/* Rows of the data set where column j is there: values and targets side by side. */
static size_t pairs(const hone_dataset *set, size_t j, double *x, double *y) {
    size_t n = 0;
    for (size_t i = 0; i < set->x.rows; i++) {
        double value = hone_view_row(set->x, i)[j];
        if (!isfinite(value))
            continue;
        x[n] = value;
        y[n++] = hone_view_row(set->y, i)[0];
    }
    return n;
}

static double auc_of(const double *x, const double *y, size_t n) {
    double auc = NAN;
    if (hone_roc_auc(y, x, NULL, n, &auc, NULL) != HONE_OK)
        return NAN;
    return fmax(auc, 1 - auc);
}

static double purity_of(const double *x, const double *y, size_t n, size_t levels, size_t classes) {
    size_t *counts = cli_take(levels * classes, sizeof *counts), right = 0;
    for (size_t i = 0; i < n; i++)
        counts[(size_t)x[i] * classes + (size_t)y[i]]++;
    for (size_t l = 0; l < levels; l++) {
        size_t most = 0;
        for (size_t k = 0; k < classes; k++)
            most = counts[l * classes + k] > most ? counts[l * classes + k] : most;
        right += most;
    }
    free(counts);
    return (double)right / (double)n;
}

static double correlation_of(const double *x, const double *y, size_t n) {
    double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        yy += (y[i] - my) * (y[i] - my);
        xy += (x[i] - mx) * (y[i] - my);
    }
    return fabs(xy) / sqrt(xx * yy);
}

/* How well the column tells the target, 0 .. 1, and the name of that measure. */
static double leak_of(const cli_description *out, size_t j, double *x, double *y,
                      const char **measure) {
    const hone_dataset *set = out->data.set;
    const hone_column *column = &set->schema->columns[j];
    size_t n = pairs(set, j, x, y), classes = out->target->n_levels;
    bool numeric = column->kind == HONE_NUMERIC;
    if (n < 10)
        return 0;
    if (numeric && out->target->kind == HONE_NUMERIC) {
        *measure = "correlation";
        return correlation_of(x, y, n);
    }
    if (numeric && classes == 2) {
        *measure = "AUC";
        return auc_of(x, y, n);
    }
    *measure = "share of rows told";
    if (numeric || classes < 2 || column->n_levels > 2 * classes + 8)
        return 0;
    return purity_of(x, y, n, column->n_levels, classes);
}

static cli_facts *facts_of(const cli_description *out, const char *name) {
    size_t at = 0;
    return hone_table_find(out->data.table, name, &at, NULL) == HONE_OK ? &out->facts[at] : NULL;
}

void cli_describe_leaks(cli_description *out) {
    const hone_dataset *set = out->data.set;
    if (!out->target)
        return;
    double *x = cli_take(set->x.rows, sizeof *x), *y = cli_take(set->x.rows, sizeof *y);
    for (size_t j = 0; j < set->schema->n_columns; j++) {
        const char *measure = NULL;
        double leak = leak_of(out, j, x, y, &measure);
        cli_facts *facts = facts_of(out, set->schema->columns[j].name);
        if (!(leak >= GIVEN_AWAY) || !facts || facts->remark)
            continue;
        char *drop = cli_drop_option(facts->column->name);
        cli_append(&facts->remark,
                   "tells the target alone (%s %.4f): will it be known when you predict? If not, "
                   "leave it out with %s",
                   measure, leak, drop);
        free(drop);
    }
    free(x);
    free(y);
}
