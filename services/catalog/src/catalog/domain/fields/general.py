"""Heading 1, renseignements généraux: what the typed columns (name, address, stars, number) leave out."""

from catalog.domain.fields.definition import Field, Section

_label = Section(1, "label")
_statement = Section(1, "statement")

GENERAL: tuple[Field, ...] = (
    _label.text("label_name", "Label", "Label"),
    _label.text("label_number", "Numéro d’agrément du label", "Label membership number"),
    _label.date("visit_date", "Date de la dernière visite", "Date of the last inspection"),
    _label.text("classification_number", "Numéro de classement", "Classification number"),
    _label.date("classification_date", "Date du classement", "Date of classification"),
    _statement.yes_no("is_primary_residence", "C’est ma résidence principale", "This is my main residence"),
    _statement.choices(
        "languages",
        "Langues parlées sur place",
        "Languages spoken on site",
        {
            "fr": ("français", "French"),
            "en": ("anglais", "English"),
            "de": ("allemand", "German"),
            "nl": ("néerlandais", "Dutch"),
            "es": ("espagnol", "Spanish"),
            "it": ("italien", "Italian"),
            "pt": ("portugais", "Portuguese"),
            "other": ("autre", "other"),
        },
    ),
    _statement.choice(
        "key_handover",
        "Remise des clefs",
        "Where keys are handed over",
        {"on_site": ("sur place", "on site"), "elsewhere": ("à une autre adresse", "at another address")},
    ),
    _statement.text("key_address", "Adresse de remise des clefs", "Address for the keys"),
)
