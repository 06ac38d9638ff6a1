/* cv_parse.c -- folds as they are written on a command line.
 *
 *     FOLDS | FOLDSxREPEATS | loo | NAME[:FOLDS[xREPEATS]][,gap=N][,test=SHARE][,train=SHARE] */
#include "selection/split.h"

#include "core/error.h"

#include <hone/text.h>

#include <stdio.h>
#include <string.h>

enum {
    MOST_FOLDS = 1000000, /* more are a slip of the finger */
    WORD_SIZE = 32
};

/* Reads a count at *text and moves behind it; 0 when there is none or it is too large. */
static size_t read_count(const char **text) {
    size_t value = 0;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        value = 10 * value + (size_t)(**text - '0');
        if (value > MOST_FOLDS)
            return 0;
    }
    return value;
}

/* FOLDS[xREPEATS] up to a comma or the end. */
static bool read_folds(const char **text, hone_cv *out) {
    out->folds = read_count(text);
    out->repeats = 1;
    if (**text == 'x') {
        ++*text;
        out->repeats = read_count(text);
    }
    return (!**text || **text == ',') && out->folds >= 1 && out->repeats >= 1;
}

/* Copies what stands before any of `ends` and moves behind it; false when it is too long. */
static bool read_word(const char **text, const char *ends, char out[WORD_SIZE]) {
    size_t length = strcspn(*text, ends);
    if (length >= WORD_SIZE)
        return false;
    memcpy(out, *text, length);
    out[length] = '\0';
    *text += length;
    return true;
}

/* What a scheme takes behind its folds, for messages. */
static const char *settings_of(hone_cv_scheme scheme) {
    if (scheme == HONE_CV_TIME_SERIES)
        return "gap=N";
    if (scheme == HONE_CV_SHUFFLE || scheme == HONE_CV_STRATIFIED_SHUFFLE)
        return "test=SHARE and train=SHARE, both in (0, 1)";
    return "nothing of the kind";
}

/* Takes one setting; each name is for some schemes only. */
static bool take_setting(const char *name, double value, hone_cv *out) {
    bool time = out->scheme == HONE_CV_TIME_SERIES;
    bool shuffle = out->scheme == HONE_CV_SHUFFLE || out->scheme == HONE_CV_STRATIFIED_SHUFFLE;
    bool share = value > 0 && value < 1;
    if (time && !strcmp(name, "gap") && value >= 0 && value <= UINT32_MAX &&
        value == (double)(uint32_t)value)
        out->gap = (size_t)value;
    else if (shuffle && share && !strcmp(name, "test"))
        out->test_share = value;
    else if (shuffle && share && !strcmp(name, "train"))
        out->train_share = value;
    else
        return false;
    return true;
}

/* Does the name of this setting stand in the text before it? */
static bool is_repeated(const char *text, const char *setting) {
    size_t length = strcspn(setting, "=") + 1;
    for (const char *at = strchr(text, ','); at && at + 1 < setting; at = strchr(at + 1, ','))
        if (!strncmp(at + 1, setting, length))
            return true;
    return false;
}

/* ",name=value"... up to the end. */
static hone_status read_settings(const char *text, const char *at, hone_cv *out, hone_error *err) {
    const char *who =
        out->scheme == HONE_CV_AUTO ? "a number of folds" : hone_cv_scheme_name(out->scheme);
    while (*at == ',') {
        char name[WORD_SIZE], number[WORD_SIZE];
        const char *setting = ++at;
        double value;
        if (!read_word(&at, "=,", name) || *at++ != '=' || !read_word(&at, ",", number) ||
            !hone_parse_double(number, &value) || !take_setting(name, value, out))
            return hone_fail(err, HONE_EINVAL, "cross-validation '%s': %s takes %s, got '%.*s'",
                             text, who, settings_of(out->scheme), (int)strcspn(setting, ","),
                             setting);
        if (is_repeated(text, setting))
            return hone_fail(err, HONE_EINVAL, "cross-validation '%s': '%s' is given twice", text,
                             name);
    }
    return HONE_OK;
}

static const char *name_at(const void *context, size_t i) {
    (void)context;
    return hone_cv_scheme_name((hone_cv_scheme)i);
}

static hone_status unknown_name(const char *text, const char *name, hone_error *err) {
    const char *near = hone_nearest(name, HONE_CV_PREDEFINED + 1, name_at, NULL);
    if (near)
        return hone_fail(err, HONE_EINVAL, "cross-validation '%s': did you mean '%s'?", text, near);
    return hone_fail(err, HONE_EINVAL,
                     "cross-validation '%s': expected folds (5), folds x repeats (10x10), loo, or "
                     "a scheme like time_series:5,gap=7",
                     text);
}

static hone_status refuse(const char *text, const hone_cv *cv, hone_error *err) {
    const char *expected = cv->scheme == HONE_CV_TIME_SERIES ? "time_series:5,gap=7"
                           : cv->scheme == HONE_CV_SHUFFLE   ? "shuffle:20,test=0.25,train=0.5"
                           : cv->scheme == HONE_CV_STRATIFIED_SHUFFLE
                               ? "stratified_shuffle:20,test=0.25,train=0.5"
                               : NULL;
    if (cv->scheme == HONE_CV_PREDEFINED || cv->scheme == HONE_CV_LOO)
        return hone_fail(err, HONE_EINVAL,
                         "cross-validation '%s': %s takes no number of folds: the data has it",
                         text, hone_cv_scheme_name(cv->scheme));
    if (expected)
        return hone_fail(err, HONE_EINVAL, "cross-validation '%s': expected something like %s",
                         text, expected);
    return hone_fail(err, HONE_EINVAL,
                     "cross-validation '%s': expected folds (5), folds x repeats (10x10) or loo, "
                     "with at least 2 folds",
                     text);
}

/* The scheme called `name`; false when there is none. */
static bool find_scheme(const char *name, hone_cv_scheme *out) {
    for (hone_cv_scheme s = HONE_CV_AUTO; s <= HONE_CV_PREDEFINED; s++)
        if (!strcmp(name, hone_cv_scheme_name(s))) {
            *out = s;
            return true;
        }
    return false;
}

hone_status hone_cv_parse(const char *text, hone_cv *out, hone_error *err) {
    hone_cv cv = {.scheme = HONE_CV_AUTO, .repeats = 1, .seed = out->seed};
    const char *at = text;
    char name[WORD_SIZE] = "";
    bool counted = *text >= '0' && *text <= '9';
    if (!counted && (!read_word(&at, ":,", name) || !*name))
        return unknown_name(text, "", err);
    if (!counted && !strcmp(name, "loo"))
        cv.scheme = HONE_CV_LOO;
    else if (!counted && !find_scheme(name, &cv.scheme))
        return unknown_name(text, name, err);
    bool draws = cv.scheme == HONE_CV_SHUFFLE || cv.scheme == HONE_CV_STRATIFIED_SHUFFLE;
    bool fixed = cv.scheme == HONE_CV_LOO || cv.scheme == HONE_CV_PREDEFINED;
    if (*at == ':')
        at++, counted = true;
    if (counted && (fixed || !read_folds(&at, &cv) || (cv.folds < 2 && !draws)))
        return refuse(text, &cv, err);
    hone_status status = read_settings(text, at, &cv, err);
    if (status == HONE_OK)
        *out = cv;
    return status;
}
