/* platt.c -- probabilities from the values of machines.
 *
 * Sigmoid (optim/platt.h): P(+1 | f) = 1 / (1 + exp(a f + b)), kept away from certainty.
 *
 * Coupling (Wu, Lin, Weng 2004, second method): p minimises sum_ij (r_ji p_i - r_ij p_j)^2 subject
 * to sum p = 1, that is p'Qp with Q_ii = sum_j r_ji^2, Q_ij = -r_ji r_ij. On the constraint
 * p'(Q + ee')p differs by one only, and Q + ee' is positive definite: p ~ (Q + ee')^-1 e, solved
 * by Cholesky instead of iterated. Cost: O(K^3) per row. */
#include "classic/svm/svm.h"

#include "linalg/linalg.h"
#include "optim/platt.h"

#include <math.h>

double hone_svm_platt(double f, double a, double b) {
    return fmin(fmax(hone_platt_at((hone_platt){a, b}, f), 1e-7), 1 - 1e-7);
}

hone_status hone_svm_couple(const double *r, size_t k, double *p, double *work, hone_error *err) {
    double sum = 0;
    for (size_t i = 0; i < k * k; i++)
        work[i] = 1;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++, r++) {
            double ij = *r, ji = 1 - *r;
            work[i * k + i] += ji * ji;
            work[j * k + j] += ij * ij;
            work[j * k + i] -= ij * ji;
        }
    for (size_t i = 0; i < k; i++)
        p[i] = 1;
    hone_status status = hone_cholesky(work, k, k, err);
    if (status == HONE_OK)
        status = hone_cholesky_solve(work, k, k, p, 1, 1, err);
    if (status != HONE_OK)
        return status;
    for (size_t i = 0; i < k; i++)
        sum += p[i] = fmax(p[i], 0);
    for (size_t i = 0; i < k; i++)
        p[i] /= sum;
    return HONE_OK;
}
