"""The clock of a subject that waits in the mock's virtual time (ADAPTERS.md, "Time").

The subject is one thread. While it works it holds the clock; while it sleeps the clock is free to jump.
While it waits for bytes it looks whether the server is the one who waits, and then sleeps as long."""

import http.client
import json
import os
import select
import socket
import time
import urllib.parse
from datetime import datetime, timezone

# Real seconds. Bytes on the loopback come sooner, as a rule; after the second one nobody is going to send any, not
# even on a machine where many others compute.
QUICK, SILENT = 0.004, 2.0


class ClockEnded(Exception):
    """Nothing will ever happen any more, or somebody else keeps the clock."""


class Cancelled(Exception):
    """The caller wants no more of it."""


class RealClock:
    """The machine's, for a subject that is run against a server without a control API."""

    def now(self):
        return time.time()

    def sleep(self, seconds):
        time.sleep(max(0.0, seconds))

    def wait_readable(self, sock, deadline):
        rest = None if deadline is None else max(0.0, deadline - self.now())
        return bool(select.select([sock], [], [], rest)[0])


class VirtualClock:
    def __init__(self, url, name="subject"):
        parts = urllib.parse.urlsplit(url)
        self._url, self._path, self._name = url, parts.path, name
        self._line = http.client.HTTPConnection(parts.hostname, parts.port)
        self.cancel_at, self.wall_steps = None, []
        self._now = _instant(self._ask("GET", "", None)["now"])
        self.join()

    def join(self):
        self._ask("POST", "/join", {"name": self._name})
        self._now = _instant(self._ask("GET", "", None)["now"])

    def leave(self):
        self._ask("POST", "/leave", {"name": self._name})

    def companion(self, name):
        """Another participant, awake."""
        return VirtualClock(self._url, f"{self._name}-{name}")

    def wall(self):
        """What the machine's clock says, which somebody may set: `wall_steps`, of (when, seconds)."""
        return self._now + sum(by for when, by in self.wall_steps if when <= self._now)

    def now(self):
        """Seconds since 1970 on the server's clock."""
        return self._now

    def sleep(self, seconds):
        self.sleep_until(self._now + max(0.0, seconds))

    def sleep_until(self, when):
        if self.cancel_at is not None and when >= self.cancel_at:
            when, self.cancel_at = self.cancel_at, None
            self.sleep_until(when)
            raise Cancelled
        if when > self._now:
            self._now = _instant(self._ask("POST", "/sleep", {"name": self._name, "until": _text(when)})["now"])

    def wait_readable(self, sock, deadline):
        """Whether there is something to read before the deadline, in seconds since 1970 or None."""
        patience = QUICK
        while not select.select([sock], [], [], patience)[0]:
            asked = [t for t in self._ask("GET", "", None)["tickets"] if t["kind"] == "request"]
            if any(t["awake"] for t in asked):
                continue  # the server is at work
            dues = [_instant(t["due"]) for t in asked if t["due"]]
            if not dues and patience < SILENT:
                patience = SILENT  # an answer may be under way
                continue
            due = min([*dues, *([] if deadline is None else [deadline])], default=None)
            if due is None:
                raise ClockEnded("it waits for an answer that nobody will send")
            self.sleep_until(due)
            if deadline is not None and self._now >= deadline:
                return bool(select.select([sock], [], [], QUICK)[0])
            patience = QUICK
        return True

    def _ask(self, method, path, body):
        text = None if body is None else json.dumps(body)
        self._line.request(method, self._path + path, text, {"Content-Type": "application/json"})
        reply = self._line.getresponse()
        answer = json.loads(reply.read())
        if reply.status >= 400:
            raise ClockEnded(f"{answer['code']}: {answer['message']}")
        return answer


def clock_from_environment():
    url = os.environ.get("SP_CLOCK_URL")
    return VirtualClock(url) if url else RealClock()


class PatientSocket(socket.socket):
    """Reads in virtual time: `clock`, and `deadline` in seconds since 1970 or None."""

    clock = deadline = None

    def recv_into(self, *arguments):
        if self.clock and not self.clock.wait_readable(self, self.deadline):
            raise TimeoutError("the peer is silent")
        return super().recv_into(*arguments)


def _instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _text(seconds):
    # Rounded up: who wakes too early would have to sleep again.
    whole = -(-round(seconds * 10_000_000) // 10)
    return datetime.fromtimestamp(whole // 1_000_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole % 1_000_000:06d}Z"
