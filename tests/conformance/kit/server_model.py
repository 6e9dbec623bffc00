"""The service in its plainest form, written from the contract alone and apart from the mock: lists that are looked
through from the beginning each time. References are sections of the contract."""

import datetime
import fractions
import ipaddress
import re
import urllib.parse

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
ALL_STATUSES = ("processing", "completed", "failed", "timeout")


def milliseconds(text):
    """An instant of part 11 as whole milliseconds since 1970; without an offset it is UTC."""
    when = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return (when - EPOCH) // datetime.timedelta(milliseconds=1)


# ---- §7: the listing

class Listing:
    """`table` has the rows of a run in the order in which they were written, as `order_by=id` gives them."""

    def __init__(self, table):
        self._numbered = [(number, row) for number, row in enumerate(table)]

    def page(self, order_by="id", order_dir="asc", limit=100, statuses=ALL_STATUSES, since=None, after=None):
        """(ids, whether there is more, position of the last row). `since` in milliseconds, exclusive; `after` is the
        position that a cursor stands for."""
        found = [(n, row) for n, row in self._numbered if row["status"] in statuses]
        if order_by == "completed_at" or since is not None:
            found = [(n, row) for n, row in found if row["completed_at"] is not None]
        if since is not None:
            found = [(n, row) for n, row in found if milliseconds(row["completed_at"]) > since]
        position = {"id": lambda n, row: n,
                    "completed_at": lambda n, row: (milliseconds(row["completed_at"]), row["job_public_id"])}[order_by]
        found = sorted(((position(n, row), row["job_public_id"]) for n, row in found), reverse=order_dir == "desc")
        if after is not None:
            found = [each for each in found if (each[0] < after if order_dir == "desc" else each[0] > after)]
        page = found[:limit]
        return [job for _, job in page], len(found) > len(page), page[-1][0] if page else None


# ---- §9.3: the verdict

def is_usable(row, captcha):
    return (row["status"] == "completed" and row["status_code"] is not None and 200 <= row["status_code"] < 300
            and captcha is False and row["block_reason"] in (None, "none"))


# ---- §3.3, §4: what becomes of the items of a create

SCHEMES, PORTS = ("http", "https"), (None, 80, 443, 8080, 8443)


def is_invalid(item):
    """By validation, or by a rule between parameters. Only what the drive makes is known here."""
    if not isinstance(item, dict) or not isinstance(item.get("url"), str):
        return True
    custom = item.get("custom_id")
    if custom is not None and (not isinstance(custom, str) or len(custom) > 255):
        return True
    if item.get("format", "html") not in ("html", "markdown"):
        return True
    return bool(item.get("screenshot")) and not item.get("browser")


def is_blocked(item):
    if not isinstance(item, dict) or not isinstance(item.get("url"), str):
        return False
    parts = urllib.parse.urlsplit(item["url"])
    if parts.scheme and parts.scheme not in SCHEMES:
        return True
    if not parts.hostname or parts.hostname == "localhost":
        return True
    if re.fullmatch(r"[0-9.]+", parts.hostname):
        return not ipaddress.ip_address(parts.hostname).is_global
    return False


def pair(item):
    return (item["url"], item.get("custom_id")) if isinstance(item, dict) and isinstance(item.get("url"), str) else None


def buckets(items, order="invalid_blocked_duplicate"):
    """{"invalid": places, "blocked": places, "duplicate": urls}, queued. A7 says who is asked first."""
    out, seen, queued = {"invalid": [], "blocked": [], "duplicate": []}, set(), 0

    def is_duplicate(item):
        known = pair(item)
        if known is None:
            return False
        if known in seen:
            return True
        seen.add(known)
        return False

    ask = {"invalid": is_invalid, "blocked": is_blocked, "duplicate": is_duplicate}
    asked = {"invalid_blocked_duplicate": ("invalid", "blocked", "duplicate"),
             "blocked_invalid_duplicate": ("blocked", "invalid", "duplicate"),
             "duplicate_first": ("duplicate", "invalid", "blocked")}[order]
    for place, item in enumerate(items):
        kind = next((kind for kind in asked if ask[kind](item)), None)
        if kind is None:
            queued += 1
        else:
            out[kind].append(item["url"] if kind == "duplicate" else place)
    return out, queued


# ---- §12, A47: the limiters; times are whole microseconds

class Limiter:
    MINUTE = 60_000_000

    def __init__(self, algorithm, per_minute):
        self._admits = getattr(self, "_" + algorithm)
        self._limit, self._past = per_minute, []

    def arrive(self, now):
        """Whether a request at `now` is admitted."""
        admitted = self._admits(now)
        if admitted:
            self._past.append(now)
        return admitted

    def _fixed_window_60s(self, now):
        return sum(each // self.MINUTE == now // self.MINUTE for each in self._past) < self._limit

    def _sliding_60s(self, now):
        return sum(now - each < self.MINUTE for each in self._past) < self._limit

    def _token_bucket(self, now):
        """A minute's worth at most is saved up."""
        level, before = fractions.Fraction(self._limit), None
        for each in [*self._past, now]:
            if before is not None:
                level = min(fractions.Fraction(self._limit), level + fractions.Fraction((each - before) * self._limit, self.MINUTE))
            before = each
            if each is not now:
                level -= 1
        return level >= 1


# ---- §9.5: the write path

class WritePath:
    """When rows of jobs that ended at these instants (milliseconds) are written: at the next flush, or all that is left
    when the run ends, if it is drained then."""

    def __init__(self, ended, period, drained=True):
        self._ended, self._period, self._drained = sorted(ended), period, drained

    def counted(self, now):
        return sum(each <= now for each in self._ended)

    def written(self, now, over):
        """How many rows there may be. Between the last job's end and the status what is left is being written."""
        flushed = sum(each < now // self._period * self._period for each in self._ended)
        if self._drained and over:
            return {len(self._ended)}
        return {flushed, len(self._ended)} if self._drained and self.counted(now) == len(self._ended) else {flushed}
