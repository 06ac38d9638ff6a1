"""Writes sgd.json: stochastic gradient descent by scikit-learn, rows in order (no shuffling).

Usage: python make_sgd.py > sgd.json

Every loss with every schedule and penalty, batches, averages, weights, several classes. The data are
drawn here with three decimals and kept in the file. Classifiers that average are not fitted by batches:
scikit-learn's then go on with the wrong intercept (coef_ and intercept_ become the means themselves).
"""
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import Perceptron, SGDClassifier, SGDRegressor

warnings.filterwarnings("ignore")
SEED, N, M = 7, 60, 5
rng = np.random.default_rng(SEED)
X = np.round(rng.normal(scale=0.3, size=(N, M)), 3)
SCORES = X @ rng.normal(scale=3, size=(M, 3)) + 0.7 * rng.normal(size=(N, 3))
TARGETS = {
    "two": (SCORES[:, 0] > 0.2).astype(int),
    "three": SCORES.argmax(1),
    "values": np.round(SCORES[:, 1] + 0.5, 3),
}
WEIGHTS = (1 + np.arange(N) % 3) / 2

CLASSIFIER = ["hinge", "log_loss", "squared_hinge", "modified_huber", "perceptron", "squared_error", "huber",
              "epsilon_insensitive", "squared_epsilon_insensitive"]
PENALTIES = ["l2", "l1", "elasticnet", None]
SCHEDULES = ["constant", "optimal", "invscaling", "adaptive"]
MODELS = {"sgd_classifier": SGDClassifier, "sgd_regressor": SGDRegressor, "perceptron": Perceptron}


def text(value):
    words = {"None": "none", "True": "true", "False": "false"}
    return words.get(str(value), str(value))


def case(estimator, target, batches=None, weighted=False, **params):
    """Fits at once, or by batches of the given size; two rounds over them."""
    model = MODELS[estimator](shuffle=False, **params)
    y, w = TARGETS[target], WEIGHTS if weighted else np.ones(N)
    if batches is None:
        model.fit(X, y, sample_weight=w)
    else:
        classes = {} if target == "values" else {"classes": np.unique(y)}
        for _ in range(2):
            for first in range(0, N, batches):
                part = slice(first, first + batches)
                model.partial_fit(X[part], y[part], sample_weight=w[part], **classes)
    settings = " ".join(f"{k}={text(v)}" for k, v in params.items())
    return {"estimator": estimator, "target": target, "params": settings, "weighted": weighted,
            "batches": batches or 0, "n_iter": int(model.n_iter_), "coef": np.ravel(model.coef_).tolist(),
            "intercept": np.ravel(model.intercept_).tolist()}


CASES = []
for penalty in PENALTIES:
    for schedule in SCHEDULES:
        for loss in CLASSIFIER:
            # optimal begins with steps that squared losses blow up, and with them the last digits
            alpha = 0.1 if schedule == "optimal" and loss.startswith(("squared", "modified")) else 0.01
            how = {"loss": loss, "penalty": penalty, "learning_rate": schedule, "alpha": alpha, "max_iter": 15}
            CASES.append(case("sgd_classifier", "two", **how))
            if loss in CLASSIFIER[5:]:
                CASES.append(case("sgd_regressor", "values", **how))
    for schedule in ["pa1", "pa2"]:
        how = {"penalty": penalty, "learning_rate": schedule, "alpha": 0.01, "max_iter": 15, "eta0": 0.03}
        CASES.append(case("sgd_classifier", "two", loss="hinge", **how))
        CASES.append(case("sgd_regressor", "values", loss="epsilon_insensitive", **how))
    CASES.append(case("perceptron", "two", penalty=penalty))
    CASES.append(case("perceptron", "three", penalty=penalty, fit_intercept=False))
    CASES.append(case("sgd_classifier", "two", batches=20, penalty=penalty))
    CASES.append(case("sgd_classifier", "three", batches=13, penalty=penalty, loss="log_loss", weighted=True))
    CASES.append(case("sgd_regressor", "values", batches=20, penalty=penalty))
    CASES.append(case("perceptron", "three", batches=20, penalty=penalty))
for loss in CLASSIFIER:
    CASES.append(case("sgd_classifier", "three", loss=loss, weighted=True, max_iter=30, alpha=0.1))
for average in [True, 100]:
    CASES.append(case("sgd_classifier", "two", average=average, max_iter=7))
    CASES.append(case("sgd_classifier", "three", average=average, loss="log_loss", alpha=0.1))
    CASES.append(case("sgd_regressor", "values", average=average, weighted=True))
    CASES.append(case("sgd_regressor", "values", average=average, batches=20, penalty=None, loss="huber"))
CASES.append(case("sgd_classifier", "two", alpha=30.0, eta0=0.5, learning_rate="constant", loss="log_loss"))
CASES.append(case("sgd_classifier", "two", tol=None, max_iter=40, alpha=0.01, fit_intercept=False, loss="log_loss"))
CASES.append(case("sgd_regressor", "values", power_t=0.5, eta0=0.1, epsilon=0.4, loss="huber"))
CASES.append(case("sgd_regressor", "values", power_t=0.1, l1_ratio=0.7, penalty="elasticnet", alpha=0.05))
CASES.append(case("sgd_classifier", "two", n_iter_no_change=2, tol=0.01, loss="modified_huber"))

json.dump({"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}; seed {SEED}",
           "columns": M, "x": X.ravel().tolist(), "weights": WEIGHTS.tolist(),
           "targets": {k: v.tolist() for k, v in TARGETS.items()}, "cases": CASES},
          sys.stdout, separators=(",", ":"))
