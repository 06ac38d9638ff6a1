/* json.c -- see hone/json.h. The only file that names the JSON library (jansson).
 *
 * A hone_json is a json_t under another name: the two pointers are cast into each other. */
#include <hone/json.h>

#include "core/error.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static hone_json *ours(json_t *value) {
    return (hone_json *)value;
}

static json_t *theirs(hone_json *value) {
    return (json_t *)value;
}

/* jansson's readers take const; only its reference counts need the other. */
static const json_t *peek(const hone_json *value) {
    return (const json_t *)value;
}

hone_json *hone_json_object(void) {
    return ours(json_object());
}

hone_json *hone_json_array(void) {
    return ours(json_array());
}

hone_json *hone_json_text(const char *utf8) {
    return ours(utf8 ? json_string(utf8) : json_null());
}

hone_json *hone_json_real(double value) {
    return ours(isfinite(value) ? json_real(value) : json_null());
}

hone_json *hone_json_integer(long long value) {
    return ours(json_integer(value));
}

hone_json *hone_json_boolean(bool value) {
    return ours(json_boolean(value));
}

hone_json *hone_json_null(void) {
    return ours(json_null());
}

hone_json *hone_json_reals(const double *values, size_t n) {
    hone_json *array = hone_json_array();
    for (size_t i = 0; i < n && array; i++)
        if (hone_json_append(array, hone_json_real(values[i]))) {
            hone_json_free(array);
            array = NULL;
        }
    return array;
}

void hone_json_free(hone_json *value) {
    json_decref(theirs(value));
}

hone_status hone_json_set(hone_json *object, const char *key, hone_json *value) {
    return json_object_set_new(theirs(object), key, theirs(value)) ? HONE_ENOMEM : HONE_OK;
}

hone_status hone_json_append(hone_json *array, hone_json *value) {
    return json_array_append_new(theirs(array), theirs(value)) ? HONE_ENOMEM : HONE_OK;
}

hone_status hone_json_parse(const char *text, size_t size, hone_json **out, hone_error *err) {
    json_error_t why;
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (!value)
        return hone_fail(err, HONE_EFORMAT, "JSON: line %d, column %d: %s", why.line, why.column,
                         why.text);
    *out = ours(value);
    return HONE_OK;
}

char *hone_json_print(const hone_json *value) {
    return json_dumps(peek(value), JSON_INDENT(2) | JSON_ENCODE_ANY);
}

hone_status hone_json_write(const hone_json *value, FILE *file, hone_error *err) {
    char *text = hone_json_print(value);
    if (!text)
        return hone_fail(err, HONE_ENOMEM, "out of memory while writing JSON");
    errno = 0;
    int bad = fputs(text, file) == EOF || fputc('\n', file) == EOF || fflush(file);
    free(text);
    return bad ? hone_fail(err, HONE_EIO, "cannot write: %s", strerror(errno)) : HONE_OK;
}

const hone_json *hone_json_get(const hone_json *object, const char *key) {
    return ours(json_object_get(peek(object), key));
}

size_t hone_json_size(const hone_json *container) {
    const json_t *value = peek(container);
    return json_is_array(value) ? json_array_size(value) : json_object_size(value);
}

const hone_json *hone_json_at(const hone_json *array, size_t i) {
    return ours(json_array_get(peek(array), i));
}

const char *hone_json_key_at(const hone_json *object, size_t i) {
    json_t *value = (json_t *)(uintptr_t)object; /* iteration does not change it */
    void *at = json_object_iter(value);
    while (at && i-- > 0)
        at = json_object_iter_next(value, at);
    return at ? json_object_iter_key(at) : NULL;
}

const char *hone_json_as_text(const hone_json *value) {
    return json_string_value(peek(value));
}

double hone_json_as_real(const hone_json *value) {
    return json_is_number(peek(value)) ? json_number_value(peek(value)) : NAN;
}

bool hone_json_as_integer(const hone_json *value, long long *out) {
    if (!json_is_integer(peek(value)))
        return false;
    *out = json_integer_value(peek(value));
    return true;
}

bool hone_json_as_boolean(const hone_json *value) {
    return json_is_true(peek(value));
}
