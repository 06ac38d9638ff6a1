"""Gradient boosting by its defaults: hone, LightGBM, XGBoost and scikit-learn on the same folds.

    python bench/boosting_quality.py HONE FOLDER [--only NAME,...] [--model SPEC] [--json FILE]

Every table of TABLES that FOLDER has is split once into five folds (stratified for classes); every
contestant learns with its own defaults from four and predicts the fifth. Texts are categories for
all. The measure is AUC for two classes, log loss for more, RMSE for values; ranks share ties of
less than 1e-6. Prints a line per table and the mean ranks.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import lightgbm
import numpy as np
import pandas
import xgboost
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold

# table: target, columns to leave out
TABLES = {
    "breast_cancer_wdbc.csv": ("diagnosis", ["id"]),
    "pima_diabetes.csv": ("outcome", []),
    "titanic.csv": ("Survived", ["PassengerId", "Name", "Ticket", "Cabin"]),
    "adult_train.csv.gz": ("income", []),
    "spambase.csv.gz": ("spam", []),
    "bank_marketing.csv.gz": ("y", ["duration"]),
    "higgs_7500.csv.gz": ("signal", []),
    "german_credit.csv": ("default", []),
    "mammography.csv": ("class", []),
    "fertility.csv.gz": ("morekids", []),
    "auto_claims.csv.gz": ("clm", ["numclaims", "claimcst0"]),
    "horse_colic.csv": ("surgical_lesion", []),
    "digits.csv": ("digit", []),
    "letter.csv": ("letter", []),
    "covtype_20k.csv.gz": ("Cover_Type", []),
    "sleep.csv.gz": ("target", []),
    "diabetes.csv": ("progression", []),
    "california_housing.csv.gz": ("median_house_value", []),
    "diamonds.csv.gz": ("price", []),
    "abalone.csv": ("rings", []),
    "auto_mpg.csv": ("mpg", ["name"]),
    "gss_wages.csv.gz": ("realrinc", []),
}
REGRESSION = {"progression", "median_house_value", "price", "rings", "mpg", "realrinc"}
FOLDS, SEED, THREADS = 5, 0, 2


def read(path):
    target, drop = TABLES[path.name]
    table = pandas.read_csv(path, skipinitialspace=True, na_values=["?"])
    table = table.drop(columns=drop).dropna(subset=[target])
    y = table.pop(target)
    for name in table.columns:
        if not pandas.api.types.is_numeric_dtype(table[name]) or table[name].dtype == bool:
            table[name] = table[name].astype("str").where(table[name].notna()).astype("category")
    y = y.to_numpy(float) if target in REGRESSION else pandas.factorize(y, sort=True)[0]
    table.columns = [f"x{i}" for i in range(table.shape[1])]  # some peers refuse some names
    return table.reset_index(drop=True), y, target in REGRESSION


def folds_of(y, values):
    kind = KFold if values else StratifiedKFold
    fold = np.zeros(len(y), int)
    for number, (_, test) in enumerate(kind(FOLDS, shuffle=True, random_state=SEED).split(y, y)):
        fold[test] = number
    return fold


def measure(y, answer, values):
    """Less is better."""
    if values:
        return float(np.sqrt(np.mean((answer - y) ** 2)))
    if answer.shape[1] == 2:
        return 1 - roc_auc_score(y, answer[:, 1])
    return log_loss(y, np.clip(answer / answer.sum(axis=1, keepdims=True), 1e-15, 1))


def mean_over_folds(y, answer, fold, values):
    return np.mean([measure(y[fold == f], answer[fold == f], values) for f in range(FOLDS)])


# ---- contestants ---------------------------------------------------------------------------------


def peers(values):
    if values:
        return {"LightGBM": lambda: lightgbm.LGBMRegressor(n_jobs=THREADS, verbose=-1),
                "XGBoost": lambda: xgboost.XGBRegressor(n_jobs=THREADS, enable_categorical=True),
                "scikit-learn": lambda: HistGradientBoostingRegressor(random_state=SEED)}
    return {"LightGBM": lambda: lightgbm.LGBMClassifier(n_jobs=THREADS, verbose=-1),
            "XGBoost": lambda: xgboost.XGBClassifier(n_jobs=THREADS, enable_categorical=True),
            "scikit-learn": lambda: HistGradientBoostingClassifier(random_state=SEED)}


def answer_of_peer(make, x, y, fold, values):
    answer = None
    for f in range(FOLDS):
        model = make().fit(x[fold != f], y[fold != f])
        got = model.predict(x[fold == f]) if values else model.predict_proba(x[fold == f])
        answer = np.zeros((len(y),) + got.shape[1:]) if answer is None else answer
        answer[fold == f] = got
    return answer


def answer_of_hone(hone, spec, x, y, fold, values):
    with tempfile.TemporaryDirectory() as folder:
        data, out = pathlib.Path(folder) / "d.csv", pathlib.Path(folder) / "oof.csv"
        # a letter before the code keeps classes and categories texts
        table = x.copy()
        for name in table.select_dtypes("category").columns:
            table[name] = "c " + table[name].astype("str").where(table[name].notna())
        table["target"] = y if values else ["k%03d" % c for c in y]
        table["fold"] = fold
        table.to_csv(data, index=False)
        subprocess.run([hone, "cv", data, "--target", "target", "--fold", "fold",
                        "--cv", "predefined", "--model", spec, "--oof", out,
                        "--threads", str(THREADS), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        oof = pandas.read_csv(out)
    if values:
        return oof.filter(like="_prediction").iloc[:, 0].to_numpy()
    return oof.filter(like="_proba_").to_numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hone")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--model", default="gbdt")
    parser.add_argument("--json", type=pathlib.Path, help="keeps what the peers have shown")
    options = parser.parse_args()
    kept = json.loads(options.json.read_text()) if options.json and options.json.exists() else {}
    ranks = []
    for name in TABLES:
        path = options.folder / name
        if options.only and name.split(".")[0] not in options.only.split(",") or not path.exists():
            continue
        x, y, values = read(path)
        fold = folds_of(y, values)
        if name not in kept:
            kept[name] = {peer: mean_over_folds(y, answer_of_peer(make, x, y, fold, values), fold,
                                                values)
                          for peer, make in peers(values).items()}
            if options.json:
                options.json.write_text(json.dumps(kept, indent=1))
        got = dict(kept[name])
        got["hone"] = mean_over_folds(
            y, answer_of_hone(options.hone, options.model, x, y, fold, values), fold, values)
        rank = rankdata(np.round(list(got.values()), 6))
        ranks.append(rank)
        print(f"{name.split('.')[0]:20} {len(y):7} x {x.shape[1]:<3}",
              " ".join(f"{peer} {value:.5g} ({r:g})" for (peer, value), r in zip(got.items(), rank)),
              flush=True)
    print("mean rank of", len(ranks), "tables:",
          " ".join(f"{peer} {r:.2f}" for peer, r in zip(got, np.mean(ranks, axis=0))))


if __name__ == "__main__":
    main()
