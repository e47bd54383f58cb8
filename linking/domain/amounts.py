"""Counted things, as the objects of sentences: “309 of 317 pictures”, “in 2 stores”."""

from typing import Protocol

from setup.words import _, npgettext, number


class Things(Protocol):
    """So many of them, as the object of a sentence; `part`: behind “of”."""

    def __call__(self, n: int, *, part: bool = False) -> str: ...


def pictures(n: int, *, part: bool = False) -> str:
    if part:
        return npgettext("of", "{n} picture", "{n} pictures", n).format(n=number(n))
    return npgettext("object", "{n} picture", "{n} pictures", n).format(n=number(n))


def swatches(n: int, *, part: bool = False) -> str:
    if part:
        return npgettext("of", "{n} swatch", "{n} swatches", n).format(n=number(n))
    return npgettext("object", "{n} swatch", "{n} swatches", n).format(n=number(n))


def variants(n: int, *, part: bool = False) -> str:
    if part:
        return npgettext("of", "{n} variant", "{n} variants", n).format(n=number(n))
    return npgettext("object", "{n} variant", "{n} variants", n).format(n=number(n))


def files(n: int, *, part: bool = False) -> str:
    if part:
        return npgettext("of", "{n} file", "{n} files", n).format(n=number(n))
    return npgettext("object", "{n} file", "{n} files", n).format(n=number(n))


def in_galleries(n: int) -> str:
    return npgettext("in", "{n} gallery", "{n} galleries", n).format(n=number(n))


def out_of_galleries(n: int) -> str:
    return npgettext("out of", "{n} gallery", "{n} galleries", n).format(n=number(n))


def in_stores(things: str, stores: int) -> str:
    """“70 galleries in 2 stores”"""
    if not stores:
        return things
    counted = npgettext("in", "{n} store", "{n} stores", stores).format(n=number(stores))
    return _("{things} in {stores}").format(things=things, stores=counted)


def alone(n: int, *, part: bool = False) -> str:
    """Where the things have been named before."""
    return number(n)


def share(done: int, of: int, things: Things) -> str:
    """“309 of 317 pictures”, or “317 pictures” if that is all."""
    return things(of) if done == of else _("{n} of {things}").format(n=number(done), things=things(of, part=True))
