/* compare.c -- the report of a cross-validation: every metric of its task is computed, the default
 * ones stand in the first table.   Cost: models x metrics x folds, each O(n log n) in all. */
#include "core/alloc.h"
#include "core/error.h"

#include <hone/report.h>

#include <math.h>
#include <string.h>

/* What is made on the way; arrays are owned. */
struct made {
    double *truth;
    const hone_metric **metrics;
    size_t n_metrics, n_shown;
    hone_report_model *models;
    hone_report_score *scores; /* models x metrics */
    double *folds;             /* models x metrics x folds */
};

static void made_free(struct made *made) {
    hone_release(made->truth);
    hone_release(made->metrics);
    hone_release(made->models);
    hone_release(made->scores);
    hone_release(made->folds);
}

static void add_metric(struct made *made, const hone_metric *metric) {
    for (size_t k = 0; k < made->n_metrics; k++)
        if (made->metrics[k] == metric)
            return;
    made->metrics[made->n_metrics++] = metric;
}

/* The default metrics of the task, then all others. */
static hone_status choose_metrics(const hone_cv_result *result, struct made *made,
                                  hone_error *err) {
    hone_metric_task task = result->n_classes == 0   ? HONE_FOR_REGRESSION
                            : result->n_classes == 2 ? HONE_FOR_BINARY
                                                     : HONE_FOR_MULTICLASS;
    const char *const *defaults = hone_metric_defaults(task);
    hone_status status = hone_new(&made->metrics, hone_metric_count(), err);
    for (; *defaults && status == HONE_OK; defaults++) {
        const hone_metric *metric = NULL;
        status = hone_metric_find(*defaults, &metric, err);
        if (status == HONE_OK)
            add_metric(made, metric);
    }
    made->n_shown = made->n_metrics;
    for (size_t i = 0; i < hone_metric_count() && status == HONE_OK; i++)
        if (hone_metric_at(i)->tasks & task)
            add_metric(made, hone_metric_at(i));
    return status;
}

static hone_status score_model(const hone_cv_result *result, size_t m, struct made *made,
                               hone_error *err) {
    size_t n_folds = result->folds->folds * result->folds->repeats;
    hone_status status = HONE_OK;
    for (size_t k = 0; k < made->n_metrics && status == HONE_OK; k++) {
        size_t at = m * made->n_metrics + k;
        hone_cv_summary summary;
        double *folds = made->folds + at * n_folds;
        status = hone_cv_summarise(result, m, made->metrics[k], folds, &summary, err);
        if (status == HONE_OK)
            made->scores[at] = (hone_report_score){
                .value = summary.mean, .std = summary.std, .low = NAN, .high = NAN, .folds = folds};
    }
    return status;
}

/* The first failure, and the mean times of the folds that ran. */
static void look_at_runs(const hone_cv_result *result, size_t m, hone_report_model *out) {
    double fit = 0, predict = 0, n = 0;
    for (size_t r = 0; r < result->folds->folds * result->folds->repeats; r++) {
        const hone_fold_run *run = &result->models[m].runs[r];
        if (run->done && run->error.status != HONE_OK && !out->error)
            out->error = run->error.message;
        if (!run->done || run->error.status != HONE_OK)
            continue;
        fit += run->fit_seconds;
        predict += run->predict_seconds;
        n++;
    }
    out->fit_seconds = fit / n; /* NaN when none ran */
    out->predict_seconds = predict / n;
}

static hone_status make(const hone_cv_result *result, const char *const *names, struct made *made,
                        hone_error *err) {
    size_t n_folds = result->folds->folds * result->folds->repeats, rows = result->folds->n_rows;
    size_t n = result->n_models;
    hone_status status = choose_metrics(result, made, err);
    if (status != HONE_OK || (status = hone_new(&made->truth, rows, err)) != HONE_OK ||
        (status = hone_new(&made->models, n, err)) != HONE_OK ||
        (status = hone_new2(&made->scores, n, made->n_metrics, err)) != HONE_OK ||
        (status = hone_new2(&made->folds, n * made->n_metrics, n_folds, err)) != HONE_OK)
        return status;
    for (size_t i = 0; i < rows; i++)
        made->truth[i] = hone_view_row(result->data->y, i)[0];
    for (size_t m = 0; m < n && status == HONE_OK; m++) {
        const hone_oof *oof = &result->models[m];
        made->models[m] = (hone_report_model){.name = names[m],
                                              .scores = made->scores + m * made->n_metrics,
                                              .label = oof->label,
                                              .proba = oof->proba,
                                              .score = oof->score};
        look_at_runs(result, m, &made->models[m]);
        status = score_model(result, m, made, err);
    }
    return status;
}

hone_status hone_report_compare(const hone_cv_result *result, const char *const *names,
                                const hone_report *more, FILE *file, hone_json **tables,
                                const hone_monitor *mon, hone_error *err) {
    const hone_schema *schema = result->data->schema;
    const hone_column *target = schema && schema->n_targets ? &schema->targets[0] : NULL;
    struct made made = {.n_metrics = 0};
    if (result->n_classes && !target)
        return hone_fail(err, HONE_EINVAL, "report: the classes need a schema that names them");
    hone_status status = make(result, names, &made, err);
    if (status == HONE_OK) {
        hone_report report = more ? *more : (hone_report){.title = NULL};
        report.data = result->data;
        report.n = result->folds->n_rows;
        report.truth = made.truth;
        report.weight = result->data->weights;
        report.target = target ? target->name : NULL;
        report.n_classes = result->n_classes;
        report.classes = target ? target->levels : NULL;
        report.positive = result->positive;
        report.folds = result->folds;
        report.n_metrics = made.n_metrics;
        report.n_shown = made.n_shown;
        report.metrics = made.metrics;
        report.n_models = result->n_models;
        report.models = made.models;
        report.seed = result->folds->seed;
        status = hone_report_write(&report, file, tables, mon, err);
    }
    made_free(&made);
    return status;
}
