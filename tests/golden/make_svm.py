"""Writes svm.json: fits of scikit-learn's SVC and SVR to a gap of 1e-10, and what they say of new rows.

Usage: python make_svm.py > svm.json
"""
import json

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.svm import SVC, SVR

TOL = 1e-10


def flat(a):
    return [float(v) for v in np.ravel(a)]


def split(loader, rows, scale):
    x, y = loader(return_X_y=True)
    x, y = x[rows], y[rows].astype(float)
    if scale:
        x = np.round((x - x.mean(0)) / x.std(0), 4)
    return x[::2], y[::2], x[1::2]


DATA = {
    "iris": split(datasets.load_iris, np.arange(150), False),
    "wine": split(datasets.load_wine, np.arange(0, 178, 2), True),
    "two wines": split(datasets.load_wine, np.arange(0, 130, 2), True),
    "diabetes": split(datasets.load_diabetes, np.arange(0, 442, 4), True),
}


def text(params):
    return " ".join(f"{k}={v}" for k, v in params.items())


def classifier(data, **params):
    x, y, new = DATA[data]
    model = SVC(tol=TOL, **params).fit(x, y)
    return {"data": data, "params": text(params), "gamma": float(model._gamma),
            "n_support": flat(model.n_support_), "decision": flat(model.decision_function(new)),
            "predict": flat(model.predict(new))}


def regressor(data, **params):
    x, y, new = DATA[data]
    model = SVR(tol=TOL, **params).fit(x, y)
    return {"data": data, "params": text(params), "gamma": float(model._gamma),
            "n_support": flat(model.n_support_), "predict": flat(model.predict(new))}


out = {
    "made_by": f"make_svm.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, no random numbers",
    "data": {name: {"columns": x.shape[1], "x": flat(x), "y": flat(y), "new": flat(new)}
             for name, (x, y, new) in DATA.items()},
    "classifiers": [
        classifier("iris"),
        classifier("iris", kernel="linear", C=0.3),
        classifier("iris", kernel="poly", degree=2, gamma="auto", coef0=1),
        classifier("wine"),
        classifier("wine", class_weight="balanced", C=0.1),
        classifier("wine", kernel="sigmoid", gamma=0.01),
        classifier("two wines", gamma=0.05, C=5),
        classifier("two wines", kernel="linear"),
    ],
    "regressors": [
        regressor("diabetes", C=100),
        regressor("diabetes", kernel="linear", C=1, epsilon=5),
        regressor("diabetes", kernel="poly", degree=2, coef0=1, C=10),
    ],
}
body = json.dumps(out).replace('}, ', '},\n').replace('], "', '],\n"')
print(body)
