/* metrics.c -- see metrics.h. */
#include "cli/metrics.h"

#include "cli/options.h"
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

/* The list as it grows; room for every metric. */
struct choice {
    const hone_metric **at;
    size_t n;
};

static void add(struct choice *choice, const hone_metric *metric) {
    for (size_t i = 0; i < choice->n; i++)
        if (choice->at[i] == metric)
            return;
    choice->at[choice->n++] = metric;
}

static void add_all(struct choice *choice, unsigned task) {
    for (size_t i = 0; i < hone_metric_count(); i++)
        if (hone_metric_at(i)->tasks & task)
            add(choice, hone_metric_at(i));
}

static hone_status add_name(cli_session *session, struct choice *choice, unsigned task,
                            const char *name, hone_error *err) {
    const hone_metric *metric = NULL;
    if (strcmp(name, "all") == 0) {
        add_all(choice, task);
        return HONE_OK;
    }
    hone_status status = cli_misused(session, hone_metric_find(name, &metric, err));
    if (status != HONE_OK)
        return status;
    if (!(metric->tasks & task)) {
        enum { SHOWN = 8 };
        char *fitting = NULL;
        size_t n = 0;
        for (size_t i = 0; i < hone_metric_count(); i++)
            if (hone_metric_at(i)->tasks & task && n++ < SHOWN)
                cli_append(&fitting, "%s%s", fitting ? ", " : "", hone_metric_at(i)->name);
        status = cli_misuse(session, err,
                            "metric %s is not for this task (%s), expected %s or one of %zu more",
                            name, cli_task_name(task), fitting, n - SHOWN);
        free(fitting);
        return status;
    }
    add(choice, metric);
    return HONE_OK;
}

hone_status cli_choose_metrics(cli_session *session, unsigned task, const hone_metric ***metrics,
                               size_t *n_shown, size_t *n, hone_error *err) {
    const cli_texts *asked = &session->set.metrics;
    const char *const *usual = hone_metric_defaults((hone_metric_task)task);
    struct choice choice = {cli_take(hone_metric_count(), sizeof *choice.at), 0};
    hone_status status = HONE_OK;
    *metrics = choice.at;
    for (size_t i = 0; i < asked->n && status == HONE_OK; i++)
        status = add_name(session, &choice, task, asked->at[i], err);
    for (size_t i = 0; !asked->n && usual[i] && status == HONE_OK; i++)
        status = add_name(session, &choice, task, usual[i], err);
    *n_shown = choice.n;
    add_all(&choice, task);
    *n = choice.n;
    return status;
}
