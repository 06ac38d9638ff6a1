/* json.c -- see hone/json.h. The only file that names the JSON library (jansson).
 *
 * A hone_json is a json_t under another name: the two pointers are cast into each other. */
#include <hone/json.h>

#include "core/error.h"
#include "core/text.h"

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

/* ---- printing ------------------------------------------------------------------------------- */

/* jansson writes reals with 17 digits, of which most are noise: 0.10000000000000001. These are the
 * fewest that read back to the same bits; ".0" keeps a whole number a real. */
static bool print_real(double value, FILE *file) {
    char text[HONE_NUMBER_SIZE + 2];
    hone_write_double(value, text);
    if (!strpbrk(text, ".e"))
        strcat(text, ".0");
    return fputs(text, file) != EOF;
}

static bool print_value(const json_t *value, int depth, FILE *file);

/* Before an item, and before the end of a container that holds some. */
static bool print_break(const char *before, int depth, FILE *file) {
    return fprintf(file, "%s\n%*s", before, 2 * depth, "") > 0;
}

static bool print_array(const json_t *array, int depth, FILE *file) {
    size_t n = json_array_size(array);
    bool fine = putc('[', file) != EOF;
    for (size_t i = 0; i < n && fine; i++)
        fine = print_break(i ? "," : "", depth + 1, file) &&
               print_value(json_array_get(array, i), depth + 1, file);
    return fine && (n == 0 || print_break("", depth, file)) && putc(']', file) != EOF;
}

static bool print_text(const char *text, FILE *file) {
    json_t *value = json_string(text);
    bool fine = value && json_dumpf(value, file, JSON_ENCODE_ANY) == 0;
    json_decref(value);
    return fine;
}

static bool print_object(const json_t *object, int depth, FILE *file) {
    json_t *walked = (json_t *)(uintptr_t)object; /* iteration does not change it */
    bool fine = putc('{', file) != EOF, some = false;
    for (void *at = json_object_iter(walked); at && fine;
         at = json_object_iter_next(walked, at), some = true)
        fine = print_break(some ? "," : "", depth + 1, file) &&
               print_text(json_object_iter_key(at), file) && fputs(": ", file) != EOF &&
               print_value(json_object_iter_value(at), depth + 1, file);
    return fine && (!some || print_break("", depth, file)) && putc('}', file) != EOF;
}

static bool print_value(const json_t *value, int depth, FILE *file) {
    if (json_is_real(value))
        return print_real(json_real_value(value), file);
    if (json_is_array(value))
        return print_array(value, depth, file);
    if (json_is_object(value))
        return print_object(value, depth, file);
    return json_dumpf(value, file, JSON_ENCODE_ANY) == 0;
}

char *hone_json_print(const hone_json *value) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = value ? open_memstream(&text, &size) : NULL;
    bool fine = file && print_value(peek(value), 0, file);
    if (file && fclose(file) != 0)
        fine = false;
    if (!fine) {
        free(text);
        text = NULL;
    }
    return text;
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

/* ---- reading -------------------------------------------------------------------------------- */

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
