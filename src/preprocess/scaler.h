/* scaler.h -- what scalers share that map each column by itself: z = (x - shift) / scale.
 *
 * Such a scaler is a file with its parameters, the names of its two attributes and a fit slot that
 * learns shift and scale; the rest of its slots are here. standard_scaler.c is the model. */
#ifndef HONE_PREPROCESS_SCALER_H
#define HONE_PREPROCESS_SCALER_H

#include "core/estimator_impl.h"

/* The state. */
struct hone_scaler {
    size_t n_cols;
    double *shift, *scale; /* n_cols each */
};

/* A whole table of attributes: the names that shift and scale have in this scaler. */
#define HONE_SCALER_ATTRS(shift_name, shift_help, scale_name, scale_help) \
    HONE_COUNT(hone_scaler, n_cols, "number of columns"),                 \
        {shift_name,                                                      \
         HONE_ATTR_F64,                                                   \
         offsetof(struct hone_scaler, shift),                             \
         offsetof(struct hone_scaler, n_cols),                            \
         HONE_ATTR_ONE,                                                   \
         shift_help},                                                     \
        {scale_name,                                                      \
         HONE_ATTR_F64,                                                   \
         offsetof(struct hone_scaler, scale),                             \
         offsetof(struct hone_scaler, n_cols),                            \
         HONE_ATTR_ONE,                                                   \
         scale_help},                                                     \
        HONE_ATTR_END

/* Room for n_cols columns in a zeroed state; its table frees it. */
HONE_NODISCARD hone_status hone_scaler_make(struct hone_scaler *scaler, size_t n_cols,
                                            hone_error *err);
/* The end of a fit slot: HONE_ENUMERIC where a number is not finite (the `measure` of column ...
 * overflows); a column that never varies gets scale 1, so it becomes 0 and not 0 / 0. */
HONE_NODISCARD hone_status hone_scaler_settle(struct hone_scaler *scaler, const char *who,
                                              const char *measure, const hone_dataset *data,
                                              hone_error *err);
/* A transform slot. Missing cells stay missing. O(n m). */
hone_status hone_scaler_transform(const void *params, const void *fitted, hone_view x, double *out,
                                  hone_error *err);
/* Its way back: x = z scale + shift. O(n m). */
hone_status hone_scaler_inverse_transform(const void *params, const void *fitted, hone_view z,
                                          double *out, hone_error *err);
/* For validate slots: HONE_EFORMAT unless there is a finite shift and a scale above 0 for each
 * column. attrs: the scaler's table. */
HONE_NODISCARD hone_status hone_scaler_check(const struct hone_scaler *scaler,
                                             const hone_attr *attrs, size_t n_cols,
                                             hone_error *err);

#endif
