/* Fits a model on a table, saves it, loads it again and asks it for probabilities. */
#include <hone/hone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Probabilities of the model for every row; rows x classes, to be freed. */
static double *probabilities(const hone_estimator *model, const hone_dataset *data,
                             hone_error *err) {
    double *p = malloc(hone_dataset_rows(data) * hone_n_classes(model) * sizeof *p);
    if (p && hone_predict_proba(model, data, p, NULL, err)) {
        free(p);
        p = NULL;
    }
    return p;
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "iris.hone";
    hone_error err = {HONE_OK, "out of memory"};
    hone_table *table = NULL;
    hone_dataset *data = NULL;
    hone_estimator *model = NULL, *again = NULL;
    double *before = NULL, *after = NULL;
    bool failed =
        hone_read_csv("data/iris.csv", NULL, NULL, &table, &err) ||
        hone_table_dataset(table, &(hone_roles){.target = "species"}, &data, NULL, &err) ||
        hone_create_spec("svm:C=10", HONE_TARGET_CLASSES, &model, &err) ||
        hone_auto_pipeline(model, data->schema, &model, &err) ||
        hone_fit(model, data, NULL, &err) || hone_save(model, path, &err) ||
        hone_load(path, &again, &err) || !(before = probabilities(model, data, &err)) ||
        !(after = probabilities(again, data, &err));
    if (failed) {
        fprintf(stderr, "%s\n", err.message);
    } else {
        size_t n = hone_dataset_rows(data), k = hone_n_classes(again);
        bool same = memcmp(before, after, n * k * sizeof *before) == 0;
        const hone_column *target = &hone_input_schema(again)->targets[0];
        printf("first row:");
        for (size_t c = 0; c < k; c++)
            printf(" %s %.3f", target->levels[c], after[c]);
        printf("\nthe loaded model gives %s\n", same ? "the same bits" : "other numbers");
        failed = !same;
    }
    free(before);
    free(after);
    hone_free(again);
    hone_free(model);
    hone_dataset_free(data);
    hone_table_free(table);
    return failed;
}
