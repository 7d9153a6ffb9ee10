"""A quote, or the reasons why there is none, as the owner reads them; pure."""

import json
from typing import Any

from chassis.errors import ServiceError
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.i18n import gettext as _
from gateway.problems import sentence
from gateway.texts import price_line, promo_words, refusal

_PRICELESS = {"NO_SEASON", "NO_PRICE"}
"""What an agreed price makes up for."""


def shown_price(quote: pricing.Quote) -> dict[str, Any]:
    """Returns a price as the page shows it: lines in words, total, normal price, tax, warnings."""
    line = quote.lines[0]
    normal = line.normal_total if line.HasField("normal_total") else None
    return {
        "lines": [(price_line(each.kind, each.params), each.amount) for each in line.lines],
        "beside": [
            (price_line(each.kind, each.params), each.amount) for each in line.beside if each.amount.amount
        ],
        "total": quote.total,
        "normal": normal if normal is not None and normal.amount != quote.total.amount else None,
        "tax": quote.tourist_tax,
        "warnings": [
            refusal(each.reason, each.params) for each in line.warnings if each.reason not in _PRICELESS
        ],
        "plan": line.rate_plan_name,
        "promo": promo_words(line.promo_state, line.promo_bounds),
    }


def price_failure(error: ServiceError) -> str:
    """Returns why a stay has no price, each reason in words."""
    if error.reason != "STAY_REFUSED":
        return sentence(error)
    try:
        found = json.loads(error.metadata.get("refusals", "[]"))
        reasons = [
            refusal(each["reason"], {k: str(v) for k, v in each.get("params", {}).items()}) for each in found
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        reasons = []
    words = " ".join(dict.fromkeys(reasons)) or sentence(error)
    return words + " " + _("Vous pouvez saisir un prix convenu.")


def tried_plan(answer: pricing_pb.PlanPrice) -> dict[str, Any]:
    """Returns one formule's answer to a stay: lines and totals in words, or every reason why not."""
    if not answer.HasField("price"):
        reasons = dict.fromkeys(refusal(each.reason, each.params) for each in answer.refusals)
        return {"name": answer.rate_plan_name, "price": None, "reasons": list(reasons)}
    line = answer.price
    return {
        "name": answer.rate_plan_name,
        "reasons": [],
        "price": {
            "lines": [(price_line(each.kind, each.params), each.amount) for each in line.lines],
            "beside": [
                (price_line(each.kind, each.params), each.amount)
                for each in line.beside
                if each.amount.amount
            ],
            "total": line.total,
            "promo": promo_words(line.promo_state, line.promo_bounds),
            "warnings": list(dict.fromkeys(refusal(each.reason, each.params) for each in line.warnings)),
        },
    }
