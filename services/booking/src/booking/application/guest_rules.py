"""What only guests must fulfil when they place a booking; an owner may do without."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chassis.clock import today

from booking.domain.booking import PARIS
from booking.domain.client import Client
from booking.domain.errors import BadValue, OnlineOptionsOff, PartyNotStated, StatementNotReceived
from booking.domain.line import Line
from booking.domain.terms import SalesTerms


def check_guest(
    accepted: Mapping[str, str],
    client: Client,
    lines: tuple[Line, ...],
    terms: SalesTerms,
    *,
    limit: int,
    now: datetime,
) -> None:
    """Passes a guest who accepted what he must, states his party, and comes neither too soon nor too late.

    Raises:
        OnlineOptionsOff, StatementNotReceived, PartyNotStated, BadValue.

    """
    if not terms.online_options:
        raise OnlineOptionsOff
    if not accepted.get("description_version"):
        raise StatementNotReceived
    if not client.email:
        raise BadValue(field="new_client.email", why="empty")
    first = today(now, PARIS)
    for index, line in enumerate(lines):
        if line.party.adults == 0:
            raise PartyNotStated(line=index, line_id=line.id)
        if line.nights.arrival < first + timedelta(days=terms.notice_days):
            raise BadValue(field="arrival", why="NOTICE", days=terms.notice_days)
        if line.nights.arrival > first + timedelta(days=limit):
            raise BadValue(field="arrival", why="TOO_FAR", days=limit)
