"""What a run's page offers, and which of it the member who looks at it may press."""

from collections.abc import Mapping
from typing import Any

from linking import rights
from linking.models import Sync
from linking.rights import Verb
from setup.models import Member

VERBS = {"can_abort": Verb.ABORT, "can_apply": Verb.APPLY, "can_retry": Verb.RETRY, "can_undo": Verb.UNDO}


def allowed(offers: Mapping[str, Any], sync: Sync, member: Member) -> dict[str, Any]:
    """The same offers as far as the member may press them. `whose`: whose run it is, and who may do the rest."""
    there = {name: verb for name, verb in VERBS.items() if offers.get(name)}
    may = {name: rights.may(member, verb, sync) for name, verb in there.items()}
    barred = rights.barred_of(member, sync) if any(verb != Verb.ABORT for verb in there.values()) else ""
    may = {name: allowed and (not barred or name == "can_abort") for name, allowed in may.items()}
    parts = offers.get("undo_parts", []) if may.get("can_undo") else []
    whose = rights.explained(member, [] if member.is_viewer else there.values(), sync)
    return {**offers, **may, "undo_parts": parts, "whose": " ".join(filter(None, [whose, barred]))}
