"""Drives about what only the mock has: its faults, books and control API. They are judged from outside all the same,
over HTTP, as a program in another language would use them. Clock and tenants: server_clock.py."""

import json
import random
import socket
import subprocess
import threading
import time
import urllib.parse

from .server_wire import COLLECTIONS, Control, Findings, Service, Unable

PATIENCE = 10.0  # real seconds for something that is sure to come


def code_of(reply):
    return reply.member("code") or str(reply.status)


def get_as(drive, path, token):
    return Service(drive.base_url, token, drive.ca_file).get(path)


def until(ready, patience=PATIENCE):
    """What `ready` gives once it gives something; real time, bounded."""
    end = time.monotonic() + patience
    while not (found := ready()) and time.monotonic() < end:
        time.sleep(0.005)
    return found


# ---- books and faults

def journal_first(drive):
    """A request is in the journal, and can be read on another connection, before the first byte of its reply."""
    f, got = Findings(drive.seed), []
    tenant = drive.tenant()
    tenant.control("POST", "/faults", [{"on": "health", "phase": "after-effect", "do": "stall:5s"}])
    held = threading.Thread(target=lambda: got.append(get_as(drive, "/v1/health", tenant.token)))
    held.start()
    entries = until(lambda: tenant.control("GET", "/journal")["entries"])
    # The clock stands still, so no byte of that reply can be on its way.
    f.look(bool(entries) and entries[0]["target"] == "/v1/health" and entries[0]["status"] == 200, "the request is not in the journal")
    f.look(bool(entries) and entries[0]["end"] is None and not got, "its reply has ended already")
    tenant.wait(5)
    held.join(PATIENCE)
    f.look(bool(got) and got[0].status == 200, "the reply does not come")
    ended = until(lambda: tenant.control("GET", "/journal")["entries"][0]["end"])
    f.look(bool(ended) and ended["bytes_written"] > 0, f"the journal does not say how it ended: {ended}")
    tenant.leave()
    return f.told()


def faults_told(drive):
    """A fault that had to strike and did not, or struck a client that had gone, fails verify; none strikes another
    tenant."""
    f = Findings(drive.seed)
    tenant, spared = drive.tenant(), drive.tenant()
    tenant.control("POST", "/faults", [
        {"id": "never", "on": "run.start", "do": "reset", "must_fire": True},
        {"id": "late", "on": "collection.list", "when": {"attempt": 3}, "do": "s:503", "must_fire": True},
        {"id": "hit", "on": "health", "do": "s:503", "must_fire": True},
        {"id": "optional", "on": "job.result", "do": "s:503"}])
    f.look(tenant.get("/v1/health").status == 503, "a fault does not strike")
    f.look(spared.get("/v1/health").status == 200, "another tenant's fault strikes")
    tenant.get(COLLECTIONS)
    verdict = tenant.control("POST", "/verify")
    words = json.dumps(verdict)
    f.look(verdict["passed"] is False, f"verify passes: {words[:200]}")
    f.look("'never'" in words and "'late'" in words and "'hit'" not in words and "'optional'" not in words, f"verify says {words[:300]}")
    _lost_start(tenant)
    for _ in range(2):
        tenant.get(COLLECTIONS)
    verdict = tenant.control("POST", "/verify")
    f.look(verdict["passed"] is True, f"when all have struck verify says {json.dumps(verdict)[:300]}")
    _spoiled(f, drive)
    for each in (tenant, spared):
        each.leave()
    return f.told()


def _lost_start(tenant):
    """A start whose reply is lost."""
    collection = tenant.create(1)
    try:
        tenant.ask("POST", f"{collection}/run")
    except OSError:
        pass


def _spoiled(f, drive):
    tenant = drive.tenant()
    tenant.control("POST", "/faults", [{"id": "F", "on": "health", "do": "stall:5s", "must_fire": True}])
    where = urllib.parse.urlsplit(drive.base_url)
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(f"GET /v1/health HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {tenant.token}\r\n\r\n".encode())
        until(lambda: tenant.control("GET", "/journal")["entries"])
    tenant.wait(5)
    told = until(lambda: [r for r in tenant.control("POST", "/verify")["reasons"] if "spoiled" in r["message"]], 5.0)
    f.look(bool(told), "a fault whose client had gone is not spoiled")
    tenant.leave()


def journal_overflow(drive, body=16_000, most=12_000):
    """What an overflown journal no longer knows is not asserted, and what it still knows is."""
    f, tenant = Findings(drive.seed), drive.tenant()
    tenant.get("/v1/plans")
    for _ in range(most):
        tenant.ask("GET", "/v1/health", text="x" * body)
        if tenant.asked % 500 == 0 and tenant.control("GET", f"/journal?after={tenant.asked - 1}")["dropped"]:
            break
    dropped = tenant.control("GET", f"/journal?after={tenant.asked - 1}")["dropped"]
    f.look(dropped > 0, f"{tenant.asked} requests of {body} bytes are all kept")
    for what in ({"count": {"op": "plans"}, "eq": 1}, {"none": {"op": "run.start"}}, {"max_in_flight": {}, "le": 100}):
        said = tenant.control("POST", "/journal/assert", [what])
        f.look(not said["passed"] and said["reasons"][0]["code"] == "E_JOURNAL_INCOMPLETE", f"{what}: {str(said)[:200]}")
    said = tenant.control("POST", "/journal/assert", [{"count": {"op": "health"}, "ge": 1, "since": dropped}])
    f.look(said["passed"], f"of what is still known: {str(said)[:200]}")
    tenant.leave()
    return f.told(dropped=dropped)


# ---- the control API

def control_api(drive):
    """The OpenAPI document and the router are one; unknown members are refused with their place; each error code that
    the document names is reached."""
    f, reached = Findings(drive.seed), set()
    tenant = drive.tenant()
    tenant.run_of(1)
    document = drive.control.ask("GET", "/openapi.json")
    f.look(document["openapi"].startswith("3.1"), f"openapi {document['openapi']}")
    routes = 0
    for path, methods in document["paths"].items():
        for method in methods:
            if "shutdown" in path or path.endswith("/scenario"):
                continue  # they would end the play
            inner = path.split("/__mock/v1", 1)[-1]
            for name, value in {"{tenant}": tenant.name, "{run}": "1", "{job}": "1", "{fault}": "none"}.items():
                inner = inner.replace(name, value)
            if method == "delete" and inner == f"/tenants/{tenant.name}":
                continue
            # Routed: whatever the answer is, it is not about the route.
            got = drive.control.tell(method.upper(), inner, {"misspelt": 1} if method != "get" else None)
            routes += 1
            f.look(code_of(got) not in ("E_NO_ROUTE", "E_METHOD"), f"{method} {path} is in the document and not in the router")
            f.look(got.status < 500, f"{method} {path}: {got.status}")
            takes = methods[method].get("requestBody")
            if takes and got.status < 300 and "faults" not in path and "validate" not in path:
                f.look(False, f"{method} {path} takes a member that nobody knows")
    f.look(routes > 40, f"only {routes} routes")

    def code(method, path, body=None):
        got = drive.control.tell(method, path, body)
        reached.add(code_of(got))
        whole = all(isinstance(got.member(m), str) for m in ("code", "message", "path", "hint"))
        f.look(got.status >= 400 and whole, f"{method} {path}: {got.text[:200]}")
        return got

    mine = drive.tenant(mode="auto", max_real_block="50ms")
    at = f"/tenants/{mine.name}"
    code("GET", "/%ZZ")
    code("GET", "/nothing")
    code("DELETE", f"{at}/ledger")
    code("GET", f"{at}/journal?after=-1")
    code("GET", f"{at}/journal?before=1")
    told = code("POST", f"{at}/clock/advance", {"bye": "5s"})
    f.look(told.member("path") == "$.bye" and "'by'" in told.member("hint"), f"a misspelt member: {told.text[:200]}")
    code("POST", f"{at}/faults", [{"operation": "dance"}])
    code("GET", "/tenants/nobody/ledger")
    code("GET", f"{at}/runs/7")
    code("POST", "/tenants", {"name": mine.name})
    code("PUT", f"{at}/switches", {"A38": "body_byte"})
    code("PUT", "/scenario", {"format": "other/1"})
    mine.run_of(1)
    mine.control("POST", "/runs/1/terminate")
    code("POST", f"{at}/runs/1/terminate")
    mine.control("POST", "/clock/join", {"name": "lonely"})
    code("POST", f"{at}/clock/sleep", {"name": "lonely"})
    mine.control("POST", "/clock/hold", {"name": "forgotten"})
    code("POST", f"{at}/clock/sleep", {"name": "lonely", "for": "1s"})
    words = json.dumps(document)
    named = {word for word in ("E_TARGET", "E_NO_ROUTE", "E_METHOD", "E_QUERY", "E_BODY", "E_FAULT", "E_NOT_FOUND", "E_EXISTS",
                               "E_CLOCK_STARVED", "E_CLOCK_DEADLOCK", "E_SCENARIO", "E_STATE")}
    f.look(reached >= named, f"never reached: {sorted(named - reached)}")
    f.look(all(word in words for word in reached), f"not in the document: {sorted(w for w in reached if w not in words)}")
    for each in (tenant, mine):
        each.leave()
    return f.told(routes=routes, codes=len(reached))


# ---- determinism, as far as it shows from outside

def same_bytes(drive, requests=60):
    """The same seed and the same requests give the same bytes; another seed gives others."""
    if not drive.program:
        raise Unable("the program is not at hand")
    f = Findings(drive.seed)
    dice = random.Random(drive.seed)
    paths = ["{run}", "{collection}", "{collection}/runs", "{run}/jobs?limit=1000&include_results=true", "/v1/plans"]
    script = [dice.choice(paths) for _ in range(requests)]
    told = [_history(drive.program, script, seed) for seed in (drive.seed, drive.seed, drive.seed + 1)]
    for place, (a, b) in enumerate(zip(*told[:2])):
        f.look(a == b, f"answer {place} to {script[place - 2] if place > 1 else 'the first requests'} is another the second time")
    f.look(told[0] != told[2], "another seed changes nothing")
    return f.told()


def _history(program, script, seed):
    process = subprocess.Popen([program, "--stop-with-stdin", "--clock", "manual", "--seed", str(seed), "--lifelike"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        ready = json.loads(process.stdout.readline())
        service = Service(ready["base_url"], ready["token"])
        control = Control(ready["base_url"] + "/__mock/v1")
        first = service.post({"name": "n", "requests": [{"url": f"https://a.example/{n}"} for n in range(40)]})
        collection = f"{COLLECTIONS}/{first.json['id']}"
        begun = service.ask("POST", f"{collection}/run")
        run, seen = f"{collection}/runs/{begun.json['run_id']}", [first.text, begun.text]
        for path in script:
            control.ask("POST", "/clock/advance", {"by": "1700ms"})
            got = service.get(path.format(collection=collection, run=run))
            seen.append(json.dumps(got.headers) + got.text)
        return [text.replace(ready["base_url"], "") for text in seen]
    finally:
        process.stdin.close()
        process.wait(PATIENCE)


def elsewhere(drive, command, program=None, arguments=()):
    """What only a program of this repository proves: its short form is run where it is at hand, else it is unsupported."""
    from .subjects import BUILDS
    found = next((b / program for b in BUILDS if program and (b / program).is_file()), None)
    if found is None:
        raise Unable(f"proven by: {command}")
    done = subprocess.run([str(found), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    last = (done.stdout.strip().splitlines() or [""])[-1]
    ran = "passed" in done.stdout and " 0 passed" not in done.stdout
    return {"proven_by": command, "exit": done.returncode, "ran": ran, "said": last[:200]}

