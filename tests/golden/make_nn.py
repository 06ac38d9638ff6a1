"""Makes nn.json: what scikit-learn's multi-layer perceptrons predict, and where a few epochs of
their training lead from given weights. Parameters are flattened as hone keeps them: layer by
layer, weights (in x out), then biases.

Run: python make_nn.py > nn.json"""
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

SEED = 7
warnings.filterwarnings("ignore")
rng = np.random.default_rng(SEED)


def flat(coefs, intercepts):
    return np.concatenate([np.concatenate([w.ravel(), b]) for w, b in zip(coefs, intercepts)])


def problem(kind, n=23, m=4):
    x = rng.normal(size=(n, m))
    score = x @ rng.normal(size=m) + 0.3 * rng.normal(size=n)
    if kind == "squared_error":
        return x, score
    classes = 2 if kind == "logistic" else 3
    y = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    return x, y


def targets(kind, y):
    return np.eye(3)[y] if kind == "softmax_cross_entropy" else np.asarray(y, float)[:, None]


def model(kind, **params):
    return (MLPRegressor if kind == "squared_error" else MLPClassifier)(random_state=SEED, **params)


def predict(net, kind, x):
    if kind == "squared_error":
        return net.predict(x)[:, None]
    proba = net.predict_proba(x)
    return proba[:, 1:] if kind == "logistic" else proba


def forward_case(kind, activation, hidden):
    x, y = problem(kind)
    net = model(kind, activation=activation, hidden_layer_sizes=hidden, max_iter=30).fit(x, y)
    return {"loss": kind, "activation": activation,
            "sizes": [x.shape[1], *hidden, net.n_outputs_],
            "params": flat(net.coefs_, net.intercepts_).tolist(),
            "x": x.ravel().tolist(), "out": predict(net, kind, x).ravel().tolist()}


def training_case(kind, activation, weighted, **params):
    x, y = problem(kind)
    hidden = (6, 5)
    sizes = [x.shape[1], *hidden, 3 if kind == "softmax_cross_entropy" else 1]
    start = [(rng.uniform(-0.6, 0.6, (a, b)), rng.uniform(-0.6, 0.6, b))
             for a, b in zip(sizes, sizes[1:])]
    pending = [(w.copy(), b.copy()) for w, b in start]
    net = model(kind, activation=activation, hidden_layer_sizes=hidden, shuffle=False,
                tol=0, n_iter_no_change=1000, **params)
    net._init_coef = lambda *args: pending.pop(0)  # scikit-learn asks once per layer
    weights = None
    if weighted:
        weights = rng.uniform(0.2, 2, len(y))
        weights *= len(y) / weights.sum()
    net.fit(x, y, sample_weight=weights)
    return {"loss": kind, "activation": activation, "sizes": sizes,
            **{k: v for k, v in params.items()},
            "x": x.ravel().tolist(), "targets": targets(kind, y).ravel().tolist(),
            "weights": [] if weights is None else weights.tolist(),
            "start": flat(*zip(*start)).tolist(),
            "end": flat(net.coefs_, net.intercepts_).tolist(),
            "loss_curve": net.loss_curve_}


KINDS = ["softmax_cross_entropy", "logistic", "squared_error"]
adam = dict(solver="adam", learning_rate_init=0.01, max_iter=12)
sgd = dict(solver="sgd", learning_rate_init=0.05, max_iter=12)
training = []
for kind in KINDS:
    training += [
        training_case(kind, "relu", False, batch_size=23, alpha=1e-4, **adam),
        training_case(kind, "tanh", True, batch_size=23, alpha=0.3, **adam),
        training_case(kind, "logistic", False, batch_size=7, alpha=0.1, **adam),
        training_case(kind, "tanh", False, batch_size=7, alpha=0.1, momentum=0.9,
                      nesterovs_momentum=True, **sgd),
        training_case(kind, "tanh", False, batch_size=23, alpha=0, momentum=0.5,
                      nesterovs_momentum=False, learning_rate="invscaling", power_t=0.3, **sgd),
    ]
json.dump({
    "made_by": f"make_nn.py with scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {SEED}",
    "forward": [forward_case(k, a, h) for k in KINDS for a in ["identity", "relu", "tanh", "logistic"]
                for h in [(), (5,), (5, 3)]],
    "training": training,
}, sys.stdout)
print()
