"""Which subjects the kit brings along, and how they are started."""

import pathlib
import shlex
import sys

from .sim import SimKind
from .subject import Kind

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
MOCK = "mock_server/scrapingpros-mock"
BUILDS = [ROOT / "build" / preset for preset in ("release", "debug")]


# The library's poll strategies, as adapters/ours/stock_policies.hpp has them.
STRATEGIES = ["official", "fixed", "exponential", "exponential_reset", "elapsed_share", "pacer", "pacer_thrifty", "pacer_fresh"]


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
    if name.partition(":")[0] in ("ours", "sim") or name in ("reference", "curl", "official"):
        return name
    return pathlib.Path(shlex.split(name)[-1]).stem


def find(name, options):
    python = [sys.executable, "-B"]
    subject, _, strategy = name.partition(":")
    if subject in ("ours", "sim") and strategy in ("", *STRATEGIES):
        environment = {"SP_POLL": strategy} if strategy else {}
        if subject == "sim":
            return SimKind(name, [str(options.sim or _built("tests/conformance/conformance_sim"))], environment=environment)
        return Kind(name, [str(options.ours or _built("tests/conformance/conformance_ours"))], environment=environment)
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
