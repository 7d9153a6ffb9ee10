"""Loads a data file through the services' own calls; what is there already is left or brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from chassis.errors import ErrorKind, RemoteError
from sejour.availability.v1 import availability_service_pb2 as planning_calls
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listing_calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls
from sejour.pricing.v1 import pricing_service_pb2 as pricing_calls

from sejour_local.load import model, translate
from sejour_local.load.accounts import load_accounts
from sejour_local.load.bookings import load_bookings, load_clients
from sejour_local.load.names import Names
from sejour_local.load.prices import load_prices
from sejour_local.load.services import Services, patiently, request_id
from sejour_local.load.terms import save_terms
from sejour_local.sentences import CannotStart

Say = Callable[[str], None]
Report = dict[str, Any]


async def load(data: model.DataFile, folder: Path, services: Services, *, say: Say) -> Report:
    """Loads a checked file and returns logins and keys (the shape of `demo.json`).

    Idempotent by natural keys: label slug, supplier number, listing code, names of seasons and tariffs,
    codes, file numbers.

    Raises:
        CannotStart: what is there stands against the file; said before anything is written where possible.

    """
    await _check_against_what_is_there(data, services)
    labels = {each.slug: await _label(each, services) for each in data.labels}
    await _tax_rules(data, services)
    owners: dict[int, str] = {}
    for owner in data.owners:
        names = await _owner(owner, labels, folder, services)
        owners[owner.supplier_no] = names.owner_id
        say(f"owner {owner.supplier_no}: {len(owner.listings)} listings, {len(owner.bookings)} bookings")
    return await load_accounts(data, labels, owners, services)


async def _check_against_what_is_there(data: model.DataFile, services: Services) -> None:
    """Refuses before the first write: unknown sheet fields, codes that belong to somebody else."""
    fields = {
        each.key for each in (await services.listings.GetFields(listing_calls.GetFieldsRequest())).fields
    }
    for owner in data.owners:
        for listing in owner.listings:
            unknown = sorted(set(listing.values) - fields)
            if unknown:
                raise CannotStart(
                    f"Listing {listing.code}: unknown fields {', '.join(unknown)} in « values »; nothing was"
                    f" written. The declared ones are: {', '.join(sorted(fields))}."
                )
            there = await _listing_by_code(listing.code, services)
            if there is not None and there.supplier_no != owner.supplier_no:
                raise CannotStart(
                    f"Listing {listing.code} belongs to owner {there.supplier_no} and not to"
                    f" {owner.supplier_no}; nothing was written."
                )


async def _label(given: model.Label, services: Services) -> str:
    try:
        found = await services.owners.GetLabel(owner_calls.GetLabelRequest(slug=given.slug))
    except RemoteError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        wanted = translate.label(given)
        request = owner_calls.CreateLabelRequest(
            request_id=request_id("label", given.slug, wanted), label=wanted
        )
        found = await services.owners.CreateLabel(request)
    return str(found.label.id)


async def _tax_rules(data: model.DataFile, services: Services) -> None:
    for rule in data.tax_rules:
        request = pricing_calls.ListTaxRulesRequest(insee=rule.insee)
        there = {
            (each.category, each.year): each for each in (await services.tariffs.ListTaxRules(request)).rules
        }
        for year in range(rule.years.first, rule.years.to + 1):
            wanted = translate.tax_rule(rule, year)
            found = there.get((rule.category, year))
            if found is not None:
                wanted.id, wanted.to_confirm = found.id, wanted.to_confirm or found.to_confirm
                wanted.commune = wanted.commune or found.commune
                if wanted == found:
                    continue
            before = found.SerializeToString(deterministic=True).hex() if found is not None else ""
            key = request_id("tax_rule", f"{rule.insee}|{rule.category}|{year}|{before}", wanted)
            await services.tariffs.SaveTaxRule(pricing_calls.SaveTaxRuleRequest(request_id=key, rule=wanted))


async def _owner(given: model.Owner, labels: dict[str, str], folder: Path, services: Services) -> Names:
    names = Names(owner_id=await _owner_row(given, labels, services))
    for listing in given.listings:
        label_id = labels.get(listing.label or "", "")
        listing_id = await _listing(listing, names.owner_id, label_id, services)
        await _photos(listing, listing_id, folder, services)
        names.listings[listing.code] = listing_id
    if given.terms is not None:
        await save_terms(given.terms, names, services)
    await load_prices(given, names, services)
    for listing in given.listings:
        await _open(listing, names, services)
    names.clients = await load_clients(given, names.owner_id, services)
    await load_bookings(given, names, services)
    for listing in given.listings:
        await _state(listing, names.listings[listing.code], services)
    return names


async def _owner_row(given: model.Owner, labels: dict[str, str], services: Services) -> str:
    wanted = translate.owner(given, [labels[slug] for slug in given.labels])
    try:
        there = (
            await services.owners.GetOwner(owner_calls.GetOwnerRequest(supplier_no=given.supplier_no))
        ).owner
    except RemoteError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        key = request_id("owner", given.supplier_no, wanted)
        made = await services.owners.CreateOwner(owner_calls.CreateOwnerRequest(request_id=key, owner=wanted))
        return str(made.owner.id)
    wanted.id, wanted.revision = there.id, there.revision
    if wanted != there:
        key = request_id("owner", given.supplier_no, wanted)
        await services.owners.UpdateOwner(owner_calls.UpdateOwnerRequest(request_id=key, owner=wanted))
    return str(there.id)


async def _listing_by_code(code: str, services: Services) -> catalog.Listing | None:
    try:
        found = await services.listings.GetListing(listing_calls.GetListingRequest(code=code))
    except RemoteError as error:
        if error.kind is ErrorKind.NOT_FOUND:
            return None
        raise
    listing: catalog.Listing = found.listing
    return listing


async def _listing(given: model.Listing, owner_id: str, label_id: str, services: Services) -> str:
    there = await _listing_by_code(given.code, services)
    if there is None:
        wanted = translate.listing(given, owner_id, label_id)
        create = listing_calls.CreateListingRequest(
            request_id=request_id("listing", given.code, wanted), listing=wanted, source="load"
        )
        there = (await services.listings.CreateListing(create)).listing
    else:
        changed = translate.changes(given, there)
        if changed.fields:
            update = listing_calls.UpdateListingRequest(id=there.id, revision=there.revision, changes=changed)
            update.request_id = request_id("listing", given.code, update)
            there = (await services.listings.UpdateListing(update)).listing
    return str(there.id)


async def _photos(given: model.Listing, listing_id: str, folder: Path, services: Services) -> None:
    listing = (await services.listings.GetListing(listing_calls.GetListingRequest(id=listing_id))).listing
    if listing.photos or not given.photos:
        return
    for photo in given.photos:
        request = listing_calls.AddPhotoRequest(
            listing_id=listing_id,
            content=(folder / photo.file).read_bytes(),
            file_name=photo.file.name,
            credit=photo.credit,
        )
        request.request_id = request_id("photo", f"{given.code}|{photo.file}", request)
        listing = (await services.listings.AddPhoto(request)).listing
    for photo, message in zip(given.photos, listing.photos, strict=False):
        for language, text in photo.caption.items():
            message.caption[language] = text
    arrange = listing_calls.ArrangePhotosRequest(
        listing_id=listing_id, revision=listing.revision, photos=listing.photos
    )
    arrange.request_id = request_id("photos", given.code, arrange)
    await services.listings.ArrangePhotos(arrange)


async def _open(given: model.Listing, names: Names, services: Services) -> None:
    listing_id = names.listings[given.code]
    for period in given.open:
        request = planning_calls.OpenNightsRequest(
            listing_ids=[listing_id], nights=[translate.opened(period)], rolling=period.to is None
        )
        request.request_id = request_id("open", given.code, request)
        await patiently(partial(services.planning.OpenNights, request))


async def _state(given: model.Listing, listing_id: str, services: Services) -> None:
    there = (await services.listings.GetListing(listing_calls.GetListingRequest(id=listing_id))).listing
    wanted = catalog.ListingState.Value(f"LISTING_STATE_{given.state.upper()}")
    if there.state == wanted or given.state == "draft":
        return
    request = listing_calls.ChangeStateRequest(id=listing_id, revision=there.revision)
    request.request_id = request_id("state", given.code, request)
    call = services.listings.PutInProduction if given.state == "in_production" else services.listings.Withdraw
    await patiently(lambda: call(request))
