"""hone compare against the same comparison in scikit-learn: whole processes, import included.

    python bench/compare_sklearn.py HONE [rounds]

The contestants take turns in every round, so that a slow minute of the machine hits all of them.
Prints medians, the ratio to hone's, and the mean AUCs side by side.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
MODELS = {"lr": "logistic_regression", "svm": "svc", "mlp": "mlp_classifier"}
# scikit-learn is two to ten times slower here when BLAS threads compete for small matrices.
ENVIRONMENT = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")


def hone_aucs(output):
    models = {m["name"]: m for m in json.loads(output)["models"]}
    return {short: models[name]["metrics"]["roc_auc"]["mean"] for short, name in MODELS.items()}


def contestants(hone):
    command = [hone, "compare", "data/breast_cancer.csv", "--target", "diagnosis", "--models",
               ",".join(MODELS), "--cv", "5", "--seed", "0", "--json", "-", "--quiet"]
    python = [sys.executable, HERE / "sklearn_task.py"]
    yield "hone compare, all metrics", command, hone_aucs
    yield "hone compare, one thread", command + ["--threads", "1"], hone_aucs
    for metrics, words in (("all", "all metrics"), ("auc", "AUC only")):
        for jobs in (1, 2):
            yield f"scikit-learn, {words}, n_jobs={jobs}", [*python, str(jobs), metrics], json.loads


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    runs = list(contestants(sys.argv[1]))
    seconds = {name: [] for name, _, _ in runs}
    aucs = {}
    for i in range(rounds + 1):  # the first round warms the file cache and does not count
        for name, command, read in runs:
            start = time.perf_counter()
            done = subprocess.run(command, cwd=HERE.parent, env=ENVIRONMENT, check=True,
                                  capture_output=True, text=True)
            if i > 0:
                seconds[name].append(time.perf_counter() - start)
            aucs[name] = read(done.stdout)
    best = statistics.median(seconds[runs[0][0]])
    print(f"breast cancer, 5 folds, lr + svm + mlp; median of {rounds} runs; {os.cpu_count()} processors\n")
    print(f"{'':38} {'seconds':>8} {'ratio':>7}" + "".join(f"{'AUC ' + m:>9}" for m in MODELS))
    for name, _, _ in runs:
        middle = statistics.median(seconds[name])
        print(f"{name:38} {middle:8.3f} {middle / best:6.1f}x"
              + "".join(f"{aucs[name][m]:9.4f}" for m in MODELS))


if __name__ == "__main__":
    main()
