"""References inside a data file: every name that is used must be declared, and only once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sejour_local.load.model import Booking, DataFile, Owner, Tariff

Where = tuple[str | int, ...]
Found = Iterator[tuple[Where, str]]


def broken_references(data: DataFile, folder: Path) -> Found:
    """Each reference to nothing, and each name declared twice, with its place."""
    labels = [label.slug for label in data.labels]
    yield from _twice(labels, ("labels",), "slug")
    yield from _twice([owner.supplier_no for owner in data.owners], ("owners",), "supplier_no")
    codes = [(("owners", i, "listings", j, "code"), listing.code)
             for i, owner in enumerate(data.owners) for j, listing in enumerate(owner.listings)]  # fmt: skip
    seen: set[str] = set()
    for where, code in codes:
        if code in seen:
            yield where, f"the listing « {code} » is declared twice"
        seen.add(code)
    for index, owner in enumerate(data.owners):
        yield from _owner(owner, ("owners", index), labels, folder)
    yield from _keys(data, labels)


def _owner(owner: Owner, at: Where, labels: Sequence[str], folder: Path) -> Found:
    yield from _known(owner.labels, labels, (*at, "labels"), "label")
    for kind, names in (
        ("seasons", [each.name for each in owner.seasons]),
        ("rate_plans", [each.code for each in owner.rate_plans]),
        ("tariffs", [each.name for each in owner.tariffs]),
        ("supplements", [each.code for each in owner.supplements]),
        ("discounts", [each.code for each in owner.discounts]),
        ("clients", [each.code for each in owner.clients]),
        ("bookings", [each.number for each in owner.bookings]),
    ):
        yield from _twice(
            names, (*at, kind), {"seasons": "name", "tariffs": "name", "bookings": "number"}.get(kind, "code")
        )
    for number, listing in enumerate(owner.listings):
        if listing.label is not None:
            yield from _one(
                listing.label, owner.labels, (*at, "listings", number, "label"), "label of this owner"
            )
        for photo_no, photo in enumerate(listing.photos):
            if not (folder / photo.file).is_file():
                yield (
                    (*at, "listings", number, "photos", photo_no, "file"),
                    f"there is no file {folder / photo.file}",
                )
    codes = [each.code for each in owner.listings]
    for number, own in enumerate((owner.terms.by_listing or []) if owner.terms else []):
        yield from _one(
            own.listing, codes, (*at, "terms", "by_listing", number, "listing"), "listing of this owner"
        )
    yield from _prices(owner, at)
    for number, booking in enumerate(owner.bookings):
        yield from _booking(booking, owner, (*at, "bookings", number))


def _prices(owner: Owner, at: Where) -> Found:
    listings, plans = [each.code for each in owner.listings], [each.code for each in owner.rate_plans]
    for number, tariff in enumerate(owner.tariffs):
        yield from _tariff(tariff, owner, (*at, "tariffs", number))
    for number, price in enumerate(owner.prices):
        yield from _one(price.listing, listings, (*at, "prices", number, "listing"), "listing of this owner")
        yield from _one(price.rate_plan, plans, (*at, "prices", number, "rate_plan"), "rate plan")
    for number, supplement in enumerate(owner.supplements):
        yield from _known(supplement.listings, listings, (*at, "supplements", number, "listings"), "listing")
        yield from _known(
            supplement.rate_plans, plans, (*at, "supplements", number, "rate_plans"), "rate plan"
        )
    for number, discount in enumerate(owner.discounts):
        yield from _known(discount.listings, listings, (*at, "discounts", number, "listings"), "listing")


def _tariff(tariff: Tariff, owner: Owner, at: Where) -> Found:
    yield from _one(
        tariff.rate_plan, [each.code for each in owner.rate_plans], (*at, "rate_plan"), "rate plan"
    )
    yield from _known(
        tariff.listings, [each.code for each in owner.listings], (*at, "listings"), "listing of this owner"
    )
    yield from _twice([row.season for row in tariff.rows], (*at, "rows"), "season")
    for number, row in enumerate(tariff.rows):
        yield from _one(
            row.season, [each.name for each in owner.seasons], (*at, "rows", number, "season"), "season"
        )


def _booking(booking: Booking, owner: Owner, at: Where) -> Found:
    yield from _one(booking.client, [each.code for each in owner.clients], (*at, "client"), "client")
    for number, line in enumerate(booking.lines):
        here = (*at, "lines", number)
        yield from _one(
            line.listing, [each.code for each in owner.listings], (*here, "listing"), "listing of this owner"
        )
        yield from _one(
            line.rate_plan, [each.code for each in owner.rate_plans], (*here, "rate_plan"), "rate plan"
        )
        codes = [each.code for each in owner.supplements]
        for index, chosen in enumerate(line.supplements):
            yield from _one(chosen.code, codes, (*here, "supplements", index, "code"), "supplement")


def _keys(data: DataFile, labels: Sequence[str]) -> Found:
    owners = [owner.supplier_no for owner in data.owners]
    yield from _twice([key.name for key in data.api_keys], ("api_keys",), "name")
    for number, key in enumerate(data.api_keys):
        yield from _known(key.owners, owners, ("api_keys", number, "owners"), "owner")
        yield from _known(key.labels, labels, ("api_keys", number, "labels"), "label")
    for number, widget in enumerate(data.widget_keys):
        if widget.owner is not None:
            yield from _one(widget.owner, owners, ("widget_keys", number, "owner"), "owner")
        if widget.label is not None:
            yield from _one(widget.label, labels, ("widget_keys", number, "label"), "label")


def _one(name: object, known: Iterable[object], where: Where, what: str) -> Found:
    declared = list(known)
    if name not in declared:
        there = ", ".join(map(str, declared)) or "none"
        yield where, f"« {name} » is no {what}; declared: {there}"


def _known(names: Iterable[object], known: Sequence[object], at: Where, what: str) -> Found:
    for index, name in enumerate(names):
        yield from _one(name, known, (*at, index), what)


def _twice(names: Sequence[object], at: Where, key: str) -> Found:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (*at, index, key), f"« {name} » is declared twice"
