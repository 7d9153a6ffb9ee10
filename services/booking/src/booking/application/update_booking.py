"""What the owner changes in a file: notes, persons, client, what the guest accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_types_pb2 as pricing_types

from booking.application.drive import Driver
from booking.application.moves import MoveBooking, Moved
from booking.application.payments import change_file
from booking.application.ports import OpenUnit, Pricing
from booking.application.quoted import line_of, party_message
from booking.application.rights import who_acts
from booking.domain.booking import BookingFile
from booking.domain.errors import BadValue, RevisionStale
from booking.domain.line import Line, Party

TAX_LINE = "TOURIST_TAX"


@dataclass(frozen=True, slots=True)
class UpdateBooking:
    """New notes (None = as before) and persons per line id."""

    move: MoveBooking
    client_note: str | None = None
    internal_note: str | None = None
    parties: Mapping[UUID, Party] = field(default_factory=dict)


async def update_booking(command: UpdateBooking, *, scope: Scope, driver: Driver, clock: Clock) -> Moved:
    """Changes notes and persons; a line with an agreed total keeps it, and its tax is estimated anew.

    New persons are written down first, then availability is asked, which counts them; notes that come
    with them are changed when it agreed.

    Raises:
        BadValue: no such line, or the persons of a line priced by tariff change its price (use a new quote).
        RevisionStale: the file changed meanwhile.
        GuestLimit: too many persons in the owner's guest rooms.
        StillPlacing: availability did not answer; the resumer goes on.

    """
    open_unit, pricing = driver.open_unit, driver.pricing
    async with open_unit() as unit:
        seen = await unit.files.get(command.move.booking_id, scope)
        before = await unit.claim(command.move.write, now=clock())
    if before is not None:
        file, _ = await driver.run(seen.id)
        return Moved(file, replayed=True)
    seen.check_revision(command.move.revision)
    changed = [await _with_party(seen, key, party, pricing) for key, party in command.parties.items()]

    def work(file: BookingFile) -> None:
        if changed and file.lines != seen.lines:
            raise RevisionStale(revision=file.revision)
        different = [line for line in changed if line not in file.lines]
        if different:
            file.begin_new_lines(different, command.client_note, command.internal_note)
            return
        noted = len(file.journal)
        file.change_notes(command.client_note, command.internal_note, now=clock())
        if len(file.journal) > noted:
            file.updated()

    moved = await change_file(command.move, work, scope=scope, open_unit=open_unit, clock=clock)
    if moved.file.pending is None:
        return moved
    file, _ = await driver.run(moved.file.id)
    return Moved(file, moved.replayed)


async def _with_party(file: BookingFile, line_id: UUID, party: Party, pricing: Pricing) -> Line:
    line = next((one for one in file.lines if one.id == line_id), None)
    if line is None:
        raise BadValue(field="parties", why="unknown_line", line_id=line_id)
    if not party.is_sane:
        raise BadValue(field="parties", why="out_of_range", line_id=line_id)
    if party == line.party:
        return line
    if line.agreed or party.occupants == line.party.occupants:
        return await _taxed_anew(line, party, pricing)
    priced = await pricing.price(line, party)
    if priced is None or priced.total.amount != line.total.amount:
        raise BadValue(field="parties", why="price_changes", line_id=line_id)
    priced.party.CopyFrom(party_message(party))
    return line_of(
        priced, line_id=line.id, code=line.listing_code, name=line.listing_name, currency=line.total.currency
    )


async def _taxed_anew(line: Line, party: Party, pricing: Pricing) -> Line:
    tax, explained = await pricing.tax(line, party)
    price = pricing_types.QuoteLine.FromString(line.price)
    price.party.CopyFrom(party_message(party))
    price.tourist_tax.CopyFrom(common.Money(amount=tax.amount, currency=tax.currency))
    kept = [one for one in price.beside if one.kind != TAX_LINE]
    del price.beside[:]
    price.beside.extend([*explained, *kept])
    return replace(line, party=party, tax=tax, price=price.SerializeToString(deterministic=True))


async def record_acceptance(
    command: MoveBooking, accepted: Mapping[str, str], *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> Moved:
    """Notes that the guest received the état descriptif: by the owner, or by who holds the file's grant.

    Raises:
        BadValue: no version is named.

    """
    if not accepted.get("description_version"):
        raise BadValue(field="accepted", why="description_version")
    reach = reach_of(scope, command.booking_id)

    def work(file: BookingFile) -> None:
        file.accept(accepted, who=who_acts(scope, file.owner_id), now=clock())

    return await change_file(command, work, scope=reach, open_unit=open_unit, clock=clock)


def reach_of(scope: Scope, booking_id: UUID) -> Scope:
    """The scope in which a file may be touched: `booking:<id>` opens that one file."""
    return Scope.system("booking") if scope.has(f"booking:{booking_id}") else scope
