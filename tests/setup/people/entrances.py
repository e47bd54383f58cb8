"""Sessions as signing in starts them, through Django's client."""

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from setup.models import Member
from setup.security.session_store import SessionStore


def sign_in(client, member: Member):
    session: SessionBase = SessionStore()
    now = time.time()
    session.update({"member": member.pk, "person": member.person_id, "since": now, "seen": now})
    session.save()
    client.cookies[settings.PERSON_COOKIE_NAME] = session.session_key
    return client
