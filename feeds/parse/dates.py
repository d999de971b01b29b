"""Dates as publishers write them, in every form that is found in the wild.

What a date leaves open is filled in like this:
- no zone: UTC; for dates written in Chinese UTC+8, in Japanese or Korean UTC+9, where nearly all of them are meant so;
- a zone by its place ("Europe/Brussels"), and ET, CT, MT, PT and AT, North America's: as the clocks went there;
- a zone name that several zones have: as RFC 822 has it (CST is UTC-6), in a Chinese date CST is UTC+8; IST is India's,
  BST Britain's; an unknown name is UTC;
- "3/4/2021" is month first, as in American English, unless the first number can't be a month, or a weekday beside it
  says that the day is (Drupal's "mar, 04/05/2021"); "3.4.2021" and "3-4-2021" are day first;
- two digits of a year below 70 are 20xx (RFC 2822 has 50 as the limit, of when there were no feeds); no time is
  midnight; a wrong weekday is not looked at otherwise.
Words like "today" or "2 hours ago" mean another date at each poll, so that they are none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

EARLIEST, LATEST = 1990, 2100  # years; outside them a date is a mistake
MAX_LENGTH = 150

RFC_822 = re.compile(
    r"(?:[A-Za-z]{3,9},? +)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]{0,6}\.?[ -](\d{4}|\d{2}) +"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)? *([A-Za-z]{1,5}|[+-]\d{4})?"
)
YEAR = re.compile(r"(?:19|20)\d{2}")  # as W3CDTF allows, and so Dublin Core
ISO_8601 = re.compile(
    r"(\d{4})-?(\d{2})(?:-?(\d{2}))?(?:(?:[Tt_]| *)(\d{2}):?(\d{2})(?::?(\d{2}|\d(?=$))(?:[.,:](\d+))?)?)? *"
    r"([Zz]|[+-]\d{2}(?::?\d{2}){0,2}|[A-Za-z]{2,5})?"
)
# "2004-july-13T9:15" and "2003-012-31": nearly ISO 8601.
NAMED_ISO = re.compile(r"(\d{4})-([^\W\d_]{3,15})-(\d{1,2})(?:T|(?!\w))")
PADDED_MONTH = re.compile(r"(\d{4}-)0(\d{2}-\d{2})(?!\d)")
SPACED_DATE = re.compile(r"(?<![\d:])(\d{1,2}) (\d{1,2}) (\d{4})(?![\d:])")
EPOCH = re.compile(r"(\d{9,10})(\d{3}|\d{6})?(?:\.\d+)?")
COMPACT = re.compile(r"(?:19|20)\d{6}(?:\d{4}|\d{6})?")  # 20211105, 202111051430, 20211105143000
EAST_ASIAN_MONTH = re.compile(r"(?<!\d)(\d{1,2}) ?[月월]")
CJK_DATE = re.compile(r"(民國|民国|令和|平成)? ?(\d{1,4}|元)[年년][ .]*(\d{1,2})[月월][ .]*(\d{1,2})(?:[日号號일])?")
NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,4})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{1,2})(?!\d)")
TIME = re.compile(
    r"(?<!\d)(\d{1,2}) ?(?:[:.] ?(?=\d\d)|(?:[h時时点點시]|Uhr) ?)"
    r"(\d{2}|\d(?=[分분]))?(?:[:.分분] ?(\d{1,2})(?!\d)(?:[.,]\d+)?)?"
    r"[分秒초]? ?(?:([AaPp])\.?[Mm]\b\.?)?"
)
AFTERNOON = re.compile(r"下午|晚上|傍晚|中午|午後|오후")
MORNING = re.compile(r"上午|凌晨|早上|午前|오전")
OFFSET = re.compile(r"(?:(?:GMT|UTC|UT|Z) ?)?([+-])(\d{1,2}):?(\d{2})?(?!\d)(?![-/.])", re.IGNORECASE)
REMARK = re.compile(r"\(([^()]*)\)")
ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "": 0}

ZONES = {  # minutes east of Greenwich
    **dict.fromkeys(["UT", "UTC", "GMT", "Z", "WET"], 0),
    **dict.fromkeys(["BST", "CET", "MEZ", "MET", "WEST", "WAT"], 60),
    **dict.fromkeys(["CEST", "MESZ", "MEST", "EET", "SAST", "CAT"], 120),
    **dict.fromkeys(["EEST", "MSK", "TRT", "EAT", "IDT"], 180),
    "NST": -210,
    "NDT": -150,
    "IRST": 210,
    "MSD": 240,
    "GST": 240,
    "PKT": 300,
    "YEKT": 300,
    "IST": 330,
    "NPT": 345,
    **dict.fromkeys(["WIB", "ICT"], 420),
    **dict.fromkeys(["HKT", "SGT", "PHT", "MYT", "AWST", "WITA"], 480),
    **dict.fromkeys(["JST", "KST"], 540),
    "ACST": 570,
    "AEST": 600,
    "ACDT": 630,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    **dict.fromkeys(["BRT", "ART", "ADT", "CLST", "UYT"], -180),
    **dict.fromkeys(["EDT", "AST", "CLT"], -240),
    **dict.fromkeys(["EST", "CDT", "COT", "PET"], -300),
    **dict.fromkeys(["CST", "MDT"], -360),
    **dict.fromkeys(["MST", "PDT"], -420),
    **dict.fromkeys(["PST", "AKDT"], -480),
    "AKST": -540,
    "HST": -600,
}
PLACES = {  # zones that name no offset
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Halifax",
}
PLACE = re.compile(r"(?<![\w/])[A-Z][A-Za-z]{1,20}(?:/[A-Z][A-Za-z_-]{1,30}){1,2}(?![\w/])")
POSIX_PLACE = re.compile(r"(?<![\w/])Etc/GMT[+-]\d{1,2}(?!\w)")  # whose sign is the other way round
ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A line per month: English, German, Dutch, Scandinavian, French, Spanish, Portuguese, Italian, Romanian, Polish, Czech,
# Hungarian, Finnish, Turkish, Indonesian, Russian, Ukrainian, Greek, Arabic, Chinese.
# Shorter forms are found by their start.
MONTHS = """
january jan januar jänner januari janvier enero janeiro gennaio ianuarie styczeń stycznia leden ledna tammikuu ocak января січень січня ιανουάριος ιανουαρίου يناير январь 一月
february feb februar februari février fevrier fév febrero fevereiro febbraio februarie luty lutego únor února helmikuu şubat февраля лютий лютого φεβρουάριος φεβρουαρίου فبراير февраль 二月
march märz mrz maart mrt mars marzo março martie marzec marca březen března március maaliskuu mart maret марта березень березня μάρτιος μαρτίου مارس mar март 三月
april apr avril abril aprile aprilie kwiecień kwietnia duben dubna április huhtikuu nisan апреля квітень квітня απρίλιος απριλίου أبريل ابريل апрель 四月
may mai mei maj mayo maio maggio maja květen května május toukokuu mayıs май мая травень травня μάιος μαΐου مايو 五月
june jun juni juin junio junho giugno iunie czerwiec czerwca červen června június kesäkuu haziran июня червень червня ιούνιος ιουνίου يونيو июнь 六月
july jul juli juillet julio julho luglio iulie lipiec lipca červenec července július heinäkuu temmuz июля липень липня ιούλιος ιουλίου يوليو июль 七月
august aug augustus augusti août agosto ago sierpień sierpnia srpen srpna augusztus elokuu ağustos agustus agt августа серпень серпня αύγουστος αυγούστου أغسطس اغسطس август 八月
september sep sept septembre septiembre setiembre setembro set settembre septembrie wrzesień września září szeptember syyskuu eylül сентября вересень вересня σεπτέμβριος σεπτεμβρίου سبتمبر сентябрь 九月
october oct oktober octobre octubre outubro ottobre octombrie październik października říjen října október lokakuu ekim октября жовтень жовтня οκτώβριος οκτωβρίου أكتوبر اكتوبر октябрь 十月
november nov novembre noviembre novembro noiembrie listopad listopada listopadu marraskuu kasım nopember ноября листопад листопада νοέμβριος νοεμβρίου نوفمبر ноябрь 十一月
december dec dezember décembre diciembre dezembro dicembre decembrie grudzień grudnia prosinec prosince joulukuu aralık desember декабря грудень грудня δεκέμβριος δεκεμβρίου ديسمبر декабрь 十二月
"""  # noqa: E501 - one line per month

# The same for weekdays.
WEEKDAYS = """
monday montag maandag mandag måndag lundi lunes lunedì segunda luni poniedziałek pondělí hétfő maanantai pazartesi senin понедельник понеділок пн δευτέρα
tuesday dienstag dinsdag tirsdag tisdag mardi martes martedì terça marți wtorek úterý kedd tiistai salı selasa вторник вівторок вт τρίτη
wednesday mittwoch woensdag onsdag mercredi miércoles mercoledì quarta miercuri środa středa szerda keskiviikko çarşamba rabu среда середа ср τετάρτη
thursday donnerstag donderdag torsdag jeudi jueves giovedì quinta joi czwartek čtvrtek csütörtök torstai perşembe kamis четверг четвер чт πέμπτη
friday freitag vrijdag fredag vendredi viernes venerdì sexta vineri piątek pátek péntek perjantai cuma jumat пятница пт παρασκευή
saturday samstag zaterdag lørdag lördag samedi sábado sabato sâmbătă sobota szombat lauantai cumartesi sabtu суббота субота сб σάββατο
sunday sonntag zondag søndag söndag dimanche domingo domenica duminică niedziela neděle vasárnap sunnuntai pazar minggu воскресенье неділя вс κυριακή
"""  # noqa: E501 - one line per weekday


def parse_date(value: object) -> datetime | None:
    """The moment that `value` names, in UTC; None where it names none between 1990 and 2100. Never raises.

    Numbers are seconds since 1970, or milli- or microseconds where they are that large. A moment in the future is
    returned as it is: whoever stores it decides.
    """
    if value == "" or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        text = str(value)[: 2 * MAX_LENGTH].strip()[:MAX_LENGTH]
        found = _standard(text) or _unusual(_plain(text))
    except (ValueError, OverflowError):  # the 31st of February, 25 o'clock, an endless number
        return None
    return found if found and EARLIEST <= found.year <= LATEST else None


def _standard(text: str) -> datetime | None:
    """The forms that the formats ask for: RFC 822 and 2822 (RSS), RFC 3339 and ISO 8601 (Atom, Dublin Core)."""
    if found := RFC_822.fullmatch(text):
        day, month, year, hour, minute, second, zone = found.groups()
        if month.lower() in ENGLISH and _is_known_zone(zone):
            number = ENGLISH.index(month.lower()) + 1
            return _moment((_year(year), number, int(day)), (hour, minute, second), _zone(zone or ""))
    return _iso(text) if text[:4].isdecimal() and text.isascii() else None


def _iso(text: str) -> datetime | None:
    if YEAR.fullmatch(text):
        return datetime(int(text), 1, 1, tzinfo=UTC)
    found = ISO_8601.fullmatch(text)
    if not found or (text.isdecimal() and not COMPACT.fullmatch(text)):
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    moment = _moment((int(year), int(month), int(day or 1)), (hour, minute, second), _zone(zone or ""))
    return moment + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))) if fraction else moment


def _plain(text: str) -> str:
    """Full-width and other digits as ASCII, one space between words, no remarks in brackets but a zone."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)
    return " ".join(REMARK.sub(_zone_in_remark, text.replace("−", "-")).split())


def _zone_in_remark(remark: re.Match[str]) -> str:
    said = remark[1].strip()
    is_zone = OFFSET.fullmatch(said) or said.upper() in ZONES or said in PLACES or PLACE.fullmatch(said)
    return f" {said} " if is_zone else " "


def _unusual(text: str) -> datetime | None:
    if found := EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]), UTC)
    if found_by_standard := _standard(text):  # now that its digits are ASCII
        return found_by_standard
    text = NAMED_ISO.sub(r"\3 \2 \1 ", PADDED_MONTH.sub(r"\1\2", text))
    for find_date in (_cjk_date, _numeric_date, _named_date, _spaced_date):
        if dated := find_date(text):
            date, rest, local_zone = dated
            return _with_time(date, rest, local_zone)
    return None


Zone = int | ZoneInfo  # minutes east of Greenwich, or a place
Dated = tuple[tuple[int, int, int], str, int]  # year, month, day; the text around; the zone where none is given


def _cjk_date(text: str) -> Dated | None:
    found = CJK_DATE.search(text)
    if not found:
        return None
    era, year, month, day = found.groups("")
    number = ERAS[era] + (1 if year == "元" else int(year))
    is_chinese = not re.search(r"[년월\u3040-\u30ff曜]|午前|午後|令和|平成|\d時", text)
    date = number + 2000 if number < 100 else number, int(month), int(day)
    return date, f"{text[: found.start()]} {text[found.end() :]}", 480 if is_chinese else 540


def _numeric_date(text: str) -> Dated | None:
    for found in NUMERIC_DATE.finditer(text):
        if date := _by_weekday(_date_of_numbers(*found.groups()), found, text):
            local = 540 if re.search("[가-힣]", text) else 480 if re.search("[上下]午|星期|周", text) else 0
            return date, f"{text[: found.start()]} {text[found.end() :]}", local
    return None


def _by_weekday(date: tuple[int, int, int] | None, found: re.Match[str], text: str) -> tuple[int, int, int] | None:
    """`date` with the day first where only that falls on the weekday that `text` names."""
    if not date or found[2] != "/" or len(found[1]) == 4 or date[2] > 12 or date[1] == date[2]:
        return date
    year, month, day = date
    named = {weekday for word in re.findall(r"[^\W\d_]{2,}", text) if (weekday := _number(word, WEEKDAYS))}
    is_swapped = {datetime(year, day, month, tzinfo=UTC).isoweekday()} == named
    return (year, day, month) if is_swapped else date


def _date_of_numbers(first: str, separator: str, second: str, last: str) -> tuple[int, int, int] | None:
    """Year, month, day; None of what is a time, as 14.30.15."""
    if len(first) == 4:
        return int(first), int(second), int(last)
    day, month = int(first), int(second)
    if month > 12 or (separator == "/" and day <= 12):
        day, month = month, day
    return (_year(last), month, day) if len(first) < 3 and 1 <= month <= 12 and 1 <= day <= 31 else None


def _named_date(text: str) -> Dated | None:
    """Day, month by name, year, in whatever order. Of two such words the last counts: "mar. 5 nov." is a Tuesday."""
    text = EAST_ASIAN_MONTH.sub(_english_month, text)
    names = [found for found in re.finditer(r"[^\W\d_]+", text) if month_number(found[0])]
    if not names:
        return None
    found = names[-1]
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    year, day = _year_and_day(rest)
    if not year:
        return None
    month = month_number(found[0])
    if not day:  # a month's start, as in ISO 8601
        return (_year(year), month, 1), rest.replace(year, " ", 1), 0
    for number in (year, day):
        rest = re.sub(rf"(?<![\d:+-]){number}(?![\d:])", " ", rest, count=1)
    return (_year(year), month, int(day)), rest, 0


def _year_and_day(text: str) -> tuple[str, str]:
    """The digits of either beside a month's name; empty where there are none."""
    without_time = OFFSET.sub(" ", TIME.sub(" ", text)) if ":" in text else text
    numbers = [number for number in re.findall(r"\d+", without_time) if len(number) in {1, 2, 4}]
    years = [number for number in numbers if len(number) == 4] or numbers[1:2]
    days = [number for number in numbers if len(number) < 4]
    return next(iter(years), ""), next(iter(days), "")


def _spaced_date(text: str) -> Dated | None:
    """Day, month, year in numbers with spaces between; the month first where it can't be otherwise."""
    found = SPACED_DATE.search(text)
    if not found:
        return None
    day, month, year = map(int, found.groups())
    day, month = (month, day) if month > 12 else (day, month)
    return (year, month, day), f"{text[: found.start()]} {text[found.end() :]}", 0


def _english_month(match: re.Match[str]) -> str:
    number = int(match[1])
    return f" {ENGLISH[number - 1]} " if 1 <= number <= 12 else match[0]


def _with_time(date: tuple[int, int, int], rest: str, local_zone: int) -> datetime:
    """The moment on `date` at the time and in the zone that `rest` tells of."""
    found = TIME.search(rest)
    if not found:
        return _moment(date, (None, None, None), local_zone)
    hour, minute, second, half = found.groups()
    is_afternoon = half in {"p", "P"} if half else bool(AFTERNOON.search(rest))
    is_morning = half in {"a", "A"} if half else bool(MORNING.search(rest))
    if is_afternoon and int(hour) < 12:
        hour = str(int(hour) + 12)
    elif is_morning and int(hour) == 12:
        hour = "0"
    return _moment(date, (hour, minute, second), _named_zone(rest[found.end() :], local_zone))


def _named_zone(text: str, local_zone: int) -> Zone:
    """The zone that stands after a time; `local_zone` where none does."""
    if offset := OFFSET.search(POSIX_PLACE.sub("", text)):
        return _zone(offset[0])
    if place := _place(text):
        return place
    name = next((name for name in re.findall(r"[A-Z]{1,5}\b", text.upper()) if name in ZONES), "")
    return local_zone if not name or (name == "CST" and local_zone == 480) else ZONES[name]


def _place(text: str) -> ZoneInfo | None:
    """The zone that is named by a place; None where none is."""
    for name in (*POSIX_PLACE.findall(text), *PLACE.findall(text)):
        if name in _places():
            return ZoneInfo(name)
    found = next((word for word in re.findall(r"(?<![A-Za-z])[A-Z]T(?![A-Za-z])", text) if word in PLACES), "")
    return ZoneInfo(PLACES[found]) if found else None


@cache
def _places() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_known_zone(name: str | None) -> bool:
    return not name or name[0] in "+-" or name.upper() in ZONES


def _zone(text: str) -> int:
    """Minutes east of Greenwich of "+0800", "GMT+8", "-05:30", "EST"; 0 of what is unknown."""
    if found := OFFSET.search(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return -minutes if found[1] == "-" else minutes
    return ZONES.get(text.strip().upper(), 0)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 70 else 1900)


def _moment(date: tuple[int, int, int], time: tuple[str | None, str | None, str | None], zone: Zone) -> datetime:
    hour, minute, second = (int(part or 0) for part in time)
    # 24:00 ends a day (ISO 8601), and second 60 is a leap second.
    moment = datetime(*date, 0 if hour == 24 else hour, minute, min(second, 59), tzinfo=UTC)
    moment += timedelta(days=hour == 24)
    if isinstance(zone, ZoneInfo):
        return moment.replace(tzinfo=zone).astimezone(UTC)
    return moment - timedelta(minutes=zone)


@lru_cache(maxsize=500)
def month_number(word: str) -> int:
    """1 to 12 for a month's name or the start of it, in any of the languages; 0 for another word."""
    return _number(word, MONTHS, shortest=3)


def _number(word: str, lines: str, *, shortest: int = 2) -> int:
    """The line, from 1 on, that has `word` or, alone, a name that begins with it; 0 where none has."""
    folded = _folded(word)
    names = _names(lines)
    if folded in names or len(folded) < shortest:
        return names.get(folded, 0)
    found = {number for name, number in names.items() if name.startswith(folded)}
    return found.pop() if len(found) == 1 else 0


@cache
def _names(lines: str) -> dict[str, int]:
    numbered = enumerate(lines.strip().splitlines(), start=1)
    return {_folded(name): number for number, names in numbered for name in names.split()}


def _folded(word: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
