"""What several probes of the switches have in common: one account, a few creates, and one run that is paid for."""

import json
import urllib.parse

from .server_wire import COLLECTIONS

PAGE = "https://example.com/"


class Unseen(Exception):
    """It does not show here, and why."""


class Look:
    """One account, and what several probes have in common, each made when it is first wanted."""

    def __init__(self, service, tag="kit"):
        self.service, self.tag, self._made = service, tag, {}
        self.is_mock = hasattr(service, "control")

    def once(self, name, make):
        """Made once, also if it fails: a run that is paid for is not tried again."""
        if name not in self._made:
            try:
                self._made[name] = make()
            except Exception as failed:
                self._made[name] = failed
        if isinstance(self._made[name], Exception):
            raise self._made[name]
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
                    self.service.post(text=json.dumps({**body, "name": f"{self.tag} other"}), key=key)]
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
            s.wait(s.pace)
            waited += 1
            if len(self.seen) < 9 and not any(row["status"] == "processing" for row in self.early_rows):
                self.early_rows += s.get(f"{self.run}/jobs?limit=100").json["items"]
            self.seen.append(s.get(self.run).json)
        if self.seen[-1]["status"] == "in_progress":
            raise Unseen(f"the run was not over after {most:.0f} waits")
        if again.status < 300 and again.json["run_id"] != self.begun.json["run_id"]:
            other = f"{self.collection}/runs/{again.json['run_id']}"
            while s.get(other).json["status"] == "in_progress" and waited < most:
                s.wait(s.pace)
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
        cursor = urllib.parse.quote(self.page.json["cursor_next"] or "", safe="")
        self.changed_filter = s.get(f"{self.run}/jobs?limit=1&status_filter=failed&cursor={cursor}").status if cursor else None
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
