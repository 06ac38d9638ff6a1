"""Stochastic gradient descent: as many epochs on both sides, in shuffled order, or each to its own stop.

The orders differ, so the results agree as two seeds of one side do; alpha is large enough for that to be
close.
"""
from problems import linear_classes, regression
from quality import accuracy, r2
from works import Work, fit

CLASSIFIER, REGRESSOR = "sklearn.linear_model.SGDClassifier", "sklearn.linear_model.SGDRegressor"
EPOCHS, ALPHA = 10, 0.01


def classifier(name, data, n, **parameters):
    parameters |= {"max_iter": EPOCHS, "alpha": ALPHA}
    return Work(name, data, n, fit("hone.sgd_classifier", tol="none", **parameters),
                {"scikit-learn": fit(CLASSIFIER, tol=None, **parameters)}, (accuracy(0.01),))


def regressor(name, data, n, **parameters):
    parameters |= {"max_iter": EPOCHS}
    return Work(name, data, n, fit("hone.sgd_regressor", tol="none", **parameters),
                {"scikit-learn": fit(REGRESSOR, tol=None, **parameters)}, (r2(1e-3),))


WORKS = [
    classifier("hinge, 100k x 50", linear_classes(50), 100_000),
    classifier("log_loss, 100k x 50", linear_classes(50), 100_000, loss="log_loss"),
    classifier("log_loss, averaged, 100k x 50", linear_classes(50), 100_000, loss="log_loss", average=True),
    classifier("log_loss, elastic net, 100k x 50", linear_classes(50), 100_000, loss="log_loss",
               penalty="elasticnet"),
    classifier("hinge in order, 100k x 50", linear_classes(50), 100_000, shuffle=False),
    classifier("log_loss, 10 classes, 50k x 50", linear_classes(50, 10), 50_000, loss="log_loss"),
    regressor("squared_error, 100k x 50", regression(50), 100_000),
    regressor("huber, l1, 20k x 500", regression(500, informative=50), 20_000, loss="huber", penalty="l1"),
    Work("hinge, 100k x 50, until tol stops it", linear_classes(50), 100_000, fit("hone.sgd_classifier", alpha=ALPHA),
         {"scikit-learn": fit(CLASSIFIER, alpha=ALPHA)}, (accuracy(0.01),)),
    Work("perceptron, 100k x 50, until tol stops it", linear_classes(50), 100_000, fit("hone.perceptron"),
         {"scikit-learn": fit("sklearn.linear_model.Perceptron")}, (accuracy(0.15),)),
]
