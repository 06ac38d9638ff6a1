"""Writes clustering.json: clusterings and what scikit-learn says of them.

Usage: python make_clustering.py > clustering.json
"""
import json
import warnings

import numpy as np
import sklearn
from scipy.spatial.distance import cdist
from sklearn import metrics as m

SEED = 20240623
rng = np.random.default_rng(SEED)
warnings.simplefilter("ignore")


def case(name, label, truth, x=None):
    values = {
        "rand": m.rand_score(truth, label), "adjusted_rand": m.adjusted_rand_score(truth, label),
        "mutual_info": m.mutual_info_score(truth, label),
        "normalized_mutual_info": m.normalized_mutual_info_score(truth, label),
        "adjusted_mutual_info": m.adjusted_mutual_info_score(truth, label),
        "homogeneity": m.homogeneity_score(truth, label), "completeness": m.completeness_score(truth, label),
        "v_measure": m.v_measure_score(truth, label)}
    if len(set(truth)) < len(truth) and len(set(label)) < len(label):  # else 0 / 0
        values["fowlkes_mallows"] = m.fowlkes_mallows_score(truth, label)
    result = {"name": name, "label": list(map(float, label)), "truth": list(map(float, truth)), "values": values}
    if x is not None:
        # scikit-learn's own distances come from products and are 1e-8 where they should be 0: given are those of
        # differences; and a cluster of one row is 1e-8 from its centre for Davies-Bouldin, which is then left out.
        far = cdist(x, x)
        values["silhouette"] = m.silhouette_score(far, label, metric="precomputed")
        if np.unique(label, return_counts=True)[1].min() > 1:
            values["davies_bouldin"] = m.davies_bouldin_score(x, label)
        values["calinski_harabasz"] = m.calinski_harabasz_score(x, label)
        result |= {"x": x.ravel().tolist(), "cols": x.shape[1],
                   "rows": m.silhouette_samples(far, label, metric="precomputed").tolist()}
    result["values"] = {key: float(v) for key, v in values.items()}
    return result


def blobs(n, cols, k, spread):
    truth = rng.integers(0, k, n)
    x = (rng.normal(size=(k, cols))[truth] + spread * rng.normal(size=(n, cols))).round(3)
    label = np.where(rng.random(n) < 0.8, truth, rng.integers(0, k, n))
    return label, truth, x


cases = []
for n, cols, k in ((30, 1, 2), (61, 3, 3), (90, 7, 5), (150, 20, 12)):
    cases.append(case(f"{n} rows, {cols} columns, {k} clusters", *blobs(n, cols, k, 0.4)))
label, truth, x = blobs(40, 2, 3, 0.2)
x[:20] = x[20:]
label[:20] = label[20:]
cases.append(case("rows twice", label, truth, x))
cases.append(case("noise, odd labels", np.where(label == 1, -1, label * 1.5), truth - 7, x))
cases.append(case("a cluster of one row", np.where(np.arange(40) == 3, 9, label), truth, x))
for n, a, b in ((200, 2, 2), (150, 10, 3), (300, 25, 25), (40, 40, 5)):
    cases.append(case(f"independent, {a} and {b} groups", rng.integers(0, a, n), rng.integers(0, b, n)))
cases.append(case("the same, other names", 5 - truth, truth))
cases.append(case("one cluster", np.zeros(40, int), truth))
cases.append(case("one class", truth, np.zeros(40, int)))
cases.append(case("one and one", np.zeros(40, int), np.ones(40, int)))
cases.append(case("each row a cluster", np.arange(40), truth))
skewed = (rng.random(300) < 0.02).astype(int)
cases.append(case("a rare group", skewed, (rng.random(300) < 0.5).astype(int) + 2 * skewed))

print(json.dumps({"made_by": f"make_clustering.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}, seed {SEED}",
                  "cases": cases}, indent=0).replace(",\n", ", ").replace("[\n", "[").replace("\n]", "]").replace('}, {"name"', '},\n{"name"'))
