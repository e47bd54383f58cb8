"""What became of events, for the Setup page."""

from linking.models import EventWork
from setup.events.followed import Followed
from setup.models import Environment


def of_environment(environment: Environment) -> Followed:
    work = EventWork.objects.filter(environment=environment).first()
    return Followed(work.problem, work.checked) if work else Followed()
