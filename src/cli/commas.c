/* commas.c -- numbers as much of Europe writes them (1,5) read as text, and each of them would
 * become a category: told, with the option that reads them as numbers. Cost: O(levels). */
#include "cli/data.h"
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_SHOWN = 8 };

/* [+-]digits[,digits]; *comma: with one. */
static bool is_number(const char *text, bool *comma) {
    static const char DIGITS[] = "0123456789";
    text += *text == '-' || *text == '+';
    size_t before = strspn(text, DIGITS);
    text += before;
    if (*text != ',')
        return before && !*text;
    size_t after = strspn(text + 1, DIGITS);
    *comma = true;
    return before && after && !text[1 + after];
}

static bool is_suspicious(const hone_column *column) {
    bool comma = false;
    for (size_t k = 0; k < column->n_levels; k++)
        if (!is_number(column->levels[k], &comma))
            return false;
    return comma;
}

void cli_warn_commas(const hone_table *table) {
    char *names = NULL;
    size_t n = 0;
    for (size_t j = 0; j < hone_table_cols(table); j++)
        if (is_suspicious(hone_table_column(table, j)) && ++n <= NAMES_SHOWN)
            cli_append(&names, "%s%s", n > 1 ? ", " : "", hone_table_column(table, j)->name);
    if (n > NAMES_SHOWN)
        cli_append(&names, " and %zu more", n - NAMES_SHOWN);
    if (n)
        cli_warn("text %s that %s like numbers with decimal commas: %s; --decimal , reads them as "
                 "numbers",
                 n == 1 ? "column" : "columns", n == 1 ? "looks" : "look", names);
    free(names);
}
