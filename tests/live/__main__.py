"""python -m tests.live cleanup [--folder FOLDER]      removes what runs that did not end have left
python -m tests.live compare FOLDER FOLDER          how the answers of two runs differ in shape: keys, types, codes
"""

import argparse
import os
import sys
from pathlib import Path

import django

FOLDER = Path(".cache/live")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.live", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("cleanup").add_argument("--folder", type=Path, default=FOLDER)
    compare = verbs.add_parser("compare")
    for name in ("mine", "others"):
        compare.add_argument(name, type=Path)
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    return clean_up(chosen.folder) if chosen.verb == "cleanup" else compared(chosen.mine, chosen.others)


def clean_up(folder: Path) -> int:
    from tests.live import keys
    from tests.live.cleaning import clean
    from tests.live.ledger import open_ones
    from tests.live.services import NotForThis, Services

    ledgers = list(open_ones(folder))
    try:
        services = Services.open(keys.read(os.environ)) if ledgers else None
    except (ValueError, NotForThis) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    code = 0
    for ledger in ledgers:
        if services is None or (ledger.shop, ledger.cloud) != (services.keys.shop, services.keys.cloud):
            print(f"{ledger.path.name} was made in {ledger.shop} and {ledger.cloud}: give their keys.")
            code = 1
            continue
        left = clean(ledger, services)
        print(
            f"{ledger.path.name}: {f'{len(left)} things could not be removed: {left}' if left else 'all is removed.'}"
        )
        code |= bool(left)
    if not ledgers:
        print(f"Nothing is left of any run in {folder}.")
    return code


def compared(mine: Path, others: Path) -> int:
    from tests.live.recording import compare

    lines = list(compare(mine, others))
    print(*(lines or ["All answers have the same shape."]), sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
