"""Decision trees, random forests and extremely randomised trees against scikit-learn's."""
import numpy as np

from problems import Data, clusters_of_classes
from quality import Quality, accuracy, r2
from works import Work, fit, use

TREES = {"n_estimators": 200}
SOME = {"n_estimators": 100}
FOREST = "sklearn.ensemble.RandomForest"
EXTRA = "sklearn.ensemble.ExtraTrees"


def signal(x):
    """Products, a wave, a bend and a plane: what trees need depth for."""
    return (x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + 0.7 * x[:, 3] - 0.5 * abs(x[:, 4])
            + 0.4 * x[:, 5] * x[:, 6] * x[:, 7] + 0.3 * x[:, 8:14].sum(1))


def interactions(cols, classes=True, tests=50_000):
    """Normal columns; two classes or values by signal(), with noise."""
    def make(n):
        rng = np.random.default_rng(cols)
        x = rng.normal(size=(n + tests, cols))
        y = signal(x) + 0.8 * rng.logistic(size=n + tests)
        y = (y > 0).astype(float) if classes else y
        return Data(x[:n], y[:n], x[n:], y[n:])
    return make


def _area(result, data):
    from sklearn.metrics import roc_auc_score
    scores = result if isinstance(result, np.ndarray) else result.predict_proba(data.test_x)
    return float(roc_auc_score(data.test_y, scores[:, 1]))


def auc(within=0.001):
    return Quality("AUC", _area, False, within)


TWO, VALUES = interactions(30), interactions(20, classes=False)
TEN = clusters_of_classes(50, 10, per_class=3, spread=2.0, tests=10_000)

WORKS = [
    Work("random forest, 200 trees, 100k x 30", TWO, 100_000,
         fit("hone.random_forest_classifier", **TREES),
         {"scikit-learn": fit(FOREST + "Classifier", **TREES)}, (auc(),), goal=3),
    Work("extra trees, 200 trees, 100k x 30", TWO, 100_000,
         fit("hone.extra_trees_classifier", **TREES),
         {"scikit-learn": fit(EXTRA + "Classifier", **TREES)}, (auc(),), goal=2),
    Work("random forest, values, 100 trees, 20k x 20", VALUES, 20_000,
         fit("hone.random_forest_regressor", **SOME),
         {"scikit-learn": fit(FOREST + "Regressor", **SOME)}, (r2(0.005),), goal=3, growth=False),
    Work("random forest, 10 classes, 100 trees, 20k x 50", TEN, 20_000,
         fit("hone.random_forest_classifier", **SOME),
         {"scikit-learn": fit(FOREST + "Classifier", **SOME)}, (accuracy(0.01),), goal=3,
         growth=False),
    Work("random forest predicts 50k rows, 100 trees", TWO, 20_000,
         use("predict_proba", "hone.random_forest_classifier", **SOME),
         {"scikit-learn": use("predict_proba", FOREST + "Classifier", **SOME)}, (auc(),),
         goal=2, growth=False, memory=False),
    Work("decision tree, 200k x 30", TWO, 200_000, fit("hone.decision_tree_classifier"),
         {"scikit-learn": fit("sklearn.tree.DecisionTreeClassifier")}, (auc(0.005),), goal=3),  # one tree
]
