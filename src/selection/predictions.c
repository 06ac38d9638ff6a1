/* predictions.c -- all that a fitted model says about rows, in the class codes of the caller.
 *
 * The model speaks of the K classes that it met in its fit; column c of its probabilities goes to
 * column code_of[c] of ours.
 * Cost: one prediction of the rows per kind of answer, O(n classes) to bring it into place. */
#include "selection/predictions.h"

#include "core/alloc.h"
#include "core/error.h"

#include <math.h>

void hone_predictions_free(hone_predictions *p) {
    hone_release(p->label);
    hone_release(p->proba);
    hone_release(p->score);
    hone_release(p->decision);
    *p = (hone_predictions){0};
}

unsigned hone_answers_given(unsigned tags, size_t n_classes, unsigned wanted) {
    unsigned given = HONE_ANSWER_LABEL;
    if (n_classes > 0 && (tags & HONE_TAG_PROBA))
        given |= HONE_ANSWER_PROBA;
    if (n_classes > 1 && (tags & HONE_TAG_DECISION))
        given |= HONE_ANSWER_DECISION;
    return wanted & given;
}

size_t hone_class_index(const hone_estimator *est, double value) {
    const double *classes = hone_classes(est);
    size_t low = 0, high = hone_n_classes(est), n = high;
    size_t guess = value >= 0 && value < (double)n ? (size_t)value : 0;
    if (n > 0 && classes[guess] == value) /* codes 0, 1, 2, ... as a rule */
        return guess;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (classes[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && classes[low] == value ? low : n;
}

static size_t code(const hone_estimator *fitted, const hone_class_codes *codes, size_t c) {
    return codes->code_of ? codes->code_of[c] : (size_t)hone_classes(fitted)[c];
}

/* Spreads n x met numbers over n x codes->n places; `rest` fills the places of other classes. */
static hone_status place(const hone_estimator *fitted, const hone_class_codes *codes,
                         const double *from, size_t n, double rest, double **out, hone_error *err) {
    size_t k = codes->n, met = hone_n_classes(fitted);
    hone_status status = hone_new2(out, n, k, err);
    for (size_t i = 0; status == HONE_OK && i < n; i++) {
        for (size_t c = 0; c < k; c++)
            (*out)[i * k + c] = rest;
        for (size_t c = 0; c < met; c++)
            (*out)[i * k + code(fitted, codes, c)] = from[i * met + c];
    }
    return status;
}

static hone_status ask_label(const hone_estimator *fitted, const hone_dataset *data,
                             const hone_class_codes *codes, const hone_monitor *mon, size_t n,
                             double **out, hone_error *err) {
    hone_status status = hone_new(out, n, err);
    if (status == HONE_OK)
        status = hone_predict(fitted, data, *out, mon, err);
    for (size_t i = 0; status == HONE_OK && codes->code_of && i < n; i++)
        (*out)[i] = (double)codes->code_of[hone_class_index(fitted, (*out)[i])];
    return status;
}

static hone_status ask_proba(const hone_estimator *fitted, const hone_dataset *data,
                             const hone_class_codes *codes, const hone_monitor *mon, size_t n,
                             double **out, hone_error *err) {
    double *proba = NULL;
    hone_status status = hone_new2(&proba, n, hone_n_classes(fitted), err);
    if (status == HONE_OK)
        status = hone_predict_proba(fitted, data, proba, mon, err);
    if (status == HONE_OK)
        status = place(fitted, codes, proba, n, 0, out, err);
    hone_release(proba);
    return status;
}

/* One score where two classes are spoken of, else a decision per class. A model that met one class
 * only has nothing to decide: its scores are zero. */
static hone_status ask_decision(const hone_estimator *fitted, const hone_dataset *data,
                                const hone_class_codes *codes, const hone_monitor *mon,
                                hone_predictions *p, hone_error *err) {
    size_t met = hone_n_classes(fitted), n = p->n;
    double *raw = NULL, *wide = NULL;
    hone_status status = hone_new2(&raw, n, met, err);
    if (status == HONE_OK && met >= 2)
        status = hone_decision_function(fitted, data, raw, mon, err);
    if (status != HONE_OK)
        goto done;
    if (codes->n == 2) {
        bool second = met < 2 || code(fitted, codes, 1) == codes->positive;
        for (size_t i = 0; i < n && !second; i++)
            raw[i] = -raw[i];
        p->score = raw, raw = NULL;
        goto done;
    }
    if (met == 2) { /* one score: that of class 1, and its negative for class 0 */
        if ((status = hone_new2(&wide, n, 2, err)) != HONE_OK)
            goto done;
        for (size_t i = 0; i < n; i++)
            wide[2 * i] = -raw[i], wide[2 * i + 1] = raw[i];
    }
    status = place(fitted, codes, wide ? wide : raw, n, NAN, &p->decision, err);
done:
    hone_release(raw);
    hone_release(wide);
    return status;
}

hone_status hone_predictions_make(const hone_estimator *fitted, const hone_dataset *data,
                                  const hone_class_codes *codes, unsigned wanted,
                                  const hone_monitor *mon, hone_predictions *out, hone_error *err) {
    unsigned given = hone_answers_given(hone_estimator_tags(fitted), codes->n, wanted);
    hone_status status = HONE_OK;
    *out = (hone_predictions){.n = hone_dataset_rows(data)};
    if (given & HONE_ANSWER_LABEL)
        status = ask_label(fitted, data, codes, mon, out->n, &out->label, err);
    if (status == HONE_OK && (given & HONE_ANSWER_PROBA))
        status = ask_proba(fitted, data, codes, mon, out->n, &out->proba, err);
    if (status == HONE_OK && (given & HONE_ANSWER_DECISION))
        status = ask_decision(fitted, data, codes, mon, out, err);
    return status;
}
