"""Writes neighbours.json: nearest rows, votes and means as scikit-learn gives them.

Usage: python make_neighbours.py > neighbours.json

Rows are drawn from a normal distribution, so that no two distances are equal (hamming: codes of
0 .. 3 in 40 columns, asked about in ways that do not depend on the order of ties). Gower is
written out in numpy: scikit-learn has none.
"""
import json

import numpy as np
import sklearn
from sklearn.neighbors import (KNeighborsClassifier, KNeighborsRegressor, NearestNeighbors,
                               RadiusNeighborsClassifier, RadiusNeighborsRegressor)

SEED, N, ASKED, COLS, K = 20, 60, 12, 4, 5
rng = np.random.default_rng(SEED)
x, asked = rng.normal(size=(N, COLS)).round(3), rng.normal(size=(ASKED, COLS)).round(3)
y = (np.arange(N) * 7 % 3).astype(float)
value = (x @ [1, -2, 0.5, 0] + 0.1 * rng.normal(size=N)).round(3)
earth = np.stack([rng.uniform(-1.5, 1.5, N + ASKED), rng.uniform(-3, 3, N + ASKED)], 1).round(3)

METRICS = [
    ("metric=minkowski", {}, 1.5),
    ("metric=minkowski,p=1", {"p": 1}, 2.5),
    ("metric=minkowski,p=3.5", {"p": 3.5}, 1.2),
    ("metric=minkowski,p=inf", {"metric": "chebyshev"}, 1),
    ("metric=manhattan", {"metric": "manhattan"}, 2.5),
    ("metric=chebyshev", {"metric": "chebyshev"}, 1),
    ("metric=cosine", {"metric": "cosine"}, 0.4),
    ("metric=haversine", {"metric": "haversine"}, 0.6),
]


def data_of(settings):
    return (earth[:N], earth[N:]) if settings.get("metric") == "haversine" else (x, asked)


def nearest(params, settings, radius):
    rows, of = data_of(settings)
    model = NearestNeighbors(n_neighbors=K, radius=radius, **settings).fit(rows)
    distances, indices = model.kneighbors(of)
    within = model.radius_neighbors(of, sort_results=True)
    return {"params": params, "radius": radius, "earth": rows is not x,
            "distances": distances.tolist(), "rows": indices.tolist(),
            "counts": [len(d) for d in within[0]],
            "within_distances": np.concatenate(within[0]).tolist(),
            "within_rows": np.concatenate(within[1]).tolist()}


def votes(params, settings, radius):
    rows, of = data_of(settings)
    result = {"params": params, "radius": radius, "earth": rows is not x}
    for weights in "uniform", "distance":
        near = KNeighborsClassifier(K, weights=weights, **settings).fit(rows, y)
        mean = KNeighborsRegressor(K, weights=weights, **settings).fit(rows, value)
        within = RadiusNeighborsClassifier(radius, weights=weights, outlier_label="most_frequent",
                                           **settings).fit(rows, y)
        around = RadiusNeighborsRegressor(radius, weights=weights, **settings).fit(rows, value)
        result[weights] = {"labels": near.predict(of).tolist(),
                           "proba": near.predict_proba(of).tolist(),
                           "values": mean.predict(of).tolist(),
                           "radius_proba": within.predict_proba(of).tolist(),
                           "radius_values": [None if np.isnan(v) else v
                                             for v in around.predict(of)]}
    return result


def hamming():
    codes = rng.integers(0, 4, size=(N + ASKED, 40)).astype(float)
    model = NearestNeighbors(metric="hamming", n_neighbors=K).fit(codes[:N])
    return {"x": codes[:N].tolist(), "asked": codes[N:].tolist(),
            "distances": model.kneighbors(codes[N:])[0].tolist()}


def loo():
    """The error of each k when every row is judged by the others: one fit each."""
    kinds = {}
    for name, make, target in (("classes", KNeighborsClassifier, np.where(value > 0, 1.0, 0.0)),
                               ("values", KNeighborsRegressor, value)):
        for weights in "uniform", "distance":
            errors = []
            for k in range(1, 21):
                loss = 0
                for i in range(N):
                    rest = np.arange(N) != i
                    got = make(k, weights=weights).fit(x[rest], target[rest]).predict(x[i:i + 1])[0]
                    loss += float(got != target[i]) if name == "classes" else (got - target[i]) ** 2
                errors.append(loss / N)
            kinds[f"{name}_{weights}"] = errors
    return kinds


def gower():
    """Columns 0 and 1 are numbers, 2 and 3 categories; some cells are missing."""
    g = np.hstack([rng.normal(size=(N, 2)).round(3), rng.integers(0, 3, size=(N, 2))])
    g[rng.uniform(size=g.shape) < 0.15] = np.nan
    g[7] = np.nan
    span = np.nanmax(g, 0) - np.nanmin(g, 0)
    apart = np.abs(g[:, None] - g[None])
    part = np.where(np.arange(4) < 2, apart / span, np.where(np.isnan(apart), np.nan, apart != 0))
    both = (~np.isnan(part)).sum(2)
    with np.errstate(invalid="ignore"):
        d = np.where(both > 0, np.nansum(part, 2) / both, np.inf)
    return {"x": [[None if np.isnan(v) else v for v in row] for row in g],
            "distances": [[None if np.isinf(v) else v for v in row] for row in np.sort(d, 1)]}


print(json.dumps({
    "made_by": f"make_neighbours.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, "
               f"seed {SEED}",
    "k": K, "x": x.tolist(), "asked": asked.tolist(), "y": y.tolist(), "value": value.tolist(),
    "earth_x": earth[:N].tolist(), "earth_asked": earth[N:].tolist(),
    "nearest": [nearest(*m) for m in METRICS], "votes": [votes(*m) for m in METRICS],
    "hamming": hamming(), "loo": loo(), "gower": gower()}))
