"""What the Media Library has of files that are to come: the same bytes, and public IDs that are taken."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import cloudinary.api
from cloudinary.search import Search

from linking.domain.incoming import File, Known, Verdict, public_id_of, verdicts
from linking.ingest.chunks import chunks
from setup.cloudinary.client import CloudinaryClient, cursor_of, rows_of
from setup.models import Environment
from setup.shapes import listed, mapping, text, whole

KINDS = ("image", "video")
CHUNK = 100  # public IDs in one call
SIZES = 40  # sizes in one expression
MOST, PAGES = 500, 10  # answers of one search, and how many of them are read
FIELDS = ["etag", "bytes", "resource_type"]


def look(
    environment: Environment, files: Sequence[File], folder: str, preferred: Collection[str] = ()
) -> list[Verdict]:
    """What is to become of each file; of several with the same bytes a `preferred` path comes.

    One call for a hundred public IDs and one for forty sizes. Raises CloudinaryError.
    """
    client = CloudinaryClient(environment)
    wished = [file for file in files if file.kind and file.bytes > 0]
    same = {known.md5: known for known in _of_sizes(client, {file.bytes for file in wished if file.md5}) if known.md5}
    taken = {(known.kind, known.public_id): known for known in _called(client, wished, folder)}
    return verdicts(files, folder=folder, same=same, taken=taken, preferred=preferred)


def has_fixed_folders(environment: Environment) -> bool:
    """Whether folders are only parts of public IDs. Where Cloudinary does not say, they are as new accounts have them.

    https://cloudinary.com/documentation/admin_api#config. Raises CloudinaryError.
    """
    answer = CloudinaryClient(environment).read(cloudinary.api.config, settings=True)
    return text(mapping(answer.get("settings")).get("folder_mode")) == "fixed"


def _called(client: CloudinaryClient, files: Sequence[File], folder: str) -> Iterator[Known]:
    """https://cloudinary.com/documentation/admin_api#get_resources"""
    for kind in KINDS:
        ids = dict.fromkeys(id for file in files if file.kind == kind and (id := public_id_of(file.path, folder)))
        for some in chunks(list(ids), CHUNK):
            answer = client.read(
                cloudinary.api.resources_by_ids, some, resource_type=kind, type="upload", fields=FIELDS
            )
            yield from _known(rows_of(answer, "resources"))


def _of_sizes(client: CloudinaryClient, sizes: Iterable[int]) -> Iterator[Known]:
    """Assets of these sizes, as only they can have the same bytes. Searches lag behind by seconds.

    https://cloudinary.com/documentation/search_expressions
    """
    for some in chunks([str(size) for size in sorted(sizes)], SIZES):
        either = " OR ".join(f"bytes={size}" for size in some)
        expression = f"(resource_type:image OR resource_type:video) AND ({either})"
        rows = [row for page in _pages(client, expression) for row in page]
        whole_rows = [row for row in rows if text(row.get("etag"))]
        yield from _known(whole_rows)
        without = [id for row in rows if row not in whole_rows and (id := text(row.get("asset_id")))]
        for ids in chunks(without, CHUNK):  # whether searches answer it is not documented
            answer = client.read(cloudinary.api.resources_by_asset_ids, ids, fields=FIELDS)
            yield from _known(rows_of(answer, "resources"))


def _pages(client: CloudinaryClient, expression: str) -> Iterator[list[dict]]:
    """Pictures that are not compressed have all the same size. Beyond PAGES duplicates are known by their names alone."""
    cursors = [""]
    for _page in range(PAGES):
        asked = Search().expression(expression).max_results(MOST)
        if cursors[-1]:
            asked.next_cursor(cursors[-1])
        answer = client.read(asked.execute)
        yield listed(rows_of(answer, "resources"))
        cursors.append(cursor_of(answer, *cursors))
        if not cursors[-1]:
            return


def _known(rows: Iterable[object]) -> Iterator[Known]:
    for row in listed(list(rows)):
        id, public_id = text(row.get("asset_id")), text(row.get("public_id"))
        if id and public_id:
            md5 = text(row.get("etag")).strip('"').lower()
            yield Known(id, public_id, text(row.get("resource_type")), whole(row.get("bytes")) or 0, md5)
