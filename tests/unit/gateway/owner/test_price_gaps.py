"""What the page of tariffs says of nights that nobody can buy."""

from datetime import date

from gateway.owner.price_gaps import gaps_of

YEAR = (date(2026, 3, 1), date(2027, 4, 1))


def span(first, last):
    return date.fromisoformat(first), date.fromisoformat(last)


def test_open_nights_without_a_price_and_prices_on_closed_nights_are_named_with_their_fix():
    opened = [span("2026-01-01", "2026-12-31")]
    priced = [span("2026-02-01", "2026-11-28"), span("2027-01-09", "2027-01-16")]
    found = gaps_of("07MS01731", opened, priced, YEAR)
    assert [each.words for each in found] == [
        "Ouvert sans prix du 28/11 au 31/12/2026 (33 nuits)",
        "Un prix, mais fermé du 09/01 au 16/01/2027 (7 nuits)",
    ]
    assert found[0].href == "/prix/nouveau?hebergement=07MS01731&du=2026-11-28&au=2026-12-31"
    assert found[1].href == "/disponibilites/ajouter?hebergement=07MS01731&du=2027-01-09&au=2027-01-16"


def test_where_both_meet_nothing_is_said():
    both = [span("2026-04-01", "2026-10-01")]
    assert gaps_of("07MS01731", both, both, YEAR) == []


def test_many_gaps_are_counted_after_the_third():
    opened = [span(f"2026-{month:02}-01", f"2026-{month:02}-08") for month in range(4, 10)]
    found = gaps_of("07MS01731", opened, [], YEAR)
    assert len(found) == 4
    assert " ".join(found[-1].words.split()) == "Ouvert sans prix : encore 21 nuits plus tard"
