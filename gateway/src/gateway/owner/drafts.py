"""The stay of « Créer une réservation » as it is typed, to be priced; pure."""

from dataclasses import dataclass
from datetime import date

from sejour.catalog.v1 import catalog_types_pb2 as catalog
from sejour.common.v1 import common_pb2 as common
from sejour.pricing.v1 import pricing_service_pb2 as pricing_pb
from sejour.pricing.v1 import pricing_types_pb2 as pricing

from gateway.forms import Form
from gateway.i18n import gettext as _
from gateway.owner.common import money, nights, party_of, persons, stay_of


@dataclass(slots=True)
class Draft:
    """What the form says of the stay, once read."""

    listing: catalog.Listing | None
    stay: tuple[date, date] | None
    party: common.Party
    plan_id: str
    agreed: int | None
    reason: str
    promo: str = ""

    def line(self) -> pricing_pb.QuoteLineRequest:
        """Returns the line to quote."""
        if self.listing is None or self.stay is None:
            raise ValueError("the draft is not complete")
        line = pricing_pb.QuoteLineRequest(
            listing_id=self.listing.id,
            rate_plan_id=self.plan_id,
            nights=nights(*self.stay),
            party=self.party,
            agreed_reason=self.reason,
            promo_code=self.promo,
        )
        if self.agreed is not None:
            line.agreed_total.CopyFrom(money(self.agreed))
        return line


def read_draft(form: Form, listings: dict[str, catalog.Listing], plans: list[pricing.RatePlan]) -> Draft:
    """Reads the part of the form that is priced."""
    code = form.choice("hebergement", list(listings))
    draft = Draft(
        listing=listings.get(code),
        stay=stay_of(form),
        party=party_of(form),
        plan_id=form.choice("formule", [plan.id for plan in plans], required=False),
        agreed=form.money("prix_convenu"),
        reason=form.text("raison", most=200),
        promo=form.text("code_promo", most=40),
    )
    most = draft.listing.max_persons if draft.listing else 0
    if most and persons(draft.party) > most:
        form.fail("adultes", _("Cet hébergement accueille %(most)s personnes au plus.") % {"most": most})
    return draft
