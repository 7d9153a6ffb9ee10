"""Loads seasons, formules, tariffs, supplements, discounts and prices on dates: saved when new or changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from sejour.pricing.v1 import pricing_service_pb2 as calls

from sejour_local.load import model, translate
from sejour_local.load.names import Names
from sejour_local.load.services import Services, patiently, request_id

Key = tuple[str, ...]


R = TypeVar("R", bound=Any)


async def load_prices(given: model.Owner, names: Names, services: Services) -> None:
    """Saves the prices of an owner in the order in which they need each other; fills `names`."""
    tariffs, owner_id = services.tariffs, names.owner_id
    owner = calls.OwnerRequest(owner_id=owner_id)

    names.seasons = await _save(
        "season",
        {(each.name,): translate.season(each, owner_id) for each in given.seasons},
        {(each.name,): each for each in (await tariffs.ListSeasons(owner)).seasons},
        lambda number, row: tariffs.SaveSeason(calls.SaveSeasonRequest(request_id=number, season=row)),
    )
    names.plans = await _save(
        "rate_plan",
        {(each.code,): translate.rate_plan(each, owner_id) for each in given.rate_plans},
        {(each.code,): each for each in (await tariffs.ListRatePlans(owner)).rate_plans},
        lambda number, row: tariffs.SaveRatePlan(calls.SaveRatePlanRequest(request_id=number, rate_plan=row)),
    )
    await _save(
        "tariff",
        {(each.name,): translate.tariff(each, names) for each in given.tariffs},
        {(each.name,): each for each in (await tariffs.ListTariffs(owner)).tariffs},
        lambda number, row: tariffs.SaveTariff(calls.SaveTariffRequest(request_id=number, tariff=row)),
    )
    await _save(
        "supplement",
        {(each.code,): translate.supplement(each, names) for each in given.supplements},
        {(each.code,): each for each in (await tariffs.ListSupplements(owner)).supplements},
        lambda number, row: tariffs.SaveSupplement(
            calls.SaveSupplementRequest(request_id=number, supplement=row)
        ),
    )
    await _save(
        "discount",
        {(each.code,): translate.discount(each, names) for each in given.discounts},
        {(each.code,): each for each in (await tariffs.ListDiscounts(owner)).discounts},
        lambda number, row: tariffs.SaveDiscount(calls.SaveDiscountRequest(request_id=number, discount=row)),
    )
    wanted = (translate.price(each, names) for each in given.prices)
    await _save(
        "price",
        _by_dates(wanted),
        _by_dates((await tariffs.ListPrices(owner)).prices),
        lambda number, row: tariffs.SavePrice(calls.SavePriceRequest(request_id=number, price=row)),
    )


async def _save(
    kind: str,
    wanted: dict[Key, R],
    there: dict[Key, R],
    save: Callable[[str, R], Awaitable[Any]],
) -> dict[str, str]:
    """Saves each wanted row that is not there as it should be; returns its name -> id."""
    ids: dict[str, str] = {}
    for key, row in wanted.items():
        found = there.get(key)
        if found is not None:
            row.id, row.revision = found.id, found.revision
        if row != found:
            number = request_id(kind, f"{row.owner_id}|{key}", row)
            answer = await patiently(partial(save, number, row))
            found = getattr(answer, kind)
        ids[key[0]] = str(found.id)
    return ids


def _by_dates(prices: Iterable[Any]) -> dict[Key, Any]:
    return {
        (each.listing_id, each.rate_plan_id, each.nights.arrival, each.nights.departure): each
        for each in prices
    }
