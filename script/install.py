"""Writes the settings and secrets of an installation, and starts it.

Asks for what you do not give as an option or in the environment. It keeps what is there: run it again to go on where it
ended. It asks for secrets, or reads CLOUD_API_SECRET, SHOPIFY_CLIENT_SECRET and LAUNCH_SECRET. They are never options,
which other people of the machine could read. It draws the other secrets.

With compose (the usual way): .env and secrets/ in this folder, then `docker compose build` and `up`.
With --systemd: assetlink.env and secrets/ in /etc/assetlink, and the units; docs/operator/install.md has the commands around it.

Exit codes: 0 done, 1 refused or failed, 2 wrong command line, 3 it wrote everything but could start nothing here.
"""

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from script import starting
from script.install_files import SECRETS, Way, compose, keep, kept_text, place, read_settings, systemd
from script.terminal import say

ROOT = Path(__file__).resolve().parent.parent
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
# Of Let's Encrypt's mails; it is put into the Caddyfile as it is.
EMAIL = re.compile(rf"[a-z0-9][a-z0-9._+-]{{0,63}}@{HOST.pattern}", re.ASCII | re.IGNORECASE)
SHORTEST = 32  # characters of a launch secret


class Refused(Exception):
    """The text says what is wrong with what was given, and what to do."""


@dataclass(frozen=True)
class Question:
    name: str  # of the setting
    asks: str
    wrong: Callable[[str], str]  # why an answer will not do; empty if it does
    optional: bool = False
    with_: str = ""  # only asked if that one was answered
    unasked: bool = False  # taken from the environment if it is there

    @property
    def secret(self) -> bool:
        return self.name.lower() in SECRETS

    @property
    def option(self) -> str:
        return f"--{self.name.lower().replace('_', '-')}"


def no_host(answer: str) -> str:
    return (
        ""
        if HOST.fullmatch(answer.lower())
        else "that is not a host name such as assetlink.example.com (without https://)"
    )


def no_tls(answer: str) -> str:
    return "" if answer == "internal" or EMAIL.fullmatch(answer) else "an e-mail address, or: internal"


def no_word(answer: str) -> str:
    return "" if re.fullmatch(r"[\w.-]+", answer, re.ASCII) else "letters, digits, - and _ only"


def no_line(answer: str) -> str:
    return "" if answer.isprintable() and answer.isascii() and " " not in answer else "that is not a single word"


def no_launch_secret(answer: str) -> str:
    return no_line(answer) or ("" if len(answer) >= SHORTEST else f"it needs at least {SHORTEST} characters")


QUESTIONS = (
    Question("DOMAIN", "Host name of AssetLink, such as assetlink.example.com", no_host),
    Question("TLS", "E-mail address for Let's Encrypt, or `internal` for Caddy's own certificate", no_tls),
    Question("CLOUD_NAME", "Cloudinary cloud name (empty: add one later)", no_word, optional=True),
    Question("CLOUD_API_KEY", "Cloudinary API key", no_word, with_="CLOUD_NAME"),
    Question("CLOUD_API_SECRET", "Cloudinary API secret", no_line, with_="CLOUD_NAME"),
    Question("LAUNCH_SECRET", "Launch secret", no_launch_secret, with_="CLOUD_NAME", unasked=True),
    Question(
        "SHOPIFY_CLIENT_ID", "Client ID of your Shopify app (empty: enter it on Setup later)", no_word, optional=True
    ),
    Question("SHOPIFY_CLIENT_SECRET", "Its client secret", no_line, with_="SHOPIFY_CLIENT_ID"),
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="script/install", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    more = parser.add_argument
    for one in QUESTIONS:
        if not one.secret:
            more(one.option, help=one.asks, default=None)
    more("--systemd", action="store_true", help="without containers; write to /etc/assetlink")
    more("--into", type=Path, help="another folder for settings and secrets")
    more("--unattended", action="store_true", help="ask nothing; end with an error if something needed is missing")
    more("--no-start", action="store_true", help="only write the files")
    options = parser.parse_args(arguments)
    way = systemd(options.into or Path("/etc/assetlink")) if options.systemd else compose(options.into or ROOT)
    try:
        without_gaps(way)
        answers = answered(way, vars(options), os.environ, ask=None if options.unattended else asked)
        say(*keep(way, answers))
        if options.systemd:
            say(*place(ROOT / "deploy" / "systemd", way.settings.parent.parent))
    except (Refused, OSError) as wrong:
        say(f"Nothing was started: {wrong}")
        return 1
    known = read_settings(way)
    if options.systemd or options.no_start:
        say("", *starting.welcome(known, way))
        return 0
    return starting.start(way.settings.parent, known, way)


def without_gaps(way: Way) -> None:
    """Raises Refused, OSError."""
    known = read_settings(way)
    if known and (wrong := no_host(known.get("DOMAIN", ""))):
        raise Refused(f"DOMAIN in {way.settings}: {wrong}. Write it there, or move that file away and answer again.")
    if known.get("TLS") and (wrong := no_tls(known["TLS"])):
        raise Refused(f"TLS in {way.settings}: {wrong}.")


def answered(
    way: Way, options: Mapping[str, str | None], environ: Mapping[str, str], *, ask: Callable[[Question], str] | None
) -> dict[str, str]:
    """Name -> value of what is not written yet. Raises Refused."""
    known = read_settings(way)
    answers: dict[str, str] = {}
    given = {one.name: value for one in QUESTIONS if (value := given_for(one, options, environ)) is not None}
    if differing := list(differences(way, known, given)):
        raise Refused(
            f"{'; '.join(differing)}. Nothing was changed: correct that, or start it again without what differs."
        )
    for one in QUESTIONS:
        if (one.secret and way.knows(one.name)) or (not one.secret and known):
            continue
        value = given.get(one.name)
        if one.with_ and not (known | answers).get(one.with_):
            if value:
                raise Refused(f"{one.name} is given without {one.with_}. {hint_of_both(one, way, known)}")
            continue
        if value is None and not one.unasked:
            value = answer(one, ask)
        elif value and (wrong := one.wrong(value)):
            raise Refused(f"{one.name}: {wrong}.")
        if value:
            answers[one.name] = spelled(one, value)
    return answers


def given_for(one: Question, options: Mapping[str, str | None], environ: Mapping[str, str]) -> str | None:
    option = None if one.secret else options.get(one.name.lower())
    return option if option is not None else environ.get(one.name) or None


def spelled(one: Question, value: str) -> str:
    """As it is kept."""
    return value.lower() if one.name == "DOMAIN" else value


def differences(way: Way, known: Mapping[str, str], given: Mapping[str, str]) -> Iterator[str]:
    """What is given and is not what is kept, which stays. Secrets are not shown."""
    for one in QUESTIONS:
        value = given.get(one.name)
        if value is None:
            continue
        if one.secret and way.knows(one.name):
            path = way.secret(one.name)
            if kept_text(path) != value:
                yield f"{one.name} is another one in {path}"
        elif not one.secret and known and known.get(one.name, "") != spelled(one, value):
            yield f"{one.name} is {known.get(one.name) or 'empty'} in {way.settings}, not {value}"


def hint_of_both(one: Question, way: Way, known: Mapping[str, str]) -> str:
    """For what goes with something that is not known."""
    other = next(other for other in QUESTIONS if other.name == one.with_)
    first = f"Write that into {way.settings}" if known else hint(other).removesuffix(".")
    return f"{first}, or leave {one.name} out."


def answer(one: Question, ask: Callable[[Question], str] | None) -> str:
    if ask is None:
        if one.optional:
            return ""
        raise Refused(f"{one.name} is missing. {hint(one)}")
    while (value := ask(one)) or not one.optional:
        wrong = one.wrong(value)
        if not wrong:
            return value
        say(f"  {value if not one.secret else 'This'}: {wrong}.")
    return ""


def hint(one: Question) -> str:
    return f"Put it into the environment as {one.name}." if one.secret else f"Give it as {one.option}."


def asked(one: Question) -> str:
    try:
        return (getpass.getpass(f"{one.asks}: ") if one.secret else input(f"{one.asks}: ")).strip()
    except EOFError:
        raise Refused(f"{one.name} is missing, and nobody answers. {hint(one)}") from None


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
