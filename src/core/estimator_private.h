/* estimator_private.h -- the estimator object, seen by the wrapper's own files only. */
#ifndef HONE_CORE_ESTIMATOR_PRIVATE_H
#define HONE_CORE_ESTIMATOR_PRIVATE_H

#include "core/estimator_impl.h"

/* All that a fit leaves behind; replaced as a whole. */
struct fitted {
    void *params;               /* as they were when fit was called */
    void *state;                /* the class's own */
    hone_schema *schema;        /* of the data given to fit */
    hone_schema *output_schema; /* of transformers, else NULL */
    size_t n_classes;           /* 0 when y holds none */
    double *classes;            /* n_classes values of y, ascending */
};

struct hone_estimator {
    const hone_class *cls;
    void *params;
    struct fitted *fitted; /* NULL before fit */
};

void hone_fitted_free(const hone_class *cls, struct fitted *fitted);
/* Fills fitted->output_schema from the class's slot, for a transformer. */
HONE_NODISCARD hone_status hone_fitted_output(const hone_class *cls, struct fitted *fitted,
                                              hone_error *err);
/* HONE_EFORMAT, with a sentence that begins with the class's name, when a model that was read makes
 * no sense to its class: parameters that do not go together, or an impossible state. */
HONE_NODISCARD hone_status hone_fitted_validate(const hone_class *cls, const struct fitted *fitted,
                                                hone_error *err);
hone_task hone_class_task_with(const hone_class *cls, const void *params);
bool hone_class_transforms_with(const hone_class *cls, const void *params);
unsigned hone_class_tags_with(const hone_class *cls, const void *params);

/* HONE_EDATA when a cell of a categorical column is neither missing nor a level code; `known`: nor
 * the code of a level that the schema has. */
HONE_NODISCARD hone_status hone_check_codes(hone_view x, const hone_schema *schema, bool known,
                                            const size_t *row_ids, const char *who,
                                            hone_error *err);
/* Neither NaN nor infinite anywhere? One pass at the speed of memory. */
bool hone_all_finite(hone_view x);
/* HONE_EDATA when x holds what an estimator with these tags does not take; `row_ids` may be NULL.
 */
HONE_NODISCARD hone_status hone_check_values(hone_view x, const hone_schema *schema, unsigned tags,
                                             const size_t *row_ids, const char *who,
                                             hone_error *err);
/* HONE_EDATA when compressed rows are out of order (starts, columns) or hold such a value. */
HONE_NODISCARD hone_status hone_check_sparse(const hone_csr *x, const hone_schema *schema,
                                             unsigned tags, const size_t *row_ids, const char *who,
                                             hone_error *err);

#endif
