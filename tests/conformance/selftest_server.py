"""selftest_server.py MOCK: the server half of the kit itself. A server that is broken in one way must fail the case that
is about it, a server that is well must not; what cannot be judged is unsupported; parity finds the switches that are
altered, and nothing else."""

import contextlib
import http.client
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from kit import cases, main, mock, parity, play, server_drives, server_wire, subjects  # noqa: E402

WRONG = []
CLOCK = {"mode": "real", "scale": 20, "start": "2026-06-01T10:00:00Z"}


def expect(what, found, wanted):
    if found != wanted:
        WRONG.append(f"{what}: {found!r}, not {wanted!r}")


class LyingProxy:
    """Between a client and a server. `lie(answer)` changes what the client gets; an answer has method, path, status,
    headers and body."""

    def __init__(self, target):
        where, proxy = urllib.parse.urlsplit(target), self
        self.lie = lambda answer: None

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize, disable_nagle_algorithm = -1, True

            def forward(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                line = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
                try:
                    line.request(self.command, self.path, sent or None, dict(self.headers))
                    reply = line.getresponse()
                    answer = Answer(self.command, self.path, reply.status, dict(reply.getheaders()), reply.read())
                except (OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                finally:
                    line.close()
                proxy.lie(answer)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = self._server.server_address[:2]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Answer:
    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status, self.headers, self.body = method, path, status, headers, body

    def change(self, how, where=""):
        """`how(json)` changes the document, if the path has `where` in it and the answer is one."""
        if where not in self.path:
            return
        with contextlib.suppress(ValueError, KeyError, TypeError, IndexError):
            document = json.loads(self.body)
            how(document)
            self.body = json.dumps(document).encode()


class Behind(mock.Mock):
    """The mock, its data port and what the adapter asks of its control port behind a liar each."""

    def __init__(self, program):
        super().__init__(program)
        self.data, self.books = LyingProxy(self.base_url), LyingProxy(f"http://{self._address[0]}:{self._address[1]}")
        self.urls = {"books": self.base_url, "data": f"http://127.0.0.1:{self.data.address[1]}"}

    def lies(self, side, lie):
        """Only that side is behind its liar, which does nothing but lie."""
        self.base_url = self.urls[side]
        self.data.lie = self.books.lie = lambda answer: None
        getattr(self, side).lie = lie

    @property
    def clock_url(self):
        return f"http://127.0.0.1:{self.books.address[1]}{self._path}/tenants/{self.tenant}/clock"

    def stop(self):
        for each in (self.data, self.books):
            each.stop()
        super().stop()


def items(change):
    """Changes each row of a page."""
    return lambda document: [change(row) for row in document["items"]]


def calls(limit):
    """True for every `limit`-th call."""
    count = iter(range(1, 10**9))
    return lambda: next(count) % limit == 0


def run_object(change):
    def lie(answer):
        if answer.method == "GET" and answer.path.count("/") == 6:
            answer.change(change)
    return lie


def counters_fall():
    due = calls(3)
    return run_object(lambda run: run.update(success_requests=max(0, run["success_requests"] - 1)) if due() else None)


def status(was, becomes):
    def lie(answer):
        answer.status = becomes if answer.status == was else answer.status
    return lie


def header(name, change):
    def lie(answer):
        for each in answer.headers:
            if each.lower() == name:
                answer.headers[each] = change(answer.headers[each])
    return lie


def body(change, where=""):
    return lambda answer: answer.change(change, where)


# So much is enough to see a lie.
SMALL = {"SRV-004": {"runs": 2}, "SRV-005": {"runs": 2}, "SRV-009": {"jobs": 60}, "SRV-012": {"arrivals": 120}, "SRV-015": {"count": 12},
         "SRV-030": {"lists": 20}}
# Case, which side lies, the lie, and what the drive is given besides.
LIES = [
    ("SRV-004/monotone", "data", counters_fall()),
    ("SRV-004/monotone", "data", run_object(lambda run: run.update(failed_requests=run["failed_requests"] + 1))),
    ("SRV-005", "data", body(lambda page: page["items"].reverse(), "order_by=completed_at")),
    ("SRV-005", "data", body(lambda page: page.update(has_more=False, cursor_next=None), "limit=1&")),
    ("SRV-009", "data", body(items(lambda row: row.update(is_success=row["status"] == "completed")), "/jobs?")),
    ("SRV-012/fixed_window_60s", "data", header("x-ratelimit-remaining", lambda n: str(int(n) + 1))),
    ("SRV-012/sliding_60s", "data", header("retry-after", lambda n: "1")),
    ("SRV-012/reads-and-writes", "data", status(429, 200)),
    ("SRV-013", "data", header("date", lambda when: "Thu, 26 Nov 2026 10:00:01 GMT")),
    ("SRV-013", "books", body(lambda report: report["changes"].update(jobs_ended=0), "/clock/")),
    ("SRV-014", "books", body(lambda told: told.update(message="somebody holds the clock") if told.get("code") else None)),
    ("SRV-014", "books", body(lambda told: told.update(code="E_CLOCK_STARVED") if told.get("code") == "E_CLOCK_DEADLOCK" else None)),
    ("SRV-015", "data", status(503, 200)),
    ("SRV-018", "books", body(lambda book: book["entries"][0].update(status=0), "/journal")),
    ("SRV-019", "books", body(lambda said: said.update(passed=True, reasons=[]), "/assert")),
    ("SRV-020", "books", body(lambda said: said.update(passed=True), "/verify")),
    ("SRV-021/main", "data", status(307, 404), {"only": ["trailing_slash"]}),
    ("SRV-021/main", "data", body(items(lambda row: row.pop("result", None)), "/jobs"), {"only": ["result_when_not_asked"]}),
    ("SRV-021/first-account", "data", status(403, 401)),
    ("SRV-022", "books", body(lambda document: document["paths"].update({"/__mock/v1/nothing": {"get": {}}}), "openapi")),
    ("SRV-029/newest", "data", body(lambda made: made.pop("message"), "/collections")),
    ("SRV-029/newest", "data", body(items(lambda row: row.update(status_code=str(row["status_code"]))), "/jobs")),
    ("SRV-030/invalid_blocked_duplicate", "data", body(lambda made: made["invalid_items"][0].update(index=99))),
    ("SRV-030/invalid_blocked_duplicate", "data", run_object(lambda run: run.update(total_requests=run["total_requests"] + 1))),
    ("SRV-031/default", "data", run_object(lambda run: run["status"] == "in_progress" and run.update(success_requests=0))),
    ("SRV-031/default", "data", body(lambda page: page["items"].pop(), "/jobs?")),
]
# Case, what is set in it: a mock that does what it should not.
SETTINGS = [
    ("SRV-004/monotone", {"scenario.contract.switches.counter_steps": "may_fall_once"}),
    ("SRV-010/ts_dot_body_hex,unix_seconds", {"scenario.webhook.damage": ["body_bit"]}),
    ("SRV-010/body_hex,unix_seconds", {"script.0.with.secret": "another"}),
    ("SRV-011/healed", {"scenario.webhook.schedule_ms": [500, 5000, 25000]}),
    ("SRV-011/refusals", {"scenario.webhook.honour_410": False}),
    ("SRV-028", {"scenario.faults": [{"on": "any", "do": "s:500", "times": "unlimited"}], "script.0.with": {"tries": 5}}),
    ("SRV-030/invalid_blocked_duplicate", {"scenario.contract.switches.dedup_compare": "normalised_url"}),
    ("SRV-031/default", {"scenario.runs.0.flush": {"period": "3s"}}),
]
# Case, a program in the mock's place, as a shell script.
PROGRAMS = [
    ("SRV-017", 'for each; do [ "$last" = --seed ] && each=$$; set -- "$@" "$each"; last=$each; shift; done; exec {mock} "$@"'),
    ("SRV-024", '{mock} "$@"; exit 1'),
]


WELL = [{"id": "nothing-wrong", "fact": "steps.d.wrong", "is": []}]


def plays(program):
    known = {v.id: v for case in cases.load().values() for v in cases.variants(case) if case["id"].startswith("SRV")}
    kind = subjects.find("server", main.arguments(["--mock", program]))
    kind.introduce()
    server = Behind(program)

    def played(name, wanted, set_=(), judge=None, by=kind, what=""):
        variant = next(v for v in cases.variants(known[name].case) if v.id == name)
        for place, value in dict(set_).items():
            cases.put(variant.body, place, value, name)
        variant.body["judge"] = judge or variant.body["judge"]
        outcome = play.play(variant, by, server, 1, 20.0)
        if outcome.status != wanted:
            WRONG.append(f"{name} with {what or set_}: {outcome.status} {outcome.reason[:200]}, not {wanted}")

    try:
        for number, (name, side, lie, *more) in enumerate(LIES):
            server.lies(side, lie)
            given = {**known[name].body["script"][0].get("with", {}), **SMALL.get(name.split("/")[0], {}), **(more[0] if more else {})}
            if name == "SRV-012/reads-and-writes":
                given = {}
            played(name, "fail", {"script.0.with": given}, WELL, what=f"lie {number}, of the {side}")
        server.lies("data", lambda answer: None)
        # Behind a proxy that does not lie they hold: it is the lie that was seen.
        for name in ("SRV-004/monotone", "SRV-009", "SRV-013", "SRV-014", "SRV-018", "SRV-029/newest", "SRV-031/default"):
            played(name, "pass", what="an honest proxy")
        server.lies("books", lambda answer: None)
        for name, set_ in SETTINGS:
            played(name, "fail", set_, WELL)
        played("SRV-009", "harness_error", {"script.0.what": "dance"})
        played("SRV-025", "unsupported")
        played("SRV-027", "unsupported", {"script.0.with.program": "no/such/program"})
        with tempfile.TemporaryDirectory() as folder:
            for name, text in PROGRAMS:
                path = pathlib.Path(folder) / f"{name}.sh"
                path.write_text("#!/bin/bash\n" + text.format(mock=program) + "\n", "utf-8")
                path.chmod(0o755)
                other = subjects.find("server", main.arguments(["--mock", str(path)]))
                other.introduce()
                played(name, "fail", judge=WELL, by=other, what=text)
    finally:
        server.stop()


def without_control():
    """A drive that needs the control API says so at a server that has none."""
    told = server_drives.run(server_wire.Drive("http://127.0.0.1:9", "x"), "tenants", {})
    expect("a drive without a control API", told.get("done"), "unsupported")


# ---- a live server, played by the mock in real time

class Live:
    def __init__(self, program, **switches):
        scenario = {"format": "scrapingpros-scenario/1", "clock": CLOCK, "contract": {"switches": {"write_per_minute": 2000, **switches}},
                    "runs": [{"workers": 3, "exec": "80s", "queue": "0s", "cold_start": "0s", "seeding": "20s"}]}
        self._folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self._folder.name) / "scenario.json"
        path.write_text(json.dumps(scenario), "utf-8")
        self._process = subprocess.Popen([program, "--stop-with-stdin", "--scenario", str(path)], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        ready = json.loads(self._process.stdout.readline())
        self.url, self.token = ready["base_url"], ready["token"]
        self.seen = pathlib.Path(self._folder.name) / "seen.json"

    def asked(self, command, *words, token=None):
        """(exit code, what it printed)."""
        said, before = io.StringIO(), os.environ.get("SP_TOKEN")
        os.environ["SP_TOKEN"] = self.token if token is None else token
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = command(list(words))
        finally:
            os.environ.pop("SP_TOKEN")
            if before is not None:
                os.environ["SP_TOKEN"] = before
        return code, said.getvalue()

    def stop(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._folder.cleanup()


ALTERED_FREE = {"idempotency_replay_status": "200", "bucket_order": "duplicate_first", "delete_reply": "204_empty", "trailing_slash": "307",
                "item_browser_rules": "none", "error_form": "detail_object"}
ALTERED_PAID = {"run_start_status": "202", "runs_list_item": "full", "row_time_form": "z_ms", "result_guidance": "null",
                "job_ids": "empty_until_seeded", "processing_rows": "present", "run_start_idempotency": "honour",
                "cursor_with_changed_filters": "400"}
INVISIBLE = {"late_rows": "on", "content_ttl_hours": 24, "quota_blocks": "everything"}


def live(program):
    server = Live(program)
    try:
        code, said = server.asked(parity.main, "--live", "--base-url", server.url)
        expect("parity with a server that differs in nothing", (code, '"switches": {}' in said), (parity.OK, True))
        expect("the key is printed", server.token in said, False)
        expect("runs at a server that is not paid", runs_of(server), 0)
        code, said = server.asked(parity.main, "--live", "--base-url", server.url, "--budget", "5")
        expect("a budget of five", ("with 5 requests" in said, "was used up" in said), (True, True))
        expect("parity without --live", server.asked(parity.main, "--base-url", server.url)[0], parity.USAGE)
        expect("parity without a key", server.asked(parity.main, "--live", "--base-url", server.url, token="")[0], parity.USAGE)
        code, said = server.asked(parity.main, "--live", "--base-url", server.url, token="wrong_key_b")
        expect("parity with a wrong key", (code, "wrong_key_b" in said), (parity.NOT_ASKED, False))
        code, said = server.asked(main.main, "--base-url", server.url)
        expect("the live cases without paying", (code, "pass          SRV-002/401" in said, "unsupported   SRV-001" in said),
               (main.OK, True, True))
        code, said = server.asked(main.main, "--base-url", server.url, "--yes-i-pay")
        expect("the live cases", (code, "pass          SRV-001" in said), (main.OK, True))
    finally:
        server.stop()
    server = Live(program, **ALTERED_FREE, **ALTERED_PAID, **INVISIBLE)
    try:
        expect("parity for nothing, with an altered server", found(server), ALTERED_FREE)
        expect("parity, paid, with an altered server", found(server, "--yes-i-pay"), {**ALTERED_FREE, **ALTERED_PAID})
        code, said = server.asked(main.main, "--base-url", server.url, "--run", "SRV-002*")
        expect("a live case at an altered server", (code, "pass" in said), (main.OK, True))
    finally:
        server.stop()
    server = Live(program)
    broken = LyingProxy(server.url)
    try:
        broken.lie = lambda answer: setattr(answer, "body", b"<html>") if "/jobs" in answer.path else None
        url = f"http://127.0.0.1:{broken.address[1]}"
        code, said = server.asked(parity.main, "--live", "--base-url", url, "--yes-i-pay", "--every", "0.2")
        expect("parity with a server that speaks nonsense of its jobs", "another form" in said, True)
        expect("how many runs it has paid for", runs_of(server), 2)
        expect("collections that are left behind", len(server_wire.Service(server.url, server.token).get(server_wire.COLLECTIONS).json), 0)
    finally:
        broken.stop()
        server.stop()
    dead = f"http://127.0.0.1:{broken.address[1]}"
    os.environ["SP_TOKEN"] = "x"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        expect("parity with nobody there", parity.main(["--live", "--base-url", dead]), parity.NOT_ASKED)
        expect("the live cases with nobody there", main.main(["--base-url", dead]) in (main.FAILED, main.NOT_JUDGED), True)
    os.environ.pop("SP_TOKEN")


def runs_of(server):
    """How many, by the mock's own books."""
    return len(server_wire.Control(server.url + "/__mock/v1").ask("GET", "/runs")["runs"])


def found(server, *words):
    code, said = server.asked(parity.main, "--live", "--base-url", server.url, "--json", str(server.seen), "--every", "0.2", *words)
    expect("its exit code", code, parity.DIFFERENT)
    return json.loads(server.seen.read_text("utf-8"))["different"]


def run(program):
    without_control()
    plays(program)
    live(program)
    for each in WRONG:
        print("WRONG:", each)
    print(f"selftest_server: {len(LIES) + len(SETTINGS) + len(PROGRAMS)} broken servers, {'ok' if not WRONG else f'{len(WRONG)} wrong'}")
    return 1 if WRONG else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
