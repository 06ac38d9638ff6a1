/* real.h -- the number that the nets compute in: float in the library, double in the gradient
 * checks (-DHONE_NN_DOUBLE, see tests/unit/nn). This is the only place that knows the difference.
 */
#ifndef HONE_NN_REAL_H
#define HONE_NN_REAL_H

#ifdef HONE_NN_DOUBLE
#include "nn/real_double.h"
#else
#include "nn/real_float.h"
#endif

#endif
