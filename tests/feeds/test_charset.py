import pytest

from feeds.charset import decode
from feeds.parse import parse

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
