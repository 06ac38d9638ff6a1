/* pow5.h -- the first 128 bits of powers of five, for reading and writing doubles. */
#ifndef HONE_CORE_POW5_H
#define HONE_CORE_POW5_H

#include <stdint.h>

#define HONE_POW5_FIRST (-342)
#define HONE_POW5_LAST  324

/* Row q - HONE_POW5_FIRST holds g in [2^127, 2^128) as {high, low}: g * 2^e, for the right e, is
 * 5^q cut off (q >= 0) or rounded up (q < 0). */
extern const uint64_t hone_pow5[HONE_POW5_LAST - HONE_POW5_FIRST + 1][2];

#endif
