"""Sales terms: read by anybody without payee, saved by the owner, previewed for the guest."""

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
from booking.domain.option import option_end
from booking.domain.states import Means
from booking.domain.terms import SalesTerms


async def get_terms(owner_id: UUID, revision: int, *, scope: Scope, open_unit: OpenUnit) -> SalesTerms:
    """Newest terms (revision 0) or a named revision; without payee for who is not the owner.

    Raises:
        TermsNotFound: there are none.

    """
    async with open_unit(looking=True) as unit:
        terms = await (unit.terms.at(owner_id, revision) if revision else unit.terms.newest(owner_id))
    if terms is None:
        raise TermsNotFound(owner_id=owner_id)
    return terms if scope.may("owner", owner_id) else without_payee(terms)


def without_payee(terms: SalesTerms) -> SalesTerms:
    """The terms without what names who is paid."""
    return replace(terms, iban="", iban_holder="", paypal_email="", cheque_payee="")


async def save_terms(
    write: Write, wanted: SalesTerms, *, scope: Scope, open_unit: OpenUnit, clock: Clock
) -> SalesTerms:
    """Saves a new revision; `wanted.revision` is the one seen (0 = none). The same terms make no new one.

    Raises:
        OwnerNotFound: not the actor's owner.
        RevisionStale: somebody saved meanwhile.
        BadValue: metadata `field` says what cannot be.

    """
    require_owner(scope, wanted.owner_id)
    wanted.check()
    async with open_unit() as unit:
        before = await unit.claim(write, now=clock())
        newest = await unit.terms.newest(wanted.owner_id, lock=True)
        present = newest.revision if newest else 0
        if before is not None and newest is not None:
            return newest
        if wanted.revision != present:
            raise RevisionStale(revision=present)
        saved = wanted if wanted == newest else replace(wanted, revision=present + 1)
        if saved != newest:
            await unit.terms.add(saved, now=clock())
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


async def preview_schedule(
    owner_id: UUID, *, total: Money, tax: Money, arrival: date, open_unit: OpenUnit, clock: Clock
) -> Preview:
    """Deposit, balance and due dates of a total under the newest terms; public.

    Raises:
        TermsNotFound: the owner has none.

    """
    async with open_unit(looking=True) as unit:
        terms = await unit.terms.newest(owner_id)
    if terms is None:
        raise TermsNotFound(owner_id=owner_id)
    now = clock()
    end = option_end(now, option_days=terms.option_days, arrival=arrival, zone=PARIS)
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
