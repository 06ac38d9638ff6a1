/* bytes.h -- the bytes of a file or of standard input, unpacked if they are gzipped. */
#ifndef HONE_DATA_BYTES_H
#define HONE_DATA_BYTES_H

#include <hone/monitor.h>

#include <stdbool.h>
#include <stddef.h>

/* Owns what it points to, in one of three ways. Zero it before use. */
typedef struct hone_bytes {
    const char *data;
    size_t size;
    void *mapped; /* a mapped file of mapped_size bytes, or NULL */
    size_t mapped_size;
    char *owned; /* a block of the allocator door, or NULL */
} hone_bytes;

/* Maps a regular file; reads anything else ("-" = standard input) to its end. `name` stands for
 * the path in messages. HONE_EIO with the system's reason. A mapped file must not shrink while it
 * is read. O(size). */
HONE_NODISCARD hone_status hone_bytes_load(const char *path, const char *name,
                                           const hone_monitor *mon, hone_bytes *out,
                                           hone_error *err);
void hone_bytes_free(hone_bytes *bytes);

/* Does it start like gzip? */
bool hone_bytes_gzipped(const char *data, size_t size);
/* Unpacks all members of a gzip file. HONE_EDATA when it is damaged or cut off. */
HONE_NODISCARD hone_status hone_bytes_gunzip(const char *data, size_t size, const char *name,
                                             const hone_monitor *mon, hone_bytes *out,
                                             hone_error *err);

/* SHA-256 in lower-case hexadecimal. */
void hone_bytes_sha256(const char *data, size_t size, char out[65]);

#endif
