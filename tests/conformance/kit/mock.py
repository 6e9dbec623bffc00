"""The mock service as the kit uses it: a process of its own for each worker, with a control port."""

import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import threading
import urllib.parse


class MockFailed(Exception):
    """The mock, not the subject, is to blame."""


class ControlRefused(MockFailed):
    def __init__(self, answer):
        super().__init__(f"{answer.get('code')}: {answer.get('path', '')} {answer.get('message')} {answer.get('hint', '')}".strip())
        self.code = answer.get("code")


class Relay:
    """Plain HTTP in front of a control port that speaks TLS, so that no adapter needs TLS for its clock."""

    def __init__(self, target):
        self._target = target
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
                far = self._tls.wrap_socket(socket.create_connection(self._target))
            except ssl.SSLError:
                near.close()
                continue
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near, far), daemon=True).start()

    def _serve(self, near, far):
        """One question and its answer after the other: nobody asks ahead here."""
        try:
            while question := near.recv(1 << 16):
                far.sendall(question)
                while not self._is_whole(question):
                    more = near.recv(1 << 16)
                    far.sendall(more)
                    question += more
                answer = b""
                while not self._is_whole(answer):
                    piece = far.recv(1 << 16)
                    if not piece:
                        return
                    answer += piece
                near.sendall(answer)
        except OSError:
            pass
        finally:
            near.close()
            far.close()

    @staticmethod
    def _is_whole(message):
        head, gap, body = message.partition(b"\r\n\r\n")
        if not gap:
            return False
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return len(body) >= int(lengths[0]) if lengths else True

    def close(self):
        self._listener.close()


class Mock:
    in_process, is_lost = False, False

    def __init__(self, program, arguments=()):
        try:
            self._process = subprocess.Popen(
                [program, "--stop-with-stdin", "--control-port", "0", *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.ready = json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise MockFailed(f"the mock does not start: {error}") from None
        parts = urllib.parse.urlsplit(self.ready["control_url"])
        self._path = parts.path
        self._address = parts.hostname, parts.port
        self._relay = None
        if parts.scheme == "https":
            self._relay = Relay(self._address)
            self._address = self._relay.address
        self._line = None
        self.base_url, self.ca_file = self.ready["base_url"], self.ready["ca_file"]
        self.tenant = None

    def load(self, scenario, requests, hours):
        """Begins anew with this scenario; time, journal and faults with it. The ceilings are for those who
        can stop the subject themselves: here the play looks at it."""
        first = self.ask("PUT", "/scenario", scenario)["tenants"][0]
        self.tenant, self.key = first["name"], first["key"]

    @property
    def clock_url(self):
        return f"http://{self._address[0]}:{self._address[1]}{self._path}/tenants/{self.tenant}/clock"

    def of_tenant(self, method, path, body=None):
        return self.ask(method, f"/tenants/{self.tenant}{path}", body)

    def ask(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            try:
                if self._line is None:
                    self._line = http.client.HTTPConnection(*self._address, timeout=60)
                self._line.request(method, self._path + path, text, {"Content-Type": "application/json"})
                reply = self._line.getresponse()
                answer = json.loads(reply.read())
                break
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._line = None
                if attempt == 2:
                    raise MockFailed(f"the mock does not answer {method} {path}: {error}") from None
        if reply.status >= 400:
            raise ControlRefused(answer)
        return answer

    def leave_clock(self):
        with contextlib.suppress(ControlRefused):
            self.of_tenant("POST", "/clock/leave", {"name": "subject"})

    def stop(self):
        if self._relay:
            self._relay.close()
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
