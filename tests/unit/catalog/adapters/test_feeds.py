"""Readers of feeds on made-up records."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from catalog.adapters.feeds.read import read_feed
from catalog.adapters.feeds.text import euros, instant, plain
from catalog.adapters.queries import teaser
from catalog.domain.record import Record, Refused
from hypothesis import given, settings
from hypothesis import strategies as st

TODAY = date(2026, 3, 1)
UUID_ = "1d8d1ba4-5657-3e34-9960-e29c859f056e"


def read(*documents, wanted="auto"):
    content = json.dumps(documents[0] if len(documents) == 1 else list(documents)).encode()
    return [found.what for found in read_feed(content, "feed.json", wanted, TODAY)]


def an_object(**changes):
    return {
        "@id": f"https://data.datatourisme.gouv.fr/15/{UUID_}",
        "@type": ["Accommodation", "SelfCateringAccommodation"],
        "rdfs:label": {"fr": ["L’amandier"]},
        "lastUpdate": "2020-08-03",
        "isLocatedAt": [
            {
                "schema:address": [
                    {
                        "schema:addressLocality": "Chenonceaux",
                        "schema:postalCode": "37150",
                        "hasAddressCity": {"insee": "37070"},
                    }
                ],
                "schema:geo": {"schema:latitude": "47.33", "schema:longitude": "1.06"},
            }
        ],
        **changes,
    }


def remarks(record):
    return {remark.reason for remark in record.remarks}


@pytest.mark.parametrize("host", ["data.datatourisme.gouv.fr", "data.datatourisme.fr"])
def test_both_hosts_name_the_same_record(host):
    (record,) = read(an_object(**{"@id": f"https://{host}/15/{UUID_}"}))
    assert record.external_id == f"datatourisme:15/{UUID_}"
    assert record.source_at == datetime(2020, 8, 3, tzinfo=UTC)


def test_the_city_may_be_one_or_a_list():
    one, several = an_object(), an_object()
    several["isLocatedAt"][0]["schema:address"][0]["hasAddressCity"] = [{"insee": "37070"}]
    assert read(one)[0].sheet["address.insee"] == read(several)[0].sheet["address.insee"] == "37070"


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["Guesthouse", "RentalAccommodation"], "GUEST_ROOM"),
        (["SelfCateringAccommodation"], "SEASONAL_RENTAL"),
    ],
)
def test_the_class_tells_the_kind(types, kind):
    assert read(an_object(**{"@type": types}))[0].sheet["kind"] == kind


def test_a_restaurant_is_no_letting():
    (refused,) = read(an_object(**{"@type": ["FoodEstablishment", "Restaurant"]}))
    assert isinstance(refused, Refused)
    assert refused.reason == "NOT_A_LETTING"


def test_prices_are_words_with_remarks():
    offers = [
        {
            "schema:priceSpecification": [
                {"schema:price": "795"},
                {
                    "schema:minPrice": ["98"],
                    "schema:maxPrice": ["90"],
                    "hasPricingMode": [{"@id": "kb:Overnight"}],
                },
                {"schema:priceCurrency": "EUR"},
            ]
        }
    ]
    (record,) = read(an_object(offers=offers))
    assert record.sheet["published_prices"].splitlines() == [
        "À partir de 795\u00a0€",
        "par nuit\u00a0: de 90\u00a0€ à 98\u00a0€",
    ]
    assert {"PRICE_WITHOUT_MODE", "PRICE_MIN_ABOVE_MAX", "PRICE_WITHOUT_AMOUNT"} <= remarks(record)


def test_an_opening_that_is_over_is_remarked():
    item = an_object()
    item["isLocatedAt"][0]["schema:openingHoursSpecification"] = [
        {"schema:validFrom": "2020-01-01T00:00:00", "schema:validThrough": "2020-12-31T23:59:59"}
    ]
    (record,) = read(item)
    assert "OPENING_PAST" in remarks(record)
    assert record.sheet["published_openings"] == "du 01/01/2020 au 31/12/2020"


def test_only_web_addresses_of_photos_are_kept():
    media = [
        {
            "ebucore:hasRelatedResource": [
                {"ebucore:locator": ["javascript:alert(1)", "https://example.org/a.jpg"]}
            ]
        },
        {
            "ebucore:hasRelatedResource": [
                {"ebucore:locator": ["https://example.org/a.jpg", "file:///etc/passwd"]}
            ]
        },
    ]
    (record,) = read(an_object(hasRepresentation=media))
    assert [photo.url for photo in record.photos] == ["https://example.org/a.jpg"]


def test_a_remote_context_is_never_needed_and_is_refused():
    assert read({"@context": "https://evil.example/context.jsonld", **an_object()})[0].reason == "A_CONTEXT"


def test_the_other_format_is_refused_when_one_was_named():
    assert read(an_object(), wanted="apidae")[0].reason == "OTHER_FORMAT"


def test_a_value_that_a_field_cannot_take_is_left_out_with_a_remark():
    (record,) = read(an_object(allowedPersons=500))
    assert "max_persons" not in record.sheet
    assert {"VALUE_IGNORED", "NO_CAPACITY"} <= remarks(record)


def test_apidae_v002_wraps_its_objects():
    item = {
        "type": "HEBERGEMENT_LOCATIF",
        "id": 7,
        "identifier": "SITRA2_HLO_7",
        "nom": {"libelleFr": "Gîte"},
    }
    (record,) = read({"numFound": 1, "objetsTouristiques": [item]})
    assert isinstance(record, Record)
    assert record.external_id == "apidae:7"


def test_a_zip_inside_a_zip_is_not_opened():
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.json", "{}")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    (found,) = read_feed(outer.getvalue(), "flux.zip", "auto", TODAY)
    assert found.what.reason == "NOT_JSON"


anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
DATATOURISME = an_object(
    allowedPersons=4,
    availableLanguage=["fr"],
    hasContact=[{"schema:email": ["a@example.org"], "schema:legalName": "X"}],
    hasBeenPublishedBy=[{"schema:legalName": "SIT"}],
    hasDescription=[
        {
            "dc:description": {"fr": ["Au calme."]},
            "shortDescription": {"fr": ["Calme."]},
            "hasTranslatedProperty": [{"rdf:language": ["de"]}],
        }
    ],
    hasFeature=[
        {
            "features": [{"@id": "kb:Bedroom", "rdfs:label": {"fr": ["Chambre"]}}],
            "schema:value": "2",
            "hasFloorSize": [{"schema:value": "50"}],
            "petsAllowed": True,
        }
    ],
    hasRepresentation=[
        {
            "ebucore:hasAnnotation": [{"credits": ["J"]}],
            "ebucore:hasRelatedResource": [
                {
                    "ebucore:locator": ["https://example.org/a.jpg"],
                    "ebucore:hasMimeType": [{"@id": "kb:JPEG"}],
                }
            ],
        }
    ],
    hasReview=[{"hasReviewValue": {"@id": "kb:ScaleRating_3epis", "rdfs:label": {"fr": ["3 épis"]}}}],
    hasTheme=[{"@id": "kb:InTown", "rdfs:label": {"fr": ["En ville"]}}],
    offers=[
        {
            "schema:acceptedPaymentMethod": [{"rdfs:label": {"fr": ["Chèque"]}}],
            "schema:priceSpecification": [
                {
                    "schema:minPrice": ["9"],
                    "name": {"fr": ["Nuit"]},
                    "hasPricingMode": [{"@id": "kb:PerWeek"}],
                    "hasPricingOffer": [{"rdfs:label": {"fr": ["Gîte"]}}],
                    "appliesOnPeriod": [{"startDate": ["2026-01-01"], "endDate": ["2026-02-01"]}],
                    "additionalInformation": {"fr": ["Info"]},
                }
            ],
        }
    ],
)
APIDAE = {
    "type": "HEBERGEMENT_LOCATIF",
    "id": 7,
    "nom": {"libelleFr": "Gîte"},
    "gestion": {"dateModification": "2026-01-01", "membreProprietaire": {"nom": "OT"}},
    "informations": {
        "moyensCommunication": [{"type": {"id": 204}, "coordonnees": {"fr": "a@example.org"}}],
        "informationsLegales": {"agrements": [{"type": {"id": 5560}, "numero": "X"}]},
    },
    "presentation": {"descriptifCourt": {"libelleFr": "Calme."}},
    "localisation": {
        "adresse": {
            "adresse1": "Rue",
            "codePostal": "07460",
            "commune": {"code": "07028", "nom": "Beaulieu"},
        },
        "geolocalisation": {"valide": True, "geoJson": {"coordinates": [4.2, 44.3]}},
        "environnements": [{"id": 187, "libelleFr": "Isolé"}],
    },
    "prestations": {
        "conforts": [{"id": 986, "libelleFr": "Chauffage"}],
        "languesParlees": [{"id": 1197}],
        "animauxAcceptes": "ACCEPTES",
    },
    "ouverture": {
        "periodesOuvertures": [{"dateDebut": "2025-01-01", "dateFin": "2025-02-01", "tousLesAns": False}]
    },
    "descriptionTarif": {
        "periodes": [
            {
                "dateDebut": "2025-01-01",
                "dateFin": "2025-02-01",
                "tarifs": [{"minimum": 1, "type": {"id": 1480}}],
            }
        ],
        "tarifsEnClair": {"libelleFr": "Semaine"},
        "modesPaiement": [{"libelleFr": "Chèque"}],
    },
    "reservation": {"organismes": [{"moyensCommunication": [{"type": {"id": 201}, "coordonnee": "01"}]}]},
    "illustrations": [
        {"traductionFichiers": [{"url": "https://example.org/a.jpg"}], "legende": {"libelleFr": "Vue"}}
    ],
    "informationsHebergementLocatif": {
        "hebergementLocatifType": {"id": 2620},
        "classementPrefectoral": {"libelleFr": "3 étoiles"},
        "typeLabel": {"libelleFr": "Gîtes de France"},
        "labels": [{"libelleFr": "3 épis"}],
        "numeroAgrementLabel": "07MS1",
        "agrements": [{"type": {"id": 5560}, "numero": "X"}],
        "typesHabitation": [{"id": 1614}],
        "capacite": {"capaciteHebergement": 4, "nombreLitsDoubles": 2, "surface": 50},
    },
}


def places(node, path=()):
    """Every path inside a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def mutated(document, path, value):
    changed = json.loads(json.dumps(document))
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


@given(st.data())
@settings(max_examples=400)
def test_no_shape_anywhere_in_a_record_breaks_a_reader(data):
    document = data.draw(st.sampled_from([DATATOURISME, APIDAE]))
    path = data.draw(st.sampled_from(list(places(document))))
    (found,) = read(mutated(document, path, data.draw(anything)))
    if isinstance(found, Refused):
        assert found.reason != "UNREADABLE"
    else:
        assert found.sheet["name.fr"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>a</p><p>b &amp; c</p>", "a\nb & c"),
        ("a &lt;b&gt;", "a <b>"),
        ("a<script>x()</script>", "a"),
        (3, ""),
        ("\x08", ""),
    ],
)
def test_markup_is_dropped_from_texts(text, expected):
    assert plain(text) == expected


def test_amounts_and_instants_are_written_and_read_the_french_way():
    assert euros(1234.5) == "1\u202f234,50\u00a0€"
    assert euros(795) == "795\u00a0€"
    assert instant("2014-04-16T12:45:24.597+0000") == datetime(2014, 4, 16, 12, 45, 24, 597000, tzinfo=UTC)
    assert instant("hier") is None


def test_a_teaser_is_the_first_sentence_cut_between_words():
    assert teaser("Un mas au calme. Avec piscine.") == "Un mas au calme."
    long = teaser("mot " * 100)
    assert len(long) <= 160
    assert long.endswith("mot…")
