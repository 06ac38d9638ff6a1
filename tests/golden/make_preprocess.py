"""Writes preprocess.json: a table with gaps and what scikit-learn's transformers make of it.

Usage: python make_preprocess.py > preprocess.json
"""
import json

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, StandardScaler

SEED = 20240612
rng = np.random.default_rng(SEED)

N = 41
X = np.column_stack([
    rng.normal(size=N),
    rng.normal(1e6, 1e-2, N),
    rng.integers(0, 6, N),
    np.full(N, 0.1),
    rng.choice([-2.5, 0.0, 7.25], N),
    rng.lognormal(sigma=3, size=N),
])
X[rng.random(X.shape) < 0.15] = np.nan
NEW = np.vstack([X[:7] * 1.7, np.full(X.shape[1], np.nan), np.zeros(X.shape[1])])
W = rng.choice([0.5, 1.0, 2.0, 30.0], N)


def rows(a):
    return [[None if np.isnan(v) else v for v in row] for row in np.asarray(a).tolist()]


def case(name, params, made, weighted=False):
    made.fit(X, **({"sample_weight": W} if weighted else {}))
    return {"name": name, "params": params, "weighted": weighted, "out": rows(made.transform(NEW))}


cases = [case("simple_imputer", f"strategy={s}", SimpleImputer(strategy=s)) for s in ("mean", "median", "most_frequent")]
cases.append(case("simple_imputer", "strategy=constant fill_value=-3.5", SimpleImputer(strategy="constant", fill_value=-3.5)))
for weighted in (False, True):
    cases.append(case("standard_scaler", "with_mean=true", StandardScaler(), weighted))
cases.append(case("standard_scaler", "with_mean=false", StandardScaler(with_mean=False)))
cases.append(case("standard_scaler", "with_std=false", StandardScaler(with_std=False)))
cases.append(case("min_max_scaler", "clip=false", MinMaxScaler()))
cases.append(case("min_max_scaler", "feature_range_low=-1.5 feature_range_high=4 clip=true",
                  MinMaxScaler(feature_range=(-1.5, 4), clip=True)))

print(json.dumps({"made_by": f"make_preprocess.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {SEED}",
                  "x": rows(X), "weight": W.tolist(), "new": rows(NEW), "cases": cases}))
