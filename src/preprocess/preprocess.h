/* preprocess.h -- transformers: estimators like the others. */
#ifndef HONE_PREPROCESS_H
#define HONE_PREPROCESS_H

#include "core/estimator_impl.h"

extern const hone_class hone_simple_imputer;
extern const hone_class hone_one_hot_encoder;
extern const hone_class hone_pca_class;
extern const hone_class hone_standard_scaler;
extern const hone_class hone_min_max_scaler;
extern const hone_class hone_target_encoder;
extern const hone_class hone_ordinal_encoder;
extern const hone_class hone_robust_scaler;
extern const hone_class hone_max_abs_scaler;
extern const hone_class hone_normalizer;
extern const hone_class hone_quantile_transformer;
extern const hone_class hone_binarizer;
extern const hone_class hone_k_bins_discretizer;
extern const hone_class hone_polynomial_features;
extern const hone_class hone_variance_threshold;

#endif
