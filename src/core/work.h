/* work.h -- inside of shared work, for the wrapper. */
#ifndef HONE_CORE_WORK_H
#define HONE_CORE_WORK_H

#include "core/estimator_impl.h"

/* What the class's prepare slot has left. */
const void *hone_work_state(const hone_work *work);

/* Is X of these data the very array that was looked through, and found finite, when the work was
 * made? A fit then need not look again. */
bool hone_work_knows(const hone_work *work, const hone_dataset *data);

#endif
