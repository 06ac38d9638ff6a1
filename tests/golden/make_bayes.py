"""Writes bayes.json: naive Bayes and linear discriminant analysis by scikit-learn.

Usage: python make_bayes.py ../../data > bayes.json

Where rows weigh 2 scikit-learn was given them twice: its discriminant analysis takes no weights, and its
GaussianNB forgets them in the smoothing.
"""
import csv
import json
import sys

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.naive_bayes import GaussianNB, MultinomialNB


def read(name, target):
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index(target)
    x = np.array([[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]])
    labels = [r[at] for r in rows[1:]]
    classes = sorted(set(labels), key=lambda s: (float(s) if s.isdigit() else 0, s))
    return x, np.array([classes.index(s) for s in labels])


BC, IRIS = ("breast_cancer", "diagnosis"), ("iris", "species")
WINE, DIGITS = ("wine", "class"), ("digits", "digit")


def case(name, estimator, data, params, model, weighted=False, transform=False, rows=None):
    x, y = read(*data)
    x, y = x[:rows], y[:rows]
    w = 1 + np.arange(len(y)) % 2 if weighted else np.ones(len(y), int)
    model.fit(np.repeat(x, w, axis=0), np.repeat(y, w))
    some = x[::17]
    out = {"name": name, "estimator": estimator, "file": data[0] + ".csv", "target": data[1],
           "rows": len(y), "params": params, "weighted": weighted, "proba": model.predict_proba(some).tolist()}
    if transform:
        out["transform"] = model.transform(some).tolist()
        out["ratio"] = model.explained_variance_ratio_.tolist()
        out["decision"] = model.decision_function(some).tolist()
    return out


L = LinearDiscriminantAnalysis
CASES = [
    case("normal, two classes", "gaussian_nb", BC, "", GaussianNB()),
    case("normal, weighted", "gaussian_nb", WINE, "", GaussianNB(), weighted=True),
    case("normal, constant columns", "gaussian_nb", DIGITS, "var_smoothing=0.001", GaussianNB(var_smoothing=1e-3)),
    case("normal, priors", "gaussian_nb", IRIS, "priors={setosa:0.2,versicolor:0.3,virginica:0.5}",
         GaussianNB(priors=[.2, .3, .5])),
    case("counts", "multinomial_nb", DIGITS, "", MultinomialNB()),
    case("counts, alpha, weighted", "multinomial_nb", DIGITS, "alpha=0.1 fit_prior=false",
         MultinomialNB(alpha=.1, fit_prior=False), weighted=True),
    case("discriminants", "linear_discriminant_analysis", IRIS, "", L(), transform=True),
    case("discriminants, two classes", "linear_discriminant_analysis", BC, "", L(), transform=True),
    case("discriminants, weighted", "linear_discriminant_analysis", WINE, "n_components=1", L(n_components=1),
         weighted=True, transform=True),
    case("discriminants, dependent columns", "linear_discriminant_analysis", DIGITS, "", L(), transform=True),
    case("more columns than rows", "linear_discriminant_analysis", DIGITS, "", L(), transform=True, rows=45),
    case("shrunk, more columns than rows", "linear_discriminant_analysis", DIGITS, "solver=eigen shrinkage=auto",
         L(solver="lsqr", shrinkage="auto"), rows=45),
    case("shrunk", "linear_discriminant_analysis", WINE, "solver=eigen shrinkage=0.3",
         L(solver="eigen", shrinkage=.3)),
    case("shrunk by Ledoit and Wolf", "linear_discriminant_analysis", BC, "solver=eigen shrinkage=auto",
         L(solver="eigen", shrinkage="auto")),
    case("not shrunk, priors", "linear_discriminant_analysis", IRIS,
         "solver=eigen priors={setosa:0.2,versicolor:0.3,virginica:0.5}", L(solver="lsqr", priors=[.2, .3, .5])),
]
json.dump({"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}; no random numbers",
           "cases": CASES}, sys.stdout, separators=(",", ":"))
