/* Your own arrays, without a file: a weighted ridge regression, borrowed and never copied. */
#include <hone/hone.h>
#include <stdio.h>

int main(void) {
    const double x[] = {1, 0, 2, 1, 3, 0, 4, 1, 5, 0}; /* 5 x 2, row by row */
    const double y[] = {3.1, 5.9, 7.0, 10.1, 60};      /* 2 x0 + x1 + 1, the last one is wrong */
    const double weights[] = {1, 1, 1, 1, 0.001};
    const hone_dataset data = {
        .x = hone_view_of(x, 5, 2), .y = hone_view_of(y, 5, 1), .weights = weights};
    const double unknown[] = {10, 1};
    const hone_dataset next = {.x = hone_view_of(unknown, 1, 2)};
    hone_estimator *model = NULL;
    hone_error err;
    hone_view coef;
    double intercept, answer;
    bool failed = hone_create("ridge", &model, &err) || hone_set(model, "alpha=0.001", &err) ||
                  hone_fit(model, &data, NULL, &err) ||
                  hone_get_array(model, "coef", &coef, &err) ||
                  hone_get_number(model, "intercept", &intercept, &err) ||
                  hone_predict(model, &next, &answer, NULL, &err);
    if (failed)
        fprintf(stderr, "%s\n", err.message);
    else
        printf("y = %.2f x0 + %.2f x1 + %.2f; y(10, 1) = %.1f\n", coef.data[0], coef.data[1],
               intercept, answer);
    hone_free(model);
    return failed;
}
