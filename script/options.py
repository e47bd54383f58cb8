"""The command line of script/demo."""

import argparse
from pathlib import Path


def read(arguments: list[str], about: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description=about, formatter_class=Formatter)
    more = parser.add_argument
    more(
        "--port",
        type=web_port,
        default=8000,
        help="web server; the sandbox, Redis and the mail server take the next three",
    )
    more("--host", default="localhost", help="this machine's name in the addresses shown")
    more(
        "--products",
        type=existing_file,
        metavar="EXPORT.csv",
        help="a product export (CSV, XLSX, ZIP) to rehearse with",
    )
    more("--assets", type=existing_folder, metavar="FOLDER", help="pictures for it; may hold an assets.csv")
    more("--library", type=counted, help="so many assets more in the Media Library, with the same pictures")
    more("--stores", type=counted, help="how many stores the sandbox has")
    more("--plan", choices=["basic", "advanced", "plus"], help="the Shopify plan of all stores")
    more("--workers", type=counted, default=2, help="how many workers run")
    more("--fresh", action="store_true", help="start over, and forget the data of last time")
    return parser.parse_args(arguments)


class Formatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    pass


def web_port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65532:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65532")
    return port


def counted(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def existing_file(text: str) -> Path:
    """Absolute, because the processes do not run in the caller's folder."""
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return Path(text).resolve()


def existing_folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text).resolve()
