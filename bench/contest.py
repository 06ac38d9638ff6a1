"""One work and its sides taking turns (A B C, A B C, ...), so that a slow minute hits all.

A ratio is the median over the rounds of peer's time / hone's time in that round.
"""
import gc
import statistics
import time
from typing import NamedTuple

import hone
import memory
from quality import equal

SHORT, LONG = 0.02, 5.0  # seconds: a shorter run is repeated, a longer one needs no warming up
REST = 0.05  # seconds between turns, in which idle threads of the last one fall asleep


class Turn(NamedTuple):
    """Seconds of one run."""
    wall: float
    cpu: float


class Side(NamedTuple):
    """What a work took on one side."""
    turns: list
    quality: list  # one number per Quality of the work
    growth: list  # seconds at n/4, n/2 and n rows
    peak: float  # bytes above the data, or None

    def seconds(self):
        return statistics.median(turn.wall for turn in self.turns)


class Contest(NamedTuple):
    """A work with all its sides, ours under "hone"; and why others are missing."""
    work: object
    sides: dict
    missing: dict


def run_once(run, repeats=1):
    gc.collect()
    time.sleep(REST)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        result = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return result, Turn(wall / repeats, cpu / repeats)


def sides_of(work):
    return {"hone": work.ours, **work.peers}


def prepare(work, data):
    """The sides that can do the work here, and the reasons of those that cannot."""
    runs, missing = {}, {}
    for name, side in sides_of(work).items():
        try:
            runs[name] = side(data)
        except (hone.Failure, ImportError) as reason:
            missing[name] = str(reason)
    return runs, missing


def take_turns(runs, rounds):
    """First results and, per side, its turns."""
    results, turns, repeats = {}, {name: [] for name in runs}, {}
    for name, run in runs.items():
        results[name], first = run_once(run)
        if first.wall < SHORT:  # the first run of all is a slow one
            first = run_once(run, 10)[1]
        repeats[name] = max(1, int(SHORT / max(first.wall, 1e-6)))
        if first.wall > LONG:
            turns[name].append(first)
    for i in range(rounds):
        for name, run in runs.items():
            if len(turns[name]) <= i:
                turns[name].append(run_once(run, repeats[name])[1])
    return results, turns


def growth(work, names, turns):
    """Seconds of each side at n/4, n/2 and n rows: the least of several runs, noise only adds."""
    grown = {name: [] for name in names}
    for part in (4, 2):
        runs, _ = prepare(work, work.data(work.n // part))
        _, short = take_turns({name: runs[name] for name in names}, 3)
        for name in names:
            grown[name].append(min(turn.wall for turn in short[name]))
    return {name: grown[name] + [min(turn.wall for turn in turns[name])] for name in names}


def hold(area, work, options):
    data = work.data(work.n)
    runs, missing = prepare(work, data)
    if "hone" in missing or len(runs) < 2:
        return Contest(work, {}, missing)
    results, turns = take_turns(runs, options.rounds)
    quality = {name: [float(q.of(result, data)) for q in work.quality]
               for name, result in results.items()}
    names = list(runs)
    last = {name: statistics.median(turn.wall for turn in turns[name]) for name in names}
    del data, runs, results
    best = min((name for name in names if name != "hone"), key=last.get)
    grown, peak = {}, {}
    if work.growth and not options.quick:
        grown = growth(work, ["hone", best], turns)
    if work.memory and not options.quick:
        peak = {name: memory.peak(area, work.name, name) for name in ("hone", best)}
    return Contest(work, {name: Side(turns[name], quality[name], grown.get(name), peak.get(name))
                          for name in names}, missing)


def ratio(contest, name):
    """Median, least and greatest ratio of wall times over the rounds, and the median of CPU times."""
    pairs = list(zip(contest.sides["hone"].turns, contest.sides[name].turns))
    wall = [theirs.wall / ours.wall for ours, theirs in pairs]
    cpu = [theirs.cpu / max(ours.cpu, 1e-9) for ours, theirs in pairs]
    return statistics.median(wall), min(wall), max(wall), statistics.median(cpu)


def as_good(contest, name):
    ours, theirs = contest.sides["hone"].quality, contest.sides[name].quality
    return all(map(equal, ours, theirs, contest.work.quality))
