"""Least squares with and without penalties, linear support vector machines."""
import hone
import numpy as np

from problems import linear_classes, regression, words
from quality import Quality, coefficients, r2, squared_objective
from works import Work, fit

MODULE = "sklearn.linear_model."


def alphas(data, count=100, least=1e-3):
    rest = data.y - data.y.mean()
    most = abs((data.x - data.x.mean(0)).T @ rest).max() / len(rest)
    return most * np.geomspace(1, least, count)


def path(solve):
    """A side whose time is that of the path alone: the alphas are given."""
    def prepare(data):
        given = alphas(data)
        return lambda: solve(data, given)
    return prepare


def our_path(data, given):
    models = hone.Estimator("lasso", tol=1e-5).fit_path("alpha", given, data.x, data.y)
    return np.array([np.ravel(model.coef_) for model in models])


def their_path(data, given):
    from sklearn.linear_model import lasso_path
    x, y = data.x - data.x.mean(0), data.y - data.y.mean()
    return lasso_path(x, y, alphas=given, tol=1e-5, max_iter=10_000)[1].T


def path_objective(coef, data):
    """Sum of the lasso's objectives along the path."""
    rest = (data.y - data.y.mean())[:, None] - (data.x - data.x.mean(0)) @ coef.T
    return ((rest ** 2).sum(0) / (2 * len(rest)) + alphas(data) * abs(coef).sum(1)).sum()


def hinge_objective(C, power, within=1e-6):
    """(|w|^2 + b^2) / 2 + C sum max(0, 1 - y z)^power of a machine of two classes."""
    def of(result, data):
        coef, intercept = coefficients(result, data)
        z = np.asarray(data.x @ coef[0]).ravel() + intercept[0]
        loss = np.maximum(0, 1 - np.where(data.y > 0, 1, -1) * z) ** power
        return (coef @ coef.T).sum() / 2 + (intercept ** 2).sum() / 2 + C * loss.sum()
    return Quality("objective", of, True, within)


SVC = "sklearn.svm.LinearSVC"

WORKS = [
    Work("linear_regression, 100k x 50", regression(50), 100_000,
         fit("hone.linear_regression"),
         {"scikit-learn": fit(MODULE + "LinearRegression"),
          "scikit-learn-intelex": fit("sklearnex.linear_model.LinearRegression")},
         (r2(1e-9),)),
    Work("ridge, 100k x 50", regression(50), 100_000,
         fit("hone.ridge"),
         {"scikit-learn cholesky": fit(MODULE + "Ridge", solver="cholesky"),
          "scikit-learn-intelex": fit("sklearnex.linear_model.Ridge")},
         (r2(1e-9),)),
    Work("ridge, 2k x 1000", regression(1000, tests=500), 2000,
         fit("hone.ridge"), {"scikit-learn cholesky": fit(MODULE + "Ridge", solver="cholesky")},
         (r2(1e-9),)),
    Work("lasso, 20k x 500", regression(500, informative=50), 20_000,
         fit("hone.lasso", alpha=0.05, tol=1e-7),
         {"scikit-learn": fit(MODULE + "Lasso", alpha=0.05, tol=1e-7, max_iter=10_000)},
         (squared_objective(0.05),), goal=2),
    Work("elastic_net, 20k x 500", regression(500, informative=50), 20_000,
         fit("hone.elastic_net", alpha=0.05, l1_ratio=0.5, tol=1e-7),
         {"scikit-learn": fit(MODULE + "ElasticNet", alpha=0.05, l1_ratio=0.5, tol=1e-7,
                              max_iter=10_000)},
         (squared_objective(0.05, 0.5),), goal=2),
    Work("lasso path, 100 alphas, 20k x 500", regression(500, informative=50), 20_000,
         path(our_path), {"scikit-learn lasso_path": path(their_path)},
         (Quality("objectives", path_objective, True, 1e-6),), goal=2),
    Work("lasso path, 100 alphas, 500 x 5000", regression(5000, informative=30), 500,
         path(our_path), {"scikit-learn lasso_path": path(their_path)},
         (Quality("objectives", path_objective, True, 1e-4),), goal=2, growth=False),
    Work("linear_svc, 100k x 50", linear_classes(50), 100_000,
         fit("hone.linear_svc"), {"scikit-learn (LIBLINEAR)": fit(SVC)},
         (hinge_objective(1, 2),)),
    Work("linear_svc, compressed 5k x 50k", words(50_000), 5000,
         fit("hone.linear_svc"), {"scikit-learn (LIBLINEAR)": fit(SVC)},
         (hinge_objective(1, 2),)),
    Work("linear_svc, hinge, 20k x 50", linear_classes(50), 20_000,
         fit("hone.linear_svc", loss="hinge", C=0.01),
         {"scikit-learn (LIBLINEAR)": fit(SVC, loss="hinge", C=0.01, max_iter=10_000)},
         (hinge_objective(0.01, 1, 1e-4),)),
]
