"""Runs as people begin them, in the name of the member who made the selection; a plan is confirmed with its own numbers."""

from collections.abc import Sequence

from linking import runs
from linking.models import Link, Selection, Sync
from linking.runs import CannotStart, enqueue_all
from setup.models import Member
from setup.security.actors import Actor

__all__ = ["CannotStart", "apply", "enqueue_all", "link", "retry", "undo", "unlink", "upload"]


def link(selection: Selection, token: str, *, dry_run: bool) -> Sync:
    return runs.link(Actor(selection.member), selection, token, dry_run=dry_run)


def upload(selection: Selection, token: str, *, dry_run: bool, new_versions: str = "add") -> Sync:
    """What replaces contents is shown first; here it is confirmed before its plan is made, if `dry_run` is not wanted."""
    sync = runs.upload(Actor(selection.member), selection, token, dry_run=dry_run, new_versions=new_versions)
    if sync.dry_run and not dry_run:
        Sync.objects.filter(pk=sync.pk).update(dry_run=False, as_shown=True)
        sync.dry_run, sync.as_shown = False, True
    return sync


def undo(origin: Sync, member: Member, token: str, *, only: Sequence[Sequence] = ()) -> Sync:
    return runs.undo(Actor(member), origin, token, only=only)


def unlink(member: Member, links: Sequence[Link], token: str) -> Sync:
    return runs.unlink(Actor(member), links, token)


def retry(origin: Sync, member: Member, token: str) -> Sync:
    return runs.retry(Actor(member), origin, token)


def apply(sync: Sync) -> None:
    runs.apply(Actor(sync.member), sync, leaving=sync.losses()[0], replaced=sync.replaces())
