"""Drives about bytes: HTTP as RFC 9112 has it, hostile bytes, faults and their published signatures, and how the
program ends."""

import itertools
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import time
import urllib.parse

from .server_wire import COLLECTIONS, Control, Findings, Service, Unable

ROOT = pathlib.Path(__file__).resolve().parents[3]
SIGNATURES = ROOT / "mock_server" / "faults" / "wire_signatures.json"
PATIENCE = 30.0
NUMBERS = itertools.count(1)


class Raw:
    """A plain socket."""

    def __init__(self, base_url, limit=PATIENCE):
        where = urllib.parse.urlsplit(base_url)
        self.socket = socket.create_connection((where.hostname, where.port), limit)
        self._rest = b""

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def head(self):
        while b"\r\n\r\n" not in self._rest:
            more = self.socket.recv(1 << 16)
            if not more:
                break
            self._rest += more
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return head.decode("latin-1")

    def reply(self, bodyless=False):
        """(status, head, body) of the next reply."""
        head = self.head()
        length = re.search(r"(?im)^content-length: *(\d+)", head)
        wanted = 0 if bodyless or not length else int(length[1])
        while len(self._rest) < wanted:
            more = self.socket.recv(1 << 16)
            if not more:
                break
            self._rest += more
        body, self._rest = self._rest[:wanted], self._rest[wanted:]
        status = re.match(r"HTTP/1\.1 (\d+)", head)
        return int(status[1]) if status else 0, head, body

    def to_end(self):
        """(bytes, how it ends: closed, reset or open)."""
        data = self._rest
        try:
            while more := self.socket.recv(1 << 16):
                data += more
            return data, "closed"
        except ConnectionResetError:
            return data, "reset"
        except OSError:
            return data, "open"

    def close(self):
        self.socket.close()


def _get(path, token="", method="GET", more=""):
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: h\r\n{bearer}{more}\r\n"


def http(drive, items=50_000):
    """Keep-alive, eight requests in a row, HEAD, Expect, Connection: close, a large body, and one too large."""
    f, tenant = Findings(drive.seed), drive.tenant()
    line = Raw(drive.base_url)
    line.send("".join(_get("/v1/plans" if n % 2 else "/v1/health", method="HEAD" if n % 3 == 1 else "GET") for n in range(8)))
    for n in range(8):
        status, head, body = line.reply(bodyless=n % 3 == 1)
        # Whether a route answers HEAD is not said; a refusal has no body either.
        f.look(status == 200 or (n % 3 == 1 and status == 405), f"request {n} of eight in a row: {head[:80]!r}")
        f.look(n % 3 == 1 or (b'"plans"' in body) == bool(n % 2), f"answer {n} is another's: {body[:60]!r}")
        f.look("content-length" in head.lower(), f"answer {n} has no length")
    line.send(_get("/v1/health"))
    f.look(line.reply()[0] == 200, "the connection is not kept")
    line.send(f"POST {COLLECTIONS} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {tenant.token}\r\nExpect: 100-continue\r\n"
              "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n")
    f.look(line.head().startswith("HTTP/1.1 100"), "who expects 100 is not told to go on")
    line.send('{"name":"n"}')
    f.look(line.reply()[0] == 201, "the body after 100 is not taken")
    line.close()
    for text in (_get("/v1/health", more="Connection: close\r\n"), "GET /v1/health HTTP/1.0\r\n\r\n"):
        line = Raw(drive.base_url)
        line.send(text)
        data, end = line.to_end()
        f.look(b" 200 " in data[:20] and end == "closed", f"{text[:60]!r} ends {end}")
        line.close()
    body = json.dumps({"name": "n", "requests": [{"url": f"https://a.example/{n}"} for n in range(items)]})
    f.look(tenant.post(text=body).status == 201, f"a body of {len(body)} bytes is not taken")
    small = drive.tenant({"max_body_bytes": "1000"})
    got = small.post(text="{" + " " * 2000 + "}")
    f.look(got.status == 413 and "detail" in (got.json or {}), f"a body beyond the limit: {got.status}")
    f.look(small.post(text='{"name":"' + "n" * 200 + '"}').status == 201, "a body within the limit is not taken")
    for each in (tenant, small):
        each.leave()
    return f.told()


NONSENSE = [b"garbage\r\n\r\n", b"\0\1\2\3\xff\xfe\r\n\r\n", b"GET / HTTP/9.9\r\nHost: h\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]


def hostile(drive, tries=400):
    """Bytes that are no request are refused, changed requests and bodies are answered with anything but a 5xx, and the
    server is there afterwards."""
    dice, f, tenant = random.Random(drive.seed), Findings(drive.seed), drive.tenant()
    run = tenant.run_of(3)
    tenant.wait(60)
    good = [_get(run, tenant.token), _get(f"{run}/jobs?limit=10&order_by=completed_at", tenant.token),
            f"POST {COLLECTIONS} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {tenant.token}\r\nContent-Type: application/json\r\n"
            'Content-Length: 61\r\n\r\n{"name":"n","requests":[{"url":"https://a.example/","x":[1]}]}']
    for number in range(tries * drive.size + len(NONSENSE)):
        data = NONSENSE[number] if number < len(NONSENSE) else _changed(dice, dice.choice(good).encode())
        line = Raw(drive.base_url)
        try:
            line.send(data)
            line.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has been refused before it was sent to the end
        said, end = line.to_end()
        line.close()
        statuses = [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3})", said)]
        if number < len(NONSENSE):
            f.look(statuses[:1] == [400] or end == "reset", f"{data[:60]!r} is answered with {statuses} and ends {end}")
        f.look(not any(code >= 500 for code in statuses), f"{data[:300]!r} is answered with {statuses}")
        f.look(end != "open", f"{data[:300]!r} leaves the connection open")
    for text in ("[" * 20_000, '{"name":' + "9" * 5_000 + "}", '{"name":"\\ud800"}', '{"name":"n","requests":{"a":1}}', "null", "\ufeff{}"):
        got = tenant.post(text=text)
        f.look(400 <= got.status < 500 or got.status == 201, f"{text[:40]!r} is answered with {got.status}")
    f.look(tenant.get(run).status == 200, "the server is not well afterwards")
    tenant.leave()
    return f.told()


def _changed(dice, data):
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5])):
        at = dice.randrange(len(data))
        what = dice.random()
        if what < 0.4:
            data[at] = dice.randrange(256)
        elif what < 0.6:
            del data[at:at + dice.choice([1, 4, 30])]
        elif what < 0.8:
            data[at:at] = bytes(dice.randrange(256) for _ in range(dice.choice([1, 3, 40])))
        else:
            data[at:at] = data[max(0, at - 20):at]
        data = data or bytearray(b"x")
    return bytes(data)


def signatures(drive, layer="http"):
    """Each fault in each phase looks to curl as the published table says; the end of the connection to a plain
    socket. A row that waits is given up after a moment, and once more after a longer one."""
    curl = shutil.which("curl")
    if not curl:
        raise Unable("there is no curl")
    if not SIGNATURES.is_file():
        raise Unable("the published table is not at hand")
    f, measured = Findings(drive.seed), 0
    for row in json.loads(SIGNATURES.read_text("utf-8"))["rows"]:
        of = row["on"] if row["on"] in ("connect", "tls") else "http"
        if of != layer:
            continue
        for _ in range(drive.size):
            seen = _measure(drive, curl, row, "0.2")
            if row["waits"] and not _agrees(row, seen):
                seen = _measure(drive, curl, row, "5")  # a busy machine may not have come so far
            measured += 1
            published = [row[name] for name in ("curl", "status", "body_bytes", "end")]
            f.look(_agrees(row, seen), f"{row['on']} {row['fault']}@{row['phase']}: {seen}, published {published}")
    return f.told(measured=measured)


def _measure(drive, curl, row, patience):
    if row["on"] in ("connect", "tls"):
        # Of the account that has connections of its own: the first.
        where, token, path = drive.control, drive.token, "/v1/health"
        name = f"F{next(NUMBERS)}"
        where.ask("POST", "/faults", [{"id": name, "on": row["on"], "do": row["fault"], "times": "unlimited"}])
        seen = _curl(drive, curl, row, path, token, patience)
        end = _end_of_arrival(drive.base_url) if row["on"] == "connect" and not row["waits"] else None
        where.ask("DELETE", f"/faults/{name}")
        return (*seen, end)
    tenant = drive.tenant()
    tenant.create(3)
    run = tenant.run_of(3)
    tenant.wait(3600)
    path = {"health": "/v1/health", "jobs.list": f"{run}/jobs?limit=2&include_results=true", "run.get": run,
            "run.start": run.split("/runs/")[0] + "/run"}[row["on"]]
    fault = {"id": "F", "on": row["on"], "phase": row["phase"], "do": row["fault"], "times": "unlimited"}
    tenant.control("POST", "/faults", [fault])
    method = "POST" if row["on"] == "run.start" else "GET"
    seen, end = _curl(drive, curl, row, path, tenant.token, patience, method), None
    if not row["waits"]:
        line = Raw(drive.base_url, 5.0 if row["end"] != "open" else 0.3)
        line.send(_get(path, tenant.token, method, "Connection: close\r\nAccept-Encoding: gzip\r\n"))
        end = line.to_end()[1]
        line.close()
    tenant.leave()
    return (*seen, end)


def _end_of_arrival(base_url):
    try:
        line = Raw(base_url, 5.0)
    except ConnectionResetError:  # it came before the connection was there
        return "reset"
    end = line.to_end()[1]
    line.close()
    return end


def _curl(drive, curl, row, path, token, patience, method="GET"):
    words = [curl, "-q", "-s", "--noproxy", "*", "-o", os.devnull, "-w", "%{http_code} %{size_download}", "--max-time",
             patience if row["waits"] else "20", "-X", method, "-H", f"Authorization: Bearer {token}", "--compressed"]
    if drive.ca_file:
        words += ["--cacert", drive.ca_file]
    done = subprocess.run([*words, drive.base_url + path], stdout=subprocess.PIPE, text=True)
    status, size = done.stdout.split()
    return done.returncode, int(status), int(size)


def _agrees(row, seen):
    code, status, size, end = seen
    allowed = row["curl"] if isinstance(row["curl"], list) else [row["curl"]]
    # What a listing or a run weighs depends on what is in it.
    weighed = row["on"] in ("health", "connect", "tls")
    return code in allowed and status == row["status"] and (not weighed or size == row["body_bytes"]) and end in (None, row["end"])


# ---- how the program ends

def stops(drive, streams=100, starts=10):
    """With a hundred replies under way the program ends when it is told to, soon and with 0; connections that come and
    go leave no descriptor behind; it can be started again and again."""
    if not drive.program:
        raise Unable("the program is not at hand")
    f = Findings(drive.seed)
    process, ready = _start(drive.program, "--clock", "manual")
    control = Control(ready["base_url"] + "/__mock/v1")
    control.ask("POST", "/faults", [{"on": "health", "do": "stall", "phase": "response-body", "times": "unlimited"}])
    held = [Raw(ready["base_url"]) for _ in range(streams)]
    for each in held:
        each.send(_get("/v1/health"))
    for each in held:
        f.look(each.head().startswith("HTTP/1.1 200"), "a reply does not begin")
    f.look(_ended(process) == 0, "the program does not end with 0 while replies are under way")
    for each in held:
        f.look(each.to_end()[1] != "open", "a connection outlives the program")
        each.close()
    process, ready = _start(drive.program)
    before = _descriptors(process)
    for _ in range(3):
        lines = [Raw(ready["base_url"]) for _ in range(streams)]
        for each in lines:
            each.send(_get("/v1/health"))
            each.reply()
        for each in lines:
            each.close()
    after, end = _descriptors(process), time.monotonic() + PATIENCE
    while before is not None and after > before and time.monotonic() < end:
        time.sleep(0.02)
        after = _descriptors(process)
    f.look(before == after, f"{before} descriptors, {after} after {3 * streams} connections")
    f.look(_ended(process) == 0, "the program does not end with 0")
    for _ in range(starts * drive.size):
        process, ready = _start(drive.program)
        f.look(Service(ready["base_url"], ready["token"]).get("/v1/health").status == 200, "it does not answer")
        f.look(_ended(process) == 0, "it does not end with 0")
    return f.told()


def _start(program, *words):
    process = subprocess.Popen([program, "--stop-with-stdin", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


def _ended(process):
    process.stdin.close()
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None
    finally:
        process.stdout.close()


def _descriptors(process):
    try:
        return len(os.listdir(f"/proc/{process.pid}/fd"))
    except OSError:
        return None
