"""The catalogues: complete, sound, and compiled. Read with Babel, for gettext's tools may not be there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, name in settings.LANGUAGES if code != "en"]
MENDED = "Run `manage.py makemessages`, translate and `manage.py compilemessages`, as docs/translating.md says."
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-z%]|\{\w*\}")
# As makemessages tells xgettext: where the text, its plural and its context stand among the arguments.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...]] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (1,)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
Key = tuple[str, str]  # context, text


def key_of(message: Message) -> Key:
    """What gettext finds a translation by: the plural has no part in it."""
    context: str | bytes = message.context or ""  # Babel leaves it in bytes where it reads an .mo file
    text = message.id if isinstance(message.id, str) else message.id[0]
    return context.decode() if isinstance(context, bytes) else context, text


def translations(message: Message) -> tuple[str, ...]:
    """One, or one for each form of a text that counts."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def po_file(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"


def written(language: str) -> list[Message]:
    """What the .po file holds, its header left out."""
    with po_file(language).open("rb") as file:
        return [message for message in read_po(file, locale=to_locale(language), abort_invalid=True) if message.id]


def messages_in(source: str) -> Iterator[Key]:
    """What a Python source marks for translation."""
    catalog = Catalog()
    for line, text, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield key_of(catalog.add(text, lineno=line, context=context))


@cache
def marked() -> dict[Key, Path]:
    """Every text that the pages mark for translation, and a file that does so."""
    sources = [path for package in ("newsreader", "feeds", "articles") for path in (ROOT / package).rglob("*.py")]
    texts = {path: path.read_text("utf-8") for path in sources}
    # Whatever Python calls the function that marks a text, it was imported by a name with this word in it.
    found = {key: path for path, text in texts.items() if "gettext" in text for key in messages_in(text)}
    for path in (ROOT / "templates").rglob("*.html"):
        # Django's own makemessages makes Python of a template in this way; indentation means nothing in it.
        lines = (line.lstrip() for line in templatize(path.read_text("utf-8")).splitlines())
        found |= dict.fromkeys(messages_in("\n".join(lines)), path)
    return found


def test_what_is_marked_is_found_in_code_and_templates() -> None:
    found = marked()

    assert ("", "Mark this page as read") in found
    assert ("format of a short date", "j M Y") in found
    assert ("", "%(n)s article") in found
    assert ("", "Password changed.") in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_marked_is_in_the_catalogue(language: str) -> None:
    known = {key_of(message) for message in written(language)}

    missing = {key: path for key, path in marked().items() if key not in known}

    assert missing == {}, MENDED


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_or_unsure(language: str) -> None:
    unsure = [message.id for message in written(language) if message.fuzzy or not all(translations(message))]

    assert unsure == [], MENDED


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    def placeholders(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text))

    wrong = [
        (message.id, text)
        for message in written(language)
        for text in translations(message)
        if placeholders(text) != placeholders(message.id[-1] if isinstance(message.id, tuple) else message.id)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_counts_has_the_one_form_that_chinese_has(language: str) -> None:
    counting = [message for message in written(language) if isinstance(message.id, tuple)]

    assert counting
    assert [message.id for message in counting if len(translations(message)) != 1] == []
    assert "nplurals=1; plural=0;" in po_file(language).read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reader_is_addressed_in_one_way(language: str) -> None:
    assert [text for message in written(language) for text in translations(message) if re.search("[你妳]", text)] == []


def test_a_star_is_not_called_an_asterisk() -> None:
    """What keeps an article is 星標, the sign that one types 星號."""
    others = [message for message in written("zh_Hant") if "asterisk" not in str(message.id)]

    assert [text for message in others for text in translations(message) if "星號" in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_compiled_catalogue_holds_what_its_source_holds(language: str) -> None:
    with po_file(language).with_suffix(".mo").open("rb") as file:
        compiled = {key_of(message): translations(message) for message in read_mo(file) if message.id}

    assert compiled == {key_of(message): translations(message) for message in written(language)}, MENDED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "title"), [("zh-CN", "登录"), ("zh-TW", "登入"), ("zh-HK", "登入"), ("de", "Sign in")]
)
def test_a_browser_gets_the_language_that_it_asks_for(client: Client, asked: str, title: str) -> None:
    page = client.get("/sign-in/", headers={"accept-language": asked}).content.decode()

    assert re.search(rf"<title>\s*{title}\s", page)
