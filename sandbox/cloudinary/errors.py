"""Refusals of the API: a status and {"error": {"message": ...}}."""

from flask import Response, jsonify


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def answer(refused: Refused) -> tuple[Response, int]:
    return jsonify(error={"message": refused.message}), refused.status
