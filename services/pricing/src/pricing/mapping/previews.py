"""The part that a preview is asked of, and what it would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1.pricing_types_pb2 import StayRefusal

from pricing.application.preview import Preview
from pricing.domain.errors import BadValue
from pricing.domain.parts import Owned
from pricing.mapping import tariffs
from pricing.mapping.values import of_nights

NewId = Callable[[], UUID]
_READERS: Mapping[str, Callable[[Any, NewId], Owned]] = {
    "season": tariffs.to_season,
    "tariff": tariffs.to_tariff,
    "price": tariffs.to_price,
    "supplement": tariffs.to_supplement,
    "discount": tariffs.to_discount,
}


def to_part(request: pb.PreviewChangeRequest, new_id: NewId) -> tuple[Owned, str]:
    """The part as it should be, and its id (empty where it is new).

    Raises:
        BadValue: no part is named, or one of its values cannot be.

    """
    name = request.WhichOneof("part")
    if name is None:
        raise BadValue(field="part", why="empty")
    message = getattr(request, name)
    return _READERS[name](message, new_id), str(message.id)


def of_preview(found: Preview, warnings: Sequence[StayRefusal]) -> pb.PreviewChangeResponse:
    """What would change, on the wire."""
    return pb.PreviewChangeResponse(
        stays=[
            pb.ChangedStay(
                listing_id=str(stay.listing_id),
                rate_plan_id=str(stay.rate_plan_id),
                nights=of_nights(stay.nights),
                before=stay.before,
                after=stay.after,
            )
            for stay in found.stays
        ],
        warnings=warnings,
        quotes_kept=found.quotes_kept,
    )
