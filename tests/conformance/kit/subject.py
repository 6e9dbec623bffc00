"""The subject: a program that does what it is asked, in one of the two forms of ADAPTERS.md."""

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading

from .mock import Mock


class SubjectDied(Exception):
    """It ended, or said something that is not of the protocol."""


class Unsupported(Exception):
    pass


ENDED = object()


class Process:
    """A subject at work. `lines` are its words in order, and ENDED."""

    def __init__(self, command, environment, with_input):
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        clean = {n: v for n, v in os.environ.items() if not n.lower().endswith("_proxy") and not n.startswith("SCRAPINGPROS_")}
        self._process = subprocess.Popen(
            command, env={**clean, **environment}, text=True, encoding="utf-8", errors="replace", bufsize=1,
            stdin=subprocess.PIPE if with_input else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors)
        self.lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            if line.strip():
                self.lines.put(line)
        self.lines.put(ENDED)

    def tell(self, message):
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # that it has ended is read from its lines

    def worked(self):
        return worked(self._process.pid)

    def used(self):
        """Processor seconds and most bytes of memory so far, of the real machine."""
        made = {"cpu_seconds": round((self.worked() or 0) / os.sysconf("SC_CLK_TCK"), 2)}
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{self._process.pid}/status", encoding="utf-8") as file:
                peak = [line.split()[1] for line in file if line.startswith("VmHWM")]
            made["peak_bytes"] = int(peak[0]) * 1024 if peak else 0
        return made

    def kill(self):
        self._process.kill()
        self.finish()

    def end(self):
        """The exit code of one whose lines have ended."""
        return self.finish()

    def finish(self, patience=5.0):
        """Its exit code, once it has been told to end or has ended."""
        if self._process.stdin:
            try:
                self._process.stdin.close()
            except OSError:
                pass
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(5)
        return code

    def errors(self, most=4000):
        self._errors.seek(0)
        return self._errors.read()[-most:]


def worked(pid):
    """Processor time of a process so far, in ticks; None where the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, ValueError, IndexError):
        return None


def parse(line):
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict) or ("event" in message) == ("done" in message):
        raise SubjectDied(f"the subject says {line.strip()[:200]!r}, which is neither an event nor the end of a verb")
    return message


class Kind:
    """How to start a subject, and what it says of itself."""

    in_process = False

    def __init__(self, name, command, protocol="lines", environment=None):
        self.name, self.command, self.protocol = name, command, protocol
        self.environment = environment or {}
        self.hello = None

    def new_mock(self, program, arguments):
        return Mock(program, arguments)

    def cannot(self, body):
        """Why a case cannot be played with this subject, besides what its hello says; or None."""
        return None

    def start(self, environment, script=None, mock=None):
        if self.protocol == "oneshot":
            environment = {**environment, "SP_SCRIPT": json.dumps(script)}
        return Process(self.command, {**self.environment, **environment}, self.protocol == "lines")

    def introduce(self):
        """Asks for its name, level, verbs and capabilities; SubjectDied if it has none."""
        message = {"id": 0, "verb": "hello"}
        try:
            process = self.start({}, [message])
        except OSError as error:
            raise SubjectDied(f"cannot be started: {error}") from None
        if self.protocol == "lines":
            process.tell(message)
        try:
            line = process.lines.get(timeout=20)
        except queue.Empty:
            process.kill()
            raise SubjectDied("it says nothing when asked for its name") from None
        process.finish()
        if line is ENDED:
            raise SubjectDied(f"it ends without a word: {process.errors().strip()[-300:]}")
        self.hello = parse(line)
        lacking = [m for m in ("name", "version", "level", "verbs", "capabilities") if m not in self.hello]
        if lacking:
            raise SubjectDied(f"its hello lacks {', '.join(lacking)}")
