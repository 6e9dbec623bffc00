"""How each switch of the contract's part 18 shows to a client: a probe does what brings it out and names the value.
`free` probes submit nothing that is charged; `paid` ones share one run of a few plain jobs; `mock` ones
(server_probes_mock.py) need its clock, its scenario or luck, so that a live service cannot be asked."""

import re

from . import server_runs
from .server_look import PAGE, Unseen
from .server_wire import COLLECTIONS

DOCUMENTED_RUN = {
    "run_id", "status", "total_requests", "success_requests", "failed_requests", "timeout_requests", "collection_id", "failed_jobs",
    "job_ids", "callback_url", "callback_status", "created_at", "success_criterion", "all_jobs_persisted", "latest_completed_at"}
STAMPS = {"naive_ms": r"^[^Z+]*:\d\d\.\d{3}$", "z_ms": r"\.\d{3}Z$", "offset_micro": r"\.\d{6}\+00:00$", "no_fraction": r":\d\dZ?$"}

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
simple(2, "idempotency_payload_match", "free", lambda k: by(
    k.replayed() and k.first()[2].status, {200: "canonical_json", 201: "canonical_json", 422: "raw_bytes"}))
simple(3, "idempotency_bad_key", "free", lambda k: by(k.post(key="a:b").status, {422: "422", 400: "400", 201: "ignore"}))
simple(6, "all_items_refused", "free", lambda k: by(k.post([7]).status, {201: "create_empty", 422: "reject_422"}))
simple(9, "run_start_status", "paid", lambda k: str(k.paid().begun.status))
simple(10, "run_start_idempotency", "paid", lambda k: by(k.paid().runs["total"], {1: "honour", 2: "ignore"}))
simple(13, "item_unknown_member", "free", lambda k: "invalid_item" if k.invalid(4) else "ignore")
simple(16, "item_browser_rules", "free", lambda k: by(
    (k.invalid(5), k.invalid(6)), {(True, True): "all", (False, True): "screenshot_only", (False, False): "none"}))
simple(17, "update_on_live_run", "paid", lambda k: "409" if k.paid().update.status == 409 else "unaffected")
simple(19, "deleted_collection_runs", "paid", lambda k: by(k.paid().after_deletion, {200: "readable", 404: "404"}))
simple(22, "runs_list_item", "paid", lambda k: "full" if "success_criterion" in k.paid().runs["items"][0] else "lean")
simple(33, "jobs_limit_over", "paid", lambda k: by(k.paid().limit_over, {200: "clamp", 422: "422"}))
simple(34, "query_lenience", "paid", lambda k: by(k.paid().raw_plus, {400: "strict", 200: "loose"}))
simple(37, "cursor_with_changed_filters", "paid", lambda k: by(k.paid().changed_filter, {200: "apply", 400: "400"}))
simple(39, "result_when_not_asked", "paid", lambda k: "null" if "result" in k.paid().row() else "absent")
simple(40, "result_guidance", "paid", lambda k: by(
    type(k.paid().result_json().get("guidance", ...)).__name__, {"ellipsis": "absent", "NoneType": "null", "dict": "present"}))
simple(41, "result_custom_id", "paid", lambda k: "present" if "custom_id" in k.paid().result_json() else "absent")
# Who brings no token has no account: the first one's switches count.
simple(44, "auth_missing_status", "free", lambda k: str(k.service.ask("GET", COLLECTIONS, token=None).status), group="first")
simple(62, "trailing_slash", "free", lambda k: str(k.service.get(f"{COLLECTIONS}/?name={k.tag}").status))
simple(63, "health_body", "free", lambda k: "status_only" if set(k.service.get("/v1/health").json) == {"status"} else "with_components")
simple(65, "length_limits", "free", lambda k: "off" if k.post(name=f"{k.tag} " + "n" * 256).status == 201 else "name_255_url_8192")
simple(66, "update_status", "free", lambda k: str(k.service.ask("PUT", k.collection(), {"name": f"{k.tag} put"}).status))


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


@probe(18, "delete_reply", "free")
def _delete(k):
    made = k.post()
    got = k.service.ask("DELETE", f"{COLLECTIONS}/{made.json['id']}")
    return "204_empty" if got.status == 204 else "200_empty_object" if got.json == {} else "200_message"


@probe(23, "run_nulls", "paid")
def _nulls(k):
    return "on" if any(seen[name] is None for seen in k.paid().seen for name in server_runs.COUNTERS) else "off"


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


@probe(36, "extract_no_match", "paid")
def _extract(k):
    data = k.paid().result_json().get("extracted_data")
    if not isinstance(data, dict):
        raise Unseen("the result has no extracted_data")
    return "absent" if "missing" not in data else "null" if data["missing"] is None else "empty"


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


@probe(49, "rate_headers", "free")
def _headers(k):
    reset = k.once("read", lambda: k.service.get(f"{COLLECTIONS}?name={k.tag}")).headers.get("x-ratelimit-reset")
    return "absent" if reset is None else "on_every_reply" if float(reset) > 1e6 else "reset_as_delta"


@probe(53, "cancel_route", "paid")
def _cancel(k):
    known = [status not in (404, 405) for status in (k.paid().cancel, k.paid().cancel_by_delete)]
    return by(tuple(known), {(False, False): "none", (True, False): "post_cancel", (False, True): "delete_run"})


@probe(55, "job_ids", "paid")
def _job_ids(k):
    seen = k.paid().seen
    if "job_ids" not in seen[-1]:
        return "absent"
    if not seen[0]["job_ids"] and seen[-1]["job_ids"]:
        return "empty_until_seeded"
    return "short" if len(seen[-1]["job_ids"]) < seen[-1]["total_requests"] else "full_unordered"


@probe(61, "content_encoding", "free")
def _encoding(k):
    got = k.service.ask("GET", "/v1/plans", headers={"Accept-Encoding": "gzip"})
    return by(got.headers.get("content-encoding", "identity"), {"identity": "identity", "gzip": "gzip"})


@probe(64, "extra_and_missing", "paid")
def _extra(k):
    return "on" if any(set(seen) - DOCUMENTED_RUN for seen in k.paid().seen) else "off"
