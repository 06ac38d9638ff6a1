"""Gradient boosting against LightGBM and XGBoost (hist): the same trees, leaves, bins and step."""
import numpy as np

import hone
from problems import Data
from quality import Quality
from works import THREADS, Work, call

TREES, LEAVES, BINS, STEP, TESTS = 100, 31, 255, 0.1, 20_000
OURS = {"n_estimators": TREES, "max_leaf_nodes": LEAVES, "max_bins": BINS, "learning_rate": STEP}
LIGHTGBM = {"n_estimators": TREES, "num_leaves": LEAVES, "max_bin": BINS, "learning_rate": STEP,
            "n_jobs": THREADS, "verbose": -1}
XGBOOST = {"n_estimators": TREES, "max_leaves": LEAVES, "max_depth": 0, "max_bin": BINS,
           "learning_rate": STEP, "grow_policy": "lossguide", "tree_method": "hist",
           "n_jobs": THREADS}

# ---- data --------------------------------------------------------------------------------------


def signal(x):
    """Curves, steps and products of the first columns. Each column tells something by itself: of a
    product of two centred ones the first split is luck, and all that follows hangs on it."""
    return (np.sin(2 * x[:, 0]) + (1 + x[:, 1]) * x[:, 2] + 0.7 * (x[:, 3] > 0.5) * x[:, 4]
            + 0.5 * np.abs(x[:, 5]) + 0.3 * x[:, 6] - 0.2 * x[:, 7] ** 2)


def split(x, y):
    n = len(x) - TESTS
    return Data(x[:n], y[:n].copy(), x[n:], y[n:].copy())


def two_classes(cols):
    def make(n):
        rng = np.random.default_rng(cols)
        x = rng.normal(size=(n + TESTS, cols))
        return split(x, (signal(x) + rng.logistic(size=len(x)) / 2 > 0.3).astype(float))
    return make


def values(cols):
    def make(n):
        rng = np.random.default_rng(cols)
        x = rng.normal(size=(n + TESTS, cols))
        return split(x, signal(x) + rng.normal(size=len(x)) / 2)
    return make


def many_classes(cols, k):
    def make(n):
        rng = np.random.default_rng(cols)
        x = rng.normal(size=(n + TESTS, cols))
        score = x @ rng.normal(size=(cols, k)) / np.sqrt(cols) + np.sin(2 * x[:, :k])
        score += (1 + x[:, k:2 * k]) * x[:, 2 * k:3 * k] / 2 + rng.gumbel(size=score.shape) / 2
        return split(x, score.argmax(1).astype(float))
    return make


LEVELS = (9, 16, 7, 15, 6, 5, 2, 42)  # of the columns of adult that hold categories


def like_adult(n):
    """Six numbers, two of them mostly 0, and eight columns of categories, some of them rare."""
    rng = np.random.default_rng(14)
    rows = n + TESTS
    x = rng.normal(size=(rows, 14))
    x[:, 4:6] = np.where(rng.random((rows, 2)) < 0.9, 0, np.exp(3 * x[:, 4:6]))
    score = x[:, 0] - x[:, 1] ** 2 / 2 + (1 + x[:, 2]) * x[:, 3] + 0.4 * np.log1p(x[:, 4])
    for j, levels in enumerate(LEVELS):
        share = 1 / np.arange(1, levels + 1)
        x[:, 6 + j] = rng.choice(levels, size=rows, p=share / share.sum())
        score += rng.normal(size=levels)[x[:, 6 + j].astype(int)]
    return split(x, (score + rng.logistic(size=rows) > 1).astype(float))


CATEGORIES = range(6, 14)

# ---- sides --------------------------------------------------------------------------------------


def ours(name, **more):
    def prepare(data):
        table = hone.Data(data.x, data.y, **more)
        return lambda: hone.Estimator(name, **OURS).fit(table)
    return prepare


def target(data, regressor):
    return data.y if regressor else data.y.astype(np.int64)


def lightgbm(regressor=False, **more):
    def run(data):
        from lightgbm import LGBMClassifier, LGBMRegressor
        model = (LGBMRegressor if regressor else LGBMClassifier)(**LIGHTGBM)
        return model.fit(data.x, target(data, regressor), **more)
    return call(run, "lightgbm")


def xgboost(regressor=False, types=None):
    def run(data):
        from xgboost import XGBClassifier, XGBRegressor
        settings = XGBOOST | ({"feature_types": types, "enable_categorical": True} if types else {})
        model = (XGBRegressor if regressor else XGBClassifier)(**settings)
        return model.fit(data.x, target(data, regressor))
    return call(run, "xgboost")


def peers(**settings):
    return {"LightGBM": lightgbm(**settings), "XGBoost hist": xgboost(**settings)}


# ---- quality ------------------------------------------------------------------------------------


def auc(model, data):
    from sklearn.metrics import roc_auc_score
    return roc_auc_score(data.test_y, model.predict_proba(data.test_x)[:, 1])


def log_loss(model, data):
    from sklearn.metrics import log_loss as of
    return of(data.test_y, model.predict_proba(data.test_x))


def rmse(model, data):
    rest = np.asarray(model.predict(data.test_x)).ravel() - data.test_y
    return float(np.sqrt(rest @ rest / len(rest)))


AUC = Quality("AUC", auc, False, 0.001)
LOG_LOSS = Quality("log loss", log_loss, True, 0.005)
RMSE = Quality("RMSE", rmse, True, 0.005)
CLASSES, VALUES = "gradient_boosting_classifier", "gradient_boosting_regressor"

WORKS = [
    Work("two classes, 200k x 30", two_classes(30), 200_000, ours(CLASSES), peers(), (AUC,),
         goal=1.3),
    Work("values, 200k x 30", values(30), 200_000, ours(VALUES), peers(regressor=True), (RMSE,),
         goal=1.3, growth=False),
    Work("two classes, 1M x 28", two_classes(28), 1_000_000, ours(CLASSES), peers(), (AUC,),
         goal=1.2, growth=False),
    Work("10 classes, 50k x 50", many_classes(50, 10), 50_000, ours(CLASSES), peers(), (LOG_LOSS,),
         goal=1.3, growth=False),
    Work("two classes, 1k x 20", two_classes(20), 1000, ours(CLASSES), peers(), (AUC,), goal=3,
         growth=False, memory=False),
    Work("categories, 48k x 14", like_adult, 48_842, ours(CLASSES, levels=(0,) * 6 + LEVELS),
         {"LightGBM": lightgbm(categorical_feature=list(CATEGORIES)),
          "XGBoost hist": xgboost(types=["c" if j in CATEGORIES else "q" for j in range(14)])},
         (AUC,), goal=1.3, growth=False),
]
