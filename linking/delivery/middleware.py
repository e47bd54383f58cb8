from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from linking.delivery.answering import BELOW, answer

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Delivery:
    """Media by SKU are answered before anybody looks for a session, a member or a token: shops ask hundreds of times a second,
    and nobody who asks is known."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return answer(request) if request.path_info.startswith(BELOW) else self.get_response(request)
