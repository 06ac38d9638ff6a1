/* columns.h -- which columns a tree and a node may ask about. */
#ifndef HONE_GBDT_COLUMNS_H
#define HONE_GBDT_COLUMNS_H

#include "classic/gbdt/grower.h"

/* Draws the columns of the grower's tree. */
void hone_columns_of_tree(hone_grower *grower);
/* allowed (cols): those of the tree that its level, the draw for this node and the sets of
 * interacting columns leave. */
void hone_columns_allow(const hone_grower *grower, const hone_grown *node, bool *allowed);

#endif
