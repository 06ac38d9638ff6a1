/* crc32.h -- does a file hold what was written? */
#ifndef HONE_CORE_CRC32_H
#define HONE_CORE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of IEEE 802.3 (that of zlib, gzip and PNG) of what `crc` stands for, followed by size
 * bytes; 0 stands for nothing. O(size). */
uint32_t hone_crc32(uint32_t crc, const void *data, size_t size);

#endif
