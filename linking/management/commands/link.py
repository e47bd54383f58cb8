from argparse import ArgumentParser
from typing import Any

from linking import asked_runs
from linking.asked_runs import AskedRun, Match
from linking.management.starting import OUTCOMES, Starting, assets_of, takes_assets
from linking.models import Sync
from linking.models.selections import MODES
from setup.models import Store
from setup.security.actors import Actor


class Command(Starting):
    help = f"Links assets to the products that their keys name. {OUTCOMES}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        takes_assets(parser)
        add = parser.add_argument
        add(
            "--cloudinary-field",
            required=True,
            metavar="FIELD",
            help="where assets have their key, such as metadata:sku",
        )
        add("--shopify-field", required=True, metavar="FIELD", help="what it names, such as sku, barcode, handle")
        add("--pattern", default="", help="the part of the value that is the key")
        add("--separator", default="", help="between several keys in one value")
        add("--ignore-case", action="store_true")
        add("--mode", default="append", choices=[code for code, _label in MODES])
        add("--position", type=int, default=1, metavar="N", help="for the mode position")
        add("--order-by", action="append", default=[], metavar="FIELD", help="-FIELD is descending; at most two")
        add("--alt-policy", default="keep", help="alt text of pictures that are there already")
        add("--rendition", default="", metavar="NAME", help="a named transformation that Setup allows")

    def begun(self, actor: Actor, stores: list[Store], token: str, options: dict[str, Any]) -> Sync:
        match = Match(
            options["cloudinary_field"],
            options["shopify_field"],
            options["pattern"],
            options["separator"],
            options["ignore_case"],
        )
        asked = AskedRun(
            "link",
            assets_of(options),
            options["search"],
            match,
            options["mode"],
            options["position"],
            [(field.removeprefix("-"), field.startswith("-")) for field in options["order_by"][:2]],
            options["alt_policy"],
            options["rendition"],
            dry_run=not options["apply"],
        )
        return asked_runs.begin(actor, asked, stores, token)
