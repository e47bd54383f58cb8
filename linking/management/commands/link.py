from argparse import ArgumentParser
from typing import Any

from linking import asked_runs
from linking.asked_runs import AskedRun, Match
from linking.management.commands.selection_address import lines_of
from linking.management.products import products_of
from linking.management.starting import OUTCOMES, USAGE, Starting, fail, takes_assets
from linking.models import Sync
from linking.models.selections import MODES
from setup.models import Store
from setup.security.actors import Actor


class Command(Starting):
    help = f"Links assets to the products that their keys name, or that a file names. {OUTCOMES}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        takes_assets(parser).add_argument(
            "--products",
            default="",
            metavar="FILE",
            help="CSV or JSON Lines: product (gid://shopify/Product/1, handle:shirt or sku:ABC-1), asset or public_id, and if "
            "wanted alt, role (gallery or swatch), position; instead of the fields; - reads standard input",
        )
        add = parser.add_argument
        add("--cloudinary-field", default="", metavar="FIELD", help="where assets have their key, such as metadata:sku")
        add("--shopify-field", default="", metavar="FIELD", help="what it names, such as sku, barcode, handle")
        add("--pattern", default="", help="the part of the value that is the key")
        add("--separator", default="", help="between several keys in one value")
        add("--ignore-case", action="store_true")
        add("--mode", default="append", choices=[code for code, _label in MODES])
        add("--position", type=int, default=1, metavar="N", help="for the mode position")
        add(
            "--order-by",
            action="append",
            default=[],
            metavar="FIELD",
            help="--order-by=-FIELD is descending; at most two",
        )
        add("--alt-policy", default="keep", help="alt text of pictures that are there already")
        add("--rendition", default="", metavar="NAME", help="a named transformation that Setup allows")

    def begun(self, actor: Actor, stores: list[Store], token: str, options: dict[str, Any]) -> Sync:
        if len(options["order_by"]) > 2:
            fail("At most two --order-by count.", USAGE)
        products = products_of(lines_of(options["products"]), self.lines) if options["products"] else []
        asked = AskedRun(
            "link",
            self.assets(options),
            options["search"],
            match_of(options),
            options["mode"],
            options["position"],
            [(field.removeprefix("-"), field.startswith("-")) for field in options["order_by"]],
            options["alt_policy"],
            options["rendition"],
            dry_run=not options["apply"],
            products=products,
            removals=options["removals"],
            exclude=self.assets(options, "exclude"),
        )
        return asked_runs.begin(actor, asked, stores, token)


def match_of(options: dict[str, Any]) -> Match | None:
    """None with products. Raises CommandError."""
    fields = (options["cloudinary_field"], options["shopify_field"])
    if options["products"] and not any(fields):
        return None
    if not options["products"] and not all(fields):
        fail("Name the fields to match by: --cloudinary-field and --shopify-field; or --products.", USAGE)
    return Match(*fields, options["pattern"], options["separator"], options["ignore_case"])
