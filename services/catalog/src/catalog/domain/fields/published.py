"""Not printed in the statement: what a feed publishes for information. Prices here are never sold."""

from catalog.domain.fields.definition import Field, Section

_section = Section(0, "label")

PUBLISHED: tuple[Field, ...] = (
    _section.text("label_rating_text", "Classement du label", "Rating of the label"),
    _section.text("published_prices", "Prix publiés, à partir de", "Published prices, from"),
    _section.text("published_openings", "Ouverture publiée", "Published opening"),
    _section.text("published_payment_means", "Moyens de paiement publiés", "Published means of payment"),
    _section.text("published_contact", "Contact publié", "Published contact"),
    _section.text("published_equipment", "Autres équipements publiés", "Other published equipment"),
    _section.text("published_surroundings", "Environnement publié", "Published surroundings"),
    _section.text("producer", "Producteur de la fiche", "Producer of the record"),
)
