"""The body of a page of results, joined from bytes: what a card says is written once, numbers each time.

The declared model is `models.SearchPage`; a test reads samples with it.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson
from sejour.availability.v1 import search_service_pb2 as search_pb
from sejour.catalog.v1 import listing_service_pb2 as listings_pb

from gateway.api import convert
from gateway.state import Gateway

_MOST_CARDS = 60_000
_CARD_SECONDS = 60.0
"""What no revision of the listing tells, such as the kind of its owner, is known after that."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A card in one language: the bytes before the plan and after the prices; good for one revision."""

    revision: int
    until: float
    head: bytes
    tail: bytes
    digest: bytes


class Results:
    """Cards by listing and language, and the bodies joined from them."""

    def __init__(self, gateway: Gateway, ticks: Callable[[], float] = time.monotonic) -> None:
        self._gateway = gateway
        self._ticks = ticks
        self._cards: OrderedDict[tuple[str, str], _Written] = OrderedDict()

    async def written(self, page: search_pb.SearchResponse, language: str) -> tuple[bytes, str]:
        """The body and its tag; a listing whose card is gone is left out."""
        cards = await self._of(page.listing_ids, page.revisions, language)
        currency = orjson.dumps(page.currency or "EUR")
        rows, digest = [], hashlib.blake2b(page.SerializeToString(), digest_size=12)
        for card, plan, total, accommodation, tax, revision in zip(
            cards, page.rate_plan_ids, page.totals, page.accommodations, page.tourist_taxes, page.revisions,
            strict=True,
        ):  # fmt: skip
            if card is None:
                continue
            digest.update(card.digest)
            rows.append(
                b'%b%b,"total":{"amount":%d,"currency":%b},"accommodation":{"amount":%d,"currency":%b}'
                b',"tourist_tax":{"amount":%d,"currency":%b}%b%d}'
                % (
                    card.head, orjson.dumps(plan), total, currency, accommodation, currency, tax, currency,
                    card.tail, revision,
                )
            )  # fmt: skip
        body = b'{"results":[%b],"next":%b,"count":%d}' % (
            b",".join(rows),
            orjson.dumps(page.next_cursor or None),
            page.count,
        )
        return body, digest.hexdigest()

    async def _of(self, ids: Sequence[str], revisions: Sequence[int], language: str) -> list[_Written | None]:
        """The cards in order, asking once for all that are missing or older than the search's revision."""
        now, known = self._ticks(), self._cards
        found = [known.get((each, language)) for each in ids]
        missing = [
            each
            for each, revision, card in zip(ids, revisions, found, strict=True)
            if card is None or card.revision < revision or card.until < now
        ]
        if not missing:
            return found
        asked = listings_pb.BatchGetCardsRequest(ids=missing, language=language)
        fresh = {each.id: each for each in (await self._gateway.services.listings.BatchGetCards(asked)).cards}
        wanted = dict(zip(ids, revisions, strict=True))
        for each in missing:
            known.pop((each, language), None)
            if each in fresh:
                known[each, language] = self._write(fresh[each], wanted[each], now + _CARD_SECONDS)
        while len(known) > _MOST_CARDS:
            known.popitem(last=False)
        return [known.get((each, language)) for each in ids]

    def _write(self, card: listings_pb.Card, revision: int, until: float) -> _Written:
        gateway = self._gateway
        before = {
            "listing": card.code,
            "name": card.name,
            "commune": card.commune,
            "kind": convert.KINDS.get(card.kind, "seasonal_rental"),
            "photo": convert.photo_address(gateway, card.photo_id, 800) if card.photo_id else None,
        }
        after = {
            "registration_number": card.registration_number,
            "advertiser": convert.ADVERTISERS.get(card.owner_kind, "unknown"),
            "page": convert.hosted_page(gateway, card.code),
        }
        head = orjson.dumps(before)[:-1] + b',"plan":'
        tail = b"," + orjson.dumps(after)[1:-1] + b',"revision":'
        return _Written(revision, until, head, tail, hashlib.blake2b(head + tail, digest_size=8).digest())
