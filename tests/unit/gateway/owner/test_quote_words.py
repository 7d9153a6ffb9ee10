import json

from chassis.errors import ErrorKind, RemoteError
from gateway.owner.quote_words import price_failure, shown_price, tried_plan
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing


def euro(cents):
    return common.Money(amount=cents, currency="EUR")


def test_each_reason_why_a_stay_has_no_price_is_told_once():
    reasons = [{"line": 0, "reason": "ARRIVAL_DAY", "params": {"allowed": "6", "season": "Haute"}}] * 2
    error = RemoteError(ErrorKind.REFUSED, "STAY_REFUSED", metadata={"refusals": json.dumps(reasons)})
    words = price_failure(error)
    assert words == "En «\u00a0Haute\u00a0», on arrive le samedi. Vous pouvez saisir un prix convenu."


def test_reasons_that_cannot_be_read_still_give_a_sentence():
    error = RemoteError(ErrorKind.REFUSED, "STAY_REFUSED", metadata={"refusals": "not json"})
    assert price_failure(error).startswith("Ce séjour n’est pas vendu ainsi.")


def test_an_agreed_price_keeps_the_normal_one_beside_it_and_no_reproach():
    quote = pricing.Quote(total=euro(1200))
    line = quote.lines.add(normal_total=euro(74000), rate_plan_name="Location seule")
    line.lines.add(kind="AGREED", params={"reason": "vieux dossier"}, amount=euro(1200))
    line.beside.add(kind="TOURIST_TAX", amount=euro(0))
    line.warnings.add(reason="NO_PRICE")
    line.warnings.add(reason="ARRIVAL_DAY", params={"allowed": "6", "season": "Haute"})
    price = shown_price(quote)
    assert price["lines"] == [("Prix convenu (vieux dossier)", euro(1200))]
    assert price["normal"] == euro(74000)
    assert price["beside"] == []
    assert price["warnings"] == ["En «\u00a0Haute\u00a0», on arrive le samedi."]


def test_what_became_of_a_code_stands_beside_the_price():
    quote = pricing.Quote(total=euro(74000))
    quote.lines.add(total=euro(74000), promo_code="AMIS", promo_state=pricing.PROMO_STATE_UNKNOWN)
    assert shown_price(quote)["promo"] == "Ce code n’est pas connu."
    tried = pricing_pb.PlanPrice(rate_plan_name="Location seule", price=quote.lines[0])
    assert tried_plan(tried)["price"]["promo"] == "Ce code n’est pas connu."
