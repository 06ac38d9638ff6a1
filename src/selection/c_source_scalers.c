/* c_source_scalers.c -- what stands in front of a model as C: scalers, the imputer, the one-hot
 * encoder. Missing cells stay missing where the library keeps them.
 * Cost: O(columns). */
#include "selection/c_source.h"

#include "preprocess/scaler.h"

#include <hone/text.h>

#include <string.h>

/* z = (x - shift) / scale */
static hone_status put_scaler(const hone_c_part *part, hone_error *err) {
    const struct hone_scaler *s = hone_estimator_state(part->est);
    (void)err;
    hone_c_reals(part, "shift", s->shift, part->n_in);
    hone_c_reals(part, "scale", s->scale, part->n_in);
    hone_c_open(part);
    fprintf(part->file,
            "    for (int j = 0; j < %zu; j++)\n"
            "        out[j] = (x[j] - s%zu_shift[j]) / s%zu_scale[j];\n}\n",
            part->n_in, part->number, part->number);
    return HONE_OK;
}

static bool clips(const hone_estimator *est) {
    char text[16] = "";
    return hone_get(est, "clip", text, sizeof text, NULL) == HONE_OK && strcmp(text, "true") == 0;
}

static void put_clip(const hone_c_part *part, double low, double high) {
    if (!clips(part->est))
        return;
    fprintf(part->file, "    for (int j = 0; j < %zu; j++)\n        out[j] = out[j] < ",
            part->n_in);
    hone_c_real(part->file, low);
    fputs(" ? ", part->file);
    hone_c_real(part->file, low);
    fputs(" : out[j] > ", part->file);
    hone_c_real(part->file, high);
    fputs(" ? ", part->file);
    hone_c_real(part->file, high);
    fputs(" : out[j];\n", part->file);
}

static double param(const hone_estimator *est, const char *name, double otherwise) {
    char text[HONE_NUMBER_SIZE];
    double value;
    return hone_get(est, name, text, sizeof text, NULL) == HONE_OK &&
                   hone_parse_double(text, &value)
               ? value
               : otherwise;
}

/* z = (x - min) / (max - min) * (high - low) + low */
static hone_status put_min_max(const hone_c_part *part, hone_error *err) {
    double low = param(part->est, "feature_range_low", 0);
    double high = param(part->est, "feature_range_high", 1);
    hone_view min, max;
    hone_status status = hone_get_array(part->est, "data_min", &min, err);
    if (status == HONE_OK)
        status = hone_get_array(part->est, "data_max", &max, err);
    if (status != HONE_OK)
        return status;
    hone_c_reals(part, "min", min.data, part->n_in);
    hone_c_reals(part, "max", max.data, part->n_in);
    hone_c_open(part);
    fprintf(part->file,
            "    for (int j = 0; j < %zu; j++) {\n"
            "        double width = s%zu_max[j] - s%zu_min[j];\n"
            "        out[j] = (x[j] - s%zu_min[j]) / (width > 0 ? width : 1) * ",
            part->n_in, part->number, part->number, part->number);
    hone_c_real(part->file, high - low);
    fputs(" + ", part->file);
    hone_c_real(part->file, low);
    fputs(";\n    }\n", part->file);
    put_clip(part, low, high);
    fputs("}\n", part->file);
    return HONE_OK;
}

static hone_status put_max_abs(const hone_c_part *part, hone_error *err) {
    hone_view largest;
    hone_status status = hone_get_array(part->est, "max_abs", &largest, err);
    if (status != HONE_OK)
        return status;
    hone_c_reals(part, "max_abs", largest.data, part->n_in);
    hone_c_open(part);
    fprintf(part->file,
            "    for (int j = 0; j < %zu; j++)\n"
            "        out[j] = x[j] / (s%zu_max_abs[j] > 0 ? s%zu_max_abs[j] : 1);\n",
            part->n_in, part->number, part->number);
    put_clip(part, -1, 1);
    fputs("}\n", part->file);
    return HONE_OK;
}

static hone_status put_imputer(const hone_c_part *part, hone_error *err) {
    hone_view statistics;
    hone_status status = hone_get_array(part->est, "statistics", &statistics, err);
    if (status != HONE_OK)
        return status;
    hone_c_reals(part, "statistics", statistics.data, part->n_in);
    hone_c_open(part);
    fprintf(part->file,
            "    for (int j = 0; j < %zu; j++)\n"
            "        out[j] = x[j] != x[j] ? s%zu_statistics[j] : x[j];\n}\n",
            part->n_in, part->number);
    return HONE_OK;
}

/* ---- one_hot_encoder ------------------------------------------------------------------------- */

struct columns {
    const hone_schema *schema;
    bool drop_first, drop_binary;
};

static int32_t levels_of(const void *context, size_t j) {
    const struct columns *c = context;
    const hone_column *column = &c->schema->columns[j];
    return column->kind == HONE_CATEGORICAL ? (int32_t)column->n_levels : -1;
}

static int32_t dropped_of(const void *context, size_t j) {
    const struct columns *c = context;
    int32_t levels = levels_of(context, j);
    return (c->drop_first && levels >= 1) || (c->drop_binary && levels == 2);
}

static hone_status put_one_hot(const hone_c_part *part, hone_error *err) {
    char drop[32], unknown[32];
    hone_status status = hone_get(part->est, "drop", drop, sizeof drop, err);
    if (status == HONE_OK)
        status = hone_get(part->est, "handle_unknown", unknown, sizeof unknown, err);
    if (status != HONE_OK)
        return status;
    if (strcmp(unknown, "ignore") != 0)
        return hone_fail(err, HONE_EUNSUPPORTED,
                         "one_hot_encoder: C has no handle_unknown=%s, only ignore", unknown);
    struct columns columns = {hone_input_schema(part->est), strcmp(drop, "first") == 0,
                              strcmp(drop, "if_binary") == 0};
    hone_c_wholes(part, "levels", levels_of, &columns, part->n_in);
    hone_c_wholes(part, "dropped", dropped_of, &columns, part->n_in);
    hone_c_open(part);
    size_t s = part->number;
    fprintf(part->file,
            "    for (int j = 0; j < %zu; j++) {\n"
            "        int32_t levels = s%zu_levels[j], skip = s%zu_dropped[j];\n"
            "        if (levels < 0) {\n"
            "            *out++ = x[j];\n"
            "            continue;\n"
            "        }\n"
            "        for (int32_t k = skip; k < levels; k++)\n"
            "            *out++ = x[j] >= 0 && x[j] < levels && (int32_t)x[j] == k;\n"
            "    }\n}\n",
            part->n_in, s, s);
    return HONE_OK;
}

const hone_c_kind hone_c_scaler_kinds[] = {
    {"standard_scaler", NULL, put_scaler},
    {"robust_scaler", NULL, put_scaler},
    {"min_max_scaler", NULL, put_min_max},
    {"max_abs_scaler", NULL, put_max_abs},
    {"simple_imputer", NULL, put_imputer},
    {"one_hot_encoder", NULL, put_one_hot},
    {NULL, NULL, NULL},
};
