/* safetensors.c -- see safetensors.h. */
#include "core/safetensors.h"

#include "core/alloc.h"
#include "core/crc32.h"
#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const DTYPES[] = {
    [HONE_ATTR_F64] = "F64", [HONE_ATTR_F32] = "F32", [HONE_ATTR_I32] = "I32"};

/* ---- checksum ----------------------------------------------------------------------------- */

enum { DIGITS = 8 };
static const char UNSEALED[] = "00000000";

/* Where the digits stand in a header of `length` bytes, or NULL. Within texts quotes are escaped,
 * so this can be nothing but the key. */
static char *find_digits(char *header, size_t length) {
    static const char KEY[] = "\"checksum\": \"";
    size_t key = sizeof KEY - 1;
    char *at = memmem(header, length, KEY, key);
    return at && (size_t)(header + length - at) > key + DIGITS ? at + key : NULL;
}

static size_t read_length(const char *bytes) {
    size_t length = 0;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | (unsigned char)bytes[i];
    return length;
}

/* The digits that should stand at `digits` within the bytes of a file. */
static void digits_of(const char *bytes, size_t size, const char *digits, char out[DIGITS + 1]) {
    uint32_t crc = hone_crc32(0, bytes, (size_t)(digits - bytes));
    crc = hone_crc32(crc, UNSEALED, DIGITS);
    crc = hone_crc32(crc, digits + DIGITS, (size_t)(bytes + size - digits - DIGITS));
    snprintf(out, DIGITS + 1, "%08" PRIx32, crc);
}

bool hone_tensors_seal(char *bytes, size_t size) {
    char digits[DIGITS + 1];
    size_t length = size >= 8 ? read_length(bytes) : 0;
    char *place = size >= 8 && length <= size - 8 ? find_digits(bytes + 8, length) : NULL;
    if (!place)
        return false;
    digits_of(bytes, size, place, digits);
    memcpy(place, digits, DIGITS);
    return true;
}

/* ---- writing ------------------------------------------------------------------------------ */

static size_t tensor_bytes(const hone_tensor *t) {
    return t->rows * t->cols * hone_attr_item_size(t->kind);
}

static hone_json *pair(size_t a, size_t b) {
    hone_json *array = hone_json_array();
    if (array && (hone_json_append(array, hone_json_integer((long long)a)) ||
                  hone_json_append(array, hone_json_integer((long long)b)))) {
        hone_json_free(array);
        array = NULL;
    }
    return array;
}

/* The header as text (free with free()); takes `description` over. NULL when memory is out. */
static char *header_text(const hone_tensor *tensors, size_t n, hone_json *description) {
    char *inside = description ? hone_json_print(description) : NULL;
    hone_json *header = hone_json_object(), *meta = hone_json_object();
    int bad = !inside || !header || !meta ||
              hone_json_set(meta, "format", hone_json_text("hone")) ||
              hone_json_set(meta, "checksum", hone_json_text(UNSEALED)) ||
              hone_json_set(meta, "hone", hone_json_text(inside));
    if (header && hone_json_set(header, "__metadata__", meta))
        bad = 1;
    size_t offset = 0;
    for (size_t i = 0; i < n && !bad; i++) {
        const hone_tensor *t = &tensors[i];
        size_t end = offset + tensor_bytes(t);
        hone_json *entry = hone_json_object();
        bad = !entry || hone_json_set(entry, "dtype", hone_json_text(DTYPES[t->kind])) ||
              hone_json_set(entry, "shape", pair(t->rows, t->cols)) ||
              hone_json_set(entry, "data_offsets", pair(offset, end));
        bad |= hone_json_set(header, t->name, entry) != HONE_OK;
        offset = end;
    }
    char *text = bad ? NULL : hone_json_print(header);
    hone_json_free(header);
    hone_json_free(description);
    free(inside);
    return text;
}

static bool put(FILE *file, const void *data, size_t size) {
    return size == 0 || fwrite(data, 1, size, file) == size;
}

/* Before the arrays there are three pieces. */
struct pieces {
    unsigned char prefix[8];
    char *header;
    size_t length, padding;
};

static const char BLANKS[8] = "        ";

/* Puts the checksum into the header. */
static struct pieces seal(char *header, const hone_tensor *tensors, size_t n) {
    struct pieces p = {.header = header, .length = strlen(header)};
    char digits[DIGITS + 1];
    p.padding = (8 - p.length % 8) % 8;
    for (int i = 0; i < 8; i++)
        p.prefix[i] = (unsigned char)((p.length + p.padding) >> (8 * i));
    uint32_t crc = hone_crc32(0, p.prefix, sizeof p.prefix);
    crc = hone_crc32(crc, header, p.length);
    crc = hone_crc32(crc, BLANKS, p.padding);
    for (size_t i = 0; i < n; i++)
        crc = hone_crc32(crc, tensors[i].data, tensor_bytes(&tensors[i]));
    snprintf(digits, sizeof digits, "%08" PRIx32, crc);
    memcpy(find_digits(header, p.length), digits, DIGITS);
    return p;
}

static bool put_all(FILE *file, const struct pieces *p, const hone_tensor *tensors, size_t n) {
    bool fine = put(file, p->prefix, sizeof p->prefix) && put(file, p->header, p->length) &&
                put(file, BLANKS, p->padding);
    for (size_t i = 0; i < n && fine; i++)
        fine = put(file, tensors[i].data, tensor_bytes(&tensors[i]));
    return fine && fflush(file) == 0;
}

/* A pipe or a device cannot be written beside and renamed: it is written in place. */
static bool is_special(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

static hone_status write_file(const char *path, const struct pieces *pieces,
                              const hone_tensor *tensors, size_t n, hone_error *err) {
    char *beside = NULL;
    bool special = is_special(path);
    size_t size = strlen(path) + 32;
    hone_status status = hone_new(&beside, size, err);
    if (status)
        return status;
    snprintf(beside, size, "%s%s", path, special ? "" : ".tmp");
    errno = 0;
    FILE *file = fopen(beside, "wb");
    bool fine = file && put_all(file, pieces, tensors, n) && (special || fsync(fileno(file)) == 0);
    int why = errno;
    if (file && fclose(file) != 0 && fine) {
        why = errno;
        fine = false;
    }
    if (fine && !special && rename(beside, path) != 0) {
        why = errno;
        fine = false;
    }
    if (!fine) {
        if (file && !special)
            remove(beside);
        status = hone_fail(err, HONE_EIO, "cannot write %s: %s", path, strerror(why));
    }
    hone_release(beside);
    return status;
}

hone_status hone_tensors_write(const char *path, const hone_tensor *tensors, size_t n,
                               hone_json *description, hone_error *err) {
    char *header = header_text(tensors, n, description);
    if (!header)
        return hone_fail(err, HONE_ENOMEM,
                         "out of memory while writing %s (or a name in the "
                         "schema is not UTF-8)",
                         path);
    const struct pieces pieces = seal(header, tensors, n);
    hone_status status = write_file(path, &pieces, tensors, n, err);
    free(header);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

static hone_status read_bytes(const char *path, hone_tensor_file *file, hone_error *err) {
    errno = 0;
    FILE *in = fopen(path, "rb");
    struct stat info;
    hone_status status = HONE_OK;
    if (!in || fstat(fileno(in), &info) != 0) {
        status = hone_fail(err, HONE_EIO, "cannot read %s: %s", path, strerror(errno));
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        status = hone_fail(err, HONE_EIO, "cannot read %s: not a regular file", path);
        goto done;
    }
    file->size = (size_t)info.st_size;
    if ((status = hone_new(&file->bytes, file->size + 1, err)))
        goto done;
    if (fread(file->bytes, 1, file->size, in) != file->size)
        status = hone_fail(err, HONE_EIO, "cannot read %s: %s", path,
                           errno ? strerror(errno) : "it became shorter");
done:
    if (in)
        fclose(in);
    return status;
}

/* A JSON integer in 0 .. limit. */
static bool small_count(const hone_json *value, size_t limit, size_t *out) {
    long long number;
    if (!hone_json_as_integer(value, &number) || number < 0 || (unsigned long long)number > limit)
        return false;
    *out = (size_t)number;
    return true;
}

static bool find_dtype(const char *name, hone_attr_kind *out) {
    static const hone_attr_kind KINDS[] = {HONE_ATTR_F64, HONE_ATTR_F32, HONE_ATTR_I32};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS && name; i++)
        if (strcmp(name, DTYPES[KINDS[i]]) == 0) {
            *out = KINDS[i];
            return true;
        }
    return false;
}

/* Reads one entry of the header. `*at` is where its data must begin, and moves behind them. */
static bool read_entry(const hone_json *entry, const char *data, size_t size, size_t *at,
                       hone_tensor *out) {
    const hone_json *shape = hone_json_get(entry, "shape");
    const hone_json *offsets = hone_json_get(entry, "data_offsets");
    size_t begin, end, items, bytes, most = size + 1; /* 0 x 1 is fine where there are no data */
    if (hone_json_size(shape) != 2 || hone_json_size(offsets) != 2 ||
        !find_dtype(hone_json_as_text(hone_json_get(entry, "dtype")), &out->kind) ||
        !small_count(hone_json_at(shape, 0), most, &out->rows) ||
        !small_count(hone_json_at(shape, 1), most, &out->cols) ||
        !small_count(hone_json_at(offsets, 0), size, &begin) ||
        !small_count(hone_json_at(offsets, 1), size, &end) ||
        __builtin_mul_overflow(out->rows, out->cols, &items) ||
        __builtin_mul_overflow(items, hone_attr_item_size(out->kind), &bytes) || begin != *at ||
        end < begin || end - begin != bytes)
        return false;
    out->data = data + begin;
    *at = end;
    return true;
}

static hone_status read_entries(const char *path, hone_tensor_file *file, const char *data,
                                size_t size, hone_error *err) {
    size_t n = hone_json_size(file->header), at = 0;
    hone_status status = hone_new(&file->tensors, n, err);
    for (size_t i = 0; i < n && status == HONE_OK; i++) {
        const char *name = hone_json_key_at(file->header, i);
        if (strcmp(name, "__metadata__") == 0)
            continue;
        hone_tensor *t = &file->tensors[file->n++];
        t->name = name;
        if (!read_entry(hone_json_get(file->header, name), data, size, &at, t))
            status = hone_fail(err, HONE_EFORMAT,
                               "%s: damaged model file: the entry of array '%.100s' does not fit "
                               "the file",
                               path, name);
    }
    if (status == HONE_OK && at != size)
        status = hone_fail(err, HONE_EFORMAT,
                           "%s: damaged model file: expected %zu bytes of arrays, got %zu", path,
                           at, size);
    return status;
}

/* An older file has no checksum, and nothing in its place. */
static hone_status check_seal(const char *path, const hone_tensor_file *file, size_t length,
                              const hone_json *meta, hone_error *err) {
    enum { OLD_KEYS = 2 }; /* format and hone */
    char expected[DIGITS + 1];
    const char *place = find_digits(file->bytes + 8, length);
    if (!place && !hone_json_get(meta, "checksum") && hone_json_size(meta) == OLD_KEYS)
        return HONE_OK;
    if (place)
        digits_of(file->bytes, file->size, place, expected);
    if (place && memcmp(place, expected, DIGITS) == 0)
        return HONE_OK;
    return hone_fail(err, HONE_EFORMAT,
                     "%s: damaged model file: its bytes do not have the checksum that they had "
                     "when it was written",
                     path);
}

static hone_status read_header(const char *path, hone_tensor_file *file, hone_error *err) {
    size_t length = file->size >= 8 ? read_length(file->bytes) : 0;
    if (file->size < 8 || length > file->size - 8 || length < 2 || file->bytes[8] != '{')
        return hone_fail(err, HONE_EFORMAT, "%s: not a hone model file, or cut short", path);
    hone_status status = hone_json_parse(file->bytes + 8, length, &file->header, err);
    if (status)
        return hone_fail_within(err, status, "%s: damaged model file: header", path);
    const hone_json *meta = hone_json_get(file->header, "__metadata__");
    const char *text = hone_json_as_text(hone_json_get(meta, "hone"));
    if (!text)
        return hone_fail(err, HONE_EFORMAT, "%s: a safetensors file, but it holds no hone model",
                         path);
    if ((status = check_seal(path, file, length, meta, err)))
        return status;
    status = hone_json_parse(text, strlen(text), &file->description, err);
    if (status)
        return hone_fail_within(err, status, "%s: damaged model file: description", path);
    return read_entries(path, file, file->bytes + 8 + length, file->size - 8 - length, err);
}

hone_status hone_tensors_read(const char *path, hone_tensor_file **out, hone_error *err) {
    hone_tensor_file *file = NULL;
    hone_status status = hone_new(&file, 1, err);
    if (status)
        return status;
    if ((status = read_bytes(path, file, err)) || (status = read_header(path, file, err)))
        hone_tensors_free(file);
    else
        *out = file;
    return status;
}

const hone_tensor *hone_tensors_find(const hone_tensor_file *file, const char *name) {
    for (size_t i = 0; i < file->n; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

void hone_tensors_free(hone_tensor_file *file) {
    if (!file)
        return;
    hone_json_free(file->header);
    hone_json_free(file->description);
    hone_release(file->tensors);
    hone_release(file->bytes);
    hone_release(file);
}
