"""CPU seconds of a contract, from messages to PDF, and of WeasyPrint alone on the same page, in turn.

Prints one line of JSON; run by `bench_pages` in a process of its own, from the repository's root.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from documents.adapters.pdf_worker import AssetFetcher, render_pdf
from documents.printing.contract import ContractSources, contract_view
from documents.printing.render import render
from weasyprint import HTML

from tests.unit.documents import builders

RUNS = 5


def page() -> str:
    """The contract of the sample file."""
    listings = {builders.LISTING_ID: builders.a_listing(), builders.ROOM_ID: builders.a_room()}
    sources = ContractSources(
        builders.a_booking(), builders.an_owner(), builders.a_label(), listings, builders.the_fields()
    )
    made_on = f"{datetime(2026, 3, 1, tzinfo=UTC):%d/%m/%Y}"
    return render("contract.html", contract_view(sources, "fr"), "fr", version=1, made_on=made_on)


def spent(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    html = page()
    bare = lambda: HTML(string=html, url_fetcher=AssetFetcher({}), base_url="sejour-asset:").write_pdf()  # noqa: E731
    ours = lambda: render_pdf(page(), {})  # noqa: E731
    for work in (bare, ours):
        work()
    pairs = [(spent(bare), spent(ours)) for _ in range(RUNS)]
    pages = len(HTML(string=html, url_fetcher=AssetFetcher({}), base_url="sejour-asset:").render().pages)
    print(
        json.dumps(
            {
                "ratios": [one / other for other, one in pairs],
                "cpu_ms": {
                    "bare": round(1000 * min(one for one, _ in pairs), 1),
                    "ours": round(1000 * min(one for _, one in pairs), 1),
                },
                "pages": pages,
            }
        )
    )


if __name__ == "__main__":
    main()
