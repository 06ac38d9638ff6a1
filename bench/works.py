"""The words in which a work is written down; bench/areas has the works.

A work is a row: data(n), what hone does with it, what others do with it, how good the results must
be to count as equal, and the ratio that is asked for. A side is fit(path, parameters) or another
helper of here; the path is that of a class, "sklearn.svm.SVC", or "hone.svc" for hone's svc.
"""
import functools
import importlib
import itertools
from typing import Callable, NamedTuple

import numpy as np

import hone

THREADS = hone.THREADS or 2  # of both sides

# ---- sides: prepare(data) returns the function that is timed ------------------------------------

Side = Callable  # Data -> (() -> result)


def maker(path, **parameters):
    """What makes an unfitted model of the class at `path`, on THREADS threads."""
    if path.startswith("hone."):
        return functools.partial(hone.Estimator, path.removeprefix("hone."), **parameters)
    module, name = path.rsplit(".", 1)
    made = getattr(importlib.import_module(module), name)
    if "n_jobs" in made(**parameters).get_params() and "n_jobs" not in parameters:
        parameters["n_jobs"] = THREADS
    return functools.partial(made, **parameters)


def fit(path, **parameters):
    """Creating and fitting; the result is the fitted model. The data are there in the form that a
    side takes: hone's struct of pointers to the arrays, integers for class codes."""
    def prepare(data):
        make = maker(path, **parameters)
        if path.startswith("hone."):
            ours = hone.Data(data.x, data.y)
            return lambda: make().fit(ours)
        y = None if data.y is None else _classes(path, data.y)
        return lambda: make().fit(data.x, y)
    return prepare


def fit_by_chance(path, **parameters):
    """The same, either side being given another seed each time: how long it takes is chance as well."""
    def prepare(data):
        make = maker(path, **parameters)
        if path.startswith("hone."):
            ours = hone.Data(data.x, data.y)
            seeds = itertools.cycle([f"seed={seed}".encode() for seed in range(1000)])
            return lambda: make().set_text(next(seeds)).fit(ours)
        y, seeds = _classes(path, data.y), itertools.cycle(range(1000))
        return lambda: make(random_state=next(seeds)).fit(data.x, y)
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
        make = maker(path, **parameters)
        if path.startswith("hone."):
            return lambda: make().fit(data.x, data.y).transform(data.x)
        return lambda: make().fit_transform(data.x, data.y)
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
