"""A host that is not the service: what a client asks of it, and whether it brings the service's token along."""

import http.server
import threading

PAGE = b"<!doctype html><title>elsewhere</title>" + b"." * 961


class Elsewhere:
    """Another name and another port than the service's, on this machine."""

    def __init__(self, token):
        self.requests = self.with_token = 0
        seen = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                seen.requests += 1
                seen.with_token += token in self.path or any(token in value for value in self.headers.values())
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(PAGE)))
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
