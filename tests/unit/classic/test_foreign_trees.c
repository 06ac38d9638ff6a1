/* test_foreign_trees.c -- models that XGBoost and LightGBM have written say here what they say
 * there; damaged ones are a sentence. */
#include "classic/foreign/lightgbm.h"
#include "classic/foreign/xgboost.h"
#include "core/alloc.h"
#include "support/support.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { M = 5 };

/* The two programs. */
static const struct kind {
    const char *name, *golden;
    hone_status (*read)(const char *path, hone_foreign_model *out, hone_error *err);
    hone_status (*write)(const hone_foreign_source *in, const char *path, hone_error *err);
} KINDS[] = {{"XGBoost", "xgboost_models.json", hone_xgboost_read, hone_xgboost_write},
             {"LightGBM", "lightgbm_models.json", hone_lightgbm_read, hone_lightgbm_write}};

static const char *write_text(const char *text, size_t size) {
    const char *path = support_path("foreign.model");
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fwrite(text, 1, size, file);
    fclose(file);
    return path;
}

/* The text of a model, as its file has it: free(). */
static char *model_text(const hone_json *test) {
    const hone_json *model = hone_json_get(test, "model");
    const char *text = hone_json_as_text(model);
    return text ? strdup(text) : hone_json_print(model);
}

/* Raw scores of a model's rows (n x outputs), by trees or coefficients. */
static void scores(const struct gbdt_state *s, const double *x, size_t n, double *out) {
    size_t k = s->trees.n_outputs;
    cr_assert_eq(
        hone_trees_predict(&s->trees, hone_view_of(x, n, M), 0, s->trees.n_trees, out, NULL),
        HONE_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++)
            for (size_t j = 0; j < s->n_coefs; j++)
                out[i * k + c] += isnan(x[i * M + j]) ? 0 : s->coef[c * M + j] * x[i * M + j];
}

/* What the file's raw scores are in ours: the difference of two classes, scaled. */
static double wanted(const char *name, const double *raw, size_t groups, size_t i, size_t c) {
    if (groups == 2)
        return raw[2 * i + 1] - raw[2 * i];
    double scale = strstr(name, "sigmoid 2") ? 2 : strncmp(name, "forest", 6) ? 1 : 1.0 / 3;
    return raw[i * groups + c] * (groups == 1 ? scale : 1);
}

static double compare(const struct kind *kind, const hone_json *golden, const hone_json *test) {
    const char *name = hone_json_as_text(hone_json_get(test, "name"));
    size_t cells, n_raw;
    double *x = support_reals(golden, "x", &cells), *raw = support_reals(test, "raw", &n_raw);
    char *text = model_text(test);
    size_t n = cells / M, groups = n_raw / n;
    hone_foreign_model model = {0};
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(kind->read(write_text(text, strlen(text)), &model, &err), HONE_OK, "%s: %s", name,
                 err.message);
    cr_assert_eq(hone_trees_validate(&model.state->trees, M, &err), HONE_OK, "%s", err.message);
    size_t k = model.state->trees.n_outputs;
    double *out = malloc(n * k * sizeof *out), worst = 0;
    scores(model.state, x, n, out);
    for (size_t i = 0; i < n * k; i++) {
        double want = wanted(name, raw, groups, i / k, i % k);
        worst = fmax(worst, fabs(out[i] - want));
        cr_assert_float_eq(out[i], want, 1e-6, "%s: row %zu: %.9g, %s says %.9g", name, i / k,
                           out[i], kind->name, want);
    }
    free(out);
    free(x);
    free(raw);
    free(text);
    hone_foreign_free(&model);
    return worst;
}

Test(foreign_trees, say_what_they_say_there) {
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        const hone_json *cases = hone_json_get(golden, "cases");
        cr_assert_geq(hone_json_size(cases), 15);
        for (size_t i = 0; i < hone_json_size(cases); i++)
            compare(&KINDS[k], golden, hone_json_at(cases, i));
        hone_json_free(golden);
    }
}

Test(foreign_trees, columns_and_categories_keep_their_names) {
    static const char *const want[] = {"red", "green", "blue", "grey", "pink", "teal"};
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        char *text = model_text(hone_json_at(hone_json_get(golden, "cases"), k == 0 ? 3 : 2));
        hone_foreign_model model = {0};
        hone_error err = {HONE_OK, ""};
        cr_assert_eq(KINDS[k].read(write_text(text, strlen(text)), &model, &err), HONE_OK);
        cr_assert_str_eq(model.columns[0].name, "age");
        cr_assert_str_eq(model.columns[4].name, "big");
        cr_assert(model.columns[2].categorical && !model.columns[1].categorical);
        cr_assert_eq(model.columns[2].n_names, 6);
        for (size_t c = 0; c < 6; c++)
            cr_assert_str_eq(model.columns[2].names[c], want[c]);
        hone_foreign_free(&model);
        free(text);
        hone_json_free(golden);
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

/* What the model would be written from, with columns as its file has them. */
static hone_foreign_source source_of(const hone_foreign_model *model, hone_column *columns,
                                     hone_schema *schema) {
    static const char *const levels[] = {"0", "1", "2", "3", "4", "5"};
    static const char *const names[] = {"a", "b b", "c", "d", "e"};
    for (size_t j = 0; j < M; j++)
        columns[j] = model->columns[j].categorical
                         ? (hone_column){names[j], HONE_CATEGORICAL, 6, levels}
                         : (hone_column){names[j], HONE_NUMERIC, 0, NULL};
    *schema = (hone_schema){.n_columns = M, .columns = columns};
    const struct gbdt_state *s = model->state;
    return (hone_foreign_source){.trees = &s->trees,
                                 .linear = s->n_coefs ? s : NULL,
                                 .loss = (enum hone_objective_name)s->loss,
                                 .classes = model->of_classes,
                                 .schema = schema};
}

/* Read from `from`'s file, written by `to`, read back: the same scores. */
static void translate(const struct kind *from, const struct kind *to, const hone_json *golden,
                      const hone_json *test) {
    const char *name = hone_json_as_text(hone_json_get(test, "name"));
    size_t cells;
    double *x = support_reals(golden, "x", &cells);
    char *text = model_text(test);
    hone_foreign_model model = {0}, back = {0};
    hone_error err = {HONE_OK, ""};
    hone_column columns[M];
    hone_schema schema;
    cr_assert_eq(from->read(write_text(text, strlen(text)), &model, &err), HONE_OK);
    hone_foreign_source source = source_of(&model, columns, &schema);
    const char *path = support_path("written.model");
    if (!source.linear || to == &KINDS[0]) {
        cr_assert_eq(to->write(&source, path, &err), HONE_OK, "%s", err.message);
        cr_assert_eq(to->read(path, &back, &err), HONE_OK, "%s: %s", name, err.message);
        size_t n = cells / M, k = model.state->trees.n_outputs;
        double *a = malloc(n * k * sizeof *a), *b = malloc(n * k * sizeof *b);
        scores(model.state, x, n, a);
        scores(back.state, x, n, b);
        double worst = support_distance(a, b, n * k);
        cr_assert_leq(worst, to == &KINDS[0] ? 1e-6 : 1e-14, "%s, %s to %s: %g", name, from->name,
                      to->name, worst);
        cr_assert_eq(back.of_classes, model.of_classes);
        cr_assert_eq(back.state->loss, model.state->loss);
        cr_assert_eq(back.state->n_classes, model.state->n_classes);
        free(a);
        free(b);
    }
    free(x);
    free(text);
    hone_foreign_free(&model);
    hone_foreign_free(&back);
}

Test(foreign_trees, written_by_either_they_read_back) {
    for (size_t from = 0; from < 2; from++)
        for (size_t to = 0; to < 2; to++) {
            hone_json *golden = support_golden(KINDS[from].golden);
            const hone_json *cases = hone_json_get(golden, "cases");
            for (size_t i = 0; i < hone_json_size(cases); i++)
                translate(&KINDS[from], &KINDS[to], golden, hone_json_at(cases, i));
            hone_json_free(golden);
        }
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* Cut anywhere, the file is refused; where the cut is behind what matters, it may be read. */
Test(foreign_trees, a_file_that_is_cut_short_is_a_sentence) {
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        const hone_json *cases = hone_json_get(golden, "cases");
        for (size_t i = 0; i < hone_json_size(cases) && i < 4; i += 3) {
            char *text = model_text(hone_json_at(cases, i));
            const char *end = strstr(text, "end of trees");
            size_t size = strlen(text), needed = end ? (size_t)(end - text) + 12 : size;
            const char *path = write_text(text, size);
            for (size_t cut = size; cut-- > 0;) {
                hone_foreign_model model = {0};
                hone_error err = {HONE_OK, ""};
                cr_assert_eq(truncate(path, (off_t)cut), 0);
                hone_status status = KINDS[k].read(path, &model, &err);
                cr_assert(status == HONE_EFORMAT || (status == HONE_OK && cut >= needed),
                          "%s cut at %zu of %zu: %d %s", KINDS[k].name, cut, size, (int)status,
                          err.message);
                hone_foreign_free(&model);
            }
            free(text);
        }
        hone_json_free(golden);
    }
}

/* Byte after byte changed: read or refused, and what is read is in order. */
Test(foreign_trees, a_changed_byte_is_read_or_refused_but_never_a_crash) {
    static const char other[] = {'9', '-', ' ', '\n', '\xff'};
    for (size_t k = 0; k < 2; k++) {
        hone_json *golden = support_golden(KINDS[k].golden);
        char *text = model_text(hone_json_at(hone_json_get(golden, "cases"), k == 0));
        size_t size = strlen(text);
        FILE *file = fopen(write_text(text, size), "r+");
        for (size_t at = 0; at < size; at++) {
            hone_foreign_model model = {0};
            hone_error err = {HONE_OK, ""};
            cr_assert_eq(pwrite(fileno(file), &other[at % sizeof other], 1, (off_t)at), 1);
            if (KINDS[k].read(support_path("foreign.model"), &model, &err) == HONE_OK)
                cr_assert_eq(hone_trees_validate(&model.state->trees, model.n_cols, &err), HONE_OK,
                             "byte %zu: %s", at, err.message);
            else
                cr_assert_gt(strlen(err.message), 10);
            cr_assert_eq(pwrite(fileno(file), &text[at], 1, (off_t)at), 1);
            hone_foreign_free(&model);
        }
        fclose(file);
        free(text);
        hone_json_free(golden);
    }
}

/* A file of one tree; what is wrong with it takes the place of what is right. */
static const char XGBOOST[] =
    "{\"learner\":{\"feature_names\":[],\"gradient_booster\":{\"model\":{\"tree_info\":[0],"
    "\"trees\":[{\"left_children\":[1,3,-1,-1,-1],\"right_children\":[2,4,-1,-1,-1],"
    "\"split_indices\":[0,1,0,0,0],\"split_conditions\":[0.5,0.25,1.5,2.5,3.5],"
    "\"default_left\":[1,0,0,0,0],\"split_type\":[0,1,0,0,0],\"categories\":[1,2],"
    "\"categories_nodes\":[1],\"categories_segments\":[0],\"categories_sizes\":[2]}]},"
    "\"name\":\"gbtree\"},\"learner_model_param\":{\"base_score\":\"[5E-1]\","
    "\"num_class\":\"0\",\"num_feature\":\"2\"},\"objective\":{\"name\":\"reg:squarederror\"}}}";
static const char LIGHTGBM[] =
    "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=1\n"
    "objective=regression\nfeature_names=a b\nfeature_infos=[0:1] 0:1:2\n\n"
    "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nthreshold=0.5 0\ndecision_type=10 1\n"
    "left_child=1 -1\nright_child=-2 -3\nleaf_value=1.5 2.5 3.5\ncat_boundaries=0 1\n"
    "cat_threshold=6\nis_linear=0\n\nend of trees\n";

/* `text` with its first `old` replaced: free(). */
static char *replaced(const char *text, const char *old, const char *new) {
    const char *at = strstr(text, old);
    cr_assert_not_null(at, "%s", old);
    size_t before = (size_t)(at - text), size = strlen(text) + strlen(new) + 1;
    char *out = malloc(size);
    snprintf(out, size, "%.*s%s%s", (int)before, text, new, at + strlen(old));
    return out;
}

static const struct {
    const char *old, *new, *want;
    hone_status status;
} BAD_XGBOOST[] =
    {
        {"[1,3,", "[1,0,", "tree 0: node 1 leads to a node that was reached before", HONE_EFORMAT},
        {"[1,3,", "[1,1,", "tree 0: node 1 leads to a node that was reached before", HONE_EFORMAT},
        {"[1,3,", "[1,5,", "tree 0: node 1 has a child that there is not", HONE_EFORMAT},
        {"[2,4,", "[2,-1,", "tree 0: node 1 has a child that there is not", HONE_EFORMAT},
        {"[2,4,", "[2,99999999999,", "tree 0: node 1 has no readable link", HONE_EFORMAT},
        {"[2,4,", "[2,4.5,", "tree 0: node 1 has no readable link", HONE_EFORMAT},
        {"[0,1,0,0,0],", "[2,1,0,0,0],", "tree 0: node 0 asks about a column that", HONE_EFORMAT},
        {"[0,1,0,0,0],", "[0,7,0,0,0],", "tree 0: node 1 asks about a column that", HONE_EFORMAT},
        {"[0,1,0,0,0],", "[1,1,0,0,0],", "node 0 asks column 1 as a number, others", HONE_EFORMAT},
        {"[0,1,0,0,0],", "[0,1,0,0],", "split_indices has 4 numbers, expected 5", HONE_EFORMAT},
        {"2.5,", "1e300,", "tree 0: node 3 has no readable link or number", HONE_EFORMAT},
        {"2.5,", "null,", "tree 0: node 3 has no readable link or number", HONE_EFORMAT},
        {"2.5,", "NaN,", "tree 0: node 3 has no readable link or number", HONE_EFORMAT},
        {"0.5,0.25", "0.5,NaN", "", HONE_OK}, /* of a category: as versions before 3 write it */
        {"0.5,0.25", "0.5,Infinity", "invalid token", HONE_EFORMAT},
        {"_nodes\":[1]", "_nodes\":[0]", "list 0 of categories is out of range", HONE_EFORMAT},
        {"_sizes\":[2]", "_sizes\":[3]", "list 0 of categories is out of range", HONE_EFORMAT},
        {"_segments\":[0]", "_segments\":[-1]", "list 0 of categories is out of range",
         HONE_EFORMAT},
        {"[1,2]", "[1,-2]", "column 1 has the category -2", HONE_EFORMAT},
        {"[1,2]", "[1,2000000000]", "column 1 has the category 2000000000", HONE_EUNSUPPORTED},
        {"_nodes\":[1]", "_nodes\":[]", "node 1 has no list of categories", HONE_EFORMAT},
        {"tree_info\":[0]", "tree_info\":[1]", "tree_info of tree 0 is impossible", HONE_EFORMAT},
        {"tree_info\":[0]", "tree_info\":[]", "tree_info has 0 numbers for 1 trees", HONE_EFORMAT},
        {"[5E-1]", "[5E-1,1E0]", "base_score has more than 1", HONE_EFORMAT},
        {"[5E-1]", "half", "base_score half is impossible", HONE_EFORMAT},
        {"feature\":\"2\"", "feature\":\"1e9\"", "num_feature is missing or", HONE_EFORMAT},
        {"names\":[]", "names\":[\"a\"]", "feature_names or feature_types are not 2", HONE_EFORMAT},
        {"reg:squarederror", "binary:hinge", "nothing like the objective binary:hinge",
         HONE_EUNSUPPORTED},
        {"gbtree\"}", "gblinear\"}", "a linear booster of 2 columns has 0 weights", HONE_EFORMAT},
        {"gbtree\"}", "dart\"}", "weight_drop is missing", HONE_EFORMAT},
        {"learner", "teacher", "not a model of XGBoost: learner is missing", HONE_EFORMAT},
},
  BAD_LIGHTGBM[] = {
      {"left_child=1 -1", "left_child=0 -1", "node 0 leads to a node that was reached",
       HONE_EFORMAT},
      {"left_child=1 -1", "left_child=1 1", "node 1 leads to a node that was reached",
       HONE_EFORMAT},
      {"left_child=1 -1", "left_child=2 -1", "tree 0: node 0: left_child 2 is", HONE_EFORMAT},
      {"left_child=1 -1", "left_child=1 -4", "tree 0: node 1: left_child -4 is", HONE_EFORMAT},
      {"left_child=1 -1", "left_child=1", "tree 0: left_child has too few", HONE_EFORMAT},
      {"left_child=1 -1", "left_child=1 -1 0", "tree 0: left_child has too many", HONE_EFORMAT},
      {"left_child=1 -1", "left=1 -1", "tree 0: left_child is missing", HONE_EFORMAT},
      {"split_feature=0 1", "split_feature=0 2", "node 1: split_feature 2 is", HONE_EFORMAT},
      {"split_feature=0 1", "split_feature=1 1", "node 0 asks column 1 as a number", HONE_EFORMAT},
      {"split_feature=0 1", "split_feature=0 0.5", "node 1: split_feature 0.5 is", HONE_EFORMAT},
      {"leaf_value=1.5", "leaf_value=nan", "leaf_value has a number that is not", HONE_EFORMAT},
      {"leaf_value=1.5", "leaf_value=inf", "leaf_value has a number that is not", HONE_EFORMAT},
      {"threshold=0.5", "threshold=nan", "threshold has a number that is not", HONE_EFORMAT},
      {"threshold=0.5 0", "threshold=0.5 1", "node 1 has a set out of range", HONE_EFORMAT},
      {"cat_boundaries=0 1", "cat_boundaries=1 1", "cat_boundaries do not ascend", HONE_EFORMAT},
      {"cat_boundaries=0 1", "cat_boundaries=0 9", "cat_threshold has too few", HONE_EFORMAT},
      {"cat_threshold=6", "cat_threshold=-6", "node 0: cat_threshold -6 is", HONE_EFORMAT},
      {"num_leaves=3", "num_leaves=0", "num_leaves is 0", HONE_EFORMAT},
      {"num_leaves=3", "num_leaves=100000000", "has too few numbers", HONE_EFORMAT},
      {"num_leaves=3", "num_leaves=1e300", "num_leaves is no possible count", HONE_EFORMAT},
      {"decision_type=10", "decision_type=6", "zero_as_missing sends 0", HONE_OK},
      {"decision_type=10", "decision_type=4", "zero_as_missing sends 0", HONE_EUNSUPPORTED},
      {"decision_type=10", "decision_type=99", "node 0: decision_type 99 is", HONE_EFORMAT},
      {"is_linear=0", "is_linear=1", "tree 0 has linear models in its leaves", HONE_EUNSUPPORTED},
      {"Tree=0", "Tree=1", "line 10: expected Tree=0", HONE_EFORMAT},
      {"end of trees", "the end", "line 23: expected Tree=1", HONE_EFORMAT},
      {"regression", "regression sqrt", "reg_sqrt is not read", HONE_EUNSUPPORTED},
      {"regression", "multiclassova", "nothing like the objective multiclassova",
       HONE_EUNSUPPORTED},
      {"regression", "binary sigmoid:-1", "expected a sigmoid > 0", HONE_EFORMAT},
      {"feature_names=a b", "feature_names=a", "feature_names has 1 words", HONE_EFORMAT},
      {"0:1:2", "0:1:x", "feature_infos are unreadable", HONE_EFORMAT},
      {"[0:1] 0", "0", "feature_infos are not as many as the columns", HONE_EFORMAT},
      {"idx=1", "idx=1e99", "max_feature_idx is missing or impossible", HONE_EFORMAT},
      {"version=v4", "version=v9", "expected version=v2, v3 or v4", HONE_EUNSUPPORTED},
      {"end of trees\n", "end of trees\nparameters:\n[seed: 1]\n", "ends within its parameters",
       HONE_EFORMAT},
      {"end of trees\n", "end of trees\npandas_categorical:[[\"a\"\n", "pandas_categorical",
       HONE_EFORMAT},
};

static void refuse(const struct kind *kind, const char *good, const char *old, const char *new,
                   hone_status status, const char *want) {
    char *text = replaced(good, old, new);
    hone_foreign_model model = {0};
    hone_error err = {HONE_OK, ""};
    const char *path = write_text(text, strlen(text));
    cr_assert_eq(kind->read(path, &model, &err), status, "%s: %s", new, err.message);
    if (status != HONE_OK) {
        cr_assert_not_null(strstr(err.message, want), "%s: %s", new, err.message);
        cr_assert_eq(strncmp(err.message, path, strlen(path)), 0, "%s", err.message);
    }
    hone_foreign_free(&model);
    free(text);
}

Test(foreign_trees, damage_is_a_sentence_with_tree_and_node) {
    refuse(&KINDS[0], XGBOOST, "learner", "learner", HONE_OK, "");
    refuse(&KINDS[1], LIGHTGBM, "tree", "tree", HONE_OK, "");
    for (size_t i = 0; i < sizeof BAD_XGBOOST / sizeof *BAD_XGBOOST; i++)
        refuse(&KINDS[0], XGBOOST, BAD_XGBOOST[i].old, BAD_XGBOOST[i].new, BAD_XGBOOST[i].status,
               BAD_XGBOOST[i].want);
    for (size_t i = 0; i < sizeof BAD_LIGHTGBM / sizeof *BAD_LIGHTGBM; i++)
        refuse(&KINDS[1], LIGHTGBM, BAD_LIGHTGBM[i].old, BAD_LIGHTGBM[i].new,
               BAD_LIGHTGBM[i].status, BAD_LIGHTGBM[i].want);
}

/* Every allocation of a reader may fail. */
Test(foreign_trees, without_memory_there_is_a_sentence_and_no_leak) {
    static const char *const texts[] = {XGBOOST, LIGHTGBM};
    for (size_t k = 0; k < 2; k++) {
        const char *path = write_text(texts[k], strlen(texts[k]));
        long fails = 1;
        for (;; fails++) {
            hone_foreign_model model = {0};
            hone_error err = {HONE_OK, ""};
            long live = hone_alloc_live();
            hone_alloc_fail_at(fails, 0);
            hone_status status = KINDS[k].read(path, &model, &err);
            hone_alloc_fail_at(0, 0);
            hone_foreign_free(&model);
            cr_assert_eq(hone_alloc_live(), live, "%s: allocation %ld", KINDS[k].name, fails);
            if (status == HONE_OK)
                break;
            cr_assert_eq(status, HONE_ENOMEM, "%s: allocation %ld: %s", KINDS[k].name, fails,
                         err.message);
        }
        cr_assert_gt(fails, 15);
    }
}

/* ---- thresholds of single precision ---------------------------------------------------------- */

/* Around the threshold, where doubles round to the floats beside it. */
static void check_threshold(float f) {
    double t = hone_threshold_of_float(f);
    float around[] = {f, nextafterf(f, -INFINITY), nextafterf(f, INFINITY), 0.0f, -f};
    for (size_t i = 0; i < 5; i++)
        for (int k = -60; k <= 60; k++) {
            double step = fmax(fabs((double)f), 0x1p-126) * 0x1p-25, x = around[i] + k * step / 16;
            for (int s = -1; s <= 1; s++) {
                double at = s ? nextafter(x, s < 0 ? -INFINITY : INFINITY) : x;
                cr_assert_eq(at <= t, (float)at < f, "f = %a, x = %a", (double)f, at);
            }
        }
    cr_assert(t <= t && (float)t < f && !((float)nextafter(t, INFINITY) < f), "%a", (double)f);
    cr_assert_eq(hone_float_of_threshold(t), f, "%a", (double)f);
}

Test(foreign_trees, thresholds_of_floats_are_exact_for_doubles) {
    static const float special[] = {0,        -0.0f,           1,       -1,       0.1f,    0.3f,
                                    1e-45f,   -1e-45f,         FLT_MIN, -FLT_MIN, FLT_MAX, -FLT_MAX,
                                    2.8e-45f, 1.17549421e-38f, 3e38f,   0x1p24f};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        check_threshold(special[i]);
    uint32_t bits = 12345;
    for (int i = 0; i < 2000; i++) {
        float f;
        bits = bits * 1664525u + 1013904223u;
        memcpy(&f, &bits, sizeof f);
        if (isfinite(f))
            check_threshold(f);
    }
}

/* Decimals, as data hold them, at a threshold or just behind it keep their sides as floats. */
Test(foreign_trees, values_beside_a_threshold_keep_their_side_as_floats) {
    for (int i = -20000; i < 20000; i++) {
        double value = i / 100.0, before = nextafter(value, -INFINITY);
        float f = hone_float_of_threshold(value), g = hone_float_of_threshold(before);
        cr_assert((float)value < f && !((float)((i + 1) / 100.0) < f), "<= %.17g", value);
        cr_assert(!((float)value < g) && (float)((i - 1) / 100.0) < g, "< %.17g", value);
    }
    cr_assert_eq(hone_float_of_threshold(1 + 0x1p-24), 1 + 0x1p-23f, "between two floats");
    cr_assert_eq(hone_float_of_threshold(1 + 0x1p-23 + 0x1p-24), 1 + 0x1p-22f, "the next two");
    cr_assert_eq(hone_float_of_threshold(INFINITY), FLT_MAX);
    cr_assert_eq(hone_float_of_threshold(-INFINITY), -FLT_MAX);
}
