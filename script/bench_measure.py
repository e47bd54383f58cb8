"""One measurement, in a process and a database of its own: `python -m script.bench_measure WAY URL` prints JSON.

WAY: `ours` (also once more with nothing changed), `media` (how long the store takes for the pictures alone), or a rival.
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
    from linking import horse  # it needs the apps
    from script import bench_ways

    horse.prepare()  # as a worker does at its start; the rivals have it, too
    measured = {"ours": bench_ways.ours, "media": bench_ways.media}.get(way) or (lambda: bench_ways.rival(way))
    print(json.dumps(asdict(measured())))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
