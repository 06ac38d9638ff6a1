"""The data that works are done on: a function of the number of rows, so that growth can be seen.

Each maker returns make(n) -> Data with n rows to learn from and as many to be tested on as `tests`
says; the same n gives the same numbers. y holds numbers: class codes 0 .. K-1, or values.
"""
import csv
import pathlib
from typing import NamedTuple

import numpy as np

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


class Data(NamedTuple):
    x: np.ndarray
    y: np.ndarray | None = None
    test_x: np.ndarray | None = None
    test_y: np.ndarray | None = None


def _split(x, y, tests):
    n = len(x) - tests
    return Data(np.ascontiguousarray(x[:n]), None if y is None else y[:n].copy(),
                np.ascontiguousarray(x[n:]), None if y is None else y[n:].copy())


def regression(cols, informative=None, noise=1.0, tests=2000):
    """Normal columns, a normal vector on the first `informative` of them."""
    def make(n):
        rng = np.random.default_rng(cols)
        coef = rng.normal(size=cols) * (np.arange(cols) < (informative or cols))
        x = rng.normal(size=(n + tests, cols))
        return _split(x, x @ coef + noise * rng.normal(size=n + tests), tests)
    return make


def linear_classes(cols, classes=2, noise=1.0, tests=2000):
    """Normal columns; the class is the largest of `classes` linear scores with noise."""
    def make(n):
        rng = np.random.default_rng(cols + classes)
        coef = rng.normal(size=(cols, classes)) / np.sqrt(cols)
        x = rng.normal(size=(n + tests, cols))
        scores = x @ coef + noise * rng.gumbel(size=(n + tests, classes))
        return _split(x, scores.argmax(1).astype(float), tests)
    return make


def clusters_of_classes(cols, classes=2, per_class=4, spread=1.0, tests=2000):
    """Classes of several normal clouds each: not separable by a plane."""
    def make(n):
        rng = np.random.default_rng(cols + 31 * classes)
        centres = rng.normal(size=(classes * per_class, cols))
        which = rng.integers(len(centres), size=n + tests)
        x = centres[which] + spread * rng.normal(size=(n + tests, cols))
        return _split(x, (which % classes).astype(float), tests)
    return make


def blobs(cols, centres, spread=1.0, tests=2000):
    """Normal clouds around uniform centres, without y."""
    def make(n):
        rng = np.random.default_rng(cols + centres)
        middle = rng.uniform(-10, 10, size=(centres, cols))
        which = rng.integers(centres, size=n + tests)
        x = middle[which] + spread * rng.normal(size=(n + tests, cols))
        return _split(x, which.astype(float), tests)._replace(y=None, test_y=None)
    return make


def uneven(cols, tests=2000):
    """Normal columns of very different scale, every fourth with a long tail, without y."""
    def make(n):
        rng = np.random.default_rng(cols)
        x = rng.normal(size=(n + tests, cols)) * rng.lognormal(sigma=2, size=cols)
        x[:, ::4] = np.exp(x[:, ::4] / x[:, ::4].std(0))
        return _split(x, None, tests)
    return make


def one_hot(cols, per_group=25, tests=2000):
    """Groups of indicator columns, levels of very different frequency: ill-conditioned."""
    def make(n):
        rng = np.random.default_rng(cols)
        share = 1.0 / np.arange(1, per_group + 1) ** 2
        codes = rng.choice(per_group, size=(n + tests, cols // per_group), p=share / share.sum())
        x = np.zeros((n + tests, cols))
        at = codes + per_group * np.arange(cols // per_group)
        x[np.arange(n + tests)[:, None], at] = 1
        score = x @ rng.normal(size=cols)
        y = (score + rng.logistic(size=n + tests) > np.median(score)).astype(float)
        return _split(x, y, tests)
    return make


def words(cols, per_row=75, tests=2000):
    """Compressed rows of length 1 with few cells each, the first columns the frequent ones; two
    classes by a linear score with noise."""
    def make(n):
        from scipy.sparse import csr_matrix
        rng = np.random.default_rng(cols)
        share = 1.0 / np.arange(1, cols + 1) ** 0.9
        at = rng.choice(cols, size=(n + tests, per_row), p=share / share.sum())
        cells = (0.1 + rng.random(at.size), (np.repeat(np.arange(n + tests), per_row), at.ravel()))
        x = csr_matrix(cells, shape=(n + tests, cols))
        x = x.multiply(1 / np.sqrt(x.multiply(x).sum(1))).tocsr()
        score = x @ rng.normal(size=cols)
        y = (score + 0.3 * score.std() * rng.normal(size=n + tests) > 0).astype(float)
        return Data(x[:n], y[:n], x[n:], y[n:])
    return make


def low_rank(cols, rank, noise=0.1, tests=2000):
    """A few strong directions below noise, without y."""
    def make(n):
        rng = np.random.default_rng(cols + rank)
        factors = rng.normal(size=(n + tests, rank)) * np.linspace(3, 1, rank)
        x = factors @ rng.normal(size=(rank, cols)) + noise * rng.normal(size=(n + tests, cols))
        return _split(x, None, tests)
    return make


def categories(cols, levels, tests=2000):
    """Codes of `levels` categories of very different frequency; y is a sum of their effects."""
    def make(n):
        rng = np.random.default_rng(cols + levels)
        share = 1.0 / np.arange(1, levels + 1)
        codes = rng.choice(levels, size=(n + tests, cols), p=share / share.sum())
        effect = rng.normal(size=(cols, levels))
        y = effect[np.arange(cols), codes].sum(1) + rng.normal(size=n + tests)
        return _split(codes.astype(float), y, tests)
    return make


def table(name, target, classes=True, scale=1.0):
    """data/NAME.csv, its rows in the order drawn with seed 0; n of them. All rows are the test."""
    def make(n):
        with open(DATA / f"{name}.csv", newline="") as file:
            rows = list(csv.reader(file))
        at = rows[0].index(target)
        x = np.array([[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]]) * scale
        words = [r[at] for r in rows[1:]]
        y = np.unique(words, return_inverse=True)[1] if classes else np.array(words)
        y = y.astype(float)
        chosen = np.random.default_rng(0).permutation(len(x))[:n]
        return Data(x[chosen], y[chosen], x, y)
    return make
