/* preprocess.h -- transformers: estimators like the others. */
#ifndef HONE_PREPROCESS_H
#define HONE_PREPROCESS_H

#include "core/estimator_impl.h"

extern const hone_class hone_simple_imputer;
extern const hone_class hone_one_hot_encoder;
extern const hone_class hone_standard_scaler;
extern const hone_class hone_min_max_scaler;
extern const hone_class hone_target_encoder;

#endif
