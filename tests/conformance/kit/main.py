"""Judges clients of the Collections API by the cases of ../cases; README.md explains."""

import argparse
import concurrent.futures
import fnmatch
import json
import multiprocessing
import os
import pathlib
import queue
import shlex
import sys
import threading
import time

if __package__ in (None, ""):  # started as a file
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    __package__ = "kit"

from . import cases, known, play, report, subjects  # noqa: E402
from .mock import MockFailed  # noqa: E402
from .subject import SubjectDied  # noqa: E402

OK, FAILED, USAGE, NOT_JUDGED, SKIPPED = 0, 1, 2, 3, 77
HERE = pathlib.Path(__file__).resolve().parents[1]


def arguments(words):
    p = argparse.ArgumentParser(prog="tests/conformance/run", description="Judges clients of the Collections API.",
                                epilog="Exit codes: 0 every must that was judged holds; 1 one does not; 2 usage; "
                                       "3 the kit or its cases, or a subject that cannot be judged at all; 77 skipped.")
    p.add_argument("--subject", action="append", default=[], metavar="NAME|CMD",
                   help="ours, sim (ours and the mock in one process), reference, curl, official, server (the mock), "
                   "or a command (oneshot:CMD for the one-shot form); ours:STRATEGY and sim:STRATEGY poll by that one; repeatable")
    p.add_argument("--base-url", metavar="URL", help="judges that server, by the SRV cases that are for a live one; SP_TOKEN in the "
                   "environment is the key, and its waits are real")
    p.add_argument("--yes-i-pay", action="store_true", help="with --base-url: play the cases that submit jobs, which are charged")
    p.add_argument("--run", action="append", default=[], metavar="GLOB", help="only cases or variants like this")
    p.add_argument("--skip", action="append", default=[], metavar="GLOB", help="none like this")
    p.add_argument("--kind", action="append", default=[], choices=["must", "should", "optimal", "check"])
    p.add_argument("--set", metavar="NAME", help="only the cases of requirements/NAME.json")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--repeat", type=int, default=1, help="so many times, with as many seeds; tells which variants are not the same each time")
    p.add_argument("--size", type=int, default=1, metavar="N", help="N times as much in what a server case drives (1)")
    p.add_argument("--same-as", type=pathlib.Path, metavar="FILE", help="each variant must end as it did in such a --json, or be unsupported")
    p.add_argument("--quick", action="store_true", help="one variant of each case")
    p.add_argument("--strict", action="store_true", help="a should that does not hold is a failure")
    p.add_argument("--known-failing", type=pathlib.Path, metavar="FILE")
    p.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    p.add_argument("--patience", type=float, default=20.0, help="real seconds without a sign of life (20)")
    p.add_argument("--mock", type=pathlib.Path, help="the program scrapingpros-mock")
    p.add_argument("--ours", type=pathlib.Path, help="the adapter of this project's client")
    p.add_argument("--sim", type=pathlib.Path, help="the program that holds both")
    p.add_argument("--environment", type=pathlib.Path, help="folder for the official SDK's virtual environment")
    p.add_argument("--cases", type=pathlib.Path, default=HERE / "cases", help="folder of case files")
    p.add_argument("--junit", type=pathlib.Path)
    p.add_argument("--json", type=pathlib.Path)
    p.add_argument("--matrix", type=pathlib.Path, help="write the Markdown matrix there")
    p.add_argument("--html", type=pathlib.Path, help="write a page of its own there")
    p.add_argument("--bundle", type=pathlib.Path, help="folder for the evidence of what is not green")
    p.add_argument("--show", type=pathlib.Path, metavar="FILE", help="play nothing: show the results of such a --json")
    p.add_argument("--list", action="store_true", help="list the cases")
    p.add_argument("--explain", metavar="ID", help="say what a case is")
    p.add_argument("--check-cases", action="store_true", help="read the cases and stop")
    p.add_argument("--quiet", action="store_true", help="only what is not green, and the sums")
    return p.parse_args(words)


def chosen(found, options):
    wanted = None
    if options.set:
        wanted = set(json.loads((HERE / "requirements" / f"{options.set}.json").read_text("utf-8"))["cases"])
    made = []
    for case in found.values():
        if (wanted is not None and case["id"] not in wanted) or (options.kind and case["kind"] not in options.kind):
            continue
        for variant in cases.variants(case)[: 1 if options.quick else None]:
            names = (case["id"], variant.id)
            like = lambda globs: any(fnmatch.fnmatchcase(n, g) for n in names for g in globs)  # noqa: E731
            if (not options.run or like(options.run)) and not like(options.skip):
                made.append(variant)
    return made


GREEN = ("pass", "unsupported", "untestable", "info")


class Worker:
    """Plays with mocks of its own; what one of them plays, no other sees."""

    def __init__(self, program, kind, patience):
        self._program, self._kind, self._patience = program, kind, patience
        self._mocks = {}

    def play(self, variant, seed):
        cannot = play.unsupported_reason(variant, self._kind.hello) or self._kind.cannot(variant.body)
        if cannot:
            return play.Outcome(variant, "unsupported", cannot)
        wanted = tuple((["--tls"] if variant.body.get("tls") else []) + variant.body.get("mock", []))
        try:
            if wanted not in self._mocks:
                self._mocks[wanted] = self._kind.new_mock(self._program, wanted)
            outcome = play.play(variant, self._kind, self._mocks[wanted], seed, self._patience)
        except MockFailed as failed:
            outcome = play.Outcome(variant, "harness_error", str(failed))
        if wanted in self._mocks and (outcome.status == "harness_error" or self._mocks[wanted].is_lost):
            self._mocks.pop(wanted).stop()  # the next case begins with a fresh one
        return outcome

    def stop(self):
        for each in self._mocks.values():
            each.stop()


class Pool:
    """Several workers: threads that wait for processes, or processes where they compute themselves."""

    def __init__(self, program, jobs):
        self._program, self._jobs = program, jobs

    def play_all(self, kind, variants, seeds, patience, tell):
        """The outcomes with their seeds, in order. Of those that are green, and are many, no evidence is kept."""
        tasks = [(s, v) for s in seeds for v in variants]
        played = self._in_processes if kind.in_process else self._in_threads
        made = {}
        for number, outcome in played(kind, tasks, patience):
            if len(seeds) > 1 and outcome.status in GREEN:
                outcome.evidence, outcome.checks = None, []
            made[number] = outcome
            tell(tasks[number][0], outcome)
        return [(tasks[n][0], made[n]) for n in sorted(made)]

    def _in_threads(self, kind, tasks, patience):
        work, done = queue.SimpleQueue(), queue.SimpleQueue()
        for number, task in enumerate(tasks):
            work.put((number, *task))
        threads = [threading.Thread(target=self._work, args=(Worker(self._program, kind, patience), work, done)) for _ in range(self._jobs)]
        for each in threads:
            each.start()
        for _ in tasks:
            yield done.get()
        for each in threads:
            each.join()

    @staticmethod
    def _work(worker, work, done):
        while True:
            try:
                number, seed, variant = work.get_nowait()
            except queue.Empty:
                break
            done.put((number, worker.play(variant, seed)))
        worker.stop()

    def _in_processes(self, kind, tasks, patience):
        numbers = range(len(tasks))
        share = max(1, min(100, len(tasks) // (4 * self._jobs)))
        shares = [numbers[n:n + share] for n in range(0, len(tasks), share)]
        with concurrent.futures.ProcessPoolExecutor(
                self._jobs, multiprocessing.get_context("fork"), _begin_work, (Worker(self._program, kind, patience), tasks)) as workers:
            for done in workers.map(_play_some, shares):
                for number, outcome in done:
                    outcome.variant = tasks[number][1]
                    yield number, outcome


# Of a process that plays.
_worker, _tasks = None, []


def _begin_work(worker, tasks):
    global _worker, _tasks
    _worker, _tasks = worker, tasks


def _play_some(numbers):
    made = []
    for number in numbers:
        seed, variant = _tasks[number]
        outcome = _worker.play(variant, seed)
        if outcome.status in GREEN:
            outcome.evidence = None  # large, and on its way to another process
        outcome.variant = None
        made.append((number, outcome))
    return made


def explain(case):
    print(f"{case['id']}  {case['kind']} {case['level']}  {case['title']}\n")
    if "why" in case:
        print(case["why"] + "\n")
    print("clauses:  " + ", ".join(case["clauses"]))
    print("kills:    " + (", ".join(case.get("kills", [])) or case.get("kills_nothing", "–")))
    print("variants: " + ", ".join(v.name or "(one)" for v in cases.variants(case)))
    for part in ("scenario", "script", "judge"):
        print(f"\n{part}:\n" + json.dumps(case.get(part, {}), indent=2, ensure_ascii=False))


def main(words):
    options = arguments(words)
    try:
        found = cases.load(options.cases)
    except cases.BadCase as bad:
        print(f"the cases are not in order: {bad}", file=sys.stderr)
        return NOT_JUDGED
    if options.check_cases:
        print(f"{len(found)} cases, {sum(len(cases.variants(c)) for c in found.values())} variants")
        return OK
    if options.list:
        for case in found.values():
            print(f"{case['id']}  {case['kind']:7} {case['level']}  {case['title']}")
        return OK
    if options.show:
        return show(options, found)
    if options.explain:
        if options.explain not in found:
            print(f"there is no case {options.explain}", file=sys.stderr)
            return USAGE
        explain(found[options.explain])
        return OK
    return judge_all(options, found)


def show(options, found):
    """A matrix of what an earlier run has written."""
    kept = json.loads(options.show.read_text("utf-8"))
    by_id = {v.id: v for c in found.values() for v in cases.variants(c)}
    suites = {}
    for name, records in kept["results"].items():
        suites[name] = [play.Outcome(by_id[r["id"]], r["status"], r["reason"], checks=r["checks"]) for r in records if r["id"] in by_id]
    options.seed = kept["seed"]
    options.json = options.junit = options.html = None
    write(options, found, suites, kept["subjects"], {})
    return OK


def judge_live(options, variants):
    """The server at a base URL, which nobody controls. Nothing of its bodies is kept."""
    token = os.environ.get("SP_TOKEN", "")
    if not token:
        print("SP_TOKEN is not set: there is no key to ask with", file=sys.stderr)
        return USAGE
    chosen = [v for v in variants if v.body.get("live")]
    is_paid = lambda v: any(step.get("path", "").endswith("/run") for step in v.body["script"])  # noqa: E731
    paid = sorted({v.case["id"] for v in chosen if is_paid(v)})
    print(f"{len(chosen)} plays, about {sum(len(v.body['script']) for v in chosen)} requests. Jobs are submitted, and charged, by: "
          f"{', '.join(paid) or 'none'}{'' if options.yes_i_pay or not paid else ' (not played without --yes-i-pay)'}", flush=True)
    kind = subjects.find("server", options)
    kind.introduce()
    outcomes = [play.LivePlay(v, kind, options.base_url, token, options.patience).run() if options.yes_i_pay or not is_paid(v)
                else play.Outcome(v, "unsupported", "submits jobs, which are charged: --yes-i-pay") for v in chosen]
    for each in outcomes:
        print(f"{each.status:13} {each.id}" + (f": {each.reason}" if each.reason else ""))
    summarize(kind, outcomes, 0.0)
    return exit_code(outcomes, options.strict)


def judge_all(options, found):
    variants = chosen(found, options)
    if options.base_url:
        return judge_live(options, variants)
    if not variants or not options.subject:
        print("nothing to do: no case or no subject is chosen", file=sys.stderr)
        return USAGE
    pool = Pool(options.mock or subjects.find_mock(), options.jobs)
    expected = known.load(options.known_failing)
    suites, hellos, records, code = {}, {}, {}, OK
    for name in options.subject:
        try:
            kind = subjects.find(name, options)
            kind.introduce()
        except subjects.NotHere as why:
            print(f"{name}: not_run: {why}")
            code = max(code, SKIPPED) if len(options.subject) == 1 else code
            suites[subjects.short_name(name)] = [play.Outcome(v, "not_run", str(why)) for v in variants]
            continue
        except SubjectDied as why:
            print(f"{name}: harness_error: {why}", file=sys.stderr)
            code = max(code, NOT_JUDGED)
            continue
        began = time.monotonic()
        # Cases about servers are no business of clients, nor the other way round.
        raw = "raw" in kind.hello["capabilities"]
        mine = [v for v in variants if ("raw" in v.body.get("needs", [])) == raw]

        def tell(seed, outcome, name=kind.name):
            if outcome.status in GREEN and (options.quiet or seed != options.seed):
                return
            print(f"{outcome.status:13} {name} {outcome.id}"
                  + (f" seed {seed}" if options.repeat > 1 else "") + (f": {outcome.reason}" if outcome.reason else ""), flush=True)

        played = pool.play_all(kind, mine, range(options.seed, options.seed + options.repeat), options.patience, tell)
        for _, outcome in played:
            known.apply(outcome, expected, kind.name)
        suites[kind.name], hellos[kind.name] = [o for _, o in played], kind.hello
        records[kind.name] = [report.record(o, s) for s, o in played]
        code = max(code, exit_code(suites[kind.name], options.strict))
        seconds = time.monotonic() - began
        summarize(kind, suites[kind.name], seconds)
        if options.repeat > 1:
            code = max(code, tell_flakes(played, play_again(pool, kind, mine, options.patience), seconds))
        if options.same_as:
            for each in (unlike := differences(options.same_as, suites[kind.name])):
                print("not the same:", each)
            code = max(code, FAILED if unlike else OK)
        if options.bundle:
            for seed, outcome in played:
                if outcome.status not in GREEN and outcome.evidence:
                    report.bundle(options.bundle, kind.name, outcome, seed, repeat_command)
    write(options, found, suites, hellos, records)
    return code


def tell_flakes(played, again, seconds):
    """What was not the same with every seed is played once more: if each seed says again what it said, the case
    depends on the seed, which is about the subject; if not, the play depends on chance, which is a flake."""
    chancy, by_seed = 0, report.differing(played)
    for id, statuses in by_seed.items():
        wrong = [(seed, was, now) for seed, was, now in again(id, statuses) if was != now]
        chancy += bool(wrong)
        print(f"{'flaky' if wrong else 'by seed':13} {id}: "
              + ", ".join(f"{len(seeds)} {status} (seed {seeds[0]})" for status, seeds in statuses.items())
              + "".join(f"; seed {seed} was {was}, and {now} when played again" for seed, was, now in wrong))
    repeats = len({seed for seed, _ in played})
    print(f"{repeats} repeats, {len(played)} plays in {seconds:.0f} s: {chancy} flakes"
          + (f", {len(by_seed) - chancy} variants that depend on the seed" if len(by_seed) > chancy else ""))
    return FAILED if chancy else OK


def play_again(pool, kind, variants, patience, most=5):
    """For `tell_flakes`: some seeds of each status."""
    def again(id, statuses):
        variant = next(v for v in variants if v.id == id)
        for was, seeds in statuses.items():
            for seed, outcome in pool.play_all(kind, [variant], seeds[:most], patience, lambda seed, outcome: None):
                yield seed, was, outcome.status
    return again


def differences(path, outcomes):
    """What is not as in those results."""
    earlier = {r["id"]: r["status"] for records in json.loads(path.read_text("utf-8"))["results"].values() for r in records}
    return [f"{o.id} is {o.status}, and was {earlier.get(o.id, 'not played')}" for o in outcomes
            if o.status not in ("unsupported", earlier.get(o.id))]


def repeat_command(name, outcome):
    return f"bash tests/conformance/run --subject {shlex.quote(name)} --run {shlex.quote(outcome.id)} --bundle build/bundle"


def exit_code(outcomes, strict):
    code = OK
    for each in outcomes:
        if each.status in ("setup_error", "harness_error"):
            code = NOT_JUDGED
        elif each.status in ("fail", "xpass") or (strict and each.status == "warn"):
            code = max(code, FAILED)
    return code


def summarize(kind, outcomes, seconds):
    grouped = report.by_case(outcomes)
    count = {}
    for each in grouped.values():
        status = report.of_case(each)
        count[status] = count.get(status, 0) + 1
    sums = ", ".join(f"{n} {status}" for status, n in sorted(count.items(), key=lambda c: report.WORST_FIRST.index(c[0])))
    print(f"== {kind.name} {kind.hello['version']}: {len(grouped)} cases, {len(outcomes)} plays in {seconds:.1f} s: {sums}")


SHOWN_FIRST = ["ours", "reference", "curl", "official"]


def write(options, found, suites, hellos, records):
    order = sorted(suites, key=lambda n: (SHOWN_FIRST.index(n) if n in SHOWN_FIRST else len(SHOWN_FIRST), n))
    suites = {name: suites[name] for name in order}
    about = "Subjects: " + ", ".join(f"{n} {h['version']}" for n, h in hellos.items()) + f". Seed {options.seed}."
    if options.json:
        options.json.write_text(json.dumps(
            {"format": "scrapingpros-conformance-results/1", "seed": options.seed, "repeat": options.repeat,
             "subjects": hellos, "results": records}, indent=1), "utf-8")
    if options.junit:
        report.junit(options.junit, suites)
    if options.matrix:
        options.matrix.write_text(report.matrix(found, suites, about, json.loads((HERE / "official_causes.json").read_text("utf-8"))), "utf-8")
    if options.html:
        options.html.write_text(report.page(found, suites, about, repeat_command), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
