"""No bytes that anybody uploads as a feed break its readers: refused as a whole, or thing by thing."""

import io
import os
import zipfile
from datetime import date

import orjson
import pytest
from catalog.adapters.feeds.read import FORMATS, read_feed
from catalog.adapters.feeds.unpack import MAX_DEPTH, MAX_DOCUMENT, documents
from catalog.domain.errors import FeedRefused
from catalog.domain.record import Found, Record, Refused
from hypothesis import given, settings
from hypothesis import strategies as st

TODAY = date(2026, 3, 1)
EXAMPLES = int(os.environ.get("SEJOUR_FUZZ_EXAMPLES") or 80)
KEYS = st.sampled_from(
    ("@graph", "objetsTouristiques", "@type", "@id", "id", "type", "nom", "libelleFr", "rdfs:label", "@context", "isLocatedAt")
) | st.text(max_size=8)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


def taken(content, name="feed.json", wanted="auto"):
    """Everything read, or nothing where the file as a whole is refused."""
    try:
        found = list(read_feed(content, name, wanted, TODAY))
    except FeedRefused:
        return []
    assert all(isinstance(each, Found) and isinstance(each.what, Record | Refused) for each in found)
    return [each.what for each in found]


@given(
    st.binary(max_size=400), st.sampled_from(("feed.json", "feed.zip", "", "\0")), st.sampled_from(FORMATS)
)
@settings(max_examples=EXAMPLES)
def test_any_bytes_are_refused_or_read(content, name, wanted):
    taken(content, name, wanted)


@given(JSON)
@settings(max_examples=EXAMPLES)
def test_any_json_is_refused_or_read_and_never_unreadable(document):
    assert "UNREADABLE" not in [
        each.reason for each in taken(orjson.dumps(document)) if isinstance(each, Refused)
    ]


@given(st.data())
@settings(max_examples=EXAMPLES)
def test_a_damaged_zip_is_refused_or_read_in_part(data):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", orjson.dumps(data.draw(JSON)))
        archive.writestr(data.draw(st.text(min_size=1, max_size=20)), b"[]")
    content = bytearray(packed.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    taken(bytes(content), "feed.zip")


@pytest.mark.parametrize("name", ["../../etc/passwd.json", "/etc/passwd.json", "C:\\x.json"])
def test_the_path_of_an_entry_is_a_name_only(name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, b"{}")
    ((where, document),) = documents(packed.getvalue(), "feed.zip")
    assert (where.split("\\")[-1].split("/")[-1], document) == (name.split("\\")[-1].split("/")[-1], {})


def test_what_unpacks_to_far_more_than_it_weighs_is_refused_before_it_is_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b" " * (MAX_DOCUMENT + 1))
    ((_where, found),) = documents(packed.getvalue(), "feed.zip")
    assert found.reason == "TOO_LARGE"


@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 100_000])
def test_a_document_that_is_too_deep_is_refused(depth):
    content = b"[" * depth + b"]" * depth
    assert [each.reason for each in taken(b'{"a":' + content + b"}")] == (
        ["TOO_DEEP"] if depth < 1000 else []
    )
