"""What the log keeps and what it leaves out."""

import logging

import orjson
import pytest
import structlog
from chassis.logging import configure_logging, get_logger
from chassis.scrub import scrub
from chassis.settings import SharedSettings
from chassis.tracing import enter

ROW = "null value\nDETAIL:  Failing row contains (1, Zoé MARTIN,\n3 rue).\n[SQL: INSERT]"


@pytest.fixture
def restored():
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_details_of_the_database_that_repeat_a_row_are_left_out(capsys, restored):
    configure_logging(SharedSettings(log_format="json"), "tests")
    get_logger().error("rpc_failed", exc_info=ValueError(ROW))
    line = orjson.loads(capsys.readouterr().out.splitlines()[-1])
    assert "null value" in line["exception"]
    assert "INSERT" in line["exception"]
    assert "MARTIN" not in line["exception"]
    assert "3 rue" not in line["exception"]


def test_the_form_for_people_leaves_rows_out_too(capsys, restored):
    configure_logging(SharedSettings(log_format="console"), "tests")
    get_logger().error("rpc_failed", exc_info=ValueError(ROW))
    logging.getLogger("somebody.else").error("failed", exc_info=ValueError(ROW))
    shown = capsys.readouterr().out
    assert shown.count("null value") == 2
    assert "MARTIN" not in shown


def test_each_line_names_its_service_and_its_trace(capsys, restored):
    configure_logging(SharedSettings(log_format="json"), "tests")
    enter("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
    get_logger().info("rpc", method="GetListing")
    logging.getLogger("somebody.else").warning("hello")
    for line in map(orjson.loads, capsys.readouterr().out.splitlines()):
        assert line["service"] == "tests"
        assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mail to zoe.martin@example.org refused", "zoe.martin"),
        ("GET /r/GqG0n5O1Yy4LrVhVZzVq3w 404", "GqG0n5O1Yy4LrVhVZzVq3w"),
        ("Authorization: Bearer sk_ztcWhC0clN8H_etq_hPIYg", "ztcWhC0clN8H"),
        ("key sk_ztcWhC0clN8H_etq_hPIYg unknown", "ztcWhC0clN8H"),
        ("call 06 39 98 00 01 or +33639980002", "639980002"),
        ("call 06 39 98 00 01 or +33639980002", "39 98 00 01"),
        ("paid from FR76 3000 6000 0112 3456 7890 189", "0112"),
        ("cannot reach postgresql://owner:hunter2@db:5432/x", "hunter2"),
    ],
)
def test_persons_and_secrets_are_taken_out_of_texts(text, secret, capsys, restored):
    configure_logging(SharedSettings(log_format="json"), "tests")
    get_logger().warning("failed", detail=text)
    assert secret not in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "01a21099-6e4b-71a7-b257-e0b962fcafc8",
        "0af7651916cd43dd8448eb211c80319c",
        "2026-11-25T02:47:00.482997Z",
        "booking.bookings 3 612345678",
        "07MS01731: 07MS01732",
        "http://127.0.0.1:12029/metrics",
    ],
)
def test_ids_dates_and_addresses_of_machines_stay(text):
    assert scrub(text) == text
