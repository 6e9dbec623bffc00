"""The drive about shapes (§21): what a server emits has the members of the contract's example of that answer, no other
ones, with types and nulls that the examples of that answer show. The examples are tests/fixtures."""

import json
import pathlib

from .server_wire import COLLECTIONS, Findings, Service, Unable

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
# Maps whose names are not the contract's.
OPEN = {"extracted_data", "timings", "suggested_request", "input", "cookies", "evaluate_results", "clients"}
# What only damage makes so: the examples are there for clients to survive, and a good server does not send them.
NOT_SENT = {
    "jobs_inline_hostile_200.json": "damage", "jobs_row_drift_200.json": "damage", "run_nulls_200.json": "damage",
    "run_start_minimal_201.json": "the least that a client takes", "error_422_string.json": "another of A45's forms",
    "result_no_guidance_200.json": "damage", "jobs_inline_200.json": "one of its rows is damaged",
    "health_degraded_200.json": "a word of the scenario", "error_409_idempotency_busy.json": "SRV-008 and SRV-021 see it",
}


class Shape:
    """Types that were seen at a place, and of objects the members: in how many of them each was."""

    def __init__(self):
        self.types, self.members, self.objects, self.elements = set(), {}, 0, None

    def learn(self, value):
        self.types.add(_type(value))
        if isinstance(value, dict):
            self.objects += 1
            for name, each in value.items():
                shape, times = self.members.setdefault(name, [Shape(), 0])
                shape.learn(each)
                self.members[name][1] = times + 1
        elif isinstance(value, list):
            self.elements = self.elements or Shape()
            for each in value:
                self.elements.learn(each)
        return self


def _type(value):
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float)) else {str: "string", dict: "object", list: "array", type(None): "null"}[type(value)]


def differences(value, own, group, place="$"):
    """`own` is the shape of the one example (its members count), `group` that of all of the same answer (their types)."""
    if _type(value) not in group.types:
        return [f"{place} is {_type(value)}, the examples have {' or '.join(sorted(group.types))}"]
    if isinstance(value, dict) and own.objects:
        wrong = [f"{place}.{name} is in no example" for name in value if name not in group.members]
        wrong += [f"{place} lacks {name}" for name, (_, times) in own.members.items() if times == own.objects and name not in value]
        for name, each in value.items():
            if name in group.members and name not in OPEN:
                mine = own.members[name][0] if name in own.members else group.members[name][0]
                wrong += differences(each, mine, group.members[name][0], f"{place}.{name}")
        return wrong
    if isinstance(value, list) and group.elements is not None and group.elements.types:
        mine = own.elements if own.elements is not None and own.elements.types else group.elements
        return [w for n, each in enumerate(value) for w in differences(each, mine, group.elements, f"{place}[{n}]")]
    return []


def _group_of(file, entry):
    """Examples of one answer: of one route and status; errors by the first words of their names."""
    if file.startswith("error"):
        return "_".join(file.split("_")[:2]).removesuffix(".json")
    route = entry["route"].split("?")[0]
    return ("old " if "old_server" in file else "") + ("PUT as create" if entry["status"] == 201 and "run" not in route else route)


class Shop:
    """The fixtures' service: one run of 7 jobs out of 13 items."""

    def __init__(self, drive, old=False):
        self.drive, self.old, self._made = drive, old, {}

    def tenant(self, **switches):
        return self.drive.tenant(switches or None)

    def once(self, name, make):
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def run(self):
        """(account, run, the answer to its start, the answer to its create), a second after the start."""
        def make():
            t = self.tenant()
            # An old server refuses the whole list for one bad item.
            plain = {"name": "n", "requests": _items(3), "callback_url": "https://hooks.example/x"}
            made = t.post(plain if self.old else _fixture("create_request.json"), key="k")
            t.wait(9.48)
            begun = t.ask("POST", f"{COLLECTIONS}/{made.json['id']}/run")
            return t, f"{COLLECTIONS}/{made.json['id']}/runs/{begun.json['run_id']}", begun, made
        return self.once("run", make)

    def over(self):
        def make():
            t, run, _, _ = self.run()
            t.finish(run, step=10, most=600)
            return t, run
        return self.once("over", make)

    def jobs(self, query, then=""):
        t, run = self.over()
        got = t.get(f"{run}/jobs?{query}")
        if then:
            return t.get(f"{run}/jobs?{then}&cursor={got.json['cursor_next']}")
        return got

    def result(self, item, wait=3600):
        t = self.tenant(**({} if self.old else {"result_custom_id": "present"}))
        run = t.run_of([item])
        job = (t.get(run).json["job_ids"] or [None])[0]
        t.wait(wait)
        return t.get(f"{run}/jobs/{job or t.get(f'{run}/jobs').json['items'][0]['job_public_id']}/result")

    def fault(self, what):
        t = self.tenant()
        t.control("POST", "/faults", [{"do": what}])
        return t.get(COLLECTIONS)

    def ended(self, how):
        t = self.tenant()
        t.control("POST", "/faults", [{"on": "run.start", "do": f"run-end:{how}:5s"}])
        run = t.run_of(_fixture("create_request.json")["requests"])
        t.wait(60)
        return t.get(run)

    def limited(self):
        t = self.tenant(write_per_minute="1")
        t.post({"name": "n"})
        return t.post({"name": "n"})


def _fixture(file):
    return json.loads((FIXTURES / file).read_text("utf-8"))


def _items(n=1):
    return [{"url": f"https://shop.example/tour/{k + 1}"} for k in range(n)]


def _updated(shop):
    t = shop.tenant()
    return t.ask("PUT", t.create(_items()), _fixture("collection_update_request.json"))


def _deleted(shop):
    t = shop.tenant()
    return t.ask("DELETE", t.create(_items()))


def _replayed(shop):
    t, _, _, _ = shop.run()
    return t.post(_fixture("create_request.json"), key="k")


def _mid(shop):
    t = shop.tenant()
    run = t.run_of(_fixture("create_request.json")["requests"])
    t.wait(9)
    return t.get(run)


def _unknown(shop, path):
    t = shop.tenant()
    return t.get(t.create(_items()) + path if path else f"{COLLECTIONS}/nothing")


def _processing(shop):
    t = shop.tenant(processing_rows="present")
    run = t.run_of(_items(2))
    t.wait(2)
    return t.get(f"{run}/jobs?limit=100&status_filter=processing")


def _stampless(shop):
    t = shop.tenant(null_completed_at="volatile_row")
    run = t.run_of([{"url": f"https://shop.example/x/{n}"} for n in range(60)])
    t.wait(3600)
    got = t.get(f"{run}/jobs?limit=100")
    got.json["items"] = [row for row in got.json["items"] if row["completed_at"] is None]
    return got


def _post(shop, body, key=None, **switches):
    return shop.tenant(**switches).post(body, key=key)


def _reused(shop):
    t = shop.tenant()
    t.post({"name": "one"}, key="k")
    return t.post({"name": "two"}, key="k")


HOT = "limit=100&status_filter=completed%2Cfailed%2Ctimeout&order_by=completed_at&order_dir=asc"
NEWEST = {
    "billing_200.json": lambda s: s.over()[0].get("/v1/sync/billing?month=2026-06"),
    "collection_delete_200.json": _deleted,
    "collection_get_200.json": lambda s: s.run()[0].get(s.run()[1].split("/runs/")[0]),
    "collection_update_200.json": _updated,
    "collections_list_200.json": lambda s: s.run()[0].get(COLLECTIONS),
    "collections_list_empty_200.json": lambda s: s.run()[0].get(f"{COLLECTIONS}?name=nothing"),
    "create_201.json": lambda s: _post(s, _fixture("create_request_minimal.json"), "k"),
    "create_201_buckets.json": lambda s: s.run()[3],
    "create_201_replayed.json": _replayed,
    "error_400_cursor_mismatch.json": lambda s: s.jobs("limit=1&order_by=completed_at", "limit=1"),
    "error_400_order.json": lambda s: s.jobs("order_by=bogus"),
    "error_400_since.json": lambda s: s.jobs("since_completed_at=1780308000"),
    "error_400_status_filter.json": lambda s: s.jobs("status_filter=completed%2Cbogus"),
    "error_401.json": lambda s: s.run()[0].ask("GET", COLLECTIONS, token="wrong"),
    "error_403.json": lambda s: _post(s, {"name": "n", "requests": [{"url": "https://shop.example/1", "use_proxy": "BR"}]}),
    "error_404_collection.json": lambda s: _unknown(s, ""),
    "error_404_run.json": lambda s: _unknown(s, "/runs/nothing"),
    "error_404_job_id_invalid.json": lambda s: s.over()[0].get(f"{s.over()[1]}/jobs/nothing/result"),
    "error_404_result_pending.json": lambda s: s.result({"url": "https://shop.example/slow"}, 5),
    "error_404_result_expired.json": lambda s: s.result(_items()[0], 93.5 * 3600),
    "error_404_result_lost.json": lambda s: s.result({"url": "https://shop.example/lost"}, 3600),
    "error_413.json": lambda s: _post(s, {"name": "longer than the limit"}, max_body_bytes="20"),
    "error_422_array.json": lambda s: _post(s, {"requests": {}}),
    "error_422_idempotency.json": _reused,
    "error_422_message_key.json": lambda s: _post(s, {"requests": {}}, error_form="message_key"),
    "error_422_object.json": lambda s: _post(s, {"requests": {}}, error_form="detail_object"),
    "error_429_rate.json": lambda s: s.limited(),
    "error_500.json": lambda s: s.fault("s:500"),
    "error_500.html": lambda s: s.fault("s:500:html"),
    "error_503.json": lambda s: s.fault("s:503"),
    "health_200.json": lambda s: s.run()[0].get("/v1/health"),
    "jobs_by_id_200.json": lambda s: s.jobs("limit=2"),
    "jobs_empty_200.json": lambda s: s.jobs("limit=10&since_completed_at=2027-01-01T00:00:00Z"),
    "jobs_page1_200.json": lambda s: s.jobs("limit=4&" + HOT[10:]),
    "jobs_page2_200.json": lambda s: s.jobs("limit=4&" + HOT[10:], "limit=4&" + HOT[10:]),
    "jobs_row_long_url_200.json": lambda s: _long(s),
    "jobs_row_processing_200.json": _processing,
    "jobs_row_without_stamps_200.json": _stampless,
    "jobs_since_200.json": lambda s: s.jobs(HOT + "&since_completed_at=2026-06-01T10%3A00%3A09.250"),
    "plans_200.json": lambda s: s.run()[0].get("/v1/plans"),
    "result_binary_200.json": lambda s: s.result({"url": "https://shop.example/report.pdf", "custom_id": "report"}),
    "result_body_url_200.json": lambda s: s.result({"url": "https://shop.example/big.zip", "custom_id": "big"}),
    "result_extracted_200.json": lambda s: s.result({"url": "https://shop.example/tour/1", "extract": {
        "title": "css:h1", "prices": {"selector": "css:.price", "multiple": True}, "missing": "css:.none"}}),
    "result_full_200.json": lambda s: s.result(
        {"url": "https://shop.example/app", "custom_id": "full", "browser": True, "screenshot": True}),
    "result_html_200.json": lambda s: s.result({"url": "https://shop.example/tour/1", "custom_id": "tour_1"}),
    "result_markdown_200.json": lambda s: s.result({"url": "https://shop.example/tour/2", "custom_id": "tour_2", "format": "markdown"}),
    "result_of_failed_job_200.json": lambda s: s.result({"url": "https://shop.example/proxyfail"}),
    "result_site_error_200.json": lambda s: s.result({"url": "https://shop.example/gone", "custom_id": "tour_4"}),
    "result_soft_block_200.json": lambda s: s.result({"url": "https://shop.example/blocked", "custom_id": "tour_1b"}),
    "run_cancelled_200.json": lambda s: s.ended("cancelled"),
    "run_completed_200.json": lambda s: s.over()[0].get(s.over()[1]),
    "run_failed_200.json": lambda s: s.ended("failed"),
    "run_mid_200.json": _mid,
    "run_seeding_200.json": lambda s: s.run()[2],
    "run_start_201.json": lambda s: s.run()[2],
    "runs_list_200.json": lambda s: _running(s, ""),
    "runs_list_empty_200.json": lambda s: s.over()[0].get(s.over()[1].rpartition("/")[0] + "?status_filter=in_progress"),
    "runs_list_in_progress_200.json": lambda s: _running(s),
}
OLD = {
    "create_201_old_server.json": lambda s: _post(s, _fixture("create_request_minimal.json")),
    "jobs_old_server_200.json": lambda s: s.jobs(""),
    "run_old_server_200.json": lambda s: s.over()[0].get(s.over()[1]),
    "result_old_server_200.json": lambda s: s.result(_items()[0]),
    "error_404_result_old_server.json": lambda s: s.result(_items()[0], 100 * 3600),
}
QUOTA = {"error_429_quota.json": lambda s: _post_first(s)}


def _post_first(shop):
    return Service(shop.drive.base_url, shop.drive.token, shop.drive.ca_file).post({"name": "n"})


def _long(shop):
    t = shop.tenant()
    run = t.run_of([{"url": "https://shop.example/" + "x" * 3000}])
    t.wait(3600)
    return t.get(f"{run}/jobs")


def _running(shop, query="?status_filter=in_progress"):
    t = shop.tenant()
    run = t.run_of(_items(3))
    return t.get(run.rpartition("/")[0] + query)


def shapes(drive, of="newest"):
    """One answer for each example; together with NOT_SENT and the other groups all examples are named."""
    if not FIXTURES.is_dir():
        raise Unable("the contract's examples are not at hand")
    f, index = Findings(drive.seed), _fixture("index.json")
    answers = {file: entry for file, entry in index.items() if entry["kind"] == "response"}
    for file in answers:
        f.look(file in NEWEST or file in OLD or file in QUOTA or file in NOT_SENT, f"nobody asks for {file}")
    groups = {}
    for file, entry in answers.items():
        if file.endswith(".json") and "hostile" not in file and "drift" not in file:
            groups.setdefault(_group_of(file, entry), Shape()).learn(_fixture(file))
    shop, emitted = Shop(drive, of == "old"), 0
    for file, ask in {"newest": NEWEST, "old": OLD, "quota": QUOTA}[of].items():
        entry = answers[file]
        try:
            got = ask(shop)
        except (KeyError, IndexError, TypeError, RuntimeError) as odd:
            f.look(False, f"{file}: {odd!r}")
            continue
        emitted += 1
        started = file == "run_seeding_200.json" and got.status == 201  # the start's answer is that run
        f.look(got.status == entry["status"] or started, f"{file}: status {got.status}, not {entry['status']}")
        wanted = set(entry.get("headers", {})) - ({"Retry-After"} if file == "error_503.json" else set())  # a fault has none
        lacking = [name for name in sorted(wanted) if name.lower() not in got.headers]
        f.look(not lacking or of == "old", f"{file}: no {', '.join(lacking)}")
        if file.endswith(".html"):
            f.look(got.text.strip() == (FIXTURES / file).read_bytes().decode().strip(), f"{file}: another page: {got.text[:200]}")
            continue
        wrong = differences(got.json, Shape().learn(_fixture(file)), groups[_group_of(file, entry)])
        f.look(not wrong, f"{file}: {'; '.join(wrong[:4])}")
    return f.told(emitted=emitted)
