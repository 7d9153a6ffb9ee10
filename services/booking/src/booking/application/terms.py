"""Sales terms: read by anybody without payee, saved by the owner, previewed for the guest."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock, today
from values import Money

from booking.application.ports import OpenUnit, Write
from booking.application.rights import require_owner
from booking.domain.booking import PARIS
from booking.domain.deposit import Instalment, schedule
from booking.domain.errors import RevisionStale, TermsNotFound
from booking.domain.option import delayed_end
from booking.domain.states import Means
from booking.domain.term_parts import PayPalAddress
from booking.domain.terms import SalesTerms

WEEK = 7


async def get_terms(
    owner_id: UUID,
    revision: int,
    *,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
    hidden: Collection[Means] = (),
) -> SalesTerms:
    """Newest terms (revision 0) or a named revision; without payee for who is not the owner.

    Raises:
        TermsNotFound: there are none.

    """
    async with open_unit(looking=True) as unit:
        terms = await (unit.terms.at(owner_id, revision) if revision else unit.terms.newest(owner_id))
    if terms is None:
        raise TermsNotFound(owner_id=owner_id)
    if not scope.may("owner", owner_id):
        return without_payee(terms).without(hidden)
    present = terms.paypal
    return terms if revision else terms.with_paypal(present.change(present.typed, clock()))


def without_payee(terms: SalesTerms) -> SalesTerms:
    """The terms without what names who is paid."""
    shown = replace(terms, iban="", iban_holder="", cheque_payee="")
    return shown.with_paypal(PayPalAddress())


async def save_terms(
    write: Write, wanted: SalesTerms, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> SalesTerms:
    """Saves a new revision; `wanted.revision` is the one seen (0 = none). The same terms make no new one.

    Another PayPal address than the one that counts waits 48 h, and both are told.

    Raises:
        OwnerNotFound: not the actor's owner.
        RevisionStale: somebody saved meanwhile.
        BadValue: metadata `field` says what cannot be.

    """
    require_owner(scope, wanted.owner_id)
    wanted.check()
    async with open_unit() as unit:
        now = clock()
        before = await unit.claim(write, now=now)
        newest = await unit.terms.newest(wanted.owner_id, lock=True)
        present = newest.revision if newest else 0
        if before is not None and newest is not None:
            return newest
        if wanted.revision != present:
            raise RevisionStale(revision=present)
        paypal = newest.paypal if newest else PayPalAddress()
        changed = paypal.change(wanted.paypal_email, now)
        saved = replace(wanted.with_paypal(changed), saved_at=newest.saved_at if newest else now)
        if saved != newest:
            saved = replace(saved, revision=present + 1, saved_at=now)
            await unit.terms.add(saved, now=now)
            if changed.next_email and changed != paypal:
                await unit.terms.tell_paypal_changed(saved, now=now)
        await unit.finish(write, wanted.owner_id)
        await unit.commit()
    return saved


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be due, and when an option set now would end."""

    terms: SalesTerms
    deposit: Money
    schedule: tuple[Instalment, ...]
    option_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSchedule:
    """A total to spread. `unsaved`: terms of the actor's owner that are not saved yet."""

    owner_id: UUID
    total: Money
    tax: Money
    arrival: date
    departure: date | None = None
    listing_ids: frozenset[UUID] = frozenset()
    means: Means | None = None
    revision: int = 0
    unsaved: SalesTerms | None = None


async def preview_schedule(
    asked: PreviewSchedule,
    *,
    scope: Scope,
    open_unit: OpenUnit,
    clock: Clock,
    hidden: Collection[Means] = (),
) -> Preview:
    """Deposit, balance and due dates of a total under saved terms, for everybody, or under unsaved ones.

    Raises:
        TermsNotFound: the owner has none.
        OwnerNotFound: unsaved terms of another's owner.
        BadValue: unsaved terms that cannot be.

    """
    terms = asked.unsaved
    if terms is not None:
        require_owner(scope, asked.owner_id)
        terms.check()
    else:
        async with open_unit(looking=True) as unit:
            book = unit.terms
            terms = await (
                book.at(asked.owner_id, asked.revision) if asked.revision else book.newest(asked.owner_id)
            )
    if terms is None:
        raise TermsNotFound(owner_id=asked.owner_id)
    # Who asks without a departure asks of a week.
    longest = (asked.departure - asked.arrival).days if asked.departure else WEEK
    held = without_payee(terms.holding(asked.listing_ids, longest)).without(hidden)
    return spread(
        held, total=asked.total, tax=asked.tax, arrival=asked.arrival, means=asked.means, now=clock()
    )


def spread(
    terms: SalesTerms, *, total: Money, tax: Money, arrival: date, means: Means | None, now: datetime
) -> Preview:
    """What a total means under terms that hold for it, if it is booked now."""
    delay = terms.delay(means)
    end = delayed_end(now, days=delay.days, minutes=delay.minutes, arrival=arrival, zone=PARIS)
    deposit = terms.deposit.due(total)
    due = schedule(
        total=total,
        tax=tax,
        deposit=deposit,
        booked_on=today(now, PARIS),
        deposit_due_on=today(end, PARIS),
        arrival=arrival,
        balance_days_before=terms.balance_days_before,
    )
    return Preview(terms, deposit, due, end)


async def get_readiness(
    owner_id: UUID, *, scope: Scope, open_unit: OpenUnit
) -> tuple[bool, tuple[Means, ...]]:
    """Whether an owner has terms, and the means chosen without payee data."""
    require_owner(scope, owner_id)
    async with open_unit() as unit:
        terms = await unit.terms.newest(owner_id)
    return terms is not None, terms.without_payee if terms else ()
