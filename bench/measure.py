"""Measures the works of bench/areas: hone and its peers on the same arrays in the same process.

    python measure.py AREA... [--work TEXT] [--rounds N] [--quick] [--write]

Before a time counts, hone's result must be as good as the peer's. --work takes the works with TEXT in
their name, --quick leaves growth and memory out, --write puts the tables into RESULTS.md.
"""
import argparse
import importlib
import pathlib
import warnings

import contest
import report

HERE = pathlib.Path(__file__).resolve().parent
AREAS = sorted(path.stem for path in (HERE / "areas").glob("*.py"))


def works_of(area, text=""):
    return [work for work in importlib.import_module(f"areas.{area}").WORKS if text in work.name]


def measure(area, options):
    print(f"\n{area}", flush=True)
    contests = []
    for work in works_of(area, options.work):
        contests.append(contest.hold(area, work, options))
        report.show(contests[-1])
    return contests


def main():
    parser = argparse.ArgumentParser(description="hone against its peers")
    parser.add_argument("areas", nargs="+", choices=AREAS)
    parser.add_argument("--work", default="", help="only works with this in their name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="neither growth nor memory")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    report.machine_text(print)
    for area in options.areas:
        contests = measure(area, options)
        if options.write:
            report.write(HERE / "RESULTS.md", area, contests)


if __name__ == "__main__":
    main()
