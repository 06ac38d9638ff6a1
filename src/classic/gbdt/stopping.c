/* stopping.c -- is the last iteration any better about the rows set aside?
 *
 * Judged by the mean loss or by a metric of hone's table. When no iteration of the last
 * n_iter_no_change was better than the best one by more than tol, trees after that one are dropped
 * (those of DART stay: later trees have changed the weights of earlier ones). */
#include "classic/gbdt/booster_impl.h"

#include <hone/metrics.h>

#include <math.h>
#include <string.h>

hone_status hone_scoring_accept(const char *text, hone_error *err) {
    const hone_metric *metric;
    return strcmp(text, "loss") == 0 ? HONE_OK : hone_metric_find(text, &metric, err);
}

hone_status hone_scoring_check(const char *who, bool classes, size_t n_classes, const char *text,
                               hone_error *err) {
    const hone_metric *metric = NULL;
    hone_status status = HONE_OK;
    unsigned task = !classes         ? HONE_FOR_REGRESSION
                    : n_classes == 2 ? HONE_FOR_BINARY
                                     : HONE_FOR_MULTICLASS;
    if (strcmp(text, "loss") == 0 || (status = hone_metric_find(text, &metric, err)) != HONE_OK)
        return status;
    if (!(metric->tasks & task))
        status =
            hone_fail(err, HONE_EINVAL, "%s: parameter scoring: %s is no metric of %s", who, text,
                      !classes         ? "values"
                      : n_classes == 2 ? "two classes"
                                       : "many classes");
    return status;
}

/* ---- a metric of the rows set aside ---------------------------------------------------------- */

/* answer (n x K) after the link becomes probabilities of all classes. */
static void spread_two(double *proba, const double *answer, size_t n) {
    for (size_t i = 0; i < n; i++)
        proba[2 * i] = 1 - answer[i], proba[2 * i + 1] = answer[i];
}

static void label_rows(const double *proba, size_t n, size_t k, double *label) {
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        for (size_t c = 1; c < k; c++)
            best = proba[i * k + c] > proba[i * k + best] ? c : best;
        label[i] = (double)best;
    }
}

static hone_status measure(const hone_boost_run *run, const hone_metric *metric, double *answer,
                           double *proba, double *label, double *out, hone_error *err) {
    const hone_loss *judge = &run->judge;
    size_t n = judge->n, k = run->state->n_classes;
    hone_outcome outcome = {
        .n = n, .n_classes = k, .positive = 1, .truth = judge->y, .weight = judge->weights};
    memcpy(answer, run->score + run->n_learn * run->outputs, n * run->outputs * sizeof *answer);
    if (judge->kind->link != NULL)
        judge->kind->link(answer, n, run->outputs);
    outcome.label = answer;
    if (run->classes) {
        if (k == 2)
            spread_two(proba, answer, n);
        outcome.proba = k == 2 ? proba : answer;
        label_rows(outcome.proba, n, k, label);
        outcome.label = label;
    }
    return hone_metric_compute(metric, &outcome, out, NULL, err);
}

static hone_status measure_metric(const hone_boost_run *run, const char *name, double *out,
                                  bool *greater, hone_error *err) {
    const hone_metric *metric = NULL;
    double *answer = NULL, *proba = NULL, *label = NULL;
    size_t n = run->judge.n;
    hone_status status;
    if ((status = hone_metric_find(name, &metric, err)) == HONE_OK &&
        (status = hone_new2(&answer, n, run->outputs, err)) == HONE_OK &&
        (status = hone_new2(&proba, n, 2, err)) == HONE_OK &&
        (status = hone_new(&label, n, err)) == HONE_OK)
        status = measure(run, metric, answer, proba, label, out, err);
    *greater = metric != NULL && metric->greater_is_better;
    hone_release(answer);
    hone_release(proba);
    hone_release(label);
    return status;
}

/* ---- is it time? ----------------------------------------------------------------------------- */

static hone_status note(struct gbdt_state *s, double train, double validation, hone_error *err) {
    size_t n = s->n_scores;
    hone_status status = hone_grow(&s->train_score, n, n + 1, err);
    if (status == HONE_OK)
        status = hone_grow(&s->validation_score, n, n + 1, err);
    if (status != HONE_OK)
        return status;
    s->train_score[n] = train, s->validation_score[n] = validation;
    s->n_scores++;
    return HONE_OK;
}

/* The first of the best, a later one being better only by more than tol. */
static size_t best_of(const struct gbdt_state *s, bool greater, double tol) {
    size_t best = 0;
    for (size_t i = 1; i < s->n_scores; i++) {
        double won = s->validation_score[best] - s->validation_score[i];
        if ((greater ? -won : won) > tol || isnan(s->validation_score[best]))
            best = i;
    }
    return best;
}

hone_status hone_boost_judge(hone_boost_run *run, bool *stop, hone_error *err) {
    struct gbdt_state *s = run->state;
    const struct gbdt_params *p = run->p;
    const double *aside = run->score + run->n_learn * run->outputs;
    double train = 0, validation = 0;
    bool greater = false;
    hone_status status = hone_loss_mean(&run->learn, run->score, run->mon, &train, err);
    run->judge.delta = run->learn.delta;
    if (status == HONE_OK && strcmp(p->scoring.s, "loss") == 0)
        status = hone_loss_mean(&run->judge, aside, run->mon, &validation, err);
    else if (status == HONE_OK)
        status = measure_metric(run, p->scoring.s, &validation, &greater, err);
    if (status == HONE_OK)
        status = note(s, train, validation, err);
    if (status != HONE_OK)
        return status;
    size_t best = best_of(s, greater, p->tol);
    *stop = s->n_scores - best > (size_t)p->n_iter_no_change;
    if (*stop && p->booster == HONE_BOOST_TREE) {
        s->n_iter -= s->n_scores - best - 1;
        s->n_scores = best + 1;
        hone_trees_cut(&s->trees, s->n_iter * run->outputs);
    }
    return HONE_OK;
}
