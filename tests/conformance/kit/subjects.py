"""Which subjects the kit brings along, and how they are started."""

import pathlib
import shlex
import sys

from .subject import Kind

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
MOCK = "mock_server/scrapingpros-mock"
BUILDS = [ROOT / "build" / preset for preset in ("release", "debug")]


class NotHere(Exception):
    """The subject cannot be had on this machine."""


def find_mock():
    return _built(MOCK)


def _built(path):
    for build in BUILDS:
        if (build / path).is_file():
            return build / path
    raise SystemExit(f"{path} is not built")


def short_name(name):
    return name if name in ("ours", "reference", "curl", "official") else pathlib.Path(shlex.split(name)[-1]).stem


def find(name, options):
    python = [sys.executable, "-B"]
    if name == "ours":
        return Kind("ours", [str(options.ours or _built("tests/conformance/conformance_ours"))])
    if name == "reference":
        return Kind("reference", [*python, str(HERE / "adapters" / "reference.py")])
    if name.startswith("reference:"):  # with defects built in
        return Kind(name, [*python, str(HERE / "adapters" / "reference.py")], environment={"SP_MUTANT": name.partition(":")[2]})
    if name == "server":
        here = [build / MOCK for build in BUILDS if (build / MOCK).is_file()]
        program = getattr(options, "mock", None) or (here[0] if here else "")
        more = {"SP_SIZE": str(getattr(options, "size", 1)), "SP_MOCK": str(program)}
        return Kind("server", [*python, str(HERE / "adapters" / "raw.py")], environment=more)
    if name == "curl":
        return Kind("curl", ["bash", str(HERE / "adapters" / "curl.sh")], "oneshot")
    if name == "official":
        from . import official
        return Kind("official", [*official.command(options.environment or ROOT / "build" / "official_sdk"),
                                 str(HERE / "adapters" / "official_sdk.py")])
    protocol, command = ("oneshot", name.removeprefix("oneshot:")) if name.startswith("oneshot:") else ("lines", name)
    return Kind(short_name(command), shlex.split(command), protocol)
