/* boost.c -- see boost.h. Member t draws by the number t of the stream of the seed. */
#include "selection/boost.h"

#include "core/parallel.h"
#include "core/rng.h"

#include <float.h>
#include <math.h>

enum { MEMBER_STREAM = 0x626f01 };

const hone_attr hone_boost_attrs[] = {
    HONE_COUNT(hone_boost_state, n_members, "members: n_estimators, or fewer"),
    HONE_VECTOR(hone_boost_state, weights, n_members, "how much each member's word counts"),
    HONE_VECTOR(hone_boost_state, errors, n_members, "its error on the rows as it got them"),
    HONE_FITTED_STEPS(hone_boost_state, estimators, "the members"),
    HONE_ATTR_END,
};

/* To the sum 1. False where there is no such sum: boosting then ends. */
static bool normalise(double *w, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i];
    for (size_t i = 0; i < n; i++)
        w[i] /= sum;
    return sum > 0 && isfinite(sum);
}

hone_status hone_boost_fit_member(hone_boosting *b, const hone_dataset *rows, const double *weights,
                                  hone_error *err) {
    hone_steps *members = &b->s->estimators;
    const hone_estimator *est = b->p->estimator.at[0];
    size_t t = b->s->n_members;
    hone_rng rng = hone_rng_at(b->p->seed, hone_rng_stream(MEMBER_STREAM, t));
    hone_dataset seen = *rows;
    seen.weights = weights;
    bool all = rows == b->data;
    hone_status status = HONE_OK;
    if (all && t == 0 && b->p->n_estimators > 1)
        status = hone_work_prepare(est, b->data, b->inner, &b->work, err);
    if (status == HONE_OK)
        status = hone_members_fit_seeded(est, hone_rng_next(&rng), &seen, all ? b->work : NULL,
                                         NULL, b->inner, &members->at[t], err);
    if (status != HONE_OK)
        return hone_fail_within(err, status, "%s: member %zu", b->who, t + 1);
    members->n = t + 1;
    return hone_predict(members->at[t], b->data, b->says, b->inner, err);
}

void hone_boost_drop_member(hone_boosting *b) {
    hone_steps *members = &b->s->estimators;
    hone_free(members->at[--members->n]);
    members->at[members->n] = NULL;
}

static hone_status make_room(hone_boosting *b, hone_error *err) {
    size_t n = b->data->x.rows, most = (size_t)b->p->n_estimators;
    hone_status status;
    if ((status = hone_new(&b->s->estimators.at, most, err)) ||
        (status = hone_new(&b->s->weights, most, err)) ||
        (status = hone_new(&b->s->errors, most, err)) || (status = hone_new(&b->w, n, err)) ||
        (status = hone_new(&b->says, n, err)))
        return status;
    for (size_t i = 0; i < n; i++)
        b->w[i] = b->data->weights ? b->data->weights[i] : 1;
    return HONE_OK;
}

hone_status hone_boost_fit(const char *who, const hone_boost_params *p, const hone_dataset *data,
                           hone_boost_step *step, const hone_monitor *mon, hone_boost_state *s,
                           hone_error *err) {
    hone_monitor inner = mon ? *mon : (hone_monitor){.threads = 0};
    hone_boosting b = {.who = who, .p = p, .data = data, .mon = mon, .inner = &inner, .s = s};
    size_t n = data->x.rows;
    bool more = true;
    inner.progress = NULL;
    hone_status status = make_room(&b, err);
    for (int t = 0; status == HONE_OK && more && t < p->n_estimators; t++) {
        if (!normalise(b.w, n)) {
            hone_monitor_warn(mon,
                              "%s: the weights of the rows have grown beyond all numbers after %d "
                              "members; a lower learning_rate helps",
                              who, t);
            break;
        }
        for (size_t i = 0; i < n; i++) /* a row that weighs next to nothing stays in sight */
            b.w[i] = fmax(b.w[i], DBL_EPSILON);
        status = step(&b, &more, err);
        hone_monitor_progress(mon, (double)(t + 1) / (double)p->n_estimators, who);
    }
    hone_work_free(b.work);
    hone_release(b.w);
    hone_release(b.says);
    return status;
}

hone_status hone_boost_validate(const void *params, const void *state, size_t n_cols,
                                size_t n_classes, hone_error *err) {
    const hone_boost_params *p = params;
    const hone_boost_state *s = state;
    bool fits = s->n_members > 0 && s->estimators.n == s->n_members;
    double sum = 0;
    for (size_t t = 0; fits && t < s->n_members; t++) {
        fits = s->weights[t] >= 0 && isfinite(s->errors[t]);
        sum += s->weights[t];
    }
    if (!fits || !(sum > 0 && isfinite(sum)))
        return hone_fail(err, HONE_EFORMAT, "impossible members or weights");
    hone_status status = HONE_OK;
    for (size_t t = 0; status == HONE_OK && t < s->n_members; t++)
        status = hone_inner_validate_one(p->estimator.at[0], s->estimators.at[t], n_cols, n_classes,
                                         true, err);
    return status;
}

unsigned hone_boost_tags(const void *params) {
    const hone_boost_params *p = params;
    return HONE_TAG_WEIGHTS |
           hone_members_tags(&p->estimator, HONE_TAG_MISSING | HONE_TAG_CATEGORIES,
                             HONE_TAG_NEEDS_SCALING | HONE_TAG_TWO_CLASSES);
}
