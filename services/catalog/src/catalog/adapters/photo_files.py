"""Photos as files: decoding with Pillow, and an object store through obstore."""

import asyncio
import io
from collections.abc import Mapping
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from catalog.adapters.metrics import PHOTOS_REFUSED
from catalog.application.ports import Decoded
from catalog.domain.errors import PhotoNotFound, PhotoRefused

SIZES = (320, 800, 1600)
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 60_000_000
_QUALITY = 82
_WANTED = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")

# The size is checked below from the header, before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = None
Image.init()
# Pillow may be built without some of them.
_FORMATS = tuple(kind for kind in _WANTED if kind in Image.OPEN)


class Decoder:
    """Decodes uploads in a thread, one at a time: a photo of 60 megapixels takes 180 MB."""

    def __init__(self) -> None:
        self._one = asyncio.Semaphore(1)

    async def __call__(self, content: bytes) -> Decoded:
        """Upright, reduced, without metadata. Raises PhotoRefused."""
        try:
            async with self._one:
                return await asyncio.to_thread(decode, content)
        except PhotoRefused as refused:
            PHOTOS_REFUSED.labels(refused.metadata["why"]).inc()
            raise


def decode(content: bytes) -> Decoded:
    """The JPEGs of a photo in every size; `width` and `height` are those of the largest one.

    Raises:
        PhotoRefused: TOO_LARGE, UNREADABLE or TOO_MANY_PIXELS.

    """
    if len(content) > MAX_BYTES:
        raise PhotoRefused(why="TOO_LARGE")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PhotoRefused(why="TOO_MANY_PIXELS")
            image.draft("RGB", (max(SIZES) * 2, max(SIZES) * 2))
            upright = _plain(ImageOps.exif_transpose(image), image.info.get("icc_profile"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise PhotoRefused(why="UNREADABLE") from error
    sizes: dict[int, bytes] = {}
    reduced = upright
    for size in sorted(SIZES, reverse=True):
        if max(reduced.size) > size:
            reduced = ImageOps.contain(reduced, (size, size), Image.Resampling.LANCZOS)
        if size == max(SIZES):
            width, height = reduced.size
        written = io.BytesIO()
        reduced.save(written, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        sizes[size] = written.getvalue()
    return Decoded(width, height, sizes)


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB pixels in sRGB on white, with nothing of the file's metadata."""
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, "white")
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            found = None
        if found is not None:
            return _bare(found)
    return _bare(image.convert("RGB"))


def _bare(image: Image.Image) -> Image.Image:
    image.info.clear()
    image.getexif().clear()
    return image


class Store:
    """Photos in an object store, under `photos/{id}/{size}.jpg`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, photo_id: UUID, sizes: Mapping[int, bytes]) -> None:
        """Keeps the JPEG of every size."""
        for size, content in sizes.items():
            await obstore.put_async(self._store, _path(photo_id, size), content)

    async def get(self, photo_id: UUID, size: int) -> bytes:
        """The JPEG of one size. Raises PhotoNotFound."""
        if size not in SIZES:
            raise PhotoNotFound(size=size)
        try:
            found = await obstore.get_async(self._store, _path(photo_id, size))
        except FileNotFoundError:
            raise PhotoNotFound from None
        return bytes(await found.bytes_async())

    async def delete(self, photo_id: UUID) -> None:
        """Forgets a photo; quiet when there is none."""
        for size in SIZES:
            try:
                await obstore.delete_async(self._store, _path(photo_id, size))
            except (FileNotFoundError, BaseError):
                continue


def _path(photo_id: UUID, size: int) -> str:
    return f"photos/{photo_id}/{size}.jpg"
