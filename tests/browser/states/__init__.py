"""Every state that a person can meet, act by act: looked at by test_axe.py, and taken as pictures by script/screenshots."""

from tests.browser.states import arranging, choosing, finding, linking, matching, parts, people, starting, telling

ACTS = [
    starting.with_nothing_there,
    starting.launches,
    starting.reading_the_assets,
    finding.assets_of_the_media_library,
    finding.nothing_of_the_media_library,
    matching.answers_of_stores,
    matching.answers_for_keys,
    arranging.a_board,
    arranging.a_board_in_other_states,
    arranging.saving,
    arranging.alt_texts,
    parts.parts_of_a_selection,
    choosing.choices,
    choosing.what_is_there,
    linking.plans,
    linking.plans_that_cannot_be_kept,
    linking.runs_under_way,
    linking.results,
    telling.links_of_all_kinds,
    telling.unlinking,
    telling.uploading,
    people.pages_of_setup,
    people.other_pages,
]
