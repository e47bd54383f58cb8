"""Choose Assets as its page and fragments show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from linking.cloudinary import searching
from linking.domain.product_search import is_address
from linking.domain.searching import BadFilter, Filters
from linking.domain.showing import Shut
from linking.models import Selection
from linking.pages.choose_filters import bar_context, linked_choices
from linking.pages.choose_tiles import key_label, tiles_of
from linking.picker import fields, looking, saved, ticking
from linking.picker.asking import asking
from linking.picker.ledger import standing_of
from linking.picker.ticking import Count
from linking.picker.walking import PAGE, Page, Place, page_of
from linking.selection import adding
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.models import Environment, Member
from setup.reasons import first_sentence
from setup.words import _, ngettext, number

# Of the hour's calls, when their number is shown: a tenth, and always the last 20.
FEW, FEWEST = 10, 20


@dataclass(frozen=True)
class Problem:
    """What is wrong, in words; `again`: whether a person may try again at once; `at`: when the limit begins again; `setup`:
    whether an admin can mend it there."""

    text: str
    again: bool = False
    at: datetime | None = None
    setup: bool = False


def page_context(member: Member, filters: Filters, selection: Selection | None) -> dict[str, Any]:
    """The page without what Cloudinary answers: that comes by itself. No call."""
    environment = member.environment
    stores = list(environment.stores.shown().in_order())
    return {
        "searches": saved.searches_of(member),
        **bar_context(environment, filters),
        **linked_choices(filters, stores),
        **selected_context(member, selection),
        "member": member,
    }


def selected_context(member: Member, selection: Selection | None, beyond: int = 0) -> dict[str, Any]:
    """The bar that says what is ticked, and where it may go: into a new selection, or into the one that is open. `beyond`: how
    many were not ticked any more."""
    ticks = ticking.ticked_of(member).assets
    count, there = ticking.count(ticks), set() if selection is None else adding.holds(selection)
    both = sum(one[0] in there for one in ticks)
    return {
        "count": count,
        "beyond": beyond,
        "types_counted": types_counted(count),
        "most": ticking.most(),
        "key_name": key_label(member.environment),
        "keyed_by_sku": member.environment.default_shopify_field == "sku",
        "into": selection,
        "both": both,
        "new": len(ticks) - both,
    }


def types_counted(count: Count) -> str:
    """`136 images, 12 videos`."""
    texts = {
        "image": ngettext("{n} image", "{n} images", count.types.get("image", 0)),
        "video": ngettext("{n} video", "{n} videos", count.types.get("video", 0)),
        "raw": ngettext("{n} raw file", "{n} raw files", count.types.get("raw", 0)),
    }
    return ", ".join(text.format(n=number(count.types[kind])) for kind, text in texts.items() if count.types.get(kind))


def withheld_said(count: Count) -> list[str]:
    """What was not selected with all that match, a sentence for each kind of reason."""
    n = count.withheld
    texts = {
        Shut.RESTRICTED: ngettext(
            "{n} restricted asset is not selected.",
            "{n} restricted assets are not selected.",
            n.get(Shut.RESTRICTED, 0),
        ),
        Shut.UNAPPROVED: ngettext(
            "{n} asset is not selected, as moderation has not approved it.",
            "{n} assets are not selected, as moderation has not approved them.",
            n.get(Shut.UNAPPROVED, 0),
        ),
        Shut.LACKING: ngettext(
            "{n} asset without a file is not selected.",
            "{n} assets without a file are not selected.",
            n.get(Shut.LACKING, 0),
        ),
    }
    return [text.format(n=number(n[kind])) for kind, text in texts.items() if n.get(kind)]


def found_context(member: Member, filters: Filters, place: Place) -> dict[str, Any]:
    """A page of what matches, or what is wrong. At most one call, with a filter of the ledger five."""
    environment = member.environment
    context = bar_context(environment, filters) | {"place": place, "first": place == Place()}
    # What went wrong on the way to more is tried again from there.
    here = "" if context["first"] else urlencode([*filters.pairs, ("place", str(place))])
    if is_address(filters.text):  # a product's, which stores are asked for: no asset is called so
        return context | {"of_product": True, "tiles": [], "page": Page()}
    try:
        page = page_of(environment, filters, place)
    except BadFilter as wrong:
        return context | {"problem": Problem(str(wrong)), "tiles": [], "page": Page()}
    except CloudinaryError as error:
        if place.cursor and is_lost(error):
            return context | {"problem": lost(), "tiles": [], "page": Page(), "begin_again": True}
        return context | {"problem": problem_of(environment, error), "tiles": [], "page": Page(), "next": here}
    ticked = {one[0] for one in ticking.ticked_of(member).assets}
    if not page.assets and any(one.code.startswith("metadata:") for one in filters.fields):
        # A field that is gone finds nothing, and Cloudinary says nothing of it.
        context |= bar_context(environment, filters, fields.asked(environment))
    return context | {
        "page": page,
        "matching": len(page.assets) if filters.linked else page.total,
        "tiles": tiles_of(environment, page.assets, page.standing, ticked),
        "next": _next(filters, page),
        **_broken_off(environment, page),
        "few": _few(page),
        "selectable": min(page.total, ticking.most()),
        "most": ticking.most(),
    }


def is_lost(error: CloudinaryError) -> bool:
    """Of a call that named a cursor: one does not live for ever."""
    return error.trouble in (Trouble.BAD_REQUEST, Trouble.GONE)


def lost() -> Problem:
    return Problem(_("Cloudinary no longer knows where this list goes on. Search again to see it from its beginning."))


def _broken_off(environment: Environment, page: Page) -> dict[str, Any]:
    if page.broken_off is None:
        return {}
    if is_lost(page.broken_off):  # it came after an answer, so it named a cursor
        return {"broken_off": lost(), "begin_again": True}
    return {"broken_off": problem_of(environment, page.broken_off)}


def ticked_context(member: Member, at: int) -> dict[str, Any]:
    """A page of what is ticked, in the order of ticking. One call."""
    environment, ticks = member.environment, ticking.ticked_of(member).assets
    ids = [one[0] for one in ticks]
    context = bar_context(environment, Filters()) | {"showing_ticked": True, "first": at == 0, "total_ticked": len(ids)}
    try:
        with asking(environment) as client:
            assets = searching.by_ids(client, ids[at : at + PAGE]) if ids[at:] else []
    except CloudinaryError as error:
        here = urlencode({"ticked": 1, "at": at}) if at else ""
        return context | {"problem": problem_of(environment, error), "tiles": [], "page": Page(), "next": here}
    tiles = tiles_of(environment, assets, standing_of(environment, assets), set(ids))
    following = urlencode({"ticked": 1, "at": at + PAGE}) if len(ids) > at + PAGE else ""
    gone = len(ids[at : at + PAGE]) - len(assets)
    page = Page(assets, searched=len(ids), total=len(ids))
    return context | {"page": page, "tiles": tiles, "next": following, "gone": gone}


def problem_of(environment: Environment, error: CloudinaryError) -> Problem:
    if error.trouble == Trouble.BUSY:
        until = looking.again_at(environment, error)
        return Problem(error.text, at=datetime.fromtimestamp(until, UTC) if until else None)
    if error.trouble == Trouble.REFUSED:  # what to do stands in the line below it, for admins and for others
        return Problem(first_sentence(error.text)[0].removesuffix(".") + ".", setup=True)
    return Problem(error.text, again=error.trouble == Trouble.AWAY)


def _next(filters: Filters, page: Page) -> str:
    """What an address asks for to go on; empty at the end."""
    return "" if page.next is None else urlencode([*filters.pairs, ("place", str(page.next))])


def _few(page: Page) -> int | None:
    """How many calls of this hour are left, if that is few."""
    quota = page.quota
    return quota.left if quota.most and quota.left <= max(FEWEST, quota.most // FEW) else None


@dataclass(frozen=True)
class Node:
    """A folder in the tree. `children`: None if they were not looked at yet."""

    name: str
    path: str
    query: str
    chosen: bool
    children: list["Node"] | None = None


def tree_context(environment: Environment, filters: Filters, under: str = "") -> dict[str, Any]:
    """The folders in `under`, and those on the way to the chosen one. One call, unless it was made within ten minutes."""
    try:
        nodes = _nodes(environment, filters, under, looking.folders(environment, under))
    except CloudinaryError as error:
        return {"tree_problem": problem_of(environment, error), "nodes": [], "under": under}
    return {"nodes": nodes, "under": under, "filters": filters, "all_query": _in_folder(filters, "")}


def _nodes(environment: Environment, filters: Filters, under: str, found: Sequence[tuple[str, str]]) -> list[Node]:
    return [_node(environment, filters, name, path) for name, path in found]


def _node(environment: Environment, filters: Filters, name: str, path: str) -> Node:
    children, chosen = None, filters.folder
    if chosen.startswith(f"{path}/"):
        known = looking.kept_folders(environment, path)
        if known is None:  # the way to it, without what lies beside it
            step = chosen[len(path) + 1 :].partition("/")[0]
            known = [(step, f"{path}/{step}")]
        children = _nodes(environment, filters, path, known)
    return Node(name, path, _in_folder(filters, path), chosen == path, children)


def _in_folder(filters: Filters, path: str) -> str:
    pairs = [pair for pair in filters.pairs if pair[0] != "folder"]
    return urlencode([*pairs, *([("folder", path)] if path else [])])
