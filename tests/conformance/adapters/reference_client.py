"""A client of the Collections API, written from the contract with Python's standard library alone. It is
boring on purpose: one request at a time, one way to do each thing. What `broken` names is done wrong
(../mutants.json), so that the cases can show that they notice."""

import base64
import hashlib
import hmac
import json
import random
import urllib.parse
import uuid
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from reference_http import LARGEST, ApiError, Wire, document

ROOT = "/v1/async/collections"
ENDS = ("completed", "failed", "cancelled")
JOB_ENDS = ("completed", "failed", "timeout")
OVERLAP, PATIENCE, FLUSH, LONGEST_WAIT = 30.0, 30.0, 5.0, 900.0
REPEATS = 100


def pace(total, broken=frozenset()):
    """Seconds between two looks, as the contract's part 19 has them."""
    if "M30" in broken:
        return 5
    return next((s for most, s in ((100, 5), (500, 10), (2000, 15)) if total < most), 30)


def instant(value):
    """Seconds since 1970 of a stamp in any of the contract's forms (part 11), or None."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    try:
        text = value.replace("Z", "+00:00")
        if "." in text:  # Python 3.10 reads 3 or 6 digits
            whole, _, rest = text.partition(".")
            digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
            text = f"{whole}.{digits[:6].ljust(6, '0')}{rest[len(digits):]}"
        made = datetime.fromisoformat(text)
    except (ValueError, AttributeError):
        return None
    return (made if made.tzinfo else made.replace(tzinfo=timezone.utc)).timestamp()


def iso(seconds):
    made = datetime.fromtimestamp(0, timezone.utc) + timedelta(seconds=seconds)
    return made.strftime("%Y-%m-%dT%H:%M:%S.") + f"{made.microsecond // 1000:03d}Z"


def webhook_is_genuine(m, broken=frozenset(), window=300):
    """Whether the signature fits the bytes, and the time is near (contract 13; the scheme is assumed)."""
    scheme, stamp, said = m["scheme"], m["headers"].get("X-SP-Timestamp"), m["headers"].get("X-SP-Signature")
    if stamp is None or said is None:
        return False
    body = m["body"].encode()
    if "M24" in broken:
        body = json.dumps(json.loads(body), separators=(",", ":")).encode()
    signed = body if scheme.get("cover") == "body" else stamp.encode() + b"." + body
    made = hmac.new(m["secret"].encode(), signed, hashlib.sha256).digest()
    text = scheme.get("prefix", "") + (base64.b64encode(made).decode() if scheme.get("digest") == "base64" else made.hex())
    if not hmac.compare_digest(text, said):
        return False
    when = instant(stamp) if scheme.get("stamp") == "iso" else float(stamp) if stamp.isdigit() else None
    return "M25" in broken or (when is not None and abs(when - instant(m["now"])) <= window)


class Client:
    def __init__(self, base_url, token, clock, ca_file=None, seed=0, broken=()):
        self.clock, self.broken = clock, frozenset(broken)
        self._made_of = base_url, token, ca_file, seed
        self.largest_result = LARGEST
        self._repeats = REPEATS
        self._warned = set()
        self._wire = Wire(base_url, token, clock, ca_file, self.broken)
        self._random = random.Random(seed)
        self.on_retry = lambda kind, wait: None
        self.on_warning = lambda text: None

    def companion(self, clock):
        """Another client of the same kind, in a time of its own."""
        base_url, token, ca_file, seed = self._made_of
        made = Client(base_url, token, clock, ca_file, seed, self.broken)
        made.largest_result = self.largest_result
        return made

    def time(self):
        """What deadlines are reckoned by."""
        return self.clock.wall() if "M18" in self.broken else self.clock.now()

    # ---- one call

    def call(self, method, path, query=None, body=None, headers=None, safe=True, limit=120.0, deadline=None, fresh=False,
             most=LARGEST):
        """The document of a success. Repeats what may be repeated: all but an unsafe call that may have acted."""
        if query:
            quote = urllib.parse.quote if "M28" not in self.broken else lambda text, safe="": text.replace(" ", "%20")
            path += "?" + "&".join(f"{n}={quote(str(v), safe='')}" for n, v in query.items() if v is not None)
        text = None if body is None else json.dumps(body).encode()
        for attempt in range(1, 7):
            try:
                left = limit if deadline is None else min(limit, max(0.001, deadline - self.time()))
                if "M19" in self.broken:
                    left = limit
                status, fields, content = self._wire.attempt(method, path, text, headers, left, fresh, most)
                if status >= 300 or status < 200:
                    raise self._refusal(status, fields, content)
                made = document(status, content, "M22" in self.broken)
                if made is None and "M22" in self.broken:
                    made = {"items": []}
                if made is None and method == "GET":
                    raise ApiError("protocol", "the reply is empty", status=status)
                self._repeats = min(REPEATS, self._repeats + 1)
                return made, fields
            except ApiError as error:
                last = error
                if attempt == 6 or not self._may_repeat(error, safe) or not self._affords(error):
                    raise
                if "M12" in self.broken and headers and "Idempotency-Key" in headers:
                    headers = {**headers, "Idempotency-Key": str(uuid.UUID(int=self._random.getrandbits(128)))}
            wait = self._wait(last, attempt)
            if wait > LONGEST_WAIT:
                raise last
            if deadline is not None and self.time() + wait >= deadline and "M19" not in self.broken:
                raise ApiError("timeout", f"no time for another attempt: {last.text}", status=last.status, sent=last.sent)
            self.on_retry(last.kind, wait)
            self.clock.sleep(wait)

    def _affords(self, error):
        """All calls together repeat only so often, lest a service that is down be stormed."""
        if error.kind == "rate":
            return True
        if not self._repeats:
            return False
        self._repeats -= 1
        return True

    def _may_repeat(self, error, safe):
        if error.code == "too_large":
            return False
        if error.kind in ("rate",):
            return True
        if "M52" in self.broken and error.kind == "quota":
            return True
        if "M14" in self.broken and error.kind in ("refused", "auth"):
            return True
        passing = error.kind in ("server", "network", "timeout") or error.status == 409
        if error.kind == "protocol" and error.sent and (error.status is None or error.status < 300):
            passing = True  # a damaged reply to a request that can be asked again
        if "M13" in self.broken and error.kind in ("server", "network"):
            return False
        return passing and (safe or not error.sent or "M11" in self.broken)

    def _wait(self, error, attempt):
        least = error.retry_after
        if "M15" in self.broken:
            least = None
        wait = min(60.0, 0.5 * 2 ** attempt) * (1 + 0.25 * self._random.random())
        if least is None:
            return wait
        if "M17" in self.broken:
            return least * 0.8
        return max(least, 0.2) * (1 + 0.05 * self._random.random())

    def _refusal(self, status, fields, content):
        text, code, detail = "", None, None
        try:
            said = json.loads(content)
            detail = said.get("detail", said.get("message"))
            text = detail if isinstance(detail, str) else json.dumps(detail)
            if isinstance(detail, dict):
                code = detail.get("error_code")
        except (ValueError, AttributeError):
            if "M27" in self.broken:
                raise ApiError("protocol", "the error is no JSON", status=status) from None
            text = content[:200].decode("utf-8", "replace")
        kind = {400: "refused", 401: "auth", 402: "refused", 403: "auth", 404: "not_found", 409: "refused", 410: "gone",
                413: "refused", 422: "refused", 429: "rate"}.get(status)
        if kind is None:
            kind = "server" if status >= 500 else "refused" if status >= 400 else "protocol"
        if status == 429 and "quota" in text.lower() and "per minute" not in text.lower():
            kind = "quota"
        kind = {"result_pending": "pending", "result_expired": "gone", "result_lost": "gone",
                "job_id_invalid": "refused"}.get(code, kind) if status == 404 else kind
        return ApiError(kind, (text or "")[:500], status, code, retry_after=self._retry_after(fields), detail=detail)

    def _retry_after(self, fields):
        """The longest of what the server asks for, in seconds; None if nothing can be read."""
        found = []
        for value in fields.get_all("Retry-After", []):
            try:
                found.append(float(value))
            except ValueError:
                if "M16" in self.broken:
                    continue
                try:
                    asked = parsedate_to_datetime(value).timestamp()
                    own = fields.get("Date")
                    now = parsedate_to_datetime(own).timestamp() if own else self.clock.now()
                    found.append(asked - now)
                except (TypeError, ValueError):
                    pass
        found = [f for f in found if 0 <= f == f]
        return max(found) if found else None

    # ---- calls

    def _segment(self, text):
        return text if "M28" in self.broken else urllib.parse.quote(text, safe="")

    def create(self, name, items, key=None, deadline=None):
        key = key or str(uuid.UUID(int=self._random.getrandbits(128)))
        headers = {"Idempotency-Key": key}
        if "M49" in self.broken:
            items = [{**i, "url": i["url"] if i["url"].startswith("https://") else "https://" + i["url"]} for i in items]
        made, fields = self.call("POST", ROOT, body={"name": name, "requests": items}, headers=headers,
                            limit=60.0 if "M40" in self.broken else 600.0, deadline=deadline)
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise ApiError("protocol", "$.id is missing", status=201)
        if "M27" in self.broken and ("blocked_urls" not in made or "invalid_items" not in made):
            raise ApiError("protocol", "$.blocked_urls is missing", status=201)
        made["replayed"] = fields.get("Idempotency-Replayed") == "true"
        return made

    def start(self, collection, deadline=None):
        """The run's id. `ambiguous` if a run may exist that nobody knows."""
        try:
            made, _ = self.call("POST", f"{ROOT}/{self._segment(collection)}/run", safe=False, fresh=True, deadline=deadline,
                                limit=60.0 if "M40" in self.broken else 600.0)
        except ApiError as error:
            if error.sent and error.kind in ("server", "network", "timeout", "protocol"):
                raise ApiError("ambiguous", error.text, error.status) from None
            raise
        if not isinstance(made, dict) or not isinstance(made.get("run_id"), str):
            raise ApiError("ambiguous", "the answer to the start cannot be read")
        return made["run_id"]

    def runs(self, collection, deadline=None):
        made, _ = self.call("GET", f"{ROOT}/{self._segment(collection)}/runs", deadline=deadline)
        if not isinstance(made, dict) or not isinstance(made.get("items"), list):
            raise ApiError("protocol", "$.items is missing")
        return [r for r in made["items"] if isinstance(r, dict) and isinstance(r.get("run_id"), str)]

    def run(self, collection, run, deadline=None):
        made, _ = self.call("GET", f"{ROOT}/{self._segment(collection)}/runs/{self._segment(run)}", deadline=deadline)
        if not isinstance(made, dict) or not isinstance(made.get("status"), str):
            raise ApiError("protocol", "$.status is missing")
        if "M29" in self.broken:
            made["sum"] = made["success_requests"] + made["failed_requests"] + made["timeout_requests"]
        self._look_at_words(run, made)
        return made

    def _look_at_words(self, run, seen):
        """Tells once for each run of a word that is not the contract's."""
        if seen["status"] not in (*ENDS, "in_progress"):
            self._warn(run, f"the status is {seen['status']}")
        criterion = seen.get("success_criterion")
        version = criterion.get("version") if isinstance(criterion, dict) else None
        if version not in (None, "content_success_v1"):
            self._warn(run, f"success is judged by {version}")

    def _warn(self, *what):
        if what not in self._warned:
            self._warned.add(what)
            self.on_warning(what[-1])

    def page(self, collection, run, cursor=None, since=None, order="completed_at", inline=True, limit=100, deadline=None):
        made, _ = self.call("GET", f"{ROOT}/{self._segment(collection)}/runs/{self._segment(run)}/jobs", deadline=deadline, query={
            "limit": limit, "cursor": cursor, "status_filter": "completed,failed,timeout", "order_by": order,
            "order_dir": "asc", "since_completed_at": since, "include_results": "true" if inline else None})
        if not isinstance(made, dict) or not isinstance(made.get("items"), list):
            raise ApiError("protocol", "$.items is missing")
        if "M46" in self.broken:
            for row in made["items"]:
                if row.get("result") is not None and not whole(row["result"]):
                    raise ApiError("protocol", "a row of the page cannot be read")
        return made

    def pages(self, collection, run, since=None, order="completed_at", inline=True, deadline=None, limit=100):
        """The rows of a listing, page by page; each page is there before the next is asked for."""
        cursor, been, firsts = None, set(), set()
        while True:
            made = self.page(collection, run, cursor, since, order, inline, limit, deadline)
            more, following = bool(made.get("has_more")), made.get("cursor_next")
            if "M01" in self.broken and not more and cursor is not None:
                return
            rows = [row for row in made["items"] if isinstance(row, dict) and isinstance(row.get("job_public_id"), str)]
            if rows and rows[0]["job_public_id"] in firsts and "M10" not in self.broken:
                raise ApiError("protocol", "the listing goes round in a circle")
            firsts |= {row["job_public_id"] for row in rows[:1]}
            yield rows
            if "M09" in self.broken:
                more = more or following is not None
            if "M08" in self.broken and not made["items"]:
                return
            if not more:
                return
            if not following and "M10" not in self.broken:
                raise ApiError("protocol", "there is more, and no cursor")
            if following in been and "M10" not in self.broken:
                raise ApiError("protocol", "the listing goes round in a circle")
            been.add(following)
            cursor = following

    def result(self, collection, run, job, deadline=None):
        made, _ = self.call("GET", f"{ROOT}/{self._segment(collection)}/runs/{self._segment(run)}/jobs/{self._segment(job)}/result",
                            deadline=deadline, most=self.largest_result)
        if not isinstance(made, dict):
            raise ApiError("protocol", "the result is no object")
        if "M37" in self.broken and made.get("body_url"):
            made["html"] = self._wire.follow(made["body_url"])
        return made

    # ---- what takes more than one call

    def reconcile(self, collection, not_before, deadline=None):
        """The run that an unanswered start has made, or None once there certainly is none."""
        for look in (1, 2):
            if "M51" in self.broken:
                found = self.runs(collection, deadline)
            else:
                found = [r for r in self.runs(collection, deadline)
                         if instant(r.get("created_at")) is None or instant(r["created_at"]) >= not_before - 30]
            if found:
                return found[0]["run_id"]
            if look == 1:
                self.clock.sleep(10)
        return None

    def submit(self, name, items, key=None, note=lambda **what: None, deadline=None, made=None, starting=None):
        """(creation, run id): one collection and one run, whatever happens on the way."""
        if made is None:
            made = self.create(name, items, key, deadline)
            note(created=made)
            if made["replayed"]:
                starting = 0.0  # an earlier submit may have started a run
        return made, self.start_once(made["id"], note, deadline, starting)

    def start_once(self, collection, note=lambda **what: None, deadline=None, starting=None):
        for attempt in range(5):
            if starting is not None:
                run = self.reconcile(collection, starting, deadline)
                if run is not None:
                    return run
            starting = self.clock.now()
            note(starting=starting)
            try:
                return self.start(collection, deadline)
            except ApiError as error:
                if error.kind != "ambiguous" or attempt == 4:
                    raise


def whole(result):
    """Whether an inline result can be taken as it is (contract 7.5)."""
    if not isinstance(result, dict) or not isinstance(result.get("message"), str):
        return False
    return all(result.get(n) is None or isinstance(result[n], str) for n in ("html", "markdown", "body_base64", "body_url")) \
        and (result.get("statusCode") is None or isinstance(result["statusCode"], int))


def body_of(result):
    for name in ("body_base64", "html", "markdown"):
        if isinstance(result.get(name), str) and result[name]:
            text = result[name]
            data = base64.b64decode(text) if name == "body_base64" else text.encode("utf-8", "surrogatepass")
            return data
    return b""


def digest(data):
    return hashlib.sha256(data).hexdigest()


def verdict(row, result, broken=frozenset()):
    """usable, not_usable or unknown: the row's word, then the result's, then the rules (contract 9.3)."""
    if "M38" in broken:
        return "usable" if row.get("status") == "completed" else "not_usable"
    said = row.get("is_success")
    if "M06" in broken and said is None:
        return "not_usable"
    guidance = result.get("guidance") if isinstance(result, dict) else None
    if not isinstance(said, bool) and isinstance(guidance, dict):
        said = guidance.get("success")
    if isinstance(said, bool):
        return "usable" if said else "not_usable"
    code = row.get("status_code")
    if code is None and isinstance(result, dict):
        code = result.get("statusCode", result.get("status_code"))
    captcha = result.get("potentiallyBlockedByCaptcha") if isinstance(result, dict) else None
    if row.get("status") not in (None, "completed") or (isinstance(code, int) and not 200 <= code < 300) \
            or captcha is True or row.get("block_reason") not in (None, "none"):
        return "not_usable"
    return "usable" if row.get("status") and isinstance(code, int) and captcha is False else "unknown"
