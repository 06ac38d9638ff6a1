/* JSON: what is written reads back; what is broken is refused with line and column. */
#include <hone/json.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Test(json, round_trip) {
    hone_json *object = hone_json_object(), *back = NULL;
    double values[] = {0.1, 1e-300, -3};
    cr_assert_eq(hone_json_set(object, "name", hone_json_text("Z\xc3\xbcrich")), HONE_OK);
    cr_assert_eq(hone_json_set(object, "values", hone_json_reals(values, 3)), HONE_OK);
    cr_assert_eq(hone_json_set(object, "nothing", hone_json_real(NAN)), HONE_OK);
    cr_assert_eq(hone_json_set(object, "yes", hone_json_boolean(true)), HONE_OK);
    cr_assert_eq(hone_json_set(object, "count", hone_json_integer(42)), HONE_OK);
    char *text = hone_json_print(object);
    cr_assert_eq(hone_json_parse(text, strlen(text), &back, NULL), HONE_OK);
    const hone_json *list = hone_json_get(back, "values");
    for (size_t i = 0; i < 3; i++)
        cr_assert(hone_json_as_real(hone_json_at(list, i)) == values[i]);
    long long count = 0;
    cr_assert(hone_json_as_integer(hone_json_get(back, "count"), &count) && count == 42);
    cr_assert(hone_json_as_boolean(hone_json_get(back, "yes")));
    cr_assert(isnan(hone_json_as_real(hone_json_get(back, "nothing"))));
    cr_assert_str_eq(hone_json_key_at(back, 0), "name");
    cr_assert_str_eq(hone_json_as_text(hone_json_get(back, "name")), "Z\xc3\xbcrich");
    free(text);
    hone_json_free(object);
    hone_json_free(back);
}

Test(json, prints_the_fewest_digits_that_read_back) {
    const char *text =
        "{\n  \"reals\": [\n    0.1,\n    1.0,\n    -0.0,\n    1e-300,\n    1e+23,\n    "
        "0.30000000000000004\n  ],\n  \"\\u0001\\\"\": 42,\n  \"none\": {},\n  \"list\": [],\n  "
        "\"inner\": {\n    \"yes\": true\n  },\n  \"nothing\": null\n}";
    hone_json *value = NULL;
    cr_assert_eq(hone_json_parse(text, strlen(text), &value, NULL), HONE_OK);
    char *printed = hone_json_print(value);
    cr_assert_str_eq(printed, text);
    free(printed);
    hone_json_free(value);
    cr_assert_null(hone_json_print(NULL));
}

Test(json, broken_text_is_located) {
    hone_json *out = NULL;
    hone_error err;
    const char *text = "{\n  \"a\": 1,\n  oops\n}";
    cr_assert_eq(hone_json_parse(text, strlen(text), &out, &err), HONE_EFORMAT);
    cr_assert(strstr(err.message, "line 3"), "%s", err.message);
    cr_assert_null(out);
}

Test(json, a_missing_value_is_out_of_memory) {
    hone_json *object = hone_json_object();
    cr_assert_eq(hone_json_set(object, "x", NULL), HONE_ENOMEM);
    cr_assert_null(hone_json_get(object, "x"));
    cr_assert_null(hone_json_get(NULL, "x"));
    cr_assert_eq(hone_json_size(NULL), 0);
    hone_json_free(object);
}
