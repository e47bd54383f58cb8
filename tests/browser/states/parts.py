"""A selection that is more than one page takes."""

from tests.browser.states.stage import Stage
from tests.linking.chained import launched
from tests.linking.visits import ask_and_answer
from tests.scenes import asset, product


def parts_of_a_selection(stage: Stage) -> None:
    stage.settings.SELECTION_MAX_ASSETS = 6
    pictures = [asset(f"p{at:02}", "abcd"[at % 4], at, tags=["all"]) for at in range(12)]
    scene = stage.furnish([product(sku, title=f"Oak chair {sku}") for sku in "abcd"], pictures)
    first = launched(scene)
    second = first.whole()[1]
    stage.shows(f"/selections/{first.key}/", "Parts that are still matched", "Part 1 of 2")
    for part in first.whole():
        ask_and_answer(part)
    stage.shows(f"/selections/{second.key}/", "A part of a selection", "2 parts in one run.")
    stage.shows(f"/selections/{second.key}/upload", "A part of an upload", "2 parts in one run.")
    stage.shows(stage.run(second, dry_run=True), "A dry run of all parts", "Dry run")
