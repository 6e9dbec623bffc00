"""trace.py [--write]: which clause has which cases, and the requirement sets. traceability.json must be what the
cases say; a frozen set must name cases that there are, and is never written anew."""

import json
import pathlib
import re
import sys

if __package__ in (None, ""):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    __package__ = "kit"

from . import cases  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parents[1]
TABLE = HERE / "traceability.json"


def clause_order(clause):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", clause)]


def table(found, elsewhere, open_ones):
    """Clause to cases, to tests of this repository, or to the reason why there is neither."""
    made = {}
    for case in found.values():
        for clause in case["clauses"]:
            made.setdefault(clause, {}).setdefault("cases", []).append(case["id"])
    for clause, tests in elsewhere.items():
        made.setdefault(clause, {})["tests"] = tests
    for clause, reason in open_ones.items():
        if clause not in made:
            made[clause] = {"open": reason}
    return dict(sorted(made.items(), key=lambda item: [str(part).rjust(8, "0") for part in clause_order(item[0])]))


def written(made):
    lines = [f"  {json.dumps(clause, ensure_ascii=False)}: {json.dumps(what, ensure_ascii=False)}" for clause, what in made.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def run(words):
    found = cases.load()
    notes = json.loads((HERE / "clauses.json").read_text("utf-8"))
    text = written(table(found, notes["tests"], notes["open"]))
    wrong = []
    if "--write" in words:
        TABLE.write_text(text, "utf-8")
    elif not TABLE.exists() or TABLE.read_text("utf-8") != text:
        wrong.append("traceability.json is not what the cases say: kit/trace.py --write")
    wanted = [f"A{n}" for n in range(1, 69)] + [f"V{n}" for n in range(1, 9)] + [f"W{n}" for n in range(1, 57)]
    known = json.loads(text)
    wrong += [f"{clause} has neither case, nor test, nor reason" for clause in wanted if clause not in known]
    shown = (HERE / "causes.py").read_text("utf-8")
    for cause, listed in json.loads((HERE / "official_causes.json").read_text("utf-8")).items():
        wrong += [f"official_causes.json: {id} of {cause} is no case" for id in listed if id not in found]
        if f"def {cause}(" not in shown:
            wrong.append(f"official_causes.json: causes.py does not show {cause}")
    for path in sorted((HERE / "requirements").glob("*.json")):
        listed = json.loads(path.read_text("utf-8"))
        for group in ("cases", "planned"):
            wrong += [f"{path.name}: {id} is listed twice" for id in set(listed[group]) if listed[group].count(id) > 1]
        wrong += [f"{path.name}: there is no case {id}" for id in listed["cases"] if id not in found]
        wrong += [f"{path.name}: {id} is planned, and there" for id in listed["planned"] if id in found]
        wrong += [f"{case['id']} says that it is of {path.stem}, which does not list it" for case in found.values()
                  if case.get("since") == path.stem and case["id"] not in listed["cases"]]
    for each in wrong:
        print("WRONG:", each)
    print(f"{len(found)} cases, {sum(len(cases.variants(c)) for c in found.values())} variants, {len(known)} clauses")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
