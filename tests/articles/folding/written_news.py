"""Pairs of news: how one text comes from two publishers, or twice from one; and what is told of one event twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.articles.folding.stories import Article
from tests.articles.folding.written import (
    HAN,
    LONG,
    Pair,
    article,
    changed,
    edited,
    sentences,
    to_full_width,
    to_traditional,
    with_entities,
)  # fmt: skip


def pairs() -> Iterator[Pair]:
    yield from _copies()
    yield from _added()
    yield from _cut()
    yield from _headlines()
    yield from _corrections()
    yield from _two()


def _copies() -> Iterator[Pair]:
    yield from changed("the same", LONG[:4], lambda one: one)
    yield from changed("traditional", HAN[:4], to_traditional)
    yield from changed(
        "entities", ("en-bridge", "fr-abeilles", "zh-flood"), lambda one: (with_entities(one[0]), with_entities(one[1]))
    )
    yield from changed(
        "capitals", ("en-strike", "ru-lighthouse", "de-glocke"), lambda one: (one[0].upper(), one[1].upper())
    )
    yield from changed(
        "full width", ("en-bridge", "en-strike"), lambda one: (to_full_width(one[0]), to_full_width(one[1]))
    )
    yield from changed(
        "one line", ("en-recipe", "zh-tea", "ja-train"), lambda one: (f" {one[0]}　", " ".join(one[1].split()))
    )
    yield from changed(
        "no stops", ("zh-library", "ko-haenyeo"), lambda one: (one[0], one[1].replace("，", "、").replace(",", " "))
    )


DATELINES = {
    "en-strike": "OBAN, Sept 3 (Coastal Press Agency) - ",
    "en-bridge": "By Helen Marsh, local government reporter. ",
    "zh-flood": "（本报讯 记者 周立新 通讯员 何敏）",
    "zh-tw-metro": "（海岸通訊社記者林家豪高雄23日電）",
    "ja-train": "【高原支局】",
    "de-glocke": "Oberwiesen (dpn) - ",
    "ru-lighthouse": "АРХАНГЕЛЬСК, 28 мая. /Север-Пресс/. ",
    "es-olivos": "Jaén, 12 feb (Agencia Sur). ",
    "ar-well": "الجبل - وكالة الأنباء المحلية: ",
    "ko-haenyeo": "(남해=연안뉴스) 김민수 기자 = ",
}  # fmt: skip


def _added() -> Iterator[Pair]:
    for name, line in DATELINES.items():
        title, text = article(name)
        yield Pair(f"dateline {name}", (title, text), (title, line + text), True)
    yield from changed(
        "headline above the text",
        ("en-observatory", "zh-tea", "vi-market"),
        lambda one: (one[0], f"{one[0]}\n{one[1]}"),
    )
    yield from changed(
        "site's name", ("en-bridge", "zh-library"), lambda one: (f"{one[0]} | Valley News", f"{one[1]}Valley News")
    )
    yield from changed("signature", ("zh-hk-market",), lambda one: (one[0], f"{one[1]}（責任編輯：何家明）"))
    yield from changed(
        "wordpress footer", ("en-recipe", "zh-flood"),
        lambda one: (one[0], f"{one[1]}The post {one[0]} appeared first on Valley News."),
    )  # fmt: skip
    yield from changed(
        "marked as updated",
        ("en-strike", "th-kite"),
        lambda one: (f"UPDATE 2-{one[0]}", f"{one[1]}\nThe company declined to comment."),
    )
    yield from changed(
        "marked as updated",
        ("zh-library", "zh-tea"),
        lambda one: (f"{one[0]}（更新）", f"{one[1]}市政府没有回应记者的提问。"),
    )
    title, text = article("en-strike")
    yield Pair(
        "updated twice",
        (f"UPDATE 1-{title}", text),
        (f"UPDATE 2-{title}", f"{text}A second vote is planned in spring."),
        True,
    )


def _cut() -> Iterator[Pair]:
    """A feed's beginning of an article, and what an agency's subscribers leave out."""
    for name in (
        "en-bridge",
        "en-recipe",
        "de-glocke",
        "es-olivos",
        "zh-library",
        "zh-tw-metro",
        "ja-train",
        "ru-lighthouse",
        "ar-well",
    ):
        title, text = article(name)
        first = "".join(sentences(text)[:2])
        yield Pair(f"first two sentences {name}", (title, text), (title, first), True)
        yield Pair(
            f"first two sentences, cut {name}", (title, text), (title, f"{first[:-6]}… [continue reading]"), True
        )
    for name in ("en-observatory", "zh-tw-metro"):
        title, text = article(name)
        yield Pair(
            f"begun, with a site's name {name}",
            (title, text),
            (f"{title} - Valley News", "".join(sentences(text)[:2])),
            True,
        )
    for name in ("en-observatory", "zh-tea", "ko-haenyeo"):
        title, text = article(name)
        yield Pair(f"half {name}", (title, text), (title, text[: len(text) // 2] + "…"), True)
    for name in ("en-strike", "zh-flood", "fr-abeilles", "ar-well", "ko-haenyeo"):
        title, text = article(name)
        kept = sentences(text)
        yield Pair(f"last sentence cut {name}", (title, text), (title, "".join(kept[:-1])), True)
    for name in ("en-strike", "zh-flood"):
        title, text = article(name)
        yield Pair(
            f"a third under another headline {name}",
            (title, text),
            ("Briefly told / 简讯", text[: len(text) // 3]),
            False,
        )


HEADLINES = {
    "en-bridge": "Drivers face eleven-mile detour as county shuts Marlow crossing",
    "en-strike": "Island lifeline at risk: crews say they are exhausted",
    "zh-flood": "青溪河水位回落 学校仍停课至周五",
    "zh-library": "千万修缮换来一座“有裂纹”的图书馆",
    "zh-tw-metro": "海岸線免費搭乘 首日湧進26萬人次",
    "ja-train": "鉄路、七年ぶりにつながる 沿線に歓声",
    "ko-haenyeo": "물질 배우러 섬으로… 해녀 학교 졸업식",
    "ru-lighthouse": "Маяк на севере остался без человека",
    "de-glocke": "Die Heimkehr der kleinen Glocke",
    "fr-abeilles": "Le miel du quai numéro trois",
    "ar-well": "قناة عمرها ثلاثة قرون تروي قرية من جديد",
    "th-kite": "เปิดงานว่าวยักษ์ริมทะเลใต้",
}  # fmt: skip


def _headlines() -> Iterator[Pair]:
    for name, headline in HEADLINES.items():
        title, text = article(name)
        yield Pair(f"another headline {name}", (title, text), (headline, text), True)
    for name in ("en-strike", "zh-library", "de-glocke", "ru-lighthouse"):
        title, text = article(name)
        kept = sentences(text)
        yield Pair(f"another headline, cut {name}", (title, text), (HEADLINES[name], "".join(kept[:-1])), True)
    title, text = article("zh-tw-metro")
    simplified = edited(text, ("捷運", "地鐵"), ("營運單位", "運營方"))
    yield Pair("another headline, other words", (title, text), ("地鐵海岸線通車 首日湧入大批乘客", simplified), True)


def _corrections() -> Iterator[Pair]:
    def pair(kind: str, name: str, title_changes: list[tuple[str, str]], *changes: tuple[str, str]) -> Pair:
        title, text = article(name)
        return Pair(kind, (title, text), (edited(title, *title_changes), edited(text, *changes)), True)

    yield pair("a number is corrected", "en-bridge", [], ("2.4 million", "2.6 million"))
    yield pair("a number is corrected", "en-strike", [], ("640 of the 710", "604 of the 710"))
    yield pair("a number is corrected", "zh-flood", [], ("八千三百多人", "八千五百多人"))
    yield pair("a number is corrected", "de-glocke", [], ("1687", "1678"))
    yield pair("a number is corrected", "zh-library", [], ("四十六块", "四十九块"))
    yield pair("a name is corrected", "en-bridge", [], ("Dora Whitcombe", "Dora Whitcomb"))
    yield pair("a name is corrected", "zh-library", [], ("林素琴", "林淑琴"))
    yield pair("a name in the title is corrected", "en-bridge", [("Marlow", "Marlowe")], ("Marlow", "Marlowe"))
    yield pair("a name in the title is corrected", "zh-tea", [("高山", "高坡")], ("陈守田", "陈守天"))
    yield pair("a name in the title is corrected", "ru-lighthouse", [], ("Лаптев", "Лаптёв"), ("Геннадий", "Генадий"))
    yield pair("a word in the title is corrected", "zh-flood", [("河水", "溪水")])
    yield pair("a slip is mended", "fr-abeilles", [], ("craignaient", "craignait"), ("butinent", "butine"))
    yield pair("a sentence is reworded", "zh-hk-market", [], ("考慮了大半年才作決定", "因此決定光榮引退"))
    yield pair(
        "a sentence is reworded",
        "es-olivos",
        [],
        ("La idea es de Remedios Talavera, que heredó", "Remedios Talavera tuvo la idea. Ella heredó"),
    )


RETOLD: tuple[tuple[str, Article], ...] = (
    ("en-bridge", ("County shuts Marlow Ferry bridge until August", (
        "Motorists in the valley must plan for longer journeys this summer. The county has decided to close the bridge at "
        "Marlow Ferry from 4 May, so that worn bearings can be replaced. Roads chief Dora Whitcombe spoke of a nuisance that "
        "could not be avoided; the bridge, she said, carries forty lorries an hour. A hired ferry will take walkers and "
        "cyclists across the river. Traders fear for their custom and want to be paid for what they lose. The cost, some 2.4 "
        "million pounds, is met by the fund for small roads.\n"))),
    ("zh-flood", ("青溪河洪峰已过 八千余人陆续返家", (
        "记者从县里了解到，随着台风远去，青溪河洪水正在消退。停电的三个乡镇星期三已经来电。这次洪水中，八千多名居民被转移到安全地带，"
        "二百多间房屋倒塌，所幸没有人遇难。两名抢修水闸的工人受伤送医。村民们说，那一夜他们和消防员一起扛沙袋，终于保住了下游的土堤。"
        "接下来两天还会下雨，有关部门提醒返家的居民先检查房屋、电线和水井。\n"))),
    ("zh-tw-metro", ("新捷運首日爆滿 乘客抱怨手扶梯太少", (
        "海岸線首日營運，車廂內擠得水洩不通。記者實際從起點搭到終點，全程花了三十二分鐘，但光是出站就等了將近二十分鐘。多名乘客抱怨，"
        "車站的手扶梯太少，指標也不清楚。捷運公司說，會在兩週內改善，並增派人手引導。首日進站人次超過二十六萬，末班車延後到凌晨一點。\n"))),
)  # fmt: skip


def _two() -> Iterator[Pair]:
    for name, retold in RETOLD:
        yield Pair(f"told by another {name}", article(name), retold, False)
    yield Pair("translated", article("en-bridge"), article("zh-translation-bridge"), False)
    followed = (
        "Ferry crews on the west coast call off strike",
        "Crews of the ferries that serve nineteen islands on the west coast have called off the strike that was to begin on "
        "Friday, after talks that went on until four in the morning. Their employer agreed to eleven hours of rest between two "
        "turns of duty. Lambs will reach the autumn sales in time, the farmers' association said with relief. It would have been "
        "the first strike on these routes since 1998. About 640 of the 710 members took part in the vote, and nine in ten of "
        "them were in favour.\n",
    )
    yield Pair("followed up", article("en-strike"), followed, False)
    for one, other in pairwise(LONG):
        yield Pair(f"unlike {one} {other}", article(one), article(other), False)
