"""How the drives of the server cases ask: one account of a server, over a kept connection, and the mock's control
API where there is one. Nothing of the mock's own code is used here, and nothing of the adapters'."""

import http.client
import json
import ssl
import time
import urllib.parse

COLLECTIONS = "/v1/async/collections"
START = "2026-06-01T10:00:00Z"


class Unable(Exception):
    """The drive needs something that is not here: no control API, no program. Never a pass."""


class Spent(Exception):
    """The budget of requests is used up."""


class Reply:
    def __init__(self, status, headers, text):
        self.status, self.text = status, text
        self.headers = {name.lower(): value for name, value in headers}
        try:
            self.json = json.loads(text)
        except ValueError:
            self.json = None

    def member(self, name):
        return self.json.get(name) if isinstance(self.json, dict) else None


class Line:
    """A connection that is kept; one that the server has closed meanwhile is made anew."""

    def __init__(self, base_url, ca_file=None, limit=60.0):
        self.base, self._limit, self._kept = urllib.parse.urlsplit(base_url), limit, None
        self._tls = ssl.create_default_context(cafile=ca_file) if self.base.scheme == "https" else None

    def ask(self, method, path, body, headers):
        for attempt in (1, 2):
            fresh = self._kept is None
            if fresh:
                self._kept = self._connect()
            try:
                data = body.encode("utf-8") if isinstance(body, str) else body
                self._kept.request(method, self.base.path.rstrip("/") + path, data, headers)
                reply = self._kept.getresponse()
                return Reply(reply.status, reply.getheaders(), reply.read().decode("utf-8", "replace"))
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                # Only a GET may be sent twice, and only if the connection was an old one.
                if fresh or attempt == 2 or method != "GET":
                    raise
            except BaseException:
                self.close()
                raise

    def _connect(self):
        where = self.base.hostname, self.base.port
        if self._tls:
            return http.client.HTTPSConnection(*where, timeout=self._limit, context=self._tls)
        return http.client.HTTPConnection(*where, timeout=self._limit)

    def close(self):
        if self._kept:
            self._kept.close()
        self._kept = None


class Control:
    """The mock's control API."""

    def __init__(self, url):
        self.url = url
        self._line = Line(url)

    def tell(self, method, path, body=None):
        """The answer, whatever its status."""
        text = None if body is None else json.dumps(body)
        return self._line.ask(method, path, text, {"Content-Type": "application/json"})

    def ask(self, method, path, body=None):
        reply = self.tell(method, path, body)
        if reply.status >= 400:
            raise RuntimeError(f"{method} {path}: {reply.text[:300]}")
        return reply.json

    def another(self):
        """For another thread."""
        return Control(self.url)


class Service:
    """One account. `budget` is how many requests may be made, None for any number."""

    pace = 2.0  # seconds between two looks at a run

    def __init__(self, base_url, token, ca_file=None, budget=None, limit=60.0):
        self.base_url, self.token, self._ca_file = base_url, token, ca_file
        self.line = Line(base_url, ca_file, limit)
        self.asked, self.budget = 0, budget

    def ask(self, method, path, body=None, text=None, headers=None, token=True):
        if self.budget is not None and self.asked >= self.budget:
            raise Spent
        self.asked += 1
        head = {"Authorization": f"Bearer {self.token}"} if token is True else {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            text = json.dumps(body)
        if text is not None:
            head["Content-Type"] = "application/json"
        elif method in ("POST", "PUT"):
            head["Content-Length"] = "0"
        return self.line.ask(method, path, text, {**head, **(headers or {})})

    def get(self, path):
        return self.ask("GET", path)

    def post(self, body=None, key=None, text=None):
        """A create."""
        return self.ask("POST", COLLECTIONS, body, text=text, headers={"Idempotency-Key": key} if key else None)

    def create(self, items, name="kit", **members):
        """The path of a collection with these items; a number makes as many."""
        if isinstance(items, int):
            items = [{"url": f"https://shop.example.com/page/{n}", "custom_id": f"job-{n}"} for n in range(items)]
        made = self.post({"name": name, "requests": items, **members})
        if made.status not in (200, 201):
            raise RuntimeError(f"a create was answered with {made.status}")
        return f"{COLLECTIONS}/{made.json['id']}"

    def start(self, collection, body=None):
        """The path of a run of it."""
        begun = self.ask("POST", f"{collection}/run", body)
        if begun.status >= 300:
            raise RuntimeError(f"a start was answered with {begun.status}")
        return f"{collection}/runs/{begun.json['run_id']}"

    def run_of(self, items, **members):
        return self.start(self.create(items, **members))

    def rows(self, run, query="limit=1000"):
        """All rows, page after page."""
        rows, cursor = [], ""
        while True:
            page = self.get(f"{run}/jobs?{query}{cursor}").json
            rows += page["items"]
            if not page["has_more"]:
                return rows
            cursor = "&cursor=" + urllib.parse.quote(page["cursor_next"], safe="")

    # ---- time: real here, another's in Tenant

    def wait(self, seconds):
        time.sleep(seconds)

    def finish(self, run, step=2.0, most=120.0):
        """Waits until the run is over; its object then, None if it does not end."""
        waited = 0.0
        while True:
            seen = self.get(run).json
            if seen["status"] != "in_progress":
                return seen
            if waited >= most:
                return None
            self.wait(step)
            waited += step


class Tenant(Service):
    """A fresh account of the mock, with a clock that only the drive moves."""

    pace = 1.0

    def __init__(self, control, base_url, ca_file=None, switches=None, mode="manual", name=None, **clock):
        body = {"clock": {"mode": mode, "start": START, **clock}, **({"switches": switches} if switches else {})}
        made = control.ask("POST", "/tenants", {**body, **({"name": name} if name else {})})
        super().__init__(base_url, made["key"], ca_file)
        self.name, self._control = made["name"], control

    def control(self, method, path, body=None):
        return self._control.ask(method, f"/tenants/{self.name}{path}", body)

    def tell(self, method, path, body=None):
        return self._control.tell(method, f"/tenants/{self.name}{path}", body)

    def wait(self, seconds):
        return self.control("POST", "/clock/advance", {"by": f"{round(seconds * 1e6)}us"})

    def now(self):
        return self.control("GET", "/clock")["now"]

    def leave(self):
        self.line.close()
        self.control_free("DELETE")

    def control_free(self, method):
        self._control.tell(method, f"/tenants/{self.name}")


class Drive:
    """What a drive is given: the server, the mock's control API or none, a seed, and how large to be."""

    def __init__(self, base_url, token, control=None, ca_file=None, seed=1, size=1, program=None):
        self.base_url, self.token, self.ca_file = base_url, token, ca_file
        self._control = Control(control) if control else None
        self.seed, self.size, self.program = seed, size, program

    @property
    def control(self):
        if self._control is None:
            raise Unable("there is no control API")
        return self._control

    def tenant(self, switches=None, mode="manual", **clock):
        return Tenant(self.control, self.base_url, self.ca_file, switches, mode, **clock)


class Findings:
    """What a drive tells: how much it looked at, and what is wrong, the first few in words."""

    # Called with each look: whoever waits for a long drive sees that it goes on.
    alive = staticmethod(lambda: None)

    def __init__(self, seed):
        self.looked, self._wrong, self._seed = 0, [], seed

    def look(self, holds, words):
        """`words` is text, or makes it."""
        self.looked += 1
        self.alive()
        if not holds:
            self._wrong.append(words() if callable(words) else words)
        return holds

    def told(self, **more):
        return {"looked": self.looked, "wrong_count": len(self._wrong), "seed": self._seed,
                "wrong": [str(w)[:400] for w in self._wrong[:5]], **more}
