"""The adapter of the reference client: JSON lines on stdin and stdout (../ADAPTERS.md). SP_MUTANT names
defects to build in."""

import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reference_batch import Batch  # noqa: E402
from reference_client import ENDS, ApiError, Client, body_of, digest, pace, verdict, webhook_is_genuine  # noqa: E402
from virtual_time import ClockEnded, clock_from_environment  # noqa: E402

BROKEN = frozenset(filter(None, os.environ.get("SP_MUTANT", "").split(",")))


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Adapter:
    def __init__(self):
        self.clock = clock_from_environment()
        self.client = Client(os.environ["SCRAPINGPROS_BASE_URL"], os.environ["SP_TOKEN"], self.clock,
                             os.environ.get("SP_CA_FILE"), int(os.environ.get("SP_SEED", "1")), BROKEN)
        self.client.on_retry = lambda kind, wait: self.event("retry", **{"class": kind, "wait": wait})
        self.id, self.known = 0, {}

    def event(self, what, **members):
        say({"id": self.id, "event": what, **members})

    # ---- verbs: each gives the members of its `done`

    def create(self, m):
        made = self.client.create(m["name"], m["items"], m.get("key"))
        return {"collection": made["id"], **self._buckets(made, len(m["items"]))}

    def start(self, m):
        return {"run": self.client.start(m["collection"])}

    def start_once(self, m):
        return {"run": self.client.start_once(m["collection"])}

    def run_get(self, m):
        seen = self.client.run(m["collection"], m["run"])
        return {"status": seen["status"], "total": seen.get("total_requests"), "jobs": seen.get("job_ids")}

    def runs_list(self, m):
        return {"runs": [r["run_id"] for r in self.client.runs(m["collection"])]}

    def run_and_wait(self, m):
        run = m.get("run") or self.client.start_once(m["collection"])
        deadline = self._deadline(m)
        while True:
            try:
                seen = self.client.run(m["collection"], run, deadline)
                if seen["status"] in ENDS:
                    return {"run": run, "status": seen["status"]}
            except ApiError as error:
                if error.kind in ("auth", "not_found", "refused"):
                    raise
            if deadline is not None and self.clock.now() >= deadline:
                return {"run": run, "end": "deadline"}
            rest = float("inf") if deadline is None else deadline - self.clock.now()
            self.clock.sleep(min(pace(0), rest))

    def page(self, m):
        made = self.client.page(m["collection"], m["run"], m.get("cursor"), m.get("since"), m.get("order", "id"),
                                m.get("inline", False), m.get("limit", 100))
        return {"jobs": [r["job_public_id"] for r in made["items"]], "count": len(made["items"]),
                "cursor": made.get("cursor_next"), "has_more": bool(made.get("has_more"))}

    def list_all(self, m):
        jobs = []
        for rows in self.client.pages(m["collection"], m["run"], order=m.get("order", "id"), inline=m.get("inline", False), limit=m.get("limit", 100)):
            jobs += [r["job_public_id"] for r in rows]
        return {"jobs": jobs, "count": len(jobs), "unique": len(set(jobs))}

    def result(self, m):
        made = self.client.result(m["collection"], m["run"], m["job"])
        data = body_of(made)
        return {"bytes": len(data), "sha256": digest(data) if data else None, "status_code": made.get("statusCode"),
                "kind": "offloaded" if made.get("body_url") else "text" if not made.get("body_base64") else "binary"}

    def submit_batch(self, m):
        return self._batch(m, self._state(m, {"name": m["name"], "items": m["items"], "submitted": len(m["items"]),
                                              "key": m.get("key")}))

    def resume(self, m):
        with open(self._path(), encoding="utf-8") as file:
            lines = file.read().split("\n")
        kept = {}
        for line in lines:
            try:
                kept.update(json.loads(line)) if '"settled"' not in line else kept.setdefault("jobs", []).append(json.loads(line)["settled"])
            except ValueError:
                pass  # the line that was being written
        return self._batch({**m, "checkpoint": True}, kept)

    def reattach(self, m):
        return self._batch(m, {"run": m["run"], "created": {"id": m["collection"]}})

    iter_results = reattach

    def find_recent(self, m):
        made, _ = self.client.call("GET", "/v1/async/collections", {"name": m["name"]})
        found = [c for c in made if c.get("name") == m["name"]]
        if "M51" in BROKEN:
            found = made
        if not found:
            return {"collection": None}
        try:
            runs = self.client.runs(found[0]["id"])
        except ApiError as error:
            if error.kind != "not_found":
                raise
            runs = []  # a server from before the run list
        return {"collection": found[0]["id"], "found_run": runs[0]["run_id"] if runs else None}

    def list(self, m):
        made, _ = self.client.call("GET", "/v1/async/collections")
        return {"collections": [c["id"] for c in made], "count": len(made)}

    def update(self, m):
        self.client.call("PUT", f"/v1/async/collections/{m['collection']}", body={"name": m["name"], **({"requests": m["items"]} if "items" in m else {})})
        return {}

    def delete(self, m):
        self.client.call("DELETE", f"/v1/async/collections/{m['collection']}")
        return {}

    def classify(self, m):
        return {"verdict": verdict(m["row"], m.get("result"), BROKEN)}

    def webhook_verify(self, m):
        if not webhook_is_genuine(m, BROKEN):
            return {"accepted": False}
        return {"accepted": True, "run": json.loads(m["body"]).get("run_id")}

    def sleep(self, m):
        self.clock.sleep(m["seconds"])
        return {}

    # ---- batches

    def _batch(self, m, kept):
        deadline = self._deadline(m)

        def note(**what):
            self._keep(m, what)
            if "created" in what:
                self.known["collection"] = what["created"]["id"]
            if "run" in what:
                self.known["run"] = what["run"]

        if not kept.get("run"):
            if not kept.get("key"):
                kept["key"] = f"kit-{os.urandom(8).hex()}"
                note(key=kept["key"])
            made, run = self.client.submit(kept["name"], kept["items"], kept["key"], note, deadline, kept.get("created"), kept.get("starting"))
            kept.update(created=made, run=run)
            note(run=run)
        made, count = kept["created"], kept.get("submitted")
        told = self._buckets(made, count) if count is not None else {}
        reader = Batch(self.client, made["id"], kept["run"], lambda item: self._item(m, item), kept.get("jobs", ()), deadline,
                       m.get("take"), m.get("only_usable", False))
        if "M48" in BROKEN and kept.get("jobs"):
            reader.settled = set()
        expected = told.get("queued")
        if "M50" in BROKEN:
            expected = count
        if "M42" in BROKEN:  # the position is saved with the page, before its rows are handed on
            pages = self.client.pages
            self.client.pages = lambda *a, **k: ([self._keep(m, {"settled": r["job_public_id"]}) for r in rows] and rows or rows
                                                 for rows in pages(*a, **k))
        end = reader.read(expected)
        if "M47" in BROKEN:
            told.pop("queued", None)
        for job, (cause, row) in reader.left.items():
            self.event("remainder", job=job, cause=cause, custom_id=row.get("custom_id"))
        return {"end": end, "collection": made["id"], "run": kept["run"], "unnamed": reader.unnamed() if end == "complete" else 0,
                "status": reader.said, **({"submitted": count} if count is not None and not m.get("only_usable") else {}), **told}

    def _item(self, m, item):
        crash = m.get("crash_after_items")
        self.given = getattr(self, "given", 0) + 1
        self.event("item", **item)
        if crash is not None and self.given >= crash:
            os._exit(9)
        self._keep(m, {"settled": item["job"]})

    def _buckets(self, made, count):
        blocked = made.get("blocked_urls") or []
        invalid = made.get("invalid_items") or []
        twice = made.get("duplicate_urls") or []
        skipped = max(made.get("duplicates_skipped") or 0, len(twice))
        for each in blocked:
            each = each if isinstance(each, dict) else {"url": each}
            self.event("bucket", kind="blocked", index=each.get("index"), url=each.get("url"), reason=each.get("reason"))
        for each in invalid:
            self.event("bucket", kind="invalid", index=each.get("index"), url=each.get("url"))
        for number in range(skipped):
            self.event("bucket", kind="duplicate", url=twice[number] if number < len(twice) else None)
        return {"queued": count - len(blocked) - len(invalid) - skipped}

    def _deadline(self, m):
        return None if m.get("deadline") is None else self.clock.now() + m["deadline"]

    def _path(self):
        return os.path.join(os.environ["SP_STATE"], "checkpoint")

    def _state(self, m, kept):
        self._keep(m, kept)
        return kept

    def _keep(self, m, what):
        if m.get("checkpoint"):
            with open(self._path(), "a", encoding="utf-8") as file:
                file.write(json.dumps(what) + "\n")


VERBS = [n for n in vars(Adapter) if not n.startswith("_") and n != "event"]
HELLO = {"done": "ok", "name": "reference", "version": "1", "level": "L3", "verbs": VERBS,
         "capabilities": ["time.virtual", "tls", "idempotency", "resume", "classify", "webhook", "resubmit"]}


def main():
    adapter = None
    for line in sys.stdin:
        message = json.loads(line)
        verb = message["verb"]
        if verb in ("hello", "bye"):
            say({"id": message["id"], **(HELLO if verb == "hello" else {"done": "ok"})})
            if verb == "bye":
                break
            continue
        try:
            adapter = adapter or Adapter()
            adapter.id, adapter.known = message["id"], {}
            if verb not in VERBS:
                say({"id": message["id"], "done": "unsupported"})
                continue
            say({"id": message["id"], "done": "ok", **getattr(adapter, verb)(message)})
        except ApiError as error:
            say({"id": message["id"], "done": "error", **adapter.known, "error": {"class": error.kind, "status": error.status,
                                                                  "code": error.code, "text": error.text}})
        except ClockEnded as why:
            say({"id": message["id"], "done": "hung", "why": str(why)})
        except Exception as error:  # a crash of the client, told as one
            traceback.print_exc()
            say({"id": message["id"], "done": "error", **adapter.known, "error": {"class": "other", "text": repr(error)}})


main()
