"""selftest.py MOCK SIM: the kit itself. What is broken must read as the fault of whoever broke it: a scenario that
is refused, a subject that is dead or talks nonsense, a verb that nobody knows and a journal with gaps are
neither pass nor fail; a client that is wrong, hangs or goes on for ever does fail."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import textwrap
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from kit import cases, elsewhere, known, main, mock, play, report, schema, sim, spoil, subject, subjects  # noqa: E402

WRONG = []


def expect(what, found, wanted):
    if found != wanted:
        WRONG.append(f"{what}: {found!r}, not {wanted!r}")


def refused(what, error, act):
    try:
        act()
    except error as why:
        return str(why)
    WRONG.append(f"{what} was taken")
    return ""


def case(**members):
    made = {"id": "SELF-001", "kind": "must", "level": "L0", "title": "a case of the self-test", "clauses": ["–"],
            "script": [{"verb": "act", "as": "act"}], "judge": [{"id": "fine", "fact": "steps.act.done", "is": "ok"}]}
    made.update(members)
    return cases.variants(made)[0]


# A subject of which one line, what it does for the verb `act`, is another each time.
SUBJECT = '''
import json, os, sys, time, urllib.request
base, token, clock = (os.environ.get(n) for n in ("SCRAPINGPROS_BASE_URL", "SP_TOKEN", "SP_CLOCK_URL"))
def ask(path="/v1/async/collections", bearer=True):
    head = {"Authorization": "Bearer " + token} if bearer else {}
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(base + path, headers=head)).read()
    except urllib.error.HTTPError:
        pass
def tell(path, **body):
    urllib.request.urlopen(urllib.request.Request(clock + path, json.dumps(body).encode(), {"Content-Type": "application/json"})).read()
def say(**m): print(json.dumps(m), flush=True)
for line in sys.stdin:
    m = json.loads(line)
    if m["verb"] == "hello":
        say(id=0, done="ok", name="s", version="1", level="L2", verbs=["act"], capabilities=["time.virtual"])
        continue
    if m["verb"] != "bye":
        ACT
    say(id=m["id"], done="ok")
'''


class Bench:
    def __init__(self, program):
        self._mock = mock.Mock(program)
        self._folder = tempfile.TemporaryDirectory()
        self._number = 0

    def play(self, act, patience=20.0, **members):
        self._number += 1
        path = pathlib.Path(self._folder.name) / f"subject_{self._number}.py"
        path.write_text(SUBJECT.replace("        ACT", textwrap.indent(textwrap.dedent(act), " " * 8)), "utf-8")
        kind = subject.Kind("s", [sys.executable, "-B", str(path)])
        kind.introduce()
        return play.play(case(**members), kind, self._mock, 1, patience)

    def close(self):
        self._mock.stop()
        self._folder.cleanup()


def statuses(bench):
    def status(what, wanted, *how, reason="", **members):
        outcome = bench.play(*how, **members)
        expect(what, outcome.status, wanted)
        if reason not in outcome.reason:
            WRONG.append(f"{what}: the reason is {outcome.reason!r}, which does not say {reason!r}")

    status("a subject that does nothing wrong", "pass", "ask()")
    status("one whose check does not hold", "fail", "ask()", judge=[{"id": "two", "fact": "requests.total", "is": 2}])
    status("a should that does not hold", "warn", "ask()", kind="should", judge=[{"id": "two", "fact": "requests.total", "is": 2}])
    status("a scenario that is refused", "setup_error", "ask()", reason="wrokers", scenario={"runs": [{"wrokers": 1}]})
    status("a fault that strikes nobody", "setup_error", "ask()",
           scenario={"faults": [{"id": "F", "on": "collection.list", "when": {"nth": 7}, "do": "s:503"}]})
    status("a fault on what the subject never does", "untestable", "ask()",
           scenario={"faults": [{"id": "F", "on": "job.result", "do": "s:503"}]})
    status("a fault that strikes nobody, and a check that fails", "fail", "ask()",
           scenario={"faults": [{"id": "F", "on": "job.result", "do": "s:503"}]}, judge=[{"id": "two", "fact": "requests.total", "is": 2}])
    status("a subject that dies", "harness_error", "sys.exit('oh no')", reason="oh no")
    status("a subject that ends well before it has answered", "harness_error", "sys.exit(0)")
    status("a subject that crashes", "fail", "import signal; os.kill(os.getpid(), signal.SIGSEGV); time.sleep(9)", reason="crashed")
    status("a subject that talks nonsense", "harness_error", "print('hello', flush=True); time.sleep(9)", reason="neither an event")
    status("a subject that says unsupported", "unsupported", "say(id=m['id'], done='unsupported'); continue")
    status("a subject that leaves with 127", "unsupported", "sys.exit(127)")
    status("a verb that it has not named", "unsupported", "ask()", script=[{"verb": "fly"}], reason="lacks fly")
    status("a level that it has not", "unsupported", "ask()", level="L3")
    status("a capability that it has not", "unsupported", "ask()", needs=["tls"])
    status("something to spoil where nothing was kept", "unsupported", "ask()", script=[{"verb": "act"}, {"verb": "spoil", "how": "cut"}],
           reason="keeps nothing")
    status("a verb that is done three times", "pass", "ask()", script=[{"verb": "act", "as": "act", "repeat": 3}],
           judge=[{"id": "three", "fact": "requests.total", "is": 3}])
    status("a base URL in another spelling", "pass", "ask()", base_url="{url}/gateway",
           judge=[{"id": "path", "fact": "paths", "is": ["/gateway/v1/async/collections"]}])
    status("what an earlier step has not said", "unsupported", "ask()",
           script=[{"verb": "act", "as": "act"}, {"verb": "act", "run": "$act.run"}])
    status("a fact that nobody knows", "harness_error", "ask()", judge=[{"id": "x", "fact": "weather", "is": 1}])
    status("an assertion that the mock refuses", "harness_error", "ask()", judge=[{"id": "x", "assert": {"cuont": {}}}])
    status("a request without the token", "fail", "ask(bearer=False)", reason="token")
    status("an empty path segment", "fail", "ask('/v1/async/collections//runs')", reason="paths")
    status("one that asks for ever", "fail", "while True: ask()", reason="endless", ceilings={"requests": 300})
    status("one that asks too often and ends", "fail", "[ask() for _ in range(31)]", reason="endless", ceilings={"requests": 30})
    status("one that waits for ever", "fail", "time.sleep(60)", reason="hung", patience=2.0)
    status("one that keeps the clock", "fail", "tell('/join', name='subject'); time.sleep(60)", reason="hung", patience=2.0)
    status("one that sleeps for weeks", "fail", "tell('/join', name='subject'); tell('/sleep', name='subject', **{'for': '30d'})",
           reason="endless", ceilings={"hours": 24})
    status("a case that describes", "info", "ask()", kind="check", judge=[{"id": "two", "fact": "requests.total", "is": 2}])
    status("a subject behind all that", "pass", "ask()")

    # More requests than the journal holds.
    original, play.Play._collect = play.Play._collect, overflow
    status("a journal with gaps", "harness_error", "ask()", reason="dropped")
    play.Play._collect = original


def overflow(self):
    COLLECT(self)
    self.evidence.dropped = 3


COLLECT = play.Play._collect


def the_cases():
    def family(**members):
        folder = pathlib.Path(tempfile.mkdtemp())
        body = {"id": "SELF-001", "kind": "must", "level": "L1", "title": "a case of the self-test", "clauses": ["–"],
                "script": [{"verb": "act"}], "judge": [{"id": "a", "fact": "elapsed", "le": 1}], **members}
        (folder / "SELF.json").write_text(json.dumps({"format": "scrapingpros-conformance/1", "family": "SELF", "cases": [body]}))
        return lambda: cases.load(folder)

    refused("an unknown member", cases.BadCase, family(judeg=[]))
    refused("an unknown kind", cases.BadCase, family(kind="msut"))
    refused("a check without a comparison", cases.BadCase, family(judge=[{"id": "a", "fact": "elapsed"}]))
    refused("a check that says two things", cases.BadCase, family(judge=[{"id": "a", "fact": "elapsed", "le": 1, "assert": {}}]))
    refused("two checks of one id", cases.BadCase, family(judge=[{"id": "a", "fact": "elapsed", "le": 1}] * 2))
    refused("an id of another family", cases.BadCase, family(id="RTY-001"))
    refused("a place that leads nowhere", cases.BadCase, family(permute={"scenario.faults.0.do": ["cut"]}, scenario={"faults": []}))
    refused("a word of the schema that nobody knows", schema.BadDocument, lambda: schema.check({}, {"tpye": "object"}))
    twice = '{"format": "scrapingpros-conformance/1", "format": "x", "family": "SELF", "cases": []}'
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "SELF.json").write_text(twice)
    refused("a member that comes twice", cases.BadCase, lambda: cases.load(folder))
    made = cases.variants({**cases_body(), "permute": {"a": [1, 2], "b.c": [3, 4]}, "variants": [{"name": "x"}, {"name": "y", "set": {"b.d": 5}}]})
    expect("variants of 2 x 2 x 2", len(made), 8)
    expect("the last one", {k: made[-1].body[k] for k in "ab"}, {"a": 2, "b": {"c": 4, "d": 5}})


def cases_body():
    return {"id": "SELF-001", "judge": []}


def the_helpers():
    folder = pathlib.Path(tempfile.mkdtemp())
    expect("an empty folder that is spoiled", spoil.spoil(folder, "cut"), False)
    for how, wanted in (("cut", b'{"version'), ("flip", b'{"version#: 1, "b"'), ("newer", b'{"version": 91, "b"')):
        (folder / "kept").write_bytes(b'{"version": 1, "b"')
        expect(f"a file that is spoiled: {how}", (spoil.spoil(folder, how), (folder / "kept").read_bytes()), (True, wanted))
    other = elsewhere.Elsewhere("a-token")
    for headers in ({}, {"Authorization": "Bearer a-token"}):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(other.url + "/x", headers=headers)).read()
    expect("what another host was asked", (other.requests, other.with_token), (2, 1))
    other.close()


def the_sums():
    def outcome(status, kind="must"):
        return play.Outcome(case(kind=kind), status)

    for statuses_, wanted in ((["pass", "unsupported", "untestable", "info", "xfail", "warn"], main.OK), (["pass", "fail"], main.FAILED),
                              (["xpass"], main.FAILED), (["fail", "setup_error"], main.NOT_JUDGED), (["harness_error"], main.NOT_JUDGED)):
        expect(f"exit code of {statuses_}", main.exit_code([outcome(s) for s in statuses_], False), wanted)
    expect("exit code of warn, strict", main.exit_code([outcome("warn")], True), main.FAILED)
    expect("a case of pass and fail", report.of_case([outcome("pass"), outcome("fail")]), "fail")
    expect("a case of pass and unsupported", report.of_case([outcome("pass"), outcome("unsupported")]), "pass")
    entries = [{"subject": "s", "case": "SELF-001", "reason": "r", "issue": "i", "review_by": "2027-01-01"}]
    for status, wanted in (("fail", "xfail"), ("pass", "xpass"), ("setup_error", "setup_error")):
        one = outcome(status)
        known.apply(one, entries, "s")
        expect(f"a known failure that is {status}", one.status, wanted)
    dead = subject.Kind("dead", [sys.executable, "-c", "import sys; sys.exit('no such module')"])
    said = refused("a subject that dies at hello", subject.SubjectDied, dead.introduce)
    expect("why it died", "no such module" in said, True)
    refused("a subject that is not there", subject.SubjectDied, subject.Kind("x", ["/nonexistent/program"]).introduce)


# A simulation that answers what the runner asks of every case, and does one thing for a verb.
BROKEN_SIM = '''
import json, os, sys, time
def say(m): print(json.dumps(m), flush=True)
for line in sys.stdin:
    m = json.loads(line)
    if m.get("verb") == "hello":
        say({"id": 0, "done": "ok", "name": "b", "version": "1", "level": "L3", "verbs": ["act"], "capabilities": ["time.virtual"]})
    elif m.get("mock") == "load":
        say({"status": 200, "body": {"tenants": [{"name": "t", "key": "k"}]}})
    elif m.get("mock") == "control":
        say({"status": 200, "body": {"now": "2026-06-01T10:00:00Z"}})
    elif "verb" in m:
        ACT
'''


def in_one_process(program):
    options = main.arguments(["--sim", str(program)])
    kind = subjects.find("sim", options)
    kind.introduce()
    batch = {"level": "L2", "script": [{"verb": "submit_batch", "as": "act", "name": "n", "items": 3}]}
    worker = main.Worker(None, kind, 20.0)

    def status(what, wanted, reason="", player=worker, **members):
        outcome = player.play(case(**members), 1)
        expect(what, outcome.status, wanted)
        if reason not in outcome.reason:
            WRONG.append(f"{what}: the reason is {outcome.reason!r}, which does not say {reason!r}")
        return outcome

    status("in one process: a batch", "pass", **batch)
    status("in one process: a check that does not hold", "fail", **batch, judge=[{"id": "two", "fact": "requests.total", "is": 2}])
    status("in one process: too many requests", "fail", "endless: more than 2 requests", **batch, ceilings={"requests": 2})
    slow = {"runs": [{"workers": 1, "exec": "20h", "queue": "0s", "cold_start": "0s"}]}
    over = status("in one process: too many hours", "fail", "endless: more than 1 hours", **batch, ceilings={"hours": 1, "requests": 5000},
                  scenario=slow)
    expect("how far it came", over.service_seconds, 3600.0)
    status("in one process: a scenario that is refused", "setup_error", "wrokers", **batch, scenario={"runs": [{"wrokers": 1}]})
    status("in one process: TLS", "unsupported", "no handshake", **batch, tls=True)
    status("in one process: a fault that strikes nobody", "setup_error", **batch,
           scenario={"faults": [{"id": "F", "on": "jobs.list", "when": {"nth": 7}, "do": "s:503"}]})
    status("in one process: after all that", "pass", **batch)
    worker.stop()
    for what, act, wanted, reason in (
            ("that crashes", "import signal; os.kill(os.getpid(), signal.SIGSEGV); time.sleep(9)", "fail", "crashed"),
            ("that hangs", "time.sleep(60)", "fail", "hung"), ("that ends", "sys.exit(3)", "harness_error", "exit code 3"),
            ("that talks nonsense", "print('nonsense', flush=True)", "harness_error", "neither an event")):
        broken = sim.SimKind("b", [sys.executable, "-c", BROKEN_SIM.replace("ACT", act)])
        broken.introduce()
        one = main.Worker(None, broken, 1.0)
        status(f"in one process: one {what}", wanted, reason, one)
        status(f"in one process: one {what}, again", wanted, reason, one)
        one.stop()


def repeats():
    """A status that changes with the seed is told; one that changes by chance is a flake."""
    def outcome(status):
        return play.Outcome(case(), status)

    plays = [(1, outcome("pass")), (2, outcome("warn")), (3, outcome("pass"))]
    expect("what differs", report.differing(plays), {"SELF-001": {"pass": [1, 3], "warn": [2]}})
    expect("nothing that differs", report.differing([plays[0], plays[2]]), {})
    same = lambda id, statuses: [(1, "pass", "pass"), (2, "warn", "warn")]  # noqa: E731
    with contextlib.redirect_stdout(io.StringIO()) as told:
        expect("by seed", main.tell_flakes(plays, same, 1), main.OK)
        expect("by chance", main.tell_flakes(plays, lambda id, statuses: [(2, "warn", "pass")], 1), main.FAILED)
    expect("the last line", told.getvalue().splitlines()[-1], "3 repeats, 3 plays in 1 s: 1 flakes")


def run(program, simulation):
    the_cases()
    the_sums()
    the_helpers()
    repeats()
    in_one_process(simulation)
    bench = Bench(program)
    try:
        statuses(bench)
    finally:
        bench.close()
    for each in WRONG:
        print("WRONG:", each)
    print(f"selftest: {'ok' if not WRONG else f'{len(WRONG)} wrong'}")
    return 1 if WRONG else 0


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
