/* nn.h -- the neural-net estimators. */
#ifndef HONE_NN_H
#define HONE_NN_H

#include "core/estimator_impl.h"

extern const hone_class hone_mlp_classifier;
extern const hone_class hone_mlp_regressor;

#endif
