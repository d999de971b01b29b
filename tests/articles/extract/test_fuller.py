"""What may stand in the place of what a feed gave: never less than that."""

from __future__ import annotations

import random

import pytest

from articles.extract.fuller import is_fuller
from tests.articles.folding.stories import article, paragraph, traditional, words
from tests.effort import within

LANGUAGES = ("en", "zh")
ENGLISH = (
    "The harbour was closed to large ships on Tuesday, after divers had found a fault in the northern lock.",
    "“Nobody would promise it for the night,” said Ann Holt, who has run the port’s workshop for eleven years.",
    "Three freighters wait outside, among them one with grain, which must not stand in the sun for a week.",
    "A ferry goes to the islands all the same, twice a day, from the old pier beside the fish market.",
    "Fishermen remember the winter of 1987, when the same lock was shut and the shops of the town were empty.",
    "The ministry has sent two engineers from the capital, and the gate is to be lifted out before Sunday.",
    "What it will cost is not known yet; the last repair took four months and was paid for by three towns.",
    "Until then the pilots bring small boats through the southern channel, which is deep enough at high water.",
    "The mayor asked the crews for patience on the quay of the harbour, and closed the bridge to cars for a day.",
)
CHINESE = (
    "港务局周二宣布，北闸门的铰链在例行检查中发现裂纹，所有大型船舶即日起暂停进港。",
    "“今晚谁也不敢保证闸门能安全开启。”在船厂工作了十一年的安·霍尔特说。",
    "三艘货轮正在港外锚地等候，其中一艘满载粮食，在烈日下最多只能停留一个星期。",
    "往返各岛的渡轮不受影响，每天两班，改从鱼市旁的旧码头出发，票价也没有变化。",
    "渔民们还记得一九八七年的冬天，同一座闸门关闭了十一天，镇上的商店几乎空无一物。",
    "交通部已经从首都派出两名工程师，计划在星期日之前把闸门整体吊出水面进行修理。",
    "维修费用目前尚不清楚；上一次大修历时四个月，由沿岸三个城镇共同承担全部开支。",
    "在此期间，领航员将引导小型船只从南侧航道通过，那里在涨潮时的水深足够安全航行。",
    "市长在码头上请船员们耐心等待，并宣布港口大桥将对汽车封闭一天以便运送设备。",
)
TITLES = {"en": "Harbour lock closed after divers had found a fault", "zh": "港口闸门发现裂纹 大型船舶暂停进港"}
TEXTS = {"en": ENGLISH, "zh": CHINESE}
ABSTRACTS = {
    "en": "A broken hinge keeps cargo from the town while officials argue about who is to pay for mending it.",
    "zh": "一道小小的裂缝，让这座百年老港陷入停摆，也让人们重新讨论老旧设施由谁出钱维护的问题。",
    "ja": "小さな亀裂が百年の歴史をもつ港を止めた。老朽化した設備を誰が負担して守るのか、議論が再び始まっている。",
    "ko": "작은 균열 하나가 백 년 된 항구를 멈춰 세웠다. 낡은 시설을 누가 돈을 내어 지킬 것인지 논쟁이 다시 시작됐다.",
}


def whole(language: str) -> str:
    return "\n".join(TEXTS[language])


def beginning(language: str, sentences: int = 3) -> str:
    return "\n".join(TEXTS[language][:sentences])


# --- taken ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "ending",
    ["", "…", " […]", "[...]", " Read more", "… Continue reading {title} →", "\nThe post {title} appeared first on Port.",
     "……阅读全文", "\n本文首发于港口日报，转载请注明出处。", "\nhttps://port.example/1?utm_source=feed"],
)  # fmt: skip
def test_an_article_takes_the_place_of_its_beginning(language: str, ending: str) -> None:
    title, text = TITLES[language], beginning(language)
    for cut in (len(text), len(text) - 5, len(text) // 2, 60):
        assert is_fuller(title, text[:cut] + ending.format(title=title), whole(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_of_a_beginning_may_be_run_together(language: str) -> None:
    """As WordPress makes an excerpt."""
    excerpt = (" " if language == "en" else "").join(TEXTS[language][:4])
    assert is_fuller(TITLES[language], excerpt[:-9] + " [&hellip;]", whole(language))


def test_other_quotation_marks_another_word_and_the_other_script_are_the_same_text() -> None:
    straight = beginning("en").replace("“", '"').replace("”", '"').replace("’", "'")
    assert is_fuller(TITLES["en"], straight.replace("a fault", "faults"), whole("en"))
    assert is_fuller(TITLES["zh"], traditional().convert(beginning("zh")), whole("zh"))


@pytest.mark.parametrize("line", ["By Ann Holt, 3 March 2026", "(Reuters)", "本报记者 王小明", TITLES["en"]])
def test_a_byline_and_the_title_need_not_stand_in_the_page(line: str) -> None:
    assert is_fuller(TITLES["en"], f"{line}\n{beginning('en')}", whole("en"))


@pytest.mark.parametrize("language", ABSTRACTS)
def test_an_abstract_of_an_editor_s_own_gives_way_to_the_article(language: str) -> None:
    """It stands beside the article, as what the feed gave."""
    text = "zh" if language != "en" else "en"
    assert is_fuller(TITLES[text], ABSTRACTS[language], whole(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_does_one_with_the_beginning_where_the_page_says_that_it_is_one(language: str) -> None:
    """What the page itself calls its description: a standfirst, or an abstract of two paragraphs."""
    abstract = ABSTRACTS[language]
    of_feed = f"{abstract}\n{TEXTS[language][0]}"
    assert is_fuller(TITLES[language], of_feed, whole(language), described=abstract)
    assert not is_fuller(TITLES[language], of_feed, whole(language))
    both = f"{abstract}\n{ABSTRACTS['ja']}"
    assert is_fuller(TITLES[language], both, whole(language), described=both.replace("\n", " "))
    assert not is_fuller(TITLES[language], both, whole(language))


def test_nothing_gives_way_to_anything() -> None:
    assert is_fuller("", "", whole("en"))
    assert is_fuller(TITLES["en"], TITLES["en"], whole("en"))


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lost", range(4))
@pytest.mark.parametrize("join", ["\n", " "])
def test_a_page_that_lacks_a_sentence_does_not(language: str, lost: int, join: str) -> None:
    texts = TEXTS[language]
    page = "\n".join(text for number, text in enumerate(texts) if number != lost)
    more = "\n".join(reversed(TEXTS["zh" if language == "en" else "en"])) * 2
    assert not is_fuller(TITLES[language], join.join(texts[:4]), f"{TITLES[language]}\n{page}\n{more}")


OTHER_STOPS = {
    "hi": (
        "यह पहला वाक्य गाँव के पुराने पुल और उसकी मरम्मत के बारे में है।", "दूसरे वाक्य में नदी की बाढ़ और उसके असर का वर्णन किया गया है।",
        "मंत्री ने राजधानी से दो इंजीनियर भेजने की घोषणा मंगलवार को की।", "बाजार के दुकानदारों ने कहा कि सर्दी भर दुकानें खाली रहती थीं।",
        "महापौर ने नागरिकों से धैर्य रखने और दूसरे रास्ते से जाने को कहा।",
    ),
    "th": (
        "สะพานเก่าแก่ของหมู่บ้านถูกน้ำท่วมพัดพังเมื่อคืนวันอังคารหลังฝนตกหนัก ", "ชาวบ้านกว่าสองร้อยคนต้องอพยพไปพักที่โรงเรียนในตัวเมือง ",
        "ผู้ว่าราชการจังหวัดสั่งให้ส่งเรือและอาหารไปช่วยเหลือทันที ", "วิศวกรจะตรวจสอบโครงสร้างของสะพานในสัปดาห์หน้า ",
        "นักเรียนหยุดเรียนจนถึงวันจันทร์หน้าตามประกาศของกระทรวง",
    ),
    "none": tuple(f"{sentence[:-1].lower()} " for sentence in ENGLISH),
}  # fmt: skip


@pytest.mark.parametrize("language", OTHER_STOPS)
def test_nor_where_sentences_end_with_other_signs_or_none(language: str) -> None:
    sentences = OTHER_STOPS[language]
    given = "".join(sentences)
    more = f"\n{whole('zh')}"
    assert is_fuller(given[:40], given, given + more)
    for lost in sentences:
        assert not is_fuller(given[:40], given, given.replace(lost, "") + more)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(40))
def test_no_text_is_replaced_by_less(language: str, seed: int) -> None:
    """Pages of which the article lacks a paragraph of what the feed gave, all of it or a part."""
    chance = random.Random(f"{language} {seed}")
    title, text = article(chance, language)
    paragraphs = text.split("\n")
    given = paragraphs[: chance.randint(1, len(paragraphs))]
    lost = chance.choice(given)
    others = [paragraph(chance, language) for _ in range(12)]
    page = "\n".join([title, *(each for each in paragraphs if each != lost), *others])
    if len(given) > 1:
        assert not is_fuller(title, "\n".join(given), page)
    assert is_fuller(title, "\n".join(given), f"{page}\n{lost}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_beginning_does_not_take_the_place_of_more(language: str) -> None:
    title = TITLES[language]
    assert not is_fuller(title, whole(language), beginning(language))
    assert not is_fuller(title, whole(language), whole(language))
    assert not is_fuller(title, whole(language), "")
    assert not is_fuller(title, beginning(language), beginning(language)[:-60] + " Subscribe to read all of it. " * 5)


def test_another_page_does_not() -> None:
    chance = random.Random(1)
    title, text = article(chance, "en")
    other = article(chance, "en")[1] * 3
    assert not is_fuller(title, text[:300], other)
    assert not is_fuller(title, ABSTRACTS["en"], other)
    assert not is_fuller(TITLES["en"], ABSTRACTS["en"], "A page of few words. " * 20 + TITLES["en"])


def test_remarks_on_another_s_article_do_not_give_way_to_it() -> None:
    remarks = f"{ABSTRACTS['en']}\nI have lived in that town, and nobody there would have been astonished by any of it."
    assert not is_fuller(TITLES["en"], remarks, whole("en"))
    assert not is_fuller("", ABSTRACTS["en"], whole("en"))


def test_a_book_takes_a_moment() -> None:
    """A sentence is not searched for in all of a text."""
    given = "".join(f"{'a' * 190}{number}b{'a' * 190}.\n" for number in range(2000))
    with within(5):
        assert not is_fuller("", given, f"{'a' * 400}.\n" * 4000)


def test_a_list_is_not_lost() -> None:
    steps = [words(random.Random(number), "en", 4) for number in range(6)]
    given = "\n".join([*ENGLISH[:3], *steps])
    assert not is_fuller(TITLES["en"], given, whole("en"))
    assert is_fuller(TITLES["en"], given, whole("en") + "\n" + "\n".join(steps))
