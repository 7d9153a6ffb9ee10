"""Photos through gRPC: re-encoded, upright, without the place they were taken at."""

import asyncio
import io

import pytest
from chassis.errors import RemoteError
from PIL import Image
from sejour.catalog.v1 import catalog_types_pb2 as pb
from sejour.catalog.v1 import listing_service_pb2 as calls

GPS, ORIENTATION = 0x8825, 0x0112


def a_picture(size=(2400, 1200), kind="JPEG", exif=None, mode="RGB", color="teal"):
    buffer = io.BytesIO()
    Image.new(mode, size, color).save(buffer, kind, **({"exif": exif} if exif else {}))
    return buffer.getvalue()


async def add(catalog, listing, content, *, request_id=None):
    request = calls.AddPhotoRequest(
        request_id=request_id or catalog.rid(), listing_id=listing.id, content=content, credit="Jeanne FAURE"
    )
    with catalog.acting(f"owner:{listing.owner_id}"):
        return (await catalog.listings.AddPhoto(request)).listing


async def image(catalog, photo_id, size, *grants):
    with catalog.acting(*(grants or ("operator",))):
        found = await catalog.listings.GetPhoto(calls.GetPhotoRequest(id=photo_id, size=size))
    return Image.open(io.BytesIO(found.content)), found.etag


async def test_a_photo_is_turned_upright_reduced_and_stripped(catalog):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (44.0, 21.0, 0.0)
    listing = await add(catalog, await catalog.listing(await catalog.owner()), a_picture(exif=exif))
    photo = listing.photos[0]

    assert (photo.width, photo.height, photo.credit) == (800, 1600, "Jeanne FAURE")
    for size, expected in ((320, (160, 320)), (800, (400, 800)), (1600, (800, 1600))):
        found, etag = await image(catalog, photo.id, size)
        assert found.size == expected
        assert found.format == "JPEG"
        assert dict(found.getexif()) == {}
        assert etag == f"{photo.id}-{size}"
    assert listing.revision == 2


@pytest.mark.parametrize(
    ("kind", "mode", "color"), [("PNG", "RGBA", (255, 0, 0, 0)), ("WEBP", "RGB", "red"), ("GIF", "P", 3)]
)
async def test_other_formats_become_jpeg(catalog, kind, mode, color):
    content = a_picture((40, 30), kind, mode=mode, color=color)
    listing = await add(catalog, await catalog.listing(await catalog.owner()), content)
    found, _ = await image(catalog, listing.photos[0].id, 1600)
    assert (found.format, found.size) == ("JPEG", (40, 30))
    if mode == "RGBA":
        assert found.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "UNREADABLE"),
        (a_picture()[:500], "UNREADABLE"),
        (a_picture((8000, 8000), "PNG", mode="1", color=0), "TOO_MANY_PIXELS"),
        (b"\xff" * (15 * 1024 * 1024 + 1), "TOO_LARGE"),
    ],
    ids=["svg", "cut short", "pixels", "bytes"],
)
async def test_what_is_no_photo_to_keep_is_refused(catalog, content, why):
    listing = await catalog.listing(await catalog.owner())
    with pytest.raises(RemoteError) as refused:
        await add(catalog, listing, content)
    assert (refused.value.reason, refused.value.metadata["why"]) == ("PHOTO_REFUSED", why)
    assert not (await catalog.get(listing.id)).photos


async def test_an_upload_repeated_keeps_one_photo(catalog):
    listing, request_id = await catalog.listing(await catalog.owner()), catalog.rid()
    picture = a_picture((400, 300))
    await asyncio.gather(*(add(catalog, listing, picture, request_id=request_id) for _ in range(3)))
    assert len((await catalog.get(listing.id)).photos) == 1


async def test_photos_are_ordered_captioned_and_removed(catalog):
    listing = await catalog.listing(await catalog.owner())
    for color in ("red", "green", "blue"):
        listing = await add(catalog, listing, a_picture((64, 48), color=color))
    red, green, blue = (photo.id for photo in listing.photos)
    request = calls.ArrangePhotosRequest(
        request_id=catalog.rid(),
        listing_id=listing.id,
        revision=listing.revision,
        photos=[pb.Photo(id=blue, caption={"fr": "La mer"}), pb.Photo(id=red)],
    )
    with catalog.acting(f"owner:{listing.owner_id}"):
        after = (await catalog.listings.ArrangePhotos(request)).listing
        stale = calls.ArrangePhotosRequest(request_id=catalog.rid(), listing_id=listing.id, revision=1)
        with pytest.raises(RemoteError, match="REVISION_STALE"):
            await catalog.listings.ArrangePhotos(stale)
    assert [photo.id for photo in after.photos] == [blue, red]
    assert after.photos[0].caption["fr"] == "La mer"
    assert after.photos[0].width == 64
    with pytest.raises(RemoteError, match="PHOTO_NOT_FOUND"):
        await image(catalog, green, 320)


async def test_guests_see_photos_of_listings_in_production_only(catalog):
    listing = await add(catalog, await catalog.listing(await catalog.owner()), a_picture((64, 48)))
    with pytest.raises(RemoteError, match="PHOTO_NOT_FOUND"):
        await image(catalog, listing.photos[0].id, 320, "public")
    await catalog.produce(listing)
    found, _ = await image(catalog, listing.photos[0].id, 320, "public")
    assert found.size == (64, 48)
    with pytest.raises(RemoteError, match="PHOTO_NOT_FOUND"):
        await image(catalog, listing.photos[0].id, 321, "public")
    with catalog.acting("public"):
        (card,) = (await catalog.listings.BatchGetCards(calls.BatchGetCardsRequest(ids=[listing.id]))).cards
    assert card.photo_id == listing.photos[0].id
