"""In whose name a rule does something: a member of its own, called as the rule is. History and the audit log show it, and nobody
can sign in as it. It may write to all stores, as the admins who make rules may; which ones it does is said by the rule."""

from linking.models import Rule
from setup.models import Member
from setup.models.members import MEMBER
from setup.security.actors import Actor
from setup.security.launch import KEY


def actor_of(rule: Rule) -> Actor:
    known = {"name": rule.name, "granted_role": MEMBER}
    member, fresh = Member.objects.get_or_create(
        environment=rule.environment, external_id=f"{KEY}rule-{rule.pk}", defaults=known
    )
    if not fresh and member.name != rule.name:
        member.name = rule.name
        member.save(update_fields=["name"])
    member.environment = rule.environment
    return Actor(member, is_rule=True)
