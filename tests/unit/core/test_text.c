#include "core/rng.h"
#include "core/text.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_bits(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

/* The library's own strtod is the witness; tests run in the "C" locale. */
static void expect_as_strtod(const char *text) {
    double ours = 0, theirs = strtod(text, NULL);
    cr_assert(hone_parse_double(text, &ours), "'%.60s' was not read", text);
    cr_assert(same_bits(ours, theirs), "'%.60s' gave %a, not %a", text, ours, theirs);
}

static double random_double(hone_rng *rng) {
    double value;
    do {
        uint64_t bits = hone_rng_next(rng);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

Test(text, hard_numbers_are_correctly_rounded) {
    static const char *const texts[] = {"2.2250738585072011e-308",
                                        "2.2250738585072012e-308",
                                        "2.2250738585072014e-308",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158e308",
                                        "1.7976931348623159e308",
                                        "1e400",
                                        "4.9e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "1e-400",
                                        "-1e-400",
                                        "0e99999999999999999999",
                                        "1e99999999999999999999",
                                        "1e-99999999999999999999",
                                        "9007199254740993",
                                        "9007199254740992.999999999999999999999999",
                                        "9007199254740993.00000000000000000000000000001",
                                        "6.631236846766476e-316",
                                        "3.237883913302901289588352412501532174863e+75",
                                        "7.2057594037927933e16",
                                        "1.00000000000000011102230246251565404236316680908203125",
                                        "1.00000000000000011102230246251565404236316680908203124",
                                        "1.00000000000000011102230246251565404236316680908203126",
                                        "5.",
                                        ".5",
                                        "+1",
                                        "-0",
                                        "1E5",
                                        "0000000000000000000000000000000000000000.25",
                                        "00000000000000000000000000000000000000",
                                        "12345678901234567890",
                                        "18446744073709551616",
                                        "0.1",
                                        "123456789.125e-5"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_as_strtod(texts[i]);
}

Test(text, hundreds_of_digits_are_correctly_rounded) {
    hone_rng rng = hone_rng_at(1, 1);
    for (int i = 0; i < 3000; i++) {
        char text[1300], *p = text;
        size_t n = 1 + hone_rng_below(&rng, i % 10 ? 60 : 1200);
        size_t point = hone_rng_below(&rng, n + 1);
        for (size_t k = 0; k < n; k++) {
            if (k == point)
                *p++ = '.';
            *p++ = (char)('0' + hone_rng_below(&rng, 10) * hone_rng_below(&rng, 2));
        }
        sprintf(p, "e%d", (int)hone_rng_below(&rng, 700) - 350);
        expect_as_strtod(text);
    }
}

/* The exact middle of two doubles goes to the even one, a digit 1 behind it goes up. */
Test(text, middles_of_two_doubles_are_ties) {
    hone_rng rng = hone_rng_at(2, 1);
    for (int i = 0; i < 3000; i++) {
        double low = fabs(random_double(&rng));
        long double middle = ((long double)low + (long double)nextafter(low, (double)INFINITY)) / 2;
        char text[1600];
        snprintf(text, sizeof text - 1, "%.1100Lf", middle);
        expect_as_strtod(text);
        strcat(text, "1");
        expect_as_strtod(text);
    }
}

Test(text, every_double_survives_the_way_to_text_and_back) {
    hone_rng rng = hone_rng_at(3, 1);
    for (int i = 0; i < 200000; i++) {
        double value = random_double(&rng), back;
        char text[HONE_NUMBER_SIZE];
        cr_assert(hone_parse_double(hone_write_double(value, text), &back));
        cr_assert(same_bits(value, back), "%a was written as %s", value, text);
    }
}

Test(text, written_numbers_are_the_shortest) {
    hone_rng rng = hone_rng_at(4, 1);
    for (int i = 0; i < 20000; i++) {
        double value = random_double(&rng);
        char ours[HONE_NUMBER_SIZE], theirs[HONE_NUMBER_SIZE + 8];
        int digits = 0;
        for (const char *p = hone_write_double(value, ours); *p && *p != 'e'; p++)
            digits += *p >= '0' && *p <= '9';
        if (digits < 2 || !strchr(ours, 'e'))
            continue;
        snprintf(theirs, sizeof theirs, "%.*e", digits - 2, value);
        cr_assert(strtod(theirs, NULL) != value, "%s is shorter than %s", theirs, ours);
    }
}

Test(text, written_numbers_look_as_documented) {
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1e-05, "1e-05"},
                 {0.0001, "0.0001"},
                 {100, "100"},
                 {-2.5, "-2.5"},
                 {0, "0"},
                 {-0.0, "-0"},
                 {1e15, "1000000000000000"},
                 {1e16, "1e+16"},
                 {1e23, "1e+23"},
                 {5e-324, "5e-324"},
                 {0x1p-44, "5.684341886080802e-14"},
                 {9007199254740993.0, "9007199254740992"},
                 {2.2250738585072014e-308, "2.2250738585072014e-308"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {(double)INFINITY, "inf"},
                 {-(double)INFINITY, "-inf"},
                 {(double)NAN, "nan"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[HONE_NUMBER_SIZE];
        cr_expect_str_eq(hone_write_double(cases[i].value, text), cases[i].text);
    }
}

Test(text, words_are_read_in_any_case) {
    double value;
    cr_expect(hone_parse_double("INF", &value) && value == (double)INFINITY);
    cr_expect(hone_parse_double("-Infinity", &value) && value == -(double)INFINITY);
    cr_expect(hone_parse_double("NaN", &value) && isnan(value));
}

Test(text, what_is_no_number_is_refused) {
    static const char *const texts[] = {"",     " 1",    "1 ",  "-",     "+",       ".",   "e5",
                                        "1e",   "1e+",   "--1", "1,5",   "1.2.3",   "0x1", "in",
                                        "nano", "infin", "-.",  "1e5.5", "\xd9\xa1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = 7;
        cr_expect_not(hone_parse_double(texts[i], &value), "'%s' was read", texts[i]);
        cr_expect_eq(value, 7);
    }
}

Test(text, reading_stops_behind_the_number_and_within_the_text) {
    const char *text = "12345678.5e3x";
    double value;
    cr_expect_eq(hone_read_double(text, text + 13, &value), text + 12);
    cr_expect_eq(value, 12345678.5e3);
    cr_expect_eq(hone_read_double(text, text + 11, &value), text + 10);
    cr_expect_eq(value, 12345678.5);
    cr_expect_eq(hone_read_double(text, text + 4, &value), text + 4);
    cr_expect_eq(value, 1234);
}

Test(text, a_locale_with_a_decimal_comma_changes_nothing) {
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
        cr_skip_test("no locale with a decimal comma is installed");
    double value;
    char text[HONE_NUMBER_SIZE];
    cr_expect(hone_parse_double("0.5", &value) && value == 0.5);
    cr_expect_not(hone_parse_double("0,5", &value));
    cr_expect_str_eq(hone_write_double(0.5, text), "0.5");
}

static const char *name_at(const void *context, size_t i) {
    return ((const char *const *)context)[i];
}

static const char *near(const char *name) {
    static const char *const names[] = {"diagnosis", "radius_mean", "svc", "svr", "x10"};
    return hone_nearest(name, 5, name_at, names);
}

Test(text, the_nearest_name_is_suggested) {
    cr_expect_str_eq(near("diagnosi"), "diagnosis");
    cr_expect_str_eq(near("Diagonsis"), "diagnosis");
    cr_expect_str_eq(near("RADIUS_MEAN"), "radius_mean");
    cr_expect_str_eq(near("svm"), "svc", "the first of equals");
    cr_expect_str_eq(near("x1"), "x10");
}

Test(text, nothing_is_suggested_when_nothing_is_near) {
    cr_expect_null(near("perimeter"));
    cr_expect_null(near("ab"));
    cr_expect_null(near(""));
    char longer[400];
    memset(longer, 'd', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    cr_expect_null(near(longer));
}
