"""Transformers, fitted and asked about the same rows."""
from problems import uneven
from quality import size_of_output
from works import Work, fit_transform

ALL = {"subsample": None}


def row(name, path, columns=50, n=100_000, ours=None, theirs=None, goal=None):
    """One transformer with its peer in scikit-learn; parameters where they differ from the defaults."""
    ours, theirs = ours or {}, theirs or ours or {}
    words = ", ".join(f"{key}={value}" for key, value in ours.items())
    return Work(f"{name}{' ' if words else ''}{words}, {n // 1000}k x {columns}", uneven(columns), n,
                fit_transform(f"hone.{name}", **ours),
                {"scikit-learn": fit_transform(f"sklearn.preprocessing.{path}", **theirs)},
                (size_of_output(),), goal=goal)


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
]
