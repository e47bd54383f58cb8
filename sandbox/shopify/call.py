"""One request under way, as the resolvers see it, and how they are registered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from sandbox.shopify import refusals, wording
from sandbox.shopify.behaviours import Behaviours
from sandbox.shopify.ids import kind_of
from sandbox.shopify.installs import Install
from sandbox.shopify.records import Product

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

Resolver = Callable[..., Any]
RESOLVERS: dict[tuple[str, str], Resolver] = {}  # (type, field)


@dataclass
class Ran:
    """A mutation that ran: its response key, root field and userErrors."""

    key: str
    operation: str
    user_errors: list[dict[str, Any]]


@dataclass
class Call:
    """`shop` is locked and settled while a call's resolvers run."""

    shop: "Shop"
    search_debug: bool = False
    whole: int | None = (
        None  # set while a bulk operation reads: connections give so many rows, whatever their arguments
    )
    searches: list[dict[str, Any]] = field(default_factory=list)  # entries of extensions.search
    ran: list[Ran] = field(default_factory=list)
    install: Install | None = None  # the app that asks; None: a custom app of the store
    behaviours: Behaviours = field(default_factory=Behaviours)  # what is scripted for this request

    @property
    def scopes(self) -> set[str]:
        return self.shop.scopes if self.install is None else set(self.install.scopes)

    def require(self, scope: str, field_name: str) -> None:
        """Raises ACCESS_DENIED. Write access implies read access."""
        if not {scope, scope.replace("read_", "write_")} & self.scopes:
            raise wording.missing_scope(field_name, scope)

    def product(self, product_id: str) -> Product | None:
        """Raises RESOURCE_NOT_FOUND for an id of another type."""
        if kind_of(product_id) != "Product":
            raise wording.wrong_id(product_id)
        return self.shop.products.get(product_id)


def field_of(type_name: str, field_name: str) -> Callable[[Resolver], Resolver]:
    """Registers resolve(source, call, **arguments)."""

    def register(resolve: Resolver) -> Resolver:
        def resolver(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
            return resolve(source, info.context, **arguments)

        RESOLVERS[type_name, field_name] = resolver
        return resolve

    return register


def query(name: str, scope: str | None = None) -> Callable[[Resolver], Resolver]:
    """Registers a root query: resolve(call, **arguments)."""

    def register(resolve: Resolver) -> Resolver:
        def resolver(_root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
            call: Call = info.context
            if scope:
                call.require(scope, name)
            return resolve(call, **arguments)

        RESOLVERS["QueryRoot", name] = resolver
        return resolve

    return register


def mutation(name: str, scope: str | None = None) -> Callable[[Resolver], Resolver]:
    """Registers a mutation: resolve(call, **arguments) gives its payload as a dict of fields.

    Without a scope the mutation asks for its own, by what it is given.
    """

    def register(resolve: Resolver) -> Resolver:
        def resolver(_root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
            call: Call = info.context
            if scope:
                call.require(scope, name)
            payload = refusals.scripted(call, name, arguments) or resolve(call, **arguments)
            errors = payload.get("userErrors") or payload.get("mediaUserErrors") or []
            call.ran.append(Ran(str(info.path.key), name, errors))
            return payload

        RESOLVERS["Mutation", name] = resolver
        return resolve

    return register


def user_error(field_path: list[str] | None, message: str, code: str | None = None) -> dict[str, Any]:
    return {"field": field_path, "message": message} | ({"code": code} if code else {})
