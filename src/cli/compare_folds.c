/* compare_folds.c -- folds that lack a class: no model can predict one that it has never seen, and
 * many a metric has no value where one is not tested. Told before the work, with the first of them.
 * Cost: O(folds x repeats x n). */
#include "cli/compare.h"

#include <stdlib.h>

/* Folds that lack a class on one side of the split. */
struct lack {
    size_t n, fold, level; /* how many; the first of them, and a class that it lacks */
};

static void look(const cli_comparison *run, const size_t *rows, size_t n, size_t fold,
                 struct lack *lack) {
    size_t k = cli_target(run->data.set)->n_levels, level = 0;
    bool *met = cli_take(k, sizeof *met);
    for (size_t i = 0; i < n; i++)
        met[(size_t)hone_view_row(run->data.set->y, rows[i])[0]] = true;
    while (level < k && met[level])
        level++;
    if (level < k && lack->n++ == 0)
        lack->fold = fold, lack->level = level;
    free(met);
}

static void warn(const cli_comparison *run, const struct lack *lack, const char *verb,
                 const char *so) {
    char *others = NULL;
    if (lack->n > 1)
        others = cli_format(" (%zu more %s one)", lack->n - 1,
                            lack->n == 2 ? "fold lacks" : "folds lack");
    if (lack->n)
        cli_warn("fold %zu %s no row of the class '%s'%s: %s", lack->fold + 1, verb,
                 cli_target(run->data.set)->levels[lack->level], others ? others : "", so);
    free(others);
}

void cli_compare_warn_folds(const cli_comparison *run) {
    struct lack train = {0}, test = {0};
    const hone_folds *folds = &run->folds;
    if (run->task == HONE_FOR_REGRESSION)
        return;
    size_t *rows = cli_take(folds->n_rows, sizeof *rows);
    for (size_t r = 0; r < folds->repeats * folds->folds; r++) {
        size_t repeat = r / folds->folds, fold = r % folds->folds;
        look(run, rows, hone_folds_train(folds, repeat, fold, rows), r, &train);
        if (folds->scheme != HONE_CV_LOO) /* all rows are judged at once */
            look(run, rows, hone_folds_test(folds, repeat, fold, rows), r, &test);
    }
    free(rows);
    warn(run, &train, "trains on", "its models never predict it");
    warn(run, &test, "tests", "metrics that need every class have no value there");
}
