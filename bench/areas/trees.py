"""What finished trees are asked: predictions of many rows and of one, Shapley values.

Each side fits its own model on 20k rows, of the same size (100 trees x 31 leaves, 255 bins); the time is that of the question alone.
One row is asked 1000 times through Python, which takes most of the time on our side; bench/predict_speed
asks without it.
"""
from problems import linear_classes
from quality import Quality
from works import THREADS, Work, fit, use

ROWS, COLS = 20_000, 30
TREES, LEAVES, BINS = 100, 31, 255
OURS = {"n_estimators": TREES, "max_leaf_nodes": LEAVES, "max_bins": BINS}
LIGHTGBM = {"n_estimators": TREES, "num_leaves": LEAVES, "max_bin": BINS, "verbose": -1}
XGBOOST = {"n_estimators": TREES, "max_leaves": LEAVES, "max_depth": 0, "max_bin": BINS,
           "learning_rate": 0.1, "grow_policy": "lossguide", "tree_method": "hist"}
BOOSTING = ("hone.gradient_boosting_classifier", OURS)
PEERS = {"LightGBM": ("lightgbm.LGBMClassifier", LIGHTGBM),
         "XGBoost": ("xgboost.XGBClassifier", XGBOOST)}
FOREST = {"n_estimators": 100}


def auc(result, data):
    from sklearn.metrics import roc_auc_score
    return roc_auc_score(data.test_y[:len(result)], result[:, 1])


def proba(path, parameters):
    return use("predict_proba", path, **parameters)


def one_by_one(path, parameters):
    def prepare(data):
        fitted = fit(path, **parameters)(data)()
        rows = [data.test_x[i:i + 1] for i in range(1000)]
        def ask():
            for row in rows:
                answer = fitted.predict_proba(row)
            return answer
        return ask
    return prepare


def shapley(path, parameters):
    """Of the first 2000 rows; what the columns of each sum to."""
    def prepare(data):
        fitted, rows = fit(path, **parameters)(data)(), data.test_x[:2000]
        if path.startswith("hone."):
            return lambda: fitted.shap(rows).sum(1)
        if path.startswith("lightgbm."):
            return lambda: fitted.predict(rows, pred_contrib=True).sum(1)
        from xgboost import DMatrix
        booster = fitted.get_booster()
        booster.set_param("nthread", THREADS)
        return lambda: booster.predict(DMatrix(rows), pred_contribs=True).sum(1)
    return prepare


def auc_of_sums(result, data):
    from sklearn.metrics import roc_auc_score
    return roc_auc_score(data.test_y[:len(result)], result)


def peers(side):
    return {name: side(*peer) for name, peer in PEERS.items()}


AUC, AUC_OF_SUMS = Quality("AUC", auc, False, 0.005), Quality("AUC", auc_of_sums, False, 0.005)

WORKS = [
    Work("boosting, 200k rows", linear_classes(COLS, tests=200_000), ROWS, proba(*BOOSTING),
         peers(proba), (AUC,), goal=2, growth=False),
    Work("boosting, one row, 1000 times", linear_classes(COLS), ROWS, one_by_one(*BOOSTING),
         peers(one_by_one), (), goal=2, growth=False, memory=False),
    Work("forest of 100, 200k rows", linear_classes(COLS, tests=200_000), ROWS,
         proba("hone.random_forest_classifier", FOREST),
         {"scikit-learn": proba("sklearn.ensemble.RandomForestClassifier", FOREST)},
         (AUC,), goal=2, growth=False),
    Work("Shapley values, 2k rows", linear_classes(COLS), ROWS, shapley(*BOOSTING),
         peers(shapley), (AUC_OF_SUMS,), goal=2, growth=False),
]
