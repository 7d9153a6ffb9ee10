"""The client of a file: his data as the file has them, or another client."""

from typing import Any

from chassis.errors import RemoteError
from fastapi import APIRouter
from sejour.booking.v1 import booking_service_pb2 as bookings_pb
from sejour.common.v1 import common_pb2 as common
from starlette.requests import Request
from starlette.responses import Response

from gateway.forms import Form
from gateway.owner.booking_detail import own_booking, revision_of
from gateway.owner.clients import client_form, client_of, countries
from gateway.owner.common import fail_from, form_key, page
from gateway.visitor import Owner, gateway_of, saved

router = APIRouter()


@router.get("/reservations/{number:number}/client")
async def show_client_form(request: Request, visitor: Owner, number: int) -> Response:
    """Shows the client's data as this file has them, and the way to another client."""
    file = await own_booking(request, visitor, number)
    form = client_form(file.client)
    asked = request.query_params.get("q", "")
    found = None
    if asked:
        query = bookings_pb.ListClientsRequest(
            owner_id=visitor.owner_id, query=asked, page=common.PageRequest(limit=10)
        )
        found = list((await gateway_of(request).services.clients.ListClients(query)).clients)
    context: dict[str, Any] = {"file": file, "form": form, "countries": countries()}
    context |= {"found": found, "asked": asked}
    return page(request, "booking_client.html", page="bookings", **context)


@router.post("/reservations/{number:number}/client")
async def save_client(request: Request, visitor: Owner, number: int) -> Response:
    """Saves the client's data, or takes another client."""
    form = await Form.read(request)
    file = await own_booking(request, visitor, number)
    query = bookings_pb.SetBookingClientRequest(
        request_id=form_key(form), booking_id=file.id, revision=revision_of(form)
    )
    if form.value("client"):
        query.client_id = form.value("client")
    elif form.value("nouveau"):
        query.client.CopyFrom(client_of(form))
    else:
        query.client.CopyFrom(client_of(form, client=file.client))
    if form.ok:
        try:
            await gateway_of(request).services.bookings.SetBookingClient(query)
        except RemoteError as error:
            fail_from(form, error)
    if not form.ok:
        context: dict[str, Any] = {"file": file, "form": form, "countries": countries()}
        context |= {"found": None, "asked": ""}
        return page(request, "booking_client.html", status=422, page="bookings", **context)
    return await saved(request, f"/reservations/{number}")
