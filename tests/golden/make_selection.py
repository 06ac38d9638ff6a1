"""Writes selection.json: what scikit-learn says about splits in time and about calibration.

    python tests/golden/make_selection.py > tests/golden/selection.json
"""
import json
import sys

import numpy as np
import scipy
import sklearn
import sklearn.calibration as calibration
from sklearn.calibration import CalibratedClassifierCV
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, TimeSeriesSplit

SEED = 20
rng = np.random.default_rng(SEED)


def to_the_end(fun, x0, method, jac, options):
    """scikit-learn stops the sigmoid's fit at a gradient of 1e-6: go on to the minimum itself."""
    return scipy.optimize.minimize(fun, x0, method=method, jac=jac,
                                   options={"gtol": 1e-13, "ftol": 0, "maxiter": 10000})


calibration.minimize = to_the_end


def time_series():
    cases = []
    for n, folds, gap in [(10, 3, 0), (23, 5, 2), (6, 5, 0), (100, 4, 7)]:
        split = TimeSeriesSplit(n_splits=folds, gap=gap).split(np.zeros(n))
        parts = [(len(train), test[0], test[-1] + 1) for train, test in split]
        cases.append({"n": n, "folds": folds, "gap": gap,
                      "parts": [[int(v) for v in part] for part in parts]})
    return cases


def calibrators():
    """Maps fitted to scores with ties, with and without weights, and asked about new scores."""
    n = 120
    y = (rng.random(n) < 0.4).astype(float)
    score = np.round(y + 1.2 * rng.normal(size=n), 1)
    asked = np.sort(np.round(3 * rng.normal(size=25), 2))
    classes = rng.integers(0, 3, size=n)
    logits = 2.5 * np.eye(3)[classes] + 2 * rng.normal(size=(n, 3))
    cases = []
    for weight in (None, rng.integers(1, 4, size=n).astype(float)):
        a, b = calibration._sigmoid_calibration(score, y, weight)
        isotonic = IsotonicRegression(out_of_bounds="clip").fit(score, y, weight)
        temperature = calibration._TemperatureScaling().fit(logits, classes, weight)
        cases.append({"weight": None if weight is None else weight.tolist(),
                      "a": a, "b": b, "isotonic": isotonic.predict(asked).tolist(),
                      "beta": float(temperature.beta_)})
    return {"y": y.tolist(), "score": score.tolist(), "asked": asked.tolist(),
            "classes": classes.tolist(), "logits": logits.ravel().tolist(), "cases": cases}


def classifiers():
    """Whole calibrated classifiers around a logistic regression, on given inner folds."""
    cases = []
    for k in (2, 3):
        n, m = 150, 3
        y = rng.integers(0, k, size=n)
        x = rng.normal(size=(n, m)) + 0.9 * np.eye(m)[y]
        new = rng.normal(size=(30, m)) + 0.5
        fold = np.arange(n) % 5
        for method in ("sigmoid", "isotonic", "temperature"):
            model = LogisticRegression(C=0.7, tol=1e-12, max_iter=10000, solver="newton-cg")
            whole = CalibratedClassifierCV(model, method=method, cv=PredefinedSplit(fold),
                                           ensemble=False).fit(x, y)
            cases.append({"k": k, "method": method, "x": x.ravel().tolist(), "y": y.tolist(),
                          "fold": fold.tolist(), "new": new.ravel().tolist(),
                          "proba": whole.predict_proba(new).ravel().tolist()})
    return cases


json.dump({
    "made_by": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, "
               f"numpy {np.__version__}, tests/golden/make_selection.py, seed {SEED}",
    "time_series": time_series(),
    "calibrators": calibrators(),
    "classifiers": classifiers(),
}, sys.stdout)
print()
