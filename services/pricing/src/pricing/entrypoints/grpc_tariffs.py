"""TariffService: what owners type. Each call translates and asks one use case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from chassis.actor import Scope
from chassis.clock import Clock
from chassis.requests import hash_request, parse_request_id
from sejour.pricing.v1 import pricing_service_pb2 as pb
from sejour.pricing.v1 import pricing_service_pb2_grpc as rpc
from sejour.pricing.v1.pricing_types_pb2 import StayRefusal

from pricing.adapters.queries import Queries
from pricing.application.changes import RemovePart, SavePart, read_part, remove_part, save_part
from pricing.application.import_tax_rules import import_tax_rules
from pricing.application.ports import OpenUnit
from pricing.application.preview import preview_part
from pricing.application.save_tax_rule import copy_tax_rules, save_tax_rule
from pricing.domain import parts
from pricing.domain.arrivals import arrival_remarks
from pricing.domain.book import RateBook
from pricing.domain.remarks import remarks
from pricing.mapping import tariffs as mapping
from pricing.mapping.previews import of_preview, to_part
from pricing.mapping.quotes import of_remark
from pricing.mapping.tax_files import of_line, to_import
from pricing.mapping.tax_rules import of_tax_rule, to_tax_rule
from pricing.mapping.values import to_id

PartT = TypeVar("PartT", bound=parts.Owned)
Context = Any


class GrpcTariffs(rpc.TariffServiceServicer):
    """The handlers of TariffService."""

    def __init__(
        self, *, open_unit: OpenUnit, queries: Queries, clock: Clock, new_id: Callable[[], UUID]
    ) -> None:
        self._open_unit = open_unit
        self._queries = queries
        self._clock = clock
        self._new_id = new_id

    async def SaveSeason(self, request: pb.SaveSeasonRequest, _context: Context) -> pb.SeasonResponse:
        """Makes or replaces a season."""
        season, _ = await self._save(
            request, mapping.to_season(request.season, self._new_id), request.season.id
        )
        return pb.SeasonResponse(season=mapping.of_season(season))

    async def DeleteSeason(self, request: pb.DeleteRequest, _context: Context) -> pb.DeleteResponse:
        """Deletes a season that no tariff uses."""
        return await self._remove(request, parts.Season)

    async def ListSeasons(self, request: pb.OwnerRequest, _context: Context) -> pb.ListSeasonsResponse:
        """Seasons of an owner by first night."""
        found = await self._parts(request, parts.Season)
        found.sort(key=lambda season: (season.periods, season.name))
        return pb.ListSeasonsResponse(seasons=[mapping.of_season(one) for one in found])

    async def SaveRatePlan(self, request: pb.SaveRatePlanRequest, _context: Context) -> pb.RatePlanResponse:
        """Makes or replaces a rate plan."""
        plan, _ = await self._save(
            request, mapping.to_rate_plan(request.rate_plan, self._new_id), request.rate_plan.id
        )
        return pb.RatePlanResponse(rate_plan=mapping.of_rate_plan(plan))

    async def ListRatePlans(self, request: pb.OwnerRequest, _context: Context) -> pb.ListRatePlansResponse:
        """Rate plans of an owner, in the order in which he made them."""
        found = await self._parts(request, parts.RatePlan)
        return pb.ListRatePlansResponse(rate_plans=[mapping.of_rate_plan(one) for one in found])

    async def SaveTariff(self, request: pb.SaveTariffRequest, _context: Context) -> pb.TariffResponse:
        """Makes or replaces a tariff with its grid."""
        tariff, book = await self._save(
            request, mapping.to_tariff(request.tariff, self._new_id), request.tariff.id
        )
        return _tariff_response(tariff, book)

    async def GetTariff(self, request: pb.GetRequest, _context: Context) -> pb.TariffResponse:
        """One tariff and what is worth a second look."""
        tariff, book = await read_part(
            parts.Tariff, to_id(request.id, "id"), scope=Scope.current(), open_unit=self._open_unit
        )
        return _tariff_response(tariff, book)

    async def ListTariffs(self, request: pb.OwnerRequest, _context: Context) -> pb.ListTariffsResponse:
        """Tariffs of an owner by name."""
        found = await self._parts(request, parts.Tariff)
        found.sort(key=lambda tariff: (tariff.name.casefold(), tariff.id))
        return pb.ListTariffsResponse(tariffs=[mapping.of_tariff(one) for one in found])

    async def DeleteTariff(self, request: pb.DeleteRequest, _context: Context) -> pb.DeleteResponse:
        """Removes a tariff."""
        return await self._remove(request, parts.Tariff)

    async def SavePrice(self, request: pb.SavePriceRequest, _context: Context) -> pb.PriceResponse:
        """Types a price on dates."""
        price, _ = await self._save(request, mapping.to_price(request.price, self._new_id), request.price.id)
        return pb.PriceResponse(price=mapping.of_price(price))

    async def DeletePrice(self, request: pb.DeleteRequest, _context: Context) -> pb.DeleteResponse:
        """Goes back to the tariff."""
        return await self._remove(request, parts.PriceOnDates)

    async def ListPrices(self, request: pb.OwnerRequest, _context: Context) -> pb.ListPricesResponse:
        """Prices on dates of an owner, by their nights."""
        found = await self._parts(request, parts.PriceOnDates)
        found.sort(key=lambda price: (price.nights, price.id))
        return pb.ListPricesResponse(prices=[mapping.of_price(one) for one in found])

    async def SaveSupplement(
        self, request: pb.SaveSupplementRequest, _context: Context
    ) -> pb.SupplementResponse:
        """Makes or replaces a supplement."""
        one, _ = await self._save(
            request, mapping.to_supplement(request.supplement, self._new_id), request.supplement.id
        )
        return pb.SupplementResponse(supplement=mapping.of_supplement(one))

    async def DeleteSupplement(self, request: pb.DeleteRequest, _context: Context) -> pb.DeleteResponse:
        """Removes a supplement."""
        return await self._remove(request, parts.Supplement)

    async def ListSupplements(
        self, request: pb.OwnerRequest, _context: Context
    ) -> pb.ListSupplementsResponse:
        """Supplements of an owner, to the public too where he sells something."""
        owner_id = to_id(request.owner_id, "owner_id")
        return pb.ListSupplementsResponse(
            supplements=await self._queries.supplements(owner_id, scope=Scope.current())
        )

    async def SaveDiscount(self, request: pb.SaveDiscountRequest, _context: Context) -> pb.DiscountResponse:
        """Makes or replaces a discount."""
        one, _ = await self._save(
            request, mapping.to_discount(request.discount, self._new_id), request.discount.id
        )
        return pb.DiscountResponse(discount=mapping.of_discount(one))

    async def DeleteDiscount(self, request: pb.DeleteRequest, _context: Context) -> pb.DeleteResponse:
        """Removes a discount."""
        return await self._remove(request, parts.Discount)

    async def ListDiscounts(self, request: pb.OwnerRequest, _context: Context) -> pb.ListDiscountsResponse:
        """Discounts of an owner."""
        found = await self._parts(request, parts.Discount)
        return pb.ListDiscountsResponse(discounts=[mapping.of_discount(one) for one in found])

    async def SaveTaxRule(self, request: pb.SaveTaxRuleRequest, _context: Context) -> pb.TaxRuleResponse:
        """Makes or replaces a tourist-tax rule."""
        rule, found = await save_tax_rule(
            to_tax_rule(request.rule, self._new_id),
            request_id=parse_request_id(request.request_id),
            body_hash=hash_request(request),
            scope=Scope.current(),
            open_unit=self._open_unit,
            clock=self._clock,
            dry_run=request.dry_run,
        )
        return pb.TaxRuleResponse(rule=of_tax_rule(rule), remarks=map(of_remark, found))

    async def ListTaxRules(
        self, request: pb.ListTaxRulesRequest, _context: Context
    ) -> pb.ListTaxRulesResponse:
        """Tourist-tax rules of a commune, or a page of all."""
        return await self._queries.tax_rules(request)

    async def ImportTaxRules(
        self, request: pb.ImportTaxRulesRequest, _context: Context
    ) -> pb.ImportTaxRulesResponse:
        """Reads tourist-tax rules from a file."""
        lines, next_after = await import_tax_rules(
            to_import(request),
            scope=Scope.current(),
            open_unit=self._open_unit,
            clock=self._clock,
            new_id=self._new_id,
        )
        return pb.ImportTaxRulesResponse(lines=map(of_line, lines), next_after=next_after)

    async def CopyTaxRules(
        self, request: pb.CopyTaxRulesRequest, _context: Context
    ) -> pb.CopyTaxRulesResponse:
        """Copies the tourist-tax rules of a commune to the next year."""
        copies = await copy_tax_rules(
            request.insee,
            request.year,
            request_id=parse_request_id(request.request_id),
            body_hash=hash_request(request),
            scope=Scope.current(),
            open_unit=self._open_unit,
            clock=self._clock,
        )
        return pb.CopyTaxRulesResponse(rules=map(of_tax_rule, copies))

    async def PreviewChange(
        self, request: pb.PreviewChangeRequest, _context: Context
    ) -> pb.PreviewChangeResponse:
        """What saving a part would change; nothing is stored."""
        part, known_id = to_part(request, self._new_id)
        found = await preview_part(
            part,
            is_new=not known_id,
            scope=Scope.current(),
            open_unit=self._open_unit,
            quotes=self._queries,
            clock=self._clock,
        )
        return of_preview(found, _warnings(part, found.book))

    async def _save(self, request: Any, part: PartT, known_id: str) -> tuple[PartT, RateBook]:
        command = SavePart(
            request_id=parse_request_id(request.request_id),
            method=type(request).__name__,
            body_hash=hash_request(request),
            part=part,
            is_new=not known_id,
        )
        return await save_part(command, scope=Scope.current(), open_unit=self._open_unit, clock=self._clock)

    async def _remove(self, request: pb.DeleteRequest, kind: type[parts.Owned]) -> pb.DeleteResponse:
        command = RemovePart(
            request_id=parse_request_id(request.request_id),
            method=f"Delete{kind.__name__}",
            body_hash=hash_request(request),
            kind=kind,
            part_id=to_id(request.id, "id"),
        )
        await remove_part(command, scope=Scope.current(), open_unit=self._open_unit, clock=self._clock)
        return pb.DeleteResponse()

    async def _parts(self, request: pb.OwnerRequest, kind: type[PartT]) -> list[PartT]:
        owner_id = to_id(request.owner_id, "owner_id")
        return list(await self._queries.parts(kind, owner_id, scope=Scope.current()))


def _tariff_response(tariff: parts.Tariff, book: RateBook) -> pb.TariffResponse:
    return pb.TariffResponse(tariff=mapping.of_tariff(tariff), warnings=_warnings(tariff, book))


def _warnings(part: parts.Owned, book: RateBook) -> list[StayRefusal]:
    """What is worth a second look of a tariff, or of those that use a season."""
    if isinstance(part, parts.Season):
        found = [one for one in book.tariffs.values() if part.id in {row.season_id for row in one.rows}]
    else:
        found = [part] if isinstance(part, parts.Tariff) else []
    return [
        of_remark(remark)
        for tariff in found
        for remark in (
            *remarks(tariff, book.seasons, book.listings),
            *arrival_remarks(tariff, book.seasons),
        )
    ]
