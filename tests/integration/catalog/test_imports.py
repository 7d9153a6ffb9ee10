"""Imports through gRPC: the real records go in, what is none is refused, what owners typed stays."""

import asyncio
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from chassis.errors import RemoteError
from sejour.catalog.v1 import listing_service_pb2 as calls
from sqlalchemy import text

DATA = Path(os.environ.get("SEJOUR_SHARED_DATA") or Path(__file__).parents[4] / "shared" / "data")
real_records = pytest.mark.skipif(
    not DATA.is_dir(), reason="the folder of real records is not on this machine"
)
CREATED, UPDATED, UNCHANGED, REFUSED, OLDER = (
    calls.ImportOutcome.Value(f"IMPORT_OUTCOME_{name}")
    for name in ("CREATED", "UPDATED", "UNCHANGED", "REFUSED", "OLDER")
)


def a_gite(number=1, **changes):
    """A made-up APIDAE record."""
    return {
        "type": "HEBERGEMENT_LOCATIF",
        "id": number,
        "nom": {"libelleFr": "Gîte des Saules"},
        "gestion": {"dateModification": "2026-01-10T08:00:00.000+0000", "membreProprietaire": {"nom": "OT"}},
        "localisation": {
            "adresse": {
                "adresse1": "Le bourg",
                "codePostal": "07460",
                "commune": {"code": "07028", "nom": "Beaulieu"},
            },
            "geolocalisation": {"valide": True, "geoJson": {"type": "Point", "coordinates": [4.23, 44.36]}},
        },
        "presentation": {"descriptifCourt": {"libelleFr": "Au calme."}},
        "informationsHebergementLocatif": {
            "hebergementLocatifType": {"id": 2620},
            "capacite": {"capaciteHebergement": 4, "capaciteMaximumPossible": 6, "surface": 80},
        },
        "prestations": {"conforts": [{"id": 842, "libelleFr": "Wifi"}]},
        **changes,
    }


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


async def send(catalog, content, *, label=None, grants=None, name="feed.json", request_id=None, **start):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()

    async def parts():
        yield calls.ImportRequest(
            start=calls.ImportStart(
                request_id=request_id or catalog.rid(),
                label_id=label.id if label else "",
                file_name=name,
                **start,
            )
        )
        for at in range(0, len(content), 1 << 20):
            yield calls.ImportRequest(content=content[at : at + (1 << 20)])

    with catalog.acting(*(grants or ([f"label:{label.id}"] if label else ["operator"]))):
        return await catalog.imports.Import(parts(), timeout=60)


def reasons(line):
    return {remark.reason: dict(remark.metadata) for remark in line.remarks}


@real_records
async def test_the_nine_lettings_of_datatourisme_go_in_from_one_zip(catalog):
    label = await catalog.label()
    files = {f"objects/{path.name}": path.read_bytes() for path in (DATA / "datatourisme").glob("*.json*")}
    report = await send(catalog, zipped(**files), label=label, name="flux.zip")

    lines = {line.where.rpartition("/")[2]: line for line in report.lines}
    assert (report.created, report.refused) == (9, 2)
    assert set(reasons(lines["context.jsonld"])) == {"A_CONTEXT"}
    assert set(reasons(lines["index_extract.json"])) == {"AN_INDEX"}
    bare = lines["dt_sc_15-42575467-1359-3b99-973c-4cfd138406d4.json"]
    assert {"NO_CAPACITY", "NO_PHOTO", "NO_DESCRIPTION"} <= set(reasons(bare))
    reversed_ = lines["dt_sc_30-00886baa-0a41-3529-a1f2-4b2c85dbb869.json"]
    assert reasons(reversed_)["PRICE_MIN_ABOVE_MAX"] == {"min": "98", "max": "90"}
    amandier = lines["dt_sc_15-1d8d1ba4-5657-3e34-9960-e29c859f056e.json"]
    assert reasons(amandier)["PRICE_WITHOUT_MODE"]["count"] == "5"

    listing = await catalog.get(amandier.listing_id, f"label:{label.id}")
    assert (listing.name["fr"], listing.max_persons, listing.official_stars) == ("Gîte de L'Amandier", 7, 3)
    assert (listing.address.insee, round(listing.latitude, 4)) == ("37070", 47.332)
    assert listing.external_id == "datatourisme:15/1d8d1ba4-5657-3e34-9960-e29c859f056e"
    assert "À partir de 795\u00a0€" in listing.values["published_prices"]
    assert listing.provenance["max_persons"].source == "datatourisme"
    assert listing.photos[0].source_url.endswith(
        "CHRISTELLE-PITET-GIRAULT0151.JPG".replace("CHRISTELLE", "Christelle")
    )

    again = await send(catalog, zipped(**files), label=label, name="flux.zip")
    assert (again.created, again.updated, again.unchanged, again.refused) == (0, 0, 9, 2)


@real_records
async def test_the_four_lettings_of_apidae_go_in_and_the_hotel_does_not(catalog):
    label = await catalog.label()
    found = {}
    for path in sorted((DATA / "apidae").glob("*.json")):
        report = await send(catalog, path.read_bytes(), label=label, name=path.name)
        (found[path.name],) = report.lines

    assert {name for name, line in found.items() if line.outcome == CREATED} == {
        "hlo_311114.json", "hlo_332248.json", "hlo_426896.json", "hlo_438713.json",
    }  # fmt: skip
    assert reasons(found["hot_v002_fr_en.json"]) == {"NOT_A_LETTING": {"type": "HOTELLERIE"}}
    assert set(reasons(found["elements_reference_seen.json"])) == {"A_CODE_LIST"}
    mas = await catalog.get(found["hlo_438713.json"].listing_id, f"label:{label.id}")
    assert (mas.max_persons, mas.official_stars, mas.label_rating) == (15, 4, 4)
    assert mas.values["surface_m2"] == 400
    assert list(mas.values["heating"]) == ["central"]
    assert mas.latitude > mas.longitude
    assert "Week-end" in mas.values["published_prices"]


@real_records
async def test_prices_of_feeds_appear_nowhere_but_in_a_text(catalog):
    label = await catalog.label()
    content = (DATA / "apidae" / "hlo_438713.json").read_bytes()
    (line,) = (await send(catalog, content, label=label)).lines
    listing = await catalog.get(line.listing_id)
    assert [key for key in listing.values if "price" in key] == ["published_prices"]
    async with catalog.database.reading() as connection:
        topics = set(await connection.scalars(text("SELECT DISTINCT topic FROM outbox")))
    assert topics <= {"catalog.listings", "catalog.owners"}


async def test_a_dry_run_says_the_same_and_writes_nothing(catalog):
    label = await catalog.label()
    feed = {"numFound": 2, "objetsTouristiques": [a_gite(1), a_gite(2)]}
    dry = await send(catalog, feed, label=label, dry_run=True)
    with catalog.acting(f"label:{label.id}"):
        none = await catalog.listings.ListListings(calls.ListListingsRequest(label_id=label.id))
        kept = await catalog.imports.ListImports(calls.ListImportsRequest(label_id=label.id))
    wet = await send(catalog, feed, label=label)

    assert (dry.dry_run, dry.created, wet.created) == (True, 2, 2)
    assert not none.listings
    assert not kept.reports
    assert [list(line.changed_fields) for line in dry.lines] == [
        list(line.changed_fields) for line in wet.lines
    ]


async def test_an_import_repeated_under_its_id_gives_its_report(catalog):
    label, request_id = await catalog.label(), catalog.rid()
    first = await send(catalog, a_gite(), label=label, request_id=request_id)
    again = await send(catalog, a_gite(), label=label, request_id=request_id)
    assert first == again
    with pytest.raises(RemoteError, match="REQUEST_ID_REUSED"):
        await send(catalog, a_gite(9), label=label, request_id=request_id)
    with catalog.acting(f"label:{label.id}"):
        (kept,) = (await catalog.imports.ListImports(calls.ListImportsRequest(label_id=label.id))).reports
        whole = await catalog.imports.GetImport(calls.GetImportRequest(id=kept.id))
    assert (kept.id, len(kept.lines), whole) == (first.id, 0, first)


async def test_what_an_owner_edited_stays_and_the_label_proposes(catalog):
    label = await catalog.label()
    owner = await catalog.owner(label)
    grants = [f"label:{label.id}"]
    (line,) = (await send(catalog, a_gite(), label=label, owner_id=owner.id, grants=grants)).lines
    listing = await catalog.update(await catalog.get(line.listing_id), {"name.fr": "Chez Jeanne"})
    assert listing.provenance["name.fr"].proposed.string_value == "Gîte des Saules"

    newer = a_gite(
        nom={"libelleFr": "Gîte des Ormes"}, gestion={"dateModification": "2026-02-01T08:00:00.000+0000"}
    )
    newer["informationsHebergementLocatif"]["capacite"]["surface"] = 90
    (line,) = (await send(catalog, newer, label=label)).lines
    after = await catalog.get(listing.id, f"owner:{owner.id}")

    assert line.outcome == UPDATED
    assert reasons(line)["EDITED_KEPT"] == {"fields": "name.fr"}
    assert "surface_m2" in line.changed_fields
    assert after.name["fr"] == "Chez Jeanne"
    assert after.values["surface_m2"] == 90
    assert after.provenance["name.fr"].proposed.string_value == "Gîte des Ormes"

    reverted = await catalog.update(after, revert=["name.fr"])
    assert reverted.name["fr"] == "Gîte des Ormes"
    assert not reverted.provenance["name.fr"].edited


async def test_an_older_record_never_overwrites_a_newer(catalog):
    label = await catalog.label()
    await send(catalog, a_gite(), label=label)
    old = a_gite(
        nom={"libelleFr": "Ancien nom"}, gestion={"dateModification": "2025-01-01T08:00:00.000+0000"}
    )
    (line,) = (await send(catalog, old, label=label)).lines
    assert line.outcome == OLDER
    assert (await catalog.get(line.listing_id)).name["fr"] == "Gîte des Saules"


async def test_a_bad_record_never_stops_the_others(catalog):
    label = await catalog.label()
    odd = a_gite(
        2, localisation="nowhere", informationsHebergementLocatif=[{"capacite": []}], illustrations=7
    )
    feed = [a_gite(1), {"type": "HEBERGEMENT_LOCATIF", "id": [], "nom": {}}, odd, 3, a_gite(4)]
    report = await send(catalog, feed, label=label)
    assert [line.outcome for line in report.lines] == [CREATED, REFUSED, CREATED, REFUSED, CREATED]
    assert "NO_CAPACITY" in reasons(report.lines[2])


async def test_a_feed_that_carries_the_code_fills_the_listing_of_that_code(catalog):
    label = await catalog.label()
    owner = await catalog.owner(label)
    typed = await catalog.listing(owner, code="07MS01731", label_id=label.id)
    record = a_gite()
    record["informationsHebergementLocatif"]["numeroAgrementLabel"] = "07 MS 01731"
    (line,) = (await send(catalog, record, label=label)).lines
    after = await catalog.get(typed.id)

    assert (line.outcome, line.listing_id, line.listing_code) == (UPDATED, typed.id, "07MS01731")
    assert after.name["fr"] == "Le Mas des Cigales"
    assert after.provenance["name.fr"].proposed.string_value == "Gîte des Saules"
    assert after.values["wifi"] is True


async def test_imported_listings_without_owner_go_to_one_unclaimed_owner_of_the_label(catalog):
    label = await catalog.label()
    report = await send(catalog, [a_gite(1), a_gite(2)], label=label)
    owners = {(await catalog.get(line.listing_id)).owner_id for line in report.lines}
    assert len(owners) == 1
    with catalog.acting("operator"):
        checklist = await catalog.listings.GetChecklist(
            calls.GetChecklistRequest(id=report.lines[0].listing_id)
        )
    assert "OWNER_UNCLAIMED" in {item.key for item in checklist.items}


async def test_text_of_a_feed_loses_its_markup(catalog):
    label = await catalog.label()
    words = "<p>Une <b>maison</b> &amp; un jardin</p><script>alert(1)</script><p>Calme</p>"
    record = a_gite(presentation={"descriptifDetaille": {"libelleFr": words}})
    (line,) = (await send(catalog, record, label=label)).lines
    assert (await catalog.get(line.listing_id)).description["fr"] == "Une maison & un jardin\nCalme"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "feed.json", "EMPTY"),
        (b"not json", "feed.json", "NOT_JSON"),
        (b"not a zip", "flux.zip", "NOT_A_ZIP"),
        (b"PK\x03\x04 broken", "flux.zip", "NOT_A_ZIP"),
    ],
)
async def test_a_file_that_is_no_feed_is_refused_with_its_reason(catalog, content, name, why):
    with pytest.raises(RemoteError) as refused:
        await send(catalog, content, label=await catalog.label(), name=name)
    assert (refused.value.reason, refused.value.metadata["why"]) == ("FEED_REFUSED", why)


async def test_a_zip_bomb_and_a_deep_document_are_refused_and_the_rest_goes_in(catalog):
    label = await catalog.label()
    bomb = b"[" + b" " * (20 << 20) + b"]"
    deep = b"[" * 200 + b"]" * 200
    content = zipped(**{"bomb.json": bomb, "deep.json": deep, "ok.json": json.dumps(a_gite()), "a.txt": b"x"})
    report = await send(catalog, content, label=label, name="flux.zip")
    assert [set(reasons(line)) or {"-"} for line in report.lines[:2]] == [{"TOO_LARGE"}, {"TOO_DEEP"}]
    assert report.lines[2].outcome == CREATED
    assert set(reasons(report.lines[3])) == {"NOT_JSON"}
    many = zipped(**{f"{number}.json": b"{}" for number in range(5001)})
    with pytest.raises(RemoteError) as refused:
        await send(catalog, many, label=label, name="flux.zip")
    assert refused.value.metadata["why"] == "TOO_MANY_ENTRIES"


async def test_only_a_label_its_members_and_operators_import(catalog):
    label, other = await catalog.label(), await catalog.label()
    owner = await catalog.owner()
    with pytest.raises(RemoteError, match="LABEL_NOT_FOUND"):
        await send(catalog, a_gite(), label=label, grants=[f"label:{other.id}"])
    with pytest.raises(RemoteError, match="OWNER_NOT_FOUND"):
        await send(catalog, a_gite(), label=label, owner_id=owner.id)
    with pytest.raises(RemoteError, match="NOT_ALLOWED"):
        await send(catalog, a_gite(), grants=["public"])
    report = await send(catalog, a_gite(), grants=[f"owner:{owner.id}"], owner_id=owner.id)
    assert (await catalog.get(report.lines[0].listing_id)).owner_id == owner.id


async def test_a_field_that_the_feed_no_longer_has_is_emptied(catalog):
    label = await catalog.label()
    await send(catalog, a_gite(), label=label)
    (line,) = (await send(catalog, a_gite(prestations={}), label=label)).lines
    assert list(line.changed_fields) == ["wifi"]
    assert "wifi" not in (await catalog.get(line.listing_id)).values


async def test_the_same_feed_sent_twice_at_once_makes_each_listing_once(catalog):
    label = await catalog.label()
    feed = [a_gite(number) for number in range(1, 6)]
    reports = await asyncio.gather(*(send(catalog, feed, label=label) for _ in range(3)))
    assert sum(report.created for report in reports) == 5
    assert sum(report.unchanged for report in reports) == 10
    with catalog.acting(f"label:{label.id}"):
        found = await catalog.listings.ListListings(calls.ListListingsRequest(label_id=label.id))
    assert len(found.listings) == 5
