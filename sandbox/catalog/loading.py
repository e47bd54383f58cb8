"""Which catalog a world is built from: a person's own files, or the one that the project draws."""

from pathlib import Path

from sandbox.catalog import assets_csv, export
from sandbox.catalog.records import Catalog
from sandbox.catalog.rows import CannotLoad, Say

__all__ = ["CannotLoad", "chosen"]


def chosen(products: Path | None, assets: Path | None, say: Say) -> Catalog:
    """Raises CannotLoad."""
    if products is None and assets is None:
        from sandbox.catalog.drawn import catalog  # drawing takes a moment to load

        return catalog(say)
    found_products, metafields = export.read(products, say, assets=assets) if products else ([], [])
    found_assets, fields = assets_csv.read(assets, say, besides=products) if assets else ([], [])
    return Catalog(
        products=found_products,
        assets=found_assets,
        metadata_fields=fields,
        metafields=metafields,
        transformations={"product_images": "c_pad,w_1600,h_1600,b_white"},
        store_names=("My store 1", "My store 2"),
        first_has_all=True,
    )
