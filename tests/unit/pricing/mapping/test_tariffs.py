"""What is typed comes back as it was, and what makes no sense is refused with its field."""

import pytest
from chassis.errors import Malformed
from chassis.ids import new_id
from pricing.domain.errors import BadValue, PeriodReversed
from pricing.mapping import tariffs
from sejour.common.v1 import common_pb2
from sejour.pricing.v1 import pricing_types_pb2 as pb

ID, OWNER, OTHER = str(new_id()), str(new_id()), str(new_id())
NIGHTS = common_pb2.Nights(arrival="2026-07-01", departure="2026-09-01")
MONEY = common_pb2.Money(amount=850, currency="EUR")

MESSAGES = {
    "season": pb.Season(id=ID, owner_id=OWNER, name="Été", color="s3", periods=[NIGHTS], revision=4),
    "rate_plan": pb.RatePlan(
        id=ID, owner_id=OWNER, code="dp", name="Demi-pension", meal_plan=pb.MEAL_PLAN_HALF_BOARD, revision=2
    ),
    "tariff": pb.Tariff(
        id=ID,
        owner_id=OWNER,
        name="Tarif",
        rate_plan_id=OTHER,
        listing_ids=[OTHER],
        base_persons=4,
        extra_person_unit=pb.EXTRA_PERSON_UNIT_WEEK,
        straddle=pb.STRADDLE_MODE_HIGHEST,
        rows=[
            pb.TariffRow(
                season_id=OTHER,
                packages={1: 100, 7: 500},
                extra_night=90,
                extra_adult=70,
                child_bands=[pb.ChildBand(max_age=2, price=0), pb.ChildBand(max_age=12, price=35)],
                rules=pb.StayRules(arrival_days=[6], departure_days=[6, 7], min_nights=7, notice_days=2),
            )
        ],
        revision=1,
    ),
    "tariff_of_everything": pb.Tariff(
        id=ID,
        owner_id=OWNER,
        name="Tout",
        rate_plan_id=OTHER,
        listing_ids=[OTHER],
        base_persons=2,
        extra_person_unit=pb.EXTRA_PERSON_UNIT_NIGHT,
        straddle=pb.STRADDLE_MODE_PRORATA,
        rows=[
            pb.TariffRow(
                season_id=OTHER,
                packages={7: 500},
                rules=pb.StayRules(
                    min_through=3, horizon_days=400, sell_gaps=True, min_by_arrival_day={5: 2, 6: 7}
                ),
                named_packages=[
                    pb.NamedPackage(kind=pb.PACKAGE_KIND_WEEK_END, price=230, nights=[2, 3]),
                    pb.NamedPackage(kind=pb.PACKAGE_KIND_MONTH, price=1400, arrival_days=[6]),
                ],
                weekday_prices={5: 90, 6: 95},
                occupancies=[
                    pb.OccupancyPrices(
                        persons=3,
                        packages={7: 600},
                        extra_night=80,
                        named_packages=[pb.NamedPackage(kind=pb.PACKAGE_KIND_MID_WEEK, price=300)],
                        weekday_prices={1: 70},
                    )
                ],
            )
        ],
        revision=1,
    ),
    "price": pb.PriceOnDates(
        id=ID,
        owner_id=OWNER,
        listing_id=OTHER,
        rate_plan_id=OTHER,
        nights=NIGHTS,
        unit=pb.PRICE_UNIT_WEEK,
        price=MONEY,
        reason="fête",
        revision=1,
        persons=2,
    ),
    "supplement": pb.Supplement(
        id=ID,
        owner_id=OWNER,
        code="draps",
        name="Draps",
        base=pb.SUPPLEMENT_BASE_PER_PERSON,
        price=MONEY,
        max_quantity=6,
        only_within=NIGHTS,
        listing_ids=[OTHER],
        on_site=True,
        revision=1,
    ),
    "bounded_supplement": pb.Supplement(
        id=ID,
        owner_id=OWNER,
        code="petit-menage",
        name="Ménage d'un court séjour",
        base=pb.SUPPLEMENT_BASE_PER_PERSON,
        price=MONEY,
        revision=1,
        min_nights=1,
        max_nights=3,
        persons_counted=pb.PERSONS_COUNTED_ADULTS,
    ),
    "promo_discount": pb.Discount(
        id=ID,
        owner_id=OWNER,
        code="amis",
        name="Les amis",
        kind=pb.DISCOUNT_KIND_CODE,
        basis_points=500,
        revision=1,
        promo_code="AMIS 2026",
        min_nights=3,
        max_nights=14,
        arrivals=NIGHTS,
        accommodation_only=True,
    ),
    "discount": pb.Discount(
        id=ID,
        owner_id=OWNER,
        code="early",
        name="Tôt",
        kind=pb.DISCOUNT_KIND_EARLY,
        basis_points=1000,
        threshold=60,
        before="2026-04-01",
        cumulative=True,
        revision=1,
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_part_comes_back_as_it_was(name):
    kind = {
        pb.Season: "season",
        pb.RatePlan: "rate_plan",
        pb.Tariff: "tariff",
        pb.PriceOnDates: "price",
        pb.Supplement: "supplement",
        pb.Discount: "discount",
    }[type(MESSAGES[name])]
    there, back = getattr(tariffs, f"to_{kind}"), getattr(tariffs, f"of_{kind}")
    assert back(there(MESSAGES[name], new_id)) == MESSAGES[name]


def test_a_new_part_gets_an_id():
    season = pb.Season(owner_id=OWNER, name="Été", periods=[NIGHTS])
    assert str(tariffs.to_season(season, new_id).id)[14] == "7"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"unit": pb.PRICE_UNIT_UNSPECIFIED}, BadValue),
        ({"price": common_pb2.Money(amount=1, currency="USD")}, BadValue),
        ({"nights": common_pb2.Nights(arrival="2026-07-01", departure="2026-07-01")}, PeriodReversed),
        ({"nights": common_pb2.Nights(arrival="1/7/2026", departure="2026-07-02")}, BadValue),
        ({"listing_id": "07MS01731"}, Malformed),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(change, error):
    message = pb.PriceOnDates()
    message.CopyFrom(MESSAGES["price"])
    for name, value in change.items():
        if hasattr(value, "CopyFrom"):
            getattr(message, name).CopyFrom(value)
        else:
            setattr(message, name, value)
    with pytest.raises(error):
        tariffs.to_price(message, new_id)
