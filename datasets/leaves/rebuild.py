"""Draw the leaves afresh and compare: `python datasets/leaves/rebuild.py`; with `--write`, replace the files."""

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
FILE, PREVIEW = HERE / "leaves.npz", HERE / "preview.png"

WORDS = ("label", "background", "world", "split")
ALIKE = 4  # the most by which a count, or a mean or spread of a colour from 0 to 255, may be off

SEED = 32
SIZE = 32
LEVELS = 16  # the step between two shades, so that the file compresses
CONFOUNDED, BALANCED, REVERSED = 0.97, 0.5, 0.03  # share of the healthy on moss, and of the diseased on soil
SPLITS = {
    ("confounded", "train"): (CONFOUNDED, 1000),
    ("confounded", "val"): (CONFOUNDED, 200),
    ("confounded", "test"): (CONFOUNDED, 400),
    ("balanced", "train"): (BALANCED, 1000),
    ("balanced", "val"): (BALANCED, 200),
    ("balanced", "test"): (BALANCED, 400),
    ("reversed", "test"): (REVERSED, 400),
}
USUAL = {"healthy": "moss", "diseased": "soil"}
OTHER = {"moss": "soil", "soil": "moss"}

SPOTS = (2, 6)  # fewest and most spots of a diseased leaf
SPOT_RADIUS = (0.8, 1.7)  # in pixels
SPOT_STRENGTH = (0.5, 0.9)  # how much of the leaf's own colour a spot hides
NOISE = 0.015  # standard deviation of the camera's noise; 1 is white

Arrays = dict[str, NDArray[Any]]
Picture = NDArray[np.float64]  # (SIZE, SIZE, 3), 0 to 1
Plane = NDArray[np.float64]  # (SIZE, SIZE)
ROWS, COLUMNS = np.mgrid[0:SIZE, 0:SIZE].astype(float)

BROWN, PALE, BLACKISH = (0.45, 0.26, 0.10), (0.88, 0.80, 0.55), (0.20, 0.13, 0.08)


class Blade(NamedTuple):
    """A leaf's outline in its own coordinates: how far along the midrib and how far beside it each pixel is."""

    along: Plane  # -1 at the stalk, 1 at the tip
    beside: Plane  # in pixels
    cover: Plane  # 1 inside, 0 outside, between them at the edge


def blend(under: Picture, colour: object, cover: Plane) -> Picture:
    """`colour` over the picture where `cover` is 1."""
    return under + cover[..., None] * (np.asarray(colour) - under)


def clouds(random: Generator, cells: int) -> Plane:
    """Smooth noise from -1 to 1 with about `cells` hills and hollows a side."""
    corners = random.uniform(-1, 1, (cells + 2, cells + 2))
    place = np.linspace(0, cells, SIZE)
    low = place.astype(int)
    part = place - low
    rows = corners[low] * (1 - part)[:, None] + corners[low + 1] * part[:, None]
    return rows[:, low] * (1 - part) + rows[:, low + 1] * part


def disc(row: float, column: float, radius: float) -> Plane:
    """1 within the radius, 0 a pixel further out."""
    distance = np.hypot(ROWS - row, COLUMNS - column)
    return np.clip(radius + 0.5 - distance, 0, 1)


def soil(random: Generator) -> Picture:
    """Brown crumbs with a few stones."""
    shade = random.uniform(0.75, 1.2) * (1 + 0.22 * clouds(random, 5) + 0.22 * clouds(random, 15))
    picture = shade[..., None] * np.array([0.42, 0.30, 0.20]) * random.uniform(0.93, 1.07, 3)
    for _ in range(random.integers(2, 7)):
        stone = np.full(3, random.uniform(0.25, 0.7)) * [1.05, 1.0, 0.92]
        picture = blend(picture, stone, 0.8 * disc(*random.uniform(0, SIZE, 2), random.uniform(0.4, 1.4)))
    return picture


def moss(random: Generator) -> Picture:
    """Dark green cushions with bright tips."""
    shade = random.uniform(0.75, 1.2) * (1 + 0.35 * clouds(random, 4) + 0.25 * clouds(random, 12))
    picture = shade[..., None] * np.array([0.22, 0.33, 0.13]) * random.uniform(0.93, 1.07, 3)
    for _ in range(random.integers(15, 30)):
        tip = np.array([0.50, 0.60, 0.22]) * random.uniform(0.7, 1.1)
        picture = blend(picture, tip, 0.7 * disc(*random.uniform(0, SIZE, 2), random.uniform(0.2, 0.6)))
    return picture


BACKGROUNDS = {"soil": soil, "moss": moss}


def blade(random: Generator) -> Blade:
    """A leaf of some length, width, shape and tilt, somewhere near the middle."""
    tilt = random.uniform(0, 2 * np.pi)
    length, width = random.uniform(11, 15), random.uniform(4.5, 7.5)
    row, column = SIZE / 2 - 0.5 + random.uniform(-1.5, 1.5, 2)
    along = ((COLUMNS - column) * np.cos(tilt) + (ROWS - row) * np.sin(tilt)) / length
    beside = (ROWS - row) * np.cos(tilt) - (COLUMNS - column) * np.sin(tilt)
    beside = beside + random.uniform(-1.5, 1.5) * (along**2 - 0.4)  # a bent midrib
    inside = np.clip(1 - along**2, 0, None)
    half = width * inside ** random.uniform(0.6, 1.1) * (1 - random.uniform(0, 0.35) * along)
    return Blade(along, beside, np.clip(half - np.abs(beside) + 0.5, 0, 1) * (np.abs(along) < 1))


def green(random: Generator, leaf: Blade) -> Picture:
    """The leaf's surface: its own green, lit from one side, with a midrib and side veins."""
    colour = np.array([random.uniform(0.28, 0.50), random.uniform(0.55, 0.72), random.uniform(0.15, 0.28)])
    light = 1 + random.uniform(-0.025, 0.025) * leaf.beside + random.uniform(-0.15, 0.15) * leaf.along
    surface = (light * random.uniform(0.8, 1.15) * (1 + 0.08 * clouds(random, 6)))[..., None] * colour
    surface = blend(surface, colour + 0.22, 0.8 * np.clip(1.1 - np.abs(leaf.beside), 0, 1))
    phase = leaf.along * random.uniform(4, 6) - 0.35 * np.abs(leaf.beside) + random.uniform(0, 1)
    return blend(surface, colour + 0.15, random.uniform(0.2, 0.5) * np.clip(np.cos(2 * np.pi * phase), 0, 1))


def place_on(random: Generator, leaf: Blade) -> tuple[float, float]:
    """The row and column of a pixel well inside the leaf."""
    inside = np.argwhere((leaf.cover >= 1) & (np.abs(leaf.along) < 0.85))
    row, column = inside[random.integers(len(inside))]
    return float(row), float(column)


def spots(random: Generator, leaf: Blade, surface: Picture) -> Picture:
    """Small dead patches, brown, blackish or pale, in any number that SPOTS allows."""
    for _ in range(random.integers(SPOTS[0], SPOTS[1] + 1)):
        colour = np.array([BROWN, BROWN, BLACKISH, PALE][random.integers(4)])
        patch = disc(*place_on(random, leaf), random.uniform(*SPOT_RADIUS))
        surface = blend(surface, colour, random.uniform(*SPOT_STRENGTH) * patch)
    return surface


def draw(random: Generator, label: str, background: str) -> NDArray[np.uint8]:
    """One picture, (3, SIZE, SIZE)."""
    under = BACKGROUNDS[background](random)
    leaf = blade(random)
    surface = green(random, leaf)
    if label == "diseased":
        surface = spots(random, leaf, surface)
    shadow = np.roll(leaf.cover, (1, 1), axis=(0, 1))
    picture = blend(blend(under, 0.0, 0.45 * shadow), surface, leaf.cover)
    picture = picture * random.uniform(0.85, 1.12) + random.normal(0, NOISE, (SIZE, SIZE, 1))
    shades = np.rint(np.clip(picture, 0, 0.97) * 255 / LEVELS) * LEVELS
    return shades.astype(np.uint8).transpose(2, 0, 1)


def plan(share: float, count: int) -> list[tuple[str, str]]:
    """Label and background of `count` leaves: half of each label, exactly `share` of it on its usual background."""
    half = count // 2
    usual = round(share * half)
    return [
        (label, background)
        for label, home in USUAL.items()
        for background in [home] * usual + [OTHER[home]] * (half - usual)
    ]


def leaves(seed: int = SEED) -> Iterator[tuple[NDArray[np.uint8], str, str, str, str]]:
    """Image, label, background, world and split of each leaf, mixed within a split."""
    random = np.random.default_rng(seed)
    for (world, split), (share, count) in SPLITS.items():
        planned = plan(share, count)
        for i in random.permutation(count):
            yield draw(random, *planned[i]), *planned[i], world, split


def arrays(seed: int = SEED) -> Arrays:
    """What the file holds, by name: row i of each is leaf i."""
    images, *words = zip(*leaves(seed), strict=True)
    return {"image": np.stack(images), **dict(zip(WORDS, map(np.array, words), strict=True))}


def statistics(made: Arrays) -> NDArray[np.float64]:
    """Count, mean colour and spread of each colour, for each label on each background."""
    rows = []
    for label in USUAL:
        for background in OTHER:
            images = made["image"][(made["label"] == label) & (made["background"] == background)]
            rows.append([len(images), *images.mean((0, 2, 3)), *images.std((0, 2, 3))])
    return np.array(rows)


def compare(made: Arrays, shipped: Arrays) -> tuple[bool, str]:
    """Whether the leaves are the shipped ones, and a sentence. Another NumPy may draw or round differently."""
    if all(np.array_equal(made[name], shipped[name]) for name in shipped):
        return True, "pixel for pixel the shipped leaves"
    apart = np.abs(statistics(made) - statistics(shipped)).max()
    if apart < ALIKE:
        return True, f"other pixels, drawn by another NumPy, but alike: counts and colours within {apart:.1f}"
    return False, f"NOT the shipped leaves: a count, a mean or a spread of a colour is {apart:.1f} off"


def preview(made: Arrays, columns: int = 10, zoom: int = 2) -> NDArray[np.uint8]:
    """Rows of balanced leaves: healthy on moss and on soil, then diseased on moss and on soil."""
    rows = []
    for label in USUAL:
        for background in OTHER:
            wanted = {"world": "balanced", "split": "train", "label": label, "background": background}
            found = np.all([made[name] == word for name, word in wanted.items()], axis=0)
            images = made["image"][found][:columns].transpose(0, 2, 3, 1)
            framed = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=255)
            rows.append(np.concatenate(list(framed), axis=1))
    return np.concatenate(rows).repeat(zoom, 0).repeat(zoom, 1)


def write(made: Arrays) -> None:
    """Both files anew; their checksums then have to be listed anew, too."""
    from matplotlib.image import imsave

    np.savez_compressed(FILE, **made)
    imsave(PREVIEW, preview(made))
    for path in (FILE, PREVIEW):
        print(f"{sha256(path.read_bytes()).hexdigest()}  {HERE.name}/{path.name}")


def main(arguments: list[str]) -> int:
    """Draw the leaves; say whether they are the shipped ones, or ship them."""
    made = arrays()
    if arguments == ["--write"]:
        write(made)
        return 0
    with np.load(FILE) as shipped:
        same, sentence = compare(made, dict(shipped))
    print(f"leaves.npz: {len(made['image'])} leaves, {sentence}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
