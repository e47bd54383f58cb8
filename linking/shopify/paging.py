"""Lists that come in pages, read to their end or not at all. https://shopify.dev/docs/api/usage/pagination-graphql"""

from collections.abc import Callable, Iterator

from setup.reasons import Reason
from setup.shapes import listed, mapping, text
from setup.shopify.answers import UNREADABLE
from setup.shopify.errors import Remedy, ShopifyError

# Pages of one list. 2,048 variants in pages of 5 are 410; a list that a cursor reads does not go on after 25,000 rows.
MOST = 1000
ENDLESS = Reason("shopify.endless_list")


def pages(fetch: Callable[[str | None], object], *, most: int = MOST) -> Iterator[list[dict]]:
    """The rows of a list, page by page, possibly none. `fetch(after)` answers the connection `{nodes, pageInfo}` after a cursor,
    None first; a page that is in hand already may be that first answer.

    Raises ShopifyError: what `page` raises, and GIVE_UP `endless_list` if a cursor comes again, or after `most` pages.
    """
    after: str | None = None
    seen: set[str] = set()
    for _ in range(most):
        rows, after = page(fetch(after))
        yield rows
        if not after:
            return
        if after in seen:
            break
        seen.add(after)
    raise ShopifyError(Remedy.GIVE_UP, ENDLESS, "endless_list")


def page(connection: object) -> tuple[list[dict], str]:
    """The rows of one page, and the cursor of the next; empty at the end.

    Raises ShopifyError: GIVE_UP `endless_list` if it goes on without saying where; LATER `no_data` for what is no list, or does
    not say whether it goes on: a part must not pass for the whole.
    """
    rows, info = mapping(connection).get("nodes"), mapping(mapping(connection).get("pageInfo"))
    more = info.get("hasNextPage")
    if not isinstance(rows, list) or len(listed(rows)) < len(rows) or not isinstance(more, bool):
        raise ShopifyError(Remedy.LATER, UNREADABLE, "no_data")
    after = text(info.get("endCursor")) if more else ""
    if more and not after:
        raise ShopifyError(Remedy.GIVE_UP, ENDLESS, "endless_list")
    return rows, after
