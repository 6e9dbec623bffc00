"""Plays one variant of a case against one subject, and judges it."""

import contextlib
import json
import pathlib
import queue
import re
import shutil
import socket
import tempfile
import time
from datetime import datetime

from . import judge
from .elsewhere import Elsewhere
from .mock import ControlRefused, MockFailed
from .spoil import spoil
from .subject import ENDED, SubjectDied, Unsupported, parse

START = "2026-06-01T10:00:00Z"
CEILING_REQUESTS, CEILING_HOURS = 500, 24 * 4
LOOK_EVERY = 0.25  # real seconds between two looks at a subject at work
LEVELS = ["L0", "L1", "L2", "L3"]


class Outcome:
    """status: pass, warn, fail, unsupported, untestable, setup_error, harness_error, info."""

    def __init__(self, variant, status, reason="", **more):
        self.variant, self.status, self.reason = variant, status, reason
        self.checks = more.get("checks", [])
        self.evidence = more.get("evidence")
        self.stderr = more.get("stderr", "")
        self.seconds = more.get("seconds", 0.0)
        self.requests = self.service_seconds = 0

    @property
    def id(self):
        return self.variant.id


class Ceiling(Exception):
    """The subject went on for ever (`endless`), did not go on at all (`hung`), or died of a signal (`crashed`)."""


class CutShort(Exception):
    """A step that the others build on has not succeeded, or says null: what there is is judged."""


def unsupported_reason(variant, hello):
    body = variant.body
    if LEVELS.index(body["level"]) > LEVELS.index(hello["level"]):
        return f"needs level {body['level']}, the subject has {hello['level']}"
    if mode_of(body, hello) is None:
        return f"needs time {' or '.join(body.get('time', ['virtual']))}"
    wanted = {step["verb"] for step in body["script"] if step["verb"] not in RUNNER_VERBS}
    lacking = [v for v in sorted(wanted) if v not in hello["verbs"]]
    lacking += [c for c in body.get("needs", []) + (["tls"] if body.get("tls") else []) if c not in hello["capabilities"]]
    why = hello.get("why", {})
    return f"lacks {', '.join(w + (f' ({why[w]})' if w in why else '') for w in lacking)}" if lacking else None


def mode_of(body, hello):
    for mode in body.get("time", ["virtual"]):
        if f"time.{mode}" in hello["capabilities"]:
            return mode
    return None


def scenario_of(body, mode, seed, patience):
    clock = {"mode": "auto", "start": START, "max_real_block": f"{int(patience * 2)}s"}
    if mode == "request":
        clock = {"mode": "per_request", "start": START, "step": "1s"}
    made = {"format": "scrapingpros-scenario/1", "name": body["id"], "seed": seed, "clock": clock}
    made.update(body.get("scenario", {}))
    return made


# Steps that the runner does itself.
RUNNER_VERBS = {"kill", "control", "spoil"}


class Play:
    def __init__(self, variant, kind, mock, seed, patience):
        self.variant, self.body, self.kind, self.mock = variant, variant.body, kind, mock
        self.seed, self.patience = seed, patience
        self.evidence = judge.Evidence()
        self.process, self.stderr, self.number = None, "", 0
        limits = self.body.get("ceilings", {})
        self.most_requests = limits.get("requests", CEILING_REQUESTS)
        self.most_hours = limits.get("hours", CEILING_HOURS)
        self.in_process = kind.in_process
        self.state = mock.fresh_state() if self.in_process else tempfile.mkdtemp(prefix="conformance-")
        self.elsewhere = None

    def run(self):
        began = time.monotonic()
        outcome = self._run()
        outcome.seconds = time.monotonic() - began
        outcome.evidence, outcome.stderr = self.evidence, self.stderr
        outcome.requests = len(self.evidence.journal)
        outcome.service_seconds = round(self.evidence.now - self.evidence.start, 3)
        if not self.in_process:
            shutil.rmtree(self.state, ignore_errors=True)
        if self.elsewhere:
            self.elsewhere.close()
        return outcome

    def _run(self):
        v = self.variant
        lacking = unsupported_reason(v, self.kind.hello)
        if lacking:
            return Outcome(v, "unsupported", lacking)
        if self.in_process and ("base_url" in self.body or "{elsewhere}" in json.dumps(self.body)):
            return Outcome(v, "unsupported", "there is no other address in one process")
        mode = mode_of(self.body, self.kind.hello)
        try:
            self.mock.load(self._scenario(mode), self.most_requests, self.most_hours)
            self.evidence.start = self._now()
        except ControlRefused as refused:
            return Outcome(v, "setup_error", f"the scenario is refused: {refused}")
        ended = None
        try:
            self._play(mode)
        except Ceiling as why:
            ended = str(why)
        except CutShort:
            self._collect()
        except Unsupported as what:
            return Outcome(v, "unsupported", str(what))
        except SubjectDied as what:
            return Outcome(v, "harness_error", f"{what}; stderr: {self.stderr.strip()[-300:]}")
        except ControlRefused as refused:
            return Outcome(v, "setup_error", f"a control step is refused: {refused}")
        finally:
            if ended and not self.mock.is_lost:
                self._collect()
            self._end_process()
        return self._judge(ended)

    def _scenario(self, mode):
        made = scenario_of(self.body, mode, self.seed, self.patience)
        text = json.dumps(made)
        if "{elsewhere}" not in text:
            return made
        self.elsewhere = Elsewhere(made.get("tenants", [{"key": "test_token_a"}])[0]["key"])
        return json.loads(text.replace("{elsewhere}", self.elsewhere.url))

    # ---- the script

    def _play(self, mode):
        if self.kind.protocol == "oneshot":
            return self._play_oneshot(mode)
        for step in self.body["script"]:
            name = step.get("as") or f"s{len(self.evidence.order) + 1}"
            if step["verb"] == "kill":
                self._end_process(kill=True)
                continue
            if step["verb"] == "control":
                self.mock.of_tenant(step["method"], self._resolve(step["path"]), step.get("body"))
                continue
            if step["verb"] == "spoil":
                if not spoil(pathlib.Path(self.state), step["how"]):
                    raise Unsupported(f"it keeps nothing that can be spoiled by {step['how']}")
                continue
            for _ in range(step.get("repeat", 1)):
                if self.process is None:
                    self.process = self.kind.start(self._environment(mode), mock=self.mock)
                self.number += 1
                self.process.tell({"id": self.number, **self._message(step)})
                self._note(name, self._until_done(step))
        self._collect()  # while the subject still holds the clock
        if self.process is not None:
            self.process.tell({"id": self.number + 1, "verb": "bye"})
            self.process.finish()

    def _play_oneshot(self, mode):
        script = [{"id": n, **self._message(step)} for n, step in enumerate(self.body["script"], 1)]
        self.process = self.kind.start(self._environment(mode), script)
        for step in self.body["script"]:
            self._note(step.get("as") or f"s{len(self.evidence.order) + 1}", self._until_done(step))
        self._collect()

    def _environment(self, mode):
        made = {"SCRAPINGPROS_BASE_URL": self.mock.base_url, "SP_TOKEN": self.mock.key, "SP_CASE": self.variant.id,
                "SP_STATE": self.state, "SP_SEED": str(self.seed)}
        if "base_url" in self.body:
            made["SCRAPINGPROS_BASE_URL"] = self._other_name()
        if mode == "virtual":
            made["SP_CLOCK_URL"] = self.mock.clock_url
        if self.mock.ca_file:
            made["SP_CA_FILE"] = self.mock.ca_file
        return made

    def _other_name(self):
        """The service's address in another spelling."""
        port = int(self.mock.base_url.rpartition(":")[2])
        made = self.body["base_url"].replace("{url}", self.mock.base_url).replace("{port}", str(port))
        if "[" in made:
            try:
                socket.create_connection((made.partition("[")[2].partition("]")[0], port), 5).close()
            except OSError:
                raise Unsupported("this machine has no IPv6") from None
        return made

    def _message(self, step):
        made = {k: self._resolve(v) for k, v in step.items() if k not in ("as", "repeat") and (k != "kill_when" or self.in_process)}
        if isinstance(made.get("items"), int):
            made["items"] = [{"url": f"https://shop.example.com/page/{n}", "custom_id": f"job-{n}"} for n in range(made["items"])]
        return made

    def _resolve(self, value):
        if isinstance(value, str) and value.startswith("$"):
            found = self.evidence.said(value[1:])
            if found is None:
                step, _, member = value[1:].partition(".")
                earlier = self.evidence.steps.get(step, {})
                if earlier.get("done") != "ok" or member.split(".")[0] in earlier:
                    raise CutShort
                raise Unsupported(f"the subject did not say {value[1:]}")
            return found
        if isinstance(value, str) and "{" in value:
            return re.sub(r"\{([a-z0-9_]+(?:\.[A-Za-z0-9_-]+)+)\}", lambda m: str(self._resolve("$" + m[1])), value)
        if isinstance(value, dict):
            return {k: self._resolve(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._resolve(v) for v in value]
        return value

    def _note(self, name, done):
        self.evidence.order.append(name)
        self.evidence.steps[name] = done

    def _until_done(self, step):
        last, worked = None, None
        moved = at_work = time.monotonic()
        while True:
            try:
                line = self.process.lines.get(timeout=LOOK_EVERY)
            except queue.Empty:
                seen = self._look(step)
                if seen is None:
                    return {"done": "killed", "id": self.number}
                # Whoever computes, or waits for a busy machine to start it, is not hung yet.
                now, cpu = time.monotonic(), self.process.worked()
                if cpu != worked:
                    worked, at_work = cpu, now
                if seen != last:
                    last, moved = seen, now
                elif now - max(moved, at_work) > self.patience or now - moved > 10 * self.patience:
                    if self.in_process:
                        self.mock.lose()
                    raise Ceiling("hung: it neither asks, nor sleeps, nor ends") from None
                continue
            if line is ENDED:
                code = self.process.end()
                self.stderr += self.process.errors()
                self.process = None
                if step.get("crash_after_items") is not None and code != 0:
                    self._leave_clock()
                    return {"done": "crashed", "id": self.number}
                if code == 127:
                    raise Unsupported(f"the subject does not know {step['verb']}")
                if code < 0:
                    raise Ceiling(f"crashed: signal {-code} during {step['verb']}")
                raise SubjectDied(f"the subject ended with exit code {code} during {step['verb']}")
            message = parse(line)
            last = None
            if "event" in message:
                self.evidence.events.append(message)
                if len(self.evidence.events) > 200_000:
                    raise Ceiling("endless: it hands on more than there is")
                continue
            if message["done"] == "unsupported":
                raise Unsupported(message.get("why", f"{step['verb']} as it is asked here"))
            if message["done"] == "hung":
                raise Ceiling(f"hung: {message.get('why', 'it waits for something that will never happen')}")
            if message["done"] == "endless":
                raise Ceiling(f"endless: {message['why']}")
            if message["done"] in ("killed", "crashed"):
                self.process = None
            return message

    def _look(self, step):
        """What would change if the subject did something; None if it was killed. Ends what is endless."""
        if self.in_process:
            return 0  # it is looked after there
        clock = self.mock.of_tenant("GET", "/clock")
        total = self.mock.of_tenant("GET", "")["requests"]
        if clock["starved"]:
            raise Ceiling("hung: it keeps the clock and asks for nothing")
        if total > self.most_requests:
            raise Ceiling(f"endless: more than {self.most_requests} requests")
        if _seconds(clock["now"]) - self.evidence.start > self.most_hours * 3600:
            raise Ceiling(f"endless: more than {self.most_hours} hours of the service's time")
        when = step.get("kill_when")
        if when:
            entries = self.mock.of_tenant("GET", "/journal")["entries"]
            if sum(e["operation"] == when["op"] for e in entries) >= when.get("count", 1):
                self._end_process(kill=True)
                return None
        return total, clock["now"]

    def _end_process(self, kill=False):
        if self.process is None:
            return
        process, self.process = self.process, None
        if kill:
            process.kill()
        else:
            process.finish(2.0)
        self.stderr += process.errors()
        self._leave_clock()

    def _leave_clock(self):
        self.mock.leave_clock()

    # ---- the verdict

    def _now(self):
        return _seconds(self.mock.of_tenant("GET", "/clock")["now"])

    def _collect(self):
        e = self.evidence
        e.now = self._now()
        journal = self.mock.of_tenant("GET", "/journal")
        e.journal, e.dropped = journal["entries"], journal["dropped"]
        e.ledger = self.mock.of_tenant("GET", "/ledger")
        e.faults = self.mock.of_tenant("GET", "/faults")["faults"]
        e.name_items()
        if self.process is not None:
            e.subject = self.process.used()
        if self.elsewhere:
            e.elsewhere = {"requests": self.elsewhere.requests, "with_token": self.elsewhere.with_token}
        if self.body["kind"] == "optimal" or self.body["id"].startswith("EFF"):
            e.efficiency = self.mock.of_tenant("GET", "/ledger/efficiency")

    def _judge(self, ended):
        v, e = self.variant, self.evidence
        if e.dropped:
            return Outcome(v, "harness_error", f"the journal has dropped {e.dropped} requests")
        if not ended and len(e.journal) > self.most_requests:
            ended = f"endless: more than {self.most_requests} requests"
        if not ended and e.now - e.start > self.most_hours * 3600:
            ended = f"endless: more than {self.most_hours} hours of the service's time"
        if ended:
            return Outcome(v, _as(v, "fail"), ended)
        checks = []
        ask = lambda what: self.mock.of_tenant("POST", "/journal/assert", [what])  # noqa: E731
        try:
            for check in judge.standing(self.body, e) + self.body["judge"]:
                holds, words, numbers = judge.judge(check, e, ask)
                checks.append({"id": check["id"], "level": check.get("level", "must"), "holds": holds,
                               "says": words if holds else f"{words}{' (' + check['why'] + ')' if 'why' in check else ''}",
                               "journal": numbers})
        except judge.Incomplete as gap:
            return Outcome(v, "harness_error", str(gap))
        except ControlRefused as refused:
            return Outcome(v, "harness_error", f"an assertion is refused: {refused}")
        except KeyError as unknown:
            return Outcome(v, "harness_error", f"there is no fact {unknown}")
        return self._weigh(checks)

    def _weigh(self, checks):
        v = self.variant
        broken = [c for c in checks if not c["holds"]]
        words = "; ".join(f"{c['id']}: {c['says']}" for c in broken)
        if v.body["kind"] in ("check", "optimal"):
            return Outcome(v, "info", words, checks=checks)
        if any(c["level"] == "must" for c in broken):
            return Outcome(v, _as(v, "fail"), words, checks=checks)
        unfired = self._unfired()
        if unfired:
            return Outcome(v, *unfired, checks=checks)
        if any(c["level"] == "should" for c in broken):
            return Outcome(v, "warn", words, checks=checks)
        return Outcome(v, "pass", "", checks=checks)

    def _unfired(self):
        """A fault that struck nobody proves nothing: the status for that, or None."""
        rule = self.body.get("fired", "all")
        missed = [f for f in self.evidence.faults if not f["hit"]]
        if not missed or rule == "none_needed":
            return None
        if rule == "any" and len(missed) < len(self.evidence.faults):
            return None
        asked = {e["operation"] for e in self.evidence.journal}
        never = [f for f in missed if f["on"] not in asked and f["on"] not in ("any", "connect", "tls")]
        ids = ", ".join(f["id"] for f in missed)
        if never:
            return "untestable", f"the subject never makes the request that fault {never[0]['id']} is on ({never[0]['on']})"
        return "setup_error", f"fault {ids} has hit no request"


class LivePlay(Play):
    """Against a server that nobody controls: there is no journal, so only what the replies say is judged."""

    def __init__(self, variant, kind, base_url, token, patience):
        super().__init__(variant, kind, None, 1, patience)
        self.base_url, self.token = base_url, token

    def _run(self):
        lacking = unsupported_reason(self.variant, self.kind.hello)
        if lacking or not self.body.get("live"):
            return Outcome(self.variant, "unsupported", lacking or "not for a server that is live")
        ended = None
        try:
            self._play("real")
        except (Ceiling, SubjectDied, Unsupported) as why:
            ended = str(why)
        except CutShort:
            pass
        finally:
            self._end_process()
        if ended:
            return Outcome(self.variant, "harness_error", ended)
        checks = []
        for check in self.body["judge"]:
            holds, words, _ = judge.judge(check, self.evidence, None)
            checks.append({"id": check["id"], "level": check.get("level", "must"), "holds": holds, "says": words, "journal": []})
        return self._weigh(checks)

    def _environment(self, mode):
        return {"SCRAPINGPROS_BASE_URL": self.base_url, "SP_TOKEN": self.token, "SP_CASE": self.variant.id, "SP_STATE": self.state}

    def _look(self, step):
        return time.monotonic()  # its waits are real, and long

    def _leave_clock(self):
        pass

    def _collect(self):
        pass


def _as(variant, status):
    """What a failure is called in a case of that kind."""
    names = {"must": "fail", "should": "warn"}
    return names.get(variant.body["kind"], "info") if status == "fail" else status


def _seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def play(variant, kind, mock, seed, patience):
    try:
        return Play(variant, kind, mock, seed, patience).run()
    except MockFailed as failed:
        return Outcome(variant, "harness_error", str(failed))
