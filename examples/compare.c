/* Compares two models by cross-validation on the same folds. */
#include <hone/hone.h>
#include <stdio.h>

int main(void) {
    const char *specs[] = {"lr", "svm:C=10"};
    hone_error err;
    hone_table *table;
    hone_dataset *data;
    hone_folds folds;
    hone_estimator *models[2];
    hone_cv_result *result;
    const hone_metric *auc;
    bool failed =
        hone_read_csv("data/breast_cancer.csv", NULL, NULL, &table, &err) ||
        hone_table_dataset(table, &(hone_roles){.target = "diagnosis"}, &data, NULL, &err);
    for (int i = 0; i < 2 && !failed; i++)
        failed = hone_create_spec(specs[i], HONE_TARGET_CLASSES, &models[i], &err) ||
                 hone_auto_pipeline(models[i], data->schema, &models[i], &err);
    failed = failed || hone_split(&(hone_cv){.folds = 5, .seed = 0}, data, &folds, &err) ||
             hone_cross_validate((const hone_estimator *const *)models, 2, data, &folds, 1, NULL,
                                 &result, &err) ||
             hone_metric_find("roc_auc", &auc, &err);
    for (size_t i = 0; i < 2 && !failed; i++) {
        hone_cv_summary summary;
        failed = hone_cv_summarise(result, i, auc, NULL, &summary, &err);
        if (!failed)
            printf("%-10s roc_auc %.4f (sd %.4f)\n", specs[i], summary.mean, summary.std);
    }
    if (failed) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    hone_cv_result_free(result);
    hone_folds_free(&folds);
    hone_free(models[0]);
    hone_free(models[1]);
    hone_dataset_free(data);
    hone_table_free(table);
    return 0;
}
