"""Articles in Chinese, Japanese and Korean, made from sentences of our own."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A title and paragraphs."""

    language: str
    title: str
    paragraphs: tuple[str, ...]


_PLACES = {
    "zh-Hans": ("海边小城", "北部山区", "老城区", "河谷平原", "新建港口"),
    "zh-Hant": ("海邊小城", "北部山區", "老城區", "河谷平原", "新建港口"),
    "ja": ("海辺の町", "北部の山村", "旧市街", "川沿いの平野", "新しい港"),
    "ko": ("바닷가 마을", "북부 산간", "옛 시가지", "강변 평야", "새 항구"),
}
_THINGS = {
    "zh-Hans": ("图书馆", "地铁线路", "蔬菜市场", "气象站", "木桥", "儿童医院"),
    "zh-Hant": ("圖書館", "捷運路線", "蔬菜市場", "氣象站", "木橋", "兒童醫院"),
    "ja": ("図書館", "地下鉄の路線", "青果市場", "気象台", "木の橋", "小児病院"),
    "ko": ("도서관", "지하철 노선", "채소 시장", "기상 관측소", "나무다리", "어린이 병원"),
}
_SENTENCES = {
    "zh-Hans": (
        "{place}的{thing}经过{n}个月的修缮，本周重新向居民开放，当天就有数千人前来参观。",
        "负责人表示，这项工程一共花费了{n}万元，其中大部分来自当地居民多年来的捐款。",
        "不过也有人担心，{thing}的维护费用会逐年上升，今后未必能一直免费使用。",
        "“我小时候每天都从这里经过，现在看到它恢复原样，心里非常高兴。”一位老人说。",
        "专家指出，类似的尝试在其他地方并不少见，但能坚持{n}年以上的并不多。",
        "根据计划，明年春天还将在附近增设一座{thing}，并把周围的道路改为步行街。",
        "记者在现场看到，工人们仍在整理剩下的材料，孩子们则围着新种下的树跑来跑去。",
    ),
    "zh-Hant": (
        "{place}的{thing}經過{n}個月的修繕，本週重新向居民開放，當天就有數千人前來參觀。",
        "負責人表示，這項工程一共花費了{n}萬元，其中大部分來自當地居民多年來的捐款。",
        "不過也有人擔心，{thing}的維護費用會逐年上升，今後未必能一直免費使用。",
        "「我小時候每天都從這裡經過，現在看到它恢復原樣，心裡非常高興。」一位老人說。",
        "專家指出，類似的嘗試在其他地方並不少見，但能堅持{n}年以上的並不多。",
        "根據計畫，明年春天還將在附近增設一座{thing}，並把周圍的道路改為步行街。",
        "記者在現場看到，工人們仍在整理剩下的材料，孩子們則圍著新種下的樹跑來跑去。",
    ),
    "ja": (
        "{place}にある{thing}が{n}か月にわたる修繕を終え、今週から再び住民に開放された。初日だけで数千人が訪れたという。",
        "担当者によると、工事の費用はおよそ{n}万円で、その多くは住民が長年にわたって寄せた寄付でまかなわれた。",
        "一方で、{thing}の維持費が年々増えるのではないか、無料の利用をいつまで続けられるのかと心配する声もある。",
        "「子どものころ毎日ここを通っていました。元の姿に戻って本当にうれしい」と、近くに住む男性は話す。",
        "専門家は、同じような取り組みはほかの地域でも珍しくないが、{n}年以上続いた例は多くないと指摘する。",
        "計画では来年の春、近くにもう一つ{thing}を設け、周辺の道路を歩行者専用にする予定だ。",
        "現場では作業員が残った資材を片づけ、植えられたばかりの木のまわりを子どもたちが走り回っていた。",
    ),
    "ko": (
        "{place}에 있는 {thing}이 {n}개월에 걸친 보수를 마치고 이번 주 다시 주민에게 문을 열었다. 첫날에만 수천 명이 찾았다.",
        "담당자는 공사에 모두 {n}만 원이 들었으며, 대부분 주민들이 여러 해 동안 모은 기부금이라고 설명했다.",
        "다만 {thing}의 유지비가 해마다 늘어나면 언제까지 무료로 이용할 수 있을지 걱정하는 목소리도 있다.",
        "“어릴 때 날마다 이 길을 지나다녔는데, 옛 모습을 되찾아서 정말 기쁩니다.” 근처에 사는 한 노인이 말했다.",
        "전문가들은 비슷한 시도가 다른 지역에서도 드물지 않지만 {n}년 넘게 이어진 사례는 많지 않다고 지적한다.",
        "계획에 따르면 내년 봄에는 가까운 곳에 {thing}을 하나 더 짓고 주변 도로를 보행자 전용으로 바꾼다.",
        "현장에서는 일꾼들이 남은 자재를 정리하고 있었고, 아이들은 새로 심은 나무 주위를 뛰어다녔다.",
    ),
}
_TITLES = {
    "zh-Hans": "{place}的{thing}重新开放，居民等了{n}个月",
    "zh-Hant": "{place}的{thing}重新開放，居民等了{n}個月",
    "ja": "{place}の{thing}が{n}か月ぶりに再開",
    "ko": "{place} {thing}, {n}개월 만에 다시 문 열어",
}
LANGUAGES = tuple(_TITLES)


def text(language: str, seed: int) -> Text:
    """An article of four to fourteen paragraphs, the same for the same seed."""
    chance = random.Random(f"{language} {seed}")

    def filled(sentence: str) -> str:
        place, thing = chance.choice(_PLACES[language]), chance.choice(_THINGS[language])
        return sentence.format(place=place, thing=thing, n=chance.randint(2, 90))

    def paragraph() -> str:
        blank = " " if language == "ko" else ""
        return blank.join(filled(chance.choice(_SENTENCES[language])) for _ in range(chance.randint(1, 4)))

    return Text(language, filled(_TITLES[language]), tuple(paragraph() for _ in range(chance.randint(4, 14))))


def headline(language: str, chance: random.Random) -> str:
    """The title of another article."""
    place, thing = chance.choice(_PLACES[language]), chance.choice(_THINGS[language])
    return _TITLES[language].format(place=place, thing=thing, n=chance.randint(2, 90))


def remark(language: str, chance: random.Random) -> str:
    """A sentence that a reader might write."""
    return chance.choice(_SENTENCES[language]).format(
        place=chance.choice(_PLACES[language]), thing=chance.choice(_THINGS[language]), n=chance.randint(2, 90)
    )
