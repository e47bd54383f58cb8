"""One measurement, in a process and a database of its own: `python -m script.benches.measure WAY URL` prints JSON.

WAY: `ours` (also once more with nothing changed), `media` (how long the store takes for the pictures alone), `a rule`
(which follows events), or a rival.
"""

import json
import logging
import sys
from dataclasses import asdict

import django
from django.core.management import call_command


def main(way: str, url: str) -> None:
    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("connect_world", url, stdout=sys.stderr)
    from linking.runtime import process  # it needs the apps
    from script.benches import by_rule, ways

    process.prepare()  # as a worker does at its start; the rivals have it, too
    measured = {"ours": ways.ours, "media": ways.media, "a rule": by_rule.by_rule}.get(way) or (lambda: ways.rival(way))
    print(json.dumps(asdict(measured())))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
