"""A publisher's demands, kept by the form of staff, and what a poll then asks."""

from tests.articles.images.films import head
from tests.documents import items, rss
from tests.publisher import Exchange, Handler

RSS = rss(items(1, 2))
SECRET = "wd7-of-the-harbour"


def keep(client, feed, **told):
    response = client.post(f"/feeds/{feed.pk}/access/", told)
    assert response.status_code == 302, response.context["form"].errors
    return response


def asked(publisher, path="/feed"):
    """The headers of the last request for a path."""
    return [request.headers for request in publisher.requests if request.path == path][-1]


def members_only(body: bytes, media_type: str = "image/jpeg") -> Handler:
    """Sends away who does not say who they are."""

    def answer(exchange: Exchange) -> None:
        is_known = exchange.request.headers.get("authorization") == f"Bearer {SECRET}"
        told = body if is_known else b""
        headers = {"Content-Type": media_type, "Content-Length": len(told)}
        exchange.send(head(200 if is_known else 401, headers) + told)

    return answer
