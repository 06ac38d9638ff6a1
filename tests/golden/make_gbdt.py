"""Writes gbdt.json: how well LightGBM and scikit-learn's HistGradientBoosting answer data/.

Usage: python make_gbdt.py > gbdt.json

Five folds, row i in fold i % 5; all answers together are judged. 100 trees of 31 leaves at a
learning rate of 0.1, 20 rows in a leaf, 255 bins: the defaults of all sides.
"""
import json
import pathlib

import lightgbm
import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, root_mean_squared_error, roc_auc_score

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"
CASES = [("breast_cancer.csv", "diagnosis"), ("titanic.csv", "survived"), ("digits.csv", "digit"),
         ("diabetes.csv", "progression")]


def answers(make, x, y, classes):
    out = np.zeros((len(y), classes) if classes else len(y))
    fold = np.arange(len(y)) % 5
    for k in range(5):
        model = make().fit(x[fold != k], y[fold != k])
        ask = x[fold == k]
        out[fold == k] = model.predict_proba(ask) if classes else model.predict(ask)
    return out


def judge(y, out, classes):
    if classes == 0:
        return root_mean_squared_error(y, out)
    return roc_auc_score(y, out[:, 1]) if classes == 2 else log_loss(y, out)


def case(name, target):
    table = pd.read_csv(DATA / name)
    target = target if target in table else table.columns[-1]
    y, x = table.pop(target), table
    words = [c for c in x if not pd.api.types.is_numeric_dtype(x[c])]
    x = x.astype({c: "category" for c in words})
    classes = 0 if name == "diabetes.csv" else y.nunique()
    y = np.unique(y, return_inverse=True)[1] if classes else y.to_numpy(float)
    lgb = lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor
    hgb = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    sides = {"lightgbm": lambda: lgb(verbose=-1, n_jobs=1),
             "scikit_learn": lambda: hgb(early_stopping=False, categorical_features="from_dtype")}
    metric = "rmse" if not classes else "roc_auc" if classes == 2 else "log_loss"
    return {"data": name, "target": target, "metric": metric} | {
        side: judge(y, answers(make, x, y, classes), classes) for side, make in sides.items()}


print(json.dumps({"made_by": f"lightgbm {lightgbm.__version__}, scikit-learn {sklearn.__version__}, "
                             "make_gbdt.py, seeds are the defaults",
                  "cases": [case(*c) for c in CASES]}, indent=1))
