"""Shows contests: a line per peer on the terminal, a table per area in RESULTS.md."""
import datetime
import os
import pathlib
import platform
import re
import subprocess
from importlib import metadata

import hone
from contest import as_good, ratio
from works import THREADS

PEERS = ("scikit-learn", "scikit-learn-intelex", "faiss-cpu", "lightgbm", "xgboost", "numpy", "scipy")
HEAD = ["work", "peer", "peer's time", "hone's time", "ratio", "asked", "quality: hone's, peer's",
        "peak memory above the data", "doubling the rows twice"]


def seconds(value):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            break
    return f"{value / size:.3g} {unit}"


def _memory(contest, name):
    sides = (contest.sides["hone"], contest.sides[name])
    if any(side.peak is None for side in sides):
        return ""
    return " / ".join(f"{side.peak / 1e6:.0f} MB" for side in sides)


def _growth(contest, name):
    sides = (contest.sides["hone"], contest.sides[name])
    if any(not side.growth for side in sides):
        return ""
    return " / ".join("x" + " x".join(f"{b / a:.1f}" for a, b in zip(s.growth, s.growth[1:]))
                      for s in sides)


def cells(contest):
    """One row of texts per peer; a row with the reason where a side is missing."""
    work, sides = contest.work, contest.sides
    for name, reason in contest.missing.items():
        yield [work.name, name, "", "", "not measured: " + reason.split(",")[0]] + [""] * 4
    for name in list(sides)[1:]:
        middle, least, most, cpu = ratio(contest, name)
        good = as_good(contest, name)
        quality = "; ".join(f"{q.name} {a:.7g}, {b:.7g}" for q, a, b in zip(
            work.quality, sides["hone"].quality, sides[name].quality))
        goal = work.goal.get(name.split()[0]) if isinstance(work.goal, dict) else work.goal
        met = "" if goal is None else f"{goal:g}x " + ("yes" if good and middle >= goal else "NO")
        yield [work.name, name, seconds(sides[name].seconds()), seconds(sides["hone"].seconds()),
               f"{middle:.2f}x ({least:.2f}-{most:.2f}; CPU {cpu:.2f}x)", met,
               quality + ("" if good else " WORSE"), _memory(contest, name), _growth(contest, name)]


def show(contest):
    for row in cells(contest):
        print(f"  {row[0]:34} {row[1]:22} {row[2]:>8} {row[3]:>8}  {row[4]:36} {row[5]:8} "
              + "  ".join(text for text in row[6:] if text), flush=True)


# ---- the machine --------------------------------------------------------------------------------


def _cpu():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", text)
    return (model[1] if model else platform.machine()), os.cpu_count()


def _kernels_of_numpy():
    import threadpoolctl
    return {info.get("architecture") for info in threadpoolctl.threadpool_info()
            if info["user_api"] == "blas" and ("numpy" in info["filepath"] or "scipy" in info["filepath"])}


def machine_text(emit):
    cpu, cores = _cpu()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = []
    for name in PEERS:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"no {name}")
    emit(f"{cpu}, {cores} processors, {memory:.0f} GiB; {THREADS} threads on both sides; "
         f"load {os.getloadavg()[0]:.1f} at the start")
    emit(f"hone {hone.version()} ({_commit()}), OpenBLAS kernels {hone.blas_kernels()}; "
         f"numpy and scipy bring an OpenBLAS of their own: {', '.join(map(str, _kernels_of_numpy()))}; "
         f"OPENBLAS_CORETYPE is {os.environ.get('OPENBLAS_CORETYPE', 'not set')}")
    emit(f"Python {platform.python_version()}, " + ", ".join(found))


def _commit():
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                          cwd=pathlib.Path(__file__).parent)
    return done.stdout.strip() or "no commit"


# ---- RESULTS.md ---------------------------------------------------------------------------------

TITLE = """# What the bench has shown

Written by `./dev bench all --write` (an area alone replaces its own section). Each side has one turn
per round, the ratio is the median of peer's time / hone's over the rounds (least-greatest; CPU: the
same of processor time). Quality is compared first: WORSE marks a result of hone's that is not as
good as the peer's. Memory and growth are shown for the fastest peer as hone's / peer's; growth is the
factor of the time from n/4 to n/2 and from n/2 to n rows.
"""


def _section(area, contests):
    lines = [f"## {area}", "", f"{datetime.date.today()}"]
    machine_text(lambda text: lines.append(text))
    lines += ["", "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    for contest in contests:
        for row in cells(contest):
            lines.append("| " + " | ".join(text.replace("|", "\\|") for text in row) + " |")
    return "\n".join(lines) + "\n"


def write(path, area, contests):
    """Replaces the area's section, or adds it; the sections stay in the order of their names."""
    text = path.read_text() if path.exists() else ""
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    sections = {name: f"## {name}\n{body.rstrip()}\n" for name, body in sections.items()}
    sections[area] = _section(area, contests)
    path.write_text(TITLE + "\n" + "\n".join(sections[name] for name in sorted(sections)))
