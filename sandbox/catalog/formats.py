"""Pictures of the drawn shop in formats that lose something when they are taken for a JPEG, one of each kind."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from PIL import Image, ImageDraw

from sandbox import vectors
from sandbox.catalog.records import Asset, bytes_of

FOLDER = "Formats"
SIDE = 600
BADGE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60" width="600" height="600">
<circle cx="30" cy="30" r="28" fill="#2f5d50"/><ellipse cx="30" cy="30" rx="9" ry="20" fill="#f4f1ea"/>
<polygon points="30,6 36,30 24,30" fill="#f4f1ea"/></svg>
"""


def of_all_formats(views: Sequence[Asset]) -> list[Asset]:
    """Of the product of these assets, which are its views: the first one is who they are like."""
    like, pictures = views[0], [small(bytes_of(view.content)) for view in views]
    contents = {
        "badge-svg": (BADGE, ""),
        "badge-psd": (vectors.drawn(BADGE), "psd"),
        "cutout": (saved(cut_out(pictures[0]), "AVIF", quality=70), ""),
        "phone": (saved(pictures[0], "JPEG"), "heic"),
        "print": (saved(pictures[0].convert("CMYK"), "JPEG"), ""),
        "spin": (saved(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=700, loop=0), ""),
    }
    return [
        replace(
            like,
            content=content,
            declared=declared,
            public_id=f"{like.public_id}-{kind}",
            display_name=f"{like.display_name}-{kind}",
            asset_folder=FOLDER,
            tags=[tag for tag in like.tags if tag != "hero"],
            metadata={**like.metadata, "sequence": 20 + at},
        )
        for at, (kind, (content, declared)) in enumerate(contents.items())
    ]


def small(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content)) as picture:
        picture.thumbnail((SIDE, SIDE))
        return picture.convert("RGB")


def cut_out(picture: Image.Image) -> Image.Image:
    """An oval of it, with nothing around."""
    clear, oval = picture.convert("RGBA"), Image.new("L", picture.size, 0)
    ImageDraw.Draw(oval).ellipse((0, 0, picture.width - 1, picture.height - 1), 255)
    clear.putalpha(oval)
    return clear


def saved(picture: Image.Image, form: str, **known: object) -> bytes:
    kept = BytesIO()
    picture.save(kept, form, **known)
    return kept.getvalue()
