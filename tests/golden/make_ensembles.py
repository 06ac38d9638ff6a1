"""Writes ensembles.json: what scikit-learn says about voting, stacking and boosting.

    python tests/golden/make_ensembles.py > tests/golden/ensembles.json

A case holds hone's spec of the same estimator; stacks get their inner folds.
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.ensemble import (AdaBoostClassifier, StackingClassifier, StackingRegressor,
                              VotingClassifier, VotingRegressor)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import PredefinedSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier

SEED = 21
N, NEW, M, FOLDS = 120, 25, 3, 4
rng = np.random.default_rng(SEED)


def lr(c=1.0):
    return LogisticRegression(C=c, tol=1e-13, max_iter=10000, solver="newton-cg")


LR = "logistic_regression:tol=1e-13,max_iter=10000"


def problem(k):
    """Classes that overlap, or values (k = 0)."""
    x = rng.normal(size=(N + NEW, M))
    if k:
        y = np.arange(N + NEW) % k
        x += 0.8 * np.eye(M)[y]
    else:
        y = x @ [1.0, -2.0, 0.5] + np.sin(2 * x[:, 0]) + 0.3 * rng.normal(size=N + NEW)
    return x[:N], y[:N], x[N:]


def case(k, spec, model, weighted=False):
    x, y, new = problem(k)
    weight = rng.integers(1, 4, size=N).astype(float) if weighted else None
    model.fit(x, y, **({"sample_weight": weight} if weighted else {}))
    found = {"k": k, "spec": spec, "x": x.ravel().tolist(), "y": y.tolist(),
             "fold": (np.arange(N) % FOLDS).tolist(), "new": new.ravel().tolist(),
             "predict": model.predict(new).tolist()}
    if weighted:
        found["weight"] = weight.tolist()
    for ours, theirs in (("proba", "predict_proba"), ("decision", "decision_function")):
        if hasattr(model, theirs):
            found[ours] = getattr(model, theirs)(new).ravel().tolist()
    if isinstance(model, AdaBoostClassifier):
        n = len(model.estimators_)
        found["weights"] = model.estimator_weights_[:n].tolist()
        found["errors"] = model.estimator_errors_[:n].tolist()
    return found


def voters():
    return [("lr", lr()), ("nb", GaussianNB()), ("knn", KNeighborsClassifier(3))]


def voting():
    names = f"({LR}, gaussian_nb, k_neighbors_classifier:n_neighbors=3)"
    for k in (2, 3):
        yield case(k, "voting" + names, VotingClassifier(voters()))
        yield case(k, f"voting{names}:weights=(2,1,1.5)",
                   VotingClassifier(voters(), weights=[2, 1, 1.5]))
        yield case(k, f"voting{names}:voting=soft,weights=(0.5,1,3)",
                   VotingClassifier(voters(), voting="soft", weights=[0.5, 1, 3]))
    yield case(3, f"voting({LR}, gaussian_nb):voting=soft",
               VotingClassifier(voters()[:2], voting="soft"), weighted=True)
    values = [("lin", LinearRegression()), ("ridge", Ridge(3)), ("knn", KNeighborsRegressor(4))]
    names = "(linear_regression, ridge:alpha=3, k_neighbors_regressor:n_neighbors=4)"
    yield case(0, "voting_regressor" + names, VotingRegressor(values))
    yield case(0, f"voting_regressor{names}:weights=(1,0,2)",
               VotingRegressor(values, weights=[1, 0, 2]))


def stacking():
    split = PredefinedSplit(np.arange(N) % FOLDS)
    for k in (2, 3):
        yield case(k, f"stacking({LR}, gaussian_nb; {LR},C=0.5)",
                   StackingClassifier(voters()[:2], lr(0.5), cv=split))
        yield case(k, f"stacking({LR}, gaussian_nb, k_neighbors_classifier:n_neighbors=3; {LR})"
                      ":passthrough=true", StackingClassifier(voters(), lr(), cv=split,
                                                              passthrough=True))
        yield case(k, f"stacking({LR}, {LR},C=0.01; gaussian_nb):stack_method=decision_function",
                   StackingClassifier([("a", lr()), ("b", lr(0.01))], GaussianNB(), cv=split,
                                      stack_method="decision_function"))
        yield case(k, f"stacking(gaussian_nb, {LR}; {LR}):stack_method=predict",
                   StackingClassifier([("a", GaussianNB()), ("b", lr())], lr(), cv=split,
                                      stack_method="predict"))
    yield case(3, f"stacking({LR}, gaussian_nb; {LR})",
               StackingClassifier(voters()[:2], lr(), cv=split), weighted=True)
    values = [("lin", LinearRegression()), ("knn", KNeighborsRegressor(4))]
    names = "(linear_regression, k_neighbors_regressor:n_neighbors=4; ridge:alpha=2)"
    yield case(0, "stacking_regressor" + names, StackingRegressor(values, Ridge(2), cv=split))
    yield case(0, f"stacking_regressor{names}:passthrough=true",
               StackingRegressor(values, Ridge(2), cv=split, passthrough=True))


def boosting():
    for k in (2, 3):
        for rate in (1.0, 0.4):
            settings = f":n_estimators=12,learning_rate={rate}"
            yield case(k, "ada_boost(gaussian_nb)" + settings,
                       AdaBoostClassifier(GaussianNB(), n_estimators=12, learning_rate=rate))
            yield case(k, f"ada_boost({LR},C=1000)" + settings,
                       AdaBoostClassifier(lr(1000), n_estimators=12, learning_rate=rate),
                       weighted=True)
            yield case(k, "ada_boost" + settings,
                       AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=12,
                                          learning_rate=rate))


json.dump({"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {SEED}",
           "folds": FOLDS, "cases": [*voting(), *stacking(), *boosting()]}, sys.stdout)
