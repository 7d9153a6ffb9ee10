"""`sejour load`, `sejour export` and `sejour import` against a running copy."""

import pytest
from sejour_local.cli import main
from sejour_local.demo import cast_file_in
from sejour_local.load.reading import read
from sejour_local.places import Places

CAST = cast_file_in(Places.here().repository)
ONLY_IN_THE_FILE = {"accounts", "listings", "bookings"}


@pytest.fixture
def home(stack, monkeypatch):
    monkeypatch.setenv("SEJOUR_HOME", str(stack.home))
    monkeypatch.setenv("SEJOUR_PORT", str(stack.port))
    for name in ("CATALOG", "PRICING", "AVAILABILITY", "SEARCH", "BOOKING", "DOCUMENTS", "GATEWAY"):
        monkeypatch.delenv(f"SEJOUR_{name}_ADDRESS", raising=False)
    return stack


@pytest.fixture
def exported(home, capsys, tmp_path):
    def export(supplier_no):
        capsys.readouterr()
        assert main(["export", str(supplier_no)]) == 0
        path = tmp_path / "export.yaml"
        path.write_text(capsys.readouterr().out)
        return path

    return export


def test_what_was_loaded_comes_back_from_an_export(exported):
    there, cast = read(exported(27145)).owners[0], read(CAST).owners[1]
    assert there.model_dump(exclude=ONLY_IN_THE_FILE) == cast.model_dump(exclude=ONLY_IN_THE_FILE)
    for mine, its in zip(there.listings, cast.listings, strict=True):
        assert mine.model_dump(exclude={"photos"}) == its.model_dump(exclude={"photos"})


def test_an_export_is_a_file_without_faults_with_the_past_bookings(exported):
    owner = read(exported(27144)).owners[0]
    files = {file.number: file for file in owner.bookings}
    assert [str(files[1].lines[0].agreed_total), files[1].state] == ["630", "confirmed"]
    assert [str(payment.amount) for payment in files[1].payments] == ["157.5", "472.5"]
    assert owner.clients[0].code == "DUP-1"


def test_loading_an_export_again_changes_nothing(home, exported):
    path = exported(27145)
    before = path.read_text()
    assert main(["load", str(path)]) == 0
    assert exported(27145).read_text() == before


def test_loading_the_cast_again_changes_nothing(home, exported):
    before = exported(27145).read_text()
    text = CAST.read_text()
    assert main(["load", str(CAST)]) == 0
    assert exported(27145).read_text() == before
    assert CAST.read_text() == text


@pytest.mark.parametrize(("number", "percent"), [(27996, "0"), (27997, "5.5")])
def test_the_vat_of_a_business_comes_back_from_an_export(home, exported, tmp_path, number, percent):
    path = tmp_path / "data.yaml"
    path.write_text(
        f"format: sejour/1\nowners:\n  - supplier_no: {number}\n    last_name: ASSUJETTI\n    address: {{city: Aubenas}}\n"
        f"    email: a{number}@assujetti.example\n    kind: professional\n    vat_percent: {percent}\n    vat_number: FR44732829320\n"
    )
    assert main(["load", str(path)]) == 0
    text = exported(number).read_text()
    owner = read(exported(number)).owners[0]
    assert (str(owner.vat_percent), owner.vat_number) == (percent, "FR44732829320")
    assert main(["load", str(exported(number))]) == 0
    assert exported(number).read_text() == text


def test_a_field_that_the_sheet_does_not_declare_is_refused_before_anything_is_written(
    home, tmp_path, capsys
):
    path = tmp_path / "data.yaml"
    path.write_text(
        "format: sejour/1\nowners:\n  - supplier_no: 27999\n    last_name: NEUF\n    address: {city: Aubenas}\n"
        "    email: neuf@neuf.example\n    kind: private\n    listings:\n      - code: 07MS99999\n"
        "        kind: seasonal_rental\n        name: {fr: Neuf}\n        values: {surface: 40}\n"
    )
    assert main(["load", str(path)]) == 1
    said = capsys.readouterr().err
    assert "Listing 07MS99999: unknown fields surface" in said
    assert "surface_m2" in said
    assert main(["export", "27999"]) == 1
    assert "OWNER_NOT_FOUND" in capsys.readouterr().err


def test_a_listing_of_another_owner_is_refused_before_anything_is_written(home, tmp_path, capsys):
    path = tmp_path / "data.yaml"
    path.write_text(
        "format: sejour/1\nowners:\n  - supplier_no: 27998\n    last_name: AUTRE\n    address: {city: Aubenas}\n"
        "    email: autre@autre.example\n    kind: private\n    listings:\n      - code: 07MS01731\n"
        "        kind: seasonal_rental\n        name: {fr: Pris}\n"
    )
    assert main(["load", str(path)]) == 1
    assert "07MS01731 belongs to owner 27144" in capsys.readouterr().err
    assert main(["export", "27998"]) == 1
