from argparse import ArgumentParser
from typing import Any

from linking import runs
from linking.management.starting import OUTCOMES, USAGE, Starting, fail
from linking.models import Link, Sync
from linking.selection.named_assets import NotValid
from setup.models import Store
from setup.security.actors import Actor

MOST = 1000


class Command(Starting):
    help = (
        "Takes assets out of the galleries that AssetLink put them into; no file is deleted. With --apply, --removals has to "
        f"be the number of pictures that leave. {OUTCOMES}"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--assets", default="", metavar="FILE", help="an asset ID a line; - reads standard input")
        parser.add_argument(
            "--product",
            action="append",
            default=[],
            metavar="HANDLE",
            help="all that is linked there; may come several times",
        )

    def begun(self, actor: Actor, stores: list[Store], token: str, options: dict[str, Any]) -> Sync:
        ids, handles = [one.asset_id for one in self.assets(options)], options["product"]
        if not ids and not handles:
            fail("Name --assets, or --product.", USAGE)
        links = Link.objects.in_galleries().filter(store__in=stores).select_related("store")
        if ids:
            links = links.filter(asset_id__in=ids[:MOST])
        if handles:
            links = links.filter(handle__in=handles)
        found = list(links.order_by("pk")[: MOST + 1])
        if not found:
            raise NotValid([("", "None of that is linked there.")])
        if len(found) > MOST or len(ids) > MOST:
            raise NotValid([("", f"That is more than {MOST:,} links; one run takes no more.")])
        return runs.unlink(actor, found, token)
