/* replay.c -- runs a fuzz target over files: replay FILE-OR-FOLDER... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return 0;
    }
    size_t size = (size_t)ftell(file);
    uint8_t *bytes = malloc(size ? size : 1); /* exact: a step beyond the end is seen */
    rewind(file);
    int read = bytes && fread(bytes, 1, size, file) == size;
    if (read)
        LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    fclose(file);
    return read;
}

static int replay_folder(const char *path) {
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int files = 0;
    while (folder && (entry = readdir(folder))) {
        char name[4096];
        if (*entry->d_name == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        files += replay_file(name);
    }
    if (folder)
        closedir(folder);
    return files;
}

int main(int argc, char **argv) {
    int files = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
            files += replay_folder(argv[i]);
        else
            files += replay_file(argv[i]);
    }
    printf("%d inputs replayed\n", files);
    return files > 0 ? 0 : 1;
}
