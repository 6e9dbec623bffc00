"""Drives about webhooks (§13): a receiver of the drive's own, and the signature computed anew over the bytes it got."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

from . import server_model as model
from .server_wire import Findings

PATIENCE = 10.0  # real seconds until a delivery that is due has been made
SECRET = "test_webhook_secret_a"


class Receiver:
    """Answers with these statuses, one after the other, and then with the last again."""

    def __init__(self, statuses):
        got, left = [], list(statuses)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(left.pop(0) if len(left) > 1 else left[0])
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.got = got
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


def settled(tenant, attempts, also=lambda: True):
    """The deliveries once so many attempts have been answered and none is due; real time, bounded."""
    now, end = model.milliseconds(tenant.now()) / 1000, time.monotonic() + PATIENCE
    while True:
        told = tenant.control("GET", "/webhooks")
        due = any(each["next_attempt_at"] is not None and each["next_attempt_at"] <= now for each in told["deliveries"])
        if (told["in_flight"] == 0 and not due and len(told["attempts"]) >= attempts and also()) or time.monotonic() > end:
            return told
        time.sleep(0.005)


def _over(tenant, run):
    """Goes to the instant at which the run has ended; that instant in seconds since 1970."""
    ends = model.milliseconds(tenant.control("GET", "/runs/1")["terminal_at"]) / 1000
    tenant.wait(ends - model.milliseconds(tenant.now()) / 1000)
    return ends


def signature(drive, scheme="ts_dot_body_hex", stamp="unix_seconds", secret=SECRET):
    """A56, A60: the signature is that of the bytes that came, by another implementation; and of no other bytes."""
    f, receiver = Findings(drive.seed), Receiver([200])
    tenant = drive.tenant({"webhook_signature": scheme, "webhook_timestamp_form": stamp})
    run = tenant.run_of(3, callback_url=receiver.url)
    ended = _over(tenant, run)
    tenant.wait(1.5)
    settled(tenant, 1)
    receiver.stop()
    if f.look(len(receiver.got) == 1, f"{len(receiver.got)} deliveries, not one"):
        headers, body = receiver.got[0]
        told, when = headers.get("x-sp-signature", ""), headers.get("x-sp-timestamp", "")
        signed = when.encode() + b"." + body if scheme.startswith("ts_dot") else body
        f.look(signature_of(scheme, secret, signed) == told, "the signature is not that of the bytes")
        f.look(signature_of(scheme, secret, signed + b" ") != told, "the signature is that of other bytes as well")
        f.look(signature_of(scheme, secret + "x", signed) != told, "the signature is that of another secret as well")
        f.look(when.isdigit() == (stamp == "unix_seconds"), f"X-SP-Timestamp is {when!r}")
        sent = int(when) if when.isdigit() else model.milliseconds(when) / 1000
        f.look(abs(sent - (ended + 1)) <= 1, f"X-SP-Timestamp is {when!r}, the run ended at {ended}")
        payload = json.loads(body)
        wanted = {"event", "run_id", "collection_id", "status", "total_requests", "success_requests", "failed_requests", "job_ids",
                  "results_url", "timestamp"}
        f.look(wanted <= set(payload), f"the payload lacks {sorted(wanted - set(payload))}")
        f.look(payload.get("event") == "run.completed" and payload.get("run_id") == run.rpartition("/")[2], "it is about another run")
    tenant.leave()
    return f.told()


def signature_of(scheme, secret, data):
    made = hmac.new(secret.encode(), data, hashlib.sha256).digest()
    return {"ts_dot_body_hex": made.hex(), "body_hex": made.hex(), "sha256_prefix_hex": "sha256=" + made.hex(),
            "ts_dot_body_base64": base64.b64encode(made).decode()}[scheme]


def schedule(drive, answers=(500, 500, 200), times=(1, 5, 25), status="sent", attempts="3",
             statuses_seen=("pending", "retrying", "retrying")):
    """A57: attempts are made at their times after the run's end, until one is answered with 2xx; the run tells how it
    stands."""
    f, receiver = Findings(drive.seed), Receiver(answers)
    tenant = drive.tenant({"webhook_attempts": attempts})
    run = tenant.run_of(2, callback_url=receiver.url)
    f.look(tenant.get(run).json["callback_status"] == "pending", "callback_status is not pending at first")
    ended = _over(tenant, run)
    made = 0
    for at, before in zip(times, statuses_seen):
        short = ended + at - 0.001 - model.milliseconds(tenant.now()) / 1000
        tenant.wait(max(0, short))
        f.look(len(settled(tenant, made)["attempts"]) == made, f"an attempt is made before {at} s")
        seen = tenant.get(run).json["callback_status"]
        f.look(seen == before, f"callback_status is {seen}, not {before}, before the attempt at {at} s")
        tenant.wait(0.002)
        made += 1
        told = settled(tenant, made)["attempts"]
        sent = [round(each["sent_at"] - ended, 3) for each in told]
        f.look(len(sent) == made and abs(sent[-1] - at) < 0.01, f"attempt {made} is made at {sent}")
    tenant.wait(48 * 3600)
    told = settled(tenant, made)
    f.look(len(told["attempts"]) == made == len(receiver.got), f"{len(receiver.got)} attempts in the end, not {made}")
    seen = tenant.get(run).json["callback_status"]
    f.look(seen == status, f"callback_status is {seen} in the end, not {status}")
    receiver.stop()
    tenant.leave()
    return f.told(attempts=made)


def refusals(drive):
    """410 is the end for that receiver where it is honoured (the scenario says so); another machine is never asked."""
    f, receiver = Findings(drive.seed), Receiver([410])
    tenant = drive.tenant()
    for number in range(2):
        tenant.run_of(1, callback_url=receiver.url)
        tenant.wait(3600)
        settled(tenant, number + 1)
    f.look(len(receiver.got) == 1, f"a receiver that said 410 is asked {len(receiver.got)} times")
    receiver.stop()
    tenant.leave()
    tenant = drive.tenant()
    run = tenant.run_of(1, callback_url="http://hooks.example/scrapingpros")
    tenant.wait(3600)
    told = settled(tenant, 1)["attempts"]
    f.look(bool(told) and all(each["error"] == "refused_target" for each in told), f"another machine: {[a['error'] for a in told]}")
    f.look(tenant.get(run).json["callback_status"] == "failed", "a delivery that cannot be made has not failed")
    tenant.leave()
    return f.told()
