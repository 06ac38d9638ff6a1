/* roc_print.c -- scores on a terminal: small ROC curves side by side, a table, the tests, a
 * verdict.
 *
 * A curve is drawn in Braille characters, each a grid of 2 x 4 dots (U+2800 plus one bit a dot), or
 * in stars where the locale has no UTF-8. */
#include "cli/roc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 22, HEIGHT = 11, GAP = 3, ACROSS = 3 }; /* characters */
enum { DOTS_X = 2 * WIDTH, DOTS_Y = 4 * HEIGHT };

typedef struct cli_canvas {
    unsigned char cells[HEIGHT][WIDTH]; /* Braille bits */
} cli_canvas;

static void dot(cli_canvas *canvas, double x, double y) {
    static const unsigned char BITS[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int column = (int)(x * (DOTS_X - 1) + 0.5), row = (int)((1 - y) * (DOTS_Y - 1) + 0.5);
    canvas->cells[row / 4][column / 2] |= BITS[row % 4][column % 2];
}

static void line(cli_canvas *canvas, double x0, double y0, double x1, double y1) {
    int steps = 1 + (int)(fmax(fabs(x1 - x0) * DOTS_X, fabs(y1 - y0) * DOTS_Y));
    for (int i = 0; i <= steps; i++) {
        double t = (double)i / steps;
        dot(canvas, x0 + t * (x1 - x0), y0 + t * (y1 - y0));
    }
}

/* The curve, and every fourth dot of the diagonal. */
static void draw(const cli_roc *run, size_t s, cli_canvas *out) {
    hone_roc roc = {0};
    *out = (cli_canvas){{{0}}};
    for (int i = 0; i < DOTS_X; i += 4)
        dot(out, (double)i / (DOTS_X - 1), (double)i / (DOTS_X - 1));
    if (hone_roc_curve(run->truth, run->score + s * run->n, NULL, run->n, &roc, NULL) != HONE_OK)
        return;
    for (size_t i = 1; i < roc.n; i++)
        line(out, roc.fpr[i - 1], roc.tpr[i - 1], roc.fpr[i], roc.tpr[i]);
    hone_roc_free(&roc);
}

static void put_cell(FILE *file, unsigned char bits) {
    if (cli_utf8())
        fprintf(file, "\xe2%c%c", 0xa0 | bits >> 6, 0x80 | (bits & 0x3f));
    else
        putc(bits ? '*' : ' ', file);
}

static void put_name(FILE *file, const char *name) {
    char *clean = cli_clean(name);
    fprintf(file, "%-*.*s", WIDTH + 2 + GAP, WIDTH + 2, clean);
    free(clean);
}

/* The axis below a curve. */
static void put_floor(FILE *file, int gap) {
    fputs(cli_utf8() ? " \xe2\x94\x94" : " +", file);
    for (size_t x = 0; x < WIDTH; x++)
        fputs(cli_utf8() ? "\xe2\x94\x80" : "-", file);
    fprintf(file, "%*s", gap, "");
}

/* Curves first .. first + n - 1 in one row. */
static void print_row(const cli_roc *run, size_t first, size_t n, FILE *file) {
    cli_canvas drawn[ACROSS];
    for (size_t k = 0; k < n; k++) {
        draw(run, first + k, &drawn[k]);
        put_name(file, run->raters[first + k].name);
    }
    putc('\n', file);
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t k = 0; k < n; k++) {
            fputs(y == 0 ? "1" : y + 1 == HEIGHT ? "0" : " ", file);
            fputs(cli_utf8() ? "\xe2\x94\x82" : "|", file);
            for (size_t x = 0; x < WIDTH; x++)
                put_cell(file, drawn[k].cells[y][x]);
            fprintf(file, "%*s", k + 1 < n ? GAP : 0, "");
        }
        putc('\n', file);
    }
    for (size_t k = 0; k < n; k++)
        put_floor(file, k + 1 < n ? GAP : 0);
    putc('\n', file);
    for (size_t k = 0; k < n; k++)
        fprintf(file, "  0%*s%*s", WIDTH - 1, "1", k + 1 < n ? GAP : 0, "");
    fputs("\n\n", file);
}

static void print_curves(const cli_roc *run, FILE *file) {
    if (run->n_raters > 2 * ACROSS)
        return; /* the report has them all */
    fputs("ROC: true positive rate over false positive rate\n\n", file);
    for (size_t s = 0; s < run->n_raters; s += ACROSS)
        print_row(run, s, run->n_raters - s < ACROSS ? run->n_raters - s : ACROSS, file);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void cell(cli_table *table, double value) {
    char number[CLI_NUMBER];
    cli_table_cell(table, "%s", cli_number(value, 4, number));
}

static void range(cli_table *table, const hone_interval *interval) {
    char low[CLI_NUMBER], high[CLI_NUMBER];
    if (isnan(interval->low))
        cli_table_cell(table, "-");
    else
        cli_table_cell(table, "%s to %s", cli_number(interval->low, 4, low),
                       cli_number(interval->high, 4, high));
}

static void print_raters(const cli_roc *run, cli_sink *sink) {
    static const char *const TITLES[] = {"score",     "AUC", "95 % interval", "AP",
                                         "threshold", "TPR", "FPR",           "partial AUC"};
    size_t columns = run->partial ? 8 : 7;
    cli_table table = {.columns = columns, .right_from = 1, .right_end = columns};
    for (size_t j = 0; j < columns; j++)
        cli_table_cell(&table, "%s", TITLES[j]);
    for (size_t s = 0; s < run->n_raters; s++) {
        const cli_rater *rater = &run->raters[s];
        const hone_threshold *at = &rater->youden;
        cli_table_cell(&table, "%s", rater->name);
        cell(&table, rater->auc);
        range(&table, &rater->interval);
        cell(&table, rater->average_precision);
        cell(&table, at->threshold);
        cell(&table, at->tp / (at->tp + at->fn));
        cell(&table, at->fp / (at->fp + at->tn));
        if (run->partial)
            cell(&table, rater->partial);
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
    const hone_interval *interval = &run->raters[0].interval;
    fprintf(sink->file, "intervals: %s; thresholds: Youden, chosen on these rows\n\n",
            interval->method ? interval->method : "none");
}

static void print_pairs(const cli_roc *run, cli_sink *sink) {
    static const char *const TITLES[] = {"first", "second", "difference", "95 % interval",
                                         "z",     "p",      "p, Holm"};
    cli_table table = {.columns = 7, .right_from = 2, .right_end = 7};
    for (size_t j = 0; j < 7; j++)
        cli_table_cell(&table, "%s", TITLES[j]);
    for (size_t i = 0; i < run->n_pairs; i++) {
        const cli_rater_pair *pair = &run->pairs[i];
        cli_table_cell(&table, "%s", run->raters[pair->a].name);
        cli_table_cell(&table, "%s", run->raters[pair->b].name);
        cell(&table, pair->found.difference.estimate);
        range(&table, &pair->found.difference);
        cell(&table, pair->found.test.statistic);
        cell(&table, pair->found.test.p);
        cell(&table, pair->p_adjusted);
    }
    cli_table_print(&table, sink);
    cli_table_free(&table);
    fputs("test: DeLong, paired\n\n", sink->file);
}

void cli_roc_print(const cli_roc *run, cli_sink *sink) {
    print_curves(run, sink->file);
    print_raters(run, sink);
    if (run->n_pairs)
        print_pairs(run, sink);
    char *verdict = cli_roc_verdict(run), *clean = cli_clean(verdict);
    fprintf(sink->file, "%s\n", clean);
    cli_sink_check(sink);
    free(clean);
    free(verdict);
}

/* ---- in words -------------------------------------------------------------------------------- */

static size_t best_of(const cli_roc *run) {
    size_t best = 0;
    for (size_t s = 1; s < run->n_raters; s++)
        if (run->raters[s].auc > run->raters[best].auc)
            best = s;
    return best;
}

/* The best against the others, the worst of each kind with its p. */
static void put_tests(const cli_roc *run, size_t best, char **text) {
    const char *holm = run->n_pairs > 1 ? ", Holm" : "";
    char *apart = NULL, *alike = NULL;
    double largest = 0, smallest = 1;
    for (size_t i = 0; i < run->n_pairs; i++) {
        const cli_rater_pair *pair = &run->pairs[i];
        double p = isnan(pair->p_adjusted) ? 1 : pair->p_adjusted;
        if (pair->a != best && pair->b != best)
            continue;
        char **list = p < 0.05 ? &apart : &alike;
        cli_append(list, "%s%s", *list ? ", " : "",
                   run->raters[pair->a == best ? pair->b : pair->a].name);
        if (p < 0.05)
            largest = fmax(largest, p);
        else
            smallest = fmin(smallest, p);
    }
    if (apart && largest < 1e-4)
        cli_append(text, " It is better than %s beyond chance (DeLong, p < 0.0001%s).", apart,
                   holm);
    else if (apart)
        cli_append(text, " It is better than %s beyond chance (DeLong, p <= %.2g%s).", apart,
                   largest, holm);
    if (alike)
        cli_append(text, " It cannot be told apart from %s (DeLong, p >= %.2g%s).", alike, smallest,
                   holm);
    free(apart);
    free(alike);
}

char *cli_roc_verdict(const cli_roc *run) {
    char auc[CLI_NUMBER], low[CLI_NUMBER], high[CLI_NUMBER];
    size_t best = best_of(run);
    const cli_rater *rater = &run->raters[best];
    char *text =
        cli_format("%s has %s AUC%s %s", rater->name, run->n_raters > 1 ? "the best" : "an",
                   run->n_raters > 1 ? "," : " of", cli_number(rater->auc, 4, auc));
    if (!isnan(rater->interval.low))
        cli_append(&text, " (95 %% interval %s to %s)", cli_number(rater->interval.low, 4, low),
                   cli_number(rater->interval.high, 4, high));
    cli_append(&text, ".");
    if (run->n_raters > 1)
        put_tests(run, best, &text);
    else if (rater->interval.low <= 0.5 && rater->interval.high >= 0.5)
        cli_append(&text, " The interval holds 0.5: the ranking may be chance.");
    return text;
}
