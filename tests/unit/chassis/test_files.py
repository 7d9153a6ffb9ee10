"""Where files are kept."""

import obstore
import pytest
from chassis.files import open_store
from chassis.settings import SharedSettings


async def test_a_folder_of_this_machine_unless_a_bucket_is_named(tmp_path):
    store = open_store(SharedSettings(files_dir=tmp_path), "documents")
    await obstore.put_async(store, "a/b.pdf", b"%PDF")
    assert (tmp_path / "documents" / "a" / "b.pdf").read_bytes() == b"%PDF"


def test_a_bucket_has_one_folder_for_each_kind_of_file():
    settings = SharedSettings(files_url="s3://sejour/production/")
    assert open_store(settings, "documents").prefix == "production/documents"
    assert open_store(settings).prefix == "production"


def test_an_address_that_names_no_store_ends_the_start_with_a_sentence():
    with pytest.raises(ValueError, match="SEJOUR_FILES_URL"):
        open_store(SharedSettings(files_url="zz://somewhere"))
