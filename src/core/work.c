/* work.c -- what several fits of one class on rows of the same X compute once: the class's prepare
 * slot fills a block like a fitted state, and the parameters that it depends on are kept as text.
 * Cost: that of the slot. */
#include "core/work.h"

#include "core/estimator_private.h"
#include "core/text.h"

#include <string.h>

enum { VALUE_SIZE = 512 };

struct hone_work {
    const hone_class *cls;
    void *params; /* a copy of those it was made with */
    void *state;
    hone_view x; /* of the data, where it is full, numeric and finite; only its address is used */
};

const void *hone_work_state(const hone_work *work) {
    return work->state;
}

void hone_work_free(hone_work *work) {
    if (!work)
        return;
    hone_params_free(work->cls->params, work->params);
    if (work->state && work->cls->work_clear)
        work->cls->work_clear(work->state);
    hone_state_free(work->cls->work_attrs, work->state);
    hone_release(work);
}

static bool all_numeric(const hone_schema *schema) {
    bool numeric = true;
    for (size_t j = 0; schema && numeric && j < schema->n_columns; j++)
        numeric = schema->columns[j].kind == HONE_NUMERIC;
    return numeric;
}

bool hone_work_knows(const hone_work *work, const hone_dataset *data) {
    return work->x.data && work->x.data == data->x.data && work->x.rows == data->x.rows &&
           work->x.cols == data->x.cols && work->x.ld == data->x.ld && all_numeric(data->schema);
}

hone_status hone_work_prepare(const hone_estimator *est, const hone_dataset *data,
                              const hone_monitor *mon, hone_work **out, hone_error *err) {
    const hone_class *cls = est->cls;
    hone_work *work = NULL;
    hone_status status;
    *out = NULL;
    if (!cls->prepare)
        return HONE_OK;
    if ((status = hone_new(&work, 1, err)))
        return status;
    work->cls = cls;
    if ((status =
             hone_params_copy(cls->params, cls->params_size, est->params, &work->params, err)) ||
        (status = hone_alloc(&work->state, 1, cls->work_size, err)) ||
        (status = cls->prepare(work->params, data, mon, work->state, err)))
        goto done;
    if (data->x.data && hone_all_finite(data->x))
        work->x = data->x;
    *out = work, work = NULL;
done:
    hone_work_free(work);
    return status;
}

bool hone_work_serves(const hone_work *work, const hone_estimator *est) {
    if (work->cls != est->cls)
        return false;
    for (const char *const *name = work->cls->work_params; *name; name++) {
        const hone_param *row = hone_param_find(work->cls->params, *name);
        char mine[VALUE_SIZE], theirs[VALUE_SIZE];
        if (hone_param_get(row, work->params, mine, sizeof mine, NULL) ||
            hone_param_get(row, est->params, theirs, sizeof theirs, NULL) ||
            strcmp(mine, theirs) != 0)
            return false;
    }
    return true;
}
