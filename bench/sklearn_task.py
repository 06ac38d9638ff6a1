"""The five-fold comparison of `hone compare`, as one writes it with scikit-learn.

    python bench/sklearn_task.py JOBS METRICS      # METRICS: auc | all

`all` asks for the metrics that hone shows by default, for which the SVM needs probabilities;
`auc` is the least that answers the question. Prints the mean AUC of each model as JSON.
"""
import csv
import json
import sys
import warnings

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

ALL = ["roc_auc", "accuracy", "balanced_accuracy", "f1", "neg_log_loss"]


def main():
    jobs, everything = int(sys.argv[1]), sys.argv[2] == "all"
    warnings.simplefilter("ignore")  # the net may say that 200 epochs were too few
    with open("data/breast_cancer.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    x = np.array([row[:-1] for row in rows], dtype=float)
    y = np.array([row[-1] == "M" for row in rows], dtype=int)
    svc = CalibratedClassifierCV(SVC(), ensemble=False) if everything else SVC()
    models = {
        "lr": LogisticRegression(),
        "svm": svc,
        "mlp": MLPClassifier(random_state=0),
    }
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    means = {}
    for name, model in models.items():
        scores = cross_validate(make_pipeline(StandardScaler(), model), x, y, cv=folds, n_jobs=jobs,
                                scoring=ALL if everything else ["roc_auc"])
        means[name] = float(scores["test_roc_auc"].mean())
    print(json.dumps(means))


if __name__ == "__main__":
    main()
