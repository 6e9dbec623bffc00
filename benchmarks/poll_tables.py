"""Tables of the polling benchmark, in Markdown, made of its JSON lines alone.

    python3 benchmarks/poll_tables.py FILE.jsonl [--baseline sdk_0_7_8] [--client NAME…]
"""

import argparse
import json
import math
from collections import defaultdict, namedtuple

# What is around a run, or around several of one account.
World = namedtuple("World", "flush limiter per_minute knows competitor several")

METRICS = ("polls", "total", "waste", "p50", "p95", "p99", "mean", "max", "end")


def numbers_of(line):
    asked = line["requests"]
    late = line["lateness_s"]
    polls = asked["status"] + asked["inline"] + asked["metadata"]
    return {
        "status": asked["status"], "pages": asked["inline"] + asked["metadata"], "polls": polls,
        "429s": asked["rejected_429"], "waste": polls + asked["rejected_429"],
        "total": polls + asked["result"] + asked["rejected_429"],
        "lost": line["lost"], "twice": line["twice"], "endless": line["endless"],
        "end": line["end_known_s"], "makespan": line["makespan_s"],
        "above_floor": max(polls + asked["result"] - line["floor_requests"], 0.5),
        "bytes": line["bytes"]["total"], "clairvoyant": line["clairvoyant_requests"],
        "decision_ns": line["decision_ns_p50"], "max": late["max"],
        "mean": late["mean"], "p50": late["p50"], "p95": late["p95"], "p99": late["p99"],
    }


def read(path):
    """Means over seeds: world -> workload -> client -> numbers; all in the order of the file."""
    seeds = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    with open(path, encoding="utf-8") as lines:
        for text in lines:
            line = json.loads(text)
            if "timeline" in line:
                continue
            world = line["world"]
            knows = "told" if world.get("headers") else "known" if world.get("known", True) else "unknown"
            key = World(world["flush"], world["limiter"], world["reads_per_minute"], knows,
                        world.get("competitor", 0), line.get("runs", 1) > 1)
            seeds[key][line["workload"]][line["client"]].append(numbers_of(line))
    return {
        world: {
            workload: {
                client: {k: sum(each[k] for each in runs) / len(runs) for k in runs[0]}
                for client, runs in clients.items()
            }
            for workload, clients in workloads.items()
        }
        for world, workloads in seeds.items()
    }


def geomean(ratios):
    return math.exp(sum(math.log(max(r, 1e-9)) for r in ratios) / len(ratios))


def ratio(ours, theirs, metric):
    return max(ours[metric], 1e-3) / max(theirs[metric], 1e-3)


def worst(rows, metric):
    value, name = max((ratio(ours, base, metric), name) for name, base, ours in rows)
    return f"{value:.2f} ({name})"


def table_of(workloads, baseline, client):
    """Ratios by workload, geometric mean, worst."""
    rows = [(name, of[baseline], of[client]) for name, of in workloads.items()
            if baseline in of and client in of]
    if not rows:
        return
    print(f"| workload | {baseline}: status + pages, 429s | {client}: status + pages, 429s | polls "
          "| total | p50 s | p95 s | p99 s | mean | end known s | lost |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, base, ours in rows:
        late = " | ".join(
            f"{base[m]:.1f} -> {ours[m]:.1f} ({ratio(ours, base, m):.2f})" for m in ("p50", "p95", "p99"))
        print(f"| {name} | {base['status']:.1f} + {base['pages']:.1f}, {base['429s']:.1f} "
              f"| {ours['status']:.1f} + {ours['pages']:.1f}, {ours['429s']:.1f} "
              f"| **{100 * ratio(ours, base, 'polls'):.0f} %** | {100 * ratio(ours, base, 'total'):.0f} % "
              f"| {late} | {ratio(ours, base, 'mean'):.2f} | {base['end']:.1f} -> {ours['end']:.1f} "
              f"| {base['lost']:.1f} -> {ours['lost']:.1f} |")
    mean = {m: geomean([ratio(ours, base, m) for _, base, ours in rows]) for m in METRICS}
    print(f"| **geomean** | | | **{100 * mean['polls']:.0f} %** | **{100 * mean['total']:.0f} %** "
          f"| {mean['p50']:.2f} | **{mean['p95']:.2f}** | {mean['p99']:.2f} | {mean['mean']:.2f} "
          f"| {mean['end']:.2f} | {sum(b['lost'] for _, b, _ in rows):.1f} -> "
          f"{sum(o['lost'] for _, _, o in rows):.1f} |")
    print("\nworst: " + ", ".join(f"{m} {worst(rows, m)}" for m in ("polls", "waste", "p95", "p99", "mean")))
    above = geomean([ratio(ours, base, "above_floor") for _, base, ours in rows])
    size = geomean([ratio(ours, base, "bytes") for _, base, ours in rows])
    print(f"waste {100 * mean['waste']:.0f} %, requests above the floor {100 * above:.0f} %, "
          f"bytes {size:.3f}, decision {max(o['decision_ns'] for _, _, o in rows):.0f} ns (median)")
    if all(ours["clairvoyant"] for _, _, ours in rows):
        print(f"clairvoyant: polls / its requests at the own mean delay: {baseline} "
              f"{geomean([b['polls'] / b['clairvoyant'] for _, b, _ in rows]):.2f}, {client} "
              f"{geomean([o['polls'] / o['clairvoyant'] for _, _, o in rows]):.2f}")


def summary(workloads, baseline, clients):
    print(f"| client | polls | waste | total | p50 | p95 | p99 | mean | max | lost |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for client in clients:
        rows = [(name, of[baseline], of[client]) for name, of in workloads.items() if client in of]
        if not rows:
            continue
        cells = []
        for m in ("polls", "waste", "total", "p50", "p95", "p99", "mean", "max"):
            ratios = [ratio(ours, base, m) for _, base, ours in rows]
            cells.append(f"{100 * geomean(ratios):.0f} % ({100 * max(ratios):.0f})")
        print(f"| {client} | " + " | ".join(cells) + f" | {sum(o['lost'] for _, _, o in rows):.1f} |")


def cells_of(worlds, baseline, client, wanted):
    """(world, workload, baseline, client) of all cells of the wanted worlds that have both."""
    return [(world, name, of[baseline], of[client])
            for world, workloads in worlds.items() if wanted(world)
            for name, of in workloads.items() if baseline in of and client in of]


def goal_line(name, what, bar, stretch, reached, missed):
    print(f"| {name} | {what} | {bar} | {stretch} | {reached} | {'**missed**' if missed else 'yes'} |")


def goals(worlds, baseline, client):
    """The goals under a limit: what the bar is, and what was reached."""
    bound = [c for c in cells_of(worlds, baseline, client, lambda w: not w.several
             and w.limiter == "window" and w.knows == "known" and w.competitor == 0
             and w.per_minute in (30, 60)) if c[2]["429s"] >= 1]
    several = cells_of(worlds, baseline, client, lambda w: w.several)
    limited = cells_of(worlds, baseline, client, lambda w: w.limiter != "none" and w.competitor == 0)
    if not limited:
        return
    print(f"\n## Goals under a limit: {client} against {baseline}\n")
    print("| goal | | bar | stretch | reached | |\n|---|---|---|---|---|---|")

    def mean(cells, metric):
        return geomean([ratio(ours, base, metric) for _, _, base, ours in cells])

    def lost(cells):
        return sum(ours["lost"] for _, _, _, ours in cells), sum(base["lost"] for _, _, base, _ in cells)

    if bound:
        waste, late, (gone, theirs) = mean(bound, "waste"), mean(bound, "p95"), lost(bound)
        goal_line("G5", f"one run, the budget binds ({len(bound)} cells): waste; p95; lost", "50 %; 0.20; 0",
                  "40 %; 0.12; 0", f"{100 * waste:.0f} %; {late:.2f}; {gone:.0f} (theirs {theirs:.1f})",
                  waste > 0.5 or late > 0.2 or gone > 0)
    bars = {"known": (1, 2, 1), "unknown": (2, 6, 4), "told": (0.1, 0.1, 0.1)}
    for knows, allowed in bars.items():
        shares = []
        for kind in ("window", "bucket", "sliding"):
            long_runs = [ours for world, _, _, ours in limited if world.limiter == kind and not world.several
                         and world.knows == knows and ours["total"] >= 500 and ours["429s"] >= 0
                         and world.per_minute == 30]
            if long_runs:
                shares.append(100 * sum(o["429s"] for o in long_runs) / sum(o["total"] for o in long_runs))
        if len(shares) == 3:
            goal_line("G6", f"429s of all requests, limit {knows}: window; bucket; sliding",
                      "; ".join(f"{a:g} %" for a in allowed),
                      {"known": "0.5 % on all", "unknown": "3 %", "told": "0"}[knows],
                      "; ".join(f"{s:.2f} %" for s in shares),
                      any(s > a for s, a in zip(shares, allowed)))
    ended = {}
    for world, name, base, ours in limited:
        if base["lost"] == 0 and base["429s"] >= 1 and not world.several:
            where = f"{name} @{world.per_minute}, {world.knows}"
            ended[world.limiter] = max(ended.get(world.limiter, (0, "")),
                                       (ratio(ours, base, "makespan"), where))
    if ended:
        goal_line("G7", "makespan where the budget binds and the baseline loses nothing, worst by kind", "1.02", "1.00",
                  "; ".join(f"{kind} {value:.3f} ({where})" for kind, (value, where) in ended.items()),
                  any(value > 1.02 for value, _ in ended.values()))
    if several:
        waste, p95, p99 = (mean(several, m) for m in ("waste", "p95", "p99"))
        gone, theirs = lost(several)
        goal_line("G9", f"several runs ({len(several)} cells): waste; p95; p99; lost", "32 %; 0.50; 0.55; 0",
                  "25 %; 0.40; 0.40; 0", f"{100 * waste:.0f} %; {p95:.2f}; {p99:.2f}; {gone:.0f} "
                  f"(theirs {theirs / len(several):.0f} a cell)",
                  waste > 0.32 or p95 > 0.5 or p99 > 0.55 or gone > 0)


def limit_of(world):
    if world.limiter == "none":
        return "no limit"
    text = f"{world.per_minute} reads a minute ({world.limiter}, {world.knows})"
    if world.competitor:
        text += f", somebody else takes {100 * world.competitor:g} %"
    return text + (", several runs" if world.several else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--baseline", default="sdk_0_7_8")
    parser.add_argument("--client", action="append", help="table for this client; default: all")
    parser.add_argument("--summary", action="store_true", help="one line per client only")
    asked = parser.parse_args()
    worlds = read(asked.file)
    for world, workloads in worlds.items():
        print(f"\n## flush {world.flush:g} s, {limit_of(world)}\n")
        clients = list(dict.fromkeys(c for of in workloads.values() for c in of))
        summary(workloads, asked.baseline, clients)
        if asked.summary:
            continue
        for client in asked.client or [c for c in clients if c != asked.baseline]:
            print(f"\n### {client} against {asked.baseline}\n")
            table_of(workloads, asked.baseline, client)
    clients = list(dict.fromkeys(
        c for workloads in worlds.values() for of in workloads.values() for c in of))
    for client in asked.client or [c for c in clients if c.startswith("pacer")]:
        goals(worlds, asked.baseline, client)


main()
