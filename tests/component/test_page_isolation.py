"""Every address of an owner that another owner opens, or posts to, is « introuvable », as if it never existed."""

import re
from urllib.parse import urlsplit

import pytest
from foreign import Person

pytestmark = pytest.mark.xdist_group("stack")

STARTS = (
    "/planning?mois=2010-08", "/planning?mois=2010-10", "/reservations?vue=ALL", "/reservations/1", "/reservations/2",
    "/hebergements", "/hebergements/07MS01731", "/tarifs", "/tarifs-vue", "/clients", "/disponibilites",
)  # fmt: skip
OWN = re.compile(
    r"^/(reservations/\d|hebergements/[0-9A-Z]|(tarifs|formules|saisons|prix|supplements|remises|clients|documents)/[0-9a-f]{8}-|blocages/[0-9a-f]{8}-)"
)
DEEDS = (
    "/reservations/1/type", "/reservations/1/reglements", "/reservations/1/notes", "/reservations/1/personnes",
    "/reservations/1/client", "/reservations/1/documents", "/reservations/1/envoyer", "/hebergements/07MS01731",
    "/hebergements/07MS01731/photos", "/hebergements/07MS01731/photos/ordre", "/hebergements/07MS01731/production",
)  # fmt: skip


@pytest.fixture(scope="module")
def jeanne(stack):
    owner = stack.demo["owner"]
    person = Person(stack, owner["login"], owner["password"])
    yield person
    person.client.close()


@pytest.fixture(scope="module")
def paul(stack):
    person = Person(stack, "27145", "a-l-ombre-du-platane")
    yield person
    person.client.close()


@pytest.fixture(scope="module")
def addresses(jeanne):
    """All addresses of one thing of Jeanne's that her pages link or post to."""
    found = set()
    for start in STARTS:
        page = jeanne.get(start)
        assert page.status_code == 200, start
        for link in re.findall(r'(?:href|action)="(/[^"#]*)', page.text):
            path = link.replace("&amp;", "&")
            if OWN.match(path):
                found.add(path)
    return sorted(found)


def shown(answer):
    """A page without the number of its request."""
    return re.sub(r"(numéro|référence) [0-9a-f]{12}", "", answer.text)


def test_her_own_addresses_answer_her(jeanne, addresses):
    kinds = {urlsplit(path).path.split("/")[1] for path in addresses}
    assert {"reservations", "hebergements", "tarifs", "saisons", "supplements", "clients"} <= kinds
    gets = [path for path in addresses if not path.endswith(("/supprimer", "/contrepasser"))]
    statuses = {path: jeanne.get(path).status_code for path in gets if path not in DEEDS}
    assert set(statuses.values()) <= {200, 303}, statuses


def test_nobody_else_finds_them(paul, addresses):
    never = paul.get("/clients/00000000-0000-7000-8000-000000000000")
    assert never.status_code == 404
    # Files are numbered by owner: Paul has none, so these numbers are nobody's for him.
    for path in addresses:
        answer = paul.get(path)
        assert answer.status_code in {404, 405}, (path, answer.status_code)
        if answer.status_code == 404:
            assert shown(answer) == shown(never), path


def test_nobody_else_may_change_them(paul, addresses):
    deletions = [path for path in addresses if path.endswith("/supprimer")]
    saves = [
        path
        for path in addresses
        if re.match(r"^/(tarifs|formules|saisons|prix|supplements|remises|clients)/[^/?]+$", path)
    ]
    for path in [*DEEDS, *deletions, *saves]:
        answer = paul.post(
            path, nom="X", etape="faire", action="CONFIRM", document="contrat", onglet="description"
        )
        assert answer.status_code == 404, (path, answer.status_code, answer.headers.get("location"))


def test_her_listings_cannot_be_named_in_his_forms(paul):
    blocked = paul.post(
        "/blocages/nouveau", hebergement="07MS01731", du="01/05/2026", jusquau="02/05/2026", motif="1"
    )
    opened = paul.post(
        "/disponibilites/ajouter", hebergement="07MS01731", du="01/05/2027", jusquau="02/05/2027"
    )
    booked = paul.post(
        "/reservations/nouvelle", hebergement="07MS01731", du="01/05/2026", au="03/05/2026", etape="prix"
    )
    assert [answer.status_code for answer in (blocked, opened, booked)] == [422, 422, 422]


def test_her_listings_are_still_hers(jeanne):
    assert "07MS01731" in jeanne.get("/hebergements").text
