/* nearest_neighbors.c -- the distances to the k nearest rows of the fit; which rows they are is
 * told by hone_kneighbors().
 *
 * transform(x)_j = distance to the (j + 1)-th nearest row; a row of the fit is its own first.
 * Cost: as k_neighbors.c. */
#include "classic/classic.h"
#include "classic/neighbours/neighbours.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK_ROWS = 512 };

/* clang-format off */
static const hone_param PARAMS[] = {
    {"n_neighbors", HONE_PARAM_INT, offsetof(struct neighbours_params, k), "5", "[1, inf)", NULL, "how many rows to find", NULL},
    HONE_REAL(neighbours_params, radius, 1, "[0, inf)", "distance up to which hone_radius_neighbors() finds rows"),
    NEIGHBOURS_SEARCH_PARAMS,
    HONE_PARAM_END
};
/* clang-format on */

static hone_status fit(const void *params, const hone_dataset *data, const hone_monitor *mon,
                       void *state, hone_error *err) {
    const struct neighbours_params *p = params;
    return hone_neighbours_fit("nearest_neighbors", p, data, false, (size_t)p->k, mon, state, err);
}

/* What a block of rows is asked for. */
struct answer {
    size_t k;
    double *out;
};

static hone_status set_distances(void *context, size_t i, const hone_near *near, hone_error *err) {
    const struct answer *a = context;
    (void)err;
    memcpy(a->out + i * a->k, near->rank, a->k * sizeof *a->out);
    return HONE_OK;
}

static hone_status transform(const void *params, const void *state, hone_view x, double *out,
                             hone_error *err) {
    const struct neighbours_state *s = state;
    struct answer answer = {s->n_neighbors, out};
    return hone_neighbours_find(params, s, x, s->n_neighbors, 0, set_distances, &answer, err);
}

static hone_status output_schema(const void *params, const void *state, const hone_schema *input,
                                 hone_schema **out, hone_error *err) {
    const struct neighbours_state *s = state;
    hone_schema *schema = NULL;
    (void)params, (void)input;
    hone_status status = hone_schema_create(s->n_neighbors, 0, &schema, err);
    for (size_t j = 0; j < s->n_neighbors && status == HONE_OK; j++) {
        char name[40];
        snprintf(name, sizeof name, "distance_%zu", j + 1);
        hone_column column = {.name = name};
        status = hone_column_copy(&column, hone_schema_column(schema, j), err);
    }
    if (status)
        hone_schema_free(schema);
    else
        *out = schema;
    return status;
}

static hone_status validate(const void *params, const void *state, size_t n_cols, size_t n_classes,
                            hone_error *err) {
    const struct neighbours_state *s = state;
    if (s->n_neighbors == 0)
        return hone_fail(err, HONE_EFORMAT, "the model has no neighbours");
    return hone_neighbours_validate(params, s, n_cols, n_classes, err);
}

static unsigned tags_of(const void *params) {
    unsigned tags = hone_neighbours_tags(params);
    return tags & HONE_TAG_MISSING ? tags | HONE_TAG_FILLS | HONE_TAG_ENCODES : tags;
}

const hone_class hone_nearest_neighbors = {
    .name = "nearest_neighbors",
    .summary = "distances to the k nearest rows",
    .task = HONE_TRANSFORMER,
    .tags = HONE_TAG_NEEDS_SCALING,
    .params = PARAMS,
    .params_size = sizeof(struct neighbours_params),
    .attrs = hone_neighbours_attrs,
    .state_size = sizeof(struct neighbours_state),
    .fit = fit,
    .transform = transform,
    .output_schema = output_schema,
    .validate = validate,
    .check = hone_neighbours_check,
    .tags_of = tags_of,
    .block_rows = BLOCK_ROWS,
};
