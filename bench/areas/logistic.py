"""Logistic regression, to a gradient of 1e-6 per row unless the row says otherwise."""
from debian import liblinear
from problems import linear_classes, one_hot
from quality import log_gradient, log_objective
from works import Work, fit

SKLEARN, INTEL = "sklearn.linear_model.LogisticRegression", "sklearnex.linear_model.LogisticRegression"


def solvers(*names, C=1.0, tol=1e-6):
    peers = {f"scikit-learn {name}": fit(SKLEARN, solver=name, C=C, tol=tol, max_iter=10_000)
             for name in names}
    return peers | {"scikit-learn-intelex": fit(INTEL, C=C, tol=tol, max_iter=10_000)}


def l1_solvers(C, tol):
    """Without intercept, which LIBLINEAR would penalise."""
    peers = {f"scikit-learn {name}": fit(SKLEARN, solver=name, l1_ratio=1.0, C=C, tol=tol,
                                         fit_intercept=False, max_iter=10_000)
             for name in ("liblinear", "saga")}
    return peers | {"LIBLINEAR": liblinear(6, C, tol)}


SMOOTH = (log_objective(), log_gradient())

WORKS = [
    Work("binary, 100k x 50", linear_classes(50), 100_000,
         fit("hone.logistic_regression", tol=1e-6), solvers("lbfgs", "newton-cholesky", "newton-cg"),
         SMOOTH, goal={"scikit-learn": 3}),
    Work("10 classes, 50k x 50", linear_classes(50, 10), 50_000,
         fit("hone.logistic_regression", tol=1e-6), solvers("lbfgs", "newton-cholesky", "newton-cg"),
         SMOOTH, goal={"scikit-learn": 3}),
    Work("one-hot, ill-conditioned, 50k x 500", one_hot(500), 50_000,
         fit("hone.logistic_regression", tol=1e-6), solvers("lbfgs", "newton-cholesky", "newton-cg"),
         SMOOTH, goal={"scikit-learn": 3}),
    Work("L1, 50k x 100", linear_classes(100), 50_000,
         fit("hone.logistic_regression", penalty="l1", C=0.01, fit_intercept=False), l1_solvers(0.01, 1e-6),
         (log_objective(0.01, 1.0, within=1e-6),), goal={"scikit-learn": 2, "LIBLINEAR": 2}),
]
