"""Writes k_means.json: the best clusters that scikit-learn's k-means finds.

Usage: python make_k_means.py ../../data > k_means.json

Many beginnings and no tolerance, so that both sides end in the best optimum; clusters are ordered by
their centres.
"""
import csv
import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans


def read(name, target):
    with open(f"{sys.argv[1]}/{name}.csv", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index(target)
    return np.array([[float(v) for j, v in enumerate(r) if j != at] for r in rows[1:]])


def case(file, target, k, weighted=False):
    x = read(file, target)
    w = 1.0 + np.arange(len(x)) % 3 if weighted else None
    model = KMeans(k, n_init=200, tol=0, max_iter=1000, random_state=0).fit(x, sample_weight=w)
    order = np.lexsort(model.cluster_centers_.T[::-1])
    place = np.argsort(order)
    return {"file": file + ".csv", "target": target, "k": k, "weighted": weighted, "inertia": model.inertia_,
            "centers": model.cluster_centers_[order].tolist(), "labels": place[model.labels_].tolist(),
            "transform": model.transform(x[::17])[:, order].tolist()}


CASES = [case("iris", "species", 2), case("iris", "species", 3), case("iris", "species", 5),
         case("iris", "species", 3, True), case("wine", "class", 3), case("wine", "class", 4, True),
         case("breast_cancer", "diagnosis", 2)]
json.dump({"made_by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, random_state 0", "cases": CASES},
          sys.stdout, separators=(",", ":"))
