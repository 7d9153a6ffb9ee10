"""Why pricing refuses: one class per failure; the reasons are those of `PricingReason` in the contract."""

from chassis.errors import ErrorKind, RequestIdReused, ServiceError

__all__ = [
    "BadPrice",
    "BadValue",
    "CodeTaken",
    "DiscountNotFound",
    "LinesOfTwoOwners",
    "ListingNotFound",
    "NotAllowed",
    "OwnerNotFound",
    "PeriodReversed",
    "PlanPricedTwice",
    "PriceNotFound",
    "PricesOverlap",
    "QuoteExpired",
    "QuoteNotFound",
    "QuoteUsed",
    "RatePlanNotFound",
    "RequestIdReused",
    "RevisionStale",
    "SeasonInUse",
    "SeasonNotFound",
    "SeasonsOverlap",
    "StayRefused",
    "SupplementNotFound",
    "TariffNotFound",
]


class OwnerNotFound(ServiceError):
    """No owner within reach has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "OWNER_NOT_FOUND"


class SeasonNotFound(ServiceError):
    """No season of this owner has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "SEASON_NOT_FOUND"


class RatePlanNotFound(ServiceError):
    """No rate plan of this owner has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "RATE_PLAN_NOT_FOUND"


class TariffNotFound(ServiceError):
    """No tariff of this owner has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "TARIFF_NOT_FOUND"


class PriceNotFound(ServiceError):
    """No price on dates of this owner has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "PRICE_NOT_FOUND"


class SupplementNotFound(ServiceError):
    """No supplement of this owner has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "SUPPLEMENT_NOT_FOUND"


class DiscountNotFound(ServiceError):
    """No discount of this owner has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "DISCOUNT_NOT_FOUND"


class ListingNotFound(ServiceError):
    """No listing within reach has that id, or the catalog's news of it has not come yet."""

    kind = ErrorKind.NOT_FOUND
    reason = "LISTING_NOT_FOUND"


class QuoteNotFound(ServiceError):
    """No quote within reach has that id."""

    kind = ErrorKind.NOT_FOUND
    reason = "QUOTE_NOT_FOUND"


class RevisionStale(ServiceError):
    """Somebody else saved it meanwhile; metadata `revision` is the present one."""

    kind = ErrorKind.CONFLICT
    reason = "REVISION_STALE"


class SeasonsOverlap(ServiceError):
    """A night would belong to two seasons of one tariff, or twice to one season."""

    kind = ErrorKind.REFUSED
    reason = "SEASONS_OVERLAP"


class PricesOverlap(ServiceError):
    """A night would have two typed prices, or a stay two fixed ones."""

    kind = ErrorKind.REFUSED
    reason = "PRICES_OVERLAP"


class PeriodReversed(ServiceError):
    """The end of a period is not after its beginning."""

    kind = ErrorKind.REFUSED
    reason = "PERIOD_REVERSED"


class SeasonInUse(ServiceError):
    """A tariff still uses the season; metadata `tariff`."""

    kind = ErrorKind.CONFLICT
    reason = "SEASON_IN_USE"


class BadPrice(ServiceError):
    """A price is below zero or beyond any sense; metadata `field`."""

    kind = ErrorKind.REFUSED
    reason = "BAD_PRICE"


class BadValue(ServiceError):
    """A value cannot be; metadata `field` and `why`."""

    kind = ErrorKind.REFUSED
    reason = "BAD_VALUE"


class StayRefused(ServiceError):
    """The stay is not sold; `fields` carry each reason, metadata `refusals` the parameters as JSON."""

    kind = ErrorKind.REFUSED
    reason = "STAY_REFUSED"


class QuoteExpired(ServiceError):
    """The quote's time is over."""

    kind = ErrorKind.CONFLICT
    reason = "QUOTE_EXPIRED"


class QuoteUsed(ServiceError):
    """Another booking has used the quote."""

    kind = ErrorKind.CONFLICT
    reason = "QUOTE_USED"


class LinesOfTwoOwners(ServiceError):
    """The lines of a quote are of different owners."""

    kind = ErrorKind.REFUSED
    reason = "LINES_OF_TWO_OWNERS"


class NotAllowed(ServiceError):
    """The actor may see it and may not do this."""

    kind = ErrorKind.FORBIDDEN
    reason = "NOT_ALLOWED"


class CodeTaken(ServiceError):
    """Another row of this owner has that code."""

    kind = ErrorKind.CONFLICT
    reason = "CODE_TAKEN"


class PlanPricedTwice(ServiceError):
    """Two tariffs price the same listing and plan; metadata `tariff` is the other's name."""

    kind = ErrorKind.CONFLICT
    reason = "PLAN_PRICED_TWICE"
