"""Walls that a page shows in place of its article, or after its beginning: a paywall, a question about cookies."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.extract.measure import Measures, measured
from articles.extract.page import line, read, remove_unseen
from articles.extract.structured_data import Thing, meta, things

_SHORT = 3000  # characters of an article that may be a beginning only
_LITTLE = 1500  # of a page that only asks
_LONGEST_CALL = 400  # characters of a block that asks to pay
_CONSENT_HOST = re.compile(r"consent|guce|privacy-mgmt|cmp")
_PAY = re.compile(
    r"subscribe (?:now )?to (?:continue|keep|read|unlock)"
    r"|(?:continue|keep) reading (?:with|for|this (?:article|story) with)"
    r"|(?:this|the) (?:article|story|content) is (?:only |exclusively )?(?:for|available to"
    r"|reserved for) (?:\w{1,20} )?(?:subscribers|members)"
    r"|(?:subscribers?|members?)[- ]only|to (?:read|continue).{0,40}(?:subscribe|become a (?:member|subscriber))"
    r"|already a (?:subscriber|member)\?"
    r"|you(?: ha|['’])ve (?:reached|read|used) (?:your|all|the) .{0,40}(?:free|limit)"
    r"|nur für abonnenten|mit .{0,20}abo weiterlesen|réservé (?:à nos|aux) abonnés"
    r"|exclusivo para suscriptores|exclusivo para assinantes"
    r"|riservato agli abbonati|付费(?:阅读|后|内容|文章)|付費(?:閱讀|後|內容|文章)"
    r"|(?:订阅|訂閱|购买|購買|开通|開通|成为|成為|加入)(?:会员|會員|VIP)?.{0,10}(?:阅读|閱讀|查看|解锁"
    r"|解鎖)(?:全文|更多)?"
    r"|(?:会员|會員|訂戶|订户)(?:专享|專享|限定|專屬|专属|才能)|剩余.{0,10}未读|有料(?:会員|記事|プラン)"
    r"|会員(?:限定|登録すると)|続きを(?:読む|お読みいただく)には|残り.{0,10}文字"
    r"|유료 ?(?:회원|기사|구독)|구독(?:자|회원) ?전용|(?:로그인|구독) ?(?:후|하시면|하면).{0,20}(?:전문|계속|이어)",
    re.I,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|accept (?:all )?cookies"
    r"|(?:we|and our partners) use cookies|cookie (?:settings|consent|policy)"
    r"|manage (?:your )?(?:privacy|cookie)|wir (?:verwenden|nutzen) cookies|mit werbung.{0,30}lesen"
    r"|nous utilisons des cookies|utilizamos cookies"
    r"|接受(?:所有|全部)?.{0,3}cookies?|使用.{0,3}cookies?|cookie.{0,10}(?:同意|設定|设置|동의)",
    re.I,
)


class Wall(Enum):
    """The kind of wall that stands before an article."""

    PAYWALL = "paywall"
    CONSENT = "consent"


def wall(html: str, url: str, article: str) -> Wall | None:
    """The wall before the article of the page `html`, fetched from `url`, of which `article` is the HTML that was
    found; None where there is none."""
    root = read(html)
    if root is None:
        return None
    found = read(article)
    return wall_of(root, url, measured(found.iter())[found].size if found is not None else 0)


def wall_of(root: HtmlElement, url: str, size: int) -> Wall | None:
    """The same, of a page's tree as it was read, whose article has `size` characters. Takes away from the tree what is
    not seen."""
    is_said = any(_is_paid(thing) for thing in things(root))
    is_locked = meta(root).get("article:content_tier", "").lower() == "locked"
    remove_unseen(root)
    measures = measured(root.iter())
    whole = measures[root].size
    if size < _LITTLE and _is_consent(root, url, whole):
        return Wall.CONSENT
    if is_said or is_locked:
        return Wall.PAYWALL
    return Wall.PAYWALL if size <= _SHORT and _asks_to_pay(root, measures) else None


def _asks_to_pay(root: HtmlElement, measures: Measures) -> bool:
    blocks = root.iter("p", "div", "h2", "h3", "h4", "span", "a")
    return any(_PAY.search(line(each)) for each in blocks if 0 < measures[each].size <= _LONGEST_CALL)


def _is_paid(thing: Thing) -> bool:
    value = thing.get("isAccessibleForFree")
    return value is False or (isinstance(value, str) and value.rpartition("/")[2].lower() in ("false", "no"))


def _is_consent(root: HtmlElement, url: str, whole: int) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if _CONSENT_HOST.search(host.partition(".")[0]):
        return True
    return whole < 2 * _LITTLE and len(_CONSENT.findall(line(root)[: 4 * _LITTLE])) > 1
