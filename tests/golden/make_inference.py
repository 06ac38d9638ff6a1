#!/usr/bin/env python3
"""Writes inference.json: distribution functions by mpmath with 30 digits, tests by scipy.

    python tests/golden/make_inference.py > tests/golden/inference.json
"""
import json
import sys

import mpmath as mp
import numpy as np
import scipy
from scipy import stats

mp.mp.dps = 30
SEED = 7


def normal_cdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def normal_quantile(p):
    guess = mp.mpf(float(stats.norm.ppf(float(p))))
    return mp.findroot(lambda x: mp.log(normal_cdf(x)) - mp.log(p) if p < 0.5
                       else mp.log(normal_cdf(-x)) - mp.log(1 - p), guess)


def density_below(log_density, low, high, width):
    """Area of a steep density between low and high, cut into pieces of `width`."""
    pieces = int(mp.ceil((high - low) / width))
    return mp.quad(lambda x: mp.exp(log_density(x)), mp.linspace(low, high, pieces + 1))


def beta_cdf(a, b, x):
    if min(a, b) < 1000:
        return mp.betainc(a, b, 0, x, regularized=True)
    scale = mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)
    sd = mp.sqrt(a * b / (a + b + 1)) / (a + b)
    low = min(x, a / (a + b)) - 20 * sd
    return density_below(lambda t: scale + (a - 1) * mp.log(t) + (b - 1) * mp.log(1 - t),
                         low, x, sd)


def gamma_between(a, low, high):
    if a < 10000:
        return mp.gammainc(a, low, high, regularized=True)
    sd = mp.sqrt(a)
    low, high = max(low, a - 30 * sd), min(high, a + 30 * sd)
    return density_below(lambda t: (a - 1) * mp.log(t) - t - mp.loggamma(a), low, high, sd)


def student_two_sided(t, df):
    return beta_cdf(df / 2, mp.mpf(1) / 2, df / (df + t * t))


def student_quantile(p, df):
    guess = mp.mpf(float(stats.t.ppf(float(p), float(df))))
    return mp.findroot(lambda t: mp.log(student_two_sided(t, df)) - mp.log(2 * p), guess)


def f_tail(f, a, b):
    return beta_cdf(b / 2, a / 2, b / (b + a * f))


def range_cdf(q, k):
    phi = lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
    inner = lambda z: phi(z) * (normal_cdf(z) - normal_cdf(z - q)) ** (k - 1)
    return k * mp.quad(inner, mp.linspace(-12, 14, 27))


def range_quantile(p, k):
    guess = mp.mpf(float(stats.studentized_range.ppf(float(p), float(k), 1e8)))
    return mp.findroot(lambda q: range_cdf(q, k) - p, guess, tol=1e-18, maxsteps=8)


def binomial_cdf(k, n, p):
    return beta_cdf(n - k, k + 1, 1 - p)


def binomial_pmf(k, n, p):
    return mp.binomial(n, k) * p ** k * (1 - p) ** (n - k)


def table(function, rows):
    """Arguments (doubles, as C has them) and the value at exactly those, where it is one."""
    lines = [[float(a) for a in row] + [float(function(*[mp.mpf(float(a)) for a in row]))]
             for row in rows]
    return [line for line in lines if line[-1] == 0 == line[0] or abs(line[-1]) > 1e-290]


def special():
    p = [1e-300, 1e-20, 1e-8, 0.001, 0.025, 0.05, 0.2, 0.4, 0.49999, 0.5, 0.51, 0.7, 0.975, 0.999999]
    shapes = [(0.3, 0.7), (0.5, 0.5), (1, 1), (1, 5), (2.5, 0.5), (5, 3), (20, 20), (50, 0.5),
              (300.25, 200), (5e4, 0.5), (1e5, 2e5)]
    df = [1, 2, 2.5, 5, 9, 10, 30, 99.5, 1000, 1e6]
    betas = []
    for a, b in shapes:
        mean = a / (a + b)
        sd = (a * b / (a + b + 1)) ** 0.5 / (a + b)
        betas += [(a, b, x) for x in [mean - 5 * sd, mean - sd, mean, mean + sd, mean + 4 * sd,
                                      1e-10, 0.125, 0.875] if 0 < x < 1 and (a < 1e4 or abs(x - mean) < 8 * sd)]
    gammas = []
    for a in [0.1, 0.5, 1, 2.5, 10, 15.9, 16.1, 100, 1000.5, 1e5]:
        gammas += [(a, x) for x in [a / 10, a - 3 * a ** 0.5, a - 0.1 * a ** 0.5, a, a + 1.5,
                                    a + 5 * a ** 0.5, 3 * a] if x > 0 and (a < 1e4 or abs(x - a) < 6 * a ** 0.5)]
    return {
        "normal_cdf": table(normal_cdf, [[x] for x in
                            [-37, -20, -8.5, -5, -3, -1.96, -1, -0.1, 0, 0.3, 1, 2.5, 6, 9]]),
        "normal_quantile": table(normal_quantile, [[x] for x in p]),
        "gamma_cdf": table(lambda a, x: gamma_between(a, mp.mpf(0), x), gammas),
        "gamma_tail": table(lambda a, x: gamma_between(a, x, mp.inf), gammas),
        "beta_cdf": table(beta_cdf, betas),
        "student_two_sided": table(student_two_sided, [[t, v] for v in df for t in
                                   [1e-6, 0.1, 0.7, 1, 1.5, 2.2, 4, 10, 35]]),
        "student_quantile": table(student_quantile, [[q, v] for v in df for q in
                                  [1e-10, 1e-3, 0.005, 0.025, 0.05, 0.3, 0.45]]),
        "f_tail": table(f_tail, [[f, a, b] for a, b in [(1, 1), (10, 5), (2, 10), (3, 1e4), (40, 60)]
                                 for f in [0.01, 0.5, 1, 2.579, 6, 40]]),
        "chi2_tail": table(lambda x, v: mp.gammainc(v / 2, x / 2, mp.inf, regularized=True),
                           [[x, v] for v in [1, 2, 3, 10, 100] for x in [0.01, 0.5, 1, 4.083, 10, 60, 300]]),
        "range_cdf": table(range_cdf, [[q, k] for k in [2, 3, 5, 10, 50]
                                       for q in [0.01, 0.5, 1, 2, 3.5, 5, 8]]),
        "range_quantile": table(range_quantile, [[q, k] for k in range(2, 11) for q in [0.9, 0.95]]),
        "binomial_cdf": table(binomial_cdf, [[k, n, q] for n in [1, 5, 40, 1000]
                              for k in [0, n // 3, n - 1] for q in [0.01, 0.3, 0.5, 0.9]]),
        "binomial_pmf": table(binomial_pmf, [[k, n, q] for n in [1, 5, 40, 1000, 100000]
                              for k in [0, n // 3, n // 2, n] for q in [0.01, 0.3, 0.5]]),
        "beta_quantile": table(lambda q, a, b: mp.findroot(
            lambda x: beta_cdf(a, b, x) - q, float(stats.beta.ppf(float(q), float(a), float(b))), tol=1e-25),
            [[q, a, b] for a, b in [(1, 10), (3, 8), (8, 3), (500, 20)] for q in [0.025, 0.5, 0.975]]),
    }


def wilcoxon(rng):
    cases = []
    for n, method, step in [(6, "exact", None), (12, "exact", None), (25, "exact", None),
                            (40, "exact", None), (150, "asymptotic", 0.25)]:
        d = rng.normal(0.3, 1, n)
        if step:
            d = np.round(d / step) * step
        out = stats.wilcoxon(d, method=method, correction=method != "exact")
        cases.append({"d": d.tolist(), "statistic": out.statistic, "p": out.pvalue})
    return cases


def proportions():
    cases = []
    for hits, n in [(0, 10), (1, 10), (5, 10), (10, 10), (81, 263), (999, 1000), (0, 1), (3, 7)]:
        test = stats.binomtest(hits, n)
        row = {"hits": hits, "n": n}
        for name, method in [("wilson", "wilson"), ("exact", "exact")]:
            ci = test.proportion_ci(0.95, method)
            row[name] = [ci.low, ci.high]
        cases.append(row)
    return cases


def main():
    rng = np.random.default_rng(SEED)
    mcnemar = [{"b": b, "c": c, "exact": stats.binomtest(b, b + c).pvalue,
                "mid": float(2 * stats.binom.cdf(min(b, c), b + c, 0.5)
                             - stats.binom.pmf(min(b, c), b + c, 0.5))}
               for b, c in [(0, 1), (3, 9), (10, 10), (25, 8), (400, 350), (0, 30)]]
    out = {"made_by": {"tool": "mpmath %s, scipy %s" % (mp.__version__, scipy.__version__),
                       "script": "tests/golden/make_inference.py", "seed": SEED},
           "special": special(), "wilcoxon": wilcoxon(rng), "proportions": proportions(),
           "mcnemar": mcnemar}
    json.dump(out, sys.stdout)
    print()


if __name__ == "__main__":
    main()
