"""The drive about the contract's part 18: every value of every switch is named by its probe (SRV-021). parity.py asks a
live service by the same probes."""

import json
import pathlib

from . import server_probes_mock  # noqa: F401  # its probes as well
from .server_look import Look, Unseen
from .server_probes import PROBES
from .server_wire import Findings, Service, Unable

TABLE = pathlib.Path(__file__).resolve().parents[1] / "switches.json"
ONE_VALUE = {"run_failed_cause"}  # A52 has but one
MORE = {"inline_cap_bytes": ["400"], "read_per_minute": ["2000"]}  # of a number the mock names one value


def observable(drive, group="main", only=None):
    """Each value of each switch is named by its probe when the mock is set to it; no switch is without a probe."""
    f, values_seen = Findings(drive.seed), 0
    known = drive.tenant()
    listed = known.control("GET", "/switches")["switches"]
    known.leave()
    table = json.loads(TABLE.read_text("utf-8"))
    f.look({e["name"]: {m: e[m] for m in ("number", "default", "values")} for e in listed} == table,
           "the mock's list of switches is not switches.json")
    for each in listed:
        name, number = each["name"], int(each["number"][1:])
        if name in ONE_VALUE:
            continue
        if not f.look(name in PROBES and PROBES[name].number == number, f"no probe for {each['number']} {name}"):
            continue
        p = PROBES[name]
        if p.group != group or (only and name not in only):
            continue
        for value in [*each["values"], *MORE.get(name, [])]:
            if group == "first":
                drive.control.ask("PUT", "/switches", {**p.also, name: value})
                tenant = Service(drive.base_url, drive.token, drive.ca_file)
            else:
                tenant = drive.tenant({**p.also, name: value})
            try:
                seen = p.see(Look(tenant))
            except Unseen as why:
                seen = f"unseen: {why}"
            except Unable:
                raise
            except Exception as odd:  # the probe's own words, with the name of the switch
                seen = f"{odd!r}"
            values_seen += 1
            f.look(seen == value, f"{each['number']} {name} is {value}, a client sees {seen}")
            if group != "first":
                tenant.leave()
        if group == "first":
            drive.control.ask("PUT", "/switches", {name: each["default"]})
    return f.told(values=values_seen)
