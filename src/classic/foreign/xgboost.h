/* xgboost.h -- the words of XGBoost's JSON models, and the pieces of their reader. */
#ifndef HONE_FOREIGN_XGBOOST_H
#define HONE_FOREIGN_XGBOOST_H

#include "classic/foreign/foreign.h"

#include <hone/json.h>

/* From base_score, which is an answer, to a raw score. */
enum hone_xgboost_link { HONE_LINK_NONE, HONE_LINK_LOGIT, HONE_LINK_LOG };

/* Its objectives and our losses with the same link; ends with a name of NULL. The first one with a
 * loss is written. */
struct hone_xgboost_objective {
    const char *name;
    bool classes;
    enum hone_objective_name loss;
    const char *word;
    enum hone_xgboost_link link;
};
extern const struct hone_xgboost_objective hone_xgboost_objectives[];

/* Reads a file whole; model (zeroed) is the caller's to free, also on failure. */
HONE_NODISCARD hone_status hone_xgboost_read(const char *path, hone_foreign_model *out,
                                             hone_error *err);
/* The trees under "model", each times its weight in `drop` where that is not NULL
 * (xgboost_trees.c). */
HONE_NODISCARD hone_status hone_xgboost_read_trees(hone_foreign_model *m, const hone_json *model,
                                                   const hone_json *drop, hone_error *err);
/* Writes a file. HONE_EIO. */
HONE_NODISCARD hone_status hone_xgboost_write(const hone_foreign_source *in, const char *path,
                                              hone_error *err);

#endif
