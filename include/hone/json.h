/* json.h -- just enough JSON to write results and read them back.
 *
 * A value is freed with hone_json_free(), unless it was handed to a container by a set or append
 * call: those take it over, also when they fail, and take NULL (the failure of the call that
 * should have made it) as HONE_ENOMEM. So results are built in one expression per field. */
#ifndef HONE_JSON_H
#define HONE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <hone/status.h>

HONE_BEGIN_DECLS

typedef struct hone_json hone_json;

/* Makers: NULL only when memory is out. */
HONE_API hone_json *hone_json_object(void);
HONE_API hone_json *hone_json_array(void);
HONE_API hone_json *hone_json_text(const char *utf8); /**< NULL text gives null */
HONE_API hone_json *hone_json_real(double value);     /**< NaN and infinities give null */
HONE_API hone_json *hone_json_integer(long long value);
HONE_API hone_json *hone_json_boolean(bool value);
HONE_API hone_json *hone_json_null(void);
/** An array of n reals. */
HONE_API hone_json *hone_json_reals(const double *values, size_t n);
HONE_API void hone_json_free(hone_json *value);

/** Sets a key of an object; keys keep the order in which they were set. Takes `value` over. */
HONE_API hone_status hone_json_set(hone_json *object, const char *key, hone_json *value);
/** Appends to an array. Takes `value` over. */
HONE_API hone_status hone_json_append(hone_json *array, hone_json *value);

/** Reads a text of `size` bytes. HONE_EFORMAT with line and column. */
HONE_API HONE_NODISCARD hone_status hone_json_parse(const char *text, size_t size, hone_json **out,
                                                    hone_error *err);
/** The value as text, indented by two blanks, reals with the fewest digits that read back to the
 *  same bits; free it with free(). NULL when memory is out. */
HONE_API char *hone_json_print(const hone_json *value);
/** Writes it with a newline. HONE_EIO with the reason. */
HONE_API HONE_NODISCARD hone_status hone_json_write(const hone_json *value, FILE *file,
                                                    hone_error *err);

/* Readers: borrowed; NULL, 0 or false when the value is not of that kind. */
HONE_API const hone_json *hone_json_get(const hone_json *object, const char *key);
HONE_API size_t hone_json_size(const hone_json *container); /**< of an array or object */
HONE_API const hone_json *hone_json_at(const hone_json *array, size_t i);
HONE_API const char *hone_json_key_at(const hone_json *object, size_t i); /**< O(i) */
HONE_API const char *hone_json_as_text(const hone_json *value);
HONE_API double hone_json_as_real(const hone_json *value); /**< integers too; else NaN */
HONE_API bool hone_json_as_integer(const hone_json *value, long long *out);
HONE_API bool hone_json_as_boolean(const hone_json *value);

HONE_END_DECLS
#endif
