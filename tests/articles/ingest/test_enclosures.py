import pytest

from articles.ingest.pipeline import store_entries
from articles.models import Enclosure
from feeds.parse.values import ParsedEnclosure, ParsedEntry
from tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db

PICTURE = ParsedEnclosure(url="https://a.example/1.jpg", media_type="image/jpeg", alt="A boat", width=5, height=4)
FILM = ParsedEnclosure(
    url="https://a.example/film", media_type="text/html", duration=61, poster_url="https://a.example/p", is_player=True
)


def test_what_the_publisher_says_of_a_file_is_kept():
    store_entries(make_feed(), [ParsedEntry(guid="1", enclosures=(PICTURE, FILM))])
    picture, film = Enclosure.objects.all()
    assert (picture.kind, picture.alt, picture.width, picture.height) == ("picture", "A boat", 5, 4)
    assert (film.kind, film.duration, film.poster_url) == ("player", 61, "https://a.example/p")


def test_a_file_that_was_stored_before_has_a_kind_too():
    file = make_article().enclosures.create(url="https://a.example/1.mp3", media_type="audio/mpeg")
    file.refresh_from_db()
    assert (file.kind, file.alt, file.width, file.poster_url, file.is_player) == ("sound", "", None, "", False)
