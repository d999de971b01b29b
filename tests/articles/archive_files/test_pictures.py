"""Pictures beside the articles of an archive, and that it comes back to the letter."""

from __future__ import annotations

import re
import shutil
from hashlib import sha256
from pathlib import Path, PurePath

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from articles.archive_files.exporting import export_folder
from articles.archive_files.format import article_file, picture_links
from articles.archive_files.format.picture_links import PictureLink, links_of, restored
from articles.archive_files.importing import import_folder
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.store import image_storage
from feeds.parse import text as plain
from feeds.parse.values import ParsedEnclosure
from tests.articles.archive_files.test_exporting import (
    AWKWARD,
    article_files,
    empty_the_database,
    everything,
    put,
    run,
    tree,
)
from tests.articles.images import pictures
from tests.articles.images.conftest import own_folders
from tests.articles.kept_pictures import keep_picture
from tests.factories import make_feed

__all__ = ["own_folders"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("pictures lie in files, and test_exporting and test_importing have the rows on both"),
]
A, B = "https://paper.example/a.jpg", "https://paper.example/b.jpg?x=1&y=2"
JPEG, OTHER = pictures.jpeg(40, 30), pictures.jpeg(50, 30)
FORMS = [
    '<img src="/a.jpg">',
    "<IMG alt='>' SRC = '/a.jpg' >",
    "<img src=/a.jpg>",
    '<img src="https://paper.example/b.jpg?x=1&amp;y=2" srcset="/a.jpg 100w, /b.jpg?x=1&y=2 2000w">',
    '<img data-src="//paper.example/a.jpg" class="lazy">',
    '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-original="/a.jpg">',
    '<picture><source srcset="/gone.jpg 2x"><img src="/a.jpg"></picture>',
    '<noscript><img src="/a.jpg"/></noscript>',
    '<video src="/film.mp4" poster="/a.jpg"></video>',
    "<VIDEO controls POSTER='https://paper.example/b.jpg?x=1&amp;y=2'><source src=/film.webm></VIDEO>",
    '<video data-poster="//paper.example/a.jpg" src="/film.mp4"><img src="/gone.jpg"></video>',
    '<img src="/gone.jpg"><img>',
    "<script>'<img src=\"/a.jpg\">'</script>",
]


@pytest.fixture
def root(tmp_path):
    """A folder beside the store."""
    (tmp_path / "exports").mkdir()
    return tmp_path / "exports"


@pytest.fixture
def kept():
    """Two pictures that this site keeps."""
    return keep_picture(A, JPEG), keep_picture(B, OTHER)


def forget_pictures() -> None:
    ImageAddress.objects.all().delete()
    StoredImage.objects.all().delete()
    shutil.rmtree(image_storage().path(""), ignore_errors=True)


def only_file(root: Path) -> str:
    (name,) = article_files(root)
    return (root / name).read_text()


@pytest.mark.parametrize("html", FORMS[:11])
def test_a_kept_picture_lies_beside_its_article_and_the_html_leads_to_it(root, kept, html):
    put(make_feed(title="Paper"), title="One", content_html=f"<p>x</p>{html}")
    run(root, "--images")
    body = only_file(root).split("------", 1)[1]
    found = re.findall(r'(?:src|srcset|poster)="(\.\./\.\./\.\./images/[^"#]+)#\d+"', body)
    assert found
    for relative in found:
        file = (root / article_files(root)[0]).parent / relative
        assert sha256(file.read_bytes()).hexdigest() == file.stem


def test_pictures_that_came_along_lie_there_too(root, kept):
    along = ParsedEnclosure(url=B, media_type="image/jpeg"), ParsedEnclosure(url=f"{A}.mp4", poster_url=A)
    put(make_feed(), content_html="x", enclosures=along)
    run(root, "--images")
    written = article_file.read(only_file(root).encode(), PurePath("a.md"))
    assert {link.url: link.digest for link in written.pictures} == {A: kept[0], B: kept[1]}


def test_a_film_keeps_its_publishers_address_and_a_picture_of_no_film_is_no_poster(root, kept):
    html = '<video src="/a.jpg" poster="/gone.jpg"></video><img src="/gone.jpg" poster="/a.jpg">'
    put(make_feed(), content_html=html)
    run(root, "--images")
    assert html in only_file(root)


@pytest.mark.parametrize(("url", "is_kept"), [(A, True), ("https://paper.example/gone.jpg", False)])
def test_a_kept_lead_picture_that_the_html_does_not_show_lies_beside_its_article(root, kept, url, is_kept):
    put(make_feed(), content_html="<p>x</p>", image_url=url)
    run(root, "--images")
    text = only_file(root)
    (lead,) = re.findall(r'^image: "(.*)"$', text, re.MULTILINE)
    assert lead == (f"../../../images/{kept[0][:2]}/{kept[0]}.jpg" if is_kept else url)
    assert article_file.read(text.encode(), PurePath("a.md")).image_url == url
    changed = text.replace(f'image: "{lead}"', f'image: "{B}"')
    assert article_file.read(changed.encode(), PurePath("a.md")).image_url == B


def test_without_being_asked_an_export_has_no_pictures(root, kept):
    put(make_feed(), content_html=FORMS[0])
    run(root)
    assert not (root / "images").exists()
    assert FORMS[0] in only_file(root)


def test_what_is_not_kept_keeps_its_address_and_nobody_is_asked(root, publisher):
    publisher.serve("/a.jpg", JPEG, content_type="image/jpeg")
    put(make_feed(), content_html=f'<img src="{publisher.url}/a.jpg">')
    run(root, "--images")
    assert f'<img src="{publisher.url}/a.jpg">' in only_file(root)
    assert publisher.requests == []


def test_a_picture_that_the_store_has_lost_keeps_its_address(root, kept):
    shutil.rmtree(image_storage().path(""))
    put(make_feed(), content_html=FORMS[0])
    run(root, "--images")
    assert FORMS[0] in only_file(root)


def test_a_second_export_writes_nothing_and_a_picture_of_two_articles_is_there_once(root, kept):
    feed = make_feed()
    put(feed, guid="1", content_html=FORMS[0])
    put(feed, guid="2", content_html=FORMS[1])
    assert run(root, "--images") == ["wrote 1 pictures", "exported 2, unchanged 0"]
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert run(root, "--images") == ["exported 0, unchanged 2"]
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()} == times


def test_with_and_without_pictures_by_turns(root, kept):
    put(make_feed(), content_html=FORMS[3])
    export_folder(root / "plain")
    export_folder(root / "both", with_pictures=True)
    before = tree(root / "both")
    assert export_folder(root / "both").exported == 1
    plain_files = {name: data for name, data in tree(root / "both").items() if not name.startswith("images/")}
    assert plain_files == tree(root / "plain")
    export_folder(root / "both", with_pictures=True)
    assert tree(root / "both") == before


@pytest.mark.both_databases
@pytest.mark.parametrize("with_pictures", [True, False])
def test_export_import_export_is_the_same_to_the_byte(root, kept, with_pictures):
    feed = make_feed(title="Images")
    for number, html in enumerate([*FORMS, "".join(FORMS), "".join(FORMS * 3)]):
        put(feed, title=f"Title {number}", content_html=html)
    put(feed, title="With a lead picture", content_html=FORMS[0], image_url=B)
    along = ParsedEnclosure(url=B, media_type="image/jpeg"), ParsedEnclosure(url=f"{A}.mp4", poster_url=A)
    put(feed, title="With what came along", content_html="x", image_url="https://gone.example/", enclosures=along)
    before = everything()
    export_folder(root / "one", with_pictures=with_pictures)
    empty_the_database()
    forget_pictures()
    report = import_folder(root / "one")
    assert (report.imported, report.refused, report.pictures) == (len(FORMS) + 4, 0, 2 if with_pictures else 0)
    assert everything() == before
    export_folder(root / "two", with_pictures=with_pictures)
    assert tree(root / "two") == tree(root / "one")


@settings(
    max_examples=12,
    phases=set(Phase) - {Phase.shrink},
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    lead=st.sampled_from(["", A, "https://paper.example/gone.jpg"]),
    parts=st.lists(
        st.sampled_from(FORMS) | AWKWARD | st.sampled_from(["<img", "<picture>", "<video", ">", '"', "src=", "#1"]),
        max_size=10,
    ),
)
def test_whatever_stands_around_its_pictures_an_article_comes_back_as_it_was(tmp_path_factory, lead, parts):
    root = tmp_path_factory.mktemp("archive")
    with transaction.atomic():
        keep_picture(A, JPEG)
        keep_picture(B, OTHER)
        put(make_feed(), content_html=plain.storable("".join(parts)), image_url=lead)
        before = everything()
        export_folder(root / "one", with_pictures=True)
        empty_the_database()
        assert import_folder(root / "one").imported == 1
        assert everything() == before
        export_folder(root / "two", with_pictures=True)
        assert tree(root / "two") == tree(root / "one")
        transaction.set_rollback(True)


@pytest.mark.both_databases
def test_imported_pictures_are_kept_and_those_that_are_here_stay(root, kept):
    put(make_feed(), content_html="".join(FORMS))
    export_folder(root, with_pictures=True)
    empty_the_database()
    address = ImageAddress.objects.get(key=key_of(A))
    ImageAddress.objects.exclude(pk=address.pk).delete()
    assert import_folder(root).pictures == 1
    assert ImageAddress.objects.get(key=key_of(A)).image_id == address.image_id
    assert ImageAddress.objects.get(key=key_of(B)).image_id == kept[1]


# --- hostile archives -------------------------------------------------------------------------------------------


def rewritten(root: Path, change) -> None:
    path = root / article_files(root)[0]
    path.write_text(change(path.read_text()))
    empty_the_database()
    forget_pictures()


@pytest.mark.parametrize(
    "harm",
    [
        lambda root: next(root.glob("images/*/*")).write_bytes(OTHER),
        lambda root: next(root.glob("images/*/*")).unlink(),
        lambda root: shutil.rmtree(root / "images"),
    ],
)
def test_a_picture_that_is_damaged_or_missing_is_left_out(root, kept, harm):
    put(make_feed(), content_html=FORMS[0])
    export_folder(root, with_pictures=True)
    before = everything()
    harm(root)
    rewritten(root, lambda text: text)
    assert import_folder(root).pictures == 0
    assert everything() == before


def test_a_file_that_is_no_picture_is_left_out(root, kept):
    put(make_feed(), content_html=FORMS[0])
    export_folder(root, with_pictures=True)
    page = b"<html><script>x()</script>"
    digest = sha256(page).hexdigest()
    picture = next(root.glob("images/*/*"))
    (root / "images" / digest[:2]).mkdir(exist_ok=True)
    (root / "images" / digest[:2] / f"{digest}.jpg").write_bytes(page)
    rewritten(root, lambda text: text.replace(f"{picture.parent.name}/{picture.name}", f"{digest[:2]}/{digest}.jpg"))
    assert import_folder(root).pictures == 0
    assert not StoredImage.objects.exists()


@pytest.mark.parametrize(
    "file", ["../../../../../etc/passwd", "/etc/passwd", "../../../images/../../x.jpg", "images/a.jpg"]
)
def test_no_record_leads_out_of_the_archive(root, kept, file):
    put(make_feed(), content_html=FORMS[0])
    export_folder(root / "archive", with_pictures=True)
    picture = next((root / "archive").glob("images/*/*"))
    rewritten(
        root / "archive", lambda text: text.replace(f"../../../images/{picture.parent.name}/{picture.name}", file)
    )
    report = import_folder(root / "archive")
    assert (report.imported, report.pictures) == (1, 0)
    assert not StoredImage.objects.exists()


def test_a_link_in_the_folder_of_pictures_is_not_followed_out_of_it(root, kept):
    put(make_feed(), content_html=FORMS[0])
    archive, outside = root / "archive", root / "outside"
    export_folder(archive, with_pictures=True)
    (archive / "images").rename(outside)
    (archive / "images").symlink_to(outside)
    rewritten(archive, lambda text: text)
    assert import_folder(archive).pictures == 0


@pytest.mark.parametrize(
    "listed",
    [
        None,
        1,
        {},
        [1],
        [{"url": 1}],
        [{"url": "x", "file": "y", "was": [["onerror", "z"]]}],
        [{"url": "x", "file": "y", "was": [1]}],
    ],
)
def test_records_that_make_no_sense_are_none(listed):
    assert links_of(listed) == ()
    assert restored("<p>x</p>", links_of(listed)) == "<p>x</p>"


def test_html_that_looks_like_a_replaced_attribute_is_left_as_it_is():
    file = f"../../../images/ab/{'ab' * 32}.jpg"
    html = f'<img src="/a.jpg"><img src="{file}#1">'
    assert picture_links.linked(html, {'<img src="/a.jpg">': (A, file)}) == (html, ())
    made, links = picture_links.linked('<img src="/a.jpg">', {'<img src="/a.jpg">': (A, file)})
    assert links == (PictureLink(A, file, (("src", 'src="/a.jpg"'),)),)
    assert made == f'<img src="{file}#1">'


@pytest.mark.parametrize("start", ["<img ", '<img "', "<video ", "<picture>", "<img a='", "<picture><img src=x"])
def test_millions_of_characters_that_never_end_cost_little(start):
    html = start * (1_000_000 // len(start))
    assert len(picture_links.chunks(html)) <= picture_links.MOST
