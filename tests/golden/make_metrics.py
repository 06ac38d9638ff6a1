"""Writes metrics.json: outcomes and what scikit-learn says of them; of the debiased calibration error what
uncertainty-calibration says, by the authors of its paper (here too where it takes no weights, from the definition).

Usage: python make_metrics.py > metrics.json
"""
import json
import warnings
from fractions import Fraction

import numpy as np
import sklearn
from calibration.utils import unbiased_l2_ce
from scipy.spatial import ConvexHull
from sklearn import metrics as m
from sklearn.isotonic import IsotonicRegression

SEED = 20240611
rng = np.random.default_rng(SEED)
warnings.simplefilter("ignore")


def label_values(y, p, w, k):
    values = {
        "accuracy": m.accuracy_score(y, p, sample_weight=w),
        "balanced_accuracy": m.balanced_accuracy_score(y, p, sample_weight=w),
    }
    for average in ("macro", "weighted") + (("micro",) if k > 2 else ()):
        for name, score in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score),
                            ("jaccard", m.jaccard_score)):
            values[f"{name}_{average}"] = score(y, p, average=average, sample_weight=w, zero_division=0)
    values["zero_one_loss"] = m.zero_one_loss(y, p, sample_weight=w)
    varied = len(np.unique(y)) > 1 and len(np.unique(p)) > 1
    values["matthews_corrcoef"] = m.matthews_corrcoef(y, p, sample_weight=w) if varied else None
    for name, how in (("", None), ("_linear", "linear"), ("_quadratic", "quadratic"))[:1 if k == 2 else 3]:
        values["cohen_kappa" + name] = m.cohen_kappa_score(y, p, labels=range(k), weights=how, sample_weight=w)
    return values


def proba_values(y, proba, w, k, positive=1):
    """What needs one class alone to be undefined is left out then."""
    labels = list(range(k))
    values = {"log_loss": m.log_loss(y, proba, labels=labels, sample_weight=w)}
    if k == 2:
        values["brier_score"] = m.brier_score_loss(y == positive, proba[:, positive], sample_weight=w)
    else:
        values["brier_score"] = m.brier_score_loss(y, proba, labels=labels, sample_weight=w)
    if len(np.unique(y)) > 1:
        values["d2_log_loss"] = m.d2_log_loss_score(y, proba, labels=labels, sample_weight=w)
        values["d2_brier_score"] = m.d2_brier_score(y, proba, labels=labels, sample_weight=w)
    for top in (2, 3, 5):
        if top < k:
            values[f"top_{top}_accuracy"] = m.top_k_accuracy_score(y, proba, k=top, labels=labels, sample_weight=w)
    return values


def case(name, y, p, proba=None, score=None, w=None, k=0, positive=1, values=None):
    flat = lambda a: None if a is None else [int(v) if abs(v) < 1e6 and v == int(v) else v for v in np.ravel(a).tolist()]
    counts = m.confusion_matrix(y, p, labels=range(k), sample_weight=w) if k else None
    return {"name": name, "n_classes": k, "positive": positive, "truth": flat(y), "label": flat(p), "confusion": flat(counts),
            "proba": flat(proba), "score": flat(score), "weight": flat(w),
            "values": {key: float(v) for key, v in values.items() if v is not None and not np.isnan(v)}}


def calibration_error(y, p, w, bins):
    """Mean and largest gap between share of positives and mean probability."""
    gaps, weights = [], []
    for b in np.unique(bins):
        of = bins == b
        weights.append(w[of].sum())
        gaps.append(abs(np.dot(w[of], y[of] - p[of])) / weights[-1])
    return np.average(gaps, weights=weights), max(gaps)


def equal_width(p):
    return np.searchsorted(np.arange(1, 10) / 10, p, side="right")


def calibration_values(y, p, w):
    """CORP's parts from scikit-learn's isotonic regression; the bins from their definition."""
    w = np.ones(len(y)) if w is None else w
    y, p, w = y[w > 0], p[w > 0], w[w > 0]
    unweighted = bool(np.all(w == 1))
    below = np.array([w[p < q].sum() + w[p == q].sum() / 2 for q in p])
    recalibrated = IsotonicRegression().fit(p, y, w).predict(p)
    score = lambda q: np.average((q - y) ** 2, weights=w)
    values = {"miscalibration": score(p) - score(recalibrated),
              "discrimination": score(np.average(y, weights=w)) - score(recalibrated)}
    values["ece"], values["mce"] = calibration_error(y, p, w, equal_width(p))
    bins = np.floor(10 * below / w.sum())
    values["ece_equal_mass"], _ = calibration_error(y[w > 0], p[w > 0], w[w > 0], bins[w > 0])
    values["ece_debiased"] = debiased_error(y, p, w, bins)
    if unweighted and not np.isnan(values["ece_debiased"]):
        packed = [[(p[i], y[i]) for i in np.flatnonzero(bins == b)] for b in np.unique(bins)]
        assert abs(values["ece_debiased"] - unbiased_l2_ce(packed)) < 1e-9
        values["ece_debiased"] = unbiased_l2_ce(packed)
    return values


def debiased_error(y, p, w, bins):
    """Kumar, Liang & Ma 2019, with the variance of a weighted mean where there are weights; two rows' worth of them at least."""
    total, known = 0.0, False
    for b in np.unique(bins):
        of = (bins == b) & (w > 0)
        share = np.average(y[of], weights=w[of])
        gap = share - np.average(p[of], weights=w[of])
        q = np.sum((w[of] / w[of].sum()) ** 2)
        if q > 0.5 + 1e-12:
            continue
        total += w[of].sum() / w.sum() * (gap ** 2 - share * (1 - share) * q / (1 - q))
        known = True
    return max(total, 0) ** 0.5 if known else float("nan")


def many_class_calibration(y, proba, w, k):
    v = np.ones(len(y)) if w is None else w
    one = lambda y, p: calibration_error(y, p, v, equal_width(p))[0]
    return {"ece_top_label": one((y == proba.argmax(axis=1)).astype(float), proba.max(axis=1)),
            "ece_classwise": np.mean([one((y == c).astype(float), proba[:, c]) for c in range(k)])}


def precision_skill(y, score, w):
    """(AP - share) / (1 - share) in fractions: floating point loses it where nearly all rows are positive."""
    w = np.ones(len(y)) if w is None else w
    exact = lambda of: sum(map(Fraction, w[of].tolist()), Fraction(0))
    positives, ap, before = exact(y == 1), Fraction(0), Fraction(0)
    for s in np.unique(score[w > 0])[::-1]:
        tp, taken = exact((y == 1) & (score >= s)), exact(score >= s)
        ap, before = ap + (tp - before) / positives * (tp / taken), tp
    share = positives / exact(y == y)
    return float((ap - share) / (1 - share))


def ranking_values(y, score, w):
    """KS and the hull follow from scikit-learn's ROC curve, the area of the hull is Qhull's."""
    fpr, tpr, _ = m.roc_curve(y, score, sample_weight=w, drop_intermediate=False)
    values = {"average_precision": m.average_precision_score(y, score, sample_weight=w),
              "ks_statistic": np.abs(tpr - fpr).max(),
              "roc_auc_hull": ConvexHull(np.append(np.column_stack([fpr, tpr]), [[1, 0]], axis=0)).volume}
    share = np.average(y, weights=w)
    values["average_precision_skill"] = precision_skill(y, score, w)
    assert abs(values["average_precision_skill"] - (values["average_precision"] - share) / (1 - share)) < 1e-9
    # The part over TPR is that over FPR of the mirrored problem: classes and order swapped.
    part = lambda most: m.roc_auc_score(y, score, sample_weight=w, max_fpr=most)
    mirrored = lambda most: m.roc_auc_score(1 - y, -score, sample_weight=w, max_fpr=most)
    for name, partial in (("partial_auc", part(0.1)), ("partial_auc_tpr", mirrored(0.1))):
        if partial >= 0.5:
            values[name] = partial
    # Two ways: the parts left of FPR 1/2 and above TPR 1/2 overlap in the box, and miss its opposite.
    raw = lambda mcclish: 1 / 8 + (2 * mcclish - 1) * (1 / 2 - 1 / 8)
    box = raw(part(0.5)) + raw(mirrored(0.5)) - m.roc_auc_score(y, score, sample_weight=w) + 1 / 4
    values["partial_auc_two_way"] = 4 * box if tpr[fpr <= 0.5][-1] > 0.5 or np.interp(0.5, fpr, tpr) > 0.5 else 0.0
    return values


def one_against_one(y, proba, k, w):
    """scikit-learn takes no weights here: its definition, with weights in the AUC of each pair."""
    v = np.ones(len(y)) if w is None else w
    areas, shares = [], []
    for i in range(k):
        for j in range(i):
            of = (y == i) | (y == j)
            areas.append(np.mean([m.roc_auc_score(y[of] == c, proba[of, c], sample_weight=v[of]) for c in (i, j)]))
            shares.append(v[of].sum())
    if w is None:
        assert abs(np.mean(areas) - m.roc_auc_score(y, proba, multi_class="ovo")) < 1e-14
        assert abs(np.average(areas, weights=shares) - m.roc_auc_score(y, proba, multi_class="ovo", average="weighted")) < 1e-14
    return np.mean(areas), np.average(areas, weights=shares)


def auc_mu(y, proba, k, w):
    """Kleiman & Page 2019: the AUC of the difference of both columns."""
    v = np.ones(len(y)) if w is None else w
    areas = []
    for i in range(k):
        for j in range(i):
            of = (y == i) | (y == j)
            areas.append(m.roc_auc_score(y[of] == i, proba[of, i] - proba[of, j], sample_weight=v[of]))
    return np.mean(areas)


def binary(name, y, p, proba, score, w=None, positive=1):
    is_positive = (y == positive).astype(int)
    values = label_values(y, p, w, 2) | proba_values(y, proba, w, 2, positive)
    values["roc_auc"] = m.roc_auc_score(is_positive, score, sample_weight=w)
    values |= ranking_values(is_positive, score, w)
    values |= calibration_values(is_positive.astype(float), proba[:, positive], w)
    values["hinge_loss"] = m.hinge_loss(np.where(is_positive, 1, -1), score, sample_weight=w)
    for key, f, label in (("precision", m.precision_score, positive), ("recall", m.recall_score, positive),
                          ("f1", m.f1_score, positive), ("jaccard", m.jaccard_score, positive),
                          ("specificity", m.recall_score, 1 - positive),
                          ("negative_predictive_value", m.precision_score, 1 - positive)):
        values[key] = f(y, p, pos_label=label, sample_weight=w)
    values["f2"] = m.fbeta_score(y, p, beta=2, pos_label=positive, sample_weight=w)
    values["f05"] = m.fbeta_score(y, p, beta=0.5, pos_label=positive, sample_weight=w)
    ratios = m.class_likelihood_ratios(y, p, labels=[1 - positive, positive], sample_weight=w)
    values["positive_likelihood_ratio"], values["negative_likelihood_ratio"] = ratios
    return case(name, y, p, proba, score, w, 2, positive, values)


def multiclass(name, y, p, proba, k, w=None):
    values = label_values(y, p, w, k) | proba_values(y, proba, w, k) | many_class_calibration(y, proba, w, k)
    if len(np.unique(y)) == k:
        values["roc_auc_ovr"] = np.mean([m.roc_auc_score(y == c, proba[:, c], sample_weight=w) for c in range(k)])
        values["roc_auc_ovr_weighted"] = m.roc_auc_score(y, proba, multi_class="ovr", average="weighted", sample_weight=w)
        values["roc_auc_ovr_micro"] = m.roc_auc_score(y, proba, multi_class="ovr", average="micro", sample_weight=w)
        for average in ("macro", "weighted", "micro"):
            values[f"average_precision_{average}"] = m.average_precision_score(
                np.eye(k)[y], proba, average=average, sample_weight=w)
        values["roc_auc_ovo"], values["roc_auc_ovo_weighted"] = one_against_one(y, proba, k, w)
        values["auc_mu"] = auc_mu(y, proba, k, w)
    return case(name, y, p, proba, None, w, k, 0, values)


def regression(name, y, p, w=None):
    values = {
        "r2": m.r2_score(y, p, sample_weight=w),
        "rmse": m.root_mean_squared_error(y, p, sample_weight=w),
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "mse": m.mean_squared_error(y, p, sample_weight=w),
        "median_ae": m.median_absolute_error(y, p, sample_weight=w),
        "max_error": m.max_error(y, p) if w is None else m.max_error(y[w > 0], p[w > 0]),
        "explained_variance": m.explained_variance_score(y, p, sample_weight=w),
        "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w) if np.all(y != 0) else None,
        "d2_absolute_error": m.d2_absolute_error_score(y, p, sample_weight=w)}
    for percent in (10, 50, 90):
        values[f"pinball_loss_{percent}"] = m.mean_pinball_loss(y, p, sample_weight=w, alpha=percent / 100)
    if min(y.min(), p.min()) > -1:
        values["msle"] = m.mean_squared_log_error(y, p, sample_weight=w)
        values["rmsle"] = m.root_mean_squared_log_error(y, p, sample_weight=w)
    far = abs(y.mean()) > 100 * y.std()  # there scikit-learn's deviances keep 8 digits, and their quotients
    if y.min() >= 0 and p.min() > 0 and not far:
        values["poisson_deviance"] = m.mean_poisson_deviance(y, p, sample_weight=w)
        values["d2_poisson"] = m.d2_tweedie_score(y, p, sample_weight=w, power=1)
    if y.min() > 0 and p.min() > 0 and not far:
        values["gamma_deviance"] = m.mean_gamma_deviance(y, p, sample_weight=w)
        values["d2_gamma"] = m.d2_tweedie_score(y, p, sample_weight=w, power=2)
    result = case(name, y, p, w=w, values=values)
    result["d2_pinball"] = {a: m.d2_pinball_score(y, p, sample_weight=w, alpha=float(a)) for a in ("0.1", "0.77")}
    powers = [0] + ([-1.5] if p.min() > 0 and not far else []) + ([1, 1.3, 2, 3, 4.5] if min(y.min(), p.min()) > 0 and not far else [])
    result["tweedie"] = {str(a): [m.mean_tweedie_deviance(y, p, sample_weight=w, power=a),
                                  m.d2_tweedie_score(y, p, sample_weight=w, power=a)] for a in powers
                         if a == 0 or np.average(y, weights=w) > 0}
    return result


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

positive = np.round(rng.gamma(2, 3, 200), 3) + 0.001
near = (positive * rng.lognormal(0, 0.4, 200)).round(4) + 0.001
counts = rng.poisson(1.2, 200).astype(float)
for w in (None, weights(200)):
    cases.append(regression("positive values", positive, near, w))
    cases.append(regression("counts", counts, near / 4, w))
    cases.append(regression("values above -1", positive - 0.9, near - 0.9, w))
    cases.append(regression("ties", np.round(positive / 4), np.round(near / 4), w))
cases.append(regression("whole weights", np.round(positive / 4) + 1, near, rng.integers(0, 3, 200).astype(float)))

# What is hard: other numbers than those drawn so far, so that these stay.
hard = np.random.default_rng(SEED + 1)


def hard_binary(n, score, y=None):
    y = (hard.random(n) < 0.4).astype(int) if y is None else y
    q = hard.integers(0, 65, n) / 64  # ties, exact zeros and ones
    return y, (q >= 0.5).astype(int), np.column_stack([1 - q, q]), score


wide = lambda n: (10.0 ** hard.integers(-6, 7, n)) * hard.integers(1, 10, n)
steps = hard.integers(-3, 4, 90)
cases.append(binary("hard, neighbouring doubles", *hard_binary(90, 1 + steps * 2.0**-52)))
cases.append(binary("hard, denormal scores and both zeros", *hard_binary(90, np.where(steps == 0, np.where(hard.random(90) < .5, 0.0, -0.0), steps * 5e-324))))
cases.append(binary("hard, all scores the same", *hard_binary(50, np.full(50, 0.25))))
cases.append(binary("hard, one positive", *hard_binary(150, hard.integers(0, 20, 150) / 4, (np.arange(150) == 77).astype(int))))
cases.append(binary("hard, one negative, wide weights", *hard_binary(150, hard.integers(0, 20, 150) / 4, (np.arange(150) != 77).astype(int)), w=wide(150)))
cases.append(binary("hard, wide weights", *hard_binary(150, hard.normal(size=150).round(1)), w=wide(150)))
cases.append(binary("hard, weights with zeros", *hard_binary(150, hard.normal(size=150).round(1)), w=hard.integers(0, 3, 150).astype(float)))
cases.append(binary("hard, scores of all sizes", *hard_binary(120, hard.choice([-1.0, 1.0], 120) * 10.0 ** hard.integers(-9, 10, 120))))
y = hard.integers(0, 4, 120)
even = np.full((120, 4), 0.25)
cases.append(multiclass("hard, all classes as probable", y, hard.integers(0, 4, 120), even, 4))
coarse = np.array([hard.multinomial(4, q) for q in hard.dirichlet(np.ones(4), 120)]) / 4
cases.append(multiclass("hard, ties in all columns", y, coarse.argmax(axis=1), coarse, 4))
cases.append(multiclass("hard, ties in all columns, wide weights", y, coarse.argmax(axis=1), coarse, 4, wide(120)))
cases.append(multiclass("hard, ties in all columns, weights with zeros", y, coarse.argmax(axis=1), coarse, 4, hard.integers(0, 3, 120).astype(float)))
lone = np.where(np.arange(120) == 60, 2, np.where(y == 2, 0, y))
cases.append(multiclass("hard, a class of one row", lone, coarse.argmax(axis=1), coarse, 4))
y = hard.standard_t(1.2, 200).round(3)
cases.append(regression("hard, heavy tails", y, y + hard.standard_t(1.2, 200).round(3)))
cases.append(regression("hard, heavy tails, wide weights", y, y + hard.standard_t(1.2, 200).round(3), wide(200)))
cases.append(regression("hard, tiny values", y * 1e-9, np.round(y, 1) * 1e-9))
cases.append(regression("hard, one value alone differs", (np.arange(60) == 5).astype(float) + 2, np.full(60, 2.0)))

hinges = []
for n, k in ((60, 3), (40, 7)):
    y, _, proba = random_multiclass(n, k)
    decision = (proba * 4 - 1).round(6)
    for w in (None, weights(n)):
        hinges.append({"truth": y.tolist(), "n_classes": k, "decision": decision.ravel().tolist(),
                       "weight": None if w is None else w.tolist(),
                       "loss": m.hinge_loss(y, decision, labels=range(k), sample_weight=w)})

curves = []
for n, digits in ((50, 1), (80, 12)):
    y, _, _, score = random_binary(n, digits)
    for w in (None, weights(n)):
        fpr, tpr, threshold = m.roc_curve(y, score, sample_weight=w, drop_intermediate=False)
        curves.append({"truth": y.tolist(), "score": score.tolist(), "weight": None if w is None else w.tolist(),
                       "fpr": fpr.tolist(), "tpr": tpr.tolist(), "threshold": threshold[1:].tolist()})
        precision, recall, _ = m.precision_recall_curve(y, score, sample_weight=w)
        det_fpr, det_fnr, det_threshold = m.det_curve(y, score, sample_weight=w)
        curves[-1] |= {"precision": precision[-2::-1].tolist(), "recall": recall[-2::-1].tolist(),
                       "det_fpr": det_fpr[::-1].tolist(), "det_fnr": det_fnr[::-1].tolist(),
                       "pr_area": m.auc(recall[-2::-1], precision[-2::-1]), "roc_area": m.auc(fpr, tpr),
                       "fp": m.confusion_matrix_at_thresholds(y, score, sample_weight=w)[1].tolist(),
                       "tp": m.confusion_matrix_at_thresholds(y, score, sample_weight=w)[3].tolist(),
                       "partial": [m.roc_auc_score(y, score, sample_weight=w, max_fpr=f) for f in (0.05, 0.3, 0.999)]}

print(json.dumps({"made_by": f"make_metrics.py, scikit-learn {sklearn.__version__}, uncertainty-calibration 0.1.4, numpy {np.__version__}, seed {SEED}",
                  "cases": cases, "curves": curves, "hinges": hinges}, indent=0).replace(",\n", ", ").replace("[\n", "[").replace("\n]", "]").replace('}, {"name"', '},\n{"name"'))
