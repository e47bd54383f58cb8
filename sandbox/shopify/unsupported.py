"""Where the sandbox knows less than the service it imitates, it says so instead of guessing."""

from graphql import GraphQLError


class Unsupported(GraphQLError):
    """Answered as a top-level error with the code SANDBOX_UNSUPPORTED."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The sandbox does not imitate {what} yet.", extensions={"code": "SANDBOX_UNSUPPORTED"})
