"""Draws the illustrations of the demonstration cast (no photograph is shipped): python draw_photos.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1500, 1000)
SCALE = 2
Colour = tuple[int, int, int]


def sky(top: Colour, bottom: Colour) -> Image.Image:
    """A sky from top to horizon."""
    width, height = SIZE[0] * SCALE, SIZE[1] * SCALE
    share = np.linspace(0, 1, height)[:, None, None] ** 0.8
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    return Image.fromarray(np.broadcast_to(rows, (height, width, 3)).astype(np.uint8))


def hills(
    image: Image.Image, base: float, height: float, colour: Colour, *, seed: int, rough: int = 5
) -> None:
    """A line of hills across the picture; `base` and `height` are shares of its height."""
    width, full = image.size
    random = np.random.default_rng(seed)
    x = np.linspace(0, 1, 240)
    line = sum(
        np.sin(2 * np.pi * (x * frequency * (0.7 + 0.6 * random.random()) + random.random())) / frequency
        for frequency in range(1, rough + 1)
    )
    line = (line - line.min()) / (line.max() - line.min())
    points = [(float(a * width), float((base - height * b) * full)) for a, b in zip(x, line, strict=True)]
    ImageDraw.Draw(image).polygon([*points, (width, full), (0, full)], fill=colour)


def sun(image: Image.Image, x: float, y: float, radius: float, colour: Colour) -> Image.Image:
    """A sun with its glow."""
    width, full = image.size
    glow = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(glow)
    for grow, light in ((5.0, 40), (3.0, 60), (1.8, 90)):
        r = radius * grow * full
        draw.ellipse((x * width - r, y * full - r, x * width + r, y * full + r), fill=light)
    glow = glow.filter(ImageFilter.GaussianBlur(60 * SCALE // 2))
    r = radius * full
    ImageDraw.Draw(glow).ellipse((x * width - r, y * full - r, x * width + r, y * full + r), fill=255)
    return Image.composite(Image.new("RGB", image.size, colour), image, glow)


def house(
    image: Image.Image, x: float, y: float, size: float, wall: Colour, roof: Colour, shutter: Colour
) -> None:
    """A stone house: a tall part and a low one, tiled roofs, shutters."""
    width, full = image.size
    unit = size * full
    draw = ImageDraw.Draw(image)

    def box(left: float, up: float, wide: float, high: float, fill: Colour) -> None:
        a, b = x * width + left * unit, y * full - up * unit
        draw.rectangle((a, b - high * unit, a + wide * unit, b), fill=fill)

    def tiles(left: float, up: float, wide: float, high: float) -> None:
        a, b = x * width + left * unit, y * full - up * unit
        edge = 0.06 * unit
        top = [(a + wide * unit * 0.12, b - high * unit), (a + wide * unit * 0.88, b - high * unit)]
        draw.polygon([(a - edge, b), *top, (a + wide * unit + edge, b)], fill=roof)

    def window(left: float, up: float) -> None:
        box(left, up, 0.12, 0.2, (70, 74, 82))
        box(left - 0.07, up, 0.06, 0.2, shutter)
        box(left + 0.13, up, 0.06, 0.2, shutter)

    darker = tuple(int(part * 0.92) for part in wall)
    box(0, 0, 1.1, 0.95, wall)
    tiles(0, 0.95, 1.1, 0.28)
    box(1.1, 0, 0.9, 0.6, (darker[0], darker[1], darker[2]))
    tiles(1.1, 0.6, 0.9, 0.2)
    for left, up in ((0.2, 0.6), (0.75, 0.6), (0.75, 0.18), (1.3, 0.2), (1.68, 0.2)):
        window(left, up)
    box(0.22, 0, 0.18, 0.36, shutter)


def cypress(image: Image.Image, x: float, y: float, high: float, colour: Colour) -> None:
    """A cypress."""
    width, full = image.size
    wide, tall = 0.14 * high * full, high * full
    centre, foot = x * width, y * full
    ImageDraw.Draw(image).polygon(
        [(centre - wide, foot), (centre - wide * 0.9, foot - tall * 0.5), (centre, foot - tall),
         (centre + wide * 0.9, foot - tall * 0.5), (centre + wide, foot)], fill=colour
    )  # fmt: skip


def tree(image: Image.Image, x: float, y: float, high: float, leaves: Colour, *, seed: int) -> None:
    """A round tree: a plane tree or a lime."""
    width, full = image.size
    draw = ImageDraw.Draw(image)
    tall = high * full
    draw.rectangle(
        (x * width - tall * 0.04, y * full - tall * 0.5, x * width + tall * 0.04, y * full),
        fill=(105, 86, 68),
    )
    random = np.random.default_rng(seed)
    for _ in range(38):
        a = x * width + random.normal(0, 0.2) * tall
        b = y * full - tall * 0.68 + random.normal(0, 0.13) * tall
        r = tall * (0.09 + 0.08 * random.random())
        shade = 0.82 + 0.36 * random.random()
        draw.ellipse((a - r, b - r, a + r, b + r), fill=tuple(min(255, int(part * shade)) for part in leaves))


def rows(
    image: Image.Image, horizon: float, colours: tuple[Colour, Colour], *, count: int, vanish: float
) -> None:
    """Rows of vines or lavender that run to a vanishing point."""
    width, full = image.size
    draw = ImageDraw.Draw(image)
    far, near = horizon * full, float(full)
    for index in range(-count, count + 1):
        foot = vanish * width + index * width * 0.11
        half = width * 0.034
        top = vanish * width + index * width * 0.006
        draw.polygon(
            [(top - 2, far), (top + 2, far), (foot + half, near), (foot - half, near)],
            fill=colours[index % 2],
        )


def finish(image: Image.Image, name: str, *, seed: int = 7) -> None:
    """Reduces, adds a little grain, and writes the file."""
    small = image.resize(SIZE, Image.Resampling.LANCZOS)
    grain = np.random.default_rng(seed).normal(0, 3.5, (SIZE[1], SIZE[0], 1))
    noisy = np.clip(np.asarray(small, dtype=np.float32) + grain, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(Path(__file__).parent / "photos" / name, quality=80, optimize=True)


def main() -> None:
    """Draws them all."""
    stone, tile, blue = (222, 203, 172), (178, 92, 62), (92, 128, 140)
    picture = sky((118, 172, 210), (246, 226, 196))
    hills(picture, 0.62, 0.22, (150, 166, 160), seed=3)
    hills(picture, 0.68, 0.14, (122, 142, 108), seed=5)
    hills(picture, 0.78, 0.08, (146, 150, 92), seed=8, rough=3)
    house(picture, 0.38, 0.8, 0.3, stone, tile, blue)
    cypress(picture, 0.3, 0.82, 0.42, (58, 84, 62))
    cypress(picture, 0.345, 0.8, 0.32, (66, 94, 68))
    rows(picture, 0.8, ((116, 132, 66), (176, 152, 96)), count=8, vanish=0.55)
    finish(picture, "mas-terrasse.jpg")

    picture = sky((96, 156, 204), (232, 236, 226))
    picture = sun(picture, 0.78, 0.2, 0.045, (255, 246, 214))
    for base, high, colour, seed in (
        (0.55, 0.24, (160, 176, 182), 11), (0.64, 0.2, (128, 150, 132), 13), (0.74, 0.15, (110, 134, 92), 17),
        (0.86, 0.12, (136, 140, 80), 19), (0.98, 0.1, (164, 144, 88), 23),
    ):  # fmt: skip
        hills(picture, base, high, colour, seed=seed)
    finish(picture, "mas-garrigue.jpg")

    picture = sky((52, 58, 96), (240, 154, 104))
    picture = sun(picture, 0.24, 0.56, 0.05, (255, 214, 150))
    hills(picture, 0.68, 0.18, (104, 82, 104), seed=29)
    hills(picture, 0.78, 0.1, (74, 64, 80), seed=31)
    house(picture, 0.5, 0.84, 0.28, (164, 134, 118), (112, 64, 62), (70, 78, 96))
    hills(picture, 0.9, 0.05, (52, 50, 58), seed=37, rough=2)
    cypress(picture, 0.46, 0.86, 0.4, (40, 44, 50))
    tree(picture, 0.86, 0.9, 0.5, (58, 62, 56), seed=4)
    finish(picture, "mas-soir.jpg")

    picture = sky((112, 168, 214), (240, 230, 222))
    hills(picture, 0.56, 0.2, (158, 170, 184), seed=41)
    hills(picture, 0.6, 0.1, (134, 152, 118), seed=43)
    house(picture, 0.6, 0.64, 0.16, (228, 210, 182), (184, 100, 70), (150, 134, 176))
    tree(picture, 0.52, 0.65, 0.24, (104, 134, 72), seed=9)
    ImageDraw.Draw(picture).rectangle((0, int(0.62 * picture.size[1]), *picture.size), fill=(168, 158, 104))
    rows(picture, 0.62, ((128, 104, 176), (150, 126, 194)), count=9, vanish=0.42)
    finish(picture, "lavande-champ.jpg")

    picture = sky((176, 190, 214), (252, 226, 200))
    picture = sun(picture, 0.62, 0.42, 0.05, (255, 240, 206))
    hills(picture, 0.62, 0.24, (172, 168, 190), seed=47)
    hills(picture, 0.74, 0.16, (146, 140, 166), seed=53)
    hills(picture, 0.86, 0.1, (134, 116, 172), seed=59)
    tree(picture, 0.2, 0.96, 0.72, (112, 140, 82), seed=12)
    finish(picture, "lavande-matin.jpg")

    picture = sky((104, 164, 208), (238, 232, 216))
    hills(picture, 0.6, 0.16, (138, 158, 138), seed=61)
    house(picture, 0.1, 0.82, 0.4, (226, 206, 176), (180, 96, 66), (118, 148, 116))
    house(picture, 0.62, 0.8, 0.34, (214, 190, 158), (168, 86, 58), (168, 98, 74))
    ImageDraw.Draw(picture).rectangle((0, int(0.8 * picture.size[1]), *picture.size), fill=(206, 190, 162))
    tree(picture, 0.5, 0.9, 0.78, (106, 142, 70), seed=21)
    finish(picture, "platane-place.jpg")


if __name__ == "__main__":
    main()
