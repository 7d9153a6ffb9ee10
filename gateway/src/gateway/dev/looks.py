"""Pages for developers, never in production: `/_looks` shows every part of the look with sample data."""

from datetime import date, timedelta

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.failures import failure_page
from gateway.formats import parse_month
from gateway.forms import Form
from gateway.pages import Frame
from gateway.planning import Action, Bar, BarKind, PlanningRow, Span, draw, first_day_of
from gateway.wall import Next, draw_wall

_KINDS = (BarKind.BOOKING, BarKind.OPTION, BarKind.BOOKING, BarKind.BLOCK, BarKind.FEED)
_NAMES = ("Dupond", "Van der Berg", "Le Goff", "Müller", "Da Silva")
ACTIONS = (
    Action("Créer une réservation ou une option", "/reservations/nouvelle", "notebook", primary=True),
    Action("Ouvrir ces nuits", "/disponibilites/ouvrir", "open"),
    Action("Bloquer ces nuits", "/blocages/nouveau", "block"),
    Action("Fermer ces nuits", "/disponibilites/fermer", "lock"),
)


def _bar(kind: BarKind, arrival: date, nights: int, number: int, *, clash: bool = False) -> Bar:
    label = {
        BarKind.BOOKING: "Réservation",
        BarKind.OPTION: "Pré-réservation",
        BarKind.BLOCK: "Travaux",
        BarKind.FEED: "Airbnb",
    }[kind]
    own = kind in {BarKind.BOOKING, BarKind.OPTION}
    detail = f"{_NAMES[number % len(_NAMES)]}, {2 + number % 4} pers." if own else ""
    return Bar(
        kind, arrival, arrival + timedelta(days=nights), label, detail,
        number=str(number) if own else "", star=kind is BarKind.OPTION, clash=clash,
        href=f"/reservations/{number}" if own else "",
    )  # fmt: skip


def sample_rows(first: date, days: int, count: int) -> list[PlanningRow]:
    """Returns made-up rows with every kind of bar, turnovers, cut ends, a clash and spans."""
    rows = []
    for number in range(count):
        bars, day, index = [], first + timedelta(days=(number * 3) % 7 - 3), number
        while day < first + timedelta(days=days):
            nights = (7, 1, 5, 2, 3, 7)[index % 6]
            bars.append(_bar(_KINDS[index % 5], day, nights, index + 1, clash=number == 1 and index == 3))
            day += timedelta(days=nights + (0, 3, 5)[index % 3])
            index += 1
        if number == 1:
            bars.append(_bar(BarKind.FEED, bars[2].arrival + timedelta(days=2), 4, 99, clash=True))
        spans = [Span("closed", first + timedelta(days=days - 6), first + timedelta(days=days + 30))]
        if number % 2:
            spans.append(Span("unpriced", first + timedelta(days=8), first + timedelta(days=15)))
        code, title = (
            ("07MS01731", "Le Mas des Cigales")
            if number == 0
            else (f"26CH{1480 + number}", "Chambre Lavande")
        )
        rows.append(
            PlanningRow(
                code, title, f"/hebergements/{code}", f"/planning/ajouter?hebergement={code}", bars, spans
            )
        )
    return rows


def install(site: FastAPI) -> None:
    """Adds the pages to the dashboard."""

    @site.get("/_looks")
    async def looks(request: Request) -> Response:
        request.state.frame = Frame(27144, "Jeanne FAURE", "Clévacances Ardèche", signed_in=True)
        typed: dict[str, object] = {
            "nom": "FAURE",
            "montant": "12,5",
            "du": date(2026, 7, 18),
            "sorte": "arrhes",
        }
        typed |= {"au": date(2026, 7, 25), "moyens": ["cheque", "virement"], "formule": "seule"}
        form = Form(typed)
        form.fail("montant", "Ce montant ne se lit pas. Écrivez par exemple 590 ou 590,50.")
        pages = request.app.state.gateway.pages
        answer: Response = pages.render(
            request, "dev/looks.html", title="Toutes les pièces", form=form, page=""
        )
        return answer

    @site.get("/_looks/planning")
    async def planning(
        request: Request, mois: str = "2026-08", hebergements: int = 6, jours: int = 32
    ) -> Response:
        request.state.frame = Frame(27144, "Jeanne FAURE", "Clévacances Ardèche", signed_in=True)
        month = parse_month(mois) or date(2026, 8, 1)
        today, first = month + timedelta(days=12), first_day_of(month)
        rows = sample_rows(first, jours, hebergements)
        context = {
            "view": draw(rows, first=first, days=jours, today=today, actions=ACTIONS),
            "wall": draw_wall(rows[0], month=month, today=today, actions=ACTIONS),
            "next_items": [
                Next(
                    month + timedelta(days=13), "Arrivée de M. DUPOND, 4 personnes", "user", "/reservations/3"
                ),
                Next(
                    month + timedelta(days=14),
                    "Fin de l’option n° 5, Mme LE GOFF",
                    "hourglass",
                    "/reservations/5",
                ),
            ],
            "month": month,
            "form": Form({"mois": f"{month:%Y-%m}", "hebergement": rows[0].code}),
            "months": [(f"{day:%Y-%m}", day) for day in (month, (month + timedelta(days=32)).replace(day=1))],
        }
        pages = request.app.state.gateway.pages
        answer: Response = pages.render(
            request, "dev/planning.html", title="Mon planning", page="planning", **context
        )
        return answer

    @site.get("/_looks/failure/{status}")
    async def failure(request: Request, status: int) -> Response:
        return failure_page(request, status)
