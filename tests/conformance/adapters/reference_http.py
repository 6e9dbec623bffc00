"""One attempt at one request, for the reference client: HTTP/1.1 by Python's http.client, with what that
lets pass refused (mock_server/faults/FAULTS.md has the list)."""

import http.client
import json
import socket
import ssl
import urllib.parse

from virtual_time import PatientSocket


LARGEST = 512 << 20  # bytes of a reply, unless a call says otherwise


class ApiError(Exception):
    """What a call came to. `kind` is one of the protocol's words; `sent`: the service may have acted."""

    def __init__(self, kind, text="", status=None, code=None, sent=True, retry_after=None, detail=None):
        super().__init__(text)
        self.kind, self.text, self.status, self.code = kind, text, status, code
        self.sent, self.retry_after, self.detail = sent, retry_after, detail


class Reply(http.client.HTTPResponse):
    """Informational replies are skipped, and not only 100."""

    keep_informational = False

    def _read_status(self):
        while True:
            version, status, reason = super()._read_status()
            if not 100 < status < 200 or self.keep_informational:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _PatientTls(ssl.SSLSocket):
    clock = deadline = None

    def recv_into(self, *arguments):
        if self.clock and not self.pending() and not self.clock.wait_readable(self, self.deadline):
            raise TimeoutError("the peer is silent")
        return super().recv_into(*arguments)


class Connection(http.client.HTTPConnection):
    response_class = Reply

    def __init__(self, host, port, clock, tls):
        super().__init__(host, port)
        self._clock, self._tls = clock, tls

    def connect(self):
        family, kind, number, _, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
        sock = PatientSocket(family, kind, number)
        sock.settimeout(10)
        sock.connect(address)
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        if self._tls:
            self.sock = self._handshake(sock)
        self.sock.clock = self._clock

    def patience(self, deadline):
        self._deadline = deadline
        if self.sock is not None:
            self.sock.deadline = deadline

    def _handshake(self, sock):
        self._tls.sslsocket_class = _PatientTls
        secure = self._tls.wrap_socket(sock, server_hostname=self.host, do_handshake_on_connect=False)
        secure.setblocking(False)
        while True:
            try:
                secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                if not self._clock.wait_readable(secure, self._deadline):
                    raise TimeoutError("the TLS handshake is not answered") from None
        secure.setblocking(True)
        secure.deadline = self._deadline
        return secure


class Wire:
    def __init__(self, base_url, token, clock, ca_file=None, broken=frozenset()):
        self._base = urllib.parse.urlsplit(base_url)
        self._token, self._clock, self._broken = token, clock, broken
        self._idle = None
        self._tls = None
        if self._base.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca_file)
            if "M23" in broken:
                self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    def attempt(self, method, path, body=None, headers=None, limit=120.0, fresh=False, most=LARGEST):
        """(status, headers, document). ApiError of kind network, timeout or protocol, else what status says."""
        while True:
            connection, reused = self._take(fresh)
            deadline = self._clock.now() + limit
            if "M40" in self._broken:
                deadline = None  # each read has its own limit, and the peer always says something
            try:
                status, fields, content = self._exchange(connection, method, path, body, headers or {}, deadline, most)
            except (ConnectionError, http.client.RemoteDisconnected) as error:
                connection.close()
                if reused and not fresh:
                    if "M36" in self._broken:
                        raise ApiError("other", str(error)) from None
                    continue  # it was closed while it was idle
                raise ApiError("network", str(error)) from None
            except TimeoutError as error:
                connection.close()
                raise ApiError("timeout", str(error)) from None
            except (http.client.HTTPException, ValueError) as error:
                connection.close()
                cut = isinstance(error, http.client.IncompleteRead)
                raise ApiError("network" if cut else "protocol", f"{type(error).__name__}: {error}"[:200]) from None
            except OSError as error:
                connection.close()
                certificate = isinstance(error, ssl.SSLError)
                raise ApiError("protocol" if certificate else "network", str(error), sent=False) from None
            self._idle = None if connection.sock is None else connection
            return status, fields, content

    def follow(self, url):
        """M37: what lies at another host, asked for with the service's token."""
        other = Wire(url, self._token, self._clock, broken=self._broken)
        path, other._base = other._base.path, other._base._replace(path="")
        return other.attempt("GET", path)[2].decode("utf-8", "replace")

    def _take(self, fresh):
        connection, self._idle = self._idle, None
        if connection is not None and fresh:
            connection.close()
            connection = None
        if connection is not None:
            return connection, True
        return Connection(self._base.hostname, self._base.port or (443 if self._tls else 80), self._clock, self._tls), False

    def _exchange(self, connection, method, path, body, headers, deadline, most):
        connection.patience(deadline)
        head = {"Accept": "application/json", **headers}
        if path not in ("/v1/health", "/v1/plans"):
            head["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            head["Content-Type"] = "application/json"
        elif method == "POST":
            head["Content-Length"] = "0"
        Reply.keep_informational = "M39" in self._broken
        if connection.sock is None:
            try:
                connection.connect()
            except ssl.SSLError as error:
                raise ApiError("protocol", str(error), sent=False) from None
            except TimeoutError as error:
                raise ApiError("timeout", str(error), sent=False) from None
            except OSError as error:
                raise ApiError("network", str(error), sent=False) from None
            connection.patience(deadline)
        connection.request(method, self._base.path.rstrip("/") + path, body, head)
        reply = connection.getresponse()
        self._check(reply)
        try:
            content = self._content(connection, reply, most)
        except http.client.IncompleteRead as cut:
            if "M22" not in self._broken:
                raise
            content = cut.partial
        if reply.will_close or reply.length not in (None, 0):
            connection.close()
        return reply.status, reply.headers, content

    def _content(self, connection, reply, most):
        if "M35" in self._broken:
            return reply.read()
        content = reply.read(most + 1) if reply.length is None else b""
        if max(len(content), reply.length or 0) > most:
            connection.close()
            raise ApiError("protocol", f"the body is larger than {most} bytes", reply.status, "too_large")
        return content or reply.read()

    def _check(self, reply):
        """What http.client takes and nobody should."""
        if "M22" in self._broken:
            return
        fields = reply.headers
        lengths = set(fields.get_all("Content-Length", []))
        wrong = None
        if not fields.keys():
            wrong = "the head was cut off"
        elif len(lengths) > 1 or any(not length.isdigit() for length in lengths):
            wrong = f"Content-Length is {', '.join(sorted(lengths))}"
        elif lengths and "Transfer-Encoding" in fields:
            wrong = "both a length and chunks"
        elif fields.defects or any("\0" in value for value in fields.values()):
            wrong = "a header is malformed"
        elif fields.get("Content-Encoding", "identity") != "identity":
            wrong = f"Content-Encoding {fields['Content-Encoding']} was not asked for"
        if wrong:
            raise http.client.HTTPException(wrong)


def document(status, content, lenient=False):
    """The JSON of a reply; ApiError `protocol` if it is none. An empty success has none."""
    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    if status == 204 or not content:
        return None
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        if lenient and b',{"' in content:  # M22: what came of a list that was cut
            return document(status, content[: content.rfind(b',{"')] + b"]}")
        raise ApiError("protocol", f"the reply is no JSON: {error}"[:200], status=status) from None
