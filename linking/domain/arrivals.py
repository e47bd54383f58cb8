"""When to ask again whether files are ready. Shopify tells nobody: https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FileStatus."""

# A call asks for 250 files; it is worth one when about so many will have become ready.
WORTH_A_CALL = 40
SOONEST = 0.1


def until_worth_asking(*, came: int, since: float, calls: int, at_most: float) -> float:
    """Seconds until `calls` calls would tell of some more, at the pace of the `came` that became ready in the last `since`
    seconds: a quick store is asked often, so that galleries are linked while others still come. Without a pace `at_most`."""
    if not came:
        return at_most
    return min(at_most, max(SOONEST, WORTH_A_CALL * calls * since / came))
