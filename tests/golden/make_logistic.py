"""Writes logistic.json: minima with absolute values in the penalty and of one-vs-rest by scikit-learn,
and standard errors of softmax by statsmodels.

Usage: python make_logistic.py ../../data > logistic.json

saga is run to tol 1e-12; the conditions of the minimum are then checked here. statsmodels holds the first
class at 0; its covariance is carried over to vectors that sum to zero.
"""
import csv
import json
import sys
import warnings

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

warnings.simplefilter("ignore")


def read(name, target, columns):
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index(target)
    x = np.array([[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]])
    labels = [r[at] for r in rows[1:]]
    return x[:, :columns], np.array([sorted(set(labels)).index(v) for v in labels])


def offence(x, y, model, C, ratio):
    p = model.predict_proba(x)
    r = p - np.eye(p.shape[1])[y]
    r = r[:, 1:] if p.shape[1] == 2 else r
    g, w = C * r.T @ x + (1 - ratio) * model.coef_, model.coef_
    off = np.where(w != 0, np.abs(g + ratio * np.sign(w)), np.maximum(0, np.abs(g) - ratio))
    return max(off.max(), np.abs(C * r.sum(0)).max())


def case(name, data, C, ratio, ovr=False):
    x, y = read(*data)
    x = (x - x.mean(0)) / x.std(0)
    model = LogisticRegression(C=C, l1_ratio=ratio, solver="saga" if ratio else "newton-cholesky", tol=1e-12, max_iter=1000000)
    if ovr:
        model = OneVsRestClassifier(model).fit(x, y)
        coef = np.vstack([m.coef_ for m in model.estimators_])
        b = np.hstack([m.intercept_ for m in model.estimators_])
        worst = max(offence(x, (y == k).astype(int), m, C, ratio) for k, m in enumerate(model.estimators_))
    else:
        model.fit(x, y)
        coef, b = model.coef_, model.intercept_ - (model.intercept_.mean() if len(model.intercept_) > 1 else 0)
        worst = offence(x, y, model, C, ratio)
    print(f"{name}: {worst:.1e} from the conditions", file=sys.stderr)
    assert worst < 1e-8
    return {"name": name, "file": data[0] + ".csv", "target": data[1], "columns": x.shape[1],
            "params": (f"C={C} penalty=elasticnet l1_ratio={ratio}" if ratio not in (0, 1) else
                       f"C={C} penalty={'l1' if ratio else 'l2'}") + (" multi_class=ovr" if ovr else ""),
            "coef": coef.tolist(), "intercept": b.tolist(), "proba": model.predict_proba(x[:5]).tolist()}


def softmax_errors(data):
    x, y = read(*data)
    fit = sm.MNLogit(y, np.hstack([x, np.ones((len(y), 1))])).fit(method="newton", maxiter=100, tol=1e-14, disp=0)
    d, k = fit.params.shape[0], fit.params.shape[1] + 1
    centre = np.eye(k) - 1 / k
    to_sum = np.kron(centre[:, 1:], np.eye(d))
    beta = to_sum @ np.asarray(fit.params).T.ravel()
    se = np.sqrt(np.diag(to_sum @ np.asarray(fit.cov_params()) @ to_sum.T))
    return {"file": data[0] + ".csv", "target": data[1], "columns": d - 1,
            "terms": beta.tolist(), "std_err": se.tolist()}


BC, IRIS, WINE = ("breast_cancer", "diagnosis", 10), ("iris", "species", 4), ("wine", "class", 13)
out = {
    "made_by": {"tool": f"scikit-learn {sklearn.__version__}, statsmodels {statsmodels.__version__}",
                "script": "make_logistic.py", "seed": "saga's order of rows does not matter at the minimum"},
    "cases": [
        case("l1", BC, 1.0, 1),
        case("l1, strong", BC, 0.05, 1),
        case("elastic net", BC, 0.5, 0.4),
        case("l1 of three classes", IRIS, 1.0, 1),
        case("elastic net of three classes", WINE, 0.3, 0.7),
        case("one against the rest", IRIS, 1.0, 0, ovr=True),
        case("one against the rest, l1", WINE, 0.5, 1, ovr=True),
    ],
    "softmax": softmax_errors(("wine", "class", 2)),
}
json.dump(out, sys.stdout, indent=1)
print()
