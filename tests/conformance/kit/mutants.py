"""mutants.py [--full] [--write] [MUTANT…]: plays the reference client with one defect at a time, and tells which
case notices it. Without --full only the cases that claim the mutant (`kills`). The result must be what
kill_matrix.json says; --write replaces that."""

import argparse
import collections
import json
import pathlib
import sys

if __package__ in (None, ""):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    __package__ = "kit"

from . import cases, main, subjects  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parents[1]
MATRIX = HERE / "kill_matrix.json"
DEAD = ("fail", "warn")


def arguments(words):
    p = argparse.ArgumentParser(prog="tests/conformance/run mutants", description=__doc__)
    p.add_argument("mutants", nargs="*", metavar="MUTANT")
    p.add_argument("--full", action="store_true", help="all cases against each mutant, and not only those that claim it")
    p.add_argument("--write", action="store_true")
    p.add_argument("--mock", type=pathlib.Path)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--patience", type=float, default=20.0)
    return p.parse_args(words)


def killers(name, found, options, pool):
    """Which cases notice the mutant; and which claim that they do and do not."""
    claimed = [c for c in found.values() if name in c.get("kills", [])]
    played = [c for c in found.values() if c["kind"] in ("must", "should")] if options.full else claimed
    kind = subjects.find(f"reference:{name}", options)
    kind.introduce()
    variants = [v for c in played for v in cases.variants(c)]
    outcomes = pool.play_all(kind, variants, [1], options.patience, lambda seed, outcome: None)
    noticed = collections.defaultdict(list)
    for _, outcome in outcomes:
        if outcome.status in DEAD:
            noticed[outcome.variant.case["id"]].append(outcome.reason)
    return {c: noticed[c][0] for c in sorted(noticed)}, [c["id"] for c in claimed if c["id"] not in noticed]


def run(words):
    options = arguments(words)
    found = cases.load()
    mutants = json.loads((HERE / "mutants.json").read_text("utf-8"))
    known = {m["id"] for m in mutants}
    wrong = [f"{c['id']} claims {m}, which nobody knows" for c in found.values() for m in c.get("kills", []) if m not in known]
    wrong += [f"{c['id']} kills nothing, and does not say why" for c in found.values() if not c.get("kills") and not c.get("kills_nothing")]
    pool = main.Pool(options.mock or subjects.find_mock(), options.jobs)
    matrix = {}
    for mutant in mutants:
        name = mutant["id"]
        if options.mutants and name not in options.mutants:
            continue
        if "not_built" in mutant:
            print(f"{name}  not built: {mutant['not_built']}")
            continue
        dead, idle = killers(name, found, options, pool)
        matrix[name] = list(dead)
        print(f"{name}  {mutant['defect']}: " + (", ".join(dead) or "SURVIVES"), flush=True)
        if not dead:
            wrong.append(f"{name} survives")
        wrong += [f"{case} claims {name}, and does not notice it" for case in idle]
    if options.write:
        MATRIX.write_text("{\n" + ",\n".join(f"  {json.dumps(m)}: {json.dumps(c)}" for m, c in matrix.items()) + "\n}\n", "utf-8")
    elif not options.full:
        kept = json.loads(MATRIX.read_text("utf-8")) if MATRIX.exists() else {}
        wrong += [f"{m} is killed by {', '.join(c) or 'nobody'}, and kill_matrix.json says {', '.join(kept.get(m, [])) or 'nobody'}"
                  for m, c in matrix.items() if kept.get(m) != c]
    for each in wrong:
        print("WRONG:", each)
    built = sum("not_built" not in m for m in mutants)
    print(f"== {sum(bool(c) for c in matrix.values())} of {len(matrix)} mutants played are killed; {built} of {len(mutants)} are built")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
