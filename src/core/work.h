/* work.h -- inside of shared work, for the wrapper. */
#ifndef HONE_CORE_WORK_H
#define HONE_CORE_WORK_H

#include "core/estimator_impl.h"

/* What the class's prepare slot has left. */
const void *hone_work_state(const hone_work *work);

#endif
