/* fit.c -- hone_fit(), hone_fit_transform() and hone_partial_fit(): the data are checked and
 * prepared, the class's slot learns, and the new model is swapped in only when all went well. */
#include "core/fit_input.h"

#include "core/parallel.h"
#include "core/work.h"

#include <string.h>

/* What is known beyond the data. */
struct aids {
    bool part;             /* one batch of many */
    const hone_work *work; /* or NULL */
    const size_t *rows;    /* of the data that the work was made of, or NULL */
    hone_matrix *out;      /* what the rows become, or NULL when nobody asks */
};

/* The schema that predict matches new data with: all classes of the target, not only those met. Of
 * the last model's where it is the same: a path of models has one. */
static hone_status keep_schema(const struct fitted *last, bool part, const hone_dataset *data,
                               const hone_fit_input *in, hone_schema **out, hone_error *err) {
    const hone_schema *given = data->schema ? data->schema : &in->coded;
    if (!last || !(part || hone_schema_equal(last->schema, given)))
        return hone_schema_copy(given, out, err);
    *out = hone_schema_share(last->schema);
    return HONE_OK;
}

/* ---- beginning with an old state ------------------------------------------------------------ */

static bool wants_warm_start(const hone_class *cls, const void *params) {
    const hone_param *row = hone_param_find(cls->params, "warm_start");
    return row && *(const bool *)((const char *)params + row->offset);
}

static bool same_classes(const struct fitted *before, const hone_fit_input *in) {
    return before->n_classes == in->n_classes &&
           (in->n_classes == 0 ||
            memcmp(before->classes, in->classes, in->n_classes * sizeof *in->classes) == 0);
}

static hone_status begin(const hone_estimator *est, const hone_fit_input *in, bool part,
                         void **state, hone_error *err) {
    const hone_class *cls = est->cls;
    const struct fitted *before = est->fitted;
    bool warm = !part && before && wants_warm_start(cls, est->params);
    if (warm &&
        (before->schema->n_columns != hone_dataset_cols(&in->data) || !same_classes(before, in)))
        return hone_fail(err, HONE_EDATA,
                         "%s: warm_start goes on from a model of %zu columns and %zu classes; "
                         "these data have %zu and %zu (or other classes)",
                         cls->name, before->schema->n_columns, before->n_classes,
                         hone_dataset_cols(&in->data), in->n_classes);
    if (warm || (part && before))
        return hone_state_copy(cls->attrs, cls->state_size, before->state, state, err);
    return hone_alloc(state, 1, cls->state_size, err);
}

/* ---- learning -------------------------------------------------------------------------------- */

/* Row i of the input is row kept[i] of the data, which is row rows[kept[i]] of what was prepared.
 */
static hone_status fit_with_work(const struct fitted *fitted, const hone_class *cls,
                                 const hone_fit_input *in, const struct aids *aids,
                                 const hone_monitor *mon, hone_error *err) {
    const size_t *rows = aids->rows;
    size_t n = hone_dataset_rows(&in->data), *both = NULL;
    hone_status status = HONE_OK;
    if (rows && in->kept && (status = hone_new(&both, n, err)))
        return status;
    for (size_t i = 0; both && i < n; i++)
        both[i] = rows[in->kept[i]];
    rows = both ? both : rows ? rows : in->kept;
    status = cls->fit_prepared(fitted->params, &in->data, hone_work_state(aids->work), rows, mon,
                               fitted->state, err);
    hone_release(both);
    return status;
}

/* To learn from this many numbers takes less time than to wake threads, which on a busy machine
 * takes milliseconds. Estimators made of others may have much to do with few. */
enum { FEW_NUMBERS = 4096 };

static bool is_little(const hone_class *cls, const hone_dataset *data) {
    return !(cls->tags & HONE_TAG_INTERNAL) &&
           hone_dataset_rows(data) <= FEW_NUMBERS / (hone_dataset_cols(data) + 1);
}

static hone_status run_slot(const struct fitted *fitted, const hone_class *cls,
                            const hone_fit_input *in, const struct aids *aids,
                            const hone_monitor *mon, hone_matrix *out, hone_error *err) {
    hone_monitor alone = mon ? *mon : (hone_monitor){.threads = 0};
    alone.threads = 1;
    if (is_little(cls, &in->data))
        mon = &alone;
    if (aids->work)
        return fit_with_work(fitted, cls, in, aids, mon, err);
    if (aids->out && cls->fit_transform)
        return cls->fit_transform(fitted->params, &in->data, mon, fitted->state, out, err);
    if (!aids->part && !cls->fit)
        return cls->fit_prepared(fitted->params, &in->data, NULL, NULL, mon, fitted->state, err);
    return (aids->part ? cls->partial_fit : cls->fit)(fitted->params, &in->data, mon, fitted->state,
                                                      err);
}

/* *learnt: what the slot made of the rows that it was given, if the class has it; becomes what all
 * rows of `data` are. A row that weighs nothing has not been learnt from, so it is a new one. */
static hone_status complete(const hone_estimator *fresh, const hone_dataset *data,
                            const hone_fit_input *in, hone_matrix *learnt, const hone_monitor *mon,
                            hone_error *err) {
    size_t cols = fresh->fitted->output_schema->n_columns;
    hone_matrix all = {.data = NULL};
    if (learnt->data && !in->kept)
        return HONE_OK;
    hone_status status = hone_matrix_create(hone_dataset_rows(data), cols, &all, err);
    if (status == HONE_OK)
        status = hone_transform(fresh, data, all.data, mon, err);
    if (status != HONE_OK) {
        hone_matrix_free(&all);
        return status;
    }
    for (size_t i = 0; i < learnt->rows; i++)
        memcpy(all.data + in->kept[i] * cols, learnt->data + i * cols, cols * sizeof *all.data);
    hone_matrix_free(learnt);
    *learnt = all;
    return HONE_OK;
}

static hone_status learn(hone_estimator *est, const hone_dataset *data, const struct aids *aids,
                         const hone_monitor *mon, hone_error *err) {
    const hone_class *cls = est->cls;
    const struct fitted *before = aids->part ? est->fitted : NULL;
    hone_fit_input in = {.n_classes = 0};
    struct fitted *fitted = NULL;
    hone_matrix rows = {.data = NULL};
    hone_status status;
    in.finite = aids->work && !aids->rows && hone_work_knows(aids->work, data);
    if ((status = hone_class_check(cls, est->params, err)))
        return status;
    if ((status = hone_fit_input_make(est, data, aids->part, before, &in, err)) ||
        (status = hone_monitor_poll(mon, err)) || (status = hone_new(&fitted, 1, err)) ||
        (status =
             hone_params_copy(cls->params, cls->params_size, est->params, &fitted->params, err)) ||
        (status = begin(est, &in, aids->part, &fitted->state, err)) ||
        (status = keep_schema(est->fitted, aids->part, data, &in, &fitted->schema, err)) ||
        (status = run_slot(fitted, cls, &in, aids, mon, &rows, err)))
        goto done;
    fitted->n_classes = in.n_classes;
    fitted->classes = in.classes, in.classes = NULL;
    const hone_estimator fresh = {cls, est->params, fitted};
    if ((status = hone_fitted_output(cls, fitted, err)) ||
        (aids->out && (status = complete(&fresh, data, &in, &rows, mon, err))))
        goto done;
    if (aids->out)
        *aids->out = rows, rows = (hone_matrix){.data = NULL};
    hone_fitted_free(cls, est->fitted);
    est->fitted = fitted, fitted = NULL;
done:
    if (status == HONE_ECANCELLED || status == HONE_ETIME)
        hone_fail(err, status, "%s: fit stopped: %s", cls->name, hone_status_text(status));
    hone_fitted_free(cls, fitted);
    hone_fit_input_free(&in);
    hone_matrix_free(&rows);
    return status;
}

hone_status hone_fit(hone_estimator *est, const hone_dataset *data, const hone_monitor *mon,
                     hone_error *err) {
    return learn(est, data, &(struct aids){.part = false}, mon, err);
}

hone_status hone_fit_transform(hone_estimator *est, const hone_dataset *data, hone_matrix *out,
                               const hone_monitor *mon, hone_error *err) {
    if (!hone_transforms(est))
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: gives no transformed data", est->cls->name);
    return learn(est, data, &(struct aids){.out = out}, mon, err);
}

hone_status hone_fit_prepared(hone_estimator *est, const hone_dataset *data, const hone_work *work,
                              const size_t *rows, const hone_monitor *mon, hone_error *err) {
    if (work && !hone_work_serves(work, est))
        return hone_fail(err, HONE_EINVAL, "%s: the shared work was made for other parameters",
                         est->cls->name);
    return learn(est, data, &(struct aids){.work = work, .rows = rows}, mon, err);
}

hone_status hone_partial_fit(hone_estimator *est, const hone_dataset *data, const hone_monitor *mon,
                             hone_error *err) {
    if (!est->cls->partial_fit)
        return hone_fail(err, HONE_EUNSUPPORTED, "%s: learns from all rows at once, not in batches",
                         est->cls->name);
    return learn(est, data, &(struct aids){.part = true}, mon, err);
}

/* ---- what comes out of a transformer -------------------------------------------------------- */

/* The class's slot sees the schema as its fit did: the target's levels are the classes met. */
static hone_status ask_schema(const hone_class *cls, struct fitted *fitted, hone_error *err) {
    hone_schema seen = *fitted->schema, *target = NULL;
    const hone_column *named = seen.n_targets ? &seen.targets[0] : NULL;
    hone_status status = HONE_OK;
    if (fitted->n_classes > 0) {
        status = hone_schema_of_classes(fitted->classes, fitted->n_classes, named, &target, err);
        if (status == HONE_OK)
            seen.n_targets = 1, seen.targets = target->targets;
    }
    if (status == HONE_OK)
        status =
            cls->output_schema(fitted->params, fitted->state, &seen, &fitted->output_schema, err);
    hone_schema_free(target);
    return status;
}

/* The same columns, all numbers now. */
static hone_status as_numbers(const hone_schema *in, hone_schema **out, hone_error *err) {
    hone_column *columns = NULL;
    hone_status status = hone_new(&columns, in->n_columns, err);
    for (size_t j = 0; j < in->n_columns && status == HONE_OK; j++)
        columns[j].name = in->columns[j].name;
    if (status == HONE_OK)
        status = hone_schema_copy(&(hone_schema){.n_columns = in->n_columns, .columns = columns},
                                  out, err);
    hone_release(columns);
    return status;
}

hone_status hone_fitted_output(const hone_class *cls, struct fitted *fitted, hone_error *err) {
    if (!hone_class_transforms_with(cls, fitted->params))
        return HONE_OK;
    return cls->output_schema ? ask_schema(cls, fitted, err)
                              : as_numbers(fitted->schema, &fitted->output_schema, err);
}
