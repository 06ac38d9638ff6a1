/* read_csv.c -- how fast CSV is read: writes a numeric table, reads it on one thread.
 *
 *     read_csv [megabytes] [rounds]
 *
 * Prints the best and the median rate. Numbers have 17 digits or fewer, as programs print them. */
#include <hone/hone.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 20, MAX_ROUNDS = 99 };

/* Fills the file with rows of numbers of several shapes until it has `bytes` bytes. */
static bool fill(const char *path, double bytes) {
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    double written = 0;
    uint64_t state = 1;
    for (int j = 0; j < COLUMNS; j++)
        written += fprintf(file, "c%d%c", j, j + 1 < COLUMNS ? ',' : '\n');
    while (written < bytes)
        for (int j = 0; j < COLUMNS; j++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            double u = (double)(state >> 11) * 0x1p-53;
            const char *format = j % 4 == 0 ? "%.0f%c" : j % 4 == 1 ? "%.3f%c" : "%.15g%c";
            written += fprintf(file, format, 1000 * u, j + 1 < COLUMNS ? ',' : '\n');
        }
    return fclose(file) == 0;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    double megabytes = argc > 1 ? atof(argv[1]) : 100;
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    rounds = rounds < 1 ? 1 : rounds > MAX_ROUNDS ? MAX_ROUNDS : rounds;
    char path[] = "/tmp/hone-bench-XXXXXX";
    int handle = mkstemp(path);
    if (handle < 0 || !fill(path, megabytes * 1e6)) {
        perror(path);
        return 1;
    }
    const hone_monitor one = {.threads = 1};
    double seconds[MAX_ROUNDS];
    size_t bytes = 0, rows = 0;
    hone_error err;
    bool failed = false;
    for (int i = 0; i < rounds && !failed; i++) {
        hone_table *table = NULL;
        double start = hone_now();
        failed = hone_read_csv(path, NULL, &one, &table, &err) != HONE_OK;
        seconds[i] = hone_now() - start;
        if (!failed) {
            bytes = hone_table_info(table)->bytes;
            rows = hone_table_rows(table);
        }
        hone_table_free(table);
    }
    remove(path);
    if (failed) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    qsort(seconds, (size_t)rounds, sizeof *seconds, ascending);
    printf("%zu rows, %.1f MB, one thread: %.0f MB/s best, %.0f MB/s median of %d\n", rows,
           (double)bytes / 1e6, (double)bytes / 1e6 / seconds[0],
           (double)bytes / 1e6 / seconds[rounds / 2], rounds);
    return 0;
}
