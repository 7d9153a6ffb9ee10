"""Every page as it looks, at 1280 and 390 px, light and dark, under `build/screens`; axe finds no serious fault.

Last of all by its name: it leaves the clock where the stories left it.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from screen import fetched, sign_in

pytestmark = pytest.mark.screens
ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "build" / "screens"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
EVERY_RUN = [(1280, "light"), (390, "dark")]
SHEET = ("description", "photos", "situation", "equipment", "rooms", "statement", "label", "production")
OWNER = [
    "/planning?mois=2026-07", "/planning/ajouter?hebergement=07MS01731&du=2026-07-18", "/reservations?vue=ALL",
    "/reservations/nouvelle?hebergement=07MS01731&du=2026-08-08&au=2026-08-15", "/reservations/1",
    "/reservations/1/client", "/hebergements", "/hebergements/nouveau",
    *(f"/hebergements/07MS01731?onglet={tab}" for tab in SHEET), "/hebergements/07MS01732?onglet=production",
    "/modalites", "/devis", "/coordonnees", "/clients", "/codes", "/tarifs", "/tarifs/nouveau", "/saisons/nouveau", "/prix/nouveau",
    "/supplements/nouveau", "/remises/nouveau", "/tarifs-vue?hebergement=07MS01731", "/disponibilites",
    "/disponibilites/ajouter?plusieurs=1", "/disponibilites/supprimer", "/blocages/nouveau", "/dev/mails", "/dev/mesures", "/dev/traces",
    "/nulle-part", "/_looks", "/_looks/planning",
]  # fmt: skip


def name_of(path):
    return re.sub(r"[^0-9a-zA-Z]+", "-", path).strip("-") or "accueil"


def faults_of(page):
    """The serious faults that axe finds."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request):
    """A width and a colour scheme: two of the four in every run, all with `make screens`."""
    if request.param not in EVERY_RUN and request.config.getoption("markexpr") != "screens":
        pytest.skip("only with « make screens »")
    return request.param


def shoot(page, path):
    """Takes the whole page in a window as high as it is: what sticks to the window's foot is then at its end."""
    window = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": max(window["height"], height)})
    page.screenshot(path=str(path), full_page=True)
    page.set_viewport_size(window)


def photograph(page, path, width, scheme, *, expected=200):
    """Takes the picture of a page; returns what is wrong with it."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == expected, path
    folder = SCREENS / f"{width}-{scheme}"
    folder.mkdir(parents=True, exist_ok=True)
    shoot(page, folder / f"{name_of(path)}.png")
    checked = faults_of(page) if (width, scheme) in EVERY_RUN else []
    wrong = [f"{path} at {width} {scheme}: {fault}" for fault in checked]
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wrong + ([f"{path} at {width} {scheme}: {over} px too wide"] if over > 0 else [])


@pytest.fixture(scope="module")
def lively(stack, browser):
    """An option, a booking and a block in July 2026, so that the planning has something to show."""
    context = browser.new_context(base_url=stack.demo["hosts"]["app"], locale="fr-FR")
    page = context.new_page()
    sign_in(page, stack.demo["owner"]["login"], stack.demo["owner"]["password"])
    for kind, first, last in (("Option", 11, 18), ("Réservation", 18, 25)):
        page.goto(f"/reservations/nouvelle?hebergement=07MS01731&du=2026-07-{first}&au=2026-07-{last}")
        page.get_by_label("Adultes").fill("4")
        page.get_by_label("Nom", exact=True).fill("LE GOFF")
        page.get_by_role("radio", name=re.compile(f"^{kind}")).check()
        page.get_by_role("button", name="Enregistrer la réservation").click()
        page.wait_for_url(re.compile(r"/reservations/\d+$"))
    page.goto("/blocages/nouveau?hebergement=07MS01731&du=2026-07-25&au=2026-07-28")
    page.get_by_role("button", name="Bloquer ces nuits").click()
    page.wait_for_url(re.compile("/planning"))
    context.close()


@pytest.mark.usefixtures("lively")
def test_the_owners_pages_look_right_and_are_for_all(stack, visit, look):
    width, scheme = look
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    page = visit(base_url=stack.demo["hosts"]["app"], **options).new_page()
    wrong = photograph(page, "/connexion", width, scheme)
    sign_in(page, stack.demo["owner"]["login"], stack.demo["owner"]["password"])
    for path in OWNER:
        wrong += photograph(page, path, width, scheme, expected=404 if path == "/nulle-part" else 200)
    assert wrong == []


def test_the_labels_page_looks_right_and_is_for_all(stack, visit, look):
    width, scheme = look
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    page = visit(base_url=stack.demo["hosts"]["app"], **options).new_page()
    label = stack.demo["label"]
    page.goto("/connexion")
    page.get_by_label("Identifiant (fournisseur n° ou e-mail)").fill(label["login"])
    page.get_by_label("Mot de passe", exact=True).fill(label["password"])
    page.get_by_role("button", name="Me connecter").click()
    page.wait_for_url(re.compile("/label"))
    assert photograph(page, "/label", width, scheme) == []


def test_the_operator_s_pages_look_right_and_are_for_all(stack, visit, look):
    width, scheme = look
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    page = visit(base_url=stack.demo["hosts"]["app"], **options).new_page()
    operator = stack.demo["operator"]
    page.goto("/connexion")
    page.get_by_label("Identifiant (fournisseur n° ou e-mail)").fill(operator["login"])
    page.get_by_label("Mot de passe", exact=True).fill(operator["password"])
    page.get_by_role("button", name="Me connecter").click()
    page.wait_for_url(re.compile("/exploitant/taxe"))
    wrong = []
    for path in (
        "/exploitant/taxe?annee=2026", "/exploitant/taxe?q=nulle-part", "/exploitant/taxe/import",
        "/exploitant/taxe/regle?insee=07028&annee=2026&categorie=3",
    ):  # fmt: skip
        wrong += photograph(page, path, width, scheme)
    assert wrong == []


def test_both_documents_are_kept_as_pictures(stack, visit):
    page = visit(base_url=stack.demo["hosts"]["app"]).new_page()
    sign_in(page, stack.demo["owner"]["login"], stack.demo["owner"]["password"])
    page.set_default_timeout(60_000)
    for button, name in (("Voir le contrat", "contrat"), ("Voir l’état descriptif", "etat-descriptif")):
        page.goto("/reservations/1")
        with page.expect_request_finished(lambda request: request.url.endswith(".pdf")) as asked:
            page.get_by_role("button", name=button).first.click()
        address = asked.value.url
        page.goto("/reservations/1")
        status, content = fetched(page, address)
        assert (status, content[:4]) == (200, b"%PDF")
        (SCREENS / "documents").mkdir(parents=True, exist_ok=True)
        path = SCREENS / "documents" / f"{name}.pdf"
        path.write_bytes(content)
        if draw := shutil.which("pdftoppm"):
            subprocess.run([draw, "-png", "-r", "80", str(path), str(path.with_suffix(""))], check=True)
            assert list(path.parent.glob(f"{name}-*.png"))
