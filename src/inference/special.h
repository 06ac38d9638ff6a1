/* special.h -- distribution functions, each with a relative error below 1e-12 in both tails (the
 * studentised range: absolute). Arguments outside a domain give NaN. */
#ifndef HONE_INFERENCE_SPECIAL_H
#define HONE_INFERENCE_SPECIAL_H

double hone_log_gamma(double x); /* x > 0; safe in threads, unlike lgamma() */

double hone_normal_cdf(double x); /* its upper tail is hone_normal_cdf(-x) */
double hone_normal_quantile(double p);

double hone_gamma_cdf(double a, double x);  /* P(a, x), regularised */
double hone_gamma_tail(double a, double x); /* Q(a, x) = 1 - P(a, x) */

/* I_x(a, b) for y = 1 - x, which the caller may know with more digits; the upper tail is
 * hone_beta_cdf(b, a, y, x). */
double hone_beta_cdf(double a, double b, double x, double y);
double hone_beta_quantile(double p, double a, double b);

double hone_student_cdf(double t, double df);       /* df may be infinite */
double hone_student_two_sided(double t, double df); /* P(|T| >= |t|) */
double hone_student_quantile(double p, double df);
double hone_f_tail(double f, double df1, double df2); /* P(F >= f) */
double hone_chi2_tail(double x, double df);           /* P(X >= x) */

double hone_binomial_pmf(double k, double n, double p);
double hone_binomial_cdf(double k, double n, double p); /* P(X <= k) */

/* Range of k independent normal values over their known deviation (infinite df). */
double hone_range_cdf(double q, double k);
double hone_range_quantile(double p, double k);

#endif
