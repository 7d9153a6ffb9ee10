"""`sejour import` of real records of DATAtourisme and APIDAE into a running copy."""

from pathlib import Path

import pytest
from sejour_local.cli import main
from sejour_local.places import Places

DATA = Places.here().repository.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real records are not at {DATA}")


@pytest.fixture
def imported(stack, monkeypatch, capsys):
    monkeypatch.setenv("SEJOUR_HOME", str(stack.home))
    monkeypatch.setenv("SEJOUR_PORT", str(stack.port))

    def run(path, *options) -> str:
        capsys.readouterr()
        main(["import", str(path), "--label", "clevacances", *options])
        said = capsys.readouterr()
        return said.out + said.err

    return run


@pytest.mark.parametrize(("folder", "lettings"), [("datatourisme", 9), ("apidae", 4)])
def test_the_lettings_go_in_once_and_the_rest_is_refused_in_sentences(imported, folder, lettings):
    dry = imported(DATA / folder, "--dry-run")
    assert f"{lettings} would be created, 0 would be updated, 0 unchanged, 2 refused." in dry
    assert f"{lettings} created, 0 updated, 0 unchanged, 2 refused." in imported(DATA / folder)
    assert f"0 created, 0 updated, {lettings} unchanged, 2 refused." in imported(DATA / folder)


def test_what_is_wrong_in_a_record_is_said(imported):
    said = imported(DATA / "datatourisme", "--dry-run")
    for sentence in (
        "No capacity.",
        "No photograph.",
        "Prices that do not say for what (795, 880, 80, 440, 755): kept for information, never sold.",
        "A price's minimum 98 is above its maximum 90: kept for information.",
        "This is the feed's JSON-LD context, not a record.",
    ):
        assert sentence in said


def test_a_hotel_is_refused_with_what_it_is(imported):
    assert "This is no letting (HOTELLERIE)." in imported(DATA / "apidae", "--dry-run")


def test_a_file_that_is_no_feed_is_refused_in_a_sentence(imported, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("bonjour")
    assert "was refused: it is neither a zip nor JSON." in imported(path)
    assert "cannot be read" in imported(Path("/nowhere.json"))
