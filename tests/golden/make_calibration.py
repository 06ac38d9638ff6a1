"""Writes calibration.json: reliability curves by scikit-learn, and the line on the logit scale by its unpenalised
logistic regression, polished by scipy.

Usage: python make_calibration.py > calibration.json
"""
import json

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq, root
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

SEED = 20240707
rng = np.random.default_rng(SEED)


def case(n, slope, intercept, weighted):
    p = np.clip(rng.beta(1.5, 2.5, n).round(4), 1e-4, 1 - 1e-4) + 1e-7  # off the edges of bins: theirs are (low, high]
    y = (rng.random(n) < expit(intercept + slope * logit(p))).astype(float)
    w = rng.uniform(0.2, 3, n).round(3) if weighted else np.ones(n)
    line = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    x = logit(p)
    line.fit(x[:, None], y, w)
    miss = lambda ab: w * (y - expit(ab[0] + ab[1] * x))
    polished = root(lambda ab: [miss(ab).sum(), np.dot(miss(ab), x)], [line.intercept_[0], line.coef_[0, 0]], tol=1e-15).x
    assert abs(polished[1] - line.coef_[0, 0]) < 1e-5
    result = {"truth": y.tolist(), "proba": p.tolist(), "weight": w.tolist() if weighted else None,
              "slope": polished[1], "intercept": polished[0],
              "in_the_large": brentq(lambda a: np.dot(w, y - expit(a + logit(p))), -20, 20, xtol=1e-15),
              "recalibrated": IsotonicRegression().fit(p, y, w).predict(np.unique(p)).tolist()}
    z = np.dot(w, (y - p) * (1 - 2 * p)) / np.sqrt(np.dot(w * w, (1 - 2 * p) ** 2 * p * (1 - p)))
    result["z"], result["p_value"] = z, 2 * norm.sf(abs(z))
    if not weighted:
        result["bins"] = {str(b): np.transpose(calibration_curve(y, p, n_bins=b)).ravel().tolist() for b in (5, 10, 17)}
    return result


cases = [case(n, s, i, w) for n, s, i in ((400, 1, 0), (250, 0.5, 0.3), (80, 1.7, -0.4), (60, 0.05, 1)) for w in (False, True)]
print(json.dumps({"made_by": f"make_calibration.py, scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, "
                             f"numpy {np.__version__}, seed {SEED}", "cases": cases}))
