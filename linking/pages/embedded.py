"""What files carry, as a field to choose: names that some files have, and what it costs, before anybody presses."""

from linking.models import Selection
from linking.selection import embedding
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.cloudinary.embedded import MOST_SINGLE, Learned, learn
from setup.words import _, ngettext, number

# So long a person waits for a look at a few assets.
SECONDS = 8.0


def embedded_context(selection: Selection, written: str = "", problem: str = "") -> dict:
    """`trouble`: why nobody knows the names; one can be written nevertheless."""
    trouble = ""
    if Learned.of(selection.environment) is None:
        try:
            learn(CloudinaryClient(selection.environment, SECONDS), embedding.ids_of(selection))
        except CloudinaryError as error:
            trouble = str(error)
    cost = embedding.cost_of(selection)
    return {
        "selection": selection,
        "names": cost.learned.names if cost.learned else (),
        "learned": cost.learned,
        "trouble": trouble,
        "cost": cost,
        "price": price(cost),
        "written": written,
        "problem": problem,
    }


def price(cost: embedding.Cost) -> str:
    """One text, with what it costs."""
    if cost.too_many:
        return _(
            "Cloudinary gives the metadata of this product environment for one asset at a time only. AssetLink reads it for at "
            "most {most} assets at once, and {n} are not read yet. Choose fewer assets."
        ).format(most=number(MOST_SINGLE), n=number(cost.assets))
    if not cost.assets:
        return _("The metadata of these files is known already: this costs no call.")
    if cost.by_one:
        text = ngettext(
            "Cloudinary gives the metadata one asset at a time here: reading {n} asset takes {n} call of the hourly API limit.",
            "Cloudinary gives the metadata one asset at a time here: reading {n} assets takes {n} calls of the hourly API limit.",
            cost.assets,
        )
        return text.format(n=number(cost.assets))
    assets = ngettext("{n} asset", "{n} assets", cost.assets).format(n=number(cost.assets))
    text = ngettext(
        "To read {assets}, AssetLink uses about {n} call of Cloudinary’s hourly API limit, once for each version of an asset.",
        "To read {assets}, AssetLink uses about {n} calls of Cloudinary’s hourly API limit, once for each version of an asset.",
        cost.calls,
    )
    return text.format(assets=assets, n=number(cost.calls))
