"""Times scikit-learn's roc_auc_score on the scores that inference_speed wrote to FOLDER.

    python bench/auc_sklearn.py FOLDER
"""
import sys
import time

import numpy as np
from sklearn.metrics import roc_auc_score

RUNS = 5


def main():
    truth, score = np.fromfile(sys.argv[1] + "/million.bin").reshape(2, -1)
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        auc = roc_auc_score(truth, score)
        best = min(best, time.perf_counter() - start)
    print(f"scikit-learn AUC {len(truth):8d} rows           {best:9.4f} s   AUC {auc:.12f}")


if __name__ == "__main__":
    main()
