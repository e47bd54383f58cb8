"""A launch that a person has to confirm: what it said, kept in a ticket until the button is pressed."""

from setup.models import Environment, Member
from setup.security import tickets
from setup.security.launch import Launch, LaunchRefused
from setup.words import gettext_lazy

PURPOSE = "continue a launch"
SECONDS = 300
LAPSED = gettext_lazy("This launch was confirmed already, or not in time. Open AssetLink again.")


def hold(launch: Launch) -> str:
    """The ticket for the button. The launch's own token is used up, and nothing else has happened yet."""
    known = {
        "environment": launch.environment.pk,
        "person": [launch.person_id, launch.person_name, launch.person_email],
        "roles": launch.roles,
        "assets": launch.asset_ids,
    }
    return tickets.issue(PURPOSE, known)


def go_on(ticket: str) -> Launch:
    """The launch that was confirmed. Raises LaunchRefused for a ticket that is too old, used, or ended by an admin."""
    known = tickets.redeem(PURPOSE, ticket, seconds=SECONDS)
    environment = Environment.objects.filter(pk=known["environment"]).first() if known else None
    if known is None or environment is None:
        raise LaunchRefused(LAPSED, "lapsed")
    id, name, email = known["person"]
    member = Member.objects.filter(environment=environment, external_id=id).first()
    if member and (member.removed or member.has_ended(known["at"])):
        raise LaunchRefused(LAPSED, "lapsed")
    return Launch(environment, id, name, email, tuple(known["roles"]), tuple(known["assets"]))
