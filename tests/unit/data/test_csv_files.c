/* Files, gzip, standard input, hashes; memory that runs out; cancelling. */
#include "support/support.h"
#include "tables.h"

#include "core/alloc.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const char TEXT[] = "id,name,late\n1,\"x, \"\"y\"\"\",5\n2,NA,6\n3,z,end\n";
static const char TABLE[] = "id:num name:cat late:cat | 1 x, \"y\" 5 | 2 - 6 | 3 z end";

static const char *put(const char *name, const void *bytes, size_t size) {
    const char *path = support_path(name);
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
    return path;
}

/* `text` as one member of gzip, appended to out; returns its size. */
static size_t pack(const char *text, size_t size, unsigned char *out, size_t room) {
    z_stream stream = {0};
    cr_assert_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)text;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static hone_table *read_file(const char *path, const hone_csv_options *options) {
    hone_table *table = NULL;
    hone_error err = {HONE_OK, ""};
    hone_status status = hone_read_csv(path, options, NULL, &table, &err);
    cr_assert_eq(status, HONE_OK, "%s", err.message);
    return table;
}

static void expect_refusal(const char *path, hone_status status, const char *end) {
    hone_table *table = NULL;
    hone_error err = {HONE_OK, ""};
    cr_assert_eq(hone_read_csv(path, NULL, NULL, &table, &err), status, "%s", err.message);
    size_t n = strlen(err.message), k = strlen(end);
    cr_expect(n >= k && strcmp(err.message + n - k, end) == 0, "%s", err.message);
    cr_expect_null(table);
}

Test(csv_files, a_file_reads_like_the_same_text_in_memory) {
    const char *path = put("plain.csv", TEXT, sizeof TEXT - 1);
    hone_table *table = read_file(path, NULL);
    cr_expect_str_eq(describe(table), TABLE);
    cr_expect_eq(hone_table_info(table)->bytes, sizeof TEXT - 1);
    cr_expect_not(hone_table_info(table)->gzip);
    cr_expect_str_empty(hone_table_info(table)->sha256);
    hone_table_free(table);
    unlink(path);
    cr_expect_str_eq(described(TEXT, NULL), TABLE);
}

Test(csv_files, gzip_is_recognised_by_content) {
    unsigned char packed[4096];
    size_t first = pack(TEXT, 20, packed, sizeof packed);
    size_t size = first + pack(TEXT + 20, sizeof TEXT - 21, packed + first, sizeof packed - first);
    const char *path = put("two_members.csv", packed, size);
    hone_table *table = read_file(path, NULL);
    cr_expect_str_eq(describe(table), TABLE);
    cr_expect(hone_table_info(table)->gzip);
    cr_expect_eq(hone_table_info(table)->bytes, sizeof TEXT - 1);
    hone_table_free(table);
    unlink(path);
}

Test(csv_files, highly_packed_text_is_unpacked) {
    size_t n = 3 << 20;
    char *text = malloc(n + 8);
    unsigned char *packed = malloc(1 << 20);
    memcpy(text, "a\n", 2);
    for (size_t i = 2; i < n; i += 2)
        memcpy(text + i, "1\n", 2);
    size_t size = pack(text, n, packed, 1 << 20);
    memset(packed + size - 4, 0, 4); /* the length says nothing */
    hone_table *table = NULL;
    hone_error err;
    cr_assert_eq(hone_parse_csv((char *)packed, size, "t.gz", NULL, NULL, &table, &err),
                 HONE_EDATA);
    size = pack(text, n, packed, 1 << 20);
    cr_assert_eq(hone_parse_csv((char *)packed, size, "t.gz", NULL, NULL, &table, &err), HONE_OK);
    cr_expect_eq(hone_table_rows(table), n / 2 - 1);
    hone_table_free(table);
    free(text);
    free(packed);
}

Test(csv_files, damaged_gzip_is_refused) {
    unsigned char packed[4096];
    size_t size = pack(TEXT, sizeof TEXT - 1, packed, sizeof packed);
    const char *path = put("short.gz", packed, size - 9);
    expect_refusal(path, HONE_EDATA, ": damaged gzip file: it ends too early");
    packed[size - 5] ^= 1;
    put("short.gz", packed, size);
    expect_refusal(path, HONE_EDATA, ": damaged gzip file: incorrect data check");
    packed[size - 5] ^= 1;
    memcpy(packed + size, "hello", 5);
    put("short.gz", packed, size + 5);
    expect_refusal(path, HONE_EDATA, ": damaged gzip file: foreign bytes behind its end");
    memset(packed + size, 0, 5);
    put("short.gz", packed, size + 5);
    hone_table_free(read_file(path, NULL));
    put("short.gz", "\x1f\x8b", 2);
    expect_refusal(path, HONE_EDATA, ": damaged gzip file: it ends too early");
    unlink(path);
}

Test(csv_files, the_hash_is_that_of_the_stored_bytes) {
    hone_csv_options options = {.hash = true};
    hone_table *table = table_of("a\n1\n", &options);
    cr_expect_str_eq(hone_table_info(table)->sha256,
                     "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc");
    hone_table_free(table);
}

Test(csv_files, standard_input_is_read) {
    const char *path = put("stdin.csv", TEXT, sizeof TEXT - 1);
    int file = open(path, O_RDONLY);
    cr_assert_eq(dup2(file, STDIN_FILENO), STDIN_FILENO);
    hone_table *table = read_file("-", NULL);
    cr_expect_str_eq(describe(table), TABLE);
    hone_table_free(table);
    expect_refusal("-", HONE_EDATA,
                   "standard input:1:1: the file is empty, expected a header and rows");
    close(file);
    unlink(path);
}

Test(csv_files, a_pipe_is_read_to_its_end) {
    int ends[2];
    char path[64];
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], TEXT, sizeof TEXT - 1), (ssize_t)sizeof TEXT - 1);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    hone_table *table = read_file(path, NULL);
    cr_expect_str_eq(describe(table), TABLE);
    hone_table_free(table);
    close(ends[0]);
}

Test(csv_files, what_cannot_be_read_says_why) {
    expect_refusal("/nonexistent/x.csv", HONE_EIO,
                   "/nonexistent/x.csv: cannot open: No such file or directory");
    expect_refusal("/", HONE_EIO, "/: this is a directory, expected a file");
    const char *path = put("empty.csv", "", 0);
    expect_refusal(path, HONE_EDATA, ":1:1: the file is empty, expected a header and rows");
    chmod(path, 0);
    if (access(path, R_OK) != 0) /* root may read everything */
        expect_refusal(path, HONE_EIO, ": cannot open: Permission denied");
    unlink(path);
}

Test(csv_files, out_of_memory_leaves_nothing_behind) {
    unsigned char packed[4096];
    size_t size = pack(TEXT, sizeof TEXT - 1, packed, sizeof packed);
    long live = hone_alloc_live();
    for (long k = 1;; k++) {
        hone_table *table = NULL;
        hone_error err;
        hone_alloc_fail_at(k, 1);
        hone_status status =
            hone_parse_csv((const char *)packed, size, "t.csv", NULL, NULL, &table, &err);
        hone_alloc_fail_at(0, 0);
        if (status == HONE_OK) {
            cr_assert_gt(k, 10);
            cr_expect_str_eq(describe(table), TABLE);
            hone_table_free(table);
            break;
        }
        cr_assert_eq(status, HONE_ENOMEM);
        cr_assert_null(table);
        cr_assert_eq(hone_alloc_live(), live, "allocation %ld", k);
    }
    cr_expect_eq(hone_alloc_live(), live);
}

static int cancelled(void *user) {
    (void)user;
    return 1;
}

static void remember(void *user, double fraction, const char *what) {
    cr_assert_str_eq(what, "reading");
    *(double *)user = fraction;
}

Test(csv_files, a_monitor_watches_and_cancels) {
    hone_table *table = NULL;
    double fraction = -1;
    hone_monitor watching = {.user = &fraction, .progress = remember};
    hone_monitor stopping = {.cancelled = cancelled};
    cr_assert_eq(hone_parse_csv(TEXT, sizeof TEXT - 1, "t", NULL, &stopping, &table, NULL),
                 HONE_ECANCELLED);
    cr_assert_null(table);
    cr_assert_eq(hone_parse_csv(TEXT, sizeof TEXT - 1, "t", NULL, &watching, &table, NULL),
                 HONE_OK);
    cr_expect_eq(fraction, 1);
    hone_table_free(table);
}

Test(csv_files, the_project_s_own_tables_have_their_known_shape) {
    static const struct {
        const char *name, *target;
        size_t rows, cols;
    } known[] = {{"iris.csv", "species", 150, 4},
                 {"digits.csv", "digit", 1797, 64},
                 {"titanic.csv", "survived", 2201, 3},
                 {"wine.csv", "class", 178, 13},
                 {"breast_cancer.csv", "diagnosis", 569, 30},
                 {"diabetes.csv", "progression", 442, 10},
                 {"airquality.csv", "ozone", 116, 5}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        hone_dataset *data = support_data(known[i].name, known[i].target);
        cr_expect_eq(hone_dataset_rows(data), known[i].rows, "%s", known[i].name);
        cr_expect_eq(hone_dataset_cols(data), known[i].cols, "%s", known[i].name);
        hone_dataset_free(data);
    }
}
