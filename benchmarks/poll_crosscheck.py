"""Compares the benchmark with the study's own simulator, which knows nothing of this library.

    python3 benchmarks/poll_crosscheck.py POLL_PROGRAM [SIMULATOR_FOLDER] [--seeds N] [--workload NAME…]

Writes the simulator's workloads as files, lets both play them, and prints polls and 95th percentiles
side by side. Fails if the official loop differs by more than 3 % in polls over all workloads, the pacer by
more than 5 %, or if a tiny trace is not the same request for request; without a folder, these alone.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile


def write(path, name, seed, comp, end, flush, phase, kinds):
    jobs = [[round(c, 6), k] for c, k in zip(comp, kinds)]
    path.write_text(json.dumps({
        "format": "scrapingpros-polling-workload/1", "name": name, "seed": seed, "total": len(jobs),
        "end": {"status": "completed", "at": round(max(end, comp[-1] + 1e-6), 6)},
        "visibility": {"flush_period": flush, "flush_phase": round(phase, 6),
                       "flush_drift": 0.03 if flush else 0, "drain_at_end": True},
        "jobs": jobs}), encoding="utf-8")


def play(program, files, clients, folder, *more):
    out = folder / "lines.jsonl"
    command = [program, "--seeds", "1", "--flush", "-1", "--out", str(out), *more]
    for file in files:
        command += ["--workload", str(file)]
    for client in clients:
        command += ["--client", client]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


TINY = {  # trace: completions, and status reads and pages of 0.7.8 and of 0.7.4
    "three": ([1.0, 2.0, 12.0], (4, 3, 0), (4, 3, 3)),
    "full-pages": ([1 + 0.001 * i for i in range(250)], (2, 4, 0), (2, 2, 250)),
}


def check_tiny(program, folder):
    bad = 0
    for name, (comp, new, old) in TINY.items():
        file = folder / f"{name}.json"
        write(file, name, 1, comp, comp[-1] + 0.5, 0, 0, [0] * len(comp))
        for line in play(program, [file], ["sdk_0_7_8", "sdk_0_7_4"], folder):
            asked = line["requests"]
            got = (asked["status"], asked["inline"] + asked["metadata"], asked["result"])
            wanted = new if line["client"] == "sdk_0_7_8" else old
            print(f"tiny trace {name}, {line['client']}: status, pages, results {got}, expected {wanted}")
            bad += got != wanted
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("simulator", nargs="?")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--workload", action="append")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bad = check_tiny(asked.program, pathlib.Path(name))
    if not asked.simulator:
        sys.exit(bad > 0)
    sys.path.insert(0, asked.simulator)
    sys.dont_write_bytecode = True
    import random

    import run as sim

    ratios = {"sdk_0_7_8": [], "pacer": []}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print("\n| workload | 0.7.8: simulator -> here | pacer: simulator -> here | p95 of 0.7.8 | p95 of pacer |")
        print("|---|---|---|---|---|")
        for workload in asked.workload or sim.ALL:
            theirs = {"sdk_0_7_8": [], "pacer": []}
            files = []
            for seed in list(sim.seeds_of(workload))[:asked.seeds]:
                made = sim.WL(workload, seed)
                for client, spec in (("sdk_0_7_8", "0.7.8"), ("pacer", sim.Pacer)):
                    theirs[client].append(sim.metrics(sim.client(spec, made, seed).run()))
                chance = random.Random("%s/%d/vis" % (workload, seed))
                phase = chance.random() * 5
                kinds = []
                for _ in made.comp:
                    failed = chance.random() < 0.03
                    kinds.append(2 if failed else 1 if chance.random() < 0.046 else 0)
                files.append(folder / f"{workload}-{seed}.json")
                write(files[-1], workload, seed, made.comp, made.t_term, 5.0, phase, kinds)
            lines = play(asked.program, files, list(ratios), folder)
            cells = {}
            for client in ratios:
                ours = [line for line in lines if line["client"] == client]
                polls = sum(sum(l["requests"][k] for k in ("status", "inline", "metadata")) for l in ours)
                polls /= len(ours)
                p95 = sum(l["lateness_s"]["p95"] for l in ours) / len(ours)
                before = sum(m["polls"] for m in theirs[client]) / len(ours)
                before95 = sum(m["p95"] for m in theirs[client]) / len(ours)
                ratios[client].append(polls / before)
                cells[client] = (f"{before:.1f} -> {polls:.1f} ({100 * (polls / before - 1):+.1f} %)",
                                 f"{before95:.1f} -> {p95:.1f}")
            print(f"| {workload} | {cells['sdk_0_7_8'][0]} | {cells['pacer'][0]} "
                  f"| {cells['sdk_0_7_8'][1]} | {cells['pacer'][1]} |")
    for client, most in (("sdk_0_7_8", 0.03), ("pacer", 0.05)):
        mean = math.exp(sum(map(math.log, ratios[client])) / len(ratios[client])) - 1
        worst = max(ratios[client], key=lambda r: abs(r - 1)) - 1
        print(f"{client}: polls {100 * mean:+.1f} % (geometric mean), worst workload {100 * worst:+.1f} %")
        bad += abs(mean) > most
    sys.exit(bad > 0)


main()
