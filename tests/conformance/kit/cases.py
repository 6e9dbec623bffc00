"""Cases: read, checked, and spread out into the variants that are played."""

import copy
import itertools
import json
import pathlib
import re

from . import schema

HERE = pathlib.Path(__file__).resolve().parents[1]
LEVELS = ["L0", "L1", "L2", "L3"]


class BadCase(Exception):
    pass


class Variant:
    def __init__(self, case, name, body):
        self.case, self.name, self.body = case, name, body

    @property
    def id(self):
        return f"{self.case['id']}/{self.name}" if self.name else self.case["id"]


def load(folder=HERE / "cases"):
    """All cases by id. Whatever is wrong with one of them stops everything: a kit with a broken case
    judges nobody."""
    rules = json.loads((HERE / "case.schema.json").read_text("utf-8"))
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            family = json.loads(path.read_text("utf-8"), object_pairs_hook=_without_repeats)
            schema.check(family, rules)
        except (ValueError, schema.BadDocument) as bad:
            raise BadCase(f"{path.name}: {bad}") from None
        for case in family["cases"]:
            _check(case, family["family"], path.name, found)
            found[case["id"]] = case
    return dict(sorted(found.items()))


def _without_repeats(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"a member comes twice: {next(n for n in names if names.count(n) > 1)}")
    return members


def _check(case, family, file, found):
    where = f"{file}: {case['id']}"
    if not case["id"].startswith(family + "-"):
        raise BadCase(f"{where} is none of family {family}")
    if case["id"] in found:
        raise BadCase(f"{where} comes twice")
    ids = [check["id"] for check in case["judge"]]
    if len(set(ids)) != len(ids):
        raise BadCase(f"{where}: two checks have one id")
    for variant in variants(case):
        for check in variant.body["judge"]:
            _check_check(check, f"{variant.id}: check {check['id']}")


def _check_check(check, where):
    forms = [form for form in ("fact", "assert", "any", "complete") if form in check]
    if len(forms) != 1:
        raise BadCase(f"{where} says {len(forms)} things: {', '.join(forms) or 'none'}")
    tests = [word for word in ("is", "not", "le", "ge", "in", "has") if word in check]
    if ("fact" in check) != bool(tests):
        raise BadCase(f"{where}: a fact needs a comparison, and only a fact has one")
    for each in check.get("any", []):
        _check_check(each, f"{where}, {each['id']}")


def variants(case):
    """What is played of a case: each combination of `permute` with each of `variants`."""
    places = case.get("permute", {})
    named = case.get("variants") or [{"name": ""}]
    made = []
    for one in named:
        for values in itertools.product(*places.values()):
            body = copy.deepcopy({k: v for k, v in case.items() if k not in ("permute", "variants")})
            parts = [one["name"]] if one["name"] else []
            for place, value in {**one.get("set", {}), **dict(zip(places, values))}.items():
                put(body, place, value, case["id"])
            body["judge"] += one.get("judge", [])
            parts += [_word(value) for value in values]
            made.append(Variant(case, ",".join(parts), body))
    names = [each.name for each in made]
    if len(set(names)) != len(names):
        raise BadCase(f"{case['id']}: two variants have one name")
    return made


def _word(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return re.sub(r"[^A-Za-z0-9_.:+-]+", "_", text).strip("_")


def put(body, place, value, what):
    """Sets what is at a dotted place: `scenario.faults.0.do`. Objects on the way are made."""
    at, parts = body, place.split(".")
    for part, after in zip(parts, [*parts[1:], None]):
        if isinstance(at, list):
            if not part.isdigit() or int(part) >= len(at):
                raise BadCase(f"{what}: {place} leads nowhere at {part!r}")
            part = int(part)
        elif after is not None and part not in at:
            at[part] = {}
        if after is None:
            at[part] = copy.deepcopy(value)
        else:
            at = at[part]
