"""productReorderMedia takes effect a moment later, https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productReorderMedia."""

from typing import TYPE_CHECKING

from sandbox.shopify.records import Reorder

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

REMEMBERED = 1000  # finished jobs that can still be asked for


def schedule(shop: "Shop", product_id: str, moves: list[tuple[str, int]], seconds: float) -> str:
    """The id of the job that will do it, so many seconds from now."""
    job = shop.new_job()
    shop.reorders.append(Reorder(job, product_id, moves, shop.now() + seconds))
    return job


def settle(shop: "Shop", now: float) -> int:
    """Applies what is due, in the order it was asked for; how many."""
    due = [reorder for reorder in shop.reorders if reorder.due <= now]
    for reorder in due:
        product = shop.products.get(reorder.product)
        if product:
            product.media = moved(product.media, reorder.moves)
        shop.reorders.remove(reorder)
    shop.finished_jobs = [*shop.finished_jobs, *(r.job for r in due)][-REMEMBERED:]
    return len(due)


def moved(gallery: list[str], moves: list[tuple[str, int]]) -> list[str]:
    """Moves act one after another; unknown media are passed over in silence; beyond the end is the end."""
    after = list(gallery)
    for media_id, position in moves:
        if media_id in after:
            after.remove(media_id)
            after.insert(position, media_id)
    return after
