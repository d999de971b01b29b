"""The numbers of a title or a text, and what else counts in it: weekdays, months, "the second", "(下)", "up" or "down".

All of it of folded text. Two articles of a series have titles that differ in these alone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALES = {
    "万": 10**4, "亿": 10**8, "千": 10**3, "百": 10**2, "만": 10**4, "억": 10**8,
    "thousand": 10**3, "million": 10**6, "millionen": 10**6, "millions": 10**6, "millones": 10**6,
    "billion": 10**9, "milliarden": 10**9, "trillion": 10**12, "bn": 10**9, "bln": 10**9, "mln": 10**6, "mio": 10**6,
    "mrd": 10**9, "milliard": 10**9, "milliards": 10**9, "млн": 10**6, "млрд": 10**9,
}  # fmt: skip
_METRES = re.compile(r"m(?<=\dm)(?!\w)")  # or millions: of money
_MONEY = re.compile(r"(?:[$€£¥]|\b(?:eur|usd|gbp) )\d{1,9}(?:\.\d{1,9})?\Z")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")  # begins with what is sought: no place is looked at in vain
# Digits only, between which nothing may repeat without end: "1.5", "12:30"; and what they are multiplied by.
_DIGITS = rf"\d+(?:\.\d+)?(?: ?(?:{'|'.join(_SCALES)})(?![a-z]))?"
_NUMBER = re.compile(_DIGITS)
_HAN = "[零一二三四五六七八九十百千万亿〇两]"
# "二十一", "一百零三", "三千", "二〇二一年". A single sign, and "千万" or "十分", are in too many words.
_HAN_NUMBER = re.compile(
    rf"(?<!{_HAN})(?:[一二三四五六七八九两]{_HAN}*[十百千万亿]{_HAN}*|十[一二三四五六七八九]|[一二三四五六七八九〇零]{{4}}(?=年))(?!{_HAN})"
)
# The order of two numbers matters in a score.
_SCORE = re.compile(r"(?<![\d:/-])(\d{1,3}) ?[-–—:比] ?(\d{1,3})(?![\d:/-])")
# Which part of a series: "第三期", "(二)", "(上)", "part ii".
_COUNTED = re.compile(
    rf"第({_HAN}{{1,8}})|\(({_HAN}{{1,3}}|[上中下])[篇集部]?\)|之([一二三四五六七八九十上中下])(?!\w)"
)
_WORDS = {
    word: str(number)
    for number, words in enumerate((
        "one first erste erster erstes premier premiere primera первая",
        "two second zwei zweite zweiter zweites deux deuxieme dos segunda два вторая",
        "three third drei dritte dritter drittes trois troisieme tres tercera три третья",
        "four fourth vier vierte vierter viertes quatre quatrieme cuatro cuarta четыре четвертая",
        "five fifth funf funfte funfter funftes cinq cinco пять пятая",
        "six sixth sechs seis шесть", "seven seventh sieben siete семь", "eight eighth acht huit ocho восемь",
        "nine ninth neun neuf nueve девять", "ten tenth zehn dix diez десять", "eleven eleventh elf onze once",
        "twelve twelfth zwolf douze doce", "thirteen thirteenth",
        "fourteen fourteenth", "fifteen fifteenth", "sixteen sixteenth", "seventeen seventeenth",
        "eighteen eighteenth", "nineteen nineteenth", "twenty twentieth",
    ), 1)
    for word in words.split()
}  # fmt: skip
_ROMAN = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
    "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16", "xvii": "17", "xviii": "18",
    "xix": "19", "xx": "20",
}  # fmt: skip
_NAMED = re.compile(
    r"\b(?:part|chapter|day|week|episode|round|stage|lesson|teil|tag|woche|folge|kapitel|partie|parte|vol|volume|season"
    rf"|часть|глава|день) ({'|'.join(sorted((*_WORDS, *_ROMAN), key=len, reverse=True))})(?!\w)"
)
_MONTHS = {
    word: str(number)
    for number, words in enumerate((
        "january jan januar janvier enero января", "february feb februar fevrier febrero февраля",
        "march mar marz mars marzo марта", "april apr avril abril апреля", "may mai mayo мая",
        "june jun juni juin junio июня", "july jul juli juillet julio июля", "august aug aout agosto августа",
        "september sep sept septembre septiembre сентября", "october oct oktober okt octobre octubre октября",
        "november nov novembre noviembre ноября", "december dec dezember dez decembre diciembre декабря",
    ), 1)
    for word in words.split()
}  # fmt: skip
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?!\w)"
# "1 December", "December 1st", "十二月一日", "1.12.2024": whose day and month belong together. And "1 and 2 December",
# which is another date than either.
_AND = r"(?: ?(?:and|und|et|y|e|to|bis|и|до|和|与|至|到|、|&) ?|[-–—/])"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|\.)?"
_HAN_DAY = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(
    rf"(?<!\d)(?:{_DAY}{_AND})?(?<!\d){_DAY} (?:of |de )?({_MONTH})"
    rf"|(?<!\w)({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?!\w)(?:{_AND}(\d{{1,2}})(?!\w))?"
    rf"|(?<!\d)(\d{{1,2}}|[一二三四五六七八九十]{{1,2}}) ?月 ?{_HAN_DAY}(?:{_AND}{_HAN_DAY})? ?[日号]"
    rf"(?:{_AND}{_HAN_DAY} ?[日号])?"
)
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?=\d{4}(?!\d))")
# Other days in digits. "6.5." may be a figure at the end of a sentence, unless a word says that it is a day.
_IN_DIGITS = re.compile(
    r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)"
    r"|(?:(?<=\bam )|(?<=\bab )|(?<=\bvom )|(?<=\bzum )|(?<=\bbis ))(\d\d?)\.(\d\d?)\.(?!\d)"
)
# Of these one is as good as another.
_ALIKE = {
    word: words.split()[0]
    for words in (
        "monday mon", "tuesday tue", "wednesday wed", "thursday thu", "friday fri", "saturday sat", "sunday sun",
        "up rise rises higher gains", "down fall falls lower losses", "win wins", "lose loses", "1 a",
    )
    for word in words.split()
} | {word: f"month {number}" for word, number in _MONTHS.items()}  # fmt: skip
# What titles of a series differ in, beside numbers and months.
_TURNS = {
    "en": """monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
        morning afternoon evening night spring summer autumn winter north south east west northern southern eastern
        western rise rises fall falls higher lower up down wins loses win lose gains losses today tomorrow yesterday""",
    "de": """montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag morgen mittag abend nacht vormittag
        nachmittag heute gestern fruhling sommer herbst winter norden suden osten westen""",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche matin soir",
    "es": "lunes martes miercoles jueves viernes sabado domingo",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "ar": """الاول الاولى الثاني الثانية الثالث الثالثة الرابع الرابعة الخامس الخامسة الاحد الاثنين الثلاثاء الاربعاء
        الخميس الجمعة السبت""",
}
_SINGLE = {*_WORDS, *_ROMAN, *_MONTHS, *(word for words in _TURNS.values() for word in words.split())}
_EACH = re.compile(  # in one group: what is split by it stands between what is left
    rf"((?<!\w)[+−-]\d+(?:\.\d+)?(?=%)|{_DIGITS}|{_HAN}+|[月火水木金土日]曜|[월화수목금토일]요일|(?<=周)[日天]|(?<=星期|礼拜)[日天]"
    r"|[上中下前后甲乙丙丁春夏秋冬东西南北早晚朝夕昼夜昨今明涨跌升降胜败负赢输]|[상하](?=편|권)"
    rf"|(?<!\w)(?:{'|'.join(sorted(_SINGLE, key=len, reverse=True))})(?!\w)"
    r"|(?<![a-z])[ivx]{2,6}(?![a-z])|(?<!\w)[a-h](?!\w))"  # "xii" beside a wide letter; "group a"
)
# "6.6.31": three numbers at least, and neither a date nor 1.234.567, an address of a machine or a telephone number.
_VERSION = re.compile(
    r"(?<![\d.+])"
    r"(?!\d{1,3}(?:\.\d{3})+(?![\d.])"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)|\d+(?:\.\d+){4}"
    r"|\d{3,}(?:\.\d{3,}){2}"
    r"|(?:\d\d?\.\d\d?\.(?:19|20)\d\d|(?:19|20)\d\d\.\d\d?\.\d\d?|\d\d\.\d\d\.\d\d)(?!\d))"
    r"\d+(?:\.\d+){2,}"
)
_DAY_OR_VERSION = re.compile(r"\A(?:[1-9]|[12]\d|3[01])\.(?:[1-9]|[12]\d|3[01])\.(\d\d)\Z")
# The day at the top of a text.
_TOP = (
    r"\A\W{0,3}(?:\w{3}, )?"
    r"(\d\d?[./]\d\d?[./]\d{4}|\d{4}[-./]\d\d?[-./]\d\d?|\d\d? [^\W\d]{3,9} \d{4}|\d{4}年\d\d?月\d\d?日"
)
_AT_TOP = re.compile(rf"{_TOP}|[^\W\d]{{3,9}} \d\d?, \d{{4}})(?!\d)")
_BETWEEN = re.compile("[-./ ,年月日]+")
_DAYS = 2  # within which an article may be published again
# When an article was published; with "bis 18" or "-18:00" behind it is when something takes place.
_STAMP = re.compile(
    rf"{_TOP})[t ,–-]{{1,3}}\d\d?:\d\d(?::\d\d(?:\.\d{{1,6}})?)?z?(?: uhr)?(?!:\d| ?(?:uhr|bis|[-–—~至到] ?\d))"
)
# Around a date on which something was sent or put on a page.
_STAMPED = re.compile(
    r"(?:publi|updat|post|veroffentlich|aktualis|stand|actuali|aggiorna|опубликова|обновл|发布|发表|更新|公开)\w*\W*"
    r"(?:on|am|le|el|il|vom)? ?(?:\d{4}年)?\Z|\A\d{4}年\Z"
)
_SENT = re.compile(r",?(?: \d{4})? ?(?:[-–—|)\n电讯]|\((?!\w\)))")
_ON = re.compile(r"(?<!\w)(?:on|am|ab|vom|zum|bis|le|el|from|until)(?: \w{2,9}(?:day|tag|woch|di),?)? \Z")
_YEAR = re.compile(r",? \d{4}(?!\d)")
_OTHERS = re.compile(r"[\W_]+")
_PLACE = "\ue000"  # no letter of any text


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers and the like of a title. `numbers` in their order; `dates`: months with their days; `scores`: pairs
    of numbers; `shape`: the letters of the title with a place for each value, and `values` what stands there."""

    numbers: tuple[str, ...]
    dates: tuple[str, ...]
    scores: tuple[str, ...]
    shape: str
    values: tuple[str, ...]


@lru_cache(maxsize=1024)
def counted(title: str) -> Counted:
    """The numbers and the like of a folded title. It remembers: what many are like is compared with each that comes."""
    plain = _DOTTED.sub(_as_month_and_day, _plainly(title))
    parts = _EACH.split(plain)
    return Counted(
        numbers=(*numbers_of(plain), *_parts(plain)),
        dates=tuple(map(_date, _DATE.findall(plain))),
        scores=tuple(f"{_plain(one)}:{_plain(other)}" for one, other in _SCORE.findall(plain)),
        shape=_PLACE.join([_OTHERS.sub("", part) for part in parts[::2]]),
        values=tuple(map(_value, parts[1::2])),
    )


def numbers_of(folded: str) -> tuple[str, ...]:
    """The numbers in a folded text, each in one spelling: "1200" for "1,200", "3000000" for "三百万"."""
    plain = _plainly(folded)
    digits = map(_plain, _NUMBER.findall(plain))
    if plain.isascii():
        return tuple(digits)
    # Han numbers beside digits are their scale: "1200万".
    return (*digits, *map(_han, _HAN_NUMBER.findall(plain)))


def is_turn(word: str) -> bool:
    """True for a weekday, a month, a number in a word."""
    return word in _SINGLE


def months_of(folded: str) -> tuple[str, ...]:
    """The months of the dates in a folded text."""
    return tuple(f"month {_date(found).partition('-')[0]}" for found in _DATE.findall(folded))


def conflict(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """The count of numbers that each has and the other lacks."""
    if not a or not b:
        return 0
    return min(len(a), len(b)) - (Counter(a) & Counter(b)).total()


def days_of(folded: str) -> tuple[str, ...]:
    """The dates that a folded text tells of, without those that say when it was sent or published."""
    folded = _IN_DIGITS.sub(_as_date, _DOTTED.sub(_as_month_and_day, unstamped(folded)))
    found = _DATE.finditer(folded)
    return tuple(_date(each.groups("")) for each in found if not _is_stamp(folded, *each.span()))


def _is_stamp(folded: str, start: int, end: int) -> bool:
    before = folded[max(0, start - 30) : start]
    if _SENT.match(folded, end) and not _ON.search(before):  # "On 6 May (a holiday)" is no dateline
        return True
    return bool((start == 0 and _YEAR.match(folded, end)) or _STAMPED.search(before))


def unstamped(folded: str) -> str:
    """The text without the day and the hour of its publication, where it begins with them."""
    return _STAMP.sub("", folded)


def begin_on_other_days(a: str, b: str) -> bool:
    """True for two texts that each begin with a day, so far apart that they are those of two events."""
    one, other = _AT_TOP.match(a), _AT_TOP.match(b)
    if not one or not other or one[1] == other[1]:
        return False
    mine, theirs = _readings(one[1]), _readings(other[1])
    # In doubt they are two: months in other languages, and 05/06 beside 06/06.
    return not mine or not theirs or any(abs((one - other).days) > _DAYS for one, other in product(mine, theirs))


def _readings(day: str) -> list[date]:
    """The days that are meant by one at the top of a text: by 05/06/2024 two."""
    first, second, third = _BETWEEN.split(day)[:3]
    orders = [(first, second, third)] if len(first) == 4 and first.isdecimal() else [(third, second, first)]
    if "." not in day:
        orders.append((third, first, second))
    found = []
    for year, month, number in orders:
        try:
            found.append(date(int(year), int(_MONTHS.get(month, month)), int(number)))
        except ValueError:  # no such day
            continue
    return found


def versions_of(folded: str) -> tuple[str, ...]:
    """The versions of programs in a folded text. Of what may be a day, "6.5.24", the last part alone: a day that is put
    right keeps its year, and two releases are hardly both the 24th of their series."""
    return tuple(_DAY_OR_VERSION.sub(r"\1", each) for each in _VERSION.findall(folded))


def _plainly(folded: str) -> str:
    """The text with numbers without commas, and "million" for what "m" stands for behind money."""
    return _METRES.sub(_scale, _THOUSANDS.sub("", folded))


def _scale(found: re.Match[str]) -> str:
    return " million" if _MONEY.search(found.string, max(0, found.start() - 24), found.start()) else "m"


def _parts(title: str) -> tuple[str, ...]:
    signs = ("".join(found) for found in _COUNTED.findall(title))
    # Longer ones in Han are numbers wherever they stand.
    return (
        *(_han(sign) for sign in signs if not _HAN_NUMBER.fullmatch(sign)),
        *(_WORDS.get(word) or _ROMAN[word] for word in _NAMED.findall(title)),
    )


def _as_month_and_day(found: re.Match[str]) -> str:
    return f"{found[2]}月{found[1]}日 "


def _as_date(found: re.Match[str]) -> str:
    year, month, day, other_day, other_month = found.groups("")
    return f"{month or other_month}月{day or other_day}日 {year}"


def _date(found: tuple[str, ...]) -> str:
    """A date in one spelling: "12-1" for "December 1st", "12-1-2" for "1 and 2 December"."""
    first, last, month, other_month, *days, han_month, han_day, until, other_until = found
    month = month or other_month or han_month
    days = [day for day in (first, last, *days, han_day, until, other_until) if day]
    return "-".join((_MONTHS.get(month) or _value(month), *map(_value, days)))


def _value(found: str) -> str:
    """A value in one spelling: "two" and "二" are "2", "Dec" is "December"."""
    if found[0].isdecimal():
        return _plain(found)
    if all(sign in _HAN_DIGITS or sign in _HAN_POWERS for sign in found):
        return _han(found)
    return _WORDS.get(found) or _ROMAN.get(found) or _ALIKE.get(found) or found


def _plain(number: str) -> str:
    """A number in digits, and what it is multiplied by, in digits: "05" is "5", "1.2万" is "12000"."""
    if number.isdecimal():
        return number.lstrip("0") or "0"
    scale = next((sign for sign in _SCALES if number.endswith(sign)), "")
    whole, _dot, part = number.removesuffix(scale).strip().partition(".")
    if scale and len(whole) + len(part) <= 12:
        value, rest = divmod(int(whole + part) * _SCALES[scale], 10 ** len(part))
        if not rest:
            return str(value)
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}{scale}" if part else f"{whole}{scale}"


def _han(signs: str) -> str:
    """The digits of a number in Chinese; other signs as they are."""
    if any(sign not in _HAN_DIGITS and sign not in _HAN_POWERS for sign in signs):
        return signs
    if not any(sign in _HAN_POWERS for sign in signs):  # "二〇二一"
        return "".join(str(_HAN_DIGITS[sign]) for sign in signs).lstrip("0") or "0"
    if len(signs) > 16:  # no number that anybody has written
        return signs
    return str(_han_value(signs))


def _han_value(signs: str) -> int:
    """The number that digits with powers of ten in Chinese are."""
    total = section = digit = 0
    for sign in signs:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif (power := _HAN_POWERS[sign]) < 10**4:
            section += (digit or 1) * power
            digit = 0
        else:
            total = (total + section + digit or 1) * power if power == 10**8 else total + (section + digit or 1) * power
            section = digit = 0
    return total + section + digit
