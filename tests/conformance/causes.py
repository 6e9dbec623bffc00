"""causes.py: the red cells of the vendor's client, each cause shown again without the kit: no runner, no adapter, no
virtual sockets. A mock whose time moves with each request, the client as its pages use it, and a few lines
for each cause. Run it with the Python of the client's environment:

    build/official_sdk/bin/python tests/conformance/causes.py build/release/mock_server/scrapingpros-mock [CAUSE…]

Exit code 1 if a cause is not there any more: then the cells that it explains want another look."""

import inspect
import itertools
import json
import logging.handlers
import subprocess
import sys
import time
import urllib.request
import warnings

import scrapingpros

SLEPT = []
# No waiting: what it wants to wait is noted, and its clock goes on by as much.
time.sleep = SLEPT.append
time.monotonic = lambda: 1000.0 + sum(SLEPT)
ITEMS = [{"url": f"https://shop.example.com/{n}", "custom_id": f"job-{n}"} for n in range(250)]
FAST = {"workers": 1000, "exec": "1s", "queue": "0s", "cold_start": "0s", "seed_rows": "at_once"}


class Service:
    def __init__(self, program):
        self._process = subprocess.Popen([program, "--stop-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self._process.stdout.readline())

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.ready["base_url"] + "/__mock/v1" + path, data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
            return json.load(reply)

    def client(self, *faults, switches=None, step="5s", **run):
        SLEPT.clear()
        self.ask("PUT", "/scenario", {
            "format": "scrapingpros-scenario/1", "clock": {"mode": "per_request", "step": step}, "runs": [{**FAST, **run}],
            "contract": {"switches": switches or {}}, "faults": list(faults)})
        return scrapingpros.SyncClient(self.ready["token"], base_url=self.ready["base_url"])

    def count(self, operation):
        return sum(e["operation"] == operation for e in self.ask("GET", "/journal")["entries"])

    def total(self, figure):
        return self.ask("GET", "/ledger/summary")[figure]


def error_of(act):
    try:
        act()
    except Exception as error:
        return type(error).__name__
    return None


def drained(results, most=400):
    return len(list(itertools.islice(results, most)))


def is_endless(service, batch, most=300):
    """Whether it still asks after so many requests on a run that is long over."""
    class Enough(Exception):
        pass

    def look(_):
        if service.count("get_run") > most:
            raise Enough
    try:
        list(batch.on_progress(look).iter_results(fetch_workers=1))
    except Enough:
        return True
    return False


# Each gives (what was seen, whether that is the cause).

def network_errors_are_not_repeated(s):
    c = s.client({"on": "collection.list", "do": "reset", "phase": "before-effect", "when": {"nth": 1}})
    seen = error_of(c.list_collections)
    return f"one reset: {seen} after {s.count('list_collections')} request", seen == "ConnectionError"


def w1_a_page_that_fails_costs_the_pages_before_it(s):
    c = s.client({"on": "jobs.list", "do": "s:503", "when": {"page": 2, "attempt": {"from": 1, "to": 8}}})
    batch = c.submit_batch("w1", ITEMS)
    got = []
    endless = is_endless(s, batch.on_result(got.append))
    return f"{len(got)} of 250 delivered, endless: {endless}", len(got) < 250


def w3_who_leaves_gets_no_more(s):
    batch = s.client().submit_batch("w3", ITEMS[:6])
    first = list(itertools.islice(batch.iter_results(fetch_workers=1), 2))
    rest = list(batch.iter_results(fetch_workers=1))
    return f"{len(first)} taken, then {len(rest)} of the other 4", not rest


def w4_a_failed_read_is_a_failed_job(s):
    c = s.client({"on": "job.result", "do": "reset", "when": {"nth": 1}}, inline={"missing": 1})
    results = list(c.submit_batch("w4", ITEMS[:5]).iter_results(fetch_workers=1))
    bad = [r for r in results if not r.guidance.success]
    return f"{len(bad)} of 5 delivered as failed: {bad[0].message[:40] if bad else ''}", len(bad) == 1


def w5_only_successes(s):
    c = s.client(jobs=[{"at": 1, "outcome": "soft_block"}, {"at": 4, "outcome": "soft_block"}])
    got = drained(c.submit_batch("w5", ITEMS[:7]).iter_results(include_failed=False, fetch_workers=1))
    return f"{got} delivered, 5 are successes", got != 5


def w6_a_late_row_is_waited_for_without_end(s):
    c = s.client(switches={"late_rows": "on"}, step="1s", workers=15, exec={"dist": "lognormal", "p50": "3s", "p99": "30s"})
    endless = is_endless(s, c.submit_batch("w6", ITEMS[:150]))
    return f"endless: {endless}", endless


def w7_a_row_without_stamps_is_waited_for_without_end(s):
    endless = is_endless(s, s.client(jobs=[{"at": 3, "completed_at": None}]).submit_batch("w7", ITEMS[:20]))
    return f"endless: {endless}", endless


def w8_one_odd_column_fails_the_page(s):
    c = s.client({"on": "jobs.list", "do": "row-drift:rule_hits:null", "times": "unlimited"})
    seen = error_of(lambda: list(c.submit_batch("w8", ITEMS[:60]).iter_results(fetch_workers=1)))
    return f"null in rule_hits: {seen}", seen is not None


def w10_a_start_is_repeated(s):
    c = s.client({"on": "run.start", "do": "s:502", "phase": "after-effect", "when": {"nth": 1}})
    c.create_run(c.create_collection("w10", ITEMS[:5]).id)
    return f"{s.total('runs_started')} runs of one start", s.total("runs_started") == 2


def w12_a_key_does_not_protect_the_run(s):
    c = s.client()
    for _ in range(2):
        c.submit_batch("w12", ITEMS[:5], idempotency_key="key-12")
    return f"{s.total('collections_created')} collection, {s.total('runs_started')} runs", s.total("runs_started") == 2


def w13_a_create_without_key_is_repeated(s):
    s.client({"on": "collection.create", "do": "s:502", "phase": "after-effect", "when": {"nth": 1}}).create_collection("w13", ITEMS[:5])
    return f"{s.total('collections_created')} collections of one create", s.total("collections_created") == 2


def w19_a_resume_is_endless(s):
    c = s.client()
    batch = c.submit_batch("w19", ITEMS[:6])
    list(itertools.islice(batch.iter_results(fetch_workers=1), 3))
    endless = is_endless(s, _since(c.get_batch(batch.collection_id, batch.run_id), batch.last_completed_at))
    return f"endless: {endless}", endless


def _since(batch, when):
    iterate = batch.iter_results
    batch.iter_results = lambda **how: iterate(since=when, **how)
    return batch


def w20_a_job_that_is_never_listed_is_waited_for_without_end(s):
    endless = is_endless(s, s.client(jobs=[{"at": 2, "invisible": "29d"}], flush={"drain_at_end": False}).submit_batch("w20", ITEMS[:6]))
    return f"endless: {endless}", endless


def w22_a_cursor_that_comes_again_is_followed_without_end(s):
    c = s.client({"on": "jobs.list", "do": "same-cursor", "times": "unlimited"})
    batch = c.submit_batch("w22", ITEMS)
    [c.get_run(batch.collection_id, batch.run_id) for _ in range(4)]
    got = len(list(itertools.islice(c.iter_run_jobs(batch.collection_id, batch.run_id, page_size=100), 3000)))
    return f"{got} rows of 250 jobs, and more", got == 3000


def w22_no_cursor_is_the_end(s):
    c = s.client({"on": "jobs.list", "do": "has-more-null-cursor", "times": "unlimited"})
    batch = c.submit_batch("w22", ITEMS)
    [c.get_run(batch.collection_id, batch.run_id) for _ in range(4)]
    got = len(list(c.iter_run_jobs(batch.collection_id, batch.run_id, page_size=100)))
    return f"{got} rows of 250, without a word", got == 100


def w23_a_timeout_is_looked_at_between_looks(s):
    c = s.client(exec="10m", step="1ms")
    seen = error_of(lambda: list(c.submit_batch("w23", ITEMS[:5]).iter_results(timeout=47, fetch_workers=1)))
    return f"a time-out of 47 s: {seen} after {sum(SLEPT):.0f} s", sum(SLEPT) > 47


def w16_a_submit_may_be_silent_for_30_seconds(s):
    default = inspect.signature(scrapingpros.SyncClient.submit_batch).parameters["submit_timeout"].default
    return f"submit_timeout is {default} s; the vendor's 200 items/s make 250 s of 50,000", default == 30.0


def a_create_without_an_id_is_taken(s):
    made = s.client({"on": "collection.create", "do": "json-drop:id"}).create_collection("x", ITEMS[:2])
    return f"id is {made.id!r}", made.id is None


def a_busy_key_is_a_failure(s):
    c = s.client({"on": "collection.create", "do": "s:409", "when": {"nth": 1}})
    seen = error_of(lambda: c.create_collection("x", ITEMS[:2], idempotency_key="k"))
    return f"409: {seen} after {s.count('create')} request", seen == "APIError"


def w25_stamps_of_two_forms(s):
    c = s.client(switches={"row_time_form": "mixed"}, workers=10, exec="4s")
    seen = error_of(lambda: list(c.submit_batch("w25", ITEMS[:60]).iter_results(fetch_workers=1)))
    return f"mixed forms: {seen}", seen == "TypeError"


def w27_null_counters(s):
    c = s.client(switches={"run_nulls": "on"}, exec="12s")
    seen = error_of(lambda: list(c.submit_batch("w27", ITEMS[:20]).iter_results(fetch_workers=1)))
    return f"null counters: {seen}", seen is not None


def w28_a_maintenance_page(s):
    c = s.client({"on": "jobs.list", "do": "html-200", "when": {"nth": 1}})
    seen = error_of(lambda: list(c.submit_batch("w28", ITEMS[:20]).iter_results(fetch_workers=1)))
    return f"one page of HTML: {seen}", seen is not None


def w31_one_reset_ends_the_wait(s):
    c = s.client({"on": "run.get", "do": "reset", "when": {"nth": 1}}, exec="40s")
    collection = c.create_collection("w31", ITEMS[:5]).id
    seen = error_of(lambda: c.run_and_wait(collection))
    return f"run_and_wait: {seen}", seen == "ConnectionError"


def w33_retry_after_is_shortened(s):
    s.client({"on": "collection.list", "do": "throttle:30", "when": {"nth": 1}}).list_collections()
    return f"told 30 s, waits {SLEPT[0]:.1f} s", SLEPT[0] < 30


def w41_nothing_before_the_last_page(s):
    c = s.client()
    batch = c.submit_batch("w41", ITEMS)
    [c.get_run(batch.collection_id, batch.run_id) for _ in range(4)]
    next(iter(batch.iter_results(fetch_workers=1)))
    return f"{s.count('list_jobs')} pages before the first result", s.count("list_jobs") == 3


def w47_nothing_says_what_is_missing(s):
    c = s.client({"on": "run.start", "do": "run-end:cancelled:65s"}, workers=1, exec="10s", flush={"period": "1s"})
    batch = c.submit_batch("w47", ITEMS[:10])
    got = drained(batch.iter_results(fetch_workers=1))
    return f"{got} of 10 delivered of a cancelled run; {batch.summary()}".replace("\n", " ")[:120], got < 10


def w55_buckets_are_lost_with_the_process(s):
    c = s.client()
    batch = c.submit_batch_lenient("w55", [*ITEMS[:2], {"url": "https://127.0.0.1/x"}])[0]
    again = c.get_batch(batch.collection_id, batch.run_id)
    return f"{len(batch.blocked_urls)} blocked, after get_batch {len(again.blocked_urls)}", not again.blocked_urls


def w51_a_scheme_is_doubled(s):
    c = s.client()
    url = next(iter(c.submit_batch("w51", [{"url": "HTTP://shop.example.com/a"}]).iter_results(fetch_workers=1))).url
    return f"HTTP://shop.example.com/a is asked for as {url}", url.startswith("https://HTTP")


def w52_no_cursor_is_all_pages(s):
    c = s.client()
    batch = c.submit_batch("w52", ITEMS)
    [c.get_run(batch.collection_id, batch.run_id) for _ in range(4)]
    page = c.get_run_jobs(batch.collection_id, batch.run_id, limit=100)
    return f"a page of 100 has {len(page.items)} rows", len(page.items) == 250


def w21_a_status_that_it_does_not_know_is_never_over(s):
    c = s.client({"on": "run.get", "do": "json-text:status=paused", "times": "unlimited"})
    got = []
    endless = is_endless(s, c.submit_batch("w21", ITEMS[:10]).on_result(got.append))
    return f"{len(got)} of 10 delivered, endless: {endless}", endless and len(got) == 10


def w56_nothing_bounds_the_repeats_of_many_calls(s):
    c = s.client({"on": "collection.list", "do": "s:503", "times": "unlimited"})
    for _ in range(200):
        error_of(c.list_collections)
    return f"200 reads of a dead service made {s.count('list_collections')} requests", s.count("list_collections") >= 600


def a_criterion_of_another_version_is_passed_over(s):
    c = s.client({"on": "run.get", "do": "json-text:success_criterion.version=content_success_v2", "times": "unlimited"})
    said = logging.handlers.BufferingHandler(1000)
    logging.getLogger().addHandler(said)
    with warnings.catch_warnings(record=True) as warned:
        results = list(c.submit_batch("v2", ITEMS[:5]).iter_results(fetch_workers=1))
    told = len(warned) + sum("criterion" in each.getMessage() for each in said.buffer)
    return f"{len(results)} results of a run that is judged by content_success_v2, and {told} words about it", not told


def a_segment_of_a_path_is_not_encoded(s):
    c = s.client()
    error_of(lambda: c.get_run("a/b?c", "r"))
    target = s.ask("GET", "/journal")["entries"][0]["target"]
    return f"collection a/b?c is asked for as {target}", "a/b?c" in target


def old_server_without_message(s):
    s.client()
    s.ask("PUT", "/scenario", {"format": "scrapingpros-scenario/1", "clock": {"mode": "per_request", "step": "20s"},
                               "contract": {"profile": "y2026_04_06"}})
    c = scrapingpros.SyncClient(s.ready["token"], base_url=s.ready["base_url"])
    results = list(c.submit_batch("old", ITEMS[:5]).iter_results(fetch_workers=1))
    return f"{sum(not r.html for r in results)} of 5 without their body", all(not r.html for r in results)


CAUSES = {name: value for name, value in list(globals().items())
          if name.startswith(("w", "a_", "network_", "old_")) and callable(value)}


def main(program, *wanted):
    service, gone = Service(program), 0
    for name, show in CAUSES.items():
        if wanted and name not in wanted:
            continue
        said, holds = show(service)
        gone += not holds
        print(f"{'there' if holds else 'GONE':5} {name}: {said}", flush=True)
    service._process.stdin.close()
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
