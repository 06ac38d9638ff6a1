/* contingency.c -- crosses two groupings by sorting the pairs of codes.   Cost: O(n). */
#include "metrics/contingency.h"

#include "core/alloc.h"
#include "core/sort.h"

void hone_contingency_free(hone_contingency *table) {
    hone_partition_free(&table->truth);
    hone_partition_free(&table->label);
    hone_release(table->count);
    hone_release(table->from);
    hone_release(table->to);
    *table = (hone_contingency){0};
}

/* keys (n): the pairs, sorted; equal ones become a cell. */
static void fill(const uint64_t *keys, hone_contingency *table) {
    for (size_t i = 0; i < table->label.n; i++) {
        table->cells += i == 0 || keys[i] != keys[i - 1];
        size_t cell = table->cells - 1;
        table->count[cell]++;
        table->from[cell] = (size_t)(keys[i] / table->label.k);
        table->to[cell] = (size_t)(keys[i] % table->label.k);
    }
}

hone_status hone_contingency_make(const hone_clustering *clustering, hone_contingency *out,
                                  hone_error *err) {
    size_t n = clustering->n;
    uint64_t *keys = NULL;
    hone_contingency table = {.cells = 0};
    hone_status status = hone_partition_make("truth", clustering->truth, n, &table.truth, err);
    if (!status)
        status = hone_partition_make("label", clustering->label, n, &table.label, err);
    if (!status)
        status = hone_new(&keys, n, err);
    if (!status)
        status = hone_new(&table.count, n, err);
    if (!status)
        status = hone_new(&table.from, n, err);
    if (!status)
        status = hone_new(&table.to, n, err);
    for (size_t i = 0; !status && i < n; i++)
        keys[i] = (uint64_t)table.truth.code[i] * table.label.k + table.label.code[i];
    if (!status)
        status = hone_sort_keys(keys, NULL, n, err);
    if (!status) {
        fill(keys, &table);
        *out = table;
        table = (hone_contingency){.cells = 0};
    }
    hone_release(keys);
    hone_contingency_free(&table);
    return status;
}
