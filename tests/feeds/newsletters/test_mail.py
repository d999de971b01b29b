"""A message is read as the newsletter that it is of, and an entry."""

import base64
from datetime import UTC, datetime

import pytest

from articles.sanitize import clean
from feeds.newsletters.mail.read import read
from feeds.newsletters.mail.values import Picture
from tests.feeds.newsletters.messages import PIXEL, letter, raw


def shown(message):
    """A message as a reader sees it."""
    entry = read(message if isinstance(message, bytes) else message.as_bytes()).entry
    return clean(entry.content_html, base_url=entry.base_url)


# --- whose it is ---


def test_a_message_is_an_entry_of_the_list_that_it_came_by():
    found = read(letter(3, Archived_At="<https://harbour.example/3>", Content_Language="de, en").as_bytes())
    assert (found.sender.key, found.sender.title) == ("weekly.harbour.example", "The Harbour Post")
    assert found.sender.unsubscribe_url == "https://harbour.example/off?u=1"
    entry = found.entry
    assert (entry.guid, entry.url, entry.title) == ("3@harbour.example", "https://harbour.example/3", "Letter 3")
    assert (entry.author, entry.language) == ("The Harbour Post", "de")
    assert entry.published_at == datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "key", "title"),
    [
        ({"List_Id": '"Ships" <Ships.Example>'}, "ships.example", "The Harbour Post"),
        ({"List_Id": '"Ships" <ships.example>', "List_Post": "<mailto:ships@example>"}, "ships.example", "Ships"),
        ({"List_Id": "ships.example", "List_Post": "NO"}, "ships.example", "The Harbour Post"),
        ({"List_Id": ""}, "post@harbour.example", "The Harbour Post"),
        ({"List_Id": "", "From": "Post@Harbour.example"}, "post@harbour.example", "post@harbour.example"),
        ({"List_Id": "", "From": '"Bank <bank@x.example>" <m@y.example>'}, "m@y.example", "Bank <bank@x.example>"),
        ({"List_Id": "", "From": '"The \\"Post\\"" <a@x.example>'}, "a@x.example", 'The "Post"'),
        ({"List_Id": "", "From": f"Ann <{'x' * 100}@{'y' * 180}>"}, "unknown", "Ann"),
        ({"List_Id": "<>", "From": ""}, "unknown", "unknown"),
        ({"List_Id": f"<{'x' * 300}>"}, "post@harbour.example", "The Harbour Post"),
    ],
)
def test_without_a_list_it_is_of_its_sender(headers, key, title):
    found = read(letter(**headers).as_bytes()).sender
    assert (found.key, found.title) == (key, title)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_an_address_beyond_ascii_is_one_sender(encoding):
    found = read("From: Jörg <jörg@häfen.example>\r\n\r\nThe text.".encode(encoding)).sender
    assert (found.key, found.title) == ("jörg@häfen.example", "Jörg")


def test_a_key_has_room_in_an_address():
    found = read("From: ann@x.example\r\nList-Id: <{}>\r\n\r\n".format("\N{SHIP}" * 100).encode()).sender
    assert found.key == "ann@x.example"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("<mailto:off@harbour.example?subject=off>", "mailto:off@harbour.example?subject=off"),
        ("<https://harbour.example/off>, <mailto:off@harbour.example>", "https://harbour.example/off"),
        ("<javascript:alert(1)>, <data:text/html,x>, <ftp://harbour.example/>", ""),
        ("<mailto:>", ""),
        ("https://harbour.example/off", ""),
        ("", ""),
    ],
)
def test_the_way_to_leave_is_a_page_or_an_address_of_mail_and_nothing_else(header, found):
    assert read(letter(List_Unsubscribe=header).as_bytes()).sender.unsubscribe_url == found


def test_a_message_without_an_identity_is_known_by_what_it_says():
    one, same, other = (read(letter(Message_ID="", text=text).as_bytes()).entry.guid for text in ("a", "a", "b"))
    assert one == same != other


# --- words ---


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("=?utf-8?B?5riv5Y+j?= =?utf-8?Q?_=E6=96=B0=E8=81=9E?=", "港口 新聞"),
        # A character that is cut in two by the end of a word.
        ("=?gb2312?B?uNu/2g==?=\n =?GB2312?B?0MLO?= =?gb2312?B?xQ==?=", "港口新闻"),
        ("=?iso-2022-jp?B?GyRCOUE4fRsoQg==?= No. 3", "港口 No. 3"),
        ("=?big5?Q?=B4=E4=A4f?=", "港口"),
        ("=?windows-1252?Q?=93Quay=94_=80?=", "“Quay” €"),
        ("=?utf-8*de?Q?H=C3=A4fen?= und =?utf-8?Q?Kr=C3=A4ne?=", "Häfen und Kräne"),
        ("=?utf-8?Q?with blanks=21?=", "with blanks!"),
        ("=?utf-8?B?5riv5Y+j", "=?utf-8?B?5riv5Y+j"),
        ("=?no-such?Q?Quay?=", "Quay"),
        ("=?utf-8?B?!!?=", ""),
        ("港口 as it is", "港口 as it is"),
    ],
)
def test_a_subject_is_read_in_whatever_encoding(subject, said):
    assert read(raw(f"Subject: {subject}")).entry.title == said


def test_a_subject_in_bytes_of_an_older_encoding_is_read():
    head = "Subject: " + "港口新闻一览".encode("gb18030").decode("ascii", "surrogateescape")
    assert read(raw(head)).entry.title == "港口新闻一览"


@pytest.mark.parametrize(
    ("kind", "way", "body", "said"),
    [
        ("text/plain; charset=gb2312", "base64", base64.b64encode("喆：港口".encode("gb18030")), "喆：港口"),
        ("text/plain; charset=iso-2022-jp", "7bit", "港口のニュース".encode("iso2022_jp"), "港口のニュース"),
        ('text/plain; charset="utf-8"', "quoted-printable", b"H=C3=A4f=\r\nen", "Häfen"),
        ("text/plain; charset=us-ascii", "8bit", "Häfen und Kräne".encode("cp1252"), "Häfen und Kräne"),
        ("text/plain", "8bit", "港口的消息".encode(), "港口的消息"),
        ("text/plain; charset=nonsense", "nonsense", b"Quay", "Quay"),
        ("text/html; charset=euc-kr", "base64", base64.b64encode("<p>항구</p>".encode("cp949")), "항구"),
    ],
)
def test_a_text_is_read_in_whatever_encoding(kind, way, body, said):
    assert said in shown(raw(f"Content-Transfer-Encoding: {way}", body, kind=kind))


# --- parts ---


def test_html_comes_before_text_and_text_stands_where_there_is_nothing_in_it():
    assert shown(letter(html="<p>As a page</p>")) == "<p>As a page</p>"
    assert "The text." in shown(letter(html="<html><body> </body></html>"))


def test_lines_that_were_broken_for_the_way_are_whole_again():
    kind = "text/plain; format=flowed; delsp=no"
    body = b"One line that was \r\nbroken.\r\nThe next.\r\n\r\n> quoted \r\n> twice\r\n-- \r\nAnn"
    html = shown(raw("Subject: x", body, kind=kind))
    assert "One line that was broken.<br>" in html
    assert "&gt; quoted twice" in html
    assert "-- <br> Ann" in html


def test_addresses_in_a_text_are_links():
    assert 'href="https://harbour.example/a?b=1"' in shown(letter(text="See https://harbour.example/a?b=1."))


def test_a_picture_that_the_html_names_is_at_an_address_that_leads_nowhere():
    found = read(letter(html='<p>Look:</p><img src="cid:quay@x" alt="A quay">', pictures={"quay@x": PIXEL}).as_bytes())
    assert found.pictures == (Picture.of(PIXEL),)
    assert f'<img src="{Picture.of(PIXEL).url}" alt="A quay">' in found.entry.content_html
    assert Picture.of(PIXEL).url in clean(found.entry.content_html, base_url="")


def test_a_picture_that_nothing_names_comes_after_the_text():
    message = letter()
    message.add_attachment(PIXEL, "image", "png", filename="quay.png")
    found = read(message.as_bytes())
    assert found.pictures == (Picture.of(PIXEL),)
    assert found.entry.content_html.index("The text.") < found.entry.content_html.index(Picture.of(PIXEL).url)


def test_a_name_of_a_part_that_is_not_there_shows_nothing():
    html = shown(letter(html="<p>a</p><img src='cid:gone@x'><p>cid:gone@x</p>", pictures={"quay@x": b""}))
    assert html.count("cid:") == 1
    assert "<img" not in html


def test_other_files_are_left_in_the_mailbox():
    message = letter()
    message.add_attachment(b"%PDF-", "application", "pdf", filename="menu.pdf")
    message.add_attachment("Secret,1", "csv", filename="a.csv")
    message.add_attachment("<p>attached</p>", "html", filename="a.html")
    assert shown(message) == shown(letter())


def test_a_message_that_was_sent_on_is_read_with_its_subject():
    message = letter(text="See below.")
    message.add_attachment(letter(2, html="<p>What was sent on</p>"))
    html = shown(message)
    assert html.index("See below.") < html.index("Letter 2") < html.index("What was sent on")


@pytest.mark.parametrize(
    "address",
    [
        "https://harbour.us1.list-manage.com/track/open.php?u=1",
        "https://u1.ct.sendgrid.net/wf/open?upn=1",
        "https://eotrx.substackcdn.com/open?token=1",
        "https://a1b2.r.us-east-1.awstrack.me/I0/1",
        "https://link.mail.harbour.example/ss/o/1/2",
        "https://1.mjt.lu/oo/1/e.gif",
    ],
)
def test_pictures_that_tell_who_opened_a_letter_are_gone(address):
    assert "<img" not in shown(letter(html=f'<p>a</p><img src="{address}">'))


def test_what_counts_readers_and_what_is_active_is_gone():
    html = shown(
        letter(
            html='<p onclick="x()">A</p><script>x()</script><style>p{}</style><form action="/x"><input name=a></form>'
            '<iframe src="https://x.example/"></iframe><img src="https://t.example/o.gif" width="1" height="1">'
            '<a href="javascript:x()">b</a>'
        )
    )
    assert "t.example" not in html
    assert not [word for word in ("script", "style", "onclick", "form", "input", "iframe") if word in html]
