/* constraints.c -- what the texts monotonic_cst and interaction_cst say of the columns.
 *
 *     monotonic_cst      {age:1,price:-1}    rises with age, falls with price
 *     interaction_cst    {age,sex;price}     columns of one path lie in one set; columns that are
 * in no set make one of their own (as in scikit-learn) */
#include "classic/gbdt/booster_impl.h"

#include <hone/text.h>

#include <string.h>

enum { MOST_SETS = 64 };

/* One item of a text: text[first .. end), followed by `mark`. */
struct item {
    const char *text;
    size_t length;
    char mark;
};

/* The item at *at, which moves past it; false at the end. `marks` end an item. */
static bool next_item(const char **at, const char *marks, struct item *out) {
    size_t length = strcspn(*at, marks);
    if (**at == '\0')
        return false;
    *out = (struct item){*at, length, (*at)[length]};
    while (out->length > 0 && out->text[out->length - 1] == ' ')
        out->length--;
    while (out->length > 0 && *out->text == ' ')
        out->text++, out->length--;
    *at += length + ((*at)[length] != '\0');
    return true;
}

/* What stands between the braces begins at *inside. */
static bool in_braces(const char *text, const char **inside) {
    size_t n = strlen(text);
    *inside = text + 1;
    return n > 2 && text[0] == '{' && text[n - 1] == '}';
}

static bool is_none(const char *text) {
    return strcmp(text, "none") == 0;
}

/* ---- monotonic_cst --------------------------------------------------------------------------- */

static int direction_of(const struct item *item) {
    if (item->length == 1 && *item->text == '0')
        return 0;
    if (item->length == 2 && item->text[0] == '-' && item->text[1] == '1')
        return -1;
    if ((item->length == 1 && *item->text == '1') ||
        (item->length == 2 && item->text[0] == '+' && item->text[1] == '1'))
        return 1;
    return 2; /* none of the three */
}

hone_status hone_monotonic_accept(const char *text, hone_error *err) {
    const char *at;
    struct item name, direction;
    if (is_none(text))
        return HONE_OK;
    bool good = in_braces(text, &at);
    while (good && next_item(&at, ":}", &name))
        good = name.mark == ':' && name.length > 0 && next_item(&at, ",}", &direction) &&
               direction_of(&direction) < 2 && (direction.mark == '}') == (*at == '\0');
    if (good)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL, "expected none or {column:1,column:-1,...}");
}

static const char *column_name(const void *context, size_t j) {
    return ((const hone_schema *)context)->columns[j].name;
}

static hone_status find_column(const hone_boost_run *run, const char *parameter,
                               const struct item *item, size_t *out, hone_error *err) {
    const hone_schema *schema = run->data->schema;
    char name[HONE_SHORT_TEXT];
    for (size_t j = 0; j < schema->n_columns; j++)
        if (strlen(schema->columns[j].name) == item->length &&
            memcmp(schema->columns[j].name, item->text, item->length) == 0)
            return *out = j, HONE_OK;
    memcpy(name, item->text, item->length);
    name[item->length] = '\0';
    const char *near = hone_nearest(name, schema->n_columns, column_name, schema);
    return hone_fail(err, HONE_ENAME, "%s: parameter %s names '%s', which is no column%s%s%s",
                     run->who, parameter, name, near ? "; did you mean '" : "", near ? near : "",
                     near ? "'?" : "");
}

static hone_status read_monotonic(hone_boost_run *run, hone_error *err) {
    const char *at = run->p->monotonic_cst.s + 1;
    struct item name, direction;
    hone_status status = hone_new(&run->monotonic, run->panels.cols, err);
    while (status == HONE_OK && next_item(&at, ":}", &name) && name.mark == ':' &&
           next_item(&at, ",}", &direction)) {
        size_t j = 0;
        status = find_column(run, "monotonic_cst", &name, &j, err);
        if (status == HONE_OK && run->panels.info[j].categorical)
            return hone_fail(err, HONE_EINVAL,
                             "%s: parameter monotonic_cst names column '%s', whose categories "
                             "have no order",
                             run->who, run->data->schema->columns[j].name);
        if (status == HONE_OK)
            run->monotonic[j] = (int8_t)direction_of(&direction);
    }
    if (status == HONE_OK && run->outputs > 1)
        status = hone_fail(err, HONE_EINVAL,
                           "%s: parameter monotonic_cst is for values and two classes, the data "
                           "have %zu classes",
                           run->who, run->outputs);
    return status;
}

/* ---- interaction_cst ------------------------------------------------------------------------- */

hone_status hone_interaction_accept(const char *text, hone_error *err) {
    const char *at;
    struct item name;
    size_t sets = 1;
    if (is_none(text))
        return HONE_OK;
    bool good = in_braces(text, &at);
    while (good && next_item(&at, ",;}", &name)) {
        good = name.length > 0 && (name.mark == '}') == (*at == '\0');
        sets += name.mark == ';';
    }
    if (good && sets < MOST_SETS)
        return HONE_OK;
    return hone_fail(err, HONE_EINVAL,
                     "expected none or at most 63 sets of columns {column,column;column,...}");
}

static hone_status read_interaction(hone_boost_run *run, hone_error *err) {
    const char *at = run->p->interaction_cst.s + 1;
    struct item name;
    size_t set = 0;
    hone_status status = hone_new(&run->groups, run->panels.cols, err);
    while (status == HONE_OK && next_item(&at, ",;}", &name)) {
        size_t j = 0;
        status = find_column(run, "interaction_cst", &name, &j, err);
        if (status == HONE_OK)
            run->groups[j] |= (uint64_t)1 << set;
        set += name.mark == ';';
    }
    for (size_t j = 0; status == HONE_OK && j < run->panels.cols; j++)
        if (run->groups[j] == 0)
            run->groups[j] = (uint64_t)1 << (MOST_SETS - 1);
    return status;
}

hone_status hone_boost_constrain(hone_boost_run *run, hone_error *err) {
    hone_status status = HONE_OK;
    if (!is_none(run->p->monotonic_cst.s))
        status = read_monotonic(run, err);
    if (status == HONE_OK && !is_none(run->p->interaction_cst.s))
        status = read_interaction(run, err);
    run->growth.rules.monotonic = run->monotonic;
    run->growth.groups = run->groups;
    return status;
}
