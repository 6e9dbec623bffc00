"""This project's client and the mock in one process (adapters/ours/sim.cpp): the same plays without sockets, the
same books. One process plays many, so what ends a subject must not end the process."""

import json
import os
import queue
import select
import subprocess
import tempfile
import time

from .mock import ControlRefused, MockFailed
from .subject import ENDED, Kind, worked


class Lost(MockFailed):
    """The process has died, or hangs: its books are gone with it."""


class SimMock:
    in_process = True
    base_url, clock_url, ca_file = "http://service.sim:80", "sim:", ""

    def __init__(self, command):
        self._errors = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors)
        except OSError as error:
            raise MockFailed(f"the simulation does not start: {error}") from None
        self._out = self._process.stdout.fileno()
        self._ready = select.poll()
        self._ready.register(self._out, select.POLLIN | select.POLLHUP)
        self._held, self._at = b"", 0
        self._state = tempfile.TemporaryDirectory(prefix="conformance-")
        self.is_lost = False
        self.tenant = None

    # ---- as Mock

    def load(self, scenario, requests, hours):
        answer = self._ask({"mock": "load", "scenario": json.dumps(scenario), "ceilings": {"requests": requests, "hours": hours}})
        first = answer["tenants"][0]
        self.tenant, self.key = first["name"], first["key"]

    def of_tenant(self, method, path, body=None):
        message = {"mock": "control", "method": method, "path": f"/tenants/{self.tenant}{path}"}
        if body is not None:
            message["body"] = json.dumps(body)
        return self._ask(message)

    def fresh_state(self):
        """The folder of the next subject, emptied: to make one takes longer than many a play."""
        for each in os.scandir(self._state.name):
            os.unlink(each.path)
        return self._state.name

    def leave_clock(self):
        pass  # the clock goes on when the client asks it to

    def stop(self):
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._state.cleanup()

    # ---- lines

    def tell(self, message):
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
        except OSError:
            pass  # that it has ended is read from its lines

    def line(self, timeout):
        """The next one; None if none comes in time, and ENDED."""
        until = time.monotonic() + timeout
        while (end := self._held.find(b"\n", self._at)) < 0:
            if not self._ready.poll(max(0.0, until - time.monotonic()) * 1000):
                return None
            piece = os.read(self._out, 1 << 20)
            if not piece:
                return ENDED
            self._held, self._at = self._held[self._at:] + piece, 0
        line, self._at = self._held[self._at:end].decode(), end + 1
        return line

    def _ask(self, message):
        self.tell(message)
        line = self.line(60)
        if line is None or line is ENDED:
            self.lose()
            raise Lost(f"the simulation does not answer: {self.errors()[-300:]}")
        answer = json.loads(line)
        if answer["status"] >= 400:
            raise ControlRefused(answer["body"])
        return answer["body"]

    def lose(self):
        self.is_lost = True
        self._process.kill()
        return self._process.wait()

    def end(self):
        """The exit code of a process whose lines have ended."""
        self.is_lost = True
        return self._process.wait()

    def worked(self):
        return worked(self._process.pid)

    def errors(self, most=4000):
        self._errors.seek(0)
        return self._errors.read()[-most:].decode(errors="replace")


class SimSubject:
    """A client of its own in that process, with the interface of Process."""

    def __init__(self, mock, environment):
        self._mock = mock
        self.lines = self
        mock.tell({"mock": "subject", "environment": environment})

    def get(self, timeout):
        line = self._mock.line(timeout)
        if line is None:
            raise queue.Empty
        return line

    def tell(self, message):
        if message["verb"] != "bye":  # which ends the process
            self._mock.tell(message)

    def worked(self):
        return self._mock.worked()

    def used(self):
        return {}  # the mock is in that process as well

    def kill(self):
        self._mock.tell({"mock": "kill"})

    def finish(self, patience=5.0):
        return 0

    def end(self):
        return self._mock.end()

    def errors(self, most=4000):
        return self._mock.errors(most) if self._mock.is_lost else ""


class SimKind(Kind):
    in_process = True

    def start(self, environment, script=None, mock=None):
        if mock is None:  # to be introduced
            return super().start(environment, script)
        return SimSubject(mock, {**self.environment, **environment})

    def new_mock(self, program, arguments):
        return SimMock(self.command)

    def cannot(self, body):
        if body.get("mock"):
            return "the mock in this process takes no arguments"
        if "{url}" not in body.get("base_url", "{url}"):
            return "without sockets there are no addresses"
        if "{elsewhere}" in json.dumps(body.get("scenario", {})):
            return "without sockets there is no other host"
        if any(check.get("fact", "").startswith("subject.") for check in body["judge"]):
            return "the process is not the subject's alone"
        if any(check.get("fact") == "largest_reply" for check in body["judge"]):
            return "without sockets nothing is held back from who does not read"
        return None
