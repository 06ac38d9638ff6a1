/* schema.h -- owning copies of schemas, and bringing new data into the order of an old schema. */
#ifndef HONE_CORE_SCHEMA_H
#define HONE_CORE_SCHEMA_H

#include <hone/dataset.h>

/* Deep copy in one block. */
HONE_NODISCARD hone_status hone_schema_copy(const hone_schema *schema, hone_schema **out,
                                            hone_error *err);
/* n numeric columns x0 .. x(n-1) and no target. */
HONE_NODISCARD hone_status hone_schema_numeric(size_t n, hone_schema **out, hone_error *err);
/* The same with another word in front: pc0, pc1, ... */
HONE_NODISCARD hone_status hone_schema_numbered(const char *prefix, size_t n, hone_schema **out,
                                                hone_error *err);
/* One more owner of a schema of hone's (or NULL), to whom it stays when the others free it. From
 * now on nobody writes to it. */
hone_schema *hone_schema_share(hone_schema *schema);
/* Frees a schema made by the functions above (or by hand in the same way, see hone_column_copy), or
 * one owner's share in it. */
void hone_schema_free(hone_schema *schema);
/* Fills a zeroed column with a deep copy. */
HONE_NODISCARD hone_status hone_column_copy(const hone_column *from, hone_column *to,
                                            hone_error *err);
/* An empty owned schema with room for these many columns and targets (zeroed: fill each with
 * hone_column_copy); its columns may be written through hone_schema_column(). */
HONE_NODISCARD hone_status hone_schema_create(size_t n_columns, size_t n_targets, hone_schema **out,
                                              hone_error *err);
hone_column *hone_schema_column(hone_schema *schema, size_t j);
hone_column *hone_schema_target(hone_schema *schema, size_t j);

/* Same names, kinds and levels in the same order (targets not looked at)? */
bool hone_schema_same(const hone_schema *a, const hone_schema *b);
/* The same targets too? */
bool hone_schema_equal(const hone_schema *a, const hone_schema *b);

/* Brings data into the columns of `want`: by name when data has a schema, by position when not.
 * Extra columns are ignored, levels recoded; a level that `want` does not know becomes its
 * n_levels. *out is data.x itself when nothing changes (*owned stays NULL), else a view of *owned,
 * which the caller frees with hone_release().
 * HONE_EDATA names the missing column or the two counts. O(n m). */
HONE_NODISCARD hone_status hone_schema_match(const hone_schema *want, const hone_dataset *data,
                                             const char *who, hone_view *out, double **owned,
                                             hone_error *err);
/* Compressed rows stay where they are: HONE_EDATA unless their columns are those of `want`, by name
 * when data has a schema, by count when not. */
HONE_NODISCARD hone_status hone_schema_match_sparse(const hone_schema *want,
                                                    const hone_dataset *data, const char *who,
                                                    hone_error *err);

#endif
