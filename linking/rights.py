"""Whose run it is, and who else may abort, retry, apply and undo it: admins decide that for their environment, on Setup.

Its owner and admins may in any case. What goes on with an undo is an undo of the run that it takes back as well: nobody gets to
that by retrying or applying who may not undo it. Of a run whose owner is not known, only what is everybody's is anybody's.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied

from linking.models import Sync
from setup.models import Member, Store
from setup.models.environments import EVERYBODY
from setup.natural_order import natural
from setup.security import limits
from setup.security.actors import Actor
from setup.words import _, enumeration, ngettext, pgettext


class Verb(StrEnum):
    """What one may do with a run that is there."""

    ABORT = "abort"
    RETRY = "retry"
    APPLY = "apply"
    UNDO = "undo"


class NotAllowed(PermissionDenied):
    """The text says whose run it is, and who may. A view that lets it pass answers 403 with it (templates/403.html)."""


def may(member: Member, verb: Verb, sync: Sync) -> bool:
    """Whether the member may do that with the run. Of another environment, nothing."""
    return all(_may(member, one, run, sync) for one, run in _asked(verb, sync))


def explained(member: Member, offered: Collection[Verb], sync: Sync) -> str:
    """Whose run it is, and who may do what the member may not of what is `offered`; empty for one's own run."""
    said = [] if _owns(member, sync) else [_of_somebody(sync)]
    refused = [verb for verb in offered if not may(member, verb, sync)]
    if direct := [verb for verb in refused if not _may(member, verb, sync, sync)]:
        said.append(_only(sync, direct))
    elif refused:
        said.append(_only_origin(sync.origin))
    return " ".join(said)


def check(actor: Actor, verb: Verb, sync: Sync) -> None:
    """At the door. A refusal is written into the audit log, of very many only some. Raises NotAllowed."""
    if actor.is_operator or may(actor.member, verb, sync):
        return
    with suppress(limits.TooMany):
        limits.spend_as("refusal", f"m{actor.member.pk}", settings.LIMITS["refusal"])
        actor.record("sync.refused", f"run {sync.key}", {"verb": verb.value, "whose": owner_of(sync)})
    raise NotAllowed(" ".join([explained(actor.member, [verb], sync), _("Nothing was changed.")]))


def check_stores(actor: Actor, stores: Iterable[Store]) -> None:
    """At the door of everything that writes to stores. Raises NotAllowed, which names those that the actor may not write to."""
    if actor.is_operator or not (barred := [store for store in stores if not actor.member.may_write_to(store)]):
        return
    names = sorted((str(store) for store in barred), key=natural)
    with suppress(limits.TooMany):
        limits.spend_as("refusal", f"m{actor.member.pk}", settings.LIMITS["refusal"])
        actor.record("store.refused", ", ".join(names))
    raise NotAllowed(" ".join([barred_from(actor.member, names), _("Nothing was changed.")]))


def barred_of(member: Member, sync: Sync) -> str:
    """Why the member may not write to all stores of a run, in words; empty if they may. No query for who may write to all."""
    if member.bounds is None:
        return ""
    barred = [str(part.store) for part in sync.parts.all() if not member.may_write_to(part.store)]
    return barred_from(member, sorted(set(barred), key=natural)) if barred else ""


def check_works(actor: Actor) -> None:
    """Raises NotAllowed for viewers."""
    if not actor.is_operator and actor.member.is_viewer:
        raise NotAllowed(" ".join([barred_from(actor.member, []), _("Nothing was changed.")]))


def barred_from(member: Member, names: list[str]) -> str:
    if member.is_viewer:
        return _("You are a viewer here: you may read and download.")
    said = ngettext(
        "You may not write to {stores}: an admin can change that in Setup, under People.",
        "You may not write to {stores}: an admin can change that in Setup, under People.",
        len(names),
    )
    return said.format(stores=enumeration(names))


def whose(actor: Actor, sync: Sync) -> dict[str, str]:
    """For the audit log: the owner, if that is somebody else."""
    return {} if _owns(actor.member, sync) else {"whose": owner_of(sync)}


def owner_of(sync: Sync | None) -> str:
    """Empty if it is not known any more."""
    return str(sync.member) if sync is not None and sync.member_id else ""


def _by_rule(sync: Sync) -> bool:
    """Also one that is deleted by now."""
    return bool(sync.rule_id or sync.policy)


def _of_somebody(sync: Sync) -> str:
    if _by_rule(sync):
        return _("The rule {rule} made this run.").format(rule=owner_of(sync))
    if owner := owner_of(sync):
        return _("This is {owner}’s run.").format(owner=owner)
    return _("This is the run of somebody who has left.")


def _only(sync: Sync, verbs: Collection[Verb]) -> str:
    infinitives = [_infinitive(verb) for verb in verbs]
    owner, verb = "" if _by_rule(sync) else owner_of(sync), infinitives[-1]
    if first := ", ".join(infinitives[:-1]):
        verb = _("{first} or {last}").format(first=first, last=verb)
    text = _("Only {owner} and admins may {verb} it.") if owner else _("Only admins may {verb} it.")
    return text.format(owner=owner, verb=verb)


def _infinitive(verb: Verb) -> str:
    return {
        Verb.ABORT: pgettext("what one does with a run", "abort"),
        Verb.RETRY: pgettext("what one does with a run", "retry"),
        Verb.APPLY: pgettext("what one does with a run", "apply"),
        Verb.UNDO: pgettext("what one does with a run", "undo"),
    }[verb]


def _only_origin(origin: Sync | None) -> str:
    if owner := owner_of(origin):
        return _("It takes back the run of {owner}. Only {owner} and admins may undo that.").format(owner=owner)
    return _("It takes back the run of somebody who has left. Only admins may undo that.")


def _owns(member: Member, sync: Sync | None) -> bool:
    return sync is not None and sync.member_id is not None and sync.member_id == member.pk


def _asked(verb: Verb, sync: Sync) -> Iterator[tuple[Verb, Sync | None]]:
    yield verb, sync
    if sync.kind == "undo" and verb in (Verb.RETRY, Verb.APPLY):
        yield Verb.UNDO, sync.origin


def _may(member: Member, verb: Verb, run: Sync | None, sync: Sync) -> bool:
    """`run`: what it is done to, `sync` itself or the run that this one takes back."""
    if member.environment_id != sync.environment_id:
        return False
    if member.is_viewer:
        return False
    anybody = getattr(member.environment, f"others_{verb}") == EVERYBODY
    return anybody or member.is_admin or _owns(member, run)
