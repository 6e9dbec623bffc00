"""The adapter of the reference client: JSON lines on stdin and stdout (../ADAPTERS.md). SP_MUTANT names
defects to build in."""

import json
import os
import sys
import threading
import traceback
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reference_batch import Batch  # noqa: E402
from reference_client import ENDS, LARGEST, ApiError, Client, body_of, digest, pace, verdict, webhook_is_genuine  # noqa: E402
from reference_many import together  # noqa: E402
from virtual_time import Cancelled, ClockEnded, clock_from_environment  # noqa: E402

VERSION = 1  # of the checkpoint
BROKEN = frozenset(filter(None, os.environ.get("SP_MUTANT", "").split(",")))


SPEAKING = threading.Lock()


def say(message):
    with SPEAKING:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def error_of(error):
    return {"class": error.kind, "status": error.status, "code": error.code, "text": error.text}


class Adapter:
    def __init__(self, clock=None):
        self.clock = clock or clock_from_environment()
        self.client = Client(os.environ["SCRAPINGPROS_BASE_URL"], os.environ["SP_TOKEN"], self.clock,
                             os.environ.get("SP_CA_FILE"), int(os.environ.get("SP_SEED", "1")), BROKEN)
        self.client.on_retry = lambda kind, wait: self.event("retry", **{"class": kind, "wait": wait})
        self.client.on_warning = lambda text: self.event("warning", text=text)
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
        self.client.largest_result = m.get("most", LARGEST)
        made = self.client.result(m["collection"], m["run"], m["job"])
        data = body_of(made)
        return {"bytes": len(data), "sha256": digest(data) if data else None, "status_code": made.get("statusCode"),
                "kind": "offloaded" if made.get("body_url") else "text" if not made.get("body_base64") else "binary"}

    def submit_batch(self, m):
        return self._batch(m, self._state(m, {"name": m["name"], "items": m["items"], "submitted": len(m["items"]),
                                              "key": m.get("key")}))

    def submit_many(self, m):
        """Several batches at once; what became of each, in their order."""
        def task(each):
            def submit(clock):
                one = Adapter(clock)
                one.id = self.id
                try:
                    return {"done": "ok", **one.submit_batch({**m, **each})}
                except ApiError as error:
                    return {"done": "error", **one.known, "error": error_of(error), "thrown": error}
            return submit
        made = together(self.clock, [task(each) for each in m["batches"]])
        for each in made:
            if isinstance(each, Exception):
                raise each
            if (thrown := each.pop("thrown", None)) and "M47" in BROKEN:
                raise thrown
        return {"batches": made}

    def resume(self, m):
        with open(self._path(), encoding="utf-8") as file:
            lines = file.read().split("\n")[:-1]  # without one that was being written
        kept = {}
        for number, line in enumerate(lines, 1):
            sum_of, _, text = line.partition(" ")
            if sum_of != f"{zlib.crc32(text.encode()):08x}":
                raise ApiError("invalid_input", f"line {number} of the checkpoint is damaged", sent=False)
            noted = json.loads(text)
            if noted.get("version", VERSION) != VERSION:
                raise ApiError("invalid_input", f"the checkpoint is of version {noted['version']}", sent=False)
            if "settled" in noted:
                kept.setdefault("jobs", []).append(noted["settled"])
            else:
                kept.update(noted)
        if not kept.get("run") and not kept.get("name"):
            raise ApiError("invalid_input", "the checkpoint does not say what of", sent=False)
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
        began = self.clock.now()
        self.client.largest_result = m.get("most", LARGEST)
        self.clock.wall_steps = [(began + step["after"], step["by"]) for step in m.get("wall_steps", ())]
        self.clock.cancel_at = began + m["cancel_at"] if "cancel_at" in m else None
        try:
            return self._submit_and_read(m, kept)
        except Cancelled:
            if "M32" in BROKEN and self.known.get("collection"):
                self.client.call("DELETE", f"/v1/async/collections/{self.known['collection']}")
            return {"end": "cancelled", **self.known}
        finally:
            self.clock.cancel_at = None

    def _submit_and_read(self, m, kept):
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
                       m.get("take"), m.get("only_usable", False), self._hints(m, kept))
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
        for job, (cause, row) in reader.left.items():
            self.event("remainder", job=job, cause=cause, custom_id=row.get("custom_id"))
        return {"end": end, "collection": made["id"], "run": kept["run"], "unnamed": reader.unnamed() if end == "complete" else 0,
                "status": reader.said, **({"submitted": count} if count is not None and not m.get("only_usable") else {}), **told}

    def _hints(self, m, kept):
        """When webhooks about this run come; those about others say nothing."""
        return [self.clock.now() + each["after"] for each in m.get("webhooks", ()) if not each.get("other_run")]

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
        return None if m.get("deadline") is None else self.client.time() + m["deadline"]

    def _path(self):
        return os.path.join(os.environ["SP_STATE"], "checkpoint")

    def _state(self, m, kept):
        self._keep(m, {"version": VERSION})
        self._keep(m, kept)
        return kept

    def _keep(self, m, what):
        if m.get("checkpoint"):
            with open(self._path(), "a", encoding="utf-8") as file:
                text = json.dumps(what)
                file.write(f"{zlib.crc32(text.encode()):08x} {text}\n")


VERBS = [n for n in vars(Adapter) if not n.startswith("_") and n != "event"]
HELLO = {"done": "ok", "name": "reference", "version": "1", "level": "L3", "verbs": VERBS,
         "capabilities": ["time.virtual", "tls", "idempotency", "resume", "classify", "webhook", "resubmit", "cancel", "webhook.wakes", "wall_clock",
                          "body-cap"]}


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
            say({"id": message["id"], "done": "error", **adapter.known, "error": error_of(error)})
        except ClockEnded as why:
            say({"id": message["id"], "done": "hung", "why": str(why)})
        except Exception as error:  # a crash of the client, told as one
            traceback.print_exc()
            say({"id": message["id"], "done": "error", **adapter.known, "error": {"class": "other", "text": repr(error)}})


main()
