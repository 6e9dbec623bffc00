"""Drives about the mock's clock and its tenants, as a program in another language would use them: over HTTP."""

import datetime
import threading

from .server_mock import PATIENCE, code_of, get_as, until
from .server_wire import COLLECTIONS, Control, Findings, START


def clock_rules(drive):
    """The clock goes forward only and for its own tenant alone; everything reads it; sleepers wake in the order of
    their times; a reply that waits holds up no other; what is due is told."""
    f = Findings(drive.seed)
    one, other = drive.tenant(), drive.tenant()
    before = one.control("GET", "/clock")
    f.look(before["mode"] == "manual" and before["now"].startswith(START[:-1]), f"a fresh clock says {before}")
    f.look(code_of(one.tell("POST", "/clock/advance", {"to": "2026-06-01T09:00:00Z"})) == "E_BODY" or one.now() == before["now"],
           "an advance into the past is no error, and moves the clock")
    run = one.run_of(20)
    f.look(one.control("GET", "/clock")["next_change"] is not None, "a run at work has no next change")
    ended = runs = 0
    instants = []
    while True:
        step = one.tell("POST", "/clock/next")
        if step.status != 200:
            f.look(code_of(step) == "E_CLOCK_DEADLOCK", f"in the end {step.text[:200]}")
            break
        ended += step.json["changes"]["jobs_ended"]
        runs += step.json["changes"]["runs_ended"]
        instants.append(step.json["to"])
    f.look((ended, runs) == (20, 1), f"step by step {ended} jobs and {runs} runs end, not 20 and 1")
    f.look(instants == sorted(instants), "steps go backwards")
    f.look(other.now() == before["now"], "another tenant's clock has moved")
    f.look(one.get(run).json["status"] == "completed", "the run is not over when nothing is left to come")
    f.look(one.control("GET", "/clock")["next_change"] is None, "something is to come when all is still")

    whole = drive.tenant()
    whole.run_of(20)
    report = whole.wait(24 * 3600)
    f.look(report["changes"] == {"jobs_ended": 20, "rows_listed": 20, "runs_ended": 1}, f"one jump reports {report['changes']}")
    _everything_reads_it(f, drive)
    _sleepers(f, drive)
    _waiting_reply(f, drive)
    for each in (one, other, whole):
        each.leave()
    return f.told()


def _everything_reads_it(f, drive):
    tenant = drive.tenant({"write_per_minute": "2"})
    first = tenant.post({"name": "a"}, key="k")
    f.look(first.headers.get("date", "").endswith("10:00:00 GMT"), f"Date is {first.headers.get('date')}")
    tenant.post({"name": "b"})
    f.look(tenant.post({"name": "c"}).status == 429, "a third write in the minute passes")
    tenant.wait(60)
    f.look(tenant.post({"name": "c"}).status == 201, "a minute later the limit has not moved on")
    tenant.wait(23 * 3600)
    f.look(tenant.post({"name": "a"}, key="k").headers.get("idempotency-replayed") == "true", "a key is forgotten within a day")
    tenant.wait(3600)
    f.look(tenant.post({"name": "a"}, key="k").headers.get("idempotency-replayed") == "false", "a key is kept beyond a day")
    stamp = tenant.get(COLLECTIONS).json[0]["created_at"]
    f.look(stamp == 1780308000 + 60 + 24 * 3600, f"created_at is {stamp}")
    tenant.leave()


def _sleepers(f, drive):
    tenant, woken = drive.tenant(mode="auto"), []

    def sleep(name, until):
        got = Control(drive.control.url).ask("POST", f"/tenants/{tenant.name}/clock/sleep", {"name": name, "until": until})
        woken.append((name, got["now"][11:19]))
        Control(drive.control.url).ask("POST", f"/tenants/{tenant.name}/clock/leave", {"name": name})

    for name in ("late", "early"):
        tenant.control("POST", "/clock/join", {"name": name})
    late = threading.Thread(target=sleep, args=("late", "2026-06-01T11:00:00Z"))
    late.start()
    f.look(tenant.now().startswith("2026-06-01T10:00:00"), "time passes while a participant is awake")
    sleep("early", "2026-06-01T10:30:00Z")
    late.join(PATIENCE)
    f.look(woken == [("early", "10:30:00"), ("late", "11:00:00")], f"sleepers wake as {woken}")
    tenant.leave()


def _waiting_reply(f, drive):
    tenant, got = drive.tenant(), []
    tenant.control("POST", "/faults", [{"on": "health", "phase": "after-effect", "do": "stall:60s"}])
    held = threading.Thread(target=lambda: got.append(get_as(drive, "/v1/health", tenant.token)))
    held.start()
    until(lambda: tenant.control("GET", "/journal")["entries"])
    f.look(tenant.get("/v1/plans").status == 200 and not got, "a reply that waits holds up another")
    tenant.wait(60)
    held.join(PATIENCE)
    f.look(bool(got) and got[0].status == 200, "a reply does not come when its time has come")
    tenant.leave()


def clock_stuck(drive):
    """Who keeps the clock while something is due is named; everybody asleep for ever is told at once."""
    f = Findings(drive.seed)
    tenant = drive.tenant(mode="auto", max_real_block="100ms")
    for name in ("sleeper", "holder"):
        tenant.control("POST", "/clock/join", {"name": name})
    told = tenant.tell("POST", "/clock/sleep", {"name": "sleeper", "for": "1s"})
    f.look(code_of(told) == "E_CLOCK_STARVED" and "holder" in told.member("message"), f"a held clock says {told.text[:200]}")
    f.look(tenant.control("GET", "/clock")["starved"] is True, "the clock does not say that it is starved")
    tenant.leave()
    tenant = drive.tenant(mode="auto", max_real_block="100ms")
    tenant.control("POST", "/clock/join", {"name": "sleeper"})
    tenant.control("POST", "/clock/hold", {"name": "forgotten"})
    told = tenant.tell("POST", "/clock/sleep", {"name": "sleeper", "for": "1s"})
    f.look(code_of(told) == "E_CLOCK_STARVED" and "forgotten" in told.member("message"), f"a forgotten lock: {told.text[:200]}")
    tenant.leave()
    tenant = drive.tenant(mode="auto")
    tenant.control("POST", "/clock/join", {"name": "alone"})
    told = tenant.tell("POST", "/clock/sleep", {"name": "alone"})
    f.look(code_of(told) == "E_CLOCK_DEADLOCK", f"asleep for ever: {told.text[:200]}")
    tenant.leave()
    return f.told()


def tenants(drive, count=200, threads=8):
    """Many accounts at once: each has its own time, runs and faults."""
    f, lock, control = Findings(drive.seed), threading.Lock(), drive.control

    def one(number):
        tenant = drive_of_thread.tenant()
        if number % 3 == 0:
            tenant.control("POST", "/faults", [{"on": "plans", "do": "s:503", "times": "unlimited"}])
        jobs = 1 + number % 5
        run = tenant.run_of(jobs)
        tenant.wait(60 * number)
        seen, listed = tenant.get(run).json, tenant.get(COLLECTIONS).json
        plans = tenant.get("/v1/plans").status
        now = tenant.now()
        with lock:
            f.look(seen["total_requests"] == jobs, f"tenant {number} has a run of {seen['total_requests']}, not {jobs}")
            f.look(len(listed) == 1, f"tenant {number} sees {len(listed)} collections")
            f.look(now[:19] == _later(60 * number), f"tenant {number}: it is {now}, not {_later(60 * number)}")
            f.look(plans == (503 if number % 3 == 0 else 200), f"tenant {number}: another's fault, or not its own: {plans}")
        made.append(tenant)

    made, numbers, wrong = [], list(range(count * drive.size)), []

    def work():
        while True:
            with lock:
                if not numbers:
                    return
                number = numbers.pop()
            try:
                one(number)
            except Exception as odd:  # in a thread: it must not be lost
                wrong.append(f"tenant {number}: {odd!r}")

    class OfThread:
        """A control connection for each thread."""

        def __init__(self):
            self._local = threading.local()

        def tenant(self):
            if not hasattr(self._local, "drive"):
                self._local.drive = type(drive)(drive.base_url, drive.token, drive.control.url, drive.ca_file)
            return self._local.drive.tenant()

    drive_of_thread = OfThread()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    for each in wrong:
        f.look(False, each)
    stranger = made[0].ask("GET", COLLECTIONS, token=made[1].token + "x").status
    f.look(stranger == 401, f"a key of nobody is answered with {stranger}")
    for each in made:
        each.line.close()
        control.tell("DELETE", f"/tenants/{each.name}")
    return f.told()


def _later(seconds):
    return (datetime.datetime(2026, 6, 1, 10) + datetime.timedelta(seconds=seconds)).isoformat()
