/* c_check.c -- a model written as C, compiled, run on all rows and compared with the model itself.
 *
 * In a folder of its own lie a main() that reads rows and writes answers as raw doubles, the
 * program, its input and its output; all are taken away again.
 * Cost: a compilation, and O(rows) on one thread. */
#include "selection/c_source.h"

#include "core/run.h"

#include <hone/interop.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct check {
    const hone_estimator *est;
    const hone_dataset *data;
    char folder[4096];
    size_t rows, m, k;
    double *x, *wanted, *got; /* rows x m, rows x k, rows x k */
};

static const char MAIN[] = "#include <stdio.h>\n"
                           "void %s_predict(const double *x, double *out);\n"
                           "static double x[%zu], out[%zu];\n"
                           "int main(void) {\n"
                           "    while (fread(x, sizeof x, 1, stdin) == 1) {\n"
                           "        %s_predict(x, out);\n"
                           "        if (fwrite(out, sizeof out, 1, stdout) != 1)\n"
                           "            return 1;\n"
                           "    }\n"
                           "    return fflush(stdout) != 0;\n"
                           "}\n";
static const char *const FILES[] = {"main.c", "check", "rows", "answers"};
enum { N_FILES = sizeof FILES / sizeof *FILES };

/* ---- what the model says --------------------------------------------------------------------- */

/* Rows as the slots get them: matched with the columns of the fit. */
static hone_status take_rows(void *context, const void *params, const void *state, hone_view rows,
                             size_t first, hone_error *err) {
    const struct check *c = context;
    (void)params, (void)state, (void)err;
    for (size_t i = 0; i < rows.rows; i++)
        memcpy(c->x + (first + i) * c->m, hone_view_row(rows, i), c->m * sizeof *c->x);
    return HONE_OK;
}

static hone_status ask_model(struct check *c, const hone_monitor *mon, hone_error *err) {
    hone_status status;
    if ((status = hone_new2(&c->x, c->rows, c->m, err)) ||
        (status = hone_new2(&c->wanted, c->rows, c->k, err)) ||
        (status = hone_new2(&c->got, c->rows, c->k, err)) ||
        (status = hone_ask_rows(c->est, c->data, take_rows, c, mon, err)))
        return status;
    return hone_n_classes(c->est) ? hone_predict_proba(c->est, c->data, c->wanted, mon, err)
                                  : hone_predict(c->est, c->data, c->wanted, mon, err);
}

/* ---- files ----------------------------------------------------------------------------------- */

static FILE *open_file(const struct check *c, const char *name, const char *mode) {
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", c->folder, name);
    return fopen(path, mode);
}

static hone_status write_inputs(const struct check *c, const char *name, hone_error *err) {
    FILE *source = open_file(c, FILES[0], "we"), *rows = open_file(c, FILES[2], "we");
    bool bad = !source || !rows;
    if (!bad) {
        fprintf(source, MAIN, name, c->m, c->k, name);
        bad = fwrite(c->x, c->m * sizeof *c->x, c->rows, rows) != c->rows;
    }
    bad |= source && fclose(source) != 0;
    bad |= rows && fclose(rows) != 0;
    return bad ? hone_fail(err, HONE_EIO, "cannot write in %s: %s", c->folder, strerror(errno))
               : HONE_OK;
}

static hone_status read_answers(const struct check *c, const char *path, hone_error *err) {
    FILE *file = open_file(c, FILES[3], "re");
    size_t got = file ? fread(c->got, c->k * sizeof *c->got, c->rows, file) : 0;
    if (file)
        fclose(file);
    return got == c->rows ? HONE_OK
                          : hone_fail(err, HONE_EIO, "%s: the program answered %zu rows of %zu",
                                      path, got, c->rows);
}

/* ---- the program ----------------------------------------------------------------------------- */

static hone_status compile(const struct check *c, const char *path, hone_error *err) {
    char cc[] = "cc", std[] = "-std=c99", fast[] = "-O2", plain[] = "-ffp-contract=off";
    char out[] = "-o", program[] = "check", source[] = "main.c", libm[] = "-lm";
    char *whole = realpath(path, NULL);
    if (!whole)
        return hone_fail(err, HONE_EIO, "cannot read %s: %s", path, strerror(errno));
    char *arguments[] = {cc, std, fast, plain, out, program, source, whole, libm, NULL};
    int code = hone_run(arguments, c->folder, NULL, NULL);
    free(whole);
    if (code == 127)
        return hone_fail(err, HONE_EIO, "%s: there is no compiler 'cc' to check it with", path);
    return code ? hone_fail(err, HONE_EIO, "%s: 'cc' does not compile it", path) : HONE_OK;
}

static hone_status run(const struct check *c, const char *path, hone_error *err) {
    char program[] = "./check";
    char *arguments[] = {program, NULL};
    int code = hone_run(arguments, c->folder, FILES[2], FILES[3]);
    return code ? hone_fail(err, HONE_EIO, "%s: compiled, the program fails", path)
                : read_answers(c, path, err);
}

static hone_status open_folder(struct check *c, hone_error *err) {
    const char *base = getenv("TMPDIR");
    snprintf(c->folder, sizeof c->folder, "%s/hone-check-XXXXXX", base && *base ? base : "/tmp");
    if (mkdtemp(c->folder))
        return HONE_OK;
    hone_status status =
        hone_fail(err, HONE_EIO, "cannot make the folder %s: %s", c->folder, strerror(errno));
    c->folder[0] = '\0';
    return status;
}

static void close_folder(const struct check *c) {
    char path[4200];
    for (size_t i = 0; i < N_FILES && c->folder[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", c->folder, FILES[i]);
        unlink(path);
    }
    if (c->folder[0])
        rmdir(c->folder);
}

static double largest_difference(const struct check *c) {
    double worst = 0;
    for (size_t i = 0; i < c->rows * c->k; i++) {
        double a = c->wanted[i], b = c->got[i];
        if (!(a == b) && !(isnan(a) && isnan(b)))
            worst = isnan(a - b) ? (double)INFINITY : fmax(worst, fabs(a - b));
    }
    return worst;
}

hone_status hone_c_check(const hone_estimator *est, const char *path, const hone_dataset *data,
                         const hone_monitor *mon, double *difference, hone_error *err) {
    char name[128];
    if (!hone_is_fitted(est))
        return hone_fail(err, HONE_ESTATE, "%s: not fitted yet; there is nothing to check",
                         hone_name(est));
    struct check c = {.est = est,
                      .data = data,
                      .rows = hone_dataset_rows(data),
                      .m = hone_input_schema(est)->n_columns,
                      .k = hone_n_classes(est) ? hone_n_classes(est) : 1};
    hone_status status;
    hone_c_name(path, name, sizeof name);
    if ((status = ask_model(&c, mon, err)) || (status = open_folder(&c, err)) ||
        (status = write_inputs(&c, name, err)) || (status = compile(&c, path, err)) ||
        (status = run(&c, path, err)))
        goto done;
    *difference = largest_difference(&c);
done:
    close_folder(&c);
    hone_release(c.x);
    hone_release(c.wanted);
    hone_release(c.got);
    return status;
}
