"""What an SDK makes of a failure, against what its family can express."""

from harness import report
from harness.report import expect

RUNTIME = "websocket_runtime"
# What the generated reference tells of an error.
SHOWN = ("code", "phase", "http_status", "server_code", "close_code", "retryable")


def check(place, result, *, text_rule, close_code, ws12=None, at="raised", row=None):
    """The one error of a session, against what this SDK's family must report; goes into the report as `row`."""
    wanted = dict(close_code if not place.text_rule else text_rule)
    if place.text_rule and not place.sdk.reads_refusal_bodies:
        wanted.update(ws12 or {})
        if wanted.get("phase") == "websocket_connect":  # the body is not seen
            for hidden in ("server_detail", "server_code", "raw_body"):
                wanted.pop(hidden, None)
    if at == "raised":
        assert result.raised, "nothing was raised"
        found = result.raised
        assert not result.errors, f"also reported {result.errors[0]['message']}"
    else:
        assert result.raised is None, f"raised at {result.raised['at']}: {result.raised['message']}"
        assert result.errors, "nothing was reported"
        found, *others = result.errors
        if others and not place.text_rule and wanted.get("server_code", "").startswith("4"):
            # The close frame with the same number is reported too: the same code, once more.
            expect((others[0]["code"], others[0]["close_code"]), (found["code"], int(found["server_code"])), "the close")
            others = others[1:]
        expect([other["message"] for other in others], [], f"errors after '{found['message']}'")
    report.found(row, {key: found[key] for key in SHOWN if found.get(key) is not None})
    said = {key: found.get(key) for key in wanted}
    expect(said, wanted, f"'{found['message']}'")


def connect(code, status, detail=None, **fields):
    """An upgrade refusal as a text-rule SDK reports it."""
    detail = {"server_detail": detail} if detail else {}
    return {"code": code, "phase": "websocket_connect", "http_status": status, **detail, **fields}


def connect_close(code, status, retryable):
    """An upgrade refusal as a close-code SDK reports it: the status alone."""
    return {"code": code, "phase": "websocket_connect", "http_status": status, "retryable": retryable}


def token_call(code, status, detail=None, **fields):
    detail = {"server_detail": detail} if detail else {}
    return {"code": code, "phase": "session_token", "http_status": status, **detail, **fields}


def server_error(code, number, detail=None, phase="websocket_handshake", **fields):
    detail = {"server_detail": detail} if detail else {}
    return {"code": code, "phase": phase, "server_code": str(number), "http_status": None, **detail, **fields}
