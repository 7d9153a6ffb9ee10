"""The printer: a page that was printed lately is not drawn again, and what is kept stays small."""

import asyncio
import os
import sys
from pathlib import Path

from chassis.errors import Overloaded
from documents.adapters.pdf import MOST_WAITING, RENDER_SECONDS, PdfPrinter


def drawn():
    return next(each.value for each in RENDER_SECONDS.collect()[0].samples if each.name.endswith("_count"))


async def test_the_same_page_is_drawn_once_and_another_photo_makes_another_page():
    printer = PdfPrinter()
    try:
        before = drawn()
        first = await printer.print("<p>État descriptif</p>")
        assert await printer.print("<p>État descriptif</p>") == first
        assert drawn() - before == 1
        await printer.print("<p>État descriptif</p>", {"photo": b"other"})
        assert drawn() - before == 2
    finally:
        await printer.close()


async def test_pages_beyond_the_room_are_forgotten():
    printer = PdfPrinter(keep_bytes=1)
    try:
        before = drawn()
        for _ in range(2):
            assert (await printer.print("<p>Contrat</p>")).startswith(b"%PDF")
        assert drawn() - before == 2
    finally:
        await printer.close()


async def test_a_line_too_long_is_refused_with_a_word_and_the_others_come():
    printer = PdfPrinter()
    # Each page is another one: the same would be drawn once.
    pages = [asyncio.create_task(printer.print(f"<p>{number}</p>")) for number in range(MOST_WAITING + 5)]
    found = await asyncio.gather(*pages, return_exceptions=True)
    refused = [each for each in found if isinstance(each, Exception)]
    assert [(type(each), each.retry_after) for each in refused] == [(Overloaded, 3)] * 5
    assert all(each.startswith(b"%PDF") for each in found if isinstance(each, bytes))
    assert (await printer.print("<p>afterwards</p>")).startswith(b"%PDF")
    await printer.close()


SERVICE = """
import asyncio
from documents.adapters.pdf import PdfPrinter

async def main():
    printer = PdfPrinter()
    await printer.print("<p>Contrat</p>")
    print(*printer._pool._processes, flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


def lives(process):
    """Whether a process is there; one that nobody buries is not."""
    try:
        return "zombie" not in (process / "status").read_text()
    except OSError:
        return False


async def test_the_worker_ends_with_a_service_that_is_killed(tmp_path):
    (tmp_path / "service.py").write_text(SERVICE)
    service = await asyncio.create_subprocess_exec(
        sys.executable, tmp_path / "service.py", stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    worker = Path("/proc") / (await service.stdout.readline()).decode().strip()
    assert lives(worker)
    service.kill()
    await service.wait()
    for _ in range(200):
        if not lives(worker):
            break
        await asyncio.sleep(0.05)
    assert not lives(worker)
