/* xgboost_read.c -- a model that XGBoost has written as JSON, as a fitted booster.
 *
 * XGBoost goes left when (float)x < threshold (float.c says the same of doubles), to the
 * default side when x is missing, and right when a category is in the node's list. Its sums are
 * single, ours double. base_score is given as an answer; the raw score it stands for is base.
 * Trees stand by iterations, in these by classes; ours alternate between the classes.
 * Cost: O(bytes).   Reference: doc/model.schema of XGBoost 3.2. */
#include "classic/foreign/xgboost.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"
#include "data/bytes.h"

#include <math.h>
#include <string.h>

enum { MOST_COLUMNS = 1 << 20, MOST_OUTPUTS = 1 << 20 };

const struct hone_xgboost_objective hone_xgboost_objectives[] = {
    {"binary:logistic", true, HONE_LOSS_LOG, "log_loss", HONE_LINK_LOGIT},
    {"multi:softprob", true, HONE_LOSS_LOG, "log_loss", HONE_LINK_NONE},
    {"reg:squarederror", false, HONE_LOSS_SQUARED, "squared_error", HONE_LINK_NONE},
    {"reg:absoluteerror", false, HONE_LOSS_ABSOLUTE, "absolute_error", HONE_LINK_NONE},
    {"reg:pseudohubererror", false, HONE_LOSS_HUBER, "huber", HONE_LINK_NONE},
    {"reg:quantileerror", false, HONE_LOSS_QUANTILE, "quantile", HONE_LINK_NONE},
    {"count:poisson", false, HONE_LOSS_POISSON, "poisson", HONE_LINK_LOG},
    {"reg:gamma", false, HONE_LOSS_GAMMA, "gamma", HONE_LINK_LOG},
    {"reg:tweedie", false, HONE_LOSS_TWEEDIE, "tweedie", HONE_LINK_LOG},
    /* read only: what has the answers of one above */
    {"binary:logitraw", true, HONE_LOSS_LOG, "log_loss", HONE_LINK_NONE},
    {"reg:logistic", true, HONE_LOSS_LOG, "log_loss", HONE_LINK_LOGIT},
    {"multi:softmax", true, HONE_LOSS_LOG, "log_loss", HONE_LINK_NONE},
    {"reg:linear", false, HONE_LOSS_SQUARED, "squared_error", HONE_LINK_NONE},
    {"reg:squaredlogerror", false, HONE_LOSS_SQUARED, "squared_error", HONE_LINK_NONE},
    {"rank:pairwise", false, HONE_LOSS_SQUARED, "squared_error", HONE_LINK_NONE},
    {"rank:ndcg", false, HONE_LOSS_SQUARED, "squared_error", HONE_LINK_NONE},
    {"rank:map", false, HONE_LOSS_SQUARED, "squared_error", HONE_LINK_NONE},
    {"survival:cox", false, HONE_LOSS_POISSON, "poisson", HONE_LINK_LOG},
    {"survival:aft", false, HONE_LOSS_POISSON, "poisson", HONE_LINK_LOG},
    {NULL, false, 0, NULL, HONE_LINK_NONE},
};

/* ---- small pieces ---------------------------------------------------------------------------- */

struct reader {
    hone_foreign_model *m;
    const hone_json *learner, *booster; /* booster: what holds "model" */
    const struct hone_xgboost_objective *objective;
};

/* A count, written as text or as a number. */
static bool read_count(const hone_json *object, const char *key, size_t most, size_t *out) {
    const hone_json *value = hone_json_get(object, key);
    const char *text = hone_json_as_text(value);
    long long whole;
    double number;
    if (text && hone_parse_double(text, &number) && number >= 0 && number <= (double)most &&
        number == floor(number)) {
        *out = (size_t)number;
        return true;
    }
    if (!hone_json_as_integer(value, &whole) || whole < 0 || (size_t)whole > most)
        return false;
    *out = (size_t)whole;
    return true;
}

static hone_status missing(const struct reader *in, const char *what, hone_error *err) {
    return hone_foreign_fail(in->m, err, "not a model of XGBoost: %s is missing or unreadable",
                             what);
}

/* ---- what it answers ------------------------------------------------------------------------- */

static hone_status find_objective(struct reader *in, hone_error *err) {
    const char *name =
        hone_json_as_text(hone_json_get(hone_json_get(in->learner, "objective"), "name"));
    if (!name)
        return missing(in, "learner.objective.name", err);
    for (in->objective = hone_xgboost_objectives; in->objective->name; in->objective++)
        if (strcmp(in->objective->name, name) == 0)
            return HONE_OK;
    return hone_foreign_cannot(in->m, err, "hone has nothing like the objective %.60s", name);
}

static double raw_of(enum hone_xgboost_link link, double answer) {
    return link == HONE_LINK_LOGIT ? log(answer / (1 - answer))
           : link == HONE_LINK_LOG ? log(answer)
                                   : answer;
}

/* base_score: "5E-1", or "[5E-1,1E0,...]" with a number for each group. */
static hone_status read_base(const struct reader *in, const hone_json *param, hone_error *err) {
    const char *text = hone_json_as_text(hone_json_get(param, "base_score"));
    if (!text)
        return missing(in, "learner_model_param.base_score", err);
    const char *end = text + strlen(text);
    bool vector = end - text >= 2 && *text == '[' && end[-1] == ']';
    const char *at = text + vector, *stop = end - vector;
    double answer = NAN, raw = NAN;
    for (size_t g = 0; g < in->m->n_groups; g++) {
        if (g == 0 || at < stop) { /* one number stands for all */
            at = hone_read_double(at + (g > 0), stop, &answer);
            raw = at ? raw_of(in->objective->link, (float)answer) : NAN;
        }
        if (!isfinite(raw) || (at < stop && *at != ','))
            return hone_foreign_fail(in->m, err, "base_score %.60s is impossible with %s", text,
                                     in->objective->name);
        in->m->state->trees.base[hone_foreign_output(in->m, g)] +=
            hone_foreign_sign(in->m, g) * raw;
    }
    return at == stop ? HONE_OK
                      : hone_foreign_fail(in->m, err, "base_score has more than %zu numbers",
                                          in->m->n_groups);
}

static hone_status read_head(struct reader *in, hone_error *err) {
    const hone_json *param = hone_json_get(in->learner, "learner_model_param");
    size_t n_cols, n_classes, n_targets = 1;
    hone_status status = find_objective(in, err);
    if (status != HONE_OK)
        return status;
    if (!read_count(param, "num_feature", MOST_COLUMNS, &n_cols) || n_cols == 0)
        return missing(in, "learner_model_param.num_feature", err);
    if (!read_count(param, "num_class", MOST_OUTPUTS, &n_classes))
        return missing(in, "learner_model_param.num_class", err);
    if (hone_json_get(param, "num_target") &&
        (!read_count(param, "num_target", MOST_OUTPUTS, &n_targets) || n_targets != 1))
        return hone_foreign_cannot(in->m, err, "models of several targets are not read");
    bool many = strncmp(in->objective->name, "multi:", 6) == 0;
    if (many ? n_classes < 2 : n_classes > 1)
        return hone_foreign_fail(in->m, err, "num_class is %zu with %s", n_classes,
                                 in->objective->name);
    if ((status = hone_foreign_begin(in->m, n_cols, many ? n_classes : 1, err)))
        return status;
    in->m->of_classes = in->objective->classes;
    in->m->loss = in->objective->word;
    in->m->state->loss = in->objective->loss;
    in->m->state->n_classes = many ? n_classes : in->objective->classes ? 2 : 0;
    return read_base(in, param, err);
}

/* ---- columns --------------------------------------------------------------------------------- */

static hone_status read_names(struct reader *in, hone_error *err) {
    const hone_json *names = hone_json_get(in->learner, "feature_names");
    const hone_json *types = hone_json_get(in->learner, "feature_types");
    size_t n = in->m->n_cols;
    hone_status status = HONE_OK;
    if ((hone_json_size(names) && hone_json_size(names) != n) ||
        (hone_json_size(types) && hone_json_size(types) != n))
        return hone_foreign_fail(in->m, err, "feature_names or feature_types are not %zu", n);
    for (size_t j = 0; j < hone_json_size(names) && status == HONE_OK; j++) {
        const char *name = hone_json_as_text(hone_json_at(names, j));
        status = name ? hone_text_copy(name, &in->m->columns[j].name, err)
                      : hone_foreign_fail(in->m, err, "feature name %zu is no text", j);
    }
    for (size_t j = 0; j < hone_json_size(types) && status == HONE_OK; j++) {
        const char *type = hone_json_as_text(hone_json_at(types, j));
        in->m->columns[j].categorical = type && strcmp(type, "c") == 0;
        in->m->columns[j].numeric = !in->m->columns[j].categorical;
    }
    return status;
}

/* Bytes first .. end-1 of a list of them: a name in UTF-8. */
static hone_status read_name(const struct reader *in, const hone_json *bytes, size_t first,
                             size_t end, char **out, hone_error *err) {
    hone_status status = hone_new(out, end - first + 1, err);
    for (size_t i = first; i < end && status == HONE_OK; i++) {
        double byte = hone_json_as_real(hone_json_at(bytes, i));
        if (!(byte >= -128 && byte <= 255) || byte == 0)
            return hone_foreign_fail(in->m, err, "a category's name holds no text");
        (*out)[i - first] = (char)(int)byte;
    }
    return status;
}

/* Category k of a column: "values" are its number, or the bytes from "offsets" k to k + 1. */
static hone_status read_category(const struct reader *in, const hone_json *column, size_t k,
                                 char **out, hone_error *err) {
    const hone_json *offsets = hone_json_get(column, "offsets");
    const hone_json *values = hone_json_get(column, "values");
    char text[HONE_NUMBER_SIZE];
    if (!offsets)
        return hone_text_copy(hone_write_double(hone_json_as_real(hone_json_at(values, k)), text),
                              out, err);
    double first = hone_json_as_real(hone_json_at(offsets, k));
    double end = hone_json_as_real(hone_json_at(offsets, k + 1));
    if (!(first >= 0 && end >= first && end <= (double)hone_json_size(values)))
        return hone_foreign_fail(in->m, err, "offsets of the categories' names are out of range");
    return read_name(in, values, (size_t)first, (size_t)end, out, err);
}

/* cats: names of the categories, where the data had some (from 3.1 on). */
static hone_status read_categories(struct reader *in, hone_error *err) {
    const hone_json *cats = hone_json_get(hone_json_get(in->booster, "model"), "cats");
    const hone_json *enc = hone_json_get(cats, "enc");
    size_t n = hone_json_size(enc);
    hone_status status = HONE_OK;
    if (n != 0 && n != in->m->n_cols)
        return hone_foreign_fail(in->m, err, "cats are of %zu columns, expected %zu", n,
                                 in->m->n_cols);
    for (size_t j = 0; j < n && status == HONE_OK; j++) {
        const hone_json *one = hone_json_at(enc, j), *offsets = hone_json_get(one, "offsets");
        hone_foreign_column *column = &in->m->columns[j];
        size_t names = hone_json_size(offsets ? offsets : hone_json_get(one, "values"));
        names -= offsets && names > 0;
        if (!column->categorical || names == 0)
            continue;
        status = hone_new(&column->names, names, err);
        for (size_t k = 0; k < names && status == HONE_OK; k++) {
            column->n_names = k + 1; /* one that failed is freed with the others */
            status = read_category(in, one, k, &column->names[k], err);
        }
    }
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* A linear booster: weights of column j for group k at j K + k, the constants last. XGBoost begins
 * all its groups at the first number of base_score, whatever the others are. */
static hone_status read_linear(const struct reader *in, hone_error *err) {
    const hone_json *weights = hone_json_get(hone_json_get(in->booster, "model"), "weights");
    struct gbdt_state *s = in->m->state;
    size_t k = in->m->n_groups, m = in->m->n_cols;
    if (hone_json_size(weights) != (m + 1) * k)
        return hone_foreign_fail(in->m, err, "a linear booster of %zu columns has %zu weights", m,
                                 hone_json_size(weights));
    hone_status status = hone_new2(&s->coef, s->trees.n_outputs, m, err);
    if (status != HONE_OK)
        return status;
    s->n_coefs = m;
    for (size_t o = 0; o < s->trees.n_outputs; o++)
        s->trees.base[o] = k == 2 ? 0 : s->trees.base[0];
    for (size_t i = 0; i < (m + 1) * k; i++) {
        double w = (float)hone_json_as_real(hone_json_at(weights, i));
        if (!isfinite(w))
            return hone_foreign_fail(in->m, err, "weight %zu is no finite number", i);
        size_t output = hone_foreign_output(in->m, i % k);
        *(i < m * k ? &s->coef[output * m + i / k] : &s->trees.base[output]) +=
            hone_foreign_sign(in->m, i % k) * w;
    }
    return HONE_OK;
}

static hone_status read_booster(struct reader *in, hone_error *err) {
    const hone_json *booster = hone_json_get(in->learner, "gradient_booster"), *drop = NULL;
    const char *name = hone_json_as_text(hone_json_get(booster, "name"));
    if (!name)
        return missing(in, "learner.gradient_booster.name", err);
    in->booster = booster;
    if (strcmp(name, "gblinear") == 0)
        return read_linear(in, err);
    if (strcmp(name, "dart") == 0) {
        in->booster = hone_json_get(booster, "gbtree");
        drop = hone_json_get(booster, "weight_drop");
        if (!drop)
            return missing(in, "gradient_booster.weight_drop", err);
    } else if (strcmp(name, "gbtree") != 0)
        return hone_foreign_cannot(in->m, err, "unknown kind of booster %.60s", name);
    hone_status status = read_categories(in, err);
    return status != HONE_OK
               ? status
               : hone_xgboost_read_trees(in->m, hone_json_get(in->booster, "model"), drop, err);
}

/* XGBoost before 3 wrote NaN where a threshold means nothing, which is no JSON: outside of texts it
 * becomes a text of the same length, which is no number either. */
static void mask_nan(char *text, size_t size) {
    bool inside = false;
    for (size_t i = 0; i + 3 <= size; i++) {
        if (inside && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            inside = !inside;
        else if (!inside && memcmp(text + i, "NaN", 3) == 0)
            memcpy(text + i, "\"-\"", 3), i += 2;
    }
}

static hone_status parse(const hone_bytes *bytes, hone_json **out, hone_error *err) {
    char *copy = NULL;
    if (!memmem(bytes->data, bytes->size, "NaN", 3))
        return hone_json_parse(bytes->data, bytes->size, out, err);
    hone_status status = hone_new(&copy, bytes->size, err);
    if (status == HONE_OK) {
        memcpy(copy, bytes->data, bytes->size);
        mask_nan(copy, bytes->size);
        status = hone_json_parse(copy, bytes->size, out, err);
    }
    hone_release(copy);
    return status;
}

hone_status hone_xgboost_read(const char *path, hone_foreign_model *out, hone_error *err) {
    struct reader in = {.m = out};
    hone_bytes bytes = {0};
    hone_json *json = NULL;
    out->path = path;
    hone_status status = hone_bytes_load(path, path, NULL, &bytes, err);
    if (status != HONE_OK)
        goto done;
    if ((status = parse(&bytes, &json, err))) {
        status = hone_fail_within(err, status, "%s", path);
        goto done;
    }
    in.learner = hone_json_get(json, "learner");
    if (!in.learner) {
        status = missing(&in, "learner", err);
        goto done;
    }
    if ((status = read_head(&in, err)) || (status = read_names(&in, err)))
        goto done;
    status = read_booster(&in, err);
done:
    hone_json_free(json);
    hone_bytes_free(&bytes);
    return status;
}
