/* members.c -- see members.h. */
#include "selection/members.h"

#include "core/parallel.h"
#include "core/rng.h"
#include "selection/predictions.h"
#include "selection/registry.h"

#include <string.h>

enum { SEED_STREAM = 0x6d6501 };

/* The wrapper has already cut the rows into blocks and spread them over threads. */
static const hone_monitor ALONE = {.threads = 1};

/* ---- seeds ----------------------------------------------------------------------------------- */

static void seed_all(hone_estimator *est, hone_rng *rng) {
    char *params = hone_estimator_params(est);
    for (const hone_param *row = hone_estimator_class(est)->params; row->name; row++) {
        if (row->kind == HONE_PARAM_SEED)
            *(uint64_t *)(void *)(params + row->offset) = hone_rng_next(rng);
        if (row->kind != HONE_PARAM_STEPS)
            continue;
        const hone_steps *steps = (const hone_steps *)(void *)(params + row->offset);
        for (size_t i = 0; i < steps->n; i++)
            seed_all(steps->at[i], rng);
    }
}

void hone_members_seed(hone_estimator *est, uint64_t seed) {
    hone_rng rng = hone_rng_at(seed, SEED_STREAM);
    seed_all(est, &rng);
}

/* ---- fits ------------------------------------------------------------------------------------ */

hone_status hone_members_fit_seeded(const hone_estimator *est, uint64_t seed,
                                    const hone_dataset *data, const hone_work *work,
                                    const size_t *rows, const hone_monitor *mon,
                                    hone_estimator **out, hone_error *err) {
    hone_estimator *seeded = NULL;
    hone_status status = hone_clone(est, &seeded, err);
    if (status != HONE_OK)
        return status;
    hone_members_seed(seeded, seed);
    hone_dataset seen = *data;
    if (!(hone_estimator_tags(est) & HONE_TAG_WEIGHTS))
        seen.weights = NULL;
    status = hone_fit_prepared(seeded, &seen, work, rows, mon, err);
    if (status == HONE_OK)
        *out = seeded, seeded = NULL;
    hone_free(seeded);
    return status;
}

struct fits {
    const hone_steps *members;
    const hone_dataset *data;
    const char *who;
    const hone_monitor *inner;
    hone_steps *out;
};

static hone_status fit_one(void *context, size_t i, hone_error *err) {
    const struct fits *fits = context;
    hone_status status =
        hone_inner_fit(fits->members->at[i], fits->data, fits->inner, &fits->out->at[i], err);
    return status == HONE_OK ? status
                             : hone_fail_within(err, status, "%s: member %zu", fits->who, i + 1);
}

hone_status hone_members_fit(const hone_steps *members, const hone_dataset *data, const char *who,
                             const hone_monitor *mon, hone_steps *out, hone_error *err) {
    hone_monitor inner = mon ? *mon : (hone_monitor){.threads = 0};
    struct fits fits = {members, data, who, &inner, out};
    inner.progress = NULL;
    hone_status status = hone_new(&out->at, members->n, err);
    if (status != HONE_OK)
        return status;
    out->n = members->n;
    return hone_parallel(members->n, fit_one, &fits, mon, err);
}

/* ---- answers --------------------------------------------------------------------------------- */

hone_status hone_members_ask(const hone_estimator *fitted, hone_view x, size_t n_classes,
                             bool proba, double *out, hone_error *err) {
    hone_dataset rows = {.x = x};
    hone_predictions says = {0};
    const hone_class_codes codes = {n_classes, n_classes == 2, NULL};
    if (!proba) /* the classes of a member are codes of ours */
        return hone_predict(fitted, &rows, out, &ALONE, err);
    if (hone_n_classes(fitted) == n_classes)
        return hone_predict_proba(fitted, &rows, out, &ALONE, err);
    hone_status status =
        hone_predictions_make(fitted, &rows, &codes, HONE_ANSWER_PROBA, &ALONE, &says, err);
    if (status == HONE_OK)
        memcpy(out, says.proba, x.rows * n_classes * sizeof *out);
    hone_predictions_free(&says);
    return status;
}

/* ---- what they are --------------------------------------------------------------------------- */

unsigned hone_members_tags(const hone_steps *members, unsigned all, unsigned any) {
    unsigned tags = 0;
    for (size_t i = 0; i < members->n; i++) {
        unsigned own = hone_estimator_tags(members->at[i]);
        all &= own;
        tags |= own & any;
    }
    return HONE_TAG_INTERNAL | tags | (members->n ? all : 0);
}

hone_status hone_members_check(const hone_steps *members, size_t least, hone_task task,
                               hone_error *err) {
    const char *kind = task == HONE_CLASSIFIER ? "classifier" : "regressor";
    if (members->n < least)
        return hone_fail(err, HONE_EINVAL, "is made of %zu %ss at least, got %zu", least, kind,
                         members->n);
    for (size_t i = 0; i < members->n; i++)
        if (hone_estimator_task(members->at[i]) != task)
            return hone_fail(err, HONE_EINVAL, "is made of %ss, got %s", kind,
                             hone_name(hone_final_step(members->at[i])));
    return HONE_OK;
}
