/* write.c -- what the writers of XGBoost's and LightGBM's files share.
 *
 * Both start at a score of their own kind; written here, a model starts at zero and the first tree
 * of each output holds the base. */
#include "classic/foreign/foreign.h"

#include <hone/text.h>

double hone_foreign_value(const hone_trees *trees, size_t tree, size_t i) {
    return trees->value[i] + (tree < trees->n_outputs ? trees->base[tree] : 0);
}

double hone_foreign_param(const hone_estimator *est, const char *name, double otherwise) {
    char text[64];
    double value;
    return est && hone_get(est, name, text, sizeof text, NULL) == HONE_OK &&
                   hone_parse_double(text, &value)
               ? value
               : otherwise;
}
