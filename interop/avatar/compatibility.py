"""Writes docs/reference/compatibility.md from what the SDKs reported in a full run."""

import re

from harness import places
from harness.report import expect
from harness.sdk import SDKS

from .faults import CODES, FAULTS

PATH = places.REPOSITORY / "docs" / "reference" / "compatibility.md"
WRITE = "cargo xtask interop --write-compatibility"
RUST_TEST = "crates/server/tests/it/every_code_is_had_on_purpose_and_no_log_line_holds_a_secret.rs"

# The failures with a natural cause: their code, and the cause.
NATURAL = {
    "E01": ("sessionTokenExpired", "the token expired before the upgrade"),
    "E02": ("sessionTokenExpired", "the token expires in a running session"),
    "E03": ("sessionTokenInvalid", "the token is none"),
    "E04": ("sessionTokenInvalid", "the token's signature is wrong"),
    "E05": ("sessionTokenInvalid", "the API key is wrong"),
    "E06": ("appIDUnrecognized", "the app was deleted before the upgrade"),
    "E07": ("appIDUnrecognized", "the app was deleted before the token call"),
    "E08": ("appIDMismatch", "another app's id"),
    "E09": ("avatarNotFound", "an unknown avatar"),
    "E10": ("billingRequired", "the app never had credits"),
    "E12": ("creditsExhausted", "no credits are left at the upgrade"),
    "E13": ("creditsExhausted", "the credits run out in a session"),
    "E14": ("sessionDurationExceeded", "the session reaches its longest duration"),
    "E15": ("unsupportedSampleRate", "the sample rate is not taken"),
    "E16": ("invalidEgressConfig", "an egress field is missing or wrong"),
    "E17": ("invalidEgressConfig", "the LiveKit token is none"),
    "E18": ("egressUnavailable", "egress is not set up"),
    "E19": ("idleTimeout", "no audio for the idle limit"),
    "E20": ("upstreamError", "the server is told to stop while a session runs"),
    "E22": ("connectionFailed", "nothing listens"),
    "E23": ("connectionClosed", "the server's process is killed"),
    "E26": ("invalidRequest", "`expireAt` is past or too far ahead"),
    "E27": ("invalidRequest", "a field is out of range"),
    "E30": ("concurrencyLimit", "the app has too many sessions"),
}
# What `POST /v1/faults` did to a live session.
LIVE = {
    "live: code creditsExhausted": ("creditsExhausted", "`code` creditsExhausted"),
    "live: drop": ("connectionClosed", "`action` drop"),
    "live: close 4002": ("sessionDurationExceeded", "`action` close, `closeCode` 4002"),
    "live: garbage": ("protocolError", "`action` garbage; the session goes on"),
}
PHASES = {
    "session_token": "the token call",
    "websocket_connect": "the upgrade",
    "websocket_handshake": "the handshake",
    "websocket_runtime": "run time",
}
PLACES = {"token": "session_token", **{place: f"websocket_{place}" for place in ("connect", "handshake", "runtime")}}


def version(sdk):
    """Its name and pinned version."""
    pins = dict(re.findall(r"(?m)^([a-z]+)(?:\[.*\])?==(\S+)$", (places.INTEROP / "requirements" / f"{sdk.environment}.txt").read_text()))
    on = "" if sdk.reads_refusal_bodies else f" on websockets {pins['websockets']}"
    return f"{sdk.module} {pins[sdk.module]}{on}"


def reason(sdk, code, error):
    """Why this SDK cannot report this code; each reason is a rule of its family."""
    phase, status, number = error["phase"], error.get("http_status"), error.get("server_code")
    if sdk.family == "text-rule":
        if code == "concurrencyLimit":
            return "The SDK has no such code."
        if phase == "session_token" and status == 401:
            return "The SDK takes a 401 of the token call for an expired token unless the text names another failure it knows."
        if phase == "websocket_connect" and not sdk.reads_refusal_bodies:
            return "On websockets before 14 the SDK sees the status of a refused upgrade, never its text."
        if "close_code" in error and number is None:
            return "The SDK never reads close codes: without a ServerError every abnormal close is connectionClosed."
    else:
        if phase == "websocket_connect":
            return (
                "The SDK reads the status of a refused upgrade only: 401 and 403 are sessionTokenInvalid, "
                "every other status is connectionFailed."
            )
        if phase == "session_token":
            return "The SDK takes every status of the token call without a meaning of its own for invalidRequest."
        if number == "4010":
            return "The SDK has one meaning for 4010: sessionTokenInvalid."
        if number is not None and not number.startswith("4"):
            return "The SDK reads no text: a ServerError with a code outside 4000 to 4999 is serverError."
    raise AssertionError(f"{sdk.environment}: nothing explains {error} in place of {code}")


class Columns:
    """The environments; those that reported the same in every row share a column."""

    def __init__(self, outcomes):
        found = {sdk.environment: {} for sdk in SDKS}
        for outcome in outcomes:
            if outcome.subject in found:
                for row, errors in outcome.found.items():
                    found[outcome.subject][row] = errors
        rows = [*(fault.name for fault in FAULTS), *NATURAL, *LIVE]
        self.groups, self.notes = [], []
        for sdk in sorted(SDKS, key=lambda sdk: (sdk.family != "text-rule", not sdk.reads_refusal_bodies)):
            missing = [row for row in rows if row not in found[sdk.environment]]
            expect(missing, [], f"rows without a result of {sdk.environment}")
            mine = {row: found[sdk.environment][row] for row in rows}
            for sdks, theirs in self.groups:
                if theirs == mine and sdks[0].family == sdk.family:
                    sdks.append(sdk)
                    break
            else:
                self.groups.append(([sdk], mine))

    def titles(self):
        return [", ".join(version(sdk) for sdk in sdks) for sdks, _ in self.groups]

    def exact(self, group):
        """(faults, codes) that the SDKs of a group report as they are."""
        _, found = self.groups[group]
        faults = [fault for fault in FAULTS if all(error["code"] == fault.code for error in found[fault.name])]
        return len(faults), len({fault.code for fault in faults})

    def cells(self, row, code, phase=None):
        cells = []
        for sdks, found in self.groups:
            said = [self.cell(sdks[0], code, phase, error) for error in found[row]]
            cells.append("; ".join(dict.fromkeys(said)))
        return cells

    def cell(self, sdk, code, phase, error):
        exact = error["code"] == code
        parts = ["exact" if exact else f"no: {error['code']}"]
        if "http_status" in error:
            parts.append(f"HTTP {error['http_status']}")
        elif "server_code" in error:
            parts.append(f"ServerError {error['server_code']}")
        elif "close_code" in error:
            parts.append(f"close {error['close_code']}")
        if phase and error["phase"] != phase:
            parts.append(f"at {PHASES[error['phase']]}")
        if error.get("retryable"):
            parts.append("retryable")
        text = ", ".join(parts)
        if not exact:
            why = reason(sdk, code, error)
            if why not in self.notes:
                self.notes.append(why)
            text += f" ({self.notes.index(why) + 1})"
        return text


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def render(outcomes):
    columns = Columns(outcomes)
    titles = columns.titles()
    by_fault = [
        [f"[{fault.code}](errors/{fault.code}.md)", PHASES[PLACES[fault.place]], "exact",
         *columns.cells(fault.name, fault.code, PLACES[fault.place])]
        for fault in FAULTS
    ]
    natural = [[row, code, cause, *columns.cells(row, code)] for row, (code, cause) in NATURAL.items()]
    live = [[what, code, *columns.cells(row, code)] for row, (code, what) in LIVE.items()]
    totals = [["Rust SDK", f"{len(FAULTS)} of {len(FAULTS)}", f"{len(CODES)} of {len(CODES)}"]]
    for group, title in enumerate(titles):
        faults, codes = columns.exact(group)
        totals.append([title, f"{faults} of {len(FAULTS)}", f"{codes} of {len(CODES)}"])
    notes = "\n".join(f"{number}. {note}" for number, note in enumerate(columns.notes, 1))
    return f"""# What each SDK reports

Generated from a full run of `interop/`; do not edit.
`{WRITE}` writes it, and the full run fails when it differs from what the SDKs report.

The published SDKs run unmodified, as the package index has them, against the release binary.
"exact" means that the SDK reports the code's own name; "no" is followed by what it reports instead and the number of the reason.
HTTP is the status that the SDK reports, ServerError the server's code, "retryable" the SDK's own word where it has one.
The Rust SDK's column is not from this run: `{RUST_TEST}` has it report all {len(CODES)} codes exactly, in every phase below, with the phase and the advice.

{table(["SDK", "Faults reported exactly", "Codes reported exactly in some phase"], totals)}

## Every code on purpose

By avatar id `fault:CODE@PHASE` (`connect`, `handshake` or `runtime`), and by API key `fault:CODE@token` for the token call.

{table(["Code", "Occurs at", "Rust SDK", *titles], by_fault)}

## Why not exact

{notes}

## From natural causes

The ids are those of the conformance checklist.
E21 and E28 need frames and requests that no SDK sends: raw connections check them in the same run.
E11, E24, E25, E29 and E31 are had on purpose only.

{table(["Id", "Code", "Cause", *titles], natural)}

## In a live session

By `POST /v1/faults`.

{table(["Fault", "Code", *titles], live)}
"""


def check(outcomes):
    """The committed file against this run."""
    written = PATH.read_text() if PATH.exists() else ""
    assert written == render(outcomes), f"docs/reference/{PATH.name} is not what this run found: {WRITE}"
