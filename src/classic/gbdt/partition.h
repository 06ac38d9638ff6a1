/* partition.h -- rows of a node to its children, in ascending order on either side. */
#ifndef HONE_GBDT_PARTITION_H
#define HONE_GBDT_PARTITION_H

#include <hone/monitor.h>

#include <stddef.h>
#include <stdint.h>

/* row (n, ascending): those whose bin in `column` goes left (left[bin] is 1) come first. spare: 2 n
 * places. *n_left gets their number. O(n), on all threads where n is large. */
HONE_NODISCARD hone_status hone_partition(const uint8_t *column, const uint8_t left[256],
                                          uint32_t *row, size_t n, uint32_t *spare, size_t *n_left,
                                          const hone_monitor *mon, hone_error *err);

#endif
