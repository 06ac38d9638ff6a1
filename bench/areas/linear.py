"""Least squares with and without penalties."""
from problems import regression
from quality import r2, squared_objective
from works import Work, fit

MODULE = "sklearn.linear_model."

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
]
