from argparse import ArgumentParser
from typing import Any

from linking import asked_runs
from linking.asked_runs import AskedRun
from linking.management.starting import OUTCOMES, Starting, takes_assets
from linking.models import Sync
from setup.models import Store
from setup.security.actors import Actor


class Command(Starting):
    help = f"Uploads assets to Store Files; no product changes. {OUTCOMES}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        takes_assets(parser)
        parser.add_argument("--alt-policy", default="keep", help="alt text of files that are there already")
        parser.add_argument("--rendition", default="", metavar="NAME", help="a named transformation that Setup allows")

    def begun(self, actor: Actor, stores: list[Store], token: str, options: dict[str, Any]) -> Sync:
        asked = AskedRun(
            "upload",
            self.assets(options),
            options["search"],
            alt_policy=options["alt_policy"],
            rendition=options["rendition"],
            dry_run=not options["apply"],
            exclude=self.assets(options, "exclude"),
        )
        return asked_runs.begin(actor, asked, stores, token)
