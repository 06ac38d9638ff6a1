#!/usr/bin/env python3
"""Small models of XGBoost and LightGBM with rows and what their own programs say of them.

    pip install xgboost==3.2.0 lightgbm==4.7.0 pandas
    ./make_foreign_trees.py        writes xgboost_models.json and lightgbm_models.json beside itself
"""
import json
import pathlib
import warnings

import lightgbm
import numpy as np
import pandas as pd
import xgboost

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
SEED, N, SHOWN = 7, 400, 24
LEVELS = ["red", "green", "blue", "grey", "pink", "teal"]

rng = np.random.default_rng(SEED)
X = pd.DataFrame({
    "age": rng.normal(50, 12, N).round(1),
    "dose": rng.gamma(2, 0.1, N),
    "colour": rng.integers(0, 6, N).astype(float),
    "count": rng.poisson(1.0, N).astype(float),
    "big": rng.normal(0, 1e7, N),
})
X = X.map(lambda v: float(f"{v:.8g}"))
X.loc[rng.random(N) < 0.15, "age"] = np.nan
X.loc[rng.random(N) < 0.1, "colour"] = np.nan
X.loc[rng.random(N) < 0.1, "big"] = np.nan
F = (np.nan_to_num(X.age - 50) / 12 + 3 * X.dose + np.isin(X.colour, [1, 4]) - 0.5 * X["count"]
     + np.isnan(X.big) + rng.normal(0, 0.5, N))
TWO = (F > F.median()).astype(int)
THREE = pd.cut(F, [-99, -0.3, 0.9, 99], labels=False)
RATE = np.exp(np.clip(F, -3, 3) / 2)
NAMED = X.assign(colour=pd.Categorical.from_codes(X.colour.fillna(-1).astype(int), LEVELS))


def rounded(values):
    """Numbers for JSON; NaN becomes null."""
    return [None if np.isnan(v) else float(f"{v:.11g}")
            for v in np.asarray(values, dtype=float).ravel()]


def xgboost_case(name, y, params, rounds=3, data=X, types=("q", "q", "c", "q", "q"), names=True):
    options = dict(enable_categorical=True)
    if data is X:
        options |= dict(feature_types=list(types), feature_names=list(X.columns) if names else None)
        data = data.to_numpy()
    table = xgboost.DMatrix(data, y, **options)
    booster = xgboost.train({"max_depth": 3, "seed": SEED, "nthread": 1, **params}, table, rounds)
    shown = xgboost.DMatrix(data[:SHOWN], **options)
    return {"name": name, "model": json.loads(booster.save_raw("json")),
            "raw": rounded(booster.predict(shown, output_margin=True)),
            "answer": rounded(booster.predict(shown))}


def lightgbm_case(name, y, params, rounds=3, data=X, categorical=("colour",)):
    base = {"num_leaves": 6, "verbose": -1, "seed": SEED, "num_threads": 1, "deterministic": True,
            "min_data_in_leaf": 5, "min_data_per_group": 5, "cat_smooth": 1}
    table = lightgbm.Dataset(data, y, categorical_feature=list(categorical) or "auto",
                             params={"verbose": -1, "max_bin": 63})
    booster = lightgbm.train({**base, **params}, table, rounds)
    text = booster.model_to_string()
    head, tail = text.split("\nparameters:\n")
    text = head + "\nparameters:\n[seed: 7]\n\nend of parameters\n" + tail.split("end of parameters\n")[1]
    return {"name": name, "model": text, "raw": rounded(booster.predict(data[:SHOWN], raw_score=True)),
            "answer": rounded(booster.predict(data[:SHOWN]))}


def write(path, library, cases):
    out = {"made_by": f"make_foreign_trees.py, {library.__name__} {library.__version__}, "
                      f"numpy {np.__version__}, seed {SEED}",
           "columns": list(X.columns), "levels": LEVELS,
           "x": rounded(X[:SHOWN]), "cases": cases}
    (HERE / path).write_text(json.dumps(out, separators=(",", ":")) + "\n")


write("xgboost_models.json", xgboost, [
    xgboost_case("binary", TWO, {"objective": "binary:logistic"}),
    xgboost_case("binary, one category against the rest", TWO,
                 {"objective": "binary:logistic", "max_cat_to_onehot": 10, "base_score": 0.2}, 2),
    xgboost_case("binary, columns without names", TWO,
                 {"objective": "binary:logistic"}, 1, types=("q",) * 5, names=False),
    xgboost_case("binary, categories with names", TWO, {"objective": "binary:logistic"}, 2, NAMED),
    xgboost_case("classes", THREE, {"objective": "multi:softprob", "num_class": 3, "max_depth": 2}, 2),
    xgboost_case("two classes with two scores", TWO,
                 {"objective": "multi:softprob", "num_class": 2, "max_depth": 2}, 2),
    xgboost_case("forest of classes", THREE,
                 {"objective": "multi:softprob", "num_class": 3, "num_parallel_tree": 2,
                  "subsample": 0.7, "colsample_bynode": 0.6, "max_depth": 2}, 1),
    xgboost_case("squared", F, {"objective": "reg:squarederror"}, 2),
    xgboost_case("poisson", X["count"], {"objective": "count:poisson", "max_depth": 2}, 2),
    xgboost_case("gamma", RATE, {"objective": "reg:gamma", "max_depth": 2}, 2),
    xgboost_case("tweedie", RATE, {"objective": "reg:tweedie", "max_depth": 2}, 2),
    xgboost_case("quantile", F, {"objective": "reg:quantileerror", "quantile_alpha": 0.8}, 2),
    xgboost_case("absolute", F, {"objective": "reg:absoluteerror", "max_depth": 2}, 2),
    xgboost_case("dart", TWO, {"objective": "binary:logistic", "booster": "dart",
                               "rate_drop": 0.5, "max_depth": 2}, 5),
    xgboost_case("linear", F, {"objective": "reg:squarederror", "booster": "gblinear"}, 4,
                 types=("q",) * 5),
    xgboost_case("linear classes", THREE,
                 {"objective": "multi:softprob", "num_class": 3, "booster": "gblinear"}, 4,
                 types=("q",) * 5),
])
write("lightgbm_models.json", lightgbm, [
    lightgbm_case("binary", TWO, {"objective": "binary"}),
    lightgbm_case("binary, sigmoid 2", TWO, {"objective": "binary", "sigmoid": 2}, 2),
    lightgbm_case("binary, categories with names", TWO, {"objective": "binary"}, 2, NAMED),
    lightgbm_case("binary, missing as zero", TWO, {"objective": "binary", "use_missing": False}, 2,
                  X.fillna({"age": 0, "big": 0})),
    lightgbm_case("cross entropy", TWO, {"objective": "cross_entropy"}, 2),
    lightgbm_case("classes", THREE, {"objective": "multiclass", "num_class": 3}, 2),
    lightgbm_case("two classes with two scores", TWO, {"objective": "multiclass", "num_class": 2}, 2),
    lightgbm_case("forest", F, {"objective": "regression", "boosting": "rf", "bagging_freq": 1,
                                "bagging_fraction": 0.6, "feature_fraction": 0.7}, 3),
    lightgbm_case("forest of classes", TWO, {"objective": "binary", "boosting": "rf",
                                             "bagging_freq": 1, "bagging_fraction": 0.6}, 3),
    lightgbm_case("squared", F, {"objective": "regression"}, 2),
    lightgbm_case("poisson", X["count"], {"objective": "poisson"}, 2),
    lightgbm_case("gamma", RATE, {"objective": "gamma"}, 2),
    lightgbm_case("tweedie", RATE, {"objective": "tweedie"}, 2),
    lightgbm_case("quantile", F, {"objective": "quantile", "alpha": 0.8}, 2),
    lightgbm_case("absolute", F, {"objective": "regression_l1"}, 2),
    lightgbm_case("huber", F, {"objective": "huber"}, 2),
    lightgbm_case("dart", TWO, {"objective": "binary", "boosting": "dart", "drop_rate": 0.5}, 4),
    lightgbm_case("nothing to split", F, {"objective": "regression", "min_data_in_leaf": 500}, 2),
])
