"""The printer: a page that was printed lately is not drawn again, and what is kept stays small."""

from documents.adapters.pdf import RENDER_SECONDS, PdfPrinter


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
