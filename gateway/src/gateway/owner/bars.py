"""From services' answers to the rows of the planning: which bar shows what; pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sejour.availability.v1 import availability_types_pb2 as availability
from sejour.booking.v1 import booking_types_pb2 as booking
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common

from gateway.formats import day_of, instant_of, moment_court
from gateway.i18n import N_
from gateway.i18n import gettext as _
from gateway.owner.common import persons, text_of
from gateway.planning import Bar, BarKind, PlanningRow, Span
from gateway.wall import Next

BLOCK_REASONS = {
    availability.BLOCK_REASON_PERSONAL: N_("Personnel"),
    availability.BLOCK_REASON_WORKS: N_("Travaux"),
    availability.BLOCK_REASON_LET_ELSEWHERE: N_("Loué ailleurs"),
    availability.BLOCK_REASON_OTHER: N_("Autre"),
}
Interval = tuple[date, date]


def interval(nights: common.Nights) -> Interval:
    """Returns `[arrival, departure)` as dates."""
    return date.fromisoformat(nights.arrival), date.fromisoformat(nights.departure)


def intersect(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """Returns the nights that are in both lists of merged intervals."""
    both = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return sorted((start, end) for start, end in both if start < end)


def without(whole: Interval, parts: Sequence[Interval]) -> list[Interval]:
    """Returns the nights of an interval that no part covers."""
    left, at = [], whole[0]
    for start, end in sorted(parts):
        if start > at:
            left.append((at, min(start, whole[1])))
        at = max(at, end)
    if at < whole[1]:
        left.append((at, whole[1]))
    return [(start, end) for start, end in left if start < end]


def who(client: booking.Client) -> str:
    """Returns the client's name as a bar shows it: « Dupond »."""
    return client.last_name.title() if client.last_name.isupper() else client.last_name


def bar_of(
    bar: availability.Bar, files: Mapping[str, booking.Booking], listing: catalog.Listing, today: date
) -> Bar:
    """Returns one bar of the planning."""
    arrival, departure = interval(bar.nights)
    if bar.kind == availability.OCCUPANCY_KIND_BLOCK:
        href = f"/blocages/{bar.block_id}?hebergement={listing.code}&du={arrival}" if bar.block_id else ""
        reason = _(BLOCK_REASONS.get(bar.block_reason, N_("Autre")))
        return Bar(BarKind.BLOCK, arrival, departure, reason, bar.block_note, href=href)
    if bar.kind == availability.OCCUPANCY_KIND_EXTERNAL:
        return Bar(BarKind.FEED, arrival, departure, bar.channel or _("Autre calendrier"))
    option = bar.kind == availability.OCCUPANCY_KIND_HOLD
    kind, label = (BarKind.OPTION, _("Pré-réservation")) if option else (BarKind.BOOKING, _("Réservation"))
    file = files.get(bar.booking_id)
    if file is None:
        if bar.through_other_listing:
            label = _("Pris par un autre hébergement")
        return Bar(kind, arrival, departure, label)
    line = next((each for each in file.lines if each.id == bar.line_id), None)
    count = persons(line.price.party) if line is not None else 0
    detail = who(file.client) + (f", {_('%(num)s pers.') % {'num': count}}" if count else "")
    until = ""
    if option and bar.HasField("expires_at"):
        until = moment_court(bar.expires_at)
        ends = instant_of(bar.expires_at).date()
        detail += " · " + (
            _("finit aujourd'hui") if ends == today else _("→ %(day)s") % {"day": f"{ends:%d/%m}"}
        )
    return Bar(
        kind,
        arrival,
        departure,
        label,
        detail,
        number=str(file.number),
        star=file.needs_action,
        href=f"/reservations/{file.number}",
        ends=until,
    )


def row_of(
    listing: catalog.Listing,
    planning: availability.ListingPlanning,
    files: Mapping[str, booking.Booking],
    *,
    window: Interval,
    priced: Sequence[Interval] | None,
    today: date,
    photo: str = "",
) -> PlanningRow:
    """Returns one row: bars, closed nights, and from today on open nights without a price.

    `priced` is None where pricing did not answer: nothing is said then.
    """
    opened = [interval(each) for each in planning.open]
    spans = [Span("closed", start, end) for start, end in without(window, opened)]
    if priced is not None:
        ahead = intersect(opened, [(max(today, window[0]), window[1])]) if window[1] > today else []
        for start, end in ahead:
            spans += [Span("unpriced", *each) for each in without((start, end), priced)]
    return PlanningRow(
        code=listing.code,
        title=text_of(listing.name),
        href=f"/hebergements/{listing.code}",
        add_href=f"/planning/ajouter?hebergement={listing.code}",
        bars=[bar_of(each, files, listing, today) for each in planning.bars],
        spans=spans,
        photo=photo,
    )


def what_is_next(files: Sequence[booking.Booking], today: date, *, days: int = 60) -> list[Next]:
    """Returns « Ensuite »: arrivals, departures and ends of options of the coming days."""
    last = today + timedelta(days=days)
    items = []
    for file in files:
        href, name = f"/reservations/{file.number}", who(file.client)
        if file.state == booking.BOOKING_STATE_OPTION and file.HasField("hold_expires_at"):
            end = instant_of(file.hold_expires_at).date()
            text = _("Fin de l'option n° %(number)s, %(name)s") % {"number": file.number, "name": name}
            items.append(Next(end, text, "hourglass", href))
        for line in file.lines:
            values = {"name": name, "code": line.listing_code}
            arrival, departure = interval(line.price.nights)
            items.append(Next(arrival, _("Arrivée de %(name)s, %(code)s") % values, "user", href))
            items.append(Next(departure, _("Départ de %(name)s, %(code)s") % values, "arrow-right", href))
    coming = [item for item in items if today <= day_of(item.day) <= last]
    return sorted(coming, key=lambda item: item.day)
