/* hone.h -- the only header that a user of hone includes.
 *
 * hone is a machine-learning toolkit for tabular data. Every call returns a hone_status and takes
 * a caller-owned hone_error as last argument (NULL allowed); the library never prints, aborts or
 * keeps an error in a global. */
#ifndef HONE_H
#define HONE_H

#include <hone/api.h>
#include <hone/blas.h>
#include <hone/boosting.h>
#include <hone/calibration.h>
#include <hone/clustering.h>
#include <hone/curves.h>
#include <hone/dataset.h>
#include <hone/estimator.h>
#include <hone/explain.h>
#include <hone/inference.h>
#include <hone/interop.h>
#include <hone/json.h>
#include <hone/judge.h>
#include <hone/matrix.h>
#include <hone/metrics.h>
#include <hone/monitor.h>
#include <hone/neighbours.h>
#include <hone/report.h>
#include <hone/selection.h>
#include <hone/status.h>
#include <hone/svmlight.h>
#include <hone/svm.h>
#include <hone/text.h>
#include <hone/trees.h>

#endif
