/* safetensors.h -- the container of a model file: named arrays behind a JSON header.
 *
 * Layout: 8 bytes little-endian length of the header, the header (JSON, padded with blanks to a
 * multiple of 8), the arrays in the order of the header without gaps. The header's
 * __metadata__.hone holds our description, __metadata__.checksum eight hexadecimal digits: the
 * CRC-32 of the whole file with eight zeros in their place. Files of before it have none.
 * Reference: the safetensors format of Hugging Face. */
#ifndef HONE_CORE_SAFETENSORS_H
#define HONE_CORE_SAFETENSORS_H

#include "core/attr.h"

#include <hone/json.h>

/* One array. For writing everything is borrowed; for reading, from the file object. */
typedef struct hone_tensor {
    const char *name;
    hone_attr_kind kind; /* F64, F32 or I32 */
    size_t rows, cols;
    const void *data;
} hone_tensor;

/* Writes beside `path`, syncs, renames: a crash leaves the old file or the new one. Takes
 * `description` over. HONE_EIO with the reason. */
HONE_NODISCARD hone_status hone_tensors_write(const char *path, const hone_tensor *tensors,
                                              size_t n, hone_json *description, hone_error *err);

/* A file read and checked: every length, offset, type and shape is in order. */
typedef struct hone_tensor_file {
    char *bytes;
    size_t size;
    hone_json *header, *description;
    size_t n;
    hone_tensor *tensors;
} hone_tensor_file;

/* HONE_EIO if it cannot be read, HONE_EFORMAT if it is not what it should be. */
HONE_NODISCARD hone_status hone_tensors_read(const char *path, hone_tensor_file **out,
                                             hone_error *err);
/* Gives the bytes of a file the checksum that they should have; false if they have no place for
 * it. For tests, which damage files on purpose. */
bool hone_tensors_seal(char *bytes, size_t size);
/* The array called `name`, or NULL. O(n). */
const hone_tensor *hone_tensors_find(const hone_tensor_file *file, const char *name);
void hone_tensors_free(hone_tensor_file *file);

#endif
