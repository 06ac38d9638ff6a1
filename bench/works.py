"""The words in which a work is written down; bench/areas has the works.

A work is a row: data(n), what hone does with it, what others do with it, how good the results must
be to count as equal, and the ratio that is asked for. A side is fit(path, parameters) or another
helper of here; the path is that of a class, "sklearn.svm.SVC", or "hone.svc" for hone's svc.
"""
import importlib
from typing import Callable, NamedTuple

import numpy as np

import hone

THREADS = hone.THREADS or 2  # of both sides

# ---- sides: prepare(data) returns the function that is timed ------------------------------------

Side = Callable  # Data -> (() -> result)


def model(path, **parameters):
    """An unfitted model of the class at `path`, on THREADS threads."""
    module, name = path.rsplit(".", 1)
    if module == "hone":
        return hone.Estimator(name, **parameters)
    made = getattr(importlib.import_module(module), name)(**parameters)
    takes_jobs = "n_jobs" in made.get_params() and "n_jobs" not in parameters
    return made.set_params(n_jobs=THREADS) if takes_jobs else made


def fit(path, **parameters):
    """Creating and fitting; the result is the fitted model."""
    def prepare(data):
        model(path, **parameters)  # imports
        y = data.y if data.y is None or path.startswith("hone.") else _classes(path, data.y)
        return lambda: model(path, **parameters).fit(data.x, y)
    return prepare


def use(verb, path, **parameters):
    """predict, predict_proba, decision_function or transform of the test rows, after a fit."""
    def prepare(data):
        fitted = fit(path, **parameters)(data)()
        return lambda: getattr(fitted, verb)(data.test_x)
    return prepare


def fit_transform(path, **parameters):
    """Creating, fitting, and transforming the same rows."""
    def prepare(data):
        model(path, **parameters)  # imports
        if path.startswith("hone."):
            return lambda: model(path, **parameters).fit(data.x, data.y).transform(data.x)
        return lambda: model(path, **parameters).fit_transform(data.x, data.y)
    return prepare


def predict(path, **parameters):
    return use("predict", path, **parameters)


def transform(path, **parameters):
    return use("transform", path, **parameters)


def call(function, module=None):
    """Any function(data) that does the work, of a `module` that has to be there."""
    def prepare(data):
        if module:
            importlib.import_module(module)
        return lambda: function(data)
    return prepare


def _classes(path, y):
    """Class codes as integers, which is what other tools expect; values as they are."""
    codes = y.astype(np.int64)
    regressor = "egress" in path and "Logistic" not in path
    return codes if not regressor and (codes == y).all() else y


# ---- the row ------------------------------------------------------------------------------------


class Work(NamedTuple):
    name: str
    data: Callable  # n -> Data
    n: int
    ours: Side
    peers: dict  # name: Side
    quality: tuple  # of quality.Quality; all must hold
    goal: float | dict | None = None  # ratio that is asked for, of all or by a peer's first word
    growth: bool = True  # measure n/4, n/2, n rows as well
    memory: bool = True  # measure peak memory as well
