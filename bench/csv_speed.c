/* csv_speed.c -- how fast hone_read_csv reads numbers, in MB of text per second.
 *
 *     csv_speed            makes two files of 100 MB (17-digit doubles; numbers of 4 to 6 digits)
 *                          in TMPDIR, reads each five times and removes them
 *     csv_speed FILE...    reads these
 *
 * The best of five readings is shown, with the time to make a data set of the table. Run it with
 * `taskset -c 0` to be sure of one core. */
#include <hone/hone.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 5, COLUMNS = 20, MEGABYTES = 100 };

static double best_of(double a, double b) {
    return a < b ? a : b;
}

static int measure(const char *path, const char *what) {
    double read = 1e9, turned = 1e9;
    size_t bytes = 0, rows = 0, cols = 0;
    for (int i = 0; i < RUNS; i++) {
        hone_table *table = NULL;
        hone_dataset *data = NULL;
        hone_error err;
        double start = hone_now();
        if (hone_read_csv(path, NULL, NULL, &table, &err) != HONE_OK) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
        double middle = hone_now();
        hone_roles roles = {0};
        if (hone_table_dataset(table, &roles, &data, NULL, &err) != HONE_OK) {
            fprintf(stderr, "%s\n", err.message);
            hone_table_free(table);
            return 1;
        }
        read = best_of(read, middle - start);
        turned = best_of(turned, hone_now() - middle);
        bytes = hone_table_info(table)->bytes;
        rows = hone_table_rows(table);
        cols = hone_table_cols(table);
        hone_dataset_free(data);
        hone_table_free(table);
    }
    printf("%-24s %9zu x %-4zu %6.1f MB  read %6.3f s = %4.0f MB/s  data set %6.3f s\n", what, rows,
           cols, (double)bytes / 1e6, read, (double)bytes / 1e6 / read, turned);
    return 0;
}

/* xorshift: good enough for digits */
static unsigned long long next(unsigned long long *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int make(const char *path, int digits) {
    FILE *file = fopen(path, "w");
    unsigned long long state = 88172645463325252u;
    if (!file) {
        perror(path);
        return 1;
    }
    for (int j = 0; j < COLUMNS; j++)
        fprintf(file, "%sx%d", j ? "," : "", j);
    while (ftell(file) < MEGABYTES * 1000000L) {
        for (int j = 0; j < COLUMNS; j++) {
            double value = (double)(next(&state) >> 11) / 9007199254740992.0 * 200 - 100;
            const int shown = digits ? digits : 4 + (int)(next(&state) % 3);
            fprintf(file, "%c%.*g", j ? ',' : '\n', shown, value);
        }
    }
    fputc('\n', file);
    return fclose(file) != 0;
}

static int measure_made(const char *what, int digits) {
    char path[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/csv_speed-%ld.csv", folder ? folder : "/tmp", (long)getpid());
    int failed = make(path, digits) || measure(path, what);
    unlink(path);
    return failed;
}

int main(int argc, char **argv) {
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= measure(argv[i], argv[i]);
    if (argc == 1)
        failed = measure_made("17-digit doubles", 17) | measure_made("4 to 6 digits", 0);
    return failed;
}
