/* class_weight.c -- see class_weight.h. */
#include "core/class_weight.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/* Reads the next "label:weight" at *at, which then points behind it and its comma. The label is
 * what stands before the last colon. False at the end or when it cannot be read. */
static bool next_pair(const char **at, const char *end, const char **label, size_t *length,
                      double *weight) {
    const char *stop = memchr(*at, ',', (size_t)(end - *at));
    if (!stop)
        stop = end;
    const char *colon = memrchr(*at, ':', (size_t)(stop - *at));
    if (!colon || colon == *at)
        return false;
    if (hone_read_double(colon + 1, stop, weight) != stop || !(*weight >= 0) || isinf(*weight))
        return false;
    *label = *at;
    *length = (size_t)(colon - *at);
    *at = stop < end ? stop + 1 : end;
    return true;
}

/* The inside of the braces; false when there are none. */
static bool braces(const char *text, const char **begin, const char **end) {
    size_t n = strlen(text);
    *begin = text + 1;
    *end = text + n - 1;
    return n >= 2 && text[0] == '{' && text[n - 1] == '}';
}

hone_status hone_class_weight_check(const char *text, const char *owner, hone_error *err) {
    if (strcmp(text, "none") == 0 || strcmp(text, "balanced") == 0)
        return HONE_OK;
    const char *at, *end, *label;
    size_t length;
    double weight;
    bool fine = braces(text, &at, &end) && at < end;
    while (fine && at < end)
        fine = next_pair(&at, end, &label, &length, &weight);
    if (fine)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL,
                     "%s: parameter class_weight must be none, balanced or "
                     "{label:weight,...} with weights in [0, inf), got %s",
                     owner, text);
}

static void balanced(const hone_column *target, const double *y, size_t n, const double *weights,
                     double *factor) {
    double total = 0;
    size_t present = 0;
    for (size_t i = 0; i < n; i++)
        factor[(size_t)y[i]] += weights[i];
    for (size_t k = 0; k < target->n_levels; k++) {
        total += factor[k];
        present += factor[k] > 0;
    }
    for (size_t k = 0; k < target->n_levels; k++)
        if (factor[k] > 0)
            factor[k] = total / ((double)present * factor[k]);
}

static size_t find_level(const hone_column *column, const char *label, size_t length) {
    size_t k = 0;
    while (k < column->n_levels &&
           (strncmp(column->levels[k], label, length) != 0 || column->levels[k][length] != '\0'))
        k++;
    return k;
}

static hone_status given(const char *text, const char *owner, const hone_column *target,
                         const hone_column *all, double *factor, hone_error *err) {
    const char *at, *end, *label;
    size_t length;
    double weight;
    for (size_t k = 0; k < target->n_levels; k++)
        factor[k] = 1;
    braces(text, &at, &end);
    while (at < end && next_pair(&at, end, &label, &length, &weight)) {
        size_t k = find_level(target, label, length);
        if (k < target->n_levels)
            factor[k] = weight;
        else if (!all || find_level(all, label, length) == all->n_levels)
            return hone_fail(err, HONE_EINVAL, "%s: class_weight names \"%.*s\", which is no class",
                             owner, (int)length, label);
    }
    return HONE_OK;
}

hone_status hone_class_weight_apply(const char *text, const char *owner, const hone_column *target,
                                    const hone_column *all, const double *y, size_t n,
                                    double *weights, hone_error *err) {
    double *factor = NULL;
    hone_status status = hone_new(&factor, target->n_levels, err);
    if (status)
        goto done;
    if (strcmp(text, "balanced") == 0)
        balanced(target, y, n, weights, factor);
    else if ((status = given(text, owner, target, all, factor, err)))
        goto done;
    for (size_t i = 0; i < n; i++)
        weights[i] *= factor[(size_t)y[i]];
done:
    hone_release(factor);
    return status;
}
