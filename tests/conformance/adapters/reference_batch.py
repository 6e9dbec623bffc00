"""Takes the outcomes of a run, each once, for the reference client (contract 9.5 and 20)."""

from reference_many import together
from reference_client import (FLUSH, JOB_ENDS, ENDS, OVERLAP, PATIENCE, ApiError, body_of, digest, instant, iso, pace,
                              verdict, whole)


class Batch:
    """`item(row, result)` is called for each outcome; what it does not come back from is not settled."""

    def __init__(self, client, collection, run, item, settled=(), deadline=None, take=None, only_usable=False, hints=()):
        self.client, self.clock, self.broken = client, client.clock, client.broken
        self.collection, self.run = collection, run
        self.item, self.deadline, self.take, self.only_usable = item, deadline, take, only_usable
        self.settled = set(settled)
        self.resumed = bool(self.settled)
        self.left = {}      # job -> (cause, row)
        self.later = {}     # job -> [row, tries, when]
        self.rows = {}      # job -> row, of all that were listed
        self.ids, self.total, self.mark, self.given = set(), None, None, 0
        self.said, self.counts = None, {}
        self.hints = sorted(hints)  # when somebody will say that it is worth a look

    class Over(Exception):
        pass

    def read(self, expected=None):
        """How it ended: complete, deadline, or left. Raises the ApiError that ended it."""
        self.total = expected
        try:
            self._loop()
            end = "complete"
        except Batch.Over as over:
            end = str(over)
        for job, (row, *_) in self.later.items():
            self.left.setdefault(job, ("pending", row))
        ended = self.said in ENDS
        for job in self.ids - self.settled - set(self.left):
            self.left[job] = ("never_listed" if self.said == "completed" else "unfinished", {})
        return end if end != "complete" or ended else "complete"

    def unnamed(self):
        known = len(self.settled | set(self.left))
        return max(0, (self.total or 0) - known)

    # ---- the loop

    def _loop(self):
        moved, last, ended_at = self.clock.now(), None, None
        while True:
            self._look()
            counted = self._counted()
            guarded = self._guards(counted)
            if not guarded:
                self._list()
            self._fetch_later()
            state = (counted, len(self.settled), len(self.left), self.said)
            if state != last:
                last, moved = state, self.clock.now()
            everything = self.total is not None and len(self.settled) + len(self.left) >= self.total
            if self.said in ENDS:
                if ended_at is None:
                    ended_at = self.clock.now()
                if "M02" in self.broken:
                    return
                if not everything:
                    self._close()
                if self._is_over(ended_at):
                    return
            elif self.said != "in_progress" and everything:
                return
            if self.clock.now() - moved > 2 * 3600:
                raise ApiError("timeout", "nothing has moved for two hours")
            self._pause(FLUSH if self.said in ENDS else pace(self.total or 0, self.broken))

    def _guards(self, counted):
        """What the published recipes do wrong: they list only when they think that there is something."""
        changed, self.last_counted = counted != getattr(self, "last_counted", None), counted
        if "M03" in self.broken:
            return not changed or self.counts.get("all_jobs_persisted") is False
        return "M05" in self.broken and not changed

    def _is_over(self, ended_at):
        if "M20" in self.broken and self._counted() != self.total:
            return False
        waits = any(tries for _, tries, _ in self.later.values())
        everything = self.total is not None and len(self.settled) + len(self.left) + len(self.later) >= self.total
        if everything and not waits:
            return True
        return self.clock.now() - ended_at >= PATIENCE and not (waits and self.clock.now() - ended_at < 10 * PATIENCE)

    def _pause(self, seconds):
        if self.hints and self.hints[0] <= self.clock.now() + seconds:
            seconds = self.hints.pop(0) - self.clock.now()
        if self.deadline is None:
            return self.clock.sleep(seconds)
        if self.client.time() >= self.deadline:
            raise Batch.Over("deadline")
        rest = self.deadline - self.client.time()
        self.clock.sleep(seconds if "M19" in self.broken else min(seconds, rest))

    def _over_time(self, error):
        """A look that failed is no news of the run, but for a refusal and the end of the time."""
        if self.deadline is not None and self.client.time() >= self.deadline - 0.001:
            raise Batch.Over("deadline") from None
        if error.kind in ("auth", "quota", "refused") or error.kind == "not_found" or "M31" in self.broken:
            raise error

    def _look(self):
        try:
            seen = self.client.run(self.collection, self.run, self.deadline)
        except ApiError as error:
            return self._over_time(error) if error.kind != "timeout" or self.deadline is None else self._pause(0)
        self.said, self.counts = seen["status"], seen
        total = seen.get("total_requests")
        if isinstance(total, int) and "M50" not in self.broken:
            self.total = total
        if isinstance(seen.get("job_ids"), list):
            self.ids |= {j for j in seen["job_ids"] if isinstance(j, str)}
        if self.total is None and self.said in ENDS and self.ids:
            self.total = len(self.ids)

    def _counted(self):
        parts = [self.counts.get(n) for n in ("success_requests", "failed_requests", "timeout_requests")]
        return None if any(not isinstance(p, int) for p in parts) else sum(parts)

    def _list(self):
        since = None if self.mark is None else iso(self.mark - (0 if "M44" in self.broken else OVERLAP))
        if "M34" in self.broken and self.mark is not None:
            since = iso(self.clock.now())
        self._take_pages(since=since)

    def _close(self):
        if not self.broken & {"M03", "M05", "M34", "M44", "M45"}:
            self._take_pages(order="id")

    def _take_pages(self, **how):
        kept = []
        try:
            for rows in self.client.pages(self.collection, self.run, deadline=self.deadline, **how):
                if "M41" in self.broken:  # seen, and handed on only if the whole look went well
                    kept += [row for row in rows if row["job_public_id"] not in self.settled]
                    self.settled |= {row["job_public_id"] for row in rows}
                    continue
                if "M26" in self.broken:
                    self._fetch_all(rows)
                for row in rows:
                    self._take_row(row)
            for row in kept:
                self.settled.discard(row["job_public_id"])
                self._take_row(row)
        except ApiError as error:
            if how.get("since") and error.status == 400:
                return self._take_pages(order="id")  # an old server
            if error.kind == "protocol" and "circle" in error.text or "no cursor" in error.text:
                raise
            self._over_time(error)

    # ---- outcomes

    def _take_row(self, row):
        job, stamp = row["job_public_id"], instant(row.get("completed_at"))
        if "M31" in self.broken and (not isinstance(row.get("completed_at"), str) or row["completed_at"][-1] == "Z"):
            raise ApiError("protocol", "a stamp of another form")
        if stamp is not None:
            self.mark = stamp if self.mark is None or "M04" in self.broken else max(self.mark, stamp)
        self.rows[job] = row
        done = job in self.settled or job in self.left or job in self.later
        if (done and "M07" not in self.broken) or row.get("status") not in JOB_ENDS:
            return
        if row["status"] != "completed":
            return self._give(row, None)
        if whole(row.get("result")):
            return self._give(row, row["result"])
        if "M33" in self.broken and self.said not in ENDS:
            self.later[job] = [row, 0, float("inf")]
            return
        self._fetch(row, 0)

    def _fetch_all(self, rows):
        """M26: every result that a page lacks, at once."""
        lacking = [row for row in rows if row["job_public_id"] not in self.settled and not whole(row.get("result"))]

        def fetch(row):
            return lambda clock: self.client.companion(clock).result(self.collection, self.run, row["job_public_id"])
        for row, result in zip(lacking, together(self.clock, [fetch(row) for row in lacking]) if lacking else ()):
            if isinstance(result, dict):
                row["result"] = result

    def _fetch(self, row, tries):
        job = row["job_public_id"]
        try:
            result = self.client.result(self.collection, self.run, job, self.deadline)
        except ApiError as error:
            return self._missed(row, tries + 1, error)
        self.later.pop(job, None)
        self._give(row, result)

    def _missed(self, row, tries, error):
        job = row["job_public_id"]
        if error.kind in ("auth", "quota"):
            raise error
        if "M43" in self.broken:
            return self._give({**row, "status": "failed"}, None)
        stamp = instant(row.get("completed_at"))
        old = stamp is not None and self.clock.now() - stamp >= 24 * 3600
        cause = {"result_expired": "expired", "result_lost": "lost", "job_id_invalid": "invalid"}.get(error.code)
        if error.status == 410:
            cause = "expired"
        if error.code == "too_large":
            cause = "unreadable"
        if "M21" in self.broken and cause:
            cause = None
            tries = 1
        if cause is None and tries >= 6:
            cause = "pending" if error.kind == "pending" else ("expired" if old else "lost") if error.status == 404 \
                else "unreadable" if error.kind == "protocol" else "unreachable"
        if cause:
            self.later.pop(job, None)
            self.left[job] = (cause, row)
        else:
            self.later[job] = [row, tries, self.clock.now() + min(60.0, 2.0 ** tries)]

    def _fetch_later(self):
        for job, (row, tries, when) in list(self.later.items()):
            if when <= self.clock.now() or (self.said in ENDS and when == float("inf")):
                self._fetch(row, tries)

    def _give(self, row, result):
        job = row["job_public_id"]
        if self.only_usable and verdict(row, result, self.broken) == "not_usable":
            self.settled.add(job)
            return
        data = body_of(result) if result else b""
        self.settled.add(job)
        self.given += 1
        self.item({"job": job, "custom_id": row.get("custom_id"), "url": row.get("url"), "status": row["status"],
                   "verdict": verdict(row, result, self.broken), "bytes": len(data), "sha256": digest(data) if data else None})
        if self.take is not None and self.given >= self.take:
            raise Batch.Over("left")
