"""What is known after a case was played, and what follows from it.

The journal and the ledger of the mock come first; the subject's own words count only for what cannot be
seen on the wire: what it handed on, and how it names an error."""

import collections
import re

WORDS = ("is", "not", "le", "ge", "in", "has")


class Incomplete(Exception):
    """The books have gaps: nobody may be judged by them."""


class Evidence:
    def __init__(self):
        self.steps, self.order = {}, []
        self.events = []
        self.journal, self.dropped, self.ledger, self.faults, self.efficiency = [], 0, {}, [], {}
        self.start = self.now = 0.0
        self.subject, self.elsewhere = {}, {}  # what it used, and what it asked of another host
        self._facts = None

    # ---- facts

    def said(self, path):
        """What an earlier step has said: `NAME.member`."""
        return _Steps(self.steps)["steps." + path]

    def facts(self):
        """Made once, when all is over."""
        if self._facts is None:
            self._facts = self._make_facts()
        return self._facts

    def _make_facts(self):
        made = {
            "elapsed": round(self.now - self.start, 6),
            "requests.total": len(self.journal),
            "journal.refused_401": sum(e["status"] in (401,) for e in self.journal),
            "journal.empty_segments": sum("//" in e["target"].split("?")[0] for e in self.journal),
        }
        made.update(self._requests())
        made.update(self._ledger())
        made.update(self._words())
        made.update(self._delivery())
        made.update({f"efficiency.{name}": n for name, n in self.efficiency.items() if not isinstance(n, (dict, list))})
        made.update({f"subject.{name}": n for name, n in self.subject.items()})
        made.update({f"elsewhere.{name}": n for name, n in self.elsewhere.items()})
        for fault in self.faults:
            made[f"faults.{fault['id']}.hit"] = fault["hit"]
        return collections.ChainMap(made, _Steps(self.steps))

    def _requests(self):
        counts = collections.Counter(e["operation"] for e in self.journal)
        retried = collections.Counter(e["operation"] for e in self.journal if e["attempt"] > 1)
        made = collections.defaultdict(int, {f"requests.{name}": n for name, n in counts.items()})
        made.update({f"repeated.{name}": n for name, n in retried.items()})
        made["repeated.total"] = sum(retried.values())
        made.update({f"answers.{code}": n for code, n in collections.Counter(e["status"] for e in self.journal).items()})
        times = [e["at"] for e in self.journal]
        made["longest_gap"] = max((b - a for a, b in zip(times, times[1:])), default=0.0)
        pages = [e for e in self.journal if e["operation"] == "list_jobs" and e["status"] == 200]
        made["listing.first_pages"] = sum("cursor" not in e["query"] for e in pages)
        made["bytes.received"] = sum(e["end"]["bytes_written"] for e in self.journal if e["end"])
        made["last_request"] = round(times[-1] - self.start, 6) if times else 0.0
        made["longest_gap_of_a_collection"] = self._longest_gap_of_a_collection()
        made["largest_reply"] = max((e["end"]["bytes_written"] for e in self.journal if e["end"]), default=0)
        made["paths"] = sorted({re.sub("%..", lambda m: m[0].upper(), e["target"].split("?")[0]) for e in self.journal})
        made["tls.names"] = sorted({e["server_name"] for e in self.journal if "server_name" in e})
        made["connections"] = len({e["connection"] for e in self.journal})
        return made

    def _longest_gap_of_a_collection(self):
        times = collections.defaultdict(list)
        for entry in self.journal:
            named = re.match(r"/v1/async/collections/([^/?]+)", entry["target"])
            times[named[1] if named else ""].append(entry["at"])
        times.pop("", None)
        return round(max((b - a for of in times.values() for a, b in zip(of, of[1:])), default=0.0), 6)

    def _ledger(self):
        summary = self.ledger.get("summary", {})
        made = {f"ledger.{v}": n for v, n in summary.get("verdicts", {}).items()}
        for name in ("jobs", "finished", "runs_started", "collections_created", "floor", "overhead", "asked_after_expiry"):
            made[f"ledger.{name}"] = summary.get(name, 0)
        for name, n in summary.get("bodies", {}).items():
            made[f"ledger.{name}"] = n
        for kind, figures in summary.get("delay", {}).items():
            made.update({f"{kind}.{name}": n for name, n in figures.items()})
        for name, n in summary.get("classes", {}).items():
            made[f"ledger.class.{name}"] = n
        return made

    def _of(self, kind):
        return [e for e in self.events if e["event"] == kind]

    def name_items(self):
        """Gives items without a job id one: that of their custom id, else of any job that has none."""
        jobs = self._jobs()
        by_custom = {of["custom_id"]: j for j, of in jobs.items() if of["custom_id"]}
        nameless = [j for j, of in jobs.items() if not of["custom_id"]]
        for number, item in enumerate(e for e in self.events if e["event"] == "item" and not e.get("job")):
            custom = item.get("custom_id")
            free = nameless.pop(0) if not custom and nameless else f"(item {number})"
            item["job"] = by_custom.get(custom, free) if custom else free

    def _words(self):
        items, left = self._of("item"), self._of("remainder")
        made = collections.defaultdict(int)
        unnamed = sum(d.get("unnamed") or 0 for d in self.steps.values())
        # Who was stopped may say of one and the same job that it came, and that it was not taken.
        made["accounted.jobs"] = len({e.get("job") for e in items + left}) + unnamed
        made.update({"items.count": len(items), "items.unique": len({i.get("job") for i in items}),
                     "remainder.count": len(left) + unnamed,
                     "warnings": len(self._of("warning")), "retries": len(self._of("retry"))})
        for item in items:
            made[f"items.verdict.{item.get('verdict')}"] += 1
            made[f"items.status.{item.get('status')}"] += 1
            for name in ("bytes", "custom_id", "url"):
                made[f"items.with_{name}"] += bool(item.get(name))
        made["items.urls"] = sorted({i["url"].lower() for i in items if i.get("url")})
        for each in left:
            made[f"remainder.{each.get('cause')}"] += 1
        # Whoever takes a batch up says its buckets again: those of a process that has died do not count.
        dead = {d["id"] for d in self.steps.values() if d.get("done") in ("crashed", "killed")}
        buckets = [b for b in self._of("bucket") if b.get("id") not in dead]
        for each in buckets:
            made[f"buckets.{each.get('kind')}"] += 1
        made["buckets.count"] = len(buckets)
        return made

    def _jobs(self):
        named = {d["run"] for d in self.steps.values() if d.get("run")}
        runs = [r for a in self.ledger.get("accounts", {}).values() for r in a["runs"]]
        return {j["job_id"]: j for r in runs if not named or r["run_id"] in named for j in r["jobs"]}

    def _delivery(self):
        jobs = self._jobs()
        times = collections.Counter(i.get("job") for i in self._of("item"))
        left = {r.get("job") for r in self._of("remainder")}
        ended = {j for j, of in jobs.items() if of["finished_at"] is not None and of["finished_at"] <= self.now}
        undelivered = ended - set(times)
        return {
            "delivery.jobs": len(jobs), "delivery.ended": len(ended),
            "delivery.once": sum(1 for j, n in times.items() if n == 1 and j in jobs),
            "delivery.twice": sum(1 for n in times.values() if n > 1),
            "delivery.phantom": sum(1 for j in times if j not in jobs),
            "delivery.undelivered": len(undelivered), "delivery.missing": len(undelivered - left),
        }


class _Steps(dict):
    """`steps.NAME.member.member`; None for what was not said."""

    def __init__(self, steps):
        super().__init__()
        self._steps = steps

    def __contains__(self, path):
        return True

    def __getitem__(self, path):
        parts = path.split(".")
        if parts[0] == "steps":
            at = self._steps
            for part in parts[1:]:
                if isinstance(at, list) and part.isdigit():
                    at = at[int(part)] if int(part) < len(at) else None
                else:
                    at = at.get(part) if isinstance(at, dict) else None
            return at
        if re.match(r"(requests|repeated|answers|items|remainder|buckets|ledger|faults|subject|elsewhere)\.", path):
            return 0  # none of that kind was seen
        raise KeyError(path)


# ---- checks

def standing(body, evidence):
    """What holds in every case, whatever it is about."""
    checks = []
    if not body.get("expects_refusals"):
        checks.append({"id": "token", "fact": "journal.refused_401", "is": 0, "why": "a request came without the token"})
    checks.append({"id": "paths", "fact": "journal.empty_segments", "is": 0, "why": "a path has an empty segment"})
    facts = evidence.facts()
    for name, step in evidence.steps.items():
        if step.get("submitted") is not None and step.get("done") == "ok" and step.get("end") == "complete":
            accounted = facts["accounted.jobs"] + facts["buckets.count"] + step.get("untold", 0)
            step["accounted"] = accounted
            checks.append({"id": f"sums-{name}", "fact": f"steps.{name}.accounted", "is": step["submitted"],
                           "why": "submitted is not delivered + remainder + buckets"})
    return checks


def judge(check, evidence, ask):
    """(holds, words, journal numbers). `ask` puts an assertion to the mock."""
    if "any" in check:
        results = [judge(each, evidence, ask) for each in check["any"]]
        for result in results:
            if result[0]:
                return result
        return False, " and ".join(r[1] for r in results), [n for r in results for n in r[2]]
    if "complete" in check:
        facts = evidence.facts()
        wrong = [f"{n} {w}" for w, n in (
            ("lost", facts["delivery.missing"]), ("delivered twice", facts["delivery.twice"]),
            ("of no job", facts["delivery.phantom"])) if n]
        if not facts["delivery.jobs"]:
            wrong.append("there was no job")
        return not wrong, ", ".join(wrong) or f"{facts['delivery.once']} of {facts['delivery.ended']} once", _listed(evidence)
    if "assert" in check:
        said = ask(check["assert"])
        reasons = said["reasons"]
        if any(r["code"] == "E_JOURNAL_INCOMPLETE" for r in reasons):
            raise Incomplete(reasons[0]["message"])
        near = [n["ordinal"] for r in reasons for n in r.get("near", []) if "ordinal" in n]
        return said["passed"], "; ".join(r["message"] for r in reasons) or "holds", near
    return _compare(check, evidence)


def _compare(check, evidence):
    facts = evidence.facts()
    value = facts[check["fact"]]
    for word in WORDS:
        if word not in check:
            continue
        wanted = _wanted(check[word], facts)
        holds = {
            "is": lambda: value == wanted, "not": lambda: value != wanted,
            "le": lambda: value is not None and value <= wanted, "ge": lambda: value is not None and value >= wanted,
            "in": lambda: value in wanted, "has": lambda: value is not None and wanted in value,
        }[word]()
        if not holds:
            return False, f"{check['fact']} is {value!r}, not {word} {wanted!r}", _named(check["fact"], evidence)
    return True, f"{check['fact']} is {value!r}", []


def _wanted(value, facts):
    """`=other.fact` stands for that fact, in a list as well."""
    if isinstance(value, list):
        return [_wanted(each, facts) for each in value]
    return facts[value[1:]] if isinstance(value, str) and value.startswith("=") else value


def _named(fact, evidence):
    kind, _, name = fact.partition(".")
    if kind in ("requests", "repeated"):
        return [e["ordinal"] for e in evidence.journal if e["operation"] == name][:10]
    return _listed(evidence) if kind in ("delivery", "items", "remainder", "ledger") else []


def _listed(evidence):
    return [e["ordinal"] for e in evidence.journal if e["operation"] in ("list_jobs", "get_result")][-10:]
