"""Writes svmlight.json: what scikit-learn's load_svmlight_file makes of svmlight text.

Usage: python make_svmlight.py > svmlight.json
"""
import io
import json

import numpy as np
import sklearn
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

SEED = 20


def drawn(rng, rows, cols, zero_based, grouped):
    x = rng.normal(size=(rows, cols)) * 10.0 ** rng.integers(-6, 7, size=(rows, cols))
    x *= rng.random(size=x.shape) < 0.3
    file = io.BytesIO()
    dump_svmlight_file(x, rng.integers(-3, 4, size=rows), file, zero_based=zero_based,
                       query_id=np.sort(rng.integers(9, size=rows)) if grouped else None)
    return file.getvalue().decode()


def case(name, text, n_features=None):
    x, y, qid = load_svmlight_file(io.BytesIO(text.encode()), n_features=n_features,
                                   zero_based="auto", query_id=True)
    return {"name": name, "text": text, "n_features": n_features or 0, "rows": x.shape[0],
            "cols": x.shape[1], "values": x.data.tolist(), "columns": x.indices.tolist(),
            "starts": x.indptr.tolist(), "y": y.tolist(), "qid": qid.tolist()}


def main():
    rng = np.random.default_rng(SEED)
    cases = [
        case("from 1", "1 1:0.5 3:-2e-3\n-1 2:7\n"),
        case("from 0", "+1 0:0.5 3:-2e-3\n-1 2:7\n"),
        case("comments", "# all\n1 2:1 # one: two\n\n  # none\n0 1:.5\t2:3. \r\n"),
        case("no line end", "3.25 1:1"),
        case("a row without pairs", "1\n2 5:1e300\n3 # 1:1\n"),
        case("more columns", "1 2:1\n", 9),
        case("queries", "1 qid:3 1:1\n0 qid:3 2:1\n1 qid:12 1:1 2:1 # qid:9 4:4\n"),
        case("drawn, from 0", drawn(rng, 40, 12, True, False)),
        case("drawn, from 1", drawn(rng, 40, 30, False, False)),
        case("drawn, queries", drawn(rng, 60, 5, False, True)),
    ]
    made_by = {"tool": "scikit-learn", "version": sklearn.__version__, "seed": SEED}
    print(json.dumps({"made_by": made_by, "cases": cases}))


if __name__ == "__main__":
    main()
