"""How each switch of the contract's part 18 shows to a client: a probe does what brings it out and names the value.
The same probes prove that every value of the mock's switches is observable (SRV-021), and tell somebody with a key
which values a live service has (parity.py). `free` probes submit nothing that is charged; `paid` ones share one run
of a few plain jobs; `mock` ones need its clock, its scenario or luck, so that a live service cannot be asked."""

import copy
import datetime
import json
import pathlib
import re
import threading
import time
import urllib.parse

from . import server_hooks, server_runs
from .server_wire import COLLECTIONS, Findings, Line, Service, Unable

PAGE = "https://example.com/"
TABLE = pathlib.Path(__file__).resolve().parents[1] / "switches.json"
DOCUMENTED_RUN = {"run_id", "status", "total_requests", "success_requests", "failed_requests", "timeout_requests", "collection_id",
                  "failed_jobs", "job_ids", "callback_url", "callback_status", "created_at", "success_criterion", "all_jobs_persisted",
                  "latest_completed_at"}
STAMPS = {"naive_ms": r"^[^Z+]*:\d\d\.\d{3}$", "z_ms": r"\.\d{3}Z$", "offset_micro": r"\.\d{6}\+00:00$", "no_fraction": r":\d\dZ?$"}


class Unseen(Exception):
    """It does not show here, and why."""


class Look:
    """One account, and what several probes have in common, each made when it is first wanted."""

    def __init__(self, service, tag="kit"):
        self.service, self.tag, self._made = service, tag, {}
        self.is_mock = hasattr(service, "control")

    def once(self, name, make):
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def post(self, items=None, key=None, name=None, **members):
        body = {"name": name or f"{self.tag} probe", **members}
        if items is not None:
            body["requests"] = items
        return self.service.post(body, key=key)

    # ---- what is free

    def first(self):
        """A create with a key, the same again, and again in other words."""
        def make():
            key, body = f"{self.tag}-1", {"name": f"{self.tag} first", "requests": []}
            return [self.service.post(text=json.dumps(body), key=key), self.service.post(text=json.dumps(body), key=key),
                    self.service.post(text=json.dumps(body, indent=1, sort_keys=True), key=key),
                    self.service.post(text=json.dumps({**body, "name": "another"}), key=key)]
        return self.once("first", make)

    def replayed(self):
        first, again = self.first()[:2]
        if again.member("id") != first.member("id"):
            raise Unseen("a key is ignored")
        return again

    def collection(self):
        return f"{COLLECTIONS}/{self.first()[0].json['id']}"

    def sorted_items(self):
        """A create whose items each ask something else."""
        def make():
            twice = {"url": "http://10.0.0.1/", "custom_id": "c" * 256}
            return self.post([{"url": PAGE}, twice, twice, {"url": "https://EXAMPLE.com/"}, {"url": PAGE + "?b", "nobody_knows": 1},
                              {"url": PAGE + "?c", "block_requests": ["ads"]}, {"url": PAGE + "?d", "screenshot": True},
                              {"url": "www.example.com"}])
        return self.once("items", make)

    def invalid(self, place):
        return any(each["index"] == place for each in self.sorted_items().json["invalid_items"])

    # ---- what is paid for: one run of three pages

    def paid(self):
        return self.once("paid", lambda: PaidRun(self))


class PaidRun:
    """One run, started twice with one key, watched until it is over, read in every way, and deleted."""

    def __init__(self, look, most=120.0):
        s = look.service
        items = [{"url": f"{PAGE}?kit={n}", "custom_id": f"kit-{n}", "extract": {"missing": "css:no-such-tag"}} for n in range(3)]
        made = look.post(items)
        self.collection = f"{COLLECTIONS}/{made.json['id']}"
        with_body = self._start(s, {"callback_url": "https://callback.invalid/kit"}, f"{look.tag}-run")
        self.start_body = "reject_422" if with_body.status == 422 else None
        self.begun = with_body if with_body.status < 300 else self._start(s, None, f"{look.tag}-run")
        self.run = f"{self.collection}/runs/{self.begun.json['run_id']}"
        again = self._start(s, None if self.start_body else {"callback_url": "https://callback.invalid/kit"}, f"{look.tag}-run")
        self.update = s.ask("PUT", self.collection, {"name": f"{look.tag} renamed"})
        self.seen, self.early_rows, waited = [s.get(self.run).json], [], 0.0
        while self.seen[-1]["status"] == "in_progress" and waited < most:
            s.wait(1.0 if look.is_mock else 2.0)
            waited += 1
            if len(self.seen) < 4:
                self.early_rows += s.get(f"{self.run}/jobs?limit=100").json["items"]
            self.seen.append(s.get(self.run).json)
        if self.seen[-1]["status"] == "in_progress":
            raise Unseen(f"the run was not over after {most:.0f} waits")
        if again.status < 300 and again.json["run_id"] != self.begun.json["run_id"]:
            other = f"{self.collection}/runs/{again.json['run_id']}"
            while s.get(other).json["status"] == "in_progress" and waited < most:
                s.wait(2.0)
                waited += 1
        self.runs = s.get(f"{self.collection}/runs").json
        self.page = s.get(f"{self.run}/jobs?limit=1")
        if look.is_mock:
            s.wait(10)
        self.rows = s.get(f"{self.run}/jobs?limit=100").json["items"]
        usable = [row for row in self.rows if row["status"] == "completed"]
        self.result = s.get(f"{self.run}/jobs/{usable[0]['job_public_id']}/result") if usable else None
        self.limit_over = s.get(f"{self.run}/jobs?limit=1001").status
        self.raw_plus = s.get(f"{self.run}/jobs?limit=1&since_completed_at=2026-06-01T10:00:00+00:00").status
        cursor = self.page.json["cursor_next"]
        self.changed_filter = s.get(f"{self.run}/jobs?limit=1&status_filter=failed&cursor={urllib.parse.quote(cursor, safe='')}").status if cursor else None
        self.cancel = s.ask("POST", f"{self.run}/cancel").status
        self.cancel_by_delete = s.ask("DELETE", self.run).status
        self.deletion = s.ask("DELETE", self.collection)
        self.after_deletion = s.get(self.run).status

    def _start(self, s, body, key):
        text = None if body is None else json.dumps(body)
        return s.ask("POST", f"{self.collection}/run", text=text, headers={"Idempotency-Key": key})

    def row(self):
        if not self.rows:
            raise Unseen("the listing is empty")
        return self.rows[0]

    def result_json(self):
        if self.result is None or self.result.status != 200:
            raise Unseen("no job of the run has a result")
        return self.result.json


# ---- the probes

PROBES = {}


class Probe:
    def __init__(self, number, name, where, see, group, also, why):
        self.number, self.name, self.where, self.see = number, name, where, see
        self.group, self.also, self.why = group, also or {}, why


def probe(number, name, where, group="main", also=None, why="needs a clock that can be moved, or many requests"):
    """`also`: other switches of the mock without which it does not show."""
    def take(see):
        PROBES[name] = Probe(number, name, where, see, group, also, "" if where != "mock" else why)
        return see
    return take


def simple(number, name, where, see, **more):
    probe(number, name, where, **more)(see)


def by(value, table):
    if value not in table:
        raise Unseen(f"it answers {value!r}, which is no value of the switch")
    return table[value]


simple(1, "idempotency_replay_status", "free", lambda k: str(k.replayed().status))
simple(2, "idempotency_payload_match", "free", lambda k: by(k.replayed() and k.first()[2].status, {200: "canonical_json", 201: "canonical_json", 422: "raw_bytes"}))
simple(3, "idempotency_bad_key", "free", lambda k: by(k.post(key="a:b").status, {422: "422", 400: "400", 201: "ignore"}))
simple(6, "all_items_refused", "free", lambda k: by(k.post([7]).status, {201: "create_empty", 422: "reject_422"}))
simple(9, "run_start_status", "paid", lambda k: str(k.paid().begun.status))
simple(10, "run_start_idempotency", "paid", lambda k: by(k.paid().runs["total"], {1: "honour", 2: "ignore"}))
simple(13, "item_unknown_member", "free", lambda k: "invalid_item" if k.invalid(4) else "ignore")
simple(16, "item_browser_rules", "free", lambda k: by((k.invalid(5), k.invalid(6)), {(True, True): "all", (False, True): "screenshot_only", (False, False): "none"}))
simple(17, "update_on_live_run", "paid", lambda k: "409" if k.paid().update.status == 409 else "unaffected")
simple(19, "deleted_collection_runs", "paid", lambda k: by(k.paid().after_deletion, {200: "readable", 404: "404"}))
simple(22, "runs_list_item", "paid", lambda k: "full" if "success_criterion" in k.paid().runs["items"][0] else "lean")
simple(33, "jobs_limit_over", "paid", lambda k: by(k.paid().limit_over, {200: "clamp", 422: "422"}))
simple(34, "query_lenience", "paid", lambda k: by(k.paid().raw_plus, {400: "strict", 200: "loose"}))
simple(37, "cursor_with_changed_filters", "paid", lambda k: by(k.paid().changed_filter, {200: "apply", 400: "400"}))
simple(39, "result_when_not_asked", "paid", lambda k: "null" if "result" in k.paid().row() else "absent")
simple(40, "result_guidance", "paid", lambda k: "absent" if "guidance" not in k.paid().result_json() else "present" if k.paid().result_json()["guidance"] else "null")
simple(41, "result_custom_id", "paid", lambda k: "present" if "custom_id" in k.paid().result_json() else "absent")
# Who brings no token has no account: the first one's switches count.
simple(44, "auth_missing_status", "free", lambda k: str(k.service.ask("GET", COLLECTIONS, token=None).status), group="first")
simple(62, "trailing_slash", "free", lambda k: str(k.service.get(f"{COLLECTIONS}/?name={k.tag}").status))
simple(63, "health_body", "free", lambda k: "status_only" if set(k.service.get("/v1/health").json) == {"status"} else "with_components")
simple(65, "length_limits", "free", lambda k: "off" if k.post(name="n" * 256).status == 201 else "name_255_url_8192")
simple(66, "update_status", "free", lambda k: str(k.service.ask("PUT", k.collection(), {"name": f"{k.tag} put"}).status))


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


@probe(5, "idempotency_stores", "free")
def _stores(k):
    refused = k.service.post(text="{}", key=f"{k.tag}-5")
    if refused.status != 422:
        raise Unseen(f"a body without a name is answered with {refused.status}")
    return by(k.post(key=f"{k.tag}-5").status, {201: "success_only", 422: "every_reply"})


@probe(7, "bucket_order", "free")
def _order(k):
    made = k.sorted_items().json
    invalid = sum(each["index"] in (1, 2) for each in made["invalid_items"])
    blocked = sum(each["index"] in (1, 2) for each in made["blocked_urls"])
    return by((invalid, blocked), {(2, 0): "invalid_blocked_duplicate", (0, 2): "blocked_invalid_duplicate", (1, 0): "duplicate_first"})


@probe(8, "dedup_compare", "free")
def _compare(k):
    return "normalised_url" if "https://EXAMPLE.com/" in k.sorted_items().json["duplicate_urls"] else "exact"


@probe(11, "run_start_body", "paid")
def _start_body(k):
    paid = k.paid()
    return paid.start_body or ("callback_override" if paid.begun.json.get("callback_url") else "ignore")


@probe(12, "run_on_empty", "free")
def _empty(k):
    status = k.service.ask("POST", f"{k.collection()}/run").status
    return "complete_at_once" if status < 300 else "reject_400"


@probe(14, "item_url_without_scheme", "free")
def _scheme(k):
    made = k.sorted_items().json
    return "malformed_url" if any(e["index"] == 7 for e in made["blocked_urls"] + made["invalid_items"]) else "prepend_https"


@probe(15, "item_use_proxy_default", "mock", why="shows in no reply but the mock's timings")
def _proxy(k):
    return "any" if "proxy_ms" in k.paid().result_json()["timings"] else "none"


@probe(18, "delete_reply", "free")
def _delete(k):
    made = k.post()
    got = k.service.ask("DELETE", f"{COLLECTIONS}/{made.json['id']}")
    return "204_empty" if got.status == 204 else "200_empty_object" if got.json == {} else "200_message"


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


@probe(23, "run_nulls", "paid")
def _nulls(k):
    return "on" if any(seen[name] is None for seen in k.paid().seen for name in server_runs.COUNTERS) else "off"


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


@probe(25, "processing_rows", "paid")
def _processing(k):
    paid = k.paid()
    if paid.seen[0]["status"] != "in_progress":
        raise Unseen("the run was over before it could be looked at")
    return "present" if any(row["status"] == "processing" for row in paid.early_rows) else "absent"


@probe(26, "all_jobs_persisted", "paid")
def _persisted(k):
    seen = [(each.get("all_jobs_persisted", "absent"), each["status"], 0) for each in k.paid().seen]
    if seen[0][1] != "in_progress":
        raise Unseen("the run was over before it could be looked at")
    told = server_runs.persisted(seen)
    return by(told, {each: each for each in ("at_end", "after_seeding", "always_false", "null", "absent")})


def _history(k):
    """What the write path looked like; the instants of rows (server_runs)."""
    return k.once("history", lambda: server_runs.watch(k.service, Findings(0), 40, [
        {"url": f"{PAGE}?kit={kind}{n}"} for n in range(4) for kind in (*"abcdefg", "not_found", "failed", "timeout")]))


simple(27, "completion_flush", "mock", lambda k: "late" if _history(k)["late_after_end"] else "sync", why="shows for seconds, and not each time")
simple(28, "late_rows", "mock", lambda k: "on" if _history(k)["late_rows"] else "off", why="shows now and then")
simple(29, "tied_stamps", "mock", lambda k: "bursts" if _history(k)["split_ties"] else "natural", why="shows now and then")
simple(67, "counter_steps", "mock", lambda k: "may_fall_once" if _history(k)["falls"] else "monotone", why="shows now and then")
simple(68, "result_after_row", "mock", lambda k: "delayed" if _history(k)["result_pending"] else "at_once", why="shows for seconds, and not each time")


@probe(30, "null_completed_at", "mock", why="needs jobs that fail, or luck")
def _stampless(k):
    rows = [row["status"] for row in _history(k)["rows"] if row["completed_at"] is None]
    return "off" if not rows else "volatile_row" if "completed" in rows else "failed_and_timeout"


@probe(31, "row_time_form", "paid")
def _form(k):
    forms = set()
    for row in k.paid().rows:
        for name in ("queued_at", "started_at", "completed_at"):
            stamp = row.get(name)
            if isinstance(stamp, (int, float)):
                forms.add("epoch")
            elif stamp is not None:
                forms.add(next((form for form, pattern in STAMPS.items() if re.search(pattern, stamp)), "another"))
    if not forms:
        raise Unseen("no row has a stamp")
    return "mixed" if len(forms) > 1 else by(forms.pop(), {form: form for form in [*STAMPS, "epoch"]})


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


@probe(36, "extract_no_match", "paid")
def _extract(k):
    data = k.paid().result_json().get("extracted_data")
    if not isinstance(data, dict):
        raise Unseen("the result has no extracted_data")
    return "absent" if "missing" not in data else "null" if data["missing"] is None else "empty"


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


@probe(45, "error_form", "free")
def _error(k):
    got = k.first()[3]
    if got.status != 422:
        raise Unseen(f"a used key with another body is answered with {got.status}")
    if got.json is None:
        return "empty" if not got.text else "html"
    if "message" in got.json and "detail" not in got.json:
        return "message_key"
    return by(type(got.json.get("detail")).__name__, {"str": "detail_string", "list": "detail_array", "dict": "detail_object"})


@probe(46, "country_not_approved", "free")
def _country(k):
    made = k.post([{"url": PAGE, "use_proxy": "BR"}])
    if made.status == 403:
        return "403_on_create"
    if made.json["invalid_items"]:
        return "invalid_item"
    if not k.is_mock:
        raise Unseen("the item is taken: the job would fail, or the account may use that country")
    return "job_failed"


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


def _limit_of(got):
    if "x-ratelimit-limit" not in got.headers:
        raise Unseen("there is no X-RateLimit-Limit")
    return got.headers["x-ratelimit-limit"]


simple(47, "read_per_minute", "free", lambda k: _limit_of(k.once("read", lambda: k.service.get(f"{COLLECTIONS}?name={k.tag}"))))


@probe(47, "write_per_minute", "free")
def _writes(k):
    # What the plan gives is known to the mock alone; a number says it for any account.
    limit = _limit_of(k.first()[0])
    return limit if limit == "30" or not k.is_mock else "by_plan"


@probe(47, "single_bucket", "free", also={"read_per_minute": "1000"})
def _single(k):
    read = k.once("read", lambda: k.service.get(f"{COLLECTIONS}?name={k.tag}"))
    return "on" if _limit_of(read) == _limit_of(k.first()[0]) else "off"


@probe(48, "retry_after_form", "mock", also={"write_per_minute": "1"}, why="nobody's limit is run into")
def _retry_after(k):
    k.service.wait(0.3)
    k.post()
    got = k.post()
    form = got.headers.get("retry-after")
    if form is None:
        return "absent"
    return "zero" if form == "0" else "integer_seconds" if form.isdigit() else "fraction" if re.fullmatch(r"\d+\.\d+", form) else "http_date"


@probe(49, "rate_headers", "free")
def _headers(k):
    reset = k.once("read", lambda: k.service.get(f"{COLLECTIONS}?name={k.tag}")).headers.get("x-ratelimit-reset")
    return "absent" if reset is None else "on_every_reply" if float(reset) > 1e6 else "reset_as_delta"


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


@probe(53, "cancel_route", "paid")
def _cancel(k):
    known = [status not in (404, 405) for status in (k.paid().cancel, k.paid().cancel_by_delete)]
    return by(tuple(known), {(False, False): "none", (True, False): "post_cancel", (False, True): "delete_run"})


@probe(54, "cancelled_jobs", "mock", also={"cancel_route": "post_cancel"}, why="no cancel route is known")
def _cancelled(k):
    run = k.service.run_of(3)
    k.service.wait(0.5)
    k.service.ask("POST", f"{run}/cancel")
    k.service.wait(60)
    return by(tuple(sorted({row["status"] for row in k.service.rows(run)})), {(): "no_row", ("processing",): "processing_row", ("failed",): "failed_row"})


@probe(55, "job_ids", "paid")
def _job_ids(k):
    seen = k.paid().seen
    if "job_ids" not in seen[-1]:
        return "absent"
    if not seen[0]["job_ids"] and seen[-1]["job_ids"]:
        return "empty_until_seeded"
    return "short" if len(seen[-1]["job_ids"]) < seen[-1]["total_requests"] else "full_unordered"


def _hook(k, answers=(200,), cancel=False):
    """What a receiver gets of one run."""
    receiver = server_hooks.Receiver(answers)
    run = k.service.run_of(1, callback_url=receiver.url)
    if cancel:
        k.service.wait(0.5)
        k.service.ask("POST", f"{run}/cancel")
    k.service.wait(48 * 3600)
    server_hooks.settled(k.service, 0 if cancel else 1)
    receiver.stop()
    return receiver.got


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
simple(58, "webhook_events", "mock", lambda k: "any_terminal" if _hook(k, cancel=True) else "completed_only", also={"cancel_route": "post_cancel"}, **HOOK)
simple(59, "webhook_custom_ids", "mock", lambda k: "jobs_array" if "jobs" in json.loads(_hook(k)[0][1]) else "omit", **HOOK)
simple(60, "webhook_timestamp_form", "mock", lambda k: "unix_seconds" if _hook(k)[0][0]["x-sp-timestamp"].isdigit() else "iso_z", **HOOK)


@probe(61, "content_encoding", "free")
def _encoding(k):
    got = k.service.ask("GET", "/v1/plans", headers={"Accept-Encoding": "gzip"})
    return by(got.headers.get("content-encoding", "identity"), {"identity": "identity", "gzip": "gzip"})


@probe(64, "extra_and_missing", "paid")
def _extra(k):
    return "on" if any(set(seen) - DOCUMENTED_RUN for seen in k.paid().seen) else "off"


# ---- SRV-021

ONE_VALUE = {"run_failed_cause"}  # A52 has but one
MORE = {"inline_cap_bytes": ["400"], "read_per_minute": ["2000"]}  # of a number the mock names one value


def observable(drive, group="main", only=None):
    """Each value of each switch is named by its probe when the mock is set to it; no switch is without a probe."""
    f, values_seen = Findings(drive.seed), 0
    known = drive.tenant()
    listed = known.control("GET", "/switches")["switches"]
    known.leave()
    table = json.loads(TABLE.read_text("utf-8"))
    f.look({e["name"]: {m: e[m] for m in ("number", "default", "values")} for e in listed} == table,
           "the mock's list of switches is not switches.json")
    for each in listed:
        name, number = each["name"], int(each["number"][1:])
        if name in ONE_VALUE:
            continue
        if not f.look(name in PROBES and PROBES[name].number == number, f"no probe for {each['number']} {name}"):
            continue
        p = PROBES[name]
        if p.group != group or (only and name not in only):
            continue
        for value in [*each["values"], *MORE.get(name, [])]:
            if group == "first":
                drive.control.ask("PUT", "/switches", {**p.also, name: value})
                tenant = Service(drive.base_url, drive.token, drive.ca_file)
            else:
                tenant = drive.tenant({**p.also, name: value})
            try:
                seen = p.see(Look(tenant))
            except Unseen as why:
                seen = f"unseen: {why}"
            except Unable:
                raise
            except Exception as odd:  # the probe's own words, with the name of the switch
                seen = f"{odd!r}"
            values_seen += 1
            f.look(seen == value, f"{each['number']} {name} is {value}, a client sees {seen}")
            if group != "first":
                tenant.leave()
        if group == "first":
            drive.control.ask("PUT", "/switches", {name: each["default"]})
    return f.told(values=values_seen)
