"""Probes of the switches that show only where the clock can be moved, the scenario chosen, or by luck."""

import copy
import datetime
import json
import re
import threading
import time
import urllib.parse

from . import server_hooks, server_runs
from .server_look import PAGE
from .server_probes import Unseen, by, probe, simple
from .server_wire import COLLECTIONS, Findings, Line

BRIEF = "shows for seconds, and not each time"

@probe(4, "idempotency_busy", "mock", group="slow-create")
def _busy(k):
    held = threading.Thread(target=lambda: type(k.service).post(_twin(k.service), {"name": "n"}, key="k"))
    held.start()
    _requests(k.service, 1)
    got = []
    second = threading.Thread(target=lambda: got.append(k.post(name="n", key="k")))
    second.start()
    _requests(k.service, 2)
    k.service.wait(31)
    second.join(20)
    k.service.wait(60)
    held.join(20)
    return str(got[0].status)


def _twin(service):
    """The same account on another connection."""
    other = copy.copy(service)
    other.line = Line(service.base_url)
    return other


def _requests(service, wanted):
    end = time.monotonic() + 10
    while len(service.control("GET", "/journal")["entries"]) < wanted and time.monotonic() < end:
        time.sleep(0.005)


@probe(15, "item_use_proxy_default", "mock", why="shows in no reply but the mock's timings")
def _proxy(k):
    return "any" if "proxy_ms" in k.paid().result_json()["timings"] else "none"


@probe(20, "collections_since_compare", "mock", why="an equal stamp cannot be told from one that is finer than what is shown")
def _since(k):
    made = k.post(name=f"{k.tag} since").json["id"]
    stamp = k.service.get(f"{COLLECTIONS}/{made}").json["created_at"]
    text = datetime.datetime.fromtimestamp(stamp, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    found = k.service.get(f"{COLLECTIONS}?since={urllib.parse.quote(text)}").json
    return "ge" if any(each["id"] == made for each in found) else "gt"


@probe(21, "collections_list_cap", "mock", also={"write_per_minute": "100000"})
def _cap(k):
    for _ in range(1001):
        k.post()
    return by(len(k.service.get(COLLECTIONS).json), {1001: "none", 1000: "1000_newest"})


@probe(24, "failed_jobs_content", "mock", why="needs jobs that fail")
def _failed(k):
    run = _mixed(k)
    ids = {job["job_id"] for job in k.service.get(run).json["failed_jobs"]}
    rows = {row["job_public_id"]: row for row in k.service.rows(run)}
    if not ids:
        return "empty"
    return "all_unsuccessful" if any(rows[job]["status"] == "completed" for job in ids) else "failed_and_timeout"


def _mixed(k):
    """A run with an outcome of each kind, over (the scenario of SRV-021 says which page is what)."""
    def make():
        run = k.service.run_of([{"url": f"{PAGE}?kit={kind}{n}"} for kind in ("ok", "not_found", "failed", "timeout") for n in range(4)])
        k.service.finish(run, step=1, most=600)
        k.service.wait(15)
        return run
    return k.once("mixed", make)


def _history(k):
    """What the write path looked like; the instants of rows (server_runs)."""
    return k.once("history", lambda: server_runs.watch(k.service, Findings(0), 40, [
        {"url": f"{PAGE}?kit={kind}{n}"} for n in range(4) for kind in (*"abcdefg", "not_found", "failed", "timeout")]))


@probe(27, "completion_flush", "mock", why=BRIEF)
def _flush(k):
    # A run whose last rows happen to be written just before its end has none that are late.
    tries = (server_runs.watch(k.service, Findings(0), 20, [{"url": f"{PAGE}?kit={n}"} for n in range(20)]) for _ in range(4))
    return "late" if any(told["late_after_end"] for told in tries) else "sync"


simple(28, "late_rows", "mock", lambda k: "on" if _history(k)["late_rows"] else "off", why="shows now and then")
simple(29, "tied_stamps", "mock", lambda k: "bursts" if _history(k)["split_ties"] else "natural", why="shows now and then")
simple(67, "counter_steps", "mock", lambda k: "may_fall_once" if _history(k)["falls"] else "monotone", why="shows now and then")
simple(68, "result_after_row", "mock", lambda k: "delayed" if _history(k)["result_pending"] else "at_once", why=BRIEF)


@probe(30, "null_completed_at", "mock", why="needs jobs that fail, or luck")
def _stampless(k):
    rows = [row["status"] for row in _history(k)["rows"] if row["completed_at"] is None]
    return "off" if not rows else "volatile_row" if "completed" in rows else "failed_and_timeout"


@probe(32, "jobs_limit_default", "mock", why="needs more than a hundred jobs")
def _default(k):
    run = k.service.run_of(150)
    k.service.wait(3600)
    return by(len(k.service.get(f"{run}/jobs").json["items"]), {100: "100", 150: "1000"})


@probe(35, "result_of_unsuccessful", "mock", why="needs a job that fails")
def _unsuccessful(k):
    run = _mixed(k)
    job = next(row["job_public_id"] for row in k.service.rows(run) if row["status"] == "failed")
    return by(k.service.get(f"{run}/jobs/{job}/result").status, {200: "200_without_body", 404: "404_string"})


def _inline(k, page):
    run = k.service.run_of([{"url": page}])
    k.service.wait(3600)
    return k.service.get(f"{run}/jobs?limit=10&include_results=true").json["items"][0]["result"]


# The page has 300 bytes, its result some hundreds more.
simple(38, "inline_cap_measure", "mock", lambda k: "body_bytes" if _inline(k, PAGE + "?kit=small") else "result_json_bytes",
       also={"inline_cap_bytes": "400"}, why="needs a page of known size")
simple(38, "inline_cap_bytes", "mock", lambda k: "262144" if _inline(k, PAGE + "?kit=small") else "400", why="needs a page of known size")


@probe(42, "content_ttl_hours", "mock")
def _life(k):
    run = k.service.run_of([{"url": PAGE}])
    k.service.finish(run)
    job = k.service.rows(run)[0]["job_public_id"]
    k.service.wait(30 * 3600)
    return "48" if k.service.get(f"{run}/jobs/{job}/result").status == 200 else "24"


@probe(43, "after_metadata_ttl", "mock")
def _metadata(k):
    run = k.service.run_of(1)
    k.service.wait(91 * 24 * 3600)
    return by(k.service.get(run).status, {200: "run_readable_listing_empty", 404: "run_404"})


@probe(47, "rate_algorithm", "mock", also={"write_per_minute": "3"})
def _algorithm(k):
    k.service.wait(50)
    for _ in range(3):
        k.post()
    k.service.wait(15)
    if k.post().status == 201:
        return "fixed_window_60s"
    k.service.wait(5.5)
    return "token_bucket" if k.post().status == 201 else "sliding_60s"


@probe(48, "retry_after_form", "mock", also={"write_per_minute": "1"}, why="nobody's limit is run into")
def _retry_after(k):
    k.service.wait(0.3)
    k.post()
    got = k.post()
    form = got.headers.get("retry-after")
    if form is None:
        return "absent"
    if form.isdigit():
        return "zero" if form == "0" else "integer_seconds"
    return "fraction" if re.fullmatch(r"\d+\.\d+", form) else "http_date"


@probe(50, "max_body_bytes", "mock", why="nobody is sent 32 MiB")
def _body(k):
    return "33554432" if k.service.post(text="x" * ((32 << 20) + 1)).status == 413 else "off"


@probe(50, "oversize_body", "mock", also={"max_body_bytes": "10"}, why="nobody is sent 32 MiB")
def _oversize(k):
    try:
        return by(k.post().status, {413: "413"})
    except OSError:
        return "reset"


@probe(51, "quota_blocks", "mock", group="first", why="nobody's quota is used up")
def _quota(k):
    return by(k.service.get(COLLECTIONS).status, {200: "writes", 429: "everything"})


@probe(54, "cancelled_jobs", "mock", also={"cancel_route": "post_cancel"}, why="no cancel route is known")
def _cancelled(k):
    run = k.service.run_of(3)
    k.service.wait(0.5)
    k.service.ask("POST", f"{run}/cancel")
    k.service.wait(60)
    statuses = tuple(sorted({row["status"] for row in k.service.rows(run)}))
    return by(statuses, {(): "no_row", ("processing",): "processing_row", ("failed",): "failed_row"})


def _hook(k, answers=(200,)):
    """What a receiver gets of one run."""
    receiver = server_hooks.Receiver(answers)
    k.service.run_of(1, callback_url=receiver.url)
    k.service.wait(48 * 3600)
    server_hooks.settled(k.service, 1)
    receiver.stop()
    return receiver.got


def _cancelled_told(k):
    """Whether a run that is cancelled is told of: by the time at which a later one, that completes, is."""
    receiver = server_hooks.Receiver([200])
    cancelled = k.service.run_of(1, callback_url=receiver.url)
    k.service.wait(0.5)
    k.service.ask("POST", f"{cancelled}/cancel")
    k.service.wait(60)
    k.service.run_of(1, callback_url=receiver.url)
    k.service.wait(48 * 3600)
    server_hooks.settled(k.service, 1, lambda: any(json.loads(body)["status"] == "completed" for _, body in receiver.got))
    receiver.stop()
    return any(json.loads(body)["run_id"] in cancelled for _, body in receiver.got)


def _signed(k):
    headers, body = _hook(k)[0]
    when, told = headers["x-sp-timestamp"], headers["x-sp-signature"]
    for scheme in ("ts_dot_body_hex", "body_hex", "sha256_prefix_hex", "ts_dot_body_base64"):
        data = when.encode() + b"." + body if scheme.startswith("ts_dot") else body
        if server_hooks.signature_of(scheme, server_hooks.SECRET, data) == told:
            return scheme
    raise Unseen("the signature is of none of the schemes")


HOOK = {"group": "hooks", "why": "a live service does not reach a receiver on this machine"}
simple(56, "webhook_signature", "mock", _signed, **HOOK)
simple(57, "webhook_attempts", "mock", lambda k: str(len(_hook(k, (500,)))), **HOOK)
simple(58, "webhook_events", "mock", lambda k: "any_terminal" if _cancelled_told(k) else "completed_only",
       also={"cancel_route": "post_cancel"}, **HOOK)
simple(59, "webhook_custom_ids", "mock", lambda k: "jobs_array" if "jobs" in json.loads(_hook(k)[0][1]) else "omit", **HOOK)
simple(60, "webhook_timestamp_form", "mock", lambda k: "unix_seconds" if _hook(k)[0][0]["x-sp-timestamp"].isdigit() else "iso_z", **HOOK)
