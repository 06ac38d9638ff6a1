/* check_params.c -- what follows from the parameter table. */
#include "contract/contract.h"

#include <stdio.h>

void params_have_help(struct subject *s) {
    hone_param_info a, b;
    for (size_t i = 0; hone_class_param(s->cls, i, &a); i++) {
        cr_assert(a.help && *a.help && a.name && *a.name && a.type && *a.type);
        cr_assert(!strstr(a.name, "__"), "%s: two underscores reach inner estimators", a.name);
        for (size_t j = 0; j < i && hone_class_param(s->cls, j, &b); j++)
            cr_assert_str_neq(a.name, b.name);
    }
    cr_assert(s->cls->summary && *s->cls->summary);
}

void params_round_trip(struct subject *s) {
    hone_param_info row;
    hone_error err;
    for (size_t i = 0; hone_class_param(s->cls, i, &row); i++) {
        char before[512], after[512], text[700];
        if (s->cls->params[i].kind == HONE_PARAM_STEPS)
            continue;
        cr_assert_eq(hone_get(s->est, row.name, before, sizeof before, &err), HONE_OK);
        snprintf(text, sizeof text, "%s=%s", row.name, before);
        cr_assert_eq(hone_set(s->est, text, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(hone_get(s->est, row.name, after, sizeof after, &err), HONE_OK);
        cr_assert_str_eq(before, after);
    }
}

/* Setting name=value must fail, name the parameter and change nothing. */
static void refuse(struct subject *s, const char *name, const char *value) {
    char before[512], after[512], text[700];
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_get(s->est, name, before, sizeof before, NULL), HONE_OK);
    snprintf(text, sizeof text, "%s=%s", name, value);
    hone_status got = hone_set(s->est, text, &err);
    cr_assert_eq(got, HONE_EINVAL, "%s was accepted", text);
    expect_failure(got, HONE_EINVAL, &err);
    cr_assert(strstr(err.message, name), "%s does not name %s", err.message, name);
    cr_assert_eq(hone_get(s->est, name, after, sizeof after, NULL), HONE_OK);
    cr_assert_str_eq(before, after);
}

/* Just outside of the domain, at both ends. */
static void refuse_beyond(struct subject *s, const hone_param *row) {
    double ends[2];
    bool open[2];
    if (!row->domain)
        return;
    cr_assert(hone_domain_ends(row->domain, &ends[0], &open[0], &ends[1], &open[1]),
              "domain %s cannot be read", row->domain);
    for (int side = 0; side < 2; side++) {
        char value[64];
        if (isinf(ends[side]) && !open[side])
            continue;
        double step = side ? 1 : -1;
        hone_write_double(open[side] ? ends[side] : ends[side] + step, value);
        refuse(s, row->name, value);
    }
}

void params_refuse_bad_values(struct subject *s) {
    for (const hone_param *row = s->cls->params; row->name; row++) {
        if (row->kind == HONE_PARAM_STEPS)
            continue;
        refuse(s, row->name, "no_such_word");
        refuse(s, row->name, "nan");
        refuse(s, row->name, "");
        if (row->kind == HONE_PARAM_INT || row->kind == HONE_PARAM_SIZES ||
            row->kind == HONE_PARAM_SEED)
            refuse(s, row->name, "1.5");
        if (row->kind != HONE_PARAM_CLASS_WEIGHT && row->kind != HONE_PARAM_BOOL &&
            row->kind != HONE_PARAM_TEXT)
            refuse_beyond(s, row);
    }
}

void params_unknown_is_named(struct subject *s) {
    hone_error err;
    expect_failure(hone_set(s->est, "no_such_parameter=1", &err), HONE_ENAME, &err);
    cr_assert(strstr(err.message, "no_such_parameter"));
    const hone_param *row = s->cls->params;
    if (!row->name || row->kind == HONE_PARAM_STEPS || strlen(row->name) < 4)
        return;
    char text[128];
    snprintf(text, sizeof text, "%sx=1", row->name);
    expect_failure(hone_set(s->est, text, &err), HONE_ENAME, &err);
    cr_assert(strstr(err.message, "did you mean"), "no suggestion: %s", err.message);
}

void clone_is_the_same(struct subject *s) {
    hone_estimator *copy = NULL, *late = NULL;
    cr_assert_eq(hone_clone(s->est, &copy, NULL), HONE_OK);
    cr_assert(hone_estimator_equal(s->est, copy));
    fit_fine(s->est, &s->p.data);
    cr_assert_eq(hone_clone(s->est, &late, NULL), HONE_OK);
    cr_assert(!hone_is_fitted(late));
    fit_fine(copy, &s->p.data);
    expect_same_answers(s->est, copy, &s->p.data);
    hone_free(copy);
    hone_free(late);
}

void null_error_is_fine(struct subject *s) {
    double out = 0;
    cr_assert_neq(hone_set(s->est, "no_such_parameter=1", NULL), HONE_OK);
    cr_assert_neq(hone_fit(s->est, &(hone_dataset){0}, NULL, NULL), HONE_OK);
    cr_assert_neq(hone_predict(s->est, &s->p.data, &out, NULL, NULL), HONE_OK);
    cr_assert_neq(hone_save(s->est, "/nowhere/at/all", NULL), HONE_OK);
}
