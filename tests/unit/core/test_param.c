/* The parameter table: reading, writing, refusing. */
#include "core/alloc.h"
#include "core/param.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

struct params {
    double rate;
    int steps;
    bool fast;
    int kernel;
    hone_mixed gamma;
    hone_sizes sizes;
    uint64_t seed;
    hone_short_text class_weight;
};

static const char *const KERNELS[] = {"linear", "rbf", NULL};
static const char *const GAMMAS[] = {"scale", NULL};

static const hone_param PARAMS[] = {
    HONE_REAL(params, rate, 0.5, "(0, 1]", "a rate"),
    HONE_INT(params, steps, 10, "[1, inf)", "steps"),
    HONE_BOOL(params, fast, true, "fast"),
    HONE_ENUM(params, kernel, "rbf", KERNELS, "kernel"),
    HONE_MIXED(params, gamma, "scale", GAMMAS, "(0, inf)", "gamma"),
    HONE_SIZES(params, sizes, "(100,50)", "[1, inf)", "sizes"),
    HONE_SEED(params, seed, "seed"),
    HONE_CLASS_WEIGHT(params, class_weight, "weights"),
    HONE_PARAM_END,
};

static hone_status set(struct params *p, const char *name, const char *text, hone_error *err) {
    return hone_param_set(hone_param_find(PARAMS, name), "thing", p, text, strlen(text), err);
}

Test(param, defaults) {
    struct params p = {0};
    cr_assert_eq(hone_params_default(PARAMS, "thing", &p, NULL), HONE_OK);
    cr_assert(p.rate == 0.5 && p.steps == 10 && p.fast && p.kernel == 1 && p.gamma.word == 0);
    cr_assert(p.sizes.n == 2 && p.sizes.at[0] == 100 && p.sizes.at[1] == 50 && p.seed == 0);
    cr_assert_str_eq(p.class_weight.s, "none");
}

Test(param, texts_round_trip) {
    static const struct {
        const char *name, *text, *back;
    } CASES[] = {
        {"rate", "1e-05", "1e-05"},
        {"rate", "0.1", "0.1"},
        {"steps", "1e3", "1000"},
        {"fast", "0", "false"},
        {"kernel", "linear", "linear"},
        {"gamma", "0.25", "0.25"},
        {"sizes", "[7, 3]", "(7,3)"},
        {"sizes", "20x10x5", "(20,10,5)"},
        {"sizes", "()", "()"},
        {"seed", "18446744073709551615", "18446744073709551615"},
        {"class_weight", "{M:2,B:1}", "{M:2,B:1}"},
    };
    struct params p = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char out[300];
        cr_assert_eq(set(&p, CASES[i].name, CASES[i].text, NULL), HONE_OK, "%s", CASES[i].text);
        cr_assert_eq(
            hone_param_get(hone_param_find(PARAMS, CASES[i].name), &p, out, sizeof out, NULL),
            HONE_OK);
        cr_assert_str_eq(out, CASES[i].back);
    }
}

Test(param, refusals_say_what_was_expected) {
    static const struct {
        const char *name, *text, *message;
    } CASES[] = {
        {"rate", "0", "thing: parameter rate must be a number in (0, 1], got 0"},
        {"rate", "nan", "thing: parameter rate must be a number in (0, 1], got nan"},
        {"rate", "1.5x", "thing: parameter rate must be a number in (0, 1], got 1.5x"},
        {"steps", "2.5", "thing: parameter steps must be an integer in [1, inf), got 2.5"},
        {"steps", "", "thing: parameter steps must be an integer in [1, inf), got nothing"},
        {"fast", "maybe", "thing: parameter fast must be true or false, got maybe"},
        {"kernel", "cubic", "thing: parameter kernel must be linear or rbf, got cubic"},
        {"gamma", "auto", "thing: parameter gamma must be scale or a number in (0, inf), got auto"},
        {"seed", "-1",
         "thing: parameter seed must be an integer from 0 to 18446744073709551615, got -1"},
        {"seed", "18446744073709551616",
         "thing: parameter seed must be an integer from 0 to 18446744073709551615, got "
         "18446744073709551616"},
        {"class_weight", "{M:-1}",
         "thing: parameter class_weight must be none, balanced or {label:weight,...} with weights "
         "in [0, inf), got {M:-1}"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct params p = {0};
        hone_error err;
        cr_assert_eq(set(&p, CASES[i].name, CASES[i].text, &err), HONE_EINVAL, "%s", CASES[i].text);
        cr_assert_str_eq(err.message, CASES[i].message);
    }
}

Test(param, domains) {
    cr_assert(hone_in_domain("[0, 1]", 0) && hone_in_domain("[0, 1]", 1));
    cr_assert(!hone_in_domain("(0, 1)", 0) && !hone_in_domain("(0, 1)", 1));
    cr_assert(!hone_in_domain("(0, inf)", INFINITY) && hone_in_domain("(0, inf]", INFINITY));
    cr_assert(!hone_in_domain(NULL, NAN) && hone_in_domain(NULL, -3));
    cr_assert(!hone_in_domain("nonsense", 1));
}
