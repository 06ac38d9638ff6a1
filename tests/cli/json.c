/* json.c -- reads JSON for the transcripts: json PATH... <FILE
 *
 * A path is keys and positions joined by dots ("models.0.name"); '*' walks over all items. Prints
 * every value on a line of its own, texts without quotes, the size of arrays and objects. Status 1
 * if the input is no JSON or a path leads nowhere. */
#include <hone/hone.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(size_t *size) {
    enum { BLOCK = 1 << 16 };
    char *text = NULL;
    size_t got;
    *size = 0;
    do {
        char *more = realloc(text, *size + BLOCK);
        if (!more)
            abort();
        text = more;
        got = fread(text + *size, 1, BLOCK, stdin);
        *size += got;
    } while (got);
    return text;
}

static void print_value(const hone_json *value) {
    char number[HONE_NUMBER_SIZE];
    double real = hone_json_as_real(value);
    char *text = hone_json_print(value);
    if (hone_json_as_text(value))
        puts(hone_json_as_text(value));
    else if (text && (text[0] == '[' || text[0] == '{'))
        printf("%zu\n", hone_json_size(value));
    else if (real == real)
        puts(hone_write_double(real, number));
    else
        puts(text ? text : "?"); /* true, false, null */
    free(text);
}

/* Follows the path and prints; 1 if it leads nowhere. */
static int follow(const hone_json *value, const char *path) {
    if (!value)
        return 1;
    if (!*path) {
        print_value(value);
        return 0;
    }
    size_t length = strcspn(path, ".");
    const char *rest = path + length + (path[length] == '.');
    if (length == 1 && *path == '*') {
        int bad = 0;
        for (size_t i = 0; i < hone_json_size(value); i++) {
            const char *key = hone_json_key_at(value, i);
            bad |= follow(key ? hone_json_get(value, key) : hone_json_at(value, i), rest);
        }
        return bad;
    }
    char *key = strndup(path, length), *end;
    if (!key)
        abort();
    const hone_json *item = hone_json_get(value, key);
    if (!item)
        item = hone_json_at(value, strtoul(key, &end, 10));
    free(key);
    return follow(item, rest);
}

int main(int argc, char **argv) {
    size_t size;
    char *text = read_all(&size);
    hone_json *json = NULL;
    hone_error err = {0};
    int bad = hone_json_parse(text, size, &json, &err) != HONE_OK;
    if (bad)
        fprintf(stderr, "json: %s\n", err.message);
    for (int i = 1; i < argc && !bad; i++)
        if (follow(json, argv[i])) {
            fprintf(stderr, "json: nothing at %s\n", argv[i]);
            bad = 1;
        }
    hone_json_free(json);
    free(text);
    return bad;
}
