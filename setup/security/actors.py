"""Who does something: a person in a request, a person without one, an operator at the command line, a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from setup.models import AuditEntry, Environment, Member
from setup.security import audit, limits
from setup.security.guards import MemberRequest


@dataclass(frozen=True)
class Actor:
    """`member`: in whose name it is done, and whose runs these are. `request`: where it came from, if it came over the web.
    `is_operator`: who runs the installation does it; then no limit holds, and the audit log names nobody. `is_rule`: a rule does
    it, as a member of its own that is called as it is; people's limits do not hold for what admins had it do."""

    member: Member
    request: MemberRequest | None = None
    is_operator: bool = False
    is_rule: bool = False

    @classmethod
    def of(cls, request: MemberRequest) -> Self:
        return cls(request.member, request)

    @property
    def environment(self) -> Environment:
        return self.member.environment

    def spend(self, name: str) -> None:
        """One more of what is limited (setup.security.limits). Raises TooMany."""
        if not (self.is_operator or self.is_rule):
            limits.spend(name, self.member)

    def record(
        self,
        action: str,
        object: Any,
        after: Mapping[str, Any] | None = None,
        *,
        before: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        """Into the audit log."""
        who = audit.OPERATOR if self.is_operator else self.request or self.member
        return audit.record(who, action, object, before or {}, after or {}, environment=self.environment)
