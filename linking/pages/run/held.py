"""Why the plan of a rule waits, in words."""

from linking.domain.policies import Freedom, Policy
from linking.models import Sync
from linking.models.plans import is_wanted
from setup.words import _, ngettext, number


def held(sync: Sync) -> str:
    """Empty for what waits for nobody."""
    policy = Policy.of(sync.policy)
    if not sync.policy or not sync.dry_run or sync.abort_requested is not None or not policy.asks:
        return ""
    if policy.freedom == Freedom.WAIT:
        return _("It waits for somebody, as each plan of its rule does.")
    if not is_wanted(sync):
        return _("It waits for somebody, because its rule was switched off or deleted before the plan was ready.")
    leaving, _galleries = sync.losses()
    if not leaving:
        return ""
    said = ngettext(
        "It waits because {n} picture would leave its gallery.",
        "It waits because {n} pictures would leave galleries.",
        leaving,
    ).format(n=number(leaving))
    return f"{said} {_bounds(policy)}"


def _bounds(policy: Policy) -> str:
    if policy.freedom == Freedom.KEEPING:
        return _("Its rule applies a plan by itself only if nothing leaves.")
    if policy.removals is not None and policy.percent is not None:
        text = _(
            "By its rule, at most {removals} may leave, and at most {percent} % of the pictures in the plan’s galleries."
        )
    elif policy.removals is not None:
        text = _("By its rule, at most {removals} may leave.")
    else:
        text = _("By its rule, at most {percent} % of the pictures in the plan’s galleries may leave.")
    return text.format(removals=number(policy.removals or 0), percent=number(policy.percent or 0))
