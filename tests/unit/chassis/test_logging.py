"""What the log keeps and what it leaves out."""

import logging

import orjson
import pytest
import structlog
from chassis.logging import configure_logging, get_logger
from chassis.settings import SharedSettings

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
