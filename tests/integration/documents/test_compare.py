"""Confirmed files whose news never came: their documents are put on their way, once."""

from datetime import timedelta

import pytest
from chassis.errors import Busy, RemoteError
from chassis.leases import only_one
from documents.entrypoints.compare_job import NEVER_PLANNED, compare_after_gap, compare_confirmed
from sejour.booking.v1 import booking_types_pb2 as booking_pb
from sejour.booking.v1 import reconcile_service_pb2 as reconcile_pb
from sejour.documents.v1 import documents_service_pb2 as pb

from tests.unit.documents import builders

from .conftest import acting
from .test_mail import NOW, a_july_option, at_march, mails_in, news, rows  # noqa: F401 (a fixture)

OTHER = "01990000-0000-7000-8000-0000000000ff"


def confirmed(booking_id=builders.BOOKING_ID, *, age=timedelta(hours=1), is_mailed=True):
    found = reconcile_pb.ConfirmedFile(
        booking_id=booking_id, confirmed_revision=5, is_mailed=is_mailed, owner_id=builders.OWNER_ID
    )
    found.confirmed_at.FromDatetime(NOW - age)
    return found


@pytest.fixture
def lost(at_march):  # noqa: F811
    """A confirmed file of which documents never heard, and an operator who asks."""
    booking = a_july_option(state="BOOKING_STATE_CONFIRMED")
    booking.origin = booking_pb.BOOKING_ORIGIN_OWNER
    at_march.sources.put(booking)
    at_march.sources.confirmed_files = [confirmed()]
    with acting("operator", now=NOW):
        yield at_march


async def compare(service, **fields):
    return await service.call.CompareConfirmed(pb.CompareConfirmedRequest(**fields))


async def test_a_confirmed_file_without_its_mail_is_found_and_gets_it_once(lost):
    found = await compare(lost)
    assert (found.files, list(found.without_documents), list(found.mended)) == (1, [builders.BOOKING_ID], [])
    assert list((await compare(lost, mend=True)).mended) == [builders.BOOKING_ID]
    assert not (await compare(lost, mend=True)).without_documents
    # The news that was late finds the mail planned.
    await lost.parts.planning(news("CONFIRMED", revision=5, state="CONFIRMED", origin="OWNER"))
    await lost.parts.sending.run_due()
    [mail] = mails_in(lost.mail)
    assert len(list(mail.iter_attachments())) == 2
    assert [row.kind for row in await rows(lost)] == ["M04"]


@pytest.mark.parametrize(
    "file",
    [confirmed(age=timedelta(seconds=30)), confirmed(age=timedelta(hours=50)), confirmed(is_mailed=False)],
    ids=["news on its way", "too old to mail", "nobody to mail"],
)
async def test_where_no_mail_is_to_be_nothing_is_missing(lost, file):
    lost.sources.confirmed_files = [file]
    assert not (await compare(lost)).without_documents


async def test_the_job_mends_and_tells_what_is_left(lost):
    # The other file cannot be read, which keeps nobody else waiting.
    lost.sources.confirmed_files = [confirmed(), confirmed(OTHER)]
    pages = await compare(lost, limit=1)
    assert (pages.files, pages.next) == (1, min(builders.BOOKING_ID, OTHER))
    await compare_confirmed(lost.parts.comparing, lost.database)
    assert NEVER_PLANNED._value.get() == 1
    assert [str(row.booking_id) for row in await rows(lost)] == [builders.BOOKING_ID]


async def test_a_gap_is_not_closed_while_another_process_compares_which_may_have_begun_before_it(lost):
    async with only_one(lost.database, "compare_confirmed"):
        with pytest.raises(Busy):
            await compare_after_gap(lost.parts.comparing, lost.database)
    assert await rows(lost) == []
    await compare_after_gap(lost.parts.comparing, lost.database)
    assert [row.kind for row in await rows(lost)] == ["M04"]


async def test_only_operators_and_systems_compare(lost):
    with acting(f"owner:{builders.OWNER_ID}", now=NOW), pytest.raises(RemoteError) as refused:
        await compare(lost)
    assert refused.value.reason == "NOT_ALLOWED"
