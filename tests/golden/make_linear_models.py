"""Writes linear_models.json: least squares by statsmodels, penalised and SVM-like linear models by
scikit-learn at tolerances far below its defaults. No random numbers but LIBLINEAR's order of rows.

X is the table's columns, then `products` of pairs (a, b), a <= b in order, the first `columns` of
all that; rows 0 .. rows - 1; `standardise` takes mean and population sd out of every column.
"""
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import ElasticNet, Lasso
from sklearn.svm import LinearSVC, LinearSVR

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "data"


def table(name, target):
    frame = pd.read_csv(DATA / name)
    y = frame.pop(target)
    return frame.to_numpy(float), y.to_numpy() if y.dtype != object and y.dtype != "str" else \
        pd.Categorical(y).codes.astype(float)


def design(x, rows, products, standardise, every=1):
    x = x[::every][:rows]
    if products:
        pairs = [x[:, a] * x[:, b] for a in range(x.shape[1]) for b in range(a, x.shape[1])]
        x = np.column_stack([x] + pairs)
    if standardise:
        sd = x.std(axis=0)
        x = (x - x.mean(axis=0)) / np.where(sd > 0, sd, 1)
    return x


def weights(n):
    return 0.5 + np.arange(n) % 3


def as_list(a):
    return np.asarray(a, float).ravel().tolist()


def least_squares():
    out = []
    x, y = table("diabetes.csv", "progression")
    for weighted in (False, True):
        for intercept in (True, False):
            a = sm.add_constant(x) if intercept else x
            fit = sm.WLS(y, a, weights(len(y)) if weighted else np.ones(len(y))).fit()
            k = int(intercept)
            out.append({"weighted": weighted, "intercept": intercept,
                        "coef": as_list(fit.params[k:]), "se": as_list(fit.bse[k:]),
                        "t": as_list(fit.tvalues[k:]), "p": as_list(fit.pvalues[k:]),
                        "b": [fit.params[0], fit.bse[0], fit.tvalues[0], fit.pvalues[0]] if k else [],
                        "residual_sd": float(np.sqrt(fit.scale)), "r_squared": float(fit.rsquared)})
    return out


def shape(rows, products, standardise):
    return {"rows": rows, "products": products, "standardise": standardise}


def penalised():
    x, y = table("diabetes.csv", "progression")
    out = []
    cases = [(442, False, False, {"alpha": 0.5}), (442, False, True, {"alpha": 2}),
             (442, False, True, {"alpha": 2, "fit_intercept": False}),
             (442, False, True, {"alpha": 1.5, "positive": True}),
             (442, True, True, {"alpha": 0.3}), (40, True, True, {"alpha": 1.0}),
             (40, True, True, {"alpha": 3.0, "positive": True}),
             (442, False, True, {"alpha": 0.5, "l1_ratio": 0.3}),
             (442, True, True, {"alpha": 0.2, "l1_ratio": 0.7}),
             (40, True, True, {"alpha": 0.5, "l1_ratio": 0.9})]
    for rows, products, standardise, params in cases:
        for weighted in (False, True):
            a, b = design(x, rows, products, standardise), y[:rows]
            kind = ElasticNet if "l1_ratio" in params else Lasso
            fit = kind(tol=1e-14, max_iter=10**7, **params)
            fit.fit(a, b, sample_weight=weights(rows) if weighted else None)
            text = ",".join(f"{k}={str(v).lower()}" for k, v in params.items())
            out.append({"model": "elastic_net" if kind is ElasticNet else "lasso", "params": text,
                        **shape(rows, products, standardise), "weighted": weighted,
                        "coef": as_list(fit.coef_), "b": float(fit.intercept_)})
    return out


def machines():
    out = []
    cancer, iris = table("breast_cancer.csv", "diagnosis"), table("iris.csv", "species")
    diabetes = table("diabetes.csv", "progression")
    exact = {"tol": 1e-12, "max_iter": 10**6, "random_state": 0}
    cases = [("breast_cancer.csv", cancer, LinearSVC, {"C": 0.5}, {"dual": False}),
             ("breast_cancer.csv", cancer, LinearSVC, {"C": 0.5, "fit_intercept": False}, {"dual": False}),
             ("breast_cancer.csv", cancer, LinearSVC, {"C": 0.5, "intercept_scaling": 20}, {"dual": False}),
             ("breast_cancer.csv", cancer, LinearSVC, {"C": 0.05, "penalty": "l1"}, {"dual": False}),
             ("breast_cancer.csv", cancer, LinearSVC, {"C": 0.01, "loss": "hinge"}, {}),
             ("iris.csv", iris, LinearSVC, {"C": 1}, {"dual": False}),
             ("iris.csv", iris, LinearSVC, {"C": 0.1, "loss": "hinge"}, {}),
             ("iris.csv", iris, LinearSVC, {"C": 0.2, "penalty": "l1"}, {"dual": False}),
             ("diabetes.csv", diabetes, LinearSVR,
              {"C": 0.1, "epsilon": 5, "loss": "squared_epsilon_insensitive"}, {"dual": False}),
             ("diabetes.csv", diabetes, LinearSVR, {"C": 0.1, "epsilon": 5}, {}),
             ("diabetes.csv", diabetes, LinearSVR, {"C": 0.05, "epsilon": 0, "fit_intercept": False}, {})]
    for name, (x, y), kind, params, extra in cases:
        for weighted in (False, True):
            rows = len(y)
            a = design(x, rows, False, True)
            corners = params.get("penalty") == "l1" or not extra
            tight = exact | ({"tol": 1e-8} if corners else {})
            fit = kind(**params, **extra, **tight)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fit.fit(a, y, sample_weight=weights(rows) if weighted else None)
            text = ",".join(f"{k}={str(v).lower()}" for k, v in params.items())
            out.append({"model": "linear_svc" if kind is LinearSVC else "linear_svr", "file": name,
                        "params": text, **shape(rows, False, True), "weighted": weighted,
                        "coef": as_list(fit.coef_), "b": as_list(fit.intercept_)})
            print(name, text, weighted, fit.n_iter_, flush=True)
    return out


golden = {"made_by": f"make_linear_models.py, scikit-learn {sklearn.__version__}, statsmodels "
                     f"{statsmodels.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, seed 0",
          "least_squares": least_squares(), "penalised": penalised(), "machines": machines()}
text = json.dumps(golden, separators=(",", ":")).replace('{"', '\n{"')
(HERE / "linear_models.json").write_text(text + "\n")
