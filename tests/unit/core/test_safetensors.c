/* The container of model files: its checksum finds every change; files of before it still load. */
#include "core/crc32.h"
#include "core/safetensors.h"

#include "support/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(crc32, is_that_of_zlib) {
    cr_assert_eq(hone_crc32(0, "123456789", 9), 0xcbf43926);
    cr_assert_eq(hone_crc32(0, "", 0), 0);
    /* python3 -c "import zlib; print(hex(zlib.crc32(b'The quick brown fox jumps over the lazy
     * dog')))" */
    const char *text = "The quick brown fox jumps over the lazy dog";
    for (size_t cut = 0; cut <= strlen(text); cut++)
        cr_assert_eq(hone_crc32(hone_crc32(0, text, cut), text + cut, strlen(text) - cut),
                     0x414fa339);
}

static const double NUMBERS[] = {0.5, -1, 3};

static void write_model(const char *path) {
    const hone_tensor tensor = {"numbers", HONE_ATTR_F64, 3, 1, NUMBERS};
    hone_json *description = hone_json_object();
    hone_error err;
    cr_assert_eq(hone_json_set(description, "checksum", hone_json_text("\"checksum\": \"no")),
                 HONE_OK);
    cr_assert_eq(hone_tensors_write(path, &tensor, 1, description, &err), HONE_OK, "%s",
                 err.message);
}

static char *read_all(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(4096);
    cr_assert(file && bytes);
    *size = fread(bytes, 1, 4096, file);
    fclose(file);
    return bytes;
}

static hone_status load(const char *path, const char *bytes, size_t size, hone_error *err) {
    hone_tensor_file *file = NULL;
    FILE *out = fopen(path, "wb");
    cr_assert(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0);
    hone_status status = hone_tensors_read(path, &file, err);
    if (status == HONE_OK)
        cr_assert_arr_eq(hone_tensors_find(file, "numbers")->data, NUMBERS, sizeof NUMBERS);
    hone_tensors_free(file);
    return status;
}

Test(safetensors, no_changed_bit_goes_unnoticed) {
    const char *path = support_path("bits");
    size_t size;
    hone_error err;
    write_model(path);
    char *bytes = read_all(path, &size);
    cr_assert_eq(load(path, bytes, size, &err), HONE_OK, "%s", err.message);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        cr_assert_eq(load(path, bytes, size, &err), HONE_EFORMAT, "bit %zu", bit);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    bytes[size - 1]++;
    cr_assert_eq(load(path, bytes, size, &err), HONE_EFORMAT);
    cr_assert(strstr(err.message, ": damaged model file: its bytes do not have the checksum that "
                                  "they had when it was written"));
    cr_assert(hone_tensors_seal(bytes, size));
    bytes[size - 1]--;
    cr_assert(hone_tensors_seal(bytes, size));
    cr_assert_eq(load(path, bytes, size, &err), HONE_OK, "%s", err.message);
    free(bytes);
    remove(path);
}

Test(safetensors, files_without_a_checksum_still_load) {
    const char *path = support_path("older");
    size_t size;
    hone_error err;
    write_model(path);
    char *bytes = read_all(path, &size);
    char *key = memmem(bytes, size, "\"checksum\": \"", 13);
    cr_assert_not_null(key);
    memset(key, ' ', 13 + 8 + 2);
    cr_assert_eq(load(path, bytes, size, &err), HONE_OK, "%s", err.message);
    cr_assert(!hone_tensors_seal(bytes, size));
    free(bytes);
    remove(path);
}
