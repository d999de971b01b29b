"""Pairs whose titles decide: dates, names of few letters, a site's name beside them; and forms whose titles are alike."""

from __future__ import annotations

from collections.abc import Iterator

from tests.articles.folding.stories import traditional
from tests.articles.folding.written import Pair, article, sentences


def pairs() -> Iterator[Pair]:
    for name, one, other, is_one in TITLES:
        text = article(name)[1]
        yield Pair(f"titles {one} / {other}", (one, text), (other, text), is_one)
    yield from _sites()
    yield from _named()
    yield from _tables()
    yield from _begun()


# The text below the titles is the same.
TITLES = (
    # Dates: the day belongs to its month.
    ("en-strike", "Ferry timetable on 1 December", "Ferry timetable on 2 December", False),
    ("en-strike", "What happened at the harbour on 1 December", "What we know of the harbour on 2 December", False),
    ("en-strike", "Closing prices on 1 December, with 2 surprises", "Closing prices on 2 December", False),
    ("en-strike", "Closing prices on 1st December", "Closing prices on December 1", True),
    ("de-glocke", "Wetter am 1. Dezember: 2 Tote", "Wetter am 2. Dezember", False),
    ("de-glocke", "Presseschau vom 1. Dezember", "Presseschau vom 01.12.2024", True),
    ("de-glocke", "Presseschau vom 1.12.2024", "Presseschau vom 12.1.2024", False),
    ("zh-tea", "青溪晨报 十二月一日 要闻", "青溪晨报要闻（十二月二日）", False),
    ("zh-tea", "青溪晨报 十二月一日 要闻", "青溪晨报要闻（12月1日）", True),
    ("zh-tw-metro", "早報 12月1日", "早報 12月2日", False),
    ("ja-train", "１２月１日の運行情報", "１２月２日の運行情報", False),
    # What counts in a title beside numbers, in one spelling and in another.
    ("en-strike", "A man was found on the island", "One man was found on the island", True),
    ("en-recipe", "Recipes of group A", "Recipes of group C", False),
    ("en-observatory", "Shares up at the close", "Shares higher at the close", True),
    ("en-observatory", "Oil falls at the close", "Oil up at the close", False),
    ("en-strike", "Your briefing for Monday", "Your briefing for Mon", True),
    ("en-observatory", "The sky in December", "The sky in Dec", True),
    ("en-observatory", "Weather today", "Weather tomorrow", False),
    ("de-glocke", "Die Nachrichten am Abend", "Die Nachrichten am Morgen", False),
    ("de-glocke", "Drei Glocken kehren heim", "Vier Glocken kehren heim", False),
    ("de-glocke", "Drei Glocken kehren heim", "3 Glocken kehren heim", True),
    ("de-glocke", "Glockengeschichten: Erster Teil", "Glockengeschichten: Zweiter Teil", False),
    ("ja-train", "きょうのニュース 朝", "きょうのニュース 夜", False),
    ("ja-train", "三人が死亡", "3人が死亡", True),
    ("zh-flood", "今日天气", "明日天气", False),
    ("zh-flood", "一名男子被洪水冲走", "1名男子被洪水冲走", True),
    # Names in capitals.
    ("en-strike", "Trade talks: USA", "Trade talks: UAE", False),
    ("en-strike", "Rate of the day: USD", "Rate of the day: EUR", False),
    ("zh-tw-metro", "赴USA旅遊須知", "赴UAE旅遊須知", False),
    ("en-strike", "FERRY CREWS VOTE TO STRIKE, RMT SAYS", "Ferry crews vote to strike, RMT says", True),
    ("en-strike", "Ferry crews vote to strike - BBC", "Ferry crews vote to strike - CNN", True),
    ("en-strike", "LIVE: Ferry crews vote to strike", "NEW: Ferry crews vote to strike", True),
)  # fmt: skip
SITES = (
    ("en-bridge", "Bridge shut", "Bridge shut | The Valley Newspaper"),
    ("ja-train", "鉄路つながる", "鉄路つながる | 高原新聞デジタル 地域ニュース"),
    ("zh-tea", "茶馆迁址记", "茶馆迁址记_青溪日报社官方网站新闻频道"),
    ("zh-tw-metro", "海岸線通車", "高雄海岸通訊社官方網站 - 海岸線通車"),
    ("de-glocke", "Glocke kehrt heim", "Glocke kehrt heim - Oberwiesener Tageblatt Online"),
    (
        "en-strike", "Ferry crews vote to strike - Coast Paper And Journal Of The West",
        "Ferry crews vote to strike | The Independent Valley Newspaper",
    ),
)  # fmt: skip
VACANCIES = {
    "{} | The Valley Archive of the Four Counties": ("Editor", "Carpenter", (
        "The Valley Archive is looking for a {}. It keeps the papers of four counties, was founded in 1911 and is open to "
        "everybody. You work in a team of six, in rooms above the old grain hall. We offer pay as in the public service, "
        "thirty days of leave, and trains home after every evening event. Please write to the office of the archive, Grain "
        "Hall, Market Street, and name two people who know your work.")),
    "招聘{} - 青溪县人民医院官方网站": ("护士", "司机", (
        "【{0}招聘】因工作需要，现面向社会公开招聘{0}若干名。要求：遵纪守法，品行端正，身体健康，具有大专以上学历，年龄三十五周岁以下，"
        "能吃苦耐劳，服从安排。待遇：试用期三个月，转正后缴纳五险一金，享受带薪年假和节日福利，提供食宿。报名时间：即日起至月底。报名方式："
        "携带身份证、毕业证原件及复印件、近期免冠照片两张，到人事科报名。联系人：王老师。地址：青溪县人民路。")),
}  # fmt: skip


def _sites() -> Iterator[Pair]:
    """A site's name that is longer than the title: whole articles and beginnings, and other articles of the site."""
    for name, one, other in SITES:
        text = article(name)[1]
        yield Pair(f"long name of a site {name}", (one, text), (other, text), True)
        begun = "".join(sentences(text)[:2])
        yield Pair(f"long name of a site, begun {name}", (one, text), (other, begun), True)
    for title, (one, other, text) in VACANCIES.items():
        yield Pair(
            f"a site's vacancies {one}",
            (title.format(one), text.format(one)),
            (title.format(other), text.format(other)),
            False,
        )


ADVICE = (
    "Travel advice for {0}. Before you go, read the rules of entry and see that your passport is valid for six months beyond "
    "your stay. {0} asks visitors from most countries for a visa, which is given on paper or by an agency. Keep copies of "
    "your papers apart from them. In an emergency call the embassy in {0}, which is open day and night. Health care is dear, "
    "so take out insurance that pays for the flight home. The roads are good in the cities and poor elsewhere. Follow the "
    "news, and do as the authorities say.\n"
)
ZH_ADVICE = (
    "{0}旅行须知：出发前请确认护照有效期在六个月以上，并提前向{0}驻华使领馆申请签证。入境时须填写申报单，随身携带的现金超过规定数额应如实"
    "申报。{0}医疗费用较高，建议购买包含紧急转运的保险。城市治安总体良好，夜间不宜单独外出。自驾者应事先办理驾照翻译件。遇紧急情况请拨打"
    "中国驻{0}使馆的领事保护电话，并关注当地新闻，服从有关部门的安排。\n"
)
NAMED = (
    ("Travel advice: {}", "the USA", "the UAE", ADVICE),
    ("Travel advice for {}: what to know before you go", "the USA", "the UAE", ADVICE),
    ("Travel advice for {}: all that you have to know before you go", "Norway", "Angola", ADVICE),
    ("Wetter in {}", "Ulm", "Hof", ADVICE),
    ("Questions for {} Lee", "Ann", "Bob", ADVICE),
    ("旅行须知：{}", "挪威", "秘鲁", ZH_ADVICE),
)


def _named() -> Iterator[Pair]:
    """One form, filled in for two names."""
    for title, one, other, text in NAMED:
        yield Pair(
            f"a form for {one} and {other}", (title.format(one), text.format(one)), (title.format(other), text.format(other)), False
        )  # fmt: skip
    simplified = ("旅行须知：挪威", ZH_ADVICE.format("挪威"))
    yield Pair("a form, in two scripts", simplified, (traditional().convert(simplified[0]), traditional().convert(simplified[1])), True)  # fmt: skip


RATES = (
    "Reference rates of the central bank against the crown. Dollar {} Euro {} Pound {} Yen {} Franc {} Yuan {} Rouble {} "
    "Rupee {} Real {} Rand {} Won {} Baht {} Dinar {} Peso {} Lira {}. The rates are fixed each working day at noon and are "
    "given without warranty. They hold until the next are published on this page."
)
ZH_RATES = (
    "今日人民币汇率中间价：美元{}，欧元{}，日元（100）{}，港元{}，英镑{}，澳元{}，新西兰元{}，新加坡元{}，瑞士法郎{}，加元{}，卢布{}，兰特{}，"
    "韩元{}，迪拉姆{}，里亚尔{}。以上由中国外汇交易中心公布，仅供参考。"
)
WEATHER = (
    "全国の天気です。{}日は高気圧に覆われて晴れるところが多いでしょう。最高気温は東京{}度、大阪{}度、名古屋{}度、福岡{}度の見込みです。最低気温は"
    "東京{}度、大阪{}度で、朝晩は冷え込みますので体調管理にお気をつけください。降水確率は東京{}パーセント、大阪{}パーセントです。海上は波が高く、"
    "船舶は注意が必要です。火の取り扱いにも十分ご注意ください。"
)
VALUES = [
    "7.1042",
    "7.7310",
    "9.0122",
    "4.7210",
    "8.0021",
    "0.9812",
    "0.0712",
    "0.0853",
    "1.2411",
    "0.3902",
    "0.0051",
    "0.2011",
    "5.0210",
    "0.3511",
    "0.2053",
]
TABLES = (
    ("Rates of the central bank", RATES, VALUES, {0: "7.1066", 3: "4.7333"}),
    ("Reference rates of the central bank against the crown", RATES, VALUES, {0: "7.1066", 3: "4.7333"}),
    ("今日人民币对主要货币汇率中间价一览表", ZH_RATES, VALUES, {0: "7.1066", 4: "9.0201"}),
    (
        "全国の天気と各地の予想気温のまとめ",
        WEATHER,
        ["1", "14", "15", "13", "16", "5", "6", "10", "20"],
        {0: "2", 6: "7"},
    ),
)


def _tables() -> Iterator[Pair]:
    """A table of which two values are others; and one that came twice, with a slip mended."""
    for title, text, values, changes in TABLES:
        others = [changes.get(number, value) for number, value in enumerate(values)]
        one = (title, text.format(*values))
        yield Pair(f"two values of a table {title}", one, (title, text.format(*others)), False)
        yield Pair(f"a table, twice {title}", one, (traditional().convert(title), f"{one[1]} "), True)
    corrected = RATES.format("7.1024", *VALUES[1:])
    yield Pair("a slip in a table", (TABLES[1][0], RATES.format(*VALUES)), (TABLES[1][0], corrected), True)


READ_ON = {
    "de-glocke": " Weiterlesen mit Plus", "ja-train": "…続きを読む", "zh-library": "……阅读全文", "zh-tw-metro": "⋯⋯（閱讀全文）",
    "en-strike": " Continue reading on our site", "fr-abeilles": " Lire la suite de l’article",
}  # fmt: skip


def _begun() -> Iterator[Pair]:
    """A beginning with a long link to the rest."""
    for name, link in READ_ON.items():
        title, text = article(name)
        yield Pair(
            f"a beginning, and read on {name}", (title, text), (title, "".join(sentences(text)[:2]) + link), True
        )
