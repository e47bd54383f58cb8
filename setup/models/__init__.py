"""Rows of environments, people, stores and the audit log."""

from setup.models.apps import ShopifyApp
from setup.models.audit import AuditEntry
from setup.models.authorizations import Authorization
from setup.models.environments import Environment, Member
from setup.models.launches import UsedLaunch
from setup.models.notices import Notice
from setup.models.stores import Store

__all__ = ["AuditEntry", "Authorization", "Environment", "Member", "Notice", "ShopifyApp", "Store", "UsedLaunch"]
