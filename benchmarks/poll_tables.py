"""Tables of the polling benchmark, in Markdown, made of its JSON lines alone.

    python3 benchmarks/poll_tables.py FILE.jsonl [--baseline sdk_0_7_8] [--client NAME…]
"""

import argparse
import json
from collections import defaultdict, namedtuple

from poll_goals import geomean, print_goals, ratio

# What is around a run, or around several of one account.
World = namedtuple("World", "flush limiter per_minute knows competitor several webhook")

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
        "decision_ns": line["decision_ns_p50"], "held": line["rows_held_max"], "jobs": line["jobs"], "max": late["max"],
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
                        world.get("competitor", 0), line.get("runs", 1) > 1, world.get("webhook", False))
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


def limit_of(world):
    if world.limiter == "none":
        return "no limit" + (", a webhook tells of the end" if world.webhook else "")
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
        clients = list(dict.fromkeys(c for of in workloads.values() for c in of if not c.startswith("wait")))
        summary(workloads, asked.baseline, clients)
        if asked.summary:
            continue
        for client in asked.client or [c for c in clients if c != asked.baseline]:
            print(f"\n### {client} against {asked.baseline}\n")
            table_of(workloads, asked.baseline, client)
    clients = list(dict.fromkeys(
        c for workloads in worlds.values() for of in workloads.values() for c in of))
    if not asked.summary:
        for client in asked.client or [c for c in clients if c == "pacer"]:
            print_goals(worlds, asked.baseline, client)


main()
