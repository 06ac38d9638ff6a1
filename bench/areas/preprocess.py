"""Transformers, fitted and asked about the same rows.

Encoders are told the categories on both sides: hone has them from its tables.
"""
import hone
import numpy as np

from problems import categories, uneven
from quality import size_of_output
from works import Work, fit_transform, maker

ALL = {"subsample": None}


def row(name, path, columns=50, n=100_000, ours=None, theirs=None, goal=None):
    """One transformer with its peer in scikit-learn; parameters where they differ from the defaults."""
    ours, theirs = ours or {}, theirs or ours or {}
    words = ", ".join(f"{key}={value}" for key, value in ours.items())
    return Work(f"{name}{' ' if words else ''}{words}, {n // 1000}k x {columns}", uneven(columns), n,
                fit_transform(f"hone.{name}", **ours),
                {"scikit-learn": fit_transform(f"sklearn.preprocessing.{path}", **theirs)},
                (size_of_output(),), goal=goal)


COLUMNS, LEVELS = 10, 20


def encoder(name, path, ours=None, theirs=None, n=100_000):
    """An encoder of columns of codes; the next step's rows are made by transform on both sides."""
    def our_side(data):
        make = maker("hone." + name, **(ours or {}))
        codes = hone.Data(data.x, data.y, levels=[LEVELS] * COLUMNS)
        return lambda: Encoded(make().fit(codes), codes)

    def their_side(data):
        known = [np.arange(LEVELS, dtype=float)] * COLUMNS
        make = maker("sklearn.preprocessing." + path, categories=known, **(theirs or {}))
        return lambda: Encoded(make().fit(data.x, data.y), data.x)

    return Work(f"{name}, {n // 1000}k x {COLUMNS}", categories(COLUMNS, LEVELS), n, our_side,
                {"scikit-learn": their_side}, (size_of_output(),))


class Encoded:
    """A fitted encoder and what it made of its rows."""

    def __init__(self, model, x):
        self.model, self.out = model, model.transform(x)

    def transform(self, x):
        codes = hone.Data(x, levels=[LEVELS] * COLUMNS) if isinstance(self.model, hone.Estimator) else x
        return self.model.transform(codes)


WORKS = [
    row("standard_scaler", "StandardScaler"),
    row("min_max_scaler", "MinMaxScaler"),
    row("max_abs_scaler", "MaxAbsScaler"),
    row("robust_scaler", "RobustScaler"),
    row("normalizer", "Normalizer"),
    row("quantile_transformer", "QuantileTransformer", ours={"subsample": "none"}, theirs=ALL),
    row("quantile_transformer", "QuantileTransformer",
        ours={"subsample": "none", "output_distribution": "normal"},
        theirs={**ALL, "output_distribution": "normal"}),
    row("polynomial_features", "PolynomialFeatures", n=20_000),
    encoder("one_hot_encoder", "OneHotEncoder", theirs={"sparse_output": False}),
    encoder("ordinal_encoder", "OrdinalEncoder"),
    encoder("target_encoder", "TargetEncoder", theirs={"target_type": "continuous"}),
]
