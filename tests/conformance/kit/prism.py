"""prism: client cases once more, with a Prism proxy between the client and the mock, which knows nothing but
../openapi.json. Prism is installed into build/prism by this command; the version stands here and nowhere else. It
cannot be had: exit 77, never a pass. No part of tests/run."""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

if __package__ in (None, ""):  # started as a file
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    __package__ = "kit"

from . import cases, main, play, subjects  # noqa: E402
from .mock import Mock, MockFailed  # noqa: E402
from .server_wire import Service  # noqa: E402

VERSION = "5.16.0"
OK, FAILED, NOT_JUDGED, SKIPPED = 0, 1, 3, 77
HERE = pathlib.Path(__file__).resolve().parents[1]
PATIENCE = 60.0


class NotHere(Exception):
    pass


def install(folder):
    """How to start it; NotHere if it cannot be had."""
    entry = folder / "node_modules" / "@stoplight" / "prism-cli"
    if not shutil.which("node") or not shutil.which("npm"):
        raise NotHere("there is no node and npm")
    if not entry.is_dir() or json.loads((entry / "package.json").read_text("utf-8"))["version"] != VERSION:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": {"@stoplight/prism-cli": VERSION}}), "utf-8")
        try:
            done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--fetch-retries=1"], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotHere(f"npm: {type(error).__name__}") from None
        if done.returncode or not entry.is_dir():
            raise NotHere("npm cannot install it")
    program = json.loads((entry / "package.json").read_text("utf-8"))["bin"]["prism"]
    return ["node", str(entry / program)]


class Proxy:
    """A Prism in front of a server. `violations` are its words about requests and answers, `passed` how many it saw."""

    def __init__(self, command, document, upstream):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.base_url, self.violations, self.passed = f"http://127.0.0.1:{port}", [], 0
        clean = {n: v for n, v in os.environ.items() if not n.lower().endswith("_proxy")}
        self._process = subprocess.Popen([*command, "proxy", str(document), upstream, "--host", "127.0.0.1", "--port", str(port)],
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**clean, "NO_COLOR": "1"})
        threading.Thread(target=self._read, daemon=True).start()
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise NotHere("it does not start") from None
                time.sleep(0.05)

    def _read(self):
        for line in self._process.stdout:
            line = re.sub(r"\x1b\[[0-9;]*m", "", line).strip()
            if "Violation" in line or "violation" in line:
                self.violations.append(line[:400])
            elif "Forwarding" in line or "Request received" in line:
                self.passed += "Request received" in line

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Behind(Mock):
    """The mock, its data port seen through the proxy."""

    def __init__(self, program, command, document):
        super().__init__(program)
        self.proxy = Proxy(command, document, self.base_url)
        self.base_url = self.proxy.base_url

    def stop(self):
        self.proxy.stop()
        super().stop()


def undamaged(variant):
    """Whether the server answers as its contract says: damage is no violation of the mock's."""
    body = variant.body
    scenario = json.dumps(body.get("scenario", {}))
    damage = ('"faults"', '"profile"', '"run_nulls"', '"extra_and_missing"')
    return not body.get("tls") and not any(word in scenario for word in damage) and "raw" not in body.get("needs", [])


def run(words):
    p = argparse.ArgumentParser(prog="tests/conformance/run prism",
                                description="Client cases through a Prism proxy: no violation of openapi.json.")
    p.add_argument("--subject", default="reference")
    p.add_argument("--run", action="append", default=[], metavar="GLOB",
                   help="only cases like this (LIFE-* and PAG-*, a minute; '*' takes five)")
    p.add_argument("--mock", type=pathlib.Path)
    p.add_argument("--folder", type=pathlib.Path, default=subjects.ROOT / "build" / "prism")
    p.add_argument("--document", type=pathlib.Path, default=HERE / "openapi.json")
    options = p.parse_args(words)
    program = options.mock or subjects.find_mock()
    try:
        command = install(options.folder)
        if not complains(options, command, program):
            print("harness_error: it says nothing of answers that break the document", file=sys.stderr)
            return NOT_JUDGED
        mock = Behind(program, command, options.document)
    except NotHere as why:
        print(f"SKIPPED: Prism {VERSION} cannot be had: {why}")
        return SKIPPED
    try:
        return judge(options, mock)
    except MockFailed as failed:
        print(f"harness_error: {failed}", file=sys.stderr)
        return NOT_JUDGED
    finally:
        mock.stop()


def complains(options, command, program):
    """Whether it sees that an answer lacks a member that a changed document demands."""
    document = json.loads(options.document.read_text("utf-8"))
    document["components"]["schemas"]["Created"]["required"].append("no_such_member")
    with tempfile.TemporaryDirectory() as folder:
        changed = pathlib.Path(folder) / "openapi.json"
        changed.write_text(json.dumps(document), "utf-8")
        mock = Behind(program, command, changed)
        try:
            mock.load({"format": "scrapingpros-scenario/1", "clock": {"mode": "manual"}})
            Service(mock.base_url, mock.key).post({"name": "n"})
            end = time.monotonic() + PATIENCE
            while not mock.proxy.violations and time.monotonic() < end:
                time.sleep(0.02)
            return any("no_such_member" in each for each in mock.proxy.violations)
        finally:
            mock.stop()


def judge(options, mock):
    chosen = main.chosen(cases.load(), main.arguments([w for g in options.run or ["LIFE-*", "PAG-*"] for w in ("--run", g)]))
    kind = subjects.find(options.subject, main.arguments([]))
    kind.introduce()
    played = wrong = 0
    for variant in filter(undamaged, chosen):
        before = len(mock.proxy.violations)
        outcome = play.play(variant, kind, mock, 1, PATIENCE)
        if outcome.status in ("unsupported", "untestable"):
            continue
        played += 1
        found = mock.proxy.violations[before:]
        if outcome.status not in ("pass", "info", "warn"):
            print(f"{outcome.status:13} {variant.id}: {outcome.reason}")
        for each in found[:5]:
            print(f"violation     {variant.id}: {each}")
        wrong += bool(found) or outcome.status in ("fail", "setup_error", "harness_error")
    print(f"== Prism {VERSION}: {played} plays, {mock.proxy.passed} requests, {len(mock.proxy.violations)} violations")
    if not played or not mock.proxy.passed:
        print("nothing went through it", file=sys.stderr)
        return NOT_JUDGED
    return FAILED if wrong else OK


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
