"""A publisher's demands, kept by the form of staff, and what a poll then asks."""

from tests.documents import items, rss

RSS = rss(items(1, 2))
SECRET = "wd7-of-the-harbour"


def keep(client, feed, **told):
    response = client.post(f"/feeds/{feed.pk}/access/", told)
    assert response.status_code == 302, response.context["form"].errors
    return response


def asked(publisher, path="/feed"):
    """The headers of the last request for a path."""
    return [request.headers for request in publisher.requests if request.path == path][-1]
