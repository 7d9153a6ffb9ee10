"""Writes an owner back as a data file; what only people know (passwords, keys) and photos stay out."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from ruamel.yaml import YAML
from sejour.availability.v1 import availability_service_pb2 as planning_calls
from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.catalog.v1 import listing_service_pb2 as listing_calls
from sejour.catalog.v1 import owner_service_pb2 as owner_calls
from sejour.common.v1.common_pb2 import PageRequest
from sejour.pricing.v1 import pricing_service_pb2 as pricing_calls
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from sejour_local.load.export_files import export_files
from sejour_local.load.services import Services
from sejour_local.load.terms import terms_node
from sejour_local.load.written import Node, day, euros, number, period, slim, whole, word

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def export(supplier_no: int, services: Services) -> str:
    """The YAML text of one owner and of the labels he belongs to."""
    owner = (await services.owners.GetOwner(owner_calls.GetOwnerRequest(supplier_no=supplier_no))).owner
    labels = (await services.owners.ListLabels(owner_calls.ListLabelsRequest())).labels
    mine = {label.id: label for label in labels if label.id in owner.label_ids}
    slugs = {label_id: label.slug for label_id, label in mine.items()}
    request = listing_calls.ListListingsRequest(owner_id=owner.id, page=PageRequest(limit=500))
    listings = list((await services.listings.ListListings(request)).listings)
    open_request = planning_calls.ListOpenPeriodsRequest(listing_ids=[each.id for each in listings])
    periods = list((await services.planning.ListOpenPeriods(open_request)).periods) if listings else []
    node: Node = owner_node(owner, slugs)
    terms = await terms_node(owner.id, {each.id: each.code for each in listings}, services)
    if terms is not None:
        node["terms"] = terms
    node["listings"] = [
        _listing(each, slugs, [period for period in periods if period.listing_id == each.id])
        for each in listings
    ]
    codes = {each.id: each.code for each in listings}
    node |= await _prices(owner.id, codes, services)
    node |= await export_files(owner.id, node.pop("_plans"), services)
    tree = {"format": "sejour/1", "labels": [_label(each) for each in mine.values()], "owners": [slim(node)]}
    return _written(slim(tree))


def owner_node(owner: catalog.Owner, slugs: dict[str, str]) -> Node:
    """An owner as he is written in a file, without what hangs on him."""
    plain = (
        "civility",
        "last_name",
        "first_name",
        "company",
        "phone",
        "mobile",
        "fax",
        "email",
        "website",
        "siret",
        "vat_number",
    )
    return {
        "supplier_no": owner.supplier_no,
        **{name: getattr(owner, name) for name in plain},
        "address": _address(owner.address),
        "kind": word(catalog.OwnerKind, owner.kind),
        "vat_percent": number(owner.vat_bp) if owner.vat_said else None,
        "languages": list(owner.languages),
        "labels": sorted(slugs.values()),
    }


def _label(label: catalog.Label) -> Node:
    return {name: getattr(label, name) for name in ("slug", "name", "primary_color", "phone", "email")}


def _address(address: catalog.Address) -> Node:
    return {"lines": list(address.lines), "postal_code": address.postal_code, "city": address.city,
            "insee": address.insee, "country": address.country or "FR"}  # fmt: skip


def _listing(listing: catalog.Listing, slugs: dict[str, str], periods: list[Any]) -> Node:
    states = {
        catalog.LISTING_STATE_IN_PRODUCTION: "in_production",
        catalog.LISTING_STATE_WITHDRAWN: "withdrawn",
    }
    plain = ("base_persons", "max_persons", "official_stars", "label_rating", "registration_number")
    return {
        "code": listing.code,
        "kind": word(catalog.ListingKind, listing.kind),
        "state": states.get(listing.state, "draft"),
        "label": slugs.get(listing.label_id),
        "name": dict(listing.name),
        "description": dict(listing.description),
        "address": _address(listing.address),
        **({"latitude": listing.latitude, "longitude": listing.longitude} if listing.latitude else {}),
        **{name: getattr(listing, name) for name in plain},
        "values": whole(MessageToDict(listing.values)),
        "open": [
            {
                "from": day(each.nights.arrival),
                **({} if each.rolling else {"to": day(each.nights.departure)}),
            }
            for each in periods
        ],
    }


async def _prices(owner_id: str, codes: dict[str, str], services: Services) -> Node:
    tariffs, owner = services.tariffs, pricing_calls.OwnerRequest(owner_id=owner_id)
    seasons = list((await tariffs.ListSeasons(owner)).seasons)
    plans = list((await tariffs.ListRatePlans(owner)).rate_plans)
    plan_codes = {plan.id: plan.code for plan in plans}
    season_names = {season.id: season.name for season in seasons}
    prices = (await tariffs.ListPrices(owner)).prices
    grids = (await tariffs.ListTariffs(owner)).tariffs
    supplements = (await tariffs.ListSupplements(owner)).supplements
    return {
        "_plans": plan_codes,
        "seasons": [
            {"name": each.name, "color": each.color, "periods": [period(nights) for nights in each.periods]}
            for each in seasons
        ],
        "rate_plans": [
            slim(
                {
                    "code": each.code,
                    "name": each.name,
                    "meals": word(pricing.MealPlan, each.meal_plan),
                    "meals_price": number(each.meals),
                }
            )
            for each in plans
        ],
        "tariffs": [tariff_node(each, codes, plan_codes, season_names) for each in grids],
        "prices": [slim(_price(each, codes, plan_codes)) for each in prices],
        "supplements": [slim(_supplement(each, codes, plan_codes)) for each in supplements],
        "discounts": [
            slim(_discount(each, codes)) for each in (await tariffs.ListDiscounts(owner)).discounts
        ],
    }


def _price(price: pricing.PriceOnDates, codes: dict[str, str], plans: dict[str, str]) -> Node:
    return {
        "listing": codes[price.listing_id],
        "rate_plan": plans[price.rate_plan_id],
        **period(price.nights),
        "unit": word(pricing.PriceUnit, price.unit),
        "price": euros(price.price),
        "reason": price.reason,
    }


def tariff_node(
    tariff: pricing.Tariff, codes: dict[str, str], plans: dict[str, str], seasons: dict[str, str]
) -> Node:
    """A tariff as it is written in a file, with the names of what it refers to."""
    return {
        "name": tariff.name,
        "rate_plan": plans[tariff.rate_plan_id],
        "listings": sorted(codes[each] for each in tariff.listing_ids),
        "base_persons": tariff.base_persons,
        "extra_person_per": "week" if tariff.extra_person_unit == pricing.EXTRA_PERSON_UNIT_WEEK else "night",
        "straddle": word(pricing.StraddleMode, tariff.straddle),
        "rows": [slim(_row(row, seasons)) for row in tariff.rows],
    }


def _row(row: pricing.TariffRow, seasons: dict[str, str]) -> Node:
    rules = row.rules
    return {
        "season": seasons[row.season_id],
        **_grid(row),
        "extra_adult": number(row.extra_adult),
        "children": [{"max_age": band.max_age, "price": number(band.price)} for band in row.child_bands],
        "arrival_days": [_WEEKDAYS[day - 1] for day in rules.arrival_days],
        "departure_days": [_WEEKDAYS[day - 1] for day in rules.departure_days],
        "min_nights": rules.min_nights,
        "max_nights": rules.max_nights,
        "notice_days": rules.notice_days,
        "min_through": rules.min_through,
        "horizon_days": rules.horizon_days,
        "sell_gaps": rules.sell_gaps,
        "min_by_arrival_day": _by_day(rules.min_by_arrival_day),
        "occupancies": [slim({"persons": each.persons, **_grid(each)}) for each in row.occupancies],
    }


def _grid(grid: pricing.TariffRow | pricing.OccupancyPrices) -> Node:
    """What a row and its prices by persons have in common."""
    return {
        "packages": {length: number(grid.packages[length]) for length in sorted(grid.packages)},
        "extra_night": number(grid.extra_night),
        "named_packages": [
            {"kind": word(pricing.PackageKind, each.kind), "price": number(each.price)}
            | slim(
                {
                    "arrival_days": [_WEEKDAYS[day - 1] for day in each.arrival_days],
                    "nights": list(each.nights),
                }
            )
            for each in grid.named_packages
        ],
        "weekday_prices": {day: number(price) for day, price in _by_day(grid.weekday_prices).items()},
    }


def _by_day(values: Mapping[int, int]) -> dict[str, int]:
    return {_WEEKDAYS[day - 1]: values[day] for day in sorted(values)}


def _supplement(each: pricing.Supplement, codes: dict[str, str], plans: dict[str, str]) -> Node:
    return {
        "code": each.code,
        "name": each.name,
        "base": word(pricing.SupplementBase, each.base),
        "price": euros(each.price),
        "obligatory": each.obligatory,
        "max_quantity": each.max_quantity,
        "only_within": period(each.only_within) if each.HasField("only_within") else None,
        "listings": sorted(codes[listing] for listing in each.listing_ids),
        "rate_plans": sorted(plans[plan] for plan in each.rate_plan_ids),
        "on_site": each.on_site,
        "min_nights": each.min_nights,
        "max_nights": each.max_nights,
        "persons_counted": word(pricing.PersonsCounted, each.persons_counted) if each.persons_counted else "",
    }


def _discount(each: pricing.Discount, codes: dict[str, str]) -> Node:
    return {
        "code": each.code,
        "name": each.name,
        "kind": word(pricing.DiscountKind, each.kind),
        "percent": each.basis_points / 100,
        "threshold": each.threshold,
        "before": day(each.before) if each.before else None,
        "cumulative": each.cumulative,
        "listings": sorted(codes[listing] for listing in each.listing_ids),
        "promo_code": each.promo_code,
        "min_nights": each.min_nights,
        "max_nights": each.max_nights,
        "arrivals": period(each.arrivals) if each.HasField("arrivals") else None,
        "accommodation_only": each.accommodation_only,
    }


def _written(tree: Node) -> str:
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 110
    yaml.allow_unicode = True
    text = io.StringIO()
    yaml.dump(tree, text)
    return text.getvalue()
