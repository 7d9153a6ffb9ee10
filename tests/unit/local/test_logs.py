"""How `sejour logs` shows the lines of the processes."""

import json

from sejour_local.logs import readable

LINE = {
    "method": "BookingService/PlaceBooking", "outcome": "OK", "ms": 12.5, "event": "rpc", "service": "booking",
    "level": "info", "trace_id": "0af7651916cd43dd8448eb211c80319c", "timestamp": "2026-11-25T02:47:28.721358Z",
}  # fmt: skip


def test_a_line_begins_with_time_and_service_and_ends_with_its_reference():
    assert readable(json.dumps(LINE)) == (
        "02:47:28.721   booking      rpc method=BookingService/PlaceBooking outcome=OK ms=12.5 [0af7651916cd]"
    )


def test_a_traceback_stands_below_its_line():
    shown = readable(json.dumps(LINE | {"level": "error", "exception": "Traceback:\n  File x"}))
    assert shown.splitlines()[0].startswith("02:47:28.721 X booking")
    assert shown.splitlines()[1:] == ["Traceback:", "  File x"]


def test_what_is_no_line_of_ours_stays_as_it_is():
    for line in ("==> /tmp/catalog.log <==", "", "[1, 2]", '{"a": 1}', "plain words"):
        assert readable(line) == line
