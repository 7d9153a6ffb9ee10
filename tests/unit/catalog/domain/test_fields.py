"""The declared catalogue of fields."""

import re

from catalog.domain.fields import CATALOGUE, FIELDS, REQUIRED, FieldType
from catalog.domain.values import TYPED


def test_keys_are_stable_words_and_unique():
    assert len(FIELDS) == len(CATALOGUE)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in FIELDS)
    assert not set(FIELDS) & set(TYPED)


def test_the_minimum_of_the_owner_brief_is_required():
    # surface, pièces, chambres, lits, salle d'eau et WC, cuisine, chauffage, animaux, voisinage
    assert set(REQUIRED) == {
        "surface_m2", "rooms_count", "bedrooms", "beds", "bathrooms", "toilets", "kitchen", "heating",
        "pets_allowed", "neighbourhood",
    }  # fmt: skip


def test_required_choices_can_be_answered_with_none():
    for key in REQUIRED:
        field = FIELDS[key]
        if field.type in {FieldType.CHOICE, FieldType.CHOICES}:
            assert "none" in {choice.key for choice in field.choices}


def test_every_field_and_choice_has_words_in_french_and_english():
    for field in CATALOGUE:
        for words in (field.label, *(choice.label for choice in field.choices)):
            assert words.fr
            assert words.en


def test_headings_one_to_five_are_all_filled_in_form_order():
    assert {field.heading for field in CATALOGUE} == {0, 1, 2, 3, 4, 5}
    printed = [field.heading for field in CATALOGUE if field.heading]
    assert printed == sorted(printed)


def test_choice_fields_have_choices_and_others_have_none():
    for field in CATALOGUE:
        assert bool(field.choices) == (field.type in {FieldType.CHOICE, FieldType.CHOICES})
