"""Writes metrics.json: outcomes and what scikit-learn says of them.

Usage: python make_metrics.py > metrics.json
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m

SEED = 20240611
rng = np.random.default_rng(SEED)
warnings.simplefilter("ignore")


def label_values(y, p, w, k):
    values = {
        "accuracy": m.accuracy_score(y, p, sample_weight=w),
        "balanced_accuracy": m.balanced_accuracy_score(y, p, sample_weight=w),
    }
    for average in ("macro", "weighted"):
        for name, score in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)):
            values[f"{name}_{average}"] = score(y, p, average=average, sample_weight=w, zero_division=0)
    return values


def case(name, y, p, proba=None, score=None, w=None, k=0, positive=1, values=None):
    flat = lambda a: None if a is None else [int(v) if abs(v) < 1e6 and v == int(v) else v for v in np.ravel(a).tolist()]
    return {"name": name, "n_classes": k, "positive": positive, "truth": flat(y), "label": flat(p),
            "proba": flat(proba), "score": flat(score), "weight": flat(w),
            "values": {key: float(v) for key, v in values.items()}}


def binary(name, y, p, proba, score, w=None, positive=1):
    is_positive = y == positive
    values = label_values(y, p, w, 2)
    values["roc_auc"] = m.roc_auc_score(is_positive, score, sample_weight=w)
    values["log_loss"] = m.log_loss(y, proba, labels=[0, 1], sample_weight=w)
    for key, f in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)):
        values[key] = f(y, p, pos_label=positive, sample_weight=w)
    return case(name, y, p, proba, score, w, 2, positive, values)


def multiclass(name, y, p, proba, k, w=None):
    values = label_values(y, p, w, k)
    values["log_loss"] = m.log_loss(y, proba, labels=range(k), sample_weight=w)
    if len(np.unique(y)) == k:
        values["roc_auc_ovr"] = np.mean([m.roc_auc_score(y == c, proba[:, c], sample_weight=w) for c in range(k)])
    return case(name, y, p, proba, None, w, k, 0, values)


def regression(name, y, p, w=None):
    return case(name, y, p, w=w, values={
        "r2": m.r2_score(y, p, sample_weight=w),
        "rmse": m.root_mean_squared_error(y, p, sample_weight=w),
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "mse": m.mean_squared_error(y, p, sample_weight=w)})


def random_binary(n, digits):
    y = rng.integers(0, 2, n)
    q = np.clip(rng.normal(0.35 + 0.3 * y, 0.25, n), 0, 1).round(6)  # some are exactly 0 or 1
    score = np.round(q, digits)
    return y, (q > 0.5).astype(int), np.column_stack([1 - q, q]), score


def random_multiclass(n, k):
    y = rng.integers(0, k, n)
    proba = np.array([rng.multinomial(1024, q) for q in rng.dirichlet(np.ones(k), n)]) / 2048
    proba += np.eye(k)[np.where(rng.random(n) < 0.6, y, rng.integers(0, k, n))] / 2
    return y, proba.argmax(axis=1), proba


def weights(n):
    return (rng.choice([0.25, 1.0, 2.0, 3.7, 1e3], n) * rng.uniform(0.5, 1.5, n)).round(3)


cases = []
for n, digits in ((400, 12), (200, 2), (60, 1), (100, 0)):
    data = random_binary(n, digits)
    cases.append(binary(f"binary, {digits} digits", *data))
    cases.append(binary(f"binary, {digits} digits, weights", *data, w=weights(n)))
    y, p, proba, score = data
    cases.append(binary(f"binary, {digits} digits, positive is 0", y, p, proba, -score, positive=0))
y, p, proba, score = random_binary(40, 3)
cases.append(binary("binary, huge scores", y, p, proba, np.where(score >= 0.99, 1e300, score)))
cases.append(binary("binary, perfect", y, y, np.eye(2)[y], y.astype(float)))
cases.append(binary("binary, all wrong", y, 1 - y, np.eye(2)[1 - y], -y.astype(float)))
for n, k in ((300, 3), (200, 5), (100, 11)):
    y, p, proba = random_multiclass(n, k)
    cases.append(multiclass(f"{k} classes", y, p, proba, k))
    cases.append(multiclass(f"{k} classes, weights", y, p, proba, k, weights(n)))
y, p, proba = random_multiclass(100, 4)
cases.append(multiclass("a class is never predicted", y, np.where(p == 2, 0, p), proba, 4))
cases.append(multiclass("a class is never true", np.where(y == 1, 3, y), p, proba, 4, weights(100)))
cases.append(multiclass("a class is not there", np.where(y == 1, 3, y), np.where(p == 1, 0, p), proba, 4))
cases.append(multiclass("one class alone is true", np.zeros(100, int), p, proba, 4))
y = rng.normal(size=300).round(4)
f = y + rng.normal(0, 0.5, 300).round(4)
cases.append(regression("regression", y, f))
cases.append(regression("regression, weights", y, f, weights(300)))
cases.append(regression("regression, far from zero", y + 1e4, f + 1e4))
cases.append(regression("regression, worse than the mean", y, -3 * y))
cases.append(regression("regression, exact", y, y))
cases.append(regression("regression, two rows", y[:2], f[:2]))

# The vector of the project's own sheet of statistics.
y = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0])
a = np.array([.95, .90, .80, .80, .70, .60, .60, .55, .50, .40, .40, .30, .20, .10])
b = np.array([.70, .90, .40, .60, .80, .70, .30, .20, .50, .55, .10, .30, .40, .20])
for name, q in (("vector A", a), ("vector B", b)):
    cases.append(binary(name, y, (q >= 0.5).astype(int), np.column_stack([1 - q, q]), q))

curves = []
for n, digits in ((50, 1), (80, 12)):
    y, _, _, score = random_binary(n, digits)
    for w in (None, weights(n)):
        fpr, tpr, threshold = m.roc_curve(y, score, sample_weight=w, drop_intermediate=False)
        curves.append({"truth": y.tolist(), "score": score.tolist(), "weight": None if w is None else w.tolist(),
                       "fpr": fpr.tolist(), "tpr": tpr.tolist(), "threshold": threshold[1:].tolist()})

print(json.dumps({"made_by": f"make_metrics.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {SEED}",
                  "cases": cases, "curves": curves}, indent=0).replace(",\n", ", ").replace("[\n", "[").replace("\n]", "]").replace('}, {"name"', '},\n{"name"'))
