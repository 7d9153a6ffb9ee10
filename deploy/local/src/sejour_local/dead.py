"""`sejour dead`: the dead letters of this copy, or of the broker that `SEJOUR_KAFKA_BOOTSTRAP` names."""

from __future__ import annotations

import logging
import os
from dataclasses import replace

from chassis.dead_letters import main
from chassis.events import KafkaConfig
from chassis.settings import SharedSettings

from sejour_local.kept import Kept
from sejour_local.places import Places
from sejour_local.sentences import CannotStart


def dead(given: list[str], places: Places) -> int:
    """Runs one action of `chassis.dead_letters`.

    Raises:
        CannotStart: no broker is named, and this copy never ran.

    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    kafka = KafkaConfig.of(SharedSettings())
    if not os.environ.get("SEJOUR_KAFKA_BOOTSTRAP"):
        port = Kept.read(places).ports.get("kafka")
        if port is None:
            raise CannotStart(
                "This copy never ran: start it with « make up », or set SEJOUR_KAFKA_BOOTSTRAP."
            )
        kafka = replace(kafka, bootstrap=f"127.0.0.1:{port}")
    return main(given, kafka, prog="sejour dead", contracts="sejour")
