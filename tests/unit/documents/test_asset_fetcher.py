"""What a printed page may load: fonts and style of the package, and what was given with it."""

import pytest
from documents.adapters.pdf_worker import AssetFetcher


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data", "https://example.org/x.png", "file:///etc/passwd", "ftp://x/y",
        "/etc/passwd", "data:text/html,x", "sejour-asset:../settings.py", "sejour-asset:fonts/../../settings.py",
        "sejour-asset:/etc/passwd", "sejour-asset:.hidden",
    ],
)  # fmt: skip
def test_no_other_address_is_ever_read(url):
    with pytest.raises(ValueError, match="refused"):
        AssetFetcher({}).fetch(url)


def test_what_was_given_with_the_page_is_read():
    assert AssetFetcher({"photo": b"jpeg"}).fetch("sejour-asset:photo") is not None
