/* test_report.c -- whole pages: well-formed, harmless, complete, small. */
#include "support/support.h"

#include "core/alloc.h"
#include "core/rng.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- pages ----------------------------------------------------------------------------------- */

static bool has_gnuplot(void) {
    return system("gnuplot --version >/dev/null 2>&1") == 0;
}

/* Every element is closed in order, attributes are quoted, no & or < stands alone. */
static void check_markup(const char *html) {
    char open[64][16];
    size_t depth = 0;
    const char *at = strchr(html, '\n'); /* behind the DOCTYPE */
    while ((at = strpbrk(at, "<&"))) {
        if (*at == '&') {
            cr_assert(strcspn(at, ";") < 8, "a lonely &: %.40s", at);
            at++;
            continue;
        }
        bool closing = at[1] == '/';
        const char *name = at + 1 + closing;
        size_t length = strcspn(name, " \n/>");
        cr_assert(length > 0 && length < 16, "a lonely <: %.40s", at);
        if (closing) {
            cr_assert(depth > 0);
            depth--;
            cr_assert(strlen(open[depth]) == length && !strncmp(open[depth], name, length),
                      "%s closed by %.20s", open[depth], name);
        }
        for (at = name + length; *at != '>' && *at != '/'; at++) {
            cr_assert(*at && *at != '<');
            if (*at == '=') {
                cr_assert_eq(at[1], '"');
                at = strchr(at + 2, '"');
                cr_assert_not_null(at);
            }
        }
        if (!closing && *at != '/') {
            cr_assert(depth < 64);
            snprintf(open[depth++], 16, "%.*s", (int)length, name);
        }
    }
    cr_assert_eq(depth, 0);
}

/* Nothing that a browser would fetch or run. */
static void check_harmless(const char *html) {
    static const char *const WORDS[] = {"://",     "<script", "src=",    "url(",
                                        "@import", "<link",   "<iframe", "onload",
                                        "<image",  "xlink:",  " id=\"gp"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        cr_assert_null(strstr(html, WORDS[i]), "%s is there", WORDS[i]);
}

static char *write_page(const hone_report *report, hone_json **tables) {
    char *html = NULL;
    size_t size = 0;
    hone_error err = {0};
    FILE *file = open_memstream(&html, &size);
    cr_assert_eq(hone_report_write(report, file, tables, NULL, &err), HONE_OK, "%s", err.message);
    fclose(file);
    cr_assert_str_eq(html + size - 8, "</html>\n");
    return html;
}

/* ---- made-up results ------------------------------------------------------------------------- */

enum { METRICS = 3 };
static const char *const METRIC_NAMES[METRICS] = {"roc_auc", "accuracy", "log_loss"};

/* A binary problem with models of falling quality; everything owned. */
struct results {
    hone_report report;
    hone_report_model *models;
    hone_report_score *scores;
    const hone_metric *metrics[METRICS];
    double *truth, *score, *proba, *label;
    char (*names)[64];
};

static struct results make_results(size_t n, size_t models) {
    static const char *const CLASSES[] = {"no", "yes"};
    struct results r = {.models = calloc(models, sizeof *r.models),
                        .scores = calloc(models * METRICS, sizeof *r.scores),
                        .truth = calloc(n, sizeof *r.truth),
                        .score = calloc(n * models, sizeof *r.score),
                        .proba = calloc(2 * n * models, sizeof *r.proba),
                        .label = calloc(n * models, sizeof *r.label),
                        .names = calloc(models, sizeof *r.names)};
    hone_rng rng = hone_rng_at(1, 1);
    for (size_t k = 0; k < METRICS; k++)
        cr_assert_eq(hone_metric_find(METRIC_NAMES[k], &r.metrics[k], NULL), HONE_OK);
    for (size_t i = 0; i < n; i++)
        r.truth[i] = hone_rng_uniform(&rng) < 0.3;
    for (size_t m = 0; m < models; m++) {
        snprintf(r.names[m], sizeof *r.names, "model %zu", m);
        for (size_t i = 0; i < n; i++) {
            double score = hone_rng_normal(&rng) + (2 - 0.1 * (double)m) * r.truth[i] - 1;
            double p = 1 / (1 + exp(-score));
            r.score[m * n + i] = score;
            r.proba[2 * (m * n + i)] = 1 - p;
            r.proba[2 * (m * n + i) + 1] = p;
            r.label[m * n + i] = score > 0;
        }
        for (size_t k = 0; k < METRICS; k++)
            r.scores[m * METRICS + k] = (hone_report_score){
                .value = 0.9 - 0.01 * (double)m, .std = NAN, .low = 0.8, .high = 0.95};
        r.models[m] = (hone_report_model){.name = r.names[m],
                                          .scores = r.scores + m * METRICS,
                                          .label = r.label + m * n,
                                          .proba = r.proba + 2 * m * n,
                                          .score = r.score + m * n,
                                          .fit_seconds = NAN,
                                          .predict_seconds = NAN};
    }
    r.report = (hone_report){.n = n,
                             .truth = r.truth,
                             .n_classes = 2,
                             .classes = CLASSES,
                             .positive = 1,
                             .n_metrics = METRICS,
                             .n_shown = 2,
                             .n_models = models,
                             .models = r.models};
    return r;
}

static void free_results(struct results *r) {
    free(r->models);
    free(r->scores);
    free(r->truth);
    free(r->score);
    free(r->proba);
    free(r->label);
    free(r->names);
}

/* ---- what pages hold ------------------------------------------------------------------------- */

Test(report, a_page_is_whole) {
    struct results r = make_results(300, 3);
    hone_json *tables = NULL;
    r.report.metrics = r.metrics;
    char *html = write_page(&r.report, &tables);
    check_markup(html);
    check_harmless(html);
    static const char *const SECTIONS[] = {"models",      "roc",       "precision",
                                           "calibration", "confusion", "thresholds",
                                           "metrics",     "data",      "origin"};
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++) {
        char id[64];
        snprintf(id, sizeof id, "<section id=\"%s\">", SECTIONS[i]);
        cr_assert(strstr(html, id), "%s is missing", id);
    }
    cr_assert_eq(strstr(html, "<svg") != NULL, has_gnuplot());
    cr_assert_eq(strstr(html, "apt-get install gnuplot-nox") != NULL, !has_gnuplot());
    cr_assert_eq(strstr(html, "the curve leaves the band") != NULL, has_gnuplot());
    free(html);
    hone_json_free(tables);
    free_results(&r);
}

/* Columns by what they cost, largest first; a name may hold anything. */
Test(report, importances_are_in_order) {
    struct results r = make_results(60, 1);
    double loss[6] = {0}, mean[] = {0.01, 0.2, -0.001}, sd[] = {0.1, 0.2, NAN};
    double low[] = {0, 0.1, -0.1}, high[] = {0.02, 0.3, 0.1};
    const char *const names[] = {"few", "<most>", "none"};
    const hone_importance found = {3, 2, 0.9, 0.95, loss, mean, sd, low, high};
    hone_json *tables = NULL;
    r.report.metrics = r.metrics;
    r.report.importance = &found;
    r.report.importance_names = names;
    char *html = write_page(&r.report, &tables);
    check_markup(html);
    check_harmless(html);
    const char *section = strstr(html, "<section id=\"importance\">");
    cr_assert_not_null(section);
    const char *most = strstr(section, "&lt;most&gt;"), *few = strstr(section, ">few<");
    cr_assert(most && few && most < few && few < strstr(section, ">none<"));
    cr_assert(strstr(section, "30%) 100%") && strstr(section, "30%) 5%") &&
              strstr(section, "30%) 0%"));
    free(html);
    hone_json_free(tables);
    free_results(&r);
}

Test(report, weighted_rows_have_bands_and_chosen_thresholds_too) {
    struct results r = make_results(300, 1);
    double weight[300];
    for (size_t i = 0; i < 300; i++)
        weight[i] = (double)(i % 4); /* some rows are not there */
    r.report.metrics = r.metrics;
    r.report.weight = weight;
    char *html = write_page(&r.report, NULL);
    check_markup(html);
    cr_assert(strstr(html, "Chosen thresholds; below each its 95 % interval"));
    cr_assert_eq(strstr(html, "Band: 95 % at each false positive rate") != NULL, has_gnuplot());
    free(html);
    for (size_t i = 0; i < 300; i++) /* no negative counts: nothing to choose */
        weight[i] = r.truth[i];
    html = write_page(&r.report, NULL);
    cr_assert_null(strstr(html, "Chosen thresholds"));
    free(html);
    free_results(&r);
}

/* The band of calibrated probabilities holds nearly all of the curve of such (on average 95 % of
 * the rows); not that of overconfident ones. */
Test(report, the_band_tells_calibrated_from_overconfident) {
    struct results r = make_results(4000, 2);
    hone_rng rng = hone_rng_at(7, 1);
    r.report.metrics = r.metrics;
    for (size_t i = 0; i < 4000; i++) {
        double p = hone_rng_uniform(&rng), odds = p / (1 - p);
        r.truth[i] = hone_rng_uniform(&rng) < p;
        r.proba[2 * i + 1] = p;
        r.proba[2 * (4000 + i) + 1] = odds * odds * odds / (1 + odds * odds * odds);
    }
    char *html = write_page(&r.report, NULL);
    const char *first = strstr(html, "At the probabilities of ");
    if (has_gnuplot()) {
        const char *second = strstr(first + 1, "At the probabilities of ");
        cr_assert_lt(atoi(first + 24), 20, "%.60s", first);
        cr_assert_gt(atoi(second + 24), 50, "%.60s", second);
    }
    free(html);
    free_results(&r);
}

/* Each number cell of the page is, rounded, a number of the record in the same order. */
Test(report, every_table_is_recorded) {
    struct results r = make_results(200, 2);
    hone_json *tables = NULL;
    r.report.metrics = r.metrics;
    char *html = write_page(&r.report, &tables);
    size_t n = 0;
    const char *at = html;
    while ((at = strstr(at, "<table>")))
        n++, at++;
    cr_assert_eq(n, hone_json_size(tables));
    at = html;
    for (size_t t = 0; t < n; t++) {
        const hone_json *rows = hone_json_get(hone_json_at(tables, t), "rows");
        at = strstr(at, "<tbody>");
        for (size_t i = 0; i < hone_json_size(rows); i++) {
            const hone_json *row = hone_json_at(rows, i);
            at = strstr(at, "<tr>") + 1;
            size_t cells = 0;
            const char *end = strstr(at, "</tr>");
            for (const char *c = at; (c = strstr(c, "<td")) && c < end; c++)
                cells++;
            cr_assert_eq(cells + 1, hone_json_size(row));
        }
    }
    free(html);
    hone_json_free(tables);
    free_results(&r);
}

Test(report, hostile_names_do_no_harm) {
    static const char EVIL[] =
        "'; system(\"touch pwned\") \\ `id` <script>alert(1)</script> \" ' & "
        "\x01\xff --> ]]> %n %s @x\n";
    static const char *const CLASSES[] = {EVIL, "</style><svg onload=x>"};
    struct results r = make_results(60, 2);
    r.report.metrics = r.metrics;
    r.models[0].name = EVIL;
    r.models[1].name = "</table>";
    r.models[1].error = "<b>failed</b>";
    r.models[0].spec = EVIL;
    r.report.title = r.report.verdict = r.report.command = r.report.data_path = EVIL;
    r.report.target = r.report.sha256 = EVIL;
    r.report.classes = CLASSES;
    char *html = write_page(&r.report, NULL);
    check_markup(html);
    cr_assert_null(strstr(html, "<script"));
    cr_assert_null(strstr(html, "<b>failed"));
    cr_assert_null(strstr(html, "<svg onload"));
    cr_assert(strstr(html, "&lt;script&gt;"));
    cr_assert_neq(access("pwned", F_OK), 0);
    free(html);
    free_results(&r);
}

Test(report, ten_models_of_many_rows_stay_small, .timeout = 120) {
    struct results r = make_results(100000, 10);
    r.report.metrics = r.metrics;
    char *html = write_page(&r.report, NULL);
    cr_assert_lt(strlen(html), 1 << 20, "%zu bytes", strlen(html));
    cr_assert(strstr(html, "the areas are unchanged"));
    free(html);
    free_results(&r);
}

Test(report, plots_keep_scripts_and_data) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", support_path("plots"));
    struct results r = make_results(100, 2);
    r.report.metrics = r.metrics;
    r.report.plots = folder;
    free(write_page(&r.report, NULL));
    size_t scripts = 0, data = 0, images = 0;
    DIR *dir = opendir(folder);
    cr_assert_not_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[8192];
        const char *dot = strrchr(entry->d_name, '.');
        scripts += dot && !strcmp(dot, ".gp");
        data += dot && !strcmp(dot, ".dat");
        images += dot && !strcmp(dot, ".svg");
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(dir);
    cr_assert_eq(rmdir(folder), 0);
    cr_assert_geq(scripts, 5);
    cr_assert_eq(scripts, data);
    cr_assert_eq(images, has_gnuplot() ? scripts : 0);
    free_results(&r);
}

/* Without gnuplot there is every table, and one sentence. */
Test(report, no_gnuplot_no_figures) {
    struct results r = make_results(100, 2);
    hone_json *with = NULL, *without = NULL;
    r.report.metrics = r.metrics;
    free(write_page(&r.report, &with));
    setenv("PATH", "/nowhere", 1);
    char *html = write_page(&r.report, &without);
    check_markup(html);
    cr_assert_null(strstr(html, "<svg"));
    const char *said = strstr(html, "apt-get install gnuplot-nox");
    cr_assert_not_null(said);
    cr_assert_null(strstr(said + 1, "apt-get install gnuplot-nox"));
    cr_assert_eq(hone_json_size(with), hone_json_size(without));
    free(html);
    hone_json_free(with);
    hone_json_free(without);
    free_results(&r);
}

/* ---- results of cross-validation ------------------------------------------------------------- */

static char *compare(const char *file, const char *target, const char *const *specs, size_t n,
                     const char *cv_text) {
    hone_dataset *data = support_data(file, target);
    hone_estimator *models[4];
    const hone_estimator *borrowed[4];
    const char *names[4];
    hone_cv cv = {0};
    hone_folds folds;
    hone_cv_result *result = NULL;
    bool classes = data->schema->targets[0].kind == HONE_CATEGORICAL;
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(hone_create_spec(specs[i], classes ? HONE_TARGET_CLASSES : HONE_TARGET_REAL,
                                      &models[i], NULL),
                     HONE_OK);
        cr_assert_eq(hone_auto_pipeline(models[i], data->schema, &models[i], NULL), HONE_OK);
        borrowed[i] = models[i];
        names[i] = specs[i];
    }
    cr_assert_eq(hone_cv_parse(cv_text, &cv, NULL), HONE_OK);
    cr_assert_eq(hone_split(&cv, data, &folds, NULL), HONE_OK);
    cr_assert_eq(hone_cross_validate(borrowed, n, data, &folds, 1, NULL, &result, NULL), HONE_OK);
    char *html = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&html, &size);
    hone_error err = {0};
    cr_assert_eq(hone_report_compare(result, names, NULL, out, NULL, NULL, &err), HONE_OK, "%s",
                 err.message);
    fclose(out);
    check_markup(html);
    check_harmless(html);
    hone_cv_result_free(result);
    hone_folds_free(&folds);
    for (size_t i = 0; i < n; i++)
        hone_free(models[i]);
    hone_dataset_free(data);
    return html;
}

Test(report, of_two_classes) {
    const char *const SPECS[] = {"lr", "dummy"};
    char *html = compare("breast_cancer.csv", "diagnosis", SPECS, 2, "3x2");
    cr_assert(strstr(html, "<section id=\"folds\">"));
    cr_assert(strstr(html, "the first repeat"));
    free(html);
}

Test(report, of_several_classes) {
    const char *const SPECS[] = {"lr", "dummy"};
    char *html = compare("iris.csv", "species", SPECS, 2, "3");
    cr_assert(strstr(html, "AUC of each class against the rest"));
    cr_assert(strstr(html, "<section id=\"calibration\">"));
    free(html);
}

Test(report, of_values) {
    const char *const SPECS[] = {"ridge", "dummy"};
    char *html = compare("diabetes.csv", "progression", SPECS, 2, "3");
    cr_assert(strstr(html, "<section id=\"residuals\">"));
    cr_assert_null(strstr(html, "<section id=\"roc\">"));
    free(html);
}

Test(report, of_one_row_left_out_and_of_folds_in_time) {
    const char *const SPECS[] = {"lr", "dummy"};
    char *html = compare("iris.csv", "species", SPECS, 2, "loo");
    cr_assert_null(strstr(html, "<section id=\"folds\">"));
    free(html);
    free(compare("breast_cancer.csv", "diagnosis", SPECS, 2, "shuffle:3,test=0.3"));
}

/* ---- what cannot be -------------------------------------------------------------------------- */

Test(report, a_struct_without_models_is_refused) {
    hone_error err = {0};
    hone_report report = {.n = 1};
    cr_assert_eq(hone_report_write(&report, stderr, NULL, NULL, &err), HONE_EINVAL);
    cr_assert(strstr(err.message, "needs models, metrics and rows"));
}

Test(report, a_full_device_is_told) {
    struct results r = make_results(50, 1);
    hone_error err = {0};
    r.report.metrics = r.metrics;
    FILE *full = fopen("/dev/full", "w");
    if (full) {
        cr_assert_eq(hone_report_write(&r.report, full, NULL, NULL, &err), HONE_EIO);
        cr_assert(strstr(err.message, "cannot write the report"));
        fclose(full);
    }
    r.report.plots = "/dev/null/plots";
    cr_assert_eq(hone_report_write(&r.report, stderr, NULL, NULL, &err), HONE_EIO);
    free_results(&r);
}

Test(report, every_failing_allocation_is_survived, .timeout = 120) {
    struct results r = make_results(40, 2);
    r.report.metrics = r.metrics;
    setenv("PATH", "/nowhere", 1);     /* the drawing has its own test: here it would take long */
    hone_monitor mon = {.threads = 1}; /* a thread that waits for the other takes its time */
    long live = hone_alloc_live();
    hone_status status = HONE_ENOMEM;
    for (long k = 1; status != HONE_OK; k++) {
        char *html = NULL;
        size_t size = 0;
        FILE *file = open_memstream(&html, &size);
        hone_alloc_fail_at(k, 0);
        status = hone_report_write(&r.report, file, NULL, &mon, NULL);
        hone_alloc_fail_at(0, 0);
        fclose(file);
        free(html);
        cr_assert(status == HONE_OK || status == HONE_ENOMEM);
        cr_assert_eq(hone_alloc_live(), live);
        cr_assert_lt(k, 5000);
    }
    free_results(&r);
}
