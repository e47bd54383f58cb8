"""Rows of environments, people, stores and the audit log."""

from setup.models.api_keys import ApiKey
from setup.models.apps import ShopifyApp
from setup.models.audit import AuditEntry
from setup.models.authorizations import Authorization
from setup.models.environments import Environment
from setup.models.events import CloudinaryEvent, EventAddress, EventSecret, ProductEvent
from setup.models.launches import UsedLaunch
from setup.models.members import Member
from setup.models.notices import Notice
from setup.models.people import EmailCode, Identity, Invitation, Passkey, Person
from setup.models.stores import Store
from setup.models.transcripts import AskedTranscript

__all__ = [
    "ApiKey",
    "AskedTranscript",
    "AuditEntry",
    "Authorization",
    "CloudinaryEvent",
    "EmailCode",
    "Environment",
    "EventAddress",
    "EventSecret",
    "Identity",
    "Invitation",
    "Member",
    "Notice",
    "Passkey",
    "Person",
    "ProductEvent",
    "ShopifyApp",
    "Store",
    "UsedLaunch",
]
