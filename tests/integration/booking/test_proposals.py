"""Devis: made by the owner, opened and accepted once behind the link, expired kindly, taken back, asked again."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from booking.domain.errors import QuoteExpired
from chassis.errors import ErrorKind, RemoteError
from sejour.booking.v1 import booking_service_pb2 as calls
from sejour.booking.v1 import booking_types_pb2 as pb
from sejour.booking.v1 import proposal_service_pb2 as devis
from sejour.booking.v1.booking_events_pb2 import ProposalChanged

READ = {"description_version": "1", "terms_version": "1"}


async def made(world, quote_id=None, **fields):
    base = {"request_id": str(uuid4()), "quote_id": quote_id or world.quote()}
    if "client_id" not in fields:
        base["new_client"] = world.a_client(email="georges@dupond.example")
    with world.owner():
        answer = await world.proposals.CreateProposal(devis.CreateProposalRequest(**{**base, **fields}))
    return answer.proposal


async def link_of(world, proposal):
    with world.owner():
        request = devis.IssueProposalLinkRequest(proposal_id=proposal.id)
        return (await world.proposals.IssueProposalLink(request)).token


async def accept(world, token, **fields):
    with world.public():
        request = devis.AcceptProposalRequest(token=token, accepted=READ, **fields)
        return (await world.proposals.AcceptProposal(request)).placed


async def seen(world, proposal):
    with world.owner():
        return (await world.proposals.GetProposal(devis.GetProposalRequest(id=proposal.id))).proposal


async def test_a_devis_holds_no_night_and_its_acceptance_makes_the_file_of_exactly_its_quote(world):
    proposal = await made(world, world.quote(total=61200, agreed=True), note="Avec plaisir.")
    assert proposal.state == devis.PROPOSAL_STATE_READY
    assert (proposal.client.code, proposal.deposit.amount) == ("DUP-1", 15300)
    assert not world.availability.asked
    token = await link_of(world, proposal)
    with world.public():
        opened = await world.proposals.GetProposalByLink(devis.ProposalLinkRequest(token=token, opened=True))
    assert opened.proposal.state == devis.PROPOSAL_STATE_OPENED
    placed = await accept(world, token, payment_means=pb.PAYMENT_MEANS_CHEQUE, message="À bientôt")
    file = placed.booking
    assert (file.state, file.number, file.totals.total.amount) == (pb.BOOKING_STATE_OPTION, 1, 61200)
    assert (file.client.code, file.message, file.client_note) == ("DUP-1", "À bientôt", "Avec plaisir.")
    assert file.mail_confirmed
    with world.public():
        by_link = await world.bookings.GetBookingByLink(calls.GuestLinkRequest(token=placed.guest_link_token))
    assert by_link.booking.id == file.id
    after = await seen(world, proposal)
    assert (after.state, after.booking_id, after.booking_number) == (
        devis.PROPOSAL_STATE_ACCEPTED, file.id, 1,
    )  # fmt: skip
    with world.owner():
        kept = (await world.bookings.GetBooking(calls.GetBookingRequest(id=file.id))).booking
    assert [(one.kind, one.who) for one in kept.journal][:1] == [("OPTION_PLACED", "client")]


async def test_a_devis_keeps_the_terms_it_was_made_under(world):
    proposal = await made(world)
    with world.owner():
        await world.save_terms(revision=1, deposit_kind=pb.DEPOSIT_KIND_ACOMPTE, deposit_basis_points=5000)
    file = (await accept(world, await link_of(world, proposal))).booking
    assert file.totals.deposit_kind == pb.DEPOSIT_KIND_ARRHES
    assert file.totals.deposit_due.amount == 18500


@pytest.mark.parametrize("_round", range(3))
async def test_rivals_who_accept_one_devis_get_one_file(world, _round):
    proposal = await made(world)
    links = [await link_of(world, proposal) for _ in range(6)]

    async def one(token):
        for _ in range(50):
            try:
                return (await accept(world, token)).booking
            except RemoteError as error:
                # A rival is at work on the same file: his answer is known a moment later.
                if error.reason not in {"STILL_PLACING", "BUSY"}:
                    raise
                await asyncio.sleep(0)
        return None

    async def owner():
        with world.owner():
            request = devis.AcceptProposalRequest(proposal_id=proposal.id)
            return (await world.proposals.AcceptProposal(request)).placed.booking

    files = await asyncio.gather(*(one(token) for token in links), owner())
    assert len({file.id for file in files}) == 1
    rows = await world.rows("SELECT state FROM bookings WHERE owner_id = :owner", owner=world.owner_id)
    assert [row["state"] for row in rows] == ["OPTION"]


async def test_a_repeat_with_other_words_changes_nothing(world):
    token = await link_of(world, await made(world))
    first = await accept(world, token, message="oui")
    again = await accept(world, token, message="oui, deux fois")
    assert again.replayed
    assert (again.booking.id, again.booking.message) == (first.booking.id, "oui")


async def test_expired_during_the_review_nothing_is_made(world):
    proposal = await made(world)
    token = await link_of(world, proposal)
    world.clock.now += timedelta(days=7, seconds=1)
    with pytest.raises(RemoteError) as refused:
        await accept(world, token)
    assert (refused.value.reason, refused.value.kind) == ("PROPOSAL_EXPIRED", ErrorKind.CONFLICT)
    assert (await seen(world, proposal)).state == devis.PROPOSAL_STATE_EXPIRED
    assert not await world.rows("SELECT id FROM bookings WHERE owner_id = :owner", owner=world.owner_id)


async def test_expired_between_hold_and_use_the_nights_are_freed_and_it_says_so(world):
    proposal = await made(world)
    token = await link_of(world, proposal)
    world.pricing.refusals = [QuoteExpired()]
    with pytest.raises(RemoteError) as refused:
        await accept(world, token)
    assert refused.value.reason == "PROPOSAL_EXPIRED"
    assert not world.availability.lines


async def test_nights_lost_leave_the_devis_open_for_when_they_are_free_again(world):
    quote, rival = world.quote(), world.quote()
    proposal = await made(world, quote)
    token = await link_of(world, proposal)
    with world.owner():
        other = (await world.place(rival)).booking
    with pytest.raises(RemoteError) as refused:
        await accept(world, token)
    assert refused.value.reason == "NIGHTS_TAKEN"
    assert (await seen(world, proposal)).state == devis.PROPOSAL_STATE_SENT
    with world.owner():
        await world.bookings.DeclineBooking(world.move(other))
    assert (await accept(world, token)).booking.state == pb.BOOKING_STATE_OPTION


async def test_the_client_must_say_that_he_has_the_description(world):
    token = await link_of(world, await made(world))
    with world.public(), pytest.raises(RemoteError) as refused:
        await world.proposals.AcceptProposal(devis.AcceptProposalRequest(token=token))
    assert refused.value.reason == "STATEMENT_NOT_RECEIVED"


async def test_the_owner_takes_a_devis_back_and_an_accepted_one_stays(world):
    proposal, other = (
        await made(world),
        await made(world, world.quote(arrival="2026-08-01", departure="2026-08-08")),
    )
    token = await link_of(world, proposal)
    with world.owner():
        request = devis.WithdrawProposalRequest(proposal_id=proposal.id)
        gone = (await world.proposals.WithdrawProposal(request)).proposal
        assert (await world.proposals.WithdrawProposal(request)).proposal.withdrawn_at == gone.withdrawn_at
    with pytest.raises(RemoteError) as refused:
        await accept(world, token)
    assert refused.value.reason == "PROPOSAL_WITHDRAWN"
    await accept(world, await link_of(world, other))
    with world.owner(), pytest.raises(RemoteError) as kept:
        await world.proposals.WithdrawProposal(devis.WithdrawProposalRequest(proposal_id=other.id))
    assert kept.value.reason == "ILLEGAL_MOVE"


async def test_a_new_devis_is_asked_for_once_however_often_it_is_clicked(world):
    proposal = await made(world)
    token = await link_of(world, proposal)
    world.clock.now += timedelta(days=8)
    with world.public():
        for _ in range(2):
            answer = await world.proposals.AskProposalAgain(devis.ProposalLinkRequest(token=token))
    assert answer.proposal.HasField("asked_again_at")
    rows = await world.rows("SELECT payload FROM outbox WHERE key = :key", key=proposal.id)
    assert [ProposalChanged.FromString(row["payload"]).reference for row in rows] == [proposal.reference]


async def test_a_repeat_makes_no_second_devis_and_a_quote_has_one(world):
    quote, request_id = world.quote(), str(uuid4())
    first = await made(world, quote, request_id=request_id)
    assert (await made(world, quote, request_id=request_id)).id == first.id
    with pytest.raises(RemoteError) as refused:
        await made(world, quote)
    assert refused.value.reason == "QUOTE_USED"


async def test_persons_must_be_stated(world):
    with pytest.raises(RemoteError) as refused:
        await made(world, world.quote(adults=0))
    assert refused.value.reason == "PARTY_NOT_STATED"


async def test_strangers_learn_nothing_and_the_link_shows_no_payee(world):
    with world.owner():
        await world.save_terms(
            revision=1, iban="FR7630006000011234567890189", means=[pb.PAYMENT_MEANS_TRANSFER]
        )
    proposal = await made(world, world.quote(terms_revision=2))
    token = await link_of(world, proposal)
    with world.acting(f"owner:{uuid4()}"):
        for call, request in (
            (world.proposals.GetProposal, devis.GetProposalRequest(id=proposal.id)),
            (world.proposals.IssueProposalLink, devis.IssueProposalLinkRequest(proposal_id=proposal.id)),
            (world.proposals.WithdrawProposal, devis.WithdrawProposalRequest(proposal_id=proposal.id)),
            (world.proposals.AcceptProposal, devis.AcceptProposalRequest(proposal_id=proposal.id)),
        ):
            with pytest.raises(RemoteError) as refused:
                await call(request)
            assert refused.value.reason == "PROPOSAL_NOT_FOUND"
    with world.acting(f"proposal:{proposal.id}"):
        mine = (await world.proposals.GetProposal(devis.GetProposalRequest(id=proposal.id))).proposal
        with pytest.raises(RemoteError):
            await world.proposals.WithdrawProposal(devis.WithdrawProposalRequest(proposal_id=proposal.id))
    with world.public():
        shown = (await world.proposals.GetProposalByLink(devis.ProposalLinkRequest(token=token))).proposal
        with pytest.raises(RemoteError) as unknown:
            await world.proposals.GetProposalByLink(devis.ProposalLinkRequest(token="x"))
    assert mine.terms.iban == shown.terms.iban == ""
    assert unknown.value.reason == "GUEST_LINK_UNKNOWN"


async def test_an_owner_lists_his_devis_newest_first_in_pages(world):
    made_ids = [
        (await made(world, world.quote(arrival=f"2026-05-{day:02}", departure=f"2026-05-{day + 1:02}"))).id
        for day in range(1, 4)
    ]
    found, cursor = [], ""
    with world.owner():
        while True:
            request = devis.ListProposalsRequest(owner_id=world.owner_id)
            request.page.limit, request.page.cursor = 2, cursor
            answer = await world.proposals.ListProposals(request)
            found += [one.id for one in answer.proposals]
            cursor = answer.next_cursor
            if not cursor:
                break
    assert found == made_ids[::-1]
