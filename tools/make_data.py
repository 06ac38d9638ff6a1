#!/usr/bin/env python3
"""Makes the data sets in data/ from scikit-learn and from R's `datasets`.

    python3 tools/make_data.py [folder]        # default: data/

Needs scikit-learn (only its bundled tables: no download) and Rscript. Nothing in hone's build or
tests needs either: the results are committed. Run it twice and the bytes are the same.
Numbers are written in the shortest form that reads back to the same double.
"""
import csv
import io
import pathlib
import subprocess
import sys

from sklearn import datasets


def text(value):
    """Shortest round trip; whole numbers without a point."""
    value = float(value)
    return str(int(value)) if value.is_integer() else repr(value)


def snake(name):
    return name.strip().replace(" (cm)", "").replace(" ", "_")


def write(folder, name, header, rows):
    with open(folder / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    print(f"{name}: {len(rows)} rows, {len(header)} columns")


def from_sklearn(folder, name, bunch, target, label, features=None):
    header = [snake(f) for f in (features or bunch.feature_names)] + [target]
    rows = [[text(v) for v in x] + [label(y)] for x, y in zip(bunch.data, bunch.target)]
    write(folder, name, header, rows)


def from_r(expression):
    """A data frame of R as a list of dicts of text."""
    csv_text = subprocess.run(
        ["Rscript", "-e", f"write.csv({expression}, row.names = FALSE)"],
        check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(io.StringIO(csv_text)))


def titanic(folder):
    """The 4-way counts, one row per passenger, in the order of R's table."""
    rows = []
    for cell in from_r("as.data.frame(datasets::Titanic)"):
        row = [cell["Class"], cell["Sex"], cell["Age"], cell["Survived"]]
        rows += [[v.lower() for v in row]] * int(cell["Freq"])
    assert len(rows) == 2201 and sum(r[3] == "yes" for r in rows) == 711
    write(folder, "titanic.csv", ["class", "sex", "age", "survived"], rows)


def airquality(folder):
    columns = ["Ozone", "Solar.R", "Wind", "Temp", "Month", "Day"]
    table = from_r("datasets::airquality")
    rows = [[row[c] if row[c] == "NA" else text(row[c]) for c in columns] for row in table]
    missing = [sum(row[j] == "NA" for row in rows) for j in range(len(columns))]
    assert len(rows) == 153 and missing == [37, 7, 0, 0, 0, 0]
    write(folder, "airquality.csv", [c.lower().replace(".", "_") for c in columns], rows)


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "data"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    wdbc = datasets.load_breast_cancer()
    assert list(wdbc.target_names) == ["malignant", "benign"]
    from_sklearn(folder, "breast_cancer.csv", wdbc, "diagnosis", lambda y: "MB"[y])
    iris = datasets.load_iris()
    from_sklearn(folder, "iris.csv", iris, "species", lambda y: str(iris.target_names[y]))
    wine = datasets.load_wine()
    from_sklearn(folder, "wine.csv", wine, "class", lambda y: str(wine.target_names[y]))
    from_sklearn(folder, "diabetes.csv", datasets.load_diabetes(scaled=False), "progression", text)
    from_sklearn(folder, "digits.csv", datasets.load_digits(), "digit", text,
                 [f"pixel_{r}_{c}" for r in range(8) for c in range(8)])
    titanic(folder)
    airquality(folder)


if __name__ == "__main__":
    main()
