"""The part of the tests that a database can change: run on SQLite with the others, and once more on a Postgres of its own.

Migrations, constraints, locks, leases, conditional updates, JSON columns, triggers, plans of queries, sorting, counting.
Everything else is the same Python on both.
"""

TESTS = [
    # Connections that are cut.
    "tests/assetlink_site/test_deployment.py::"
    "test_a_restart_of_the_database_while_nobody_works_is_not_noticed_by_the_next_who_does",
    "tests/chaos/test_leases.py",
    "tests/house/test_columns.py",
    "tests/linking/pages/test_query_plans.py",
    "tests/linking/pages/test_run_filter.py",
    "tests/linking/selection/test_editing.py",
    "tests/linking/syncing/test_one_shop.py::test_of_workers_that_come_at_once_one_gets_the_shop",
    "tests/linking/syncing/test_tries.py",
    "tests/linking/views/test_history.py",
    "tests/linking/views/test_links.py",
    "tests/setup/security/test_audit.py",
]
