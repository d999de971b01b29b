import pytest

from feeds.parse import parse
from feeds.parse.charset import decode

TEXTS = {
    "simplified": "今天的新闻说，经济增长放缓，北京大学教授表示担忧。",
    "traditional": "今天的新聞說，經濟成長放緩，臺灣大學教授表示擔憂。",
    "japanese": "今日のニュースによると、経済成長が鈍化している。",
    "korean": "오늘의 뉴스에 따르면 경제 성장이 둔화되고 있다고 합니다.",
    "russian": "Сегодня в новостях: рост экономики замедлился, говорят учёные.",
    "german": "Größe, Übung, Straße und schöne Grüße",
    "french": "Été à la plage, où l’on déjeune",
    "two characters": "联通",  # which in GBK are valid UTF-8 by accident
    "rare characters": "早报",
}


@pytest.mark.parametrize(
    ("text", "real", "declared", "header"),
    [
        ("simplified", "gbk", "gb2312", ""),
        ("simplified", "gbk", "utf-8", ""),
        ("simplified", "gbk", "", ""),
        ("simplified", "gbk", "gbk", "text/xml; charset=iso-8859-1"),
        ("simplified", "gbk", "iso-8859-1", "text/xml; charset=utf-8"),
        ("simplified", "gb18030", "GB18030", ""),
        ("simplified", "utf-8", "gbk", "text/xml; charset=gb2312"),
        ("simplified", "utf-8-sig", "gb2312", ""),
        ("simplified", "utf-16", "utf-16", ""),
        ("simplified", "utf-16-le", "utf-16", ""),
        ("simplified", "utf-16-be", "utf-8", ""),
        ("simplified", "utf-32", "utf-8", ""),
        ("simplified", "utf-32-le", "utf-8", ""),
        ("simplified", "utf-32-be", "utf-8", ""),
        ("simplified", "hz", "hz-gb-2312", ""),
        ("two characters", "gbk", "gb2312", ""),
        ("rare characters", "gbk", "utf-8", ""),
        ("traditional", "big5", "big5", ""),
        ("traditional", "big5", "utf-8", ""),
        ("traditional", "big5", "gb2312", ""),
        ("japanese", "cp932", "Shift_JIS", ""),
        ("japanese", "cp932", "utf-8", ""),
        ("japanese", "euc-jp", "utf-8", "text/xml; charset=EUC-JP"),
        ("japanese", "euc-jp", "utf-8", ""),
        ("japanese", "iso2022_jp", "iso-2022-jp", ""),
        ("korean", "cp949", "euc-kr", ""),
        ("korean", "cp949", "utf-8", ""),
        ("russian", "cp1251", "windows-1251", ""),
        ("russian", "cp1251", "utf-8", ""),
        ("russian", "cp1251", "utf-8", "text/xml; charset=windows-1251"),
        ("russian", "koi8-r", "utf-8", ""),
        ("russian", "utf-8", "windows-1251", ""),
        ("german", "cp1252", "iso-8859-1", ""),
        ("german", "cp1252", "utf-8", ""),
        ("french", "cp1252", "", ""),
    ],
)
def test_text_is_read_in_its_real_encoding(text, real, declared, header):
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    document = f"{declaration}<rss><channel><title>{TEXTS[text]}</title><item><guid>1</guid></item></channel></rss>"
    assert parse(document.encode(real), url="https://x.example/", content_type=header).title == TEXTS[text]


LANGUAGES = {
    "gb2312": ["开放时间", "图书馆今日闭馆", "我们在河边等你，直到灯亮。"],
    "gb18030": ["镕基说：“改革”", "今天的天气很好，我们去爬山吧。"],
    "big5": ["開放時間", "圖書館今日閉館", "我們在河邊等你，直到燈亮。"],
    "shift_jis": ["ニュース一覧", "図書館は休みです", "川のそばで明かりがつくまで待っている。"],
    "euc_jp": ["ニュース一覧", "図書館は休みです", "川のそばで明かりがつくまで待っている。"],
    "iso2022_jp": ["ニュース", "図書館は休みです", "川のそばで明かりがつくまで待っている。"],
    "euc_kr": ["오늘의 새 소식", "도서관 휴관 안내", "불이 켜질 때까지 강가에서 기다리고 있을게요."],
    "windows-1251": ["Новости", "Библиотека закрыта", "Мы ждём тебя у реки, пока не зажгут фонарь."],
    "koi8-r": ["Новости", "Библиотека закрыта", "Мы ждём тебя у реки, пока не зажгут фонарь."],
    "windows-1252": ["Überblick", "La bibliothèque est fermée", "Não há função à noite; “amanhã” já é tarde."],
}
DECLARED_ONLY = {
    "iso8859-7": ["Νέα", "Η βιβλιοθήκη είναι κλειστή σήμερα"],
    "windows-1255": ["חדשות", "הספרייה סגורה היום"],
    "windows-1256": ["أخبار", "المكتبة مغلقة اليوم"],
    "tis-620": ["ข่าว", "ห้องสมุดปิดวันนี้"],
    "iso8859-2": ["Wieści", "Książnica dziś zamknięta, żółte światło zgasło"],
    "windows-1250": ["Přehled", "Knihovna je dnes zavřená, žluté světlo zhaslo"],
    "windows-1254": ["Güncel", "Kütüphane bugün kapalı, ışık söndü"],
}


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "the real one"])
@pytest.mark.parametrize("encoding", LANGUAGES)
def test_a_title_is_enough_to_know_its_encoding(encoding, declared):
    name = encoding if declared == "the real one" else declared
    for text in LANGUAGES[encoding]:
        assert _read_back(text, encoding, name) == text


@pytest.mark.parametrize("encoding", DECLARED_ONLY)
def test_an_encoding_that_is_never_guessed_is_believed_where_declared(encoding):
    for text in [*DECLARED_ONLY[encoding], " ".join(DECLARED_ONLY[encoding] * 200)]:
        assert _read_back(text, encoding, encoding) == text


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("windows-874", "tis-620"),
        ("csgb2312", "gb2312"),
        ("windows-31j", "shift_jis"),
        ("cseuckr", "euc_kr"),
        ("euc_kr", "euc_kr"),
        ("x-x-big5", "big5"),
        ("iso88597", "iso8859-7"),
    ],
)
def test_a_declaration_means_what_browsers_take_it_for(label, encoding):
    for text in {**LANGUAGES, **DECLARED_ONLY}[encoding]:
        assert _read_back(text, encoding, label) == text


@pytest.mark.parametrize(
    ("encoding", "text"), [("gbk", "臺灣腳踏車"), ("cp949", "똠방각하"), ("big5", "饌龕"), ("euc_jp", "麒麟鳳凰")]
)
def test_rare_characters_need_a_declaration_that_is_right(encoding, text):
    assert _read_back(text, encoding, encoding) == text


def _read_back(text, encoding, declared):
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    head, tail = f"{declaration}<rss><channel><title>", "</title></channel></rss>"
    return decode(f"{head}{text}{tail}".encode(encoding)).removeprefix(head).removesuffix(tail)


@pytest.mark.parametrize("body", [b"<a>\x1b$Bplain</a>", b"<a>\x1b[1mbold\x1b[0m</a>", b"\x1b$B" + b"\x21" * 9])
def test_an_escape_alone_makes_no_japanese(body):
    assert decode(body) == body.decode()


def test_a_few_broken_bytes_cost_no_more_than_themselves():
    text = TEXTS["simplified"] * 20
    assert decode(text.encode()[:-1] + b"</title>").startswith(text[:-1])
    assert decode(b"<?xml encoding='gbk'?>" + text.encode("gbk") + b"\xff").count("\ufffd") == 1


@pytest.mark.parametrize(
    "name", ["punycode", "zlib", "hex", "unicode_escape", "idna", "utf-7", "rot13", "\u212a", "x" * 999]
)
def test_no_declaration_picks_a_codec_that_is_no_encoding(name):
    body = f'<?xml version="1.0" encoding="{name}"?><rss/>'.encode() + b"\xff" + b"a-\\x41" * 1000
    assert "a-\\x41" in decode(body, f"text/xml; charset={name}")
