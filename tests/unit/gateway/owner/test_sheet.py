import pytest
from gateway.forms import Form
from gateway.owner.checklist import checklist_line
from gateway.owner.sheet import changes_of, fields_of, form_of, values_of
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Value
from sejour.catalog.v1 import catalog_types_pb2 as catalog


def field(key, kind, tab="rooms", **more):
    return catalog.FieldDef(key=key, type=kind, tab=tab, label={"fr": key.capitalize()}, **more)


FIELDS = [
    field("surface_m2", catalog.FIELD_TYPE_NUMBER, unit="m²", required_for_production=True),
    field("lift", catalog.FIELD_TYPE_BOOLEAN),
    field("heating", catalog.FIELD_TYPE_CHOICES, choices=[
        catalog.FieldChoice(key=key, label={"fr": key}) for key in ("none", "wood", "gas")
    ]),
    field("visit_date", catalog.FIELD_TYPE_DATE),
    field("rooms", catalog.FIELD_TYPE_ROOMS),
]  # fmt: skip


@pytest.fixture
def listing():
    made = catalog.Listing(
        code="07MS01731", kind=catalog.LISTING_KIND_SEASONAL_RENTAL, name={"fr": "Le Mas"}, max_persons=6
    )
    made.values.update({"surface_m2": 92.5, "lift": False, "heating": ["wood"], "visit_date": "2025-04-14"})
    made.values["rooms"] = [{"designation": "Séjour", "surface": 32}]
    return made


def typed(listing, **changes):
    fields = fields_of(listing, FIELDS, "rooms")
    form = form_of(listing, fields)
    for number, room in enumerate(values_of(listing).get("rooms", [])):
        for key, cell in room.items():
            form.set(f"rooms.{number}.{key}", f"{cell:g}" if isinstance(cell, float) else cell)
    for key, value in changes.items():
        form.set(key, value)
    return form, fields


def test_a_sheet_sent_back_as_it_was_changes_nothing(listing):
    form, fields = typed(listing)
    assert form.value("surface_m2") == "92,5"
    assert form.value("visit_date") == "14/04/2025"
    assert changes_of(form, listing, fields) == {}


def test_what_is_typed_is_read_as_the_catalog_takes_it(listing):
    form, fields = typed(
        listing, surface_m2="100", lift="oui", visit_date="1/5/2026", heating=["wood", "gas"]
    )
    changes = changes_of(form, listing, fields)
    assert changes == {
        "surface_m2": 100.0,
        "lift": True,
        "visit_date": "2026-05-01",
        "heating": ["wood", "gas"],
    }


def test_an_emptied_field_is_nothing_and_no_is_an_answer(listing):
    form, fields = typed(listing, surface_m2="", lift="")
    assert changes_of(form, listing, fields) == {"surface_m2": None, "lift": None}


def test_neant_stands_alone(listing):
    form, fields = typed(listing, heating=["none", "wood"])
    assert changes_of(form, listing, fields)["heating"] == ["none"]


def test_what_is_no_number_is_refused_and_kept_as_typed(listing):
    form, fields = typed(listing, surface_m2="grand")
    changes_of(form, listing, fields)
    assert form.error("surface_m2")
    assert form.value("surface_m2") == "grand"


def test_a_room_more_is_a_change_of_the_list(listing):
    form, fields = typed(listing)
    form.set("rooms.1.designation", "Chambre")
    assert changes_of(form, listing, fields)["rooms"][1] == {"designation": "Chambre"}


def test_a_field_tells_where_it_comes_from_and_what_the_label_proposes(listing):
    listing.provenance["surface_m2"].source = "apidae"
    listing.provenance["surface_m2"].edited = True
    listing.provenance["surface_m2"].proposed.CopyFrom(ParseDict(95, Value()))
    surface = fields_of(listing, FIELDS, "rooms")[0]
    assert (surface.origin, surface.proposal) == ("modifié par vous", "95")


def test_fields_of_other_kinds_of_listing_are_not_asked(listing):
    only_rooms = field("breakfast", catalog.FIELD_TYPE_BOOLEAN, kinds=[catalog.LISTING_KIND_GUEST_ROOM])
    assert "breakfast" not in [one.key for one in fields_of(listing, [only_rooms], "rooms")]


def test_each_miss_of_the_checklist_leads_to_what_mends_it():
    item = catalog.ChecklistItem(key="SURFACE_M2_MISSING", blocking=True, where="field:surface_m2")
    done, words, address, _link = checklist_line(item, "07MS01732", FIELDS)
    assert (done, words) == (False, "Surface manquante")
    assert address == "/hebergements/07MS01732?onglet=rooms#surface_m2"
    terms = catalog.ChecklistItem(key="TERMS_MISSING", where="terms")
    assert checklist_line(terms, "A", FIELDS)[2] == "/modalites"


def test_a_typed_column_is_shown_in_its_tab(listing):
    assert form_of(listing, fields_of(listing, [], "description")).value("max_persons") == "6"
    assert Form({"x": "1"}).value("x") == "1"


@pytest.mark.parametrize("typed", ["nan", "inf", "1e999", "beaucoup", "9" * 400])
def test_a_number_that_is_none_is_refused(listing, typed):
    fields = fields_of(listing, FIELDS, "rooms")
    form = form_of(listing, fields)
    form.set("surface_m2", typed)
    assert "surface_m2" not in changes_of(form, listing, fields) or form.error("surface_m2")
    assert form.error("surface_m2") == "Indiquez un nombre."
