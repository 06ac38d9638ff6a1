"""How good a result is: one number each, in which hone must equal its peer before times count."""
from typing import Callable, NamedTuple

import numpy as np


class Quality(NamedTuple):
    name: str
    of: Callable  # (result, data) -> float
    lower: bool  # is less better?
    within: float  # how much worse may ours be, as a part of the peer's value
    limit: float | None = None  # or: as good as any when within this


def equal(ours, theirs, quality):
    """Is ours as good as theirs, or better?"""
    if quality.limit is not None:
        within = ours <= quality.limit if quality.lower else ours >= quality.limit
        return bool(within or np.isnan(theirs))
    worse = ours - theirs if quality.lower else theirs - ours
    return bool(worse <= quality.within * max(abs(theirs), 1e-300))


# ---- of predictions ------------------------------------------------------------------------------


def _predicted(result, data):
    found = result if isinstance(result, np.ndarray) else result.predict(data.test_x)
    return np.asarray(found, dtype=float).ravel()


def accuracy(within=0.002):
    """Share of right classes among the test rows, of a model or of its predictions."""
    return Quality("accuracy", lambda r, d: (_predicted(r, d) == d.test_y).mean(), False, within)


def r2(within=1e-4):
    def of(result, data):
        rest = _predicted(result, data) - data.test_y
        return 1 - (rest @ rest) / ((data.test_y - data.test_y.mean()) ** 2).sum()
    return Quality("R2", of, False, within)


def over_seeds(quality, seeds):
    """The mean of a quality over fits with seeds 0, 1, ...: where chance decides about one."""
    def of(model, data):
        total = 0.0
        for seed in range(seeds):
            if hasattr(model, "set_params"):
                model.set_params(random_state=seed).fit(data.x, data.y)
            else:
                model.set(seed=seed).fit(data.x, data.y)
            total += quality.of(model, data)
        return total / seeds
    return quality._replace(name=f"{quality.name} of {seeds} seeds", of=of)


# ---- of fitted models ----------------------------------------------------------------------------


def attribute(name, lower=True, within=1e-3):
    """A fitted number, or the sum of fitted numbers: inertia_."""
    return Quality(name.rstrip("_"), lambda r, _: float(np.sum(getattr(r, name))), lower, within)


def size_of_output(within=1e-9):
    """Of a transformer: root of the sum of squares of what it makes of the test rows."""
    def norm(result, data):
        out = result if isinstance(result, np.ndarray) else result.transform(data.test_x)
        return float(np.linalg.norm(out.toarray() if hasattr(out, "toarray") else out))
    return Quality("|T(x)|", norm, True, within)


def coefficients(result, data):
    """W (vectors x columns) and b of a linear model of either side."""
    coef = np.asarray(result.coef_).reshape(-1, data.x.shape[1])
    return coef, np.broadcast_to(np.asarray(result.intercept_).ravel(), coef.shape[:1])


def _log_loss(result, data):
    """Sum of the rows' losses, and its gradient in W and b."""
    coef, intercept = coefficients(result, data)
    score = np.asarray(data.x @ coef.T) + intercept
    if len(coef) == 1:
        score = np.hstack([np.zeros_like(score), score])
    score -= score.max(1, keepdims=True)
    rest = np.exp(score)
    total = rest.sum(1, keepdims=True)
    codes = data.y.astype(int)
    loss = (np.log(total[:, 0]) - score[np.arange(len(codes)), codes]).sum()
    rest /= total
    rest[np.arange(len(codes)), codes] -= 1
    rest = rest[:, -len(coef):]
    return loss, (data.x.T @ rest).T, rest.sum(0)


def log_objective(C=1.0, l1_ratio=0.0, within=1e-7):
    """(l1 |W|_1 + (1 - l1) |W|^2 / 2) / C + sum of log losses."""
    def of(result, data):
        coef = coefficients(result, data)[0]
        penalty = l1_ratio * abs(coef).sum() + (1 - l1_ratio) * (coef ** 2).sum() / 2
        return penalty / C + _log_loss(result, data)[0]
    return Quality("objective", of, True, within)


def log_gradient(C=1.0, limit=1e-6):
    """Largest entry of the gradient of |W|^2 / (2 C) + losses, per row."""
    def of(result, data):
        _, by_coef, by_intercept = _log_loss(result, data)
        by_coef = by_coef + coefficients(result, data)[0] / C
        return max(abs(by_coef).max(), abs(by_intercept).max()) / len(data.y)
    return Quality("gradient", of, True, 0, limit)


def squared_objective(alpha, l1_ratio=1.0, within=1e-7):
    """|y - X w - b|^2 / (2 n) + alpha (l1 |w|_1 + (1 - l1) |w|^2 / 2): lasso and elastic net."""
    def of(result, data):
        coef, intercept = coefficients(result, data)
        rest = data.y - np.asarray(data.x @ coef[0]).ravel() - intercept[0]
        penalty = l1_ratio * abs(coef).sum() + (1 - l1_ratio) * (coef ** 2).sum() / 2
        return rest @ rest / (2 * len(rest)) + alpha * penalty
    return Quality("objective", of, True, within)


def svm_dual(gamma, within=1e-5):
    """a' Q a / 2 - sum |a| of a machine of two classes with an rbf kernel."""
    def of(result, _):
        vectors = np.asarray(result.support_vectors_)
        alpha = np.asarray(result.dual_coef_).ravel()
        norms = (vectors ** 2).sum(1)
        total = 0.0
        for first in range(0, len(alpha), 1000):
            part = slice(first, first + 1000)
            distance = norms[part, None] + norms - 2 * vectors[part] @ vectors.T
            total += alpha[part] @ np.exp(-gamma * np.maximum(distance, 0)) @ alpha
        return total / 2 - abs(alpha).sum()
    return Quality("dual", of, True, within)
