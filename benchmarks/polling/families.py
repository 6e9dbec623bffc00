"""Writes workload files of families that the stock workloads do not have, for `poll --workload FILE`.

    python3 benchmarks/polling/families.py FOLDER [--set tuning|unseen|flushers] [--seeds N]

The set `tuning` was looked at while the constants of the pacer were chosen; `unseen` was written after
they had been frozen; in `flushers` rows become listable otherwise than at one even beat. A file for each
family and seed: FOLDER/FAMILY-SEED.json; `poll --workload FILE… --flush -1` plays them as they say.
"""

import argparse
import bisect
import json
import math
import pathlib
import random


def pool(chance, jobs, workers, service):
    free = sorted(chance.uniform(1, 6) for _ in range(workers))
    ends = []
    for _ in range(jobs):
        begin = free.pop(0)
        end = begin + service()
        free.append(end)
        free.sort()
        ends.append(end)
    return ends


def lognormal(chance, median, sigma):
    return median * math.exp(chance.gauss(0, sigma))


def poisson(chance, jobs, rate):
    """Ends at a rate that may depend on the time."""
    now, ends = 4.0, []
    most = max(rate(t) for t in range(0, 20000, 5))
    while len(ends) < jobs:
        now += chance.expovariate(most)
        if chance.random() < max(rate(now), 0.001) / most:
            ends.append(now)
    return ends


def bursts(chance, jobs, size, gap, width):
    now, ends = chance.uniform(5, 30), []
    while len(ends) < jobs:
        ends += [now + chance.uniform(0, width()) for _ in range(size())]
        now += gap()
    return ends[:jobs]


TUNING = {
    "trickle-200": lambda c: poisson(c, 200, lambda t: 1 / 12),
    "quiet-bursts-1k": lambda c: bursts(
        c, 1000, lambda: c.randint(5, 15), lambda: 10 + c.expovariate(1 / 60), lambda: 2),
    "each-minute-600": lambda c: bursts(
        c, 600, lambda: 20, lambda: 60 + c.uniform(-1, 1), lambda: 2),
    "tide-3k": lambda c: poisson(c, 3000, lambda t: 1.6 - 1.5 * math.cos(t / 3600 * 2 * math.pi)),
    "two-queues-500": lambda c: poisson(c, 400, lambda t: 4) + [
        60 + t for t in pool(c, 100, 4, lambda: lognormal(c, 45, 0.5))],
    "pareto-400": lambda c: pool(c, 400, 12, lambda: min(900, 4 * c.paretovariate(1.2))),
}

# Were unseen until the pacer learned the distances of bursts.
TUNING |= {
    "retry-waves-300": lambda c: [
        c.uniform(5, 40) if i % 3 else 60 * 2 ** c.randint(0, 3) + c.uniform(0, 6)
        for i in range(300)],
    "dying-workers-500": lambda c: poisson(c, 500, lambda t: 5 * 0.5 ** (t / 120) + 0.05),
    "warming-up-2k": lambda c: poisson(c, 2000, lambda t: min(12, 0.1 * 2 ** (t / 45))),
    "crawl-150": lambda c: pool(c, 150, 4, lambda: lognormal(c, 90, 0.4)),
    "minutes-on-off-1k": lambda c: poisson(c, 1000, lambda t: 2 if int(t / 90) % 2 else 0.03),
    "batches-of-40": lambda c: bursts(c, 800, lambda: 40, lambda: 97 + c.gauss(0, 4), lambda: 6),
    "wild-gaps-2k": lambda c: bursts(
        c, 2000, lambda: c.randint(1, 60), lambda: min(400, 8 * c.paretovariate(0.9)), lambda: 4),
    "night-shift-5k": lambda c: poisson(
        c, 5000, lambda t: 0.05 if 1200 < t % 3600 < 2400 else 2.5),
}


UNSEEN = {
    "shift-change-2k": lambda c: poisson(c, 2000, lambda t: 3 if t < 400 else 0.6),
    "capped-target-600": lambda c: bursts(
        c, 600, lambda: 12, lambda: 30 + c.uniform(-8, 8), lambda: 3),
    "two-regions-1k": lambda c: pool(c, 800, 8, lambda: lognormal(c, 6, 0.4)) + pool(
        c, 200, 3, lambda: lognormal(c, 50, 0.6)),
    "outages-1500": lambda c: poisson(
        c, 1500, lambda t: 0 if 300 < t < 420 or 700 < t < 1000 or 1500 < t < 1740 else 1),
    "timeouts-250": lambda c: [
        t if c.random() > 0.08 else t + 600 for t in pool(c, 250, 10, lambda: lognormal(c, 12, 0.5))],
    "waves-900": lambda c: poisson(c, 900, lambda t: 2.1 - 1.9 * math.cos(t / 240 * 2 * math.pi)),
    "cold-start-120": lambda c: [
        300 + t for t in pool(c, 120, 10, lambda: lognormal(c, 15, 0.4))],
    "sparse-60": lambda c: pool(c, 60, 2, lambda: lognormal(c, 100, 0.5)),
    "fast-4k": lambda c: pool(c, 4000, 150, lambda: lognormal(c, 3, 0.5)),
    "crumbs-500": lambda c: bursts(
        c, 500, lambda: c.randint(1, 25), lambda: c.expovariate(1 / 45), lambda: 5),
}


def beats(chance, sleep):
    """When a flusher writes: it sleeps `sleep(n)` seconds before its n-th turn."""
    now, made = chance.uniform(0, 5), []
    while now < 20_000:
        made.append(now)
        now += sleep(len(made))
    return made


FLUSHERS = {
    "two-flushers": lambda c: [beats(c, lambda n: 5), beats(c, lambda n: 7)],
    "three-flushers": lambda c: [beats(c, lambda n: 5 + c.uniform(0, 0.03)) for _ in range(3)],
    "drifting": lambda c: [beats(c, lambda n: 5.2 + c.uniform(0, 0.1))],
    "uneven": lambda c: [beats(c, lambda n: c.uniform(3, 7))],
    "slower-later": lambda c: [beats(c, lambda n: 5 if n < 60 else 9)],
}
SHAPES = {
    "100-browser": lambda c: pool(c, 100, 10, lambda: lognormal(c, 12, 0.5)),
    "1k-browser": lambda c: pool(c, 1000, 50, lambda: lognormal(c, 12, 0.5)),
    "10k-http": lambda c: pool(c, 10_000, 100, lambda: lognormal(c, 1.6, 0.4)),
}


def flushed(made, flushers, chance):
    """Rows wait for one of the flushers, or for the end of the run, when all is written."""
    made["visibility"] = {"flush_period": 0}
    for job in made["jobs"]:
        turns = chance.choice(flushers)
        seen = min(turns[bisect.bisect_left(turns, job[0])], made["end"]["at"])
        job += [0, round(max(seen - job[0], 0), 3)]
    return made


def workload(name, seed, family):
    chance = random.Random(f"{name}/{seed}")
    ends = sorted(round(t, 3) for t in family(chance))
    jobs = []
    for end in ends:
        drawn = chance.random()
        kind = 2 if drawn < 0.03 else 1 if drawn < 0.076 else 0
        jobs.append([end, kind])
    return {
        "format": "scrapingpros-polling-workload/1", "name": name, "seed": seed, "total": len(jobs),
        "end": {"status": "completed", "at": round(ends[-1] + chance.uniform(0.06, 1.5), 3)},
        "visibility": {"flush_period": 5, "flush_phase": round(chance.uniform(0, 5), 3),
                       "flush_drift": 0.03, "drain_at_end": True},
        "jobs": jobs,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--set", choices=("tuning", "unseen", "flushers"), default="unseen")
    parser.add_argument("--seeds", type=int, default=8)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for seed in range(1, asked.seeds + 1):
        for name, made in families_of(asked.set, seed):
            (asked.folder / f"{name}-{seed}.json").write_text(json.dumps(made), encoding="utf-8")


def families_of(which, seed):
    if which != "flushers":
        for name, family in (TUNING if which == "tuning" else UNSEEN).items():
            yield name, workload(name, seed, family)
        return
    for kind, flushers in FLUSHERS.items():
        for shape, family in SHAPES.items():
            chance = random.Random(f"{kind}/{shape}/{seed}")
            name = f"{shape}-{kind}"
            yield name, flushed(workload(name, seed, family), flushers(chance), chance)


main()
