/* param.c -- see param.h. A kind of parameter is one row of KINDS: how to read, write and name it.
 */
#include "core/param.h"

#include "core/alloc.h"
#include "core/class_weight.h"
#include "core/error.h"
#include "core/estimator_impl.h"
#include "core/text.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 512 };

/* ---- domains ------------------------------------------------------------------------------- */

bool hone_domain_ends(const char *domain, double *low, bool *low_open, double *high,
                      bool *high_open) {
    const char *end = domain + strlen(domain);
    const char *at = hone_read_double(domain + 1, end, low);
    if (!at || *at++ != ',')
        return false;
    while (*at == ' ')
        at++;
    at = hone_read_double(at, end, high);
    if (!at || at + 1 != end)
        return false;
    *low_open = *domain == '(';
    *high_open = *at == ')';
    return true;
}

bool hone_in_domain(const char *domain, double value) {
    double low, high;
    bool low_open, high_open;
    if (isnan(value))
        return false;
    if (!domain)
        return true;
    if (!hone_domain_ends(domain, &low, &low_open, &high, &high_open))
        return false;
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

/* ---- reading, one function per kind ---------------------------------------------------------- */

/* Says what was expected: "svc: parameter C must be in (0, inf), got -1". */
static hone_status refuse(const hone_param *row, const char *owner, const char *expected,
                          const char *text, hone_error *err) {
    return hone_fail(err, HONE_EINVAL, "%s: parameter %s must be %s%s%s, got %s", owner, row->name,
                     expected, row->domain ? " in " : "", row->domain ? row->domain : "",
                     *text ? text : "nothing");
}

static hone_status read_real(const hone_param *row, const char *owner, void *field,
                             const char *text, hone_error *err) {
    double value;
    if (!hone_parse_double(text, &value) || !hone_in_domain(row->domain, value))
        return refuse(row, owner, "a number", text, err);
    *(double *)field = value;
    return HONE_OK;
}

static hone_status read_int(const hone_param *row, const char *owner, void *field, const char *text,
                            hone_error *err) {
    double value;
    if (!hone_parse_double(text, &value) || value != floor(value) || value > INT_MAX ||
        value < INT_MIN || !hone_in_domain(row->domain, value))
        return refuse(row, owner, "an integer", text, err);
    *(int *)field = (int)value;
    return HONE_OK;
}

static hone_status read_bool(const hone_param *row, const char *owner, void *field,
                             const char *text, hone_error *err) {
    bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    if (!yes && strcmp(text, "false") != 0 && strcmp(text, "0") != 0)
        return refuse(row, owner, "true or false", text, err);
    *(bool *)field = yes;
    return HONE_OK;
}

static int word_index(const char *const *words, const char *text) {
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

/* "linear, poly or rbf" */
static const char *list_words(const char *const *words, char out[TEXT_MAX]) {
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; words[i] && used < TEXT_MAX; i++) {
        const char *joint = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(out + used, TEXT_MAX - used, "%s%s", joint, words[i]);
    }
    return out;
}

static hone_status read_enum(const hone_param *row, const char *owner, void *field,
                             const char *text, hone_error *err) {
    int word = word_index(row->words, text);
    char expected[TEXT_MAX];
    if (word < 0)
        return refuse(row, owner, list_words(row->words, expected), text, err);
    *(int *)field = word;
    return HONE_OK;
}

static hone_status read_mixed(const hone_param *row, const char *owner, void *field,
                              const char *text, hone_error *err) {
    hone_mixed mixed = {word_index(row->words, text), 0};
    if (mixed.word < 0 &&
        (!hone_parse_double(text, &mixed.value) || !hone_in_domain(row->domain, mixed.value))) {
        char words[TEXT_MAX], expected[TEXT_MAX + 16];
        snprintf(expected, sizeof expected, "%s or a number", list_words(row->words, words));
        return refuse(row, owner, expected, text, err);
    }
    *(hone_mixed *)field = mixed;
    return HONE_OK;
}

static hone_status read_sizes(const hone_param *row, const char *owner, void *field,
                              const char *text, hone_error *err) {
    static const char expected[] = "a list like (100,50) of at most 16 integers, each";
    const char *at = text, *end = text + strlen(text);
    hone_sizes sizes = {0, {0}};
    if (end - at >= 2 && ((*at == '(' && end[-1] == ')') || (*at == '[' && end[-1] == ']')))
        at++, end--;
    while (at && at < end) {
        double value;
        while (*at == ' ')
            at++;
        at = hone_read_double(at, end, &value);
        if (!at || sizes.n == HONE_SIZES_MAX || value != floor(value) || value > INT_MAX ||
            !hone_in_domain(row->domain, value))
            return refuse(row, owner, expected, text, err);
        sizes.at[sizes.n++] = (size_t)value;
        if (at < end && *at != ',' && *at != 'x')
            return refuse(row, owner, expected, text, err);
        at++;
    }
    if (!*text)
        return refuse(row, owner, expected, text, err);
    *(hone_sizes *)field = sizes;
    return HONE_OK;
}

static hone_status read_seed(const hone_param *row, const char *owner, void *field,
                             const char *text, hone_error *err) {
    uint64_t seed = 0;
    for (const char *at = text; *at; at++)
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(seed, 10u, &seed) ||
            __builtin_add_overflow(seed, (uint64_t)(*at - '0'), &seed))
            return refuse(row, owner, "an integer from 0 to 18446744073709551615", text, err);
    if (!*text)
        return refuse(row, owner, "an integer from 0 to 18446744073709551615", text, err);
    *(uint64_t *)field = seed;
    return HONE_OK;
}

static hone_status read_class_weight(const hone_param *row, const char *owner, void *field,
                                     const char *text, hone_error *err) {
    if (strlen(text) >= HONE_SHORT_TEXT)
        return hone_fail(err, HONE_EINVAL, "%s: parameter %s is longer than %d bytes", owner,
                         row->name, HONE_SHORT_TEXT - 1);
    hone_status status = hone_class_weight_check(text, owner, err);
    if (status == HONE_OK)
        strcpy(((hone_short_text *)field)->s, text);
    return status;
}

static hone_status read_text(const hone_param *row, const char *owner, void *field,
                             const char *text, hone_error *err) {
    hone_error why = {HONE_OK, ""};
    if (strlen(text) >= HONE_SHORT_TEXT)
        return hone_fail(err, HONE_EINVAL, "%s: parameter %s is longer than %d bytes", owner,
                         row->name, HONE_SHORT_TEXT - 1);
    if (row->accept(text, &why) != HONE_OK)
        return hone_fail(err, HONE_EINVAL, "%s: parameter %s: %s", owner, row->name, why.message);
    strcpy(((hone_short_text *)field)->s, text);
    return HONE_OK;
}

static hone_status read_steps(const hone_param *row, const char *owner, void *field,
                              const char *text, hone_error *err) {
    (void)field;
    return *text == '\0'
               ? HONE_OK
               : hone_fail(err, HONE_EINVAL,
                           "%s: parameter %s holds estimators and cannot be set from text", owner,
                           row->name);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_real(const hone_param *row, const void *field, char *out) {
    (void)row;
    hone_write_double(*(const double *)field, out);
}

static void write_int(const hone_param *row, const void *field, char *out) {
    (void)row;
    snprintf(out, TEXT_MAX, "%d", *(const int *)field);
}

static void write_bool(const hone_param *row, const void *field, char *out) {
    (void)row;
    strcpy(out, *(const bool *)field ? "true" : "false");
}

static void write_enum(const hone_param *row, const void *field, char *out) {
    snprintf(out, TEXT_MAX, "%s", row->words[*(const int *)field]);
}

static void write_mixed(const hone_param *row, const void *field, char *out) {
    const hone_mixed *mixed = field;
    if (mixed->word >= 0)
        snprintf(out, TEXT_MAX, "%s", row->words[mixed->word]);
    else
        hone_write_double(mixed->value, out);
}

static void write_sizes(const hone_param *row, const void *field, char *out) {
    const hone_sizes *sizes = field;
    size_t used = 1;
    (void)row;
    out[0] = '(';
    for (size_t i = 0; i < sizes->n; i++)
        used += (size_t)snprintf(out + used, TEXT_MAX - used, "%s%zu", i ? "," : "", sizes->at[i]);
    strcpy(out + used, ")");
}

static void write_seed(const hone_param *row, const void *field, char *out) {
    (void)row;
    snprintf(out, TEXT_MAX, "%llu", (unsigned long long)*(const uint64_t *)field);
}

static void write_text(const hone_param *row, const void *field, char *out) {
    (void)row;
    strcpy(out, ((const hone_short_text *)field)->s);
}

static void write_steps(const hone_param *row, const void *field, char *out) {
    (void)row;
    (void)field;
    out[0] = '\0';
}

/* ---- the kinds ----------------------------------------------------------- */

static const struct kind {
    const char *name;
    hone_status (*read)(const hone_param *row, const char *owner, void *field, const char *text,
                        hone_error *err);
    void (*write)(const hone_param *row, const void *field, char out[TEXT_MAX]);
} KINDS[] = {
    [HONE_PARAM_REAL] = {"real", read_real, write_real},
    [HONE_PARAM_INT] = {"integer", read_int, write_int},
    [HONE_PARAM_BOOL] = {"boolean", read_bool, write_bool},
    [HONE_PARAM_ENUM] = {"word", read_enum, write_enum},
    [HONE_PARAM_MIXED] = {"word or real", read_mixed, write_mixed},
    [HONE_PARAM_SIZES] = {"list of integers", read_sizes, write_sizes},
    [HONE_PARAM_SEED] = {"seed", read_seed, write_seed},
    [HONE_PARAM_CLASS_WEIGHT] = {"class weights", read_class_weight, write_text},
    [HONE_PARAM_TEXT] = {"text", read_text, write_text},
    [HONE_PARAM_STEPS] = {"estimators", read_steps, write_steps},
};

const char *hone_param_kind_name(hone_param_kind kind) {
    return KINDS[kind].name;
}

const hone_param *hone_param_find(const hone_param *table, const char *name) {
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

hone_status hone_param_set(const hone_param *row, const char *owner, void *params, const char *text,
                           size_t length, hone_error *err) {
    char value[TEXT_MAX];
    if (length >= sizeof value)
        return hone_fail(err, HONE_EINVAL, "%s: the value of parameter %s is longer than %d bytes",
                         owner, row->name, TEXT_MAX - 1);
    memcpy(value, text, length);
    value[length] = '\0';
    return KINDS[row->kind].read(row, owner, (char *)params + row->offset, value, err);
}

hone_status hone_param_get(const hone_param *row, const void *params, char *out, size_t size,
                           hone_error *err) {
    char value[TEXT_MAX];
    KINDS[row->kind].write(row, (const char *)params + row->offset, value);
    if (strlen(value) >= size)
        return hone_fail(err, HONE_EINVAL, "parameter %s does not fit into %zu bytes", row->name,
                         size);
    strcpy(out, value);
    return HONE_OK;
}

hone_status hone_params_default(const hone_param *table, const char *owner, void *params,
                                hone_error *err) {
    hone_status status = HONE_OK;
    for (const hone_param *row = table; row->name && status == HONE_OK; row++)
        if (row->kind != HONE_PARAM_STEPS)
            status = hone_param_set(row, owner, params, row->default_text,
                                    strlen(row->default_text), err);
    return status;
}

/* ---- whole structs ------------------------------------------------------- */

static hone_status copy_steps(const hone_steps *from, hone_steps *to, hone_error *err) {
    *to = (hone_steps){0, NULL};
    hone_status status = hone_new(&to->at, from->n, err);
    for (size_t i = 0; i < from->n && status == HONE_OK; i++) {
        status = hone_clone(from->at[i], &to->at[i], err);
        to->n += status == HONE_OK;
    }
    return status;
}

hone_status hone_params_copy(const hone_param *table, size_t size, const void *from, void **out,
                             hone_error *err) {
    char *copy = NULL;
    hone_status status = hone_new(&copy, size, err);
    if (status)
        return status;
    memcpy(copy, from, size);
    for (const hone_param *row = table; row->name; row++)
        if (row->kind == HONE_PARAM_STEPS)
            memset(copy + row->offset, 0, sizeof(hone_steps));
    for (const hone_param *row = table; row->name && status == HONE_OK; row++)
        if (row->kind == HONE_PARAM_STEPS)
            status = copy_steps((const hone_steps *)((const char *)from + row->offset),
                                (hone_steps *)(void *)(copy + row->offset), err);
    if (status)
        hone_params_free(table, copy);
    else
        *out = copy;
    return status;
}

void hone_params_free(const hone_param *table, void *params) {
    if (!params)
        return;
    for (const hone_param *row = table; row->name; row++)
        if (row->kind == HONE_PARAM_STEPS)
            hone_steps_free((hone_steps *)(void *)((char *)params + row->offset));
    hone_release(params);
}
