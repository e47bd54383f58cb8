"""The part of the tests that a database can change: run on SQLite with the others, and once more on a Postgres of its own.

Migrations, constraints, locks, leases, conditional updates, JSON columns, triggers, plans of queries, sorting, counting.
Everything else is the same Python on both.
"""

from urllib.parse import urlsplit, urlunsplit


def template_of(url: str) -> str:
    """The address of the database that every new one on this server is a copy of: what is migrated there is migrated once for all
    processes. https://www.postgresql.org/docs/15/manage-ag-templatedbs.html"""
    return urlunsplit(urlsplit(url)._replace(path="/template1"))


TESTS = [
    # Connections that are cut.
    "tests/assetlink_site/test_deployment.py::"
    "test_a_restart_of_the_database_while_nobody_works_is_not_noticed_by_the_next_who_does",
    # A database that hangs, or takes no writes.
    "tests/assetlink_site/test_hanging.py",
    "tests/chaos/test_leases.py",
    "tests/house/test_columns.py",
    "tests/linking/api/test_same_key.py",
    "tests/linking/operations/test_migrating.py",
    "tests/linking/pages/test_query_plans.py",
    "tests/linking/selection/test_editing.py",
    "tests/linking/selection/test_presets_at_once.py",
    "tests/linking/syncing/test_one_shop.py::test_of_workers_that_come_at_once_one_gets_the_shop",
    "tests/linking/webhooks/test_outbox.py::test_two_stores_that_end_at_once_report_their_run_once_per_webhook",
    "tests/setup/security/test_audit.py",
]
# Of these rooms some tests land, which search, sort, count, or claim a row; the full tier has them whole.
ROOMS = {
    "tests/linking/ingest/test_names.py": [
        "test_it_goes_on_where_it_broke_off_and_says_what_lies_beyond",
        "test_names_are_previewed_written_and_taken_back",
    ],
    "tests/linking/ingest/test_sheets.py": [
        "test_a_sheet_is_read_checked_written_and_undone",
        "test_a_stop_leaves_the_rest_for_later",
        "test_each_row_says_why_it_changes_nothing",
        "test_what_failed_is_tried_again_without_a_new_upload",
    ],
    "tests/linking/pages/test_run_filter.py": [
        "test_each_kind_of_change_is_there_with_its_lines_and_galleries",
        "test_the_counts_are_of_the_text_that_was_asked_for",
        "test_the_filter_names_the_galleries",
    ],
    "tests/linking/syncing/test_tries.py": [
        "test_a_lost_worker_or_two_do_not_keep_the_work_from_being_done",
        "test_between_two_tries_the_work_rests",
        "test_what_has_rested_goes_on_at_once",
    ],
    "tests/linking/views/test_history.py": [
        "test_older_runs_follow_where_the_shown_ones_end_and_none_twice",
        "test_runs_are_filtered_by_kind_and_outcome",
        "test_runs_are_filtered_by_store_person_and_dates",
        "test_runs_are_found_by_how_a_key_a_product_or_an_asset_begins",
        "test_what_came_of_a_run_is_kept_with_it_and_agrees_with_its_lines",
        "test_what_too_many_lines_begin_with_wants_more_text",
    ],
    "tests/linking/views/test_links.py": [
        "test_a_check_goes_on_where_it_stopped",
        "test_all_that_fits_is_unlinked_at_once",
        "test_links_are_found_by_how_a_key_a_product_or_an_asset_begins",
        "test_older_links_follow_where_the_shown_ones_end",
        "test_one_press_of_the_button_makes_one_run",
        "test_texts_that_very_many_links_begin_with_are_found_all_the_same",
    ],
}
LANDING = [*TESTS, *(f"{room}::{name}" for room, names in ROOMS.items() for name in names)]
FULL = [*TESTS, *ROOMS]
