"""Writes forest.json: what scikit-learn's decision trees answer.

Usage: python make_forest.py > forest.json

Numbers are drawn from a continuous distribution and kept to multiples of 1/4096, which single
precision holds, so that no two splits win the same and thresholds are equal.
"""
import json

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

SEED, N, ASKED, COLS = 31, 160, 60, 5
rng = np.random.default_rng(SEED)
x = np.round(rng.normal(size=(N + ASKED, COLS)) * 4096) / 4096
signal = x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * rng.normal(size=N + ASKED)
value = signal.round(4)[:N]
weights = (1 + rng.integers(0, 3, N)) / 2
labels = np.digitize(signal, [-0.6, 0.7]).astype(float)[:N]

REGRESSORS = [{}, {"max_depth": 3}, {"max_leaf_nodes": 9}, {"min_samples_leaf": 5},
              {"min_samples_split": 20}, {"min_impurity_decrease": 0.06}, {"ccp_alpha": 0.013},
              {"min_weight_fraction_leaf": 0.06}, {"ccp_alpha": 0.05, "max_depth": 6}]
# few leaves: pure ones are reached in several ways that win the same
CLASSIFIERS = [{"max_depth": 3}, {"max_depth": 3, "criterion": "entropy"}, {"max_leaf_nodes": 7},
               {"ccp_alpha": 0.02}, {"min_impurity_decrease": 0.02, "criterion": "log_loss"},
               {"min_samples_leaf": 12}]


def text(settings):
    return ",".join(f"{name}={value}" for name, value in settings.items())


def example(model, target, weighted, settings):
    answers = []
    for seed in range(25):  # ties would be broken by chance
        tree = model(random_state=seed, **settings)
        tree.fit(x[:N], target, weights if weighted else None)
        answers.append(tree.predict_proba(x[N:]) if model is DecisionTreeClassifier
                       else tree.predict(x[N:]))
    same = all(np.allclose(a, answers[0]) for a in answers)
    return {"params": text(settings), "weighted": weighted, "leaves": int(tree.get_n_leaves()),
            "answers": answers[0].tolist()} if same else None


def examples(model, target, table):
    made = [example(model, target, weighted, settings)
            for settings in table for weighted in (False, True)]
    return [e for e in made if e]


print(json.dumps({
    "made_by": f"scikit-learn {sklearn.__version__}, make_forest.py, seed {SEED}",
    "x": x.tolist(), "rows": N, "asked": ASKED, "columns": COLS,
    "value": value.tolist(), "labels": labels.tolist(), "weights": weights.tolist(),
    "regressors": examples(DecisionTreeRegressor, value, REGRESSORS),
    "classifiers": examples(DecisionTreeClassifier, labels, CLASSIFIERS),
    "two_classes": examples(DecisionTreeClassifier, np.minimum(labels, 1), CLASSIFIERS)}))
