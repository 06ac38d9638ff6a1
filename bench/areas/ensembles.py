"""Ensembles of any estimators, and permutation importance, against scikit-learn's.

Its n_jobs are processes, whose time the measured process does not see: one job tells of the work.
"""
import numpy as np

from problems import clusters_of_classes, regression
from quality import Quality, accuracy, r2
from works import THREADS, Work, fit

COLS, ROWS = 20, 20_000
CLASSES = clusters_of_classes(COLS, 2, tests=10_000)
VALUES = regression(COLS, noise=3.0, tests=10_000)
GOAL = 1.5
REPEATS = 5
TREES = {"n_estimators": 10}
NAMES = "(logistic_regression, gaussian_nb, k_neighbors_classifier:algorithm=brute)"
TOTAL = Quality("sum of losses", lambda r, _: float(np.sum(r)), False, 0.05)


def members():
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    return [("lr", LogisticRegression()), ("nb", GaussianNB()),
            ("knn", KNeighborsClassifier(n_neighbors=5, algorithm="brute"))]


def jobs(side, path, **parameters):
    """scikit-learn's side with as many jobs as threads, and with one."""
    return {"scikit-learn": side(path, **parameters),
            "scikit-learn, one job": side(path, n_jobs=1, **parameters)}


def around(path, **parameters):
    """A side with estimators in it, which are made when scikit-learn is known to be there."""
    def prepare(data):
        return fit(path, estimators=members(), **parameters)(data)
    return prepare


def importance(path, n_jobs=THREADS):
    """Of the columns for the accuracy of a fitted model on the rows to be tested on."""
    def prepare(data):
        fitted = fit(path)(data)()
        if path.startswith("hone."):
            return lambda: fitted.permutation("accuracy", data.test_x, data.test_y, REPEATS)
        from sklearn.inspection import permutation_importance
        codes = data.test_y.astype(np.int64)
        return lambda: permutation_importance(fitted, data.test_x, codes, n_repeats=REPEATS,
                                              n_jobs=n_jobs).importances_mean
    return prepare


WORKS = [
    Work("bagging of 10 trees, 20k x 20", CLASSES, ROWS, fit("hone.bagging_classifier", **TREES),
         jobs(fit, "sklearn.ensemble.BaggingClassifier", **TREES),
         (accuracy(0.01),), goal=GOAL),
    Work("bagging of 10 trees, values", VALUES, ROWS, fit("hone.bagging_regressor", **TREES),
         jobs(fit, "sklearn.ensemble.BaggingRegressor", **TREES),
         (r2(0.01),), goal=GOAL, growth=False),
    Work("ada_boost of 50 stumps, 20k x 20", CLASSES, ROWS, fit("hone.ada_boost_classifier"),
         {"scikit-learn": fit("sklearn.ensemble.AdaBoostClassifier")},
         (accuracy(0.01),), goal=GOAL, growth=False),
    Work("voting of 3, 20k x 20", CLASSES, ROWS,
         fit(f"hone.voting_classifier{NAMES}", voting="soft"),
         jobs(around, "sklearn.ensemble.VotingClassifier", voting="soft"),
         (accuracy(0.002),), goal=GOAL, growth=False),
    Work("stacking of 3, 20k x 20", CLASSES, ROWS, fit(f"hone.stacking_classifier{NAMES}"),
         jobs(around, "sklearn.ensemble.StackingClassifier"),
         (accuracy(0.005),), goal=GOAL, growth=False),
    Work("permutation importance, lr", CLASSES, ROWS, importance("hone.logistic_regression"),
         jobs(importance, "sklearn.linear_model.LogisticRegression"),
         (TOTAL,), goal=GOAL, growth=False),
    Work("permutation importance, tree", CLASSES, ROWS,
         importance("hone.decision_tree_classifier"),
         jobs(importance, "sklearn.tree.DecisionTreeClassifier"),
         (TOTAL,), goal=GOAL, growth=False),
]
