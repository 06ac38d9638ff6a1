/* compare_verdict.c -- what the numbers allow to say, and no more.
 *
 * The best mean of the first metric is named with its interval. The others are sorted by the
 * corrected resampled t against the best (p adjusted by Holm over all pairs): those that it can be
 * told apart from, those that it cannot, and of the latter those that are the same in practice with
 * a posterior probability above 0.95. No test, no claim; and where the best is near chance, that
 * intervals and tests err more often than they say. */
#include "cli/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ALPHA = 0.05, SURE = 0.95;

static bool is_dummy(const cli_entry *entry) {
    return strncmp(entry->model.name, "dummy", 5) == 0;
}

/* The corrected t of two models, or NULL. */
static const hone_pair *find_pair(const cli_comparison *run, size_t a, size_t b) {
    for (size_t i = 0; i < run->n_pairs; i++) {
        const hone_pair *pair = &run->pairs[i];
        bool same = (pair->a == a && pair->b == b) || (pair->a == b && pair->b == a);
        if (same && pair->method == HONE_PAIR_CORRECTED_T)
            return pair;
    }
    return NULL;
}

/* Names joined as "a, b and c". */
struct names {
    size_t n;
    char *text;
    const char *last;
    double p; /* the largest (smallest) p that stands for them all */
};

static void add_name(struct names *names, const char *name, double p, bool largest) {
    if (names->last)
        cli_append(&names->text, names->n > 1 ? ", %s" : "%s", names->last);
    if (names->n == 0 || (largest ? p > names->p : p < names->p))
        names->p = p;
    names->last = name;
    names->n++;
}

/* Many are counted: all: how many there could be. */
static void put_names(char **text, struct names *names, size_t all) {
    enum { NAMED = 4 };
    if (names->n > NAMED) {
        cli_append(text, names->n == all ? "any of the %zu others" : "%zu of the others", names->n);
        free(names->text);
        names->text = NULL;
        return;
    }
    if (names->n > 1)
        cli_append(text, "%s and ", names->text);
    cli_append(text, "%s", names->last);
    free(names->text);
    names->text = NULL;
}

static void put_p(char **text, const char *sign, double p) {
    if (p < 1e-4)
        cli_append(text, "p < 0.0001");
    else if (p > 0.995)
        cli_append(text, "p = 1");
    else
        cli_append(text, "p %s %.2g", sign, p);
}

/* The best model against all the others. */
static void put_tests(const cli_comparison *run, int best, char **text) {
    struct names apart = {0}, alike = {0}, same = {0};
    for (size_t i = 0; i < run->n; i++) {
        const hone_pair *pair = (int)i == best ? NULL : find_pair(run, (size_t)best, i);
        if (!pair)
            continue;
        bool told = pair->p_adjusted < ALPHA;
        add_name(told ? &apart : &alike, run->entries[i].label,
                 isnan(pair->p_adjusted) ? 1 : pair->p_adjusted, told);
        if (!told && pair->p_equivalent > SURE)
            add_name(&same, run->entries[i].label, 0, true);
    }
    if (apart.n) {
        bool one = apart.n == 1;
        cli_append(text, " It is better than ");
        put_names(text, &apart, run->n - 1);
        cli_append(text, " beyond chance (");
        put_p(text, one ? "=" : "<=", apart.p);
        cli_append(text, ", corrected t, Holm).");
    }
    if (alike.n) {
        bool one = alike.n == 1;
        cli_append(text, " It cannot be told apart from ");
        put_names(text, &alike, run->n - 1);
        cli_append(text, " (");
        put_p(text, one ? "=" : ">=", alike.p);
        cli_append(text, apart.n ? ")" : ", corrected t, Holm)");
        if (same.n) {
            cli_append(text, ", and is the same in practice");
            if (same.n < alike.n) {
                cli_append(text, " as ");
                put_names(text, &same, run->n - 1);
            }
            cli_append(text, ": a difference below %g has a probability above %g", run->rope, SURE);
        }
        cli_append(text, ".");
    }
    free(same.text);
}

/* How far the numbers above can be believed. */
static void put_caution(const cli_comparison *run, const cli_score *score, char **text) {
    hone_near_chance near;
    if (!hone_cv_near_chance(run->result, run->metrics[0], &score->interval, &near))
        return;
    bool test = near.test && run->n_pairs;
    const char *what = !near.interval ? "such tests err"
                       : test         ? "such intervals and tests err"
                                      : "such an interval misses the truth";
    if (near.interval || test)
        cli_append(text,
                   " Its mean is less than %g standard errors above chance (%.3g), where %s up to "
                   "%.0f times in a hundred instead of 5.",
                   near.errors, near.chance, what, 100 * near.rate);
}

char *cli_compare_verdict(const cli_comparison *run) {
    char mean[CLI_NUMBER], low[CLI_NUMBER], high[CLI_NUMBER];
    const char *metric = run->metrics[0]->name;
    int best = cli_best_of(run, 0, CLI_NONE), next = cli_best_of(run, 0, best);
    if (best == CLI_NONE && run->stopped)
        return cli_format("Stopped before any model had finished all its folds.");
    if (best == CLI_NONE)
        return cli_format("No model finished with a value of %s.", metric);
    const cli_entry *entry = &run->entries[best];
    const cli_score *score = &entry->scores[0];
    int decimals = cli_decimals(score->summary.mean);
    char *text =
        cli_format("%s has %s mean %s%s %s", entry->label, run->n > 1 ? "the best" : "a", metric,
                   run->n > 1 ? "," : " of", cli_number(score->summary.mean, decimals, mean));
    if (!isnan(score->interval.low))
        cli_append(&text, " (95 %% interval %s to %s)",
                   cli_number(score->interval.low, decimals, low),
                   cli_number(score->interval.high, decimals, high));
    cli_append(&text, ".");
    if (run->n > 1 && next == CLI_NONE)
        cli_append(&text, " No other model finished to compare it with.");
    else if (run->n_pairs)
        put_tests(run, best, &text);
    else if (run->n > 1)
        cli_append(&text, " Whether its lead is more than chance is not tested.");
    put_caution(run, score, &text);
    if (run->n > 1 && is_dummy(entry))
        cli_append(&text, " No model beats the dummy, which does not look at the columns.");
    return text;
}
