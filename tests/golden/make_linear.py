"""Writes linear.json: the minima of logistic regression and ridge, found by scikit-learn.

Usage: python make_linear.py ../../data > linear.json

Logistic regression is solved with tol 1e-12 and checked by Newton steps in extended precision on the
objective, written out here once more: they must not move the coefficients.
"""
import csv
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.class_weight import compute_class_weight

TOL = 1e-12


def read(name, target):
    """Like the reader of hone: class codes follow the sorted labels."""
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index(target)
    x = np.array([[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]])
    return x, [r[at] for r in rows[1:]]


def prepare(data, columns, how):
    x, labels = read(*data)
    x = x[:, :columns] if columns else x
    if how == "standardise":
        x = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
    if how == "divide by 16":
        x = x / 16
    return x, labels


def row_weights(n, weighted):
    return 0.5 + np.arange(n) % 3 if weighted else np.ones(n)


def derivatives(x, y, w, penalty, v):
    """Gradient and Hessian of sum w loss + 1/2 sum penalty v^2; x with its column of ones, v: k x d."""
    d, k = x.shape[1], len(v)
    z = x @ v.T
    z = np.hstack([np.zeros_like(z), z]) if k == 1 else z
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    r = w[:, None] * (p - np.eye(p.shape[1])[y])
    r, p = (r[:, 1:], p[:, 1:]) if k == 1 else (r, p)
    h = np.zeros((k, d, k, d), x.dtype)
    for a in range(k):
        for b in range(k):
            c = w * p[:, a] * ((a == b) - p[:, b])
            h[a, :, b, :] = (x * c[:, None]).T @ x + (a == b) * np.diag(penalty)
    return r.T @ x + penalty * v, h.reshape(k * d, k * d)


def certify(name, x, y, w, penalty, v):
    """Newton steps from v; how far they lead, in units in which each column has root mean square 1."""
    x, w, at = (a.astype(np.longdouble) for a in (x, w, v))
    root = np.sqrt((x * x).mean(0))
    scale = np.tile(np.where(root > 0, root, 1), len(v))
    for _ in range(3):
        g, h = derivatives(x, y, w, penalty, at)
        scaled = (h / scale / scale[:, None]).astype(float)
        step = np.linalg.lstsq(scaled, (g.ravel() / scale).astype(float), rcond=1e-14)[0]
        at = at - (step / scale).reshape(v.shape)
    moved = float(np.abs((at - v).ravel() * scale).max())
    print(f"{name}: {moved:.1e} from the minimum", file=sys.stderr)
    assert moved < 1e-9


def logistic(name, data, columns=0, how="", weighted=False, class_weight=None, intercept=True, C=1.0):
    x, labels = prepare(data, columns, how)
    classes = sorted(set(labels), key=lambda s: (float(s) if s.isdigit() else 0, s))
    y = np.array([classes.index(s) for s in labels])
    w = row_weights(len(y), weighted)
    weights = None if class_weight is None else "balanced" if class_weight == "balanced" else {
        classes.index(k): v for k, v in class_weight.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=C, tol=TOL, max_iter=100000, solver="newton-cholesky",
                                   fit_intercept=intercept, class_weight=weights)
        model.fit(x, y, sample_weight=w)
    by_class = compute_class_weight(weights, classes=np.arange(len(classes)), y=y, sample_weight=w)
    ones, v = (np.ones((len(y), 1)), np.hstack([model.coef_, model.intercept_[:, None]])) if intercept \
        else (np.ones((len(y), 0)), model.coef_)
    penalty = np.append(np.full(x.shape[1], 1 / C), np.zeros(ones.shape[1]))
    certify(name, np.hstack([x, ones]), y, w * by_class[y], penalty, v)
    params = f"fit_intercept={'true' if intercept else 'false'} C={C}"
    if class_weight == "balanced":
        params += " class_weight=balanced"
    elif class_weight:
        params += " class_weight={" + ",".join(f"{k}:{u}" for k, u in class_weight.items()) + "}"
    return {"name": name, "file": data[0] + ".csv", "target": data[1], "columns": x.shape[1], "how": how,
            "weighted": weighted, "params": params, "coef": model.coef_.tolist(),
            "intercept": model.intercept_.tolist() if intercept else [0.0] * len(v)}


def ridge(name, rows=0, columns=0, alpha=1.0, intercept=True, weighted=False, doubled=False):
    x, y = read("diabetes", "progression")
    y = np.array([float(v) for v in y])
    x, y = (x[:rows], y[:rows]) if rows else (x, y)
    x = x[:, :columns] if columns else x
    x = np.hstack([x, x[:, :3] + x[:, 3:6]]) if doubled else x
    w = row_weights(len(y), weighted)
    if alpha > 0:
        model = Ridge(alpha=alpha, fit_intercept=intercept, solver="cholesky").fit(x, y, sample_weight=w)
        coef, b = model.coef_, model.intercept_
    else:
        mean, level = (np.average(x, 0, w), np.average(y, 0, w)) if intercept else (0 * x[0], 0)
        root = np.sqrt(w)[:, None]
        coef = np.linalg.pinv(root * (x - mean), rcond=1e-12) @ (root[:, 0] * (y - level))
        b = level - mean @ coef
    return {"name": name, "rows": len(y), "columns": columns or 10, "doubled": doubled, "weighted": weighted,
            "params": f"alpha={alpha} fit_intercept={'true' if intercept else 'false'}",
            "coef": coef.tolist(), "intercept": float(b)}


BC, IRIS = ("breast_cancer", "diagnosis"), ("iris", "species")
WINE, DIGITS = ("wine", "class"), ("digits", "digit")

out = {
    "made_by": f"make_linear.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, no random numbers",
    "logistic": [
        logistic("breast cancer, standardised", BC, how="standardise"),
        logistic("breast cancer, raw", BC),
        logistic("breast cancer, weak penalty", BC, how="standardise", C=100.0),
        logistic("breast cancer, strong penalty, raw", BC, C=0.001),
        logistic("breast cancer, weighted", BC, how="standardise", weighted=True),
        logistic("breast cancer, class weights", BC, how="standardise", class_weight={"M": 3, "B": 0.5}),
        logistic("breast cancer, balanced and weighted", BC, how="standardise", weighted=True, class_weight="balanced"),
        logistic("breast cancer, no intercept", BC, intercept=False),
        logistic("breast cancer, no penalty", BC, columns=4, C=np.inf),
        logistic("iris", IRIS),
        logistic("iris, no intercept", IRIS, intercept=False),
        logistic("iris, weighted", IRIS, weighted=True),
        logistic("iris, weak penalty", IRIS, C=1000.0),
        logistic("wine, raw", WINE),
        logistic("wine, standardised", WINE, how="standardise"),
        logistic("wine, no penalty", WINE, columns=2, C=np.inf),
        logistic("digits", DIGITS, how="divide by 16"),
    ],
    "ridge": [
        ridge("diabetes"),
        ridge("diabetes, weighted", weighted=True, alpha=0.1),
        ridge("diabetes, no intercept", intercept=False, alpha=10.0),
        ridge("diabetes, least squares", alpha=0),
        ridge("diabetes, least squares, weighted, no intercept", alpha=0, weighted=True, intercept=False),
        ridge("diabetes, more columns than rows", rows=6),
        ridge("diabetes, more columns than rows, weighted", rows=7, weighted=True, alpha=0.5),
        ridge("diabetes, more columns than rows, least norm", rows=6, alpha=0),
        ridge("diabetes, more columns than rows, least norm, no intercept", rows=6, alpha=0, intercept=False),
        ridge("diabetes, doubled columns, least norm", doubled=True, alpha=0, weighted=True),
        ridge("diabetes, doubled columns", doubled=True),
    ],
}
json.dump(out, sys.stdout, indent=1)
print()
