/* levels.c -- a hash table of texts. Linear probing, at most half full; the bytes of all texts lie
 * one behind the other, so a table of many levels is two blocks and not a million. */
#include "data/levels.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

/* Eight bytes at a time: multiply, fold. */
static uint32_t hash_text(const char *text, size_t length) {
    const uint64_t odd = 0x9e3779b97f4a7c15;
    uint64_t h = length * odd, word;
    for (; length >= 8; text += 8, length -= 8) {
        memcpy(&word, text, 8);
        h = (h ^ word) * odd;
        h ^= h >> 32;
    }
    word = 0;
    memcpy(&word, text, length);
    h = (h ^ word) * odd;
    h ^= h >> 29;
    return (uint32_t)((h * odd) >> 32);
}

/* The slot of a text, or the free one where it belongs. */
static struct hone_level_slot *find_slot(const hone_levels *levels, const char *text, size_t length,
                                         uint32_t hash) {
    size_t mask = levels->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct hone_level_slot *slot = &levels->slots[i];
        if (slot->code == 0)
            return slot;
        const char *met = hone_levels_text(levels, slot->code - 1);
        if (slot->hash == hash && strncmp(met, text, length) == 0 && met[length] == 0)
            return slot;
    }
}

static hone_status grow_slots(hone_levels *levels, hone_error *err) {
    struct hone_level_slot *slots = NULL;
    size_t n = levels->n_slots ? 2 * levels->n_slots : FIRST_SLOTS;
    hone_status status = hone_new(&slots, n, err);
    if (status)
        return status;
    for (size_t k = 0; k < levels->n_slots; k++) {
        size_t i = levels->slots[k].hash & (n - 1);
        if (levels->slots[k].code == 0)
            continue;
        while (slots[i].code)
            i = (i + 1) & (n - 1);
        slots[i] = levels->slots[k];
    }
    hone_release(levels->slots);
    levels->slots = slots;
    levels->n_slots = n;
    return HONE_OK;
}

/* Makes room for one more text of this length. */
static hone_status reserve(hone_levels *levels, size_t length, hone_error *err) {
    hone_status status = HONE_OK;
    if (levels->n >= UINT32_MAX - 1)
        return hone_fail(err, HONE_EDATA, "more than %u distinct texts in a column",
                         UINT32_MAX - 1);
    if (2 * (levels->n + 1) > levels->n_slots && (status = grow_slots(levels, err)))
        return status;
    if (levels->n == levels->start_room) {
        size_t room = levels->start_room ? 2 * levels->start_room : FIRST_SLOTS / 2;
        if ((status = hone_grow(&levels->start, levels->start_room, room, err)))
            return status;
        levels->start_room = room;
    }
    if (levels->bytes_room - levels->used <= length) {
        size_t room = 2 * levels->bytes_room + length + 256;
        if ((status = hone_grow(&levels->bytes, levels->bytes_room, room, err)))
            return status;
        levels->bytes_room = room;
    }
    return HONE_OK;
}

hone_status hone_levels_code(hone_levels *levels, const char *text, size_t length, size_t *code,
                             hone_error *err) {
    uint32_t hash = hash_text(text, length);
    if (levels->n_slots > 0) {
        const struct hone_level_slot *slot = find_slot(levels, text, length, hash);
        if (slot->code) {
            *code = slot->code - 1;
            return HONE_OK;
        }
    }
    hone_status status = reserve(levels, length, err);
    if (status)
        return status;
    levels->start[levels->n] = levels->used;
    memcpy(levels->bytes + levels->used, text, length);
    levels->bytes[levels->used + length] = 0;
    levels->used += length + 1;
    *code = levels->n++;
    *find_slot(levels, text, length, hash) = (struct hone_level_slot){hash, (uint32_t)levels->n};
    return HONE_OK;
}

struct label {
    const char *text;
    double value; /* 0 unless all are numbers */
    size_t code;
};

static int compare_labels(const void *a, const void *b) {
    const struct label *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* Reads all texts as numbers, or leaves all values zero. NaN has no place in an order. */
static void value_labels(struct label *labels, size_t n) {
    size_t k = 0;
    while (k < n && hone_parse_double(labels[k].text, &labels[k].value) &&
           labels[k].value == labels[k].value)
        k++;
    if (k < n)
        for (size_t i = 0; i <= k; i++)
            labels[i].value = 0;
}

hone_status hone_levels_sort(const hone_levels *levels, const char ***labels, double **new_code,
                             hone_error *err) {
    hone_status status;
    struct label *sorted = NULL;
    const char **texts = NULL;
    double *codes = NULL;
    size_t n = levels->n;
    if ((status = hone_new(&sorted, n, err)) || (status = hone_new(&texts, n, err)) ||
        (status = hone_new(&codes, n, err)))
        goto done;
    for (size_t k = 0; k < n; k++)
        sorted[k] = (struct label){.text = hone_levels_text(levels, k), .code = k};
    value_labels(sorted, n);
    qsort(sorted, n, sizeof *sorted, compare_labels);
    for (size_t k = 0; k < n; k++) {
        texts[k] = sorted[k].text;
        codes[sorted[k].code] = (double)k;
    }
    *labels = texts, *new_code = codes, texts = NULL, codes = NULL;
done:
    hone_release(sorted);
    hone_release(texts);
    hone_release(codes);
    return status;
}

void hone_levels_free(hone_levels *levels) {
    hone_release(levels->bytes);
    hone_release(levels->start);
    hone_release(levels->slots);
    *levels = (hone_levels){0};
}
