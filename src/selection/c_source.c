/* c_source.c -- a fitted model, or a pipeline that ends in one, as a self-contained C99 file.
 *
 * Tables of numbers and one short function for each step; nothing is allocated, nothing but exp()
 * is needed of libm. Numbers have the fewest digits that read back to the same bits. Cost: O(size
 * of the model). */
#include "selection/c_source.h"

#include <hone/interop.h>
#include <hone/text.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

enum { MOST_BETWEEN = 1 << 16 /* columns between steps: they are on the stack */ };

/* ---- tables ---------------------------------------------------------------------------------- */

void hone_c_real(FILE *file, double value) {
    char text[HONE_NUMBER_SIZE];
    if (isfinite(value))
        fputs(hone_write_double(value, text), file);
    else
        fputs(isnan(value) ? "NAN" : value > 0 ? "INFINITY" : "-INFINITY", file);
}

static void put_break(FILE *file, size_t i) {
    fputs(i % 8 == 0 ? i ? ",\n    " : "\n    " : ", ", file);
}

void hone_c_reals(const hone_c_part *part, const char *name, const double *values, size_t n) {
    fprintf(part->file, "static const double s%zu_%s[%zu] = {", part->number, name, n);
    for (size_t i = 0; i < n; i++) {
        put_break(part->file, i);
        hone_c_real(part->file, values[i]);
    }
    fputs("\n};\n", part->file);
}

void hone_c_wholes(const hone_c_part *part, const char *name, hone_c_whole_fn *fn,
                   const void *context, size_t n) {
    fprintf(part->file, "static const int32_t s%zu_%s[%zu] = {", part->number, name, n);
    for (size_t i = 0; i < n; i++) {
        put_break(part->file, i);
        fprintf(part->file, "%ld", (long)fn(context, i));
    }
    fputs("\n};\n", part->file);
}

void hone_c_open(const hone_c_part *part) {
    fprintf(part->file, "\nstatic void s%zu(const double *x, double *out) {\n", part->number);
}

/* ---- common functions ------------------------------------------------------------------------ */

/* The same series as in linalg/elementwise.c, and so the same bits. */
static const char EXP[] =
    "/* e^x to the last bits, by the same sums on every machine. */\n"
    "static double exp_of(double x) {\n"
    "    double inside = x < -708.0 ? -708.0 : x > 709.0 ? 709.0 : x;\n"
    "    double shifted = inside * 0x1.71547652b82fep+0 + 0x1.8p52;\n"
    "    double k = shifted - 0x1.8p52;\n"
    "    double r = (inside - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;\n"
    "    double sum = 1.0 / 6227020800.0, term = 6227020800.0;\n"
    "    uint64_t bits, steps;\n"
    "    for (int i = 13; i > 2; i--)\n"
    "        sum = sum * r + 1.0 / (term /= i);\n"
    "    sum = sum * r * r + r + 1.0;\n"
    "    memcpy(&bits, &sum, sizeof bits);\n"
    "    memcpy(&steps, &shifted, sizeof steps);\n"
    "    bits += steps << 52;\n"
    "    memcpy(&sum, &bits, sizeof sum);\n"
    "    return x < -708.0 ? 0.0 : x > 709.0 ? INFINITY : sum;\n"
    "}\n\n";

static const char SOFTMAX[] = "static void softmax(double *z, int n) {\n"
                              "    double top = z[0], sum = 0;\n"
                              "    for (int k = 1; k < n; k++)\n"
                              "        top = z[k] > top ? z[k] : top;\n"
                              "    for (int k = 0; k < n; k++)\n"
                              "        sum += z[k] = exp_of(z[k] - top);\n"
                              "    for (int k = 0; k < n; k++)\n"
                              "        z[k] /= sum;\n"
                              "}\n\n";

static const char DOT[] =
    "static double dot(int n, const double *x, const double *y) {\n"
    "    double s[8] = {0}, rest = 0;\n"
    "    int i = 0;\n"
    "    for (; i + 8 <= n; i += 8)\n"
    "        for (int k = 0; k < 8; k++)\n"
    "            s[k] += x[i + k] * y[i + k];\n"
    "    for (; i < n; i++)\n"
    "        rest += x[i] * y[i];\n"
    "    return (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))) + rest;\n"
    "}\n\n";

/* ---- steps ----------------------------------------------------------------------------------- */

static const hone_c_kind *kind_of(const hone_estimator *est) {
    const hone_c_kind *const tables[] = {hone_c_tree_kinds, hone_c_linear_kinds,
                                         hone_c_scaler_kinds, hone_c_mlp_kinds};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const hone_c_kind *kind = tables[i]; kind->name; kind++)
            if (strcmp(kind->name, hone_name(est)) == 0)
                return kind;
    return NULL;
}

static bool is_pipeline(const hone_estimator *est) {
    return strcmp(hone_name(est), "pipeline") == 0;
}

/* Steps of a pipeline, those of pipelines in it one by one. */
static size_t count_steps(const hone_estimator *est) {
    size_t n = 0;
    for (size_t i = 0; is_pipeline(est) && i < hone_n_steps(est); i++)
        n += count_steps(hone_step(est, i));
    return is_pipeline(est) ? n : 1;
}

static const hone_estimator *step_at(const hone_estimator *est, size_t number) {
    for (size_t i = 0; is_pipeline(est); i++) {
        const hone_estimator *step = hone_step(est, i);
        size_t n = count_steps(step);
        if (number < n)
            return step_at(step, number);
        number -= n;
    }
    return est;
}

static size_t outputs_of(const hone_estimator *est) {
    return hone_n_classes(est) ? hone_n_classes(est) : 1;
}

/* Can all of it be written? */
static hone_status check(const hone_estimator *est, hone_error *err) {
    size_t n = count_steps(est);
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; there is nothing to write",
                         hone_name(est));
    for (size_t i = 0; i < n; i++) {
        const hone_estimator *step = step_at(est, i);
        bool last = i + 1 == n, scales = hone_output_schema(step) != NULL;
        if (!kind_of(step))
            return hone_fail(err, HONE_EUNSUPPORTED,
                             "%s: cannot be written as C; trees, forests, boosting, linear models "
                             "with probabilities or values, mlp, scalers, simple_imputer and "
                             "one_hot_encoder can",
                             hone_name(step));
        if (last == scales)
            return hone_fail(err, HONE_EUNSUPPORTED, "%s: a model as C ends with what predicts",
                             hone_name(step));
        if (!last && hone_output_schema(step)->n_columns > MOST_BETWEEN)
            return hone_fail(err, HONE_EUNSUPPORTED,
                             "%s: gives more than %d columns; C keeps them "
                             "on the stack",
                             hone_name(step), MOST_BETWEEN);
    }
    return HONE_OK;
}

static hone_status put_steps(FILE *file, const hone_estimator *est, hone_error *err) {
    unsigned uses = 0;
    hone_status status = HONE_OK;
    for (size_t i = 0; i < count_steps(est); i++) {
        const hone_c_kind *kind = kind_of(step_at(est, i));
        uses |= kind->uses ? kind->uses(step_at(est, i)) : 0;
    }
    fputs(uses & (HONE_C_EXP | HONE_C_SOFTMAX) ? EXP : "", file);
    fputs(uses & HONE_C_SOFTMAX ? SOFTMAX : "", file);
    fputs(uses & HONE_C_DOT ? DOT : "", file);
    for (size_t i = 0; i < count_steps(est) && status == HONE_OK; i++) {
        const hone_estimator *step = step_at(est, i);
        const hone_schema *out = hone_output_schema(step);
        hone_c_part part = {file, i, step, hone_input_schema(step)->n_columns,
                            out ? out->n_columns : outputs_of(step)};
        fprintf(file, "/* ---- %s */\n\n", hone_name(step));
        status = kind_of(step)->put(&part, err);
        fputc('\n', file);
    }
    return status;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Text from outside, so that no comment ends and no line breaks in it. */
static void put_text(FILE *file, const char *text) {
    char before = ' ';
    for (; *text; before = *text++) {
        unsigned char c = (unsigned char)*text;
        fputc(c < 0x20 || c == 0x7f || (before == '*' && c == '/') ? '?' : c, file);
    }
}

static void put_column(FILE *file, const hone_column *column, size_t j) {
    fprintf(file, " *   x[%zu] ", j);
    put_text(file, column->name);
    for (size_t k = 0; column->kind == HONE_CATEGORICAL && k < column->n_levels && k < 100; k++) {
        fprintf(file, "%s %zu ", k ? "," : ":", k);
        put_text(file, column->levels[k]);
    }
    fputs(column->kind == HONE_CATEGORICAL && column->n_levels > 100 ? ", ...\n" : "\n", file);
}

static void put_answer(FILE *file, const hone_estimator *est) {
    const hone_schema *schema = hone_input_schema(est);
    size_t k = hone_n_classes(est);
    const hone_column *target = schema->n_targets ? &schema->targets[0] : NULL;
    if (k == 0)
        fputs(" *   out[0] the value predicted\n", file);
    for (size_t c = 0; c < k; c++) {
        size_t level = target && target->n_levels == k ? c : (size_t)hone_classes(est)[c];
        fprintf(file, " *   out[%zu] probability of ", c);
        if (target && level < target->n_levels)
            put_text(file, target->levels[level]);
        else
            hone_c_real(file, hone_classes(est)[c]);
        fputc('\n', file);
    }
}

static void put_head(FILE *file, const hone_estimator *est, const char *name) {
    const hone_schema *schema = hone_input_schema(est);
    fprintf(file,
            "/* %s, written by hone %s as C99.\n *\n"
            " *     void %s_predict(const double *x, double *out);\n *\n"
            " * x has %zu columns; NaN is a missing value; of categories a column has the code,\n"
            " * one that is new counts as the number of codes. Compile without -ffast-math.\n",
            hone_name(step_at(est, count_steps(est) - 1)), hone_version(), name, schema->n_columns);
    for (size_t j = 0; j < schema->n_columns; j++)
        put_column(file, &schema->columns[j], j);
    put_answer(file, est);
    fprintf(file,
            " */\n#include <math.h>\n#include <stdint.h>\n#include <string.h>\n\n"
            "void %s_predict(const double *x, double *out);\n\n",
            name);
}

static void put_predict(FILE *file, const hone_estimator *est, const char *name) {
    size_t n = count_steps(est);
    fprintf(file, "void %s_predict(const double *x, double *out) {\n", name);
    for (size_t i = 0; i + 1 < n; i++)
        fprintf(file, "    double x%zu[%zu];\n", i + 1,
                hone_output_schema(step_at(est, i))->n_columns);
    for (size_t i = 0; i < n; i++) {
        fprintf(file, "    s%zu(", i);
        fprintf(file, i ? "x%zu, " : "x, ", i);
        fprintf(file, i + 1 < n ? "x%zu);\n" : "out);\n", i + 1);
    }
    fputs("}\n", file);
}

void hone_c_name(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/'), *at = slash ? slash + 1 : path;
    const char *dot = strrchr(at, '.');
    size_t n = 0;
    if (isdigit((unsigned char)*at) || at == dot || !*at)
        out[n++] = 'm';
    for (; *at && at != dot && n + 1 < size; at++)
        out[n++] =
            *at == '_' || (isalnum((unsigned char)*at) && (unsigned char)*at < 0x80) ? *at : '_';
    out[n] = '\0';
}

hone_status hone_c_save(const hone_estimator *est, const char *path, hone_error *err) {
    char name[128];
    hone_status status = check(est, err);
    if (status != HONE_OK)
        return status;
    hone_c_name(path, name, sizeof name);
    FILE *file = fopen(path, "we");
    if (!file)
        return hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno));
    put_head(file, est, name);
    status = put_steps(file, est, err);
    put_predict(file, est, name);
    bool bad = ferror(file);
    bad |= fclose(file) != 0;
    return status == HONE_OK && bad ? hone_fail(err, HONE_EIO, "%s: %s", path, strerror(errno))
                                    : status;
}
