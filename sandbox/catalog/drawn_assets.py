"""The drawn shop's media library."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.catalog import mess
from sandbox.catalog.drawing.colors import COLORS
from sandbox.catalog.drawing.studio import VIEWS, label
from sandbox.catalog.drawn_products import Shots, sku, slug
from sandbox.catalog.formats import of_all_formats
from sandbox.catalog.goods import GOODS, SEASONS, TYPES, Good, folder_of, season_of
from sandbox.catalog.inscribed import inscribed
from sandbox.catalog.records import Asset, MetadataField
from sandbox.catalog.withheld import withheld

FIRST_DAY = datetime(2026, 2, 2, 9, tzinfo=UTC).timestamp()
BETWEEN = 3 * 3600 + 137  # seconds from one upload to the next
CHANNELS = {"web": "Web shop", "social": "Social media", "print": "Print"}
CAMPAIGNS = {"aw26": "Autumn by the fire", "ss26": "Spring at home", "aw25": "Autumn by the fire/Last year"}
RIGHTS_END = ("2026-12-31", "2027-06-30", "2028-12-31")
FIELDS = (
    MetadataField("sku", "SKU"),
    MetadataField("product_title", "Product title"),
    MetadataField("sequence", "Sequence", "integer"),
    MetadataField(
        "asset_type", "Asset type", "enum", {"product": "Product shot", "lifestyle": "Lifestyle", "swatch": "Swatch"}
    ),
    MetadataField("color", "Color", "enum", {name: label for name, (label, _) in COLORS.items()}),
    MetadataField("channels", "Channels", "set", CHANNELS),
    MetadataField("season", "Season", "enum", SEASONS),
    MetadataField("rights_end", "Rights end", "date"),
)
WORDS = {
    "front": "{title} in {color}, from the front",
    "side": "{title} in {color}, from the side",
    "detail": "A close look at the {title} in {color}",
    "in use": "The {title} in {color} at home",
    "back": "{title} in {color}, from the back",
    "pair": "Two {title}s in {color}",
}


def assets(shots: Shots, chips: Mapping[str, bytes], clips: Mapping[int, bytes], huge: bytes) -> list[Asset]:
    made = [asset for good in GOODS for asset in of_good(good, shots, chips, clips)]
    good = next(good for good in GOODS if good.number == mess.TOO_BIG)
    made.append(named(good, good.colors[0], "poster", huge, sequence=9, kind="product"))
    alike = [
        asset for asset in made if asset.metadata.get("sku") == f"FF-{mess.ODD}" and asset.metadata.get("sequence")
    ]
    made += withheld(alike[0])
    made += of_all_formats(alike)
    return [moment(asset, len(made) - at) for at, asset in enumerate(made)]


def of_good(good: Good, shots: Shots, chips: Mapping[str, bytes], clips: Mapping[int, bytes]) -> Iterator[Asset]:
    for color in good.colors:
        views = [view for view in VIEWS if (good.number, color, view) in shots]
        for at, view in enumerate(views, 1):
            kind = "lifestyle" if view == "in use" else "product"
            yield named(good, color, view, shots[good.number, color, view], sequence=at, kind=kind)
        if len(good.colors) > 1:
            yield named(good, color, "swatch", chips[color], sequence=0, kind="swatch")
    if good.number in clips:
        yield named(good, good.colors[0], "film", clips[good.number], sequence=len(views) + 1, kind="product")


def named(good: Good, color: str, view: str, content: bytes, *, sequence: int, kind: str) -> Asset:
    name = f"{slug(good.title)}-{color}-{view.replace(' ', '-')}"
    words = WORDS.get(view, "").format(title=good.title, color=label(color).lower())
    plain = good.number in mess.NAMED_FRONT
    return Asset(
        content=carrying(good, color, content),
        public_id=name,
        display_name=view if plain else name,
        asset_folder="Films" if view == "film" else folder(good, kind),
        tags=[TYPES[good.shape].lower(), color, *tags(good, view)],
        context={"alt": words} if words and good.number % 2 else {},
        metadata=metadata(good, color, sequence, kind),
    )


def carrying(good: Good, color: str, content: bytes) -> bytes:
    """Photographers wrote the SKU into the files where nobody has filled the field."""
    if good.number not in mess.ASSETS_WITHOUT_SKU or not content.startswith(b"\xff\xd8"):
        return content
    known = sku(good, color, good.sizes[0] if good.sizes else "") or f"FF-{good.number}"
    named = [known, label(color)]
    return inscribed(content, iptc={25: named, 103: [known]}, xmp={"subject": named}, exif={0x010E: good.title})


def tags(good: Good, view: str) -> list[str]:
    """What a tool or a person says of it; a few are not approved yet."""
    return [*(["hero"] if view == "front" else []), *(["approved"] if good.number % 7 else [])]


def folder(good: Good, kind: str) -> str:
    season = season_of(good)
    if kind == "lifestyle":
        return f"Campaigns/{CAMPAIGNS[season]}"
    return f"Catalogue/{SEASONS[season]}/{'Swatches' if kind == 'swatch' else folder_of(good)}"


def metadata(good: Good, color: str, sequence: int, kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "product_title": good.title,
        "asset_type": kind,
        "color": color,
        "channels": ["web", "social"] if kind == "lifestyle" else ["web", "print"],
        "season": season_of(good),
    }
    if kind == "lifestyle":
        values["rights_end"] = RIGHTS_END[good.number % len(RIGHTS_END)]
    if sequence:
        values["sequence"] = sequence
    if value := asset_sku(good, color):
        values["sku"] = value
    return values


def asset_sku(good: Good, color: str) -> str | None:
    """The SKU of the colour's first size, mistakes included."""
    if good.number in mess.ASSETS_WITHOUT_SKU:
        return None
    if good.number in mess.ASSET_SKUS:
        return mess.ASSET_SKUS[good.number]
    return sku(good, color, good.sizes[0] if good.sizes else "")


def moment(asset: Asset, at: int) -> Asset:
    return Asset(**{**vars(asset), "created_at": FIRST_DAY + at * BETWEEN})
