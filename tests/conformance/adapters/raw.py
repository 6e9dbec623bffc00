"""Raw requests, for cases about a server (SRV): what the case says is sent, and what comes is told. What takes a loop, a
model or several clients is a drive (kit/server_drives.py). No client is judged here, the server is."""

import http.client
import json
import os
import ssl
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from kit import server_drives, server_wire  # noqa: E402
from virtual_time import ClockEnded, PatientSocket, clock_from_environment  # noqa: E402


class Raw:
    def __init__(self):
        self.clock = clock_from_environment()
        self.base = urllib.parse.urlsplit(os.environ["SCRAPINGPROS_BASE_URL"])

    def request(self, m):
        line = self._line()
        head = {} if m.get("anonymous") else {"Authorization": "Bearer " + m.get("token", os.environ["SP_TOKEN"])}
        head.update(m.get("headers", {}))
        body = None
        if "body" in m or "items" in m:
            body = m.get("text", json.dumps({**m.get("body", {}), **({"requests": m["items"]} if "items" in m else {})}))
            head.setdefault("Content-Type", "application/json")
        elif m.get("method") in ("POST", "PUT"):
            head.setdefault("Content-Length", "0")
        line.request(m.get("method", "GET"), self.base.path.rstrip("/") + m["path"], body, head)
        reply = line.getresponse()
        text = reply.read().decode("utf-8", "replace")
        line.close()
        told = {"status": reply.status, "headers": {k.lower(): v for k, v in reply.headers.items()}, "bytes": len(text)}
        try:
            told["json"] = json.loads(text)
        except ValueError:
            told["text"] = text[:500]
        if isinstance(told.get("json"), list):
            told["count"] = len(told["json"])
        elif isinstance(told.get("json"), dict):
            told["members"] = sorted(told["json"])
            if isinstance(told["json"].get("items"), list):
                told["count"] = len(told["json"]["items"])
        return told

    def sleep(self, m):
        self.clock.sleep(m["seconds"])
        return {}

    def await_end(self, m):
        """Reads a run until it is over, which is no fixed time at a server that nobody controls."""
        rest = m.get("within", 600)
        while True:
            told = self.request({"path": m["path"]})
            over = told["status"] != 200 or told.get("json", {}).get("status") != "in_progress"
            if over or rest <= 0:
                return told
            self.clock.sleep(m.get("every", 5))
            rest -= m.get("every", 5)

    def drive(self, m):
        clock = os.environ.get("SP_CLOCK_URL")
        given = server_wire.Drive(
            os.environ["SCRAPINGPROS_BASE_URL"], os.environ["SP_TOKEN"], clock and clock.rpartition("/tenants/")[0],
            os.environ.get("SP_CA_FILE"), int(os.environ.get("SP_SEED", "1")), int(os.environ.get("SP_SIZE", "1")),
            os.environ.get("SP_MOCK"))
        told = [time.monotonic()]

        def alive():
            if time.monotonic() - told[0] > 5:
                told[0] = time.monotonic()
                print(json.dumps({"event": "progress"}), flush=True)

        server_wire.Findings.alive = staticmethod(alive)
        return server_drives.run(given, m["what"], m.get("with", {}))

    def _line(self):
        if self.base.scheme == "https":
            context = ssl.create_default_context(cafile=os.environ.get("SP_CA_FILE"))
            return http.client.HTTPSConnection(self.base.hostname, self.base.port, timeout=60, context=context)
        line = http.client.HTTPConnection(self.base.hostname, self.base.port)
        line.sock = PatientSocket()
        line.sock.connect((self.base.hostname, self.base.port))
        line.sock.clock = self.clock
        return line


HELLO = {"done": "ok", "name": "server", "version": "1", "level": "L0", "verbs": ["request", "sleep", "await_end", "drive"],
         "capabilities": ["raw", "time.virtual", "tls"]}


def main():
    raw = None
    for text in sys.stdin:
        m = json.loads(text)
        told = {"done": "ok"}
        if m["verb"] == "hello":
            told = HELLO
        elif m["verb"] != "bye":
            raw = raw or Raw()
            try:
                told = {"done": "ok", **getattr(raw, m["verb"])(m)}
            except ClockEnded as why:
                told = {"done": "hung", "why": str(why)}
            except (OSError, http.client.HTTPException) as error:
                told = {"done": "error", "error": {"class": "network", "text": repr(error)}}
        print(json.dumps({"id": m["id"], **told}), flush=True)
        if m["verb"] == "bye":
            break


main()
