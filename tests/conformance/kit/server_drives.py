"""Drives: what a server case asks for by name when a list of requests does not do, because there is a loop in it, or a
model, or several clients at once. The adapter raw.py runs them. Each tells facts; `wrong` is empty when all is well."""

import http.client
import sys
import traceback

from . import (
    server_clock, server_create, server_hooks, server_http, server_limits, server_mock, server_runs, server_shapes, server_switches)
from .server_wire import Unable

DRIVES = {
    "buckets": server_create.buckets,
    "buckets_apart": server_limits.buckets_apart,
    "clock_rules": server_clock.clock_rules,
    "clock_stuck": server_clock.clock_stuck,
    "control_api": server_mock.control_api,
    "elsewhere": server_mock.elsewhere,
    "faults_told": server_mock.faults_told,
    "hook_refusals": server_hooks.refusals,
    "hook_schedule": server_hooks.schedule,
    "hook_signature": server_hooks.signature,
    "hostile": server_http.hostile,
    "http": server_http.http,
    "journal_first": server_mock.journal_first,
    "journal_overflow": server_mock.journal_overflow,
    "limiter": server_limits.limiter,
    "listing": server_runs.listing,
    "random_walk": server_runs.random_walk,
    "same_bytes": server_mock.same_bytes,
    "shapes": server_shapes.shapes,
    "signatures": server_http.signatures,
    "stops": server_http.stops,
    "switches": server_switches.observable,
    "tenants": server_clock.tenants,
    "verdicts": server_runs.verdicts,
    "write_path": server_runs.write_path,
}


def run(drive, what, parameters):
    """The facts, or {"done": "unsupported"} where something is missing that it needs."""
    if what not in DRIVES:
        raise ValueError(f"there is no drive {what}")
    try:
        return DRIVES[what](drive, **parameters)
    except Unable as why:
        return {"done": "unsupported", "why": str(why)}
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError, OSError, http.client.HTTPException) as odd:
        traceback.print_exc(file=sys.stderr)
        return {"looked": 0, "wrong_count": 1, "wrong": [f"an answer that one cannot go on with: {odd!r}"[:400]]}
