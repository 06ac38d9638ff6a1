"""Writes transform.json: tables, and what scikit-learn's further transformers make of them.

Usage: python make_transform.py > transform.json
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn.preprocessing import (Binarizer, KBinsDiscretizer, MaxAbsScaler, Normalizer, OrdinalEncoder, PolynomialFeatures,
                                   QuantileTransformer, RobustScaler, TargetEncoder)
from sklearn.feature_selection import VarianceThreshold

warnings.simplefilter("ignore")
SEED = 20261121
rng = np.random.default_rng(SEED)

N = 53
WHOLE = np.column_stack([
    rng.normal(size=N),
    rng.normal(1e6, 1e-2, N),
    rng.integers(0, 6, N),
    np.full(N, 0.1),
    rng.choice([-2.5, 0.0, 7.25], N),
    rng.lognormal(sigma=3, size=N),
])
HOLES = WHOLE.copy()
HOLES[rng.random(HOLES.shape) < 0.15] = np.nan
WHOLE_NEW = np.vstack([WHOLE[:7] * 1.7, WHOLE[7:15], np.zeros(WHOLE.shape[1])])
HOLES_NEW = np.vstack([WHOLE_NEW, np.full(HOLES.shape[1], np.nan)])


def rows(a):
    return [[None if np.isnan(v) else v for v in row] for row in np.asarray(a, dtype=float).tolist()]


BACK = ("robust_scaler", "max_abs_scaler", "quantile_transformer", "k_bins_discretizer")


def back(made, out):
    x = made.inverse_transform(out)
    if isinstance(made, KBinsDiscretizer):  # its bin of a constant column is infinite
        x[:, 3] = WHOLE[0, 3]
    return x


def case(name, params, made, holes=False):
    made.fit(HOLES if holes else WHOLE)
    names = list(made.get_feature_names_out())
    if name == "k_bins_discretizer":
        names = [n.removesuffix(".0") for n in names]
    out = made.transform(HOLES_NEW if holes else WHOLE_NEW)
    return {"name": name, "params": params, "holes": holes, "names": names,
            "out": rows(out), "back": rows(back(made, out)) if name in BACK else None}


cases = []
for params, made in (
        ("unit_variance=false", RobustScaler()),
        ("quantile_range_low=5 quantile_range_high=90.5 unit_variance=true",
         RobustScaler(quantile_range=(5, 90.5), unit_variance=True)),
        ("with_centering=false", RobustScaler(with_centering=False)),
        ("with_scaling=false", RobustScaler(with_scaling=False))):
    cases += [case("robust_scaler", params, made, holes) for holes in (False, True)]
cases += [case("max_abs_scaler", f"clip={str(clip).lower()}", MaxAbsScaler(clip=clip), True) for clip in (False, True)]
cases += [case("normalizer", f"norm={norm}", Normalizer(norm=norm)) for norm in ("l1", "l2", "max")]
cases += [case("binarizer", f"threshold={t}", Binarizer(threshold=t)) for t in (0, 2.5)]
cases += [case("variance_threshold", f"threshold={t}", VarianceThreshold(threshold=t), t > 0) for t in (0, 2)]
for q in (2, 8, 47, 1000):
    for output in ("uniform", "normal"):
        cases += [case("quantile_transformer", f"n_quantiles={q} output_distribution={output}",
                       QuantileTransformer(n_quantiles=q, output_distribution=output), holes) for holes in (False, True)]
for bins in (2, 5, 20):
    for strategy in ("uniform", "quantile"):
        for encode in ("ordinal", "onehot"):
            cases.append(case("k_bins_discretizer", f"n_bins={bins} strategy={strategy} encode={encode}",
                              KBinsDiscretizer(n_bins=bins, strategy=strategy, encode=encode + "-dense" * (encode == "onehot"))))
for degree in (0, 1, 2, 3, 4):
    for only in (False, True):
        for bias in (False, True):
            if degree == 0 and not bias:
                continue
            params = f"degree={degree} interaction_only={str(only).lower()} include_bias={str(bias).lower()}"
            cases.append(case("polynomial_features", params,
                              PolynomialFeatures(degree=degree, interaction_only=only, include_bias=bias)))

# ---- categories: codes of levels, NaN missing, 6 a level that the fit has not seen ---------------
M = 240
CATS = np.column_stack([rng.integers(0, 3, M), rng.integers(0, 6, M)]).astype(float)
CATS[rng.random(M) < 0.1, 1] = np.nan
CATS_NEW = np.array([[0, 0], [1, 1], [2, 2], [0, 3], [1, 4], [2, 5], [0, np.nan], [1, 6]])
EFFECT = CATS[:, 0] + np.where(np.isnan(CATS[:, 1]), 2.5, CATS[:, 1] ** 1.5)
VALUES = EFFECT + rng.normal(size=M)
TARGETS = {"values": VALUES, "two": (VALUES > 4).astype(float),
           "three": np.digitize(VALUES, [2.5, 6]).astype(float)}
encodings = []
for target, y in TARGETS.items():
    for smooth in ("auto", 0.0, 12.5):
        made = TargetEncoder(smooth=smooth, target_type="continuous" if target == "values" else "auto")
        made.fit(CATS, y)
        encodings.append({"target": target, "params": f"smooth={smooth}", "out": rows(made.transform(CATS_NEW))})

ordinal = OrdinalEncoder(categories=[[0.0, 1.0, 2.0], [0.0, 1, 2, 3, 4, 5, np.nan]], handle_unknown="use_encoded_value",
                         unknown_value=-1, encoded_missing_value=-7).fit(CATS)

print(json.dumps({"made_by": f"make_transform.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {SEED}",
                  "whole": rows(WHOLE), "holes": rows(HOLES), "whole_new": rows(WHOLE_NEW),
                  "holes_new": rows(HOLES_NEW), "cases": cases, "cats": rows(CATS), "cats_new": rows(CATS_NEW),
                  "targets": {k: v.tolist() for k, v in TARGETS.items()}, "encodings": encodings,
                  "ordinal": rows(ordinal.transform(CATS_NEW))}))
