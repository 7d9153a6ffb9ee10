"""The operator's pages in a running copy: a rule by hand, a file, a copy; nobody else finds them."""

import re
from html import unescape

import pytest
from foreign import Person
from sejour_local.cli import main

pytestmark = pytest.mark.xdist_group("stack")
HOME = "/exploitant/taxe"
COMMUNE = "84091"
TYPED = {
    "insee": COMMUNE, "commune": "Sault-de-l'Essai", "categorie": "3", "annee": "2031", "tarif": "1,10",
    "departementale": "10", "du": "01/04/2031", "jusquau": "30/09/2031", "du2": "19/12/2031",
    "jusquau2": "31/12/2031", "arrondi": "etapes", "source": "délibération du 12/06/2030",
}  # fmt: skip


@pytest.fixture(scope="module")
def operator(stack):
    one = stack.demo["operator"]
    person = Person(stack, one["login"], one["password"])
    yield person
    person.client.close()


def plain(answer):
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def listed(operator, year="2031"):
    return plain(operator.get(f"{HOME}?q={COMMUNE}&annee={year}"))


def field(answer, name):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1])


def sent(operator, content, **data):
    files = {"fichier": ("essai.csv", content.encode(), "text/csv")}
    return operator.client.post(
        f"{HOME}/import", data={"_token": operator.token, "etape": "apercu"} | data, files=files
    )


def test_an_operator_comes_to_his_pages_after_the_login(operator):
    assert operator.get("/").headers["location"] == HOME
    page = plain(operator.get(HOME))
    assert "Règles de la taxe de séjour" in page
    assert "Mon planning" not in page
    for path in ("/planning", "/reservations", "/label", "/taxe"):
        assert operator.get(path).status_code == 404, path


@pytest.mark.parametrize("who", ["owner", "label"])
def test_nobody_else_finds_them(stack, who):
    person = Person(stack, stack.demo[who]["login"], stack.demo[who]["password"])
    never = plain(person.get("/exploitant/nulle-part"))
    number = re.compile(r"(numéro|référence) [0-9a-f]{12}")
    for path in (HOME, f"{HOME}/regle", f"{HOME}/import"):
        answer = person.get(path)
        assert answer.status_code == 404
        assert number.sub("", plain(answer)) == number.sub("", never)
    for path in (f"{HOME}/regle", f"{HOME}/import", f"{HOME}/copier"):
        assert person.post(path, **TYPED).status_code == 404
    person.client.close()


def test_a_rule_is_typed_looked_at_changed_and_copied(operator, stack, monkeypatch, capsys):
    wrong = operator.post(f"{HOME}/regle", **TYPED | {"du2": "15/09/2031"})
    assert wrong.status_code == 422
    assert "Cette période recouvre la précédente." in plain(wrong)
    dear = TYPED | {"tarif": "9,00"}
    warned = operator.post(f"{HOME}/regle", **dear)
    assert warned.status_code == 200
    assert "Ce tarif est au-dessus du plafond national de 1,70 €." in plain(warned)
    assert "Aucune règle ne répond" in listed(operator)
    seen = field(warned, "vu")
    assert (
        operator.post(f"{HOME}/regle", **dear, vu=seen).headers["location"]
        == f"{HOME}?q={COMMUNE}&annee=2031"
    )
    page = listed(operator)
    assert "est enregistrée" in page
    for words in (
        "9,00 € par personne et par nuit",
        "départementale 10 %",
        "à confirmer",
        "délibération du 12/06/2030",
    ):
        assert words in page
    assert "du 01/04/2031 au 30/09/2031 et du 19/12/2031 au 31/12/2031" in page
    assert "Sault-de-l'Essai" in plain(operator.get(f"{HOME}?q=sault%20de%20l%27essai&annee=2031"))

    # The one who did not see the rule that stands there is told what he would replace.
    again = operator.post(f"{HOME}/regle", **TYPED)
    assert "Remplace 9,00 € (source : délibération du 12/06/2030)." in plain(again)
    shown = operator.get(f"{HOME}/regle?insee={COMMUNE}&annee=2031&categorie=3")
    saved = operator.post(f"{HOME}/regle", **TYPED, connue=field(shown, "connue"))
    assert saved.status_code == 303
    assert "1,10 € par personne et par nuit" in listed(operator)
    # So is who saw it before another changed no more than its days.
    mine, other = (operator.get(f"{HOME}/regle?insee={COMMUNE}&annee=2031&categorie=3") for _ in range(2))
    longer = TYPED | {"jusquau": "31/10/2031"}
    assert operator.post(f"{HOME}/regle", **longer, connue=field(other, "connue")).status_code == 303
    late = operator.post(f"{HOME}/regle", **TYPED, connue=field(mine, "connue"))
    assert "Remplace 1,10 € (source : délibération du 12/06/2030)." in plain(late)
    assert operator.post(f"{HOME}/regle", **TYPED, vu=field(late, "vu")).status_code == 303

    copied = operator.post(f"{HOME}/copier", insee=COMMUNE, annee="2031")
    assert copied.headers["location"] == f"{HOME}?q={COMMUNE}&annee=2032"
    page = listed(operator, "2032")
    assert "1 règle copiée en 2032" in page
    assert "du 01/04/2032 au 30/09/2032" in page
    assert "à confirmer" in page
    operator.post(f"{HOME}/copier", insee=COMMUNE, annee="2031")
    assert "2032 a déjà toutes ces règles" in listed(operator, "2032")

    monkeypatch.setenv("SEJOUR_HOME", str(stack.home))
    monkeypatch.setenv("SEJOUR_PORT", str(stack.port))
    main(["audit", "--event", "tax.", "--about", COMMUNE])
    noted = capsys.readouterr().out
    assert "tax.typed\tok\taccount:" in noted
    assert f"operator\t{COMMUNE} 3 2031" in noted
    assert f"{COMMUNE} 2031 1" in noted


def test_a_file_is_looked_at_line_by_line_and_then_saved(operator):
    content = (
        "insee;commune;categorie;annee;tarif;taux;plafond;source\n"
        "84092;Murs;3;2031;1,10;;;délibération\n84092;Murs;unclassified;2031;;4;;délibération\n"
        "8409;Murs;2;2031;0,90;;;\n"
    )
    looked = sent(operator, content)
    page = plain(looked)
    assert looked.status_code == 200
    assert "essai.csv : 2 nouvelles, 1 refusée." in page
    assert "Sans plafond, une nuit chère est trop taxée" in page
    assert "insee « 8409 » : écrivez les cinq caractères" in page
    assert "Aucune règle ne répond" in plain(operator.get(f"{HOME}?q=84092&annee=2031"))
    held = {name: field(looked, name) for name in ("nom", "contenu")}
    done = operator.post(f"{HOME}/import", etape="appliquer", **held)
    assert done.status_code == 303
    assert "essai.csv est importé : 2 nouvelles, 1 refusée." in plain(operator.get(HOME))
    assert "Murs 84092" in plain(operator.get(f"{HOME}?q=murs&annee=2031"))
    assert "2 inchangées, 1 refusée" in plain(sent(operator, content))

    other = content.replace("1,10;;;délibération", "1,20;;;autre")
    kept = sent(operator, other)
    assert "1 inchangée, 1 non reprise, 1 refusée" in plain(kept)
    assert "Il n'y a rien à enregistrer." in plain(kept)
    replacing = sent(operator, other, remplacer="1")
    assert "1 remplacée" in plain(replacing)
    assert "Remplace 1,10 € (source : délibération)." in plain(replacing)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "Choisissez un fichier CSV."),
        (
            "code;tarif\n1;2\n",
            "Il manque dans ce fichier : insee, annee, categorie. Ses colonnes sont : code, tarif.",
        ),
        ("insee;annee;categorie\n" + "0" * 500_000, "Ce fichier dépasse 500 ko"),
        (
            "insee;annee;categorie;tarif\n" + "".join(f"{n:05};2031;3;1\n" for n in range(1000, 3100)),
            "Ce fichier a plus de 2 000 règles (après la ligne 2001)",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(operator, content, said):
    answer = sent(operator, content)
    assert answer.status_code >= 400
    assert said in plain(answer)
