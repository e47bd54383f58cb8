"""A shop of six products and two pictures for each, so that nothing has to be drawn."""

import csv
from pathlib import Path

from PIL import Image

NAMES = ("Bowl", "Chair", "Cup", "Lamp", "Plate", "Table")
SIDES = ("front", "side")


def written(folder: Path) -> list[str]:
    """The sandbox's options for it."""
    folder.mkdir()
    products, assets = folder / "products.csv", folder / "assets.csv"
    with products.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Handle", "Title", "Variant SKU", "Status"])
        rows.writerows([name.lower(), name, name.upper(), "active"] for name in NAMES)
    with assets.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "public_id", "metadata.sku"])
        for number, (name, side) in enumerate((name, side) for name in NAMES for side in SIDES):
            picture = f"{name}-{side}.jpg".lower()
            Image.new("RGB", (400, 300), (20 * number, 120, 200)).save(folder / picture)
            rows.writerow([picture, f"shop/{name}-{side}".lower(), name.upper()])
    return ["--products", str(products), "--assets", str(folder)]
