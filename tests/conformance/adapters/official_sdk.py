"""The adapter of the vendor's Python client (../ADAPTERS.md), used as its pages say. Its sleep and its clock
are the mock's, and so are the waits of its sockets; of its threads only one is used, since several cannot wait
in virtual time. It hands on no job ids, so the judge goes by custom ids."""

import base64
import hashlib
import json
import os
import socket
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import virtual_time  # noqa: E402

import scrapingpros  # noqa: E402
from scrapingpros import exceptions as E  # noqa: E402

CLOCK = None


class Socket(virtual_time.PatientSocket):
    """Waits in virtual time for as long as its own time-out allows."""

    def recv(self, size, *flags):
        limit = self.gettimeout()
        if CLOCK and not CLOCK.wait_readable(self, None if limit is None else CLOCK.now() + limit):
            raise TimeoutError("timed out")
        return super().recv(size, *flags)


def replace_time():
    global CLOCK
    CLOCK = virtual_time.VirtualClock(os.environ["SP_CLOCK_URL"])  # before its own sockets are of that kind
    socket.socket = Socket
    time.sleep, time.monotonic, time.time = CLOCK.sleep, CLOCK.now, CLOCK.now


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def error_of(error):
    table = ((E.PoolExhausted, "network"), (E.AuthenticationError, "auth"), (E.CountryProxyNotApproved, "auth"),
             (E.QuotaExceededError, "quota"), (E.RateLimitError, "rate"), (E.JobResultPending, "pending"),
             (E.JobResultExpired, "gone"), (E.JobResultLost, "gone"), (E.JobNotFound, "refused"),
             (E.URLBlockedError, "refused"), (E.ValidationError, "refused"), (E.SubmitTimeout, "ambiguous"),
             (E.TimeoutError, "timeout"), (E.ConnectionError, "network"))
    status = getattr(error, "status_code", None)
    word = next((w for kind, w in table if isinstance(error, kind)), None)
    if word is None and isinstance(error, E.APIError):
        word = "not_found" if status == 404 else "gone" if status == 410 else "server" if status >= 500 else "refused"
    if word is None and (isinstance(error, (json.JSONDecodeError, UnicodeDecodeError, RecursionError))
                         or type(error).__module__.startswith("pydantic")):
        word = "protocol"  # what it could not read comes out as it is
    if word is None:
        word = "invalid_input" if isinstance(error, (ValueError, TypeError)) else "other"
    return {"class": word, "status": status, "text": str(error)[:300]}


class Adapter:
    def __init__(self):
        replace_time()
        self.client = scrapingpros.SyncClient(os.environ["SP_TOKEN"], base_url=os.environ["SCRAPINGPROS_BASE_URL"])
        self.id, self.known = 0, {}

    def event(self, what, **members):
        say({"id": self.id, "event": what, **members})

    def create(self, m):
        made = self.client.create_collection(m["name"], m["items"], **({"idempotency_key": m["key"]} if "key" in m else {}))
        return {"collection": made.id, **self._buckets(made, len(m["items"]))}

    def start(self, m):
        return {"run": self.client.create_run(m["collection"]).run_id}

    start_once = start  # there is nothing else

    def run_get(self, m):
        seen = self.client.get_run(m["collection"], m["run"])
        return {"status": seen.status, "total": seen.total_requests, "jobs": list(seen.job_ids)}

    def runs_list(self, m):
        return {"runs": [r.run_id for r in self.client.list_runs(m["collection"]).items]}

    def run_and_wait(self, m):
        if "run" in m:  # a run that exists can only be waited for by its batch
            batch = self.client.get_batch(m["collection"], m["run"])
            while not batch.is_finished:
                time.sleep(2)
                batch.refresh()
            return {"run": m["run"], "status": batch.status}
        seen = self.client.run_and_wait(m["collection"], **({"timeout": m["deadline"]} if "deadline" in m else {}))
        return {"run": seen.run_id, "status": seen.status}

    def page(self, m):
        if m.get("inline") or m.get("order", "id") != "id":
            more = {"since_completed_at": m["since"]} if "since" in m else {}
        else:
            more = {}
        made = self.client.get_run_jobs(m["collection"], m["run"], cursor=m.get("cursor"), limit=m.get("limit", 100), **more)
        return {"jobs": [r.job_public_id for r in made.items], "count": len(made.items), "cursor": made.cursor_next,
                "has_more": made.has_more}

    def list_all(self, m):
        jobs = [r.job_public_id for r in self.client.iter_run_jobs(
            m["collection"], m["run"], page_size=m.get("limit", 100), include_results=m.get("inline", False))]
        return {"jobs": jobs, "count": len(jobs), "unique": len(set(jobs))}

    def result(self, m):
        made = self.client.get_job_result(m["collection"], m["run"], m["job"])
        data = self._body(made)
        return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest() if data else None,
                "kind": "offloaded" if made.body_url else "text" if not made.body_base64 else "binary"}

    def submit_batch(self, m):
        def submitted(collection, run):
            self.known.update({k: v for k, v in (("collection", collection), ("run", run)) if v})
            self._keep(m, name=m["name"], submitted=len(m["items"]), **self.known)

        batch = self.client.submit_batch(m["name"], m["items"], on_submitted=submitted,
                                         **({"idempotency_key": m["key"]} if "key" in m else {}))
        return self._read(m, batch, len(m["items"]), batch)

    def reattach(self, m):
        return self._read(m, self.client.get_batch(m["collection"], m["run"]), None, None)

    def resume(self, m):
        """As its pages say: what on_submitted has given, and last_completed_at after each result."""
        with open(self._path(), encoding="utf-8") as file:
            kept = json.load(file)
        if not kept.get("run"):
            found = self.client.find_recent_batch(name=kept["name"])
            kept.update(collection=found.collection_id, run=found.run_id)
        batch = self.client.get_batch(kept["collection"], kept["run"], submitted_count=kept.get("submitted"))
        return self._read({**m, "checkpoint": True, "since": kept.get("since")}, batch, kept.get("submitted"), None)

    def find_recent(self, m):
        found = self.client.find_recent_batch(name=m["name"])
        return {"collection": found.collection_id if found else None, "found_run": (found.run_id or None) if found else None}

    def list(self, m):
        return {"count": len(self.client.list_collections())}

    def update(self, m):
        self.client.update_collection(m["collection"], m["name"], m.get("items"))
        return {}

    def delete(self, m):
        self.client.delete_collection(m["collection"])
        return {}

    def sleep(self, m):
        time.sleep(m["seconds"])
        return {}

    # ---- batches

    def _read(self, m, batch, submitted, made):
        count, end = 0, "complete"
        self.known.update(collection=batch.collection_id, run=batch.run_id)
        told = self._buckets(made, submitted) if made else {}
        how = {"fetch_workers": 1, "include_failed": not m.get("only_usable"), "since": m.get("since")}
        results = batch.iter_results(timeout=m.get("deadline"), **how)
        try:
            for result in results:
                guidance = result.guidance
                failed = guidance.error_type in ("failed", "timeout") and not result.html
                data = self._body(result)
                self.event("item", custom_id=result.custom_id, url=result.url, bytes=len(data),
                           status=guidance.error_type if failed else "completed",
                           verdict="usable" if guidance.success else "not_usable",
                           sha256=hashlib.sha256(data).hexdigest() if data else None)
                count += 1
                if m.get("crash_after_items") == count:
                    os._exit(9)
                since = batch.last_completed_at
                self._keep(m, name=batch.name, submitted=submitted, **self.known, since=since.isoformat() if since else None)
                if m.get("take") == count:
                    end = "left"
                    break
        except E.TimeoutError:
            end = "deadline"
        return {"end": end, **self.known, "status": batch.status, **({"submitted": submitted} if submitted and not m.get("only_usable") else {}), **told}

    def _buckets(self, made, count):
        for each in made.blocked_urls:
            self.event("bucket", kind="blocked", index=each.index, url=each.url, reason=each.reason)
        for each in made.invalid_items:
            self.event("bucket", kind="invalid", index=each.index, url=each.url)
        for number in range(max(made.duplicates_skipped, len(made.duplicate_urls))):
            self.event("bucket", kind="duplicate", url=made.duplicate_urls[number] if number < len(made.duplicate_urls) else None)
        return {"queued": count - len(made.blocked_urls) - len(made.invalid_items) - max(made.duplicates_skipped, len(made.duplicate_urls))}

    def _body(self, result):
        if getattr(result, "body_base64", None):
            return base64.b64decode(result.body_base64)
        return (result.html or result.markdown or "").encode("utf-8", "surrogatepass")

    def _path(self):
        return os.path.join(os.environ["SP_STATE"], "checkpoint.json")

    def _keep(self, m, **what):
        if m.get("checkpoint"):
            with open(self._path(), "w", encoding="utf-8") as file:
                json.dump(what, file)


VERBS = [n for n in vars(Adapter) if not n.startswith("_") and n != "event"]
HELLO = {"done": "ok", "name": "official", "version": scrapingpros.__version__, "level": "L3", "verbs": VERBS,
         "capabilities": ["time.virtual", "idempotency", "resume"]}


def main():
    adapter = None
    for line in sys.stdin:
        m = json.loads(line)
        verb = m["verb"]
        if verb in ("hello", "bye"):
            say({"id": m["id"], **(HELLO if verb == "hello" else {"done": "ok"})})
            if verb == "bye":
                break
            continue
        try:
            adapter = adapter or Adapter()
            adapter.id, adapter.known = m["id"], {}
            if verb not in VERBS:
                say({"id": m["id"], "done": "unsupported"})
                continue
            say({"id": m["id"], "done": "ok", **getattr(adapter, verb)(m)})
        except virtual_time.ClockEnded as why:
            say({"id": m["id"], "done": "hung", "why": str(why)})
        except Exception as error:
            traceback.print_exc()
            say({"id": m["id"], "done": "error", **adapter.known, "error": error_of(error)})


main()
