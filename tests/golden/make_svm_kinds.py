"""Writes svm_kinds.json: fits of scikit-learn's NuSVC, NuSVR, OneClassSVM, and of all machines with
sample weights, to a gap of 1e-10, and what they say of new rows.

Row i of the training data weighs 1, 2, 3 in turn where `weighted` is true.
Usage: python make_svm_kinds.py > svm_kinds.json
"""
import json

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.svm import SVC, SVR, NuSVC, NuSVR, OneClassSVM

TOL = 1e-10


def flat(a):
    return [float(v) for v in np.ravel(a)]


def split(loader, rows):
    x, y = loader(return_X_y=True)
    x, y = x[rows], y[rows].astype(float)
    x = np.round((x - x.mean(0)) / x.std(0), 4)
    return x[::2], y[::2], x[1::2]


DATA = {
    "iris": split(datasets.load_iris, np.arange(150)),
    "two wines": split(datasets.load_wine, np.arange(0, 130, 2)),
    "diabetes": split(datasets.load_diabetes, np.arange(0, 442, 4)),
}
CLASSES = {"svc": SVC, "nu_svc": NuSVC, "svr": SVR, "nu_svr": NuSVR, "one_class_svm": OneClassSVM}


def example(name, data, weighted, **params):
    x, y, new = DATA[data]
    weights = 1.0 + np.arange(len(x)) % 3 if weighted else None
    model = CLASSES[name](tol=TOL, **params).fit(x, y, sample_weight=weights)
    values = model.decision_function if hasattr(model, "decision_function") else model.predict
    return {"estimator": name, "data": data, "weighted": weighted,
            "params": " ".join(f"{k}={v}" for k, v in params.items()),
            "values": flat(values(new)), "predict": flat(model.predict(new)),
            "n_sv": len(model.support_)}


out = {
    "made_by": f"make_svm_kinds.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, no random numbers",
    "data": {name: {"columns": x.shape[1], "x": flat(x), "y": flat(y), "new": flat(new)}
             for name, (x, y, new) in DATA.items()},
    "examples": [
        example("svc", "two wines", True, gamma=0.1),
        example("svc", "iris", True, kernel="linear", C=0.5),
        example("svr", "diabetes", True, C=50, gamma=0.1),
        example("nu_svc", "two wines", False, gamma=0.1),
        example("nu_svc", "two wines", True, nu=0.3, gamma=0.1),
        example("nu_svc", "iris", False, nu=0.33, gamma=0.5),
        example("nu_svr", "diabetes", False, C=50, gamma=0.1),
        example("nu_svr", "diabetes", True, nu=0.3, C=20, kernel="linear"),
        example("one_class_svm", "iris", False, gamma=0.5),
        example("one_class_svm", "iris", False, nu=0.1, gamma=0.2),
        example("one_class_svm", "two wines", True, nu=0.3, kernel="sigmoid", gamma=0.01),
    ],
}
print(json.dumps(out).replace('}, ', '},\n').replace('], "', '],\n"'))
