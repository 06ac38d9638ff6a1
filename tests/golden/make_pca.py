"""Writes pca.json: principal components by scikit-learn.

Usage: python make_pca.py ../../data > pca.json

Where hone is asked for another solver the answer of the exact one is kept.
"""
import csv
import json
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA


def read(name, target):
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index(target)
    return np.array([[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]])


IRIS, WINE, BC, DIGITS = ("iris", "species"), ("wine", "class"), ("breast_cancer", "diagnosis"), ("digits", "digit")


def case(data, params, model, rows=None):
    x = read(*data)[:rows]
    model.fit(x)
    some = x[::61]
    z = model.transform(some)
    return {"file": data[0] + ".csv", "target": data[1], "rows": len(x), "params": params,
            "components": model.components_.tolist(), "mean": model.mean_.tolist(),
            "variance": model.explained_variance_.tolist(), "ratio": model.explained_variance_ratio_.tolist(),
            "singular": model.singular_values_.tolist(), "noise": float(model.noise_variance_),
            "transform": z.tolist(), "back": model.inverse_transform(z).tolist()}


CASES = [
    case(IRIS, "", PCA()),
    case(IRIS, "n_components=2 svd_solver=full", PCA(2, svd_solver="full")),
    case(IRIS, "n_components=2 svd_solver=covariance_eigh whiten=true",
         PCA(2, svd_solver="covariance_eigh", whiten=True)),
    case(WINE, "n_components=0.9999", PCA(0.9999)),
    case(BC, "n_components=mle svd_solver=full", PCA("mle", svd_solver="full")),
    case(BC, "n_components=3 svd_solver=randomized seed=7", PCA(3, svd_solver="full")),
    case(DIGITS, "n_components=10 svd_solver=full", PCA(10, svd_solver="full")),
    case(DIGITS, "n_components=5 svd_solver=full", PCA(5, svd_solver="full"), rows=45),
    case(DIGITS, "n_components=4 svd_solver=covariance_eigh", PCA(4, svd_solver="full"), rows=45),
]
json.dump({"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}; no random numbers",
           "cases": CASES}, sys.stdout, separators=(",", ":"))
