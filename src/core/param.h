/* param.h -- one table row per hyperparameter, and nothing else knows it.
 *
 * An estimator keeps its parameters in a plain struct; a row says where a field is, what it may
 * hold, its default and its help. Defaults, checks, error texts, --help, get, set, clone, files and
 * the bad-value tests come from the row. All texts, the default too, go through the one parser. */
#ifndef HONE_CORE_PARAM_H
#define HONE_CORE_PARAM_H

#include <hone/estimator.h>

#include <stddef.h>
#include <stdint.h>

/* A number or one of a few words (gamma = scale | auto | 0.1): word is its index, -1 = a number. */
typedef struct hone_mixed {
    int word;
    double value;
} hone_mixed;

/* A short list of counts (hidden_layer_sizes = (100,50)). */
#define HONE_SIZES_MAX 16
typedef struct hone_sizes {
    size_t n;
    size_t at[HONE_SIZES_MAX];
} hone_sizes;

/* A short text (class_weight, the name of a metric). */
#define HONE_SHORT_TEXT 256
typedef struct hone_short_text {
    char s[HONE_SHORT_TEXT];
} hone_short_text;

/* Inner estimators, owned by the params (unfitted) or by the state (fitted). */
typedef struct hone_steps {
    size_t n;
    hone_estimator **at;
} hone_steps;

typedef enum hone_param_kind {
    HONE_PARAM_REAL,         /* double */
    HONE_PARAM_INT,          /* int */
    HONE_PARAM_BOOL,         /* bool */
    HONE_PARAM_ENUM,         /* int: index into words */
    HONE_PARAM_MIXED,        /* hone_mixed: a word, or a number in the domain */
    HONE_PARAM_SIZES,        /* hone_sizes: each in the domain; "()" is empty */
    HONE_PARAM_SEED,         /* uint64_t */
    HONE_PARAM_CLASS_WEIGHT, /* hone_short_text: none | balanced | {label:weight,...}; the wrapper
                                multiplies it into the sample weights, the estimator never looks */
    HONE_PARAM_TEXT,         /* hone_short_text: what the row's `accept` takes */
    HONE_PARAM_STEPS         /* hone_steps: set by code only (the default is the spec that it puts
                                there), reached by step__name */
} hone_param_kind;

typedef struct hone_param {
    const char *name;
    hone_param_kind kind;
    size_t offset;
    const char *default_text;
    const char *domain;       /* "(0, inf)", "[1, inf)": mathematics; NULL where it says nothing */
    const char *const *words; /* NULL-terminated */
    const char *help;
    /* (of TEXT) HONE_OK, or a sentence on what is wrong with the text. */
    hone_status (*accept)(const char *text, hone_error *err);
} hone_param;

/* clang-format off */
#define HONE_REAL(type, field, value, domain, help) \
    {#field, HONE_PARAM_REAL, offsetof(struct type, field), #value, domain, NULL, help, NULL}
#define HONE_INT(type, field, value, domain, help) \
    {#field, HONE_PARAM_INT, offsetof(struct type, field), #value, domain, NULL, help, NULL}
#define HONE_BOOL(type, field, value, help) \
    {#field, HONE_PARAM_BOOL, offsetof(struct type, field), #value, NULL, NULL, help, NULL}
#define HONE_ENUM(type, field, value, words, help) /* value: "text" */ \
    {#field, HONE_PARAM_ENUM, offsetof(struct type, field), value, NULL, words, help, NULL}
#define HONE_MIXED(type, field, value, words, domain, help) /* value: "text" */ \
    {#field, HONE_PARAM_MIXED, offsetof(struct type, field), value, domain, words, help, NULL}
#define HONE_SIZES(type, field, value, domain, help) /* value: "(100)" */ \
    {#field, HONE_PARAM_SIZES, offsetof(struct type, field), value, domain, NULL, help, NULL}
#define HONE_SEED(type, field, help) \
    {#field, HONE_PARAM_SEED, offsetof(struct type, field), "0", NULL, NULL, help, NULL}
#define HONE_CLASS_WEIGHT(type, field, help) \
    {#field, HONE_PARAM_CLASS_WEIGHT, offsetof(struct type, field), "none", NULL, NULL, help, NULL}
#define HONE_TEXT(type, field, value, domain, accept, help) /* value: "text"; domain: in words */ \
    {#field, HONE_PARAM_TEXT, offsetof(struct type, field), value, domain, NULL, help, accept}
#define HONE_STEPS(type, field, help) \
    {#field, HONE_PARAM_STEPS, offsetof(struct type, field), "", NULL, NULL, help, NULL}
/* value: "spec" of what is inside unless others are given, or none */
#define HONE_STEPS_OR(type, field, value, help) \
    {#field, HONE_PARAM_STEPS, offsetof(struct type, field), value, NULL, NULL, help, NULL}
#define HONE_PARAM_END {NULL, HONE_PARAM_REAL, 0, NULL, NULL, NULL, NULL, NULL}
/* clang-format on */

/* Row by name, or NULL. */
const hone_param *hone_param_find(const hone_param *table, const char *name);
/* Fills `params` (zeroed by the caller) with the defaults. */
HONE_NODISCARD hone_status hone_params_default(const hone_param *table, const char *owner,
                                               void *params, hone_error *err);
/* Reads one value as text [text, text + length) into its field. `owner` is named in messages:
 * "svc: parameter C must be in (0, inf), got -1". */
HONE_NODISCARD hone_status hone_param_set(const hone_param *row, const char *owner, void *params,
                                          const char *text, size_t length, hone_error *err);
/* Writes one value as text; HONE_EINVAL when it does not fit. Not for STEPS. */
HONE_NODISCARD hone_status hone_param_get(const hone_param *row, const void *params, char *out,
                                          size_t size, hone_error *err);
/* Deep copy of a struct of `size` bytes (inner estimators are cloned, unfitted). */
HONE_NODISCARD hone_status hone_params_copy(const hone_param *table, size_t size, const void *from,
                                            void **out, hone_error *err);
/* Frees what the struct holds, and the struct. NULL is fine. */
void hone_params_free(const hone_param *table, void *params);

/* Is the value in the interval written as mathematics ("(0, 1]", "[1, inf)")? NaN never is; inf
 * is only where the end is written "inf]". A NULL domain takes every number but NaN. */
bool hone_in_domain(const char *domain, double value);
/* Ends and openness of a domain, for the tests that generate bad values. */
bool hone_domain_ends(const char *domain, double *low, bool *low_open, double *high,
                      bool *high_open);
/* Name of a kind for --help and the reference page: "real", "integer", ... */
const char *hone_param_kind_name(hone_param_kind kind);

#endif
