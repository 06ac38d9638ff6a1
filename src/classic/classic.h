/* classic.h -- the classical estimators. */
#ifndef HONE_CLASSIC_H
#define HONE_CLASSIC_H

#include "core/estimator_impl.h"

/* Does the file begin as a model file of LIBSVM does? (svm/file_read.c) */
bool hone_libsvm_looks(const char *path);
/* Do these first bytes begin a JSON model of XGBoost, one of its binary ones, a text model of
 * LightGBM? (foreign/foreign.c) */
bool hone_xgboost_looks(const char *start, size_t size);
bool hone_ubjson_looks(const char *start, size_t size);
bool hone_lightgbm_looks(const char *start, size_t size);

extern const hone_class hone_dummy_classifier;
extern const hone_class hone_dummy_regressor;
extern const hone_class hone_elastic_net;
extern const hone_class hone_gaussian_nb;
extern const hone_class hone_k_means;
extern const hone_class hone_k_neighbors_classifier;
extern const hone_class hone_k_neighbors_regressor;
extern const hone_class hone_lasso_class;
extern const hone_class hone_linear_discriminant_analysis;
extern const hone_class hone_linear_regression;
extern const hone_class hone_linear_svc;
extern const hone_class hone_linear_svr;
extern const hone_class hone_logistic_regression;
extern const hone_class hone_mini_batch_k_means;
extern const hone_class hone_multinomial_nb;
extern const hone_class hone_nearest_neighbors;
extern const hone_class hone_perceptron;
extern const hone_class hone_radius_neighbors_classifier;
extern const hone_class hone_radius_neighbors_regressor;
extern const hone_class hone_ridge;
extern const hone_class hone_sgd_classifier;
extern const hone_class hone_sgd_regressor;
extern const hone_class hone_svc;
extern const hone_class hone_svr;
extern const hone_class hone_nu_svc;
extern const hone_class hone_nu_svr;
extern const hone_class hone_one_class_svm;

#endif
