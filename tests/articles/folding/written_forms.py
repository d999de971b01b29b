"""Pairs of what is published in one form: parts and days of a series, tables, captions, notices, what stands below all
articles of a publisher; and very short ones."""

from __future__ import annotations

from collections.abc import Iterator

from tests.articles.folding.stories import Article
from tests.articles.folding.written import Pair, article, edited, sentences


def pairs() -> Iterator[Pair]:
    yield from _numbered()
    yield from _values()
    yield from _below()
    yield from _grown()
    yield from _short()


# Titles that differ in what counts; the text below them is the same, or nearly.
NUMBERED = (
    ("en-strike", "Ferry strike, day 12: talks go on", "Ferry strike, day 13: talks go on"),
    ("en-strike", "Ferry strike: day twelve", "Ferry strike: day thirteen"),
    ("en-recipe", "Baking for beginners, part one", "Baking for beginners, part two"),
    ("en-recipe", "Baking for beginners, part III", "Baking for beginners, part IV"),
    ("en-recipe", "Baking for beginners III", "Baking for beginners IV"),
    ("en-strike", "Your briefing for Monday", "Your briefing for Tuesday"),
    ("en-bridge", "Road works in 2023", "Road works in 2024"),
    ("en-bridge", "Bridge will cost £2,400,000", "Bridge will cost £2,600,000"),
    ("en-strike", "Rovers beat Athletic 2-1 in the cup", "Rovers beat Athletic 1-2 in the cup"),
    ("en-strike", "Cup final: Rovers – Athletic 2:1", "Cup final: Rovers – Athletic 3:1"),
    ("en-observatory", "Shares rise at the close", "Shares fall at the close"),
    ("en-observatory", "The sky in May", "The sky in June"),
    ("en-recipe", "The first lesson", "The fourth lesson"),
    ("zh-library", "旧城故事 第十二期", "旧城故事 第十三期"),
    ("zh-library", "旧城故事 第12期", "旧城故事 第13期"),
    ("zh-library", "旧城故事（上）", "旧城故事（下）"),
    ("zh-library", "旧城故事·上", "旧城故事·下"),
    ("zh-library", "旧城故事之一", "旧城故事之二"),
    ("zh-library", "旧城故事①", "旧城故事②"),
    ("zh-library", "旧城故事：一", "旧城故事：二"),
    ("zh-flood", "防汛简报 ７月３日", "防汛简报 ７月４日"),
    ("zh-flood", "防汛简报：星期二", "防汛简报：星期三"),
    ("zh-flood", "台风致三人死亡", "台风致五人死亡"),
    ("zh-flood", "转移二十一人", "转移二十三人"),
    ("zh-flood", "二〇二三年汛期回顾", "二〇二四年汛期回顾"),
    ("zh-tea", "茶价周评：高山茶上涨", "茶价周评：高山茶下跌"),
    ("zh-tea", "茶馆问答（十）", "茶馆问答（十一）"),
    ("zh-tw-metro", "捷運通車滿二十週年", "捷運通車滿三十週年"),
    ("ja-train", "沿線だより 月曜日", "沿線だより 火曜日"),
    ("ja-train", "沿線だより 第三回", "沿線だより 第四回"),
    ("ko-haenyeo", "섬 이야기 3편", "섬 이야기 4편"),
    ("ko-haenyeo", "섬 소식: 월요일", "섬 소식: 화요일"),
    ("ru-lighthouse", "Записки с маяка. Часть первая", "Записки с маяка. Часть вторая"),
    ("de-glocke", "Glockengeschichten, Teil 7", "Glockengeschichten, Teil 8"),
    ("fr-abeilles", "La lettre des ruches de lundi", "La lettre des ruches de mardi"),
    ("es-olivos", "La sierra, primera parte", "La sierra, segunda parte"),
    ("en-recipe", "Recipes of group A", "Recipes of group B"),
    ("en-observatory", "Index -0.6% at the close", "Index +0.6% at the close"),
    ("zh-tea", "青溪队2比1胜高山队", "青溪队1比2胜高山队"),
    ("ar-well", "حكايات الماء: الجزء الأول", "حكايات الماء: الجزء الثاني"),
    ("ar-well", "حكايات الماء ١٢", "حكايات الماء ١٣"),
)  # fmt: skip
# The same numbers, otherwise written; or one that the other title is silent about.
AS_MANY = (
    ("en-bridge", "Bridge closed for 3 months", "Bridge closed for three months"),
    ("en-bridge", "Bridge to cost 2,400,000 pounds", "Bridge to cost 2.4 million pounds"),
    ("en-strike", "Ferry strike, day 12", "Ferry strike, Day Twelve"),
    ("en-recipe", "Baking for beginners, part III", "Baking for beginners, part 3"),
    ("zh-library", "旧城故事 第十二期", "旧城故事 第12期"),
    ("zh-library", "旧城故事（三）", "舊城故事（３）"),
    ("zh-library", "十四个月后 市立图书馆重新开放", "市立图书馆重新开放"),
    ("zh-flood", "转移八千三百人", "转移8,300人"),
    ("zh-flood", "三个乡镇恢复供电", "3个乡镇恢复供电"),
    ("zh-tw-metro", "首日進站二十六萬人次", "首日進站26万人次"),
    ("ru-lighthouse", "Смотритель уходит после 34 лет", "Смотритель маяка уходит"),
)  # fmt: skip


def _numbered() -> Iterator[Pair]:
    for name, one, other in NUMBERED:
        text = article(name)[1]
        yield Pair(f"numbered {one} / {other}", (one, text), (other, text + "\n"), False)
    for name, one, other in AS_MANY:
        text = article(name)[1]
        yield Pair(f"as many {one} / {other}", (one, text), (other, text), True)


def _captioned(caption: str) -> Article:
    return f"Photo: {caption}", f"{caption} (CC BY 2.0). The post Photo: {caption} appeared first on Valley News."


WEATHER = (
    "Outlook for the islands and the west coast. Tonight it will be mostly cloudy with some rain before dawn, and a low of 9 "
    "degrees. Tomorrow sunny spells and a few showers are expected, mainly over the hills, with a high of 16 degrees and "
    "winds of 25 miles an hour from the south-west. Further outlook: changeable, with rain at times until the weekend. "
    "Warnings of gales are given out at six and at eighteen hours by the coast guard, and on the pages of the service.\n"
)
CLOSE = (
    "综合指数今日收报3102.45点，上涨0.62%；成份指数收报9817.30点，上涨0.88%。两市成交额8125亿元，较上一交易日增加312亿元。盘面上，"
    "煤炭、银行、电力板块涨幅居前，旅游、传媒板块跌幅居前。北向资金全天净买入25.6亿元。分析人士认为，市场短期仍将维持震荡格局，投资者"
    "应控制仓位，关注业绩确定性较高的公司。本文不构成投资建议，据此操作风险自担。市场有风险，投资须谨慎。\n"
)
NEXT_CLOSE = edited(
    CLOSE, ("3102.45", "3087.12"), ("上涨0.62%", "下跌0.49%"), ("9817.30", "9760.08"), ("上涨0.88%", "下跌0.58%"), ("8125", "7940"),
    ("增加312", "减少185"), ("净买入25.6", "净卖出11.3"),
)  # fmt: skip
VACANCY = (
    "The Valley Archive keeps the papers of four counties. It was founded in 1911, is open to everybody and free of charge. "
    "We are looking for {} for two years, half of the time. You work in a team of six, in rooms above the old grain hall. "
    "We offer pay as in the public service, thirty days of leave, and trains home after every evening event. We ask for a "
    "short letter, a list of what you have done, and the names of two people who know your work. We welcome letters from "
    "everybody, whatever their age or origin. Please write to the office of the archive, Grain Hall, Market Street.\n"
)
HOROSCOPE = (
    "{}座本周运势：工作上会有贵人相助，拖延已久的计划可望推进，但切忌急躁。财运平稳，不宜大额投资，周末或有意外的小收入。感情方面，单身者"
    "有机会在聚会中结识新朋友，有伴侣者要多听对方的想法。健康上注意睡眠，少熬夜，多喝水。幸运颜色是{}，幸运方位在正南。"
    "每周运势由本站编辑整理，仅供娱乐，请勿迷信；转载请注明出处，并保留本段文字。更多运势内容请见本站星座频道。\n"
)


def _values() -> Iterator[Pair]:
    tomorrow = edited(WEATHER, ("9 degrees", "7 degrees"), ("16 degrees", "13 degrees"), ("25 miles", "40 miles"))
    yield Pair("weather", ("Weather", WEATHER), ("Weather", tomorrow), False)
    yield Pair(
        "weather",
        ("Weather for the islands and the coast", WEATHER),
        ("Weather for the islands and the coast", tomorrow),
        False,
    )
    yield Pair(
        "weather, elsewhere",
        ("Weather: west coast", WEATHER),
        ("Weather: uplands", edited(WEATHER, ("west coast", "uplands"), ("9", "4"))),
        False,
    )
    yield Pair("weather, twice", ("Weather", WEATHER), ("WEATHER", WEATHER.strip()), True)
    yield Pair("stock close", ("收盘", CLOSE), ("收盘", NEXT_CLOSE), False)
    yield Pair(
        "stock close",
        ("A股收盘播报：综合指数与成份指数", CLOSE),
        ("A股收盘播报：综合指数与成份指数", NEXT_CLOSE),
        False,
    )
    yield Pair("stock close, twice", ("收盘：两市小幅上涨", CLOSE), ("沪深收高 煤炭银行领涨", CLOSE), True)
    yield Pair(
        "vacancies",
        ("Vacancy: an editor", VACANCY.format("an editor")),
        ("Vacancy: a bookbinder", VACANCY.format("a bookbinder")),
        False,
    )
    yield Pair(
        "vacancies",
        ("Editor wanted", VACANCY.format("an editor")),
        ("Carpenter wanted", VACANCY.format("a carpenter")),
        False,
    )
    yield Pair(
        "vacancy, twice",
        ("Vacancy: an editor", VACANCY.format("an editor")),
        ("Editor wanted", VACANCY.format("an editor")),
        True,
    )
    yield Pair(
        "horoscopes",
        ("白羊座本周运势", HOROSCOPE.format("白羊", "红色")),
        ("金牛座本周运势", HOROSCOPE.format("金牛", "绿色")),
        False,
    )
    yield Pair(
        "horoscope, twice",
        ("白羊座本周运势", HOROSCOPE.format("白羊", "红色")),
        ("白羊座本週運勢", HOROSCOPE.format("白羊", "紅色")),
        True,
    )
    for one, other in (("Harbour", "Orchard"), ("Lighthouse", "Windmill")):
        yield Pair(
            "captions", _captioned(f"{one} at dusk, by Ann Lee"), _captioned(f"{other} at dusk, by Ann Lee"), False
        )
    draw = (
        "本期双色球开奖号码：红球03、08、15、22、27、31，蓝球09。一等奖7注，每注奖金682万元；二等奖125注，每注奖金18万元。"
        "奖池余额21.4亿元。"
    )
    yield Pair(
        "lottery",
        ("双色球开奖结果", draw),
        ("双色球开奖结果", edited(draw, ("03、08、15、22、27、31", "01、06、14、19、25、30"), ("蓝球09", "蓝球12"))),
        False,
    )
    rate = (
        "The central bank set the reference rate of the crown at 7.1042 to the dollar on Monday, 35 points below Friday's "
        "7.1007. The spot rate closed at 7.1120 in the last session, and may move by two per cent around the reference rate "
        "in a day."
    )
    yield Pair(
        "fixings",
        ("Reference rate of the crown", rate),
        (
            "Reference rate of the crown",
            edited(
                rate,
                ("7.1042", "7.0988"),
                ("Monday", "Tuesday"),
                ("35 points below", "54 points above"),
                ("Friday's 7.1007", "Monday's 7.1042"),
                ("7.1120", "7.1066"),
            ),
        ),
        False,
    )


BIO = (
    "About the author: Ines Calder has written about the sky, the sea and what is between them since 2004. Her books have "
    "been translated into eleven languages, and two of them were made into films that she has never seen. She teaches at the "
    "university of the coast, keeps four goats, and answers letters on Thursdays. Her column appears in nineteen papers. "
)
FOOTER = (
    "Copyright Valley News. All rights reserved. No part of this page may be copied, stored or handed on without leave in "
    "writing from the publisher. Valley News takes no responsibility for pages of others that it links to. If you have found "
    "an error, please write to the readers' editor; corrections are printed on page two. Valley News is a member of the press "
    "council and keeps its code. Subscribe to our letter, which comes each morning at six, for news, weather and the tides. "
    "You can support our work with a small sum a month; those who do read without advertising, and meet us once a year. "
)
ZH_FOOTER = (
    "版权声明：本文版权归本站所有，未经书面授权，任何媒体、网站或个人不得转载、摘编、复制或以其他方式使用。已经授权使用的，应在授权范围内"
    "使用，并注明来源。违反上述声明者，本站将追究其相关法律责任。本站转载的内容仅代表作者本人观点，与本站无关，其原创性以及文中陈述的文字"
    "和内容未经本站证实，对本文以及其中全部或者部分内容、文字的真实性、完整性、及时性本站不作任何保证或承诺，请读者仅作参考，并请自行核实"
    "相关内容。欢迎关注本站的公众号，获取更多消息；如有意见或建议，请发邮件与编辑部联系，我们会在三个工作日之内答复。感谢您长期以来对本站"
    "的支持与厚爱。本站常年法律顾问：青溪律师事务所。编辑部地址：青溪县人民路报业大楼。"
)


def _below() -> Iterator[Pair]:
    """Two short articles with one publisher's words below them, or above and below; and one with and without them."""

    def head(name: str) -> str:
        return sentences(article(name)[1])[0]

    one, other = article("en-bridge"), article("en-strike")
    yield Pair(
        "footer",
        (one[0], head("en-bridge") + FOOTER + BIO * 2),
        (other[0], head("en-strike") + FOOTER + BIO * 2),
        False,
    )
    yield Pair(
        "footer, one headline",
        ("Letters", head("en-bridge") + FOOTER + BIO),
        ("Letters", head("en-strike") + FOOTER + BIO),
        False,
    )
    yield Pair(
        "head and footer",
        (one[0], BIO + head("en-bridge") + FOOTER),
        (other[0], BIO + head("en-strike") + FOOTER),
        False,
    )
    yield Pair(
        "author's note",
        ("The sky, read", BIO + head("en-observatory")),
        ("The sea, read", BIO + head("en-strike")),
        False,
    )
    yield Pair("footer, and none", one, (one[0], one[1] + FOOTER[:200]), True)
    for a, b in (("zh-library", "zh-tea"), ("zh-flood", "zh-library")):
        yield Pair(f"footer {a}", (article(a)[0], head(a) + ZH_FOOTER), (article(b)[0], head(b) + ZH_FOOTER), False)
    yield Pair(
        "footer, one headline",
        ("今日要闻", head("zh-tea") + ZH_FOOTER),
        ("今日要闻", head("zh-flood") + ZH_FOOTER),
        False,
    )


def _grown() -> Iterator[Pair]:
    """A page that grows, under one title and under another."""
    title, text = article("en-strike")
    news = (
        "17:40 The company has asked for talks. 17:05 The first boat is back in port, and its crew has gone home. 16:30 Shops "
        "close early. "
    )
    yield Pair("live page grows", (f"Live: {title}", text), (f"Live: {title}", news + text), True)
    title, text = article("zh-flood")
    yield Pair(
        "live page grows",
        (f"持续更新：{title}", text),
        (f"持续更新：{title}", "18时：国道塌方清理完毕。17时：第三批居民返家。16时：县城供水恢复。" + text),
        True,
    )
    for name in ("ru-lighthouse", "zh-library", "vi-market"):
        title, text = article(name)
        kept = sentences(text)
        yield Pair(f"longer edition {name}", (title, "".join(kept[: len(kept) // 2])), (title, text), True)
    both = article("en-recipe")[1] + article("en-strike")[1]
    yield Pair("told again below", article("en-strike"), ("What the islands say, and what they cook", both), False)


FLASH = "青溪县气象台十一时发布暴雨红色预警，预计未来三小时东部乡镇降雨量将超过一百毫米，请注意防范。"


def _short() -> Iterator[Pair]:
    yield Pair("nothing", ("", ""), ("", ""), False)
    yield Pair("no text", ("Untitled", ""), ("Untitled", ""), False)
    yield Pair("no titles", ("", article("zh-tea")[1]), ("", article("zh-tea")[1]), True)
    yield Pair("no title", ("", article("en-bridge")[1]), article("en-bridge"), True)
    yield Pair("no titles, two texts", ("", article("zh-tea")[1]), ("", article("zh-flood")[1]), False)
    yield Pair("no text, and one", ("News", ""), ("News", article("en-bridge")[1]), False)
    long_title = "Ferry crews on the west coast vote to strike from Friday over rest"
    yield Pair("a long title alone", (long_title, ""), (long_title.upper(), " "), True)
    yield Pair("two long titles alone", (long_title, ""), (long_title.replace("strike", "go back to work"), ""), False)
    yield Pair(
        "flash", ("暴雨红色预警发布 东部乡镇注意防范", FLASH), ("暴雨紅色預警發布　東部鄉鎮注意防範", FLASH), True
    )
    yield Pair(
        "flash, later",
        ("暴雨红色预警发布 东部乡镇注意防范", FLASH),
        ("暴雨红色预警发布 东部乡镇注意防范", edited(FLASH, ("十一时", "十四时"))),
        False,
    )
    yield Pair(
        "flash, elsewhere",
        ("暴雨红色预警", FLASH),
        ("暴雨红色预警", edited(FLASH, ("东部", "西部"), ("一百", "八十"))),
        False,
    )
    yield Pair(
        "caption",
        ("Photo: Untitled, by Ann", "Untitled, by Ann (CC BY-NC-ND 2.0)"),
        ("Photo: Untitled, by Ann", "Untitled, by Ann (CC BY-NC-ND 2.0)"),
        False,
    )
    yield Pair("see the picture", ("Cartoon", "See the picture"), ("Cartoon", "See the picture"), False)
    quake = (
        "An earthquake of magnitude 5.1 shook the northern valleys at 8:32 on Sunday, at a depth of 10 kilometres. Four people "
        "were hurt by falling tiles, and the railway was closed for 2 hours while its bridges were looked at."
    )
    title = "Earthquake shakes the northern valleys"
    yield Pair("short, a number is corrected", (title, quake), (title, edited(quake, ("5.1", "5.2"))), True)
    yield Pair(
        "short, a word is corrected", (title, quake), (title, edited(quake, ("falling tiles", "falling bricks"))), True
    )
    yield Pair("short, another headline", (title, quake), ("Four hurt as tiles fall in valley towns", quake), True)
    other = edited(
        quake, ("5.1", "4.3"), ("8:32", "3:10"), ("Four people", "Nobody"), ("Sunday", "Thursday"), ("10 k", "7 k")
    )
    yield Pair("short, another quake", (title, quake), (title, other), False)
    yield Pair(
        "a sentence, twice",
        ("Quake in the valleys", "A quake of magnitude 5.1 shook the valleys on Sunday."),
        ("Quake in the valleys!", "A quake of magnitude 5.1 shook the valleys on Sunday"),
        True,
    )
    title = "Boat missing off the western islands"
    boat = "A fishing boat with three people on board has been missing since dawn, the coast guard says."
    more = " Two aircraft have joined the search, and the weather is expected to hold until the evening."
    yield Pair("short, twice", (title, boat), (title.title(), boat[:-1]), True)
    yield Pair("short, begun", (title, boat), (title, boat + more), True)
