from linking.domain.showable import Terms
from setup.models import Environment
from setup.zones import zone_of


def terms_of(environment: Environment) -> Terms:
    """By what its admins chose in *What may be shown*; what only a signature opens is never shown to the world."""
    field = environment.expiration_field.removeprefix("metadata:")
    return Terms(environment.pk, field, zone_of(environment.time_zone), pending=environment.allow_pending)
