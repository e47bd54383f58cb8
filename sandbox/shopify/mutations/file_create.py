"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/fileCreate"""

from typing import Any

from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.mutations import new_files
from sandbox.shopify.orders import shuffled
from sandbox.shopify.records import File

Rows = list[dict[str, Any]]
Errors = list[dict[str, Any]]


@mutation("fileCreate", "write_files")
def file_create(call: Call, files: Rows) -> dict[str, Any]:
    """Files come in the order of their rows, unless it is scripted otherwise."""
    new_files.check_sources(files)
    if any(new_files.on_taken(call, row) == "whole_call" for row in new_files.taken_in(call.shop, files)):
        return {"files": [], "userErrors": [user_error(["files"], new_files.TAKEN, "FILENAME_ALREADY_EXISTS")]}
    if errors := errors_that_refuse_all(call, files):
        return {"files": [], "userErrors": errors}
    made, errors = made_and_refused(call, files)
    if len(made) > 1 and call.behaviours.first("rows_shuffled"):
        made.reverse()
    return {"files": shuffled(call, made), "userErrors": errors}


def errors_that_refuse_all(call: Call, rows: Rows) -> Errors:
    """Empty if good rows are made beside bad ones: a setting and a fault decide, since the real behaviour is not documented."""
    refusals = [(index, refusal) for index, row in enumerate(rows) if (refusal := new_files.refusal(call, row))]
    with_all = call.shop.world.settings.refused_rows == "with_all"
    if not refusals or not (with_all or call.behaviours.first("bad_row_refuses_all")):
        return []
    return [error_of(index, refusal) for index, refusal in refusals]


def made_and_refused(call: Call, rows: Rows) -> tuple[list[File], Errors]:
    """One row after another: an earlier one may take the name of a later one."""
    made, errors = [], []
    for index, row in enumerate(rows):
        if refusal := new_files.refusal(call, row):
            errors.append(error_of(index, refusal))
        else:
            made.append(new_files.make(call, row))
    return made, errors


def error_of(index: int, refusal: new_files.Refusal) -> dict[str, Any]:
    return user_error(["files", str(index), refusal.key], refusal.message, refusal.code)
