"""Errors as Shopify words them: the JSON of everything that goes into the top-level `errors`."""

from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from graphql.language import Lexer, Source, Token, TokenKind

LIMITS_PAGE = "https://shopify.dev/api/usage/limits"
SCOPES_PAGE = "https://shopify.dev/api/usage/access-scopes"
TOKEN_NAMES = {
    TokenKind.BRACE_L: "LCURLY",
    TokenKind.BRACE_R: "RCURLY",
    TokenKind.PAREN_L: "LPAREN",
    TokenKind.PAREN_R: "RPAREN",
    TokenKind.BRACKET_L: "LBRACKET",
    TokenKind.BRACKET_R: "RBRACKET",
    TokenKind.NAME: "IDENTIFIER",
    TokenKind.STRING: "STRING",
    TokenKind.INT: "INT",
    TokenKind.FLOAT: "FLOAT",
    TokenKind.COLON: "COLON",
    TokenKind.EQUALS: "EQUALS",
    TokenKind.BANG: "BANG",
    TokenKind.DOLLAR: "VAR_SIGN",
    TokenKind.AT: "DIR_SIGN",
    TokenKind.SPREAD: "ELLIPSIS",
}


def formatted(error: GraphQLError) -> dict[str, Any]:
    """{message, locations, path, extensions}, without what is empty."""
    return {key: value for key, value in error.formatted.items() if value}


def syntax_error(text: str, error: GraphQLSyntaxError) -> dict[str, Any]:
    line, column = (error.locations or [])[0]
    token = _token_at(text, next(iter(error.positions or ()), 0))
    if token is None:
        what = "invalid token"
    elif token.kind == TokenKind.EOF:
        what = "end of file"
    else:
        what = f'{TOKEN_NAMES.get(token.kind, token.kind.name)} ("{token.value or token.kind.value}")'
    return {
        "message": f"syntax error, unexpected {what} at [{line}, {column}]",
        "locations": [{"line": line, "column": column}],
        "extensions": {"code": "PARSE_ERROR"},
    }


def _token_at(text: str, position: int) -> Token | None:
    lexer = Lexer(Source(text))
    try:
        while (token := lexer.advance()).kind != TokenKind.EOF:
            if token.start >= position:
                return token
    except GraphQLSyntaxError:
        return None
    return token


def throttled() -> dict[str, Any]:
    documentation = "https://shopify.dev/api/usage/rate-limits"
    return {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": documentation}}


def too_dear(cost: int, limit: int) -> dict[str, Any]:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit ({limit}).\n\n"
        f"See {LIMITS_PAGE} for more information on how the cost of a query is calculated.",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": cost,
            "maxCost": limit,
            "documentation": f"{LIMITS_PAGE}#rate-limits",
        },
    }


def too_many(size: int, limit: int, path: list[str], location: dict[str, int]) -> dict[str, Any]:
    return {
        "message": f"The input array size of {size} is greater than the maximum allowed of {limit}.",
        "locations": [location],
        "path": path,
        "extensions": {"code": "MAX_INPUT_SIZE_EXCEEDED"},
    }


def internal_error(request_id: str) -> dict[str, Any]:
    message = (
        "Internal error. Looks like something went wrong on our end.\n"
        f"Request ID: {request_id} (include this in support requests)."
    )
    return {"message": message, "extensions": {"requestId": request_id, "code": "INTERNAL_SERVER_ERROR"}}


def scripted(code: str) -> dict[str, Any]:
    """A top-level error that a test asked for."""
    return {"message": f"Scripted: {code}", "extensions": {"code": code}}


class Refused(GraphQLError):
    """A field that is answered with null and a top-level error."""

    def __init__(self, code: str, message: str, **more: str) -> None:
        super().__init__(message, extensions={"code": code, **more})


def wrong_id(value: str) -> Refused:
    """A global id of another type than the field takes."""
    return Refused("RESOURCE_NOT_FOUND", f"Invalid id: {value}")


def missing_scope(field: str, scope: str) -> Refused:
    required = f"`{scope}` access scope."
    message = f"Access denied for {field} field. Required access: {required}"
    return Refused("ACCESS_DENIED", message, documentation=SCOPES_PAGE, requiredAccess=required)


def missing_products_permission() -> Refused:
    message = "Access denied: Missing permission to manage products."
    return Refused("ACCESS_DENIED", message, documentation=SCOPES_PAGE)
