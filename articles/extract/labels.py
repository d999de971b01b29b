"""The labels that publishers write above and below what is not the article: "Read also", "Comments", "Follow us"."""

from __future__ import annotations

import re

LONGEST = 60  # characters of a label
LONGEST_OF_COMMENTS = 240  # of one with a title
LONGEST_REPLY = 24  # characters of what one clicks to answer, a wide one for two

_END = r"[\s:：›»>▼▾…\-–|!！】」\])]*"
_RELATED = re.compile(
    r"[\s【「\[(#▶◆■●★]*(?:"
    # English
    r"related(?: (?:articles?|stor(?:y|ies)|news|content|topics?|coverage|links?|posts?|reading|videos?"
    r"|to this story))?"
    r"|(?:read|see|learn) (?:more|also|next)(?: (?:on|about|from|in) .{1,40})?"
    r"|also (?:read|see|on .{1,40})|more(?: (?:from|on|in|about) .{1,40}"
    r"|(?: related)?(?: top)? (?:stories|news|articles|coverage|headlines))?"
    r"|recommended(?: (?:for you|stories|articles|reading|videos?))?"
    r"|you (?:may|might) (?:also )?(?:like|be interested in|enjoy)|(?:do not|don['’]t) miss.{0,30}"
    r"|most (?:read|popular|viewed|shared|commented)(?: .{1,20})?"
    r"|trending(?: .{1,20})?|popular (?:now|posts|stories|articles|news|on .{1,30})|what to read next"
    r"|editors?['’]?s? (?:picks?|choice)"
    r"|(?:latest|top|other|breaking) (?:news|stories|articles|headlines|videos?)|up next|must[- ]reads?"
    r"|in case you missed it|icymi"
    r"|sponsored(?: (?:content|links|stories))?|promoted(?: .{1,20})?|(?:from )?around the web"
    r"|from the web|keep reading|next article|previous article"
    # German, French, Spanish, Portuguese, Italian, Dutch
    r"|(?:lesen sie|lies) (?:auch|mehr|hier).{0,30}|mehr (?:zum thema|dazu|aus .{1,30})|auch interessant"
    r"|das könnte (?:sie|dich|ihnen|dir) auch .{1,20}"
    r"|(?:à )?lire (?:aussi|également)|sur le même (?:sujet|thème)|vous aimerez aussi|à voir aussi|les plus lus"
    r"|(?:lea|lee|ver|mira|vea|leer) (?:también|más)|(?:le|te) puede interesar"
    r"|(?:noticias |artículos |contenido )?relacionad[oa]s?|lo más (?:leído|visto)"
    r"|(?:leia|veja|saiba|confira) (?:também|mais)|(?:notícias|matérias) relacionadas|mais lidas"
    r"|leggi anche|potrebbe interessart?i anche|(?:notizie|articoli) correlat[ei]|lees (?:ook|meer)|meer over .{1,30}"
    # Russian, Polish, Czech, Turkish, Indonesian
    r"|(?:читайте|смотрите) также|(?:материалы )?по теме|(?:czytaj|zobacz) (?:też|także|również)"
    r"|(?:čtěte|přečtěte si) (?:také|více)|mohlo by vás zajímat"
    r"|ilgili haberler|baca juga|berita terkait|artikel terkait"
    # Chinese
    r"|(?:相关|相關|延伸|推荐|推薦|更多|热门|熱門|精彩|最新|热点|熱點|编辑|編輯|今日|为你|為你|网友|網友"
    r"|其他|本周|本週|24小时|24小時)"
    r"(?:阅读|閱讀|新闻|新聞|报道|報道|報導|文章|推荐|推薦|链接|連結|内容|內容|专题|專題|资讯|資訊|消息"
    r"|精选|精選|排行|标签|標籤|话题|話題|图片|视频|影片|排行榜|焦点|焦點|热榜){1,2}"
    r"|(?:猜)?你(?:可能|或许|也许)?(?:还|還|也|會|会)?(?:喜欢|喜歡|感兴趣|感興趣)(?:的.{0,6})?"
    r"|大家(?:都)?(?:在|还在)看|看更多|查看更多|人气(?:榜|排行)|点击排行|上一[篇页頁].{0,50}"
    r"|下一[篇页頁].{0,50}"
    # Japanese
    r"|関連(?:する)?(?:記事|ニュース|リンク|キーワード|タグ|トピックス?|特集|情報|動画"
    r"|サイト)?(?:はこちら|一覧)?"
    r"|(?:あわ|合わ)せて(?:読みたい|読む|読まれている記事)"
    r"|(?:編集部の?)?おすすめ(?:の?(?:記事|ニュース|情報|コンテンツ))?"
    r"|人気(?:の?記事|ランキング|ニュース|コンテンツ)?"
    r"|(?:アクセス|記事|総合|週間|デイリー)?ランキング"
    r"|(?:最新|注目|新着|主要|他)の?(?:記事|ニュース|トピックス?)(?:一覧)?"
    r"|こちらも(?:おすすめ|どうぞ|注目)|もっと見る|続きを読む|次の記事.{0,50}|前の記事.{0,50}"
    # Korean
    r"|(?:관련|인기|추천|주요|최신|많이 ?본|실시간|다른|핫|오늘의|이 시각 ?(?:주요)?|함께 (?:볼만한"
    r"|보면 좋은|읽은)) ?(?:기사|뉴스|글|포토|영상|태그|검색어|키워드|콘텐츠)(?: 더보기| 보기| 목록)?"
    r"|(?:이전|다음) ?(?:글|기사).{0,50}|더 ?보기"
    rf"){_END}",
    re.I,
)
_ALONE = re.compile(
    r"[\s【「\[(#▶◆■●★-]*(?:advertisements?|advertising|ad|sponsored|anzeige|werbung|publicité|publicidad"
    r"|publicidade|pubblicità|реклама|reklama"
    r"|(?:edit|improve|suggest edits to) this page|(?:edit|view) (?:this page |source )?on git(?:hub|lab)"
    r"|(?:view|show) source"
    r"|copy(?: (?:link|code|to clipboard))?"
    r"|(?:share|tags?|topics?|categories|filed under|print|save|e-?mail|tweet"
    r"|pin it)(?: this(?: (?:article|story|post|page))?)?"
    r"|scroll (?:down )?to continue.{0,30}"
    r"|(?:請|请)?(?:繼續|继续)?往下(?:閱讀|阅读)[.…。]{0,6}|(?:文章|内文|內文)(?:继续|繼續).{0,6}"
    r"|広告の後にも続きます|記事は広告の後に続きます"
    r"|广告|廣告|分享(?:到|至|文章)?|标签|標籤|关键词|關鍵字|打印|列印|収蔵|收藏|字号|字級|举报"
    r"|シェア(?:する)?|ツイート|広告|PR|スポンサーリンク|タグ|キーワード|印刷|ブックマーク"
    r"|공유(?:하기)?|광고|태그|해시태그|인쇄|스크랩|글자 ?크기|폰트 ?크기)[\s:：\-\])】]*",
    re.I,
)
_COMMENTS = re.compile(
    r"[\s【「\[(#▶◆■●★]*(?:"
    r"(?:\d{1,6} )?(?:reader |user |latest |top |all |view |show |recent )*(?:comments?|responses|replies)"
    r"|leave a (?:comment|reply).{0,20}|post a comment|add a comment|join the (?:conversation|discussion)"
    r"|what do you think"
    r"|kommentare?|(?:\d{1,6} )?commentaires?|(?:\d{1,6} )?comentarios?|(?:\d{1,6} )?comentários?|commenti"
    r"|комментарии"
    r"|(?:网友|網友|热门|熱門|最新|全部|精彩|用户|读者|讀者|发表|發表|我要"
    r"|共)?(?:\d{1,6} ?[条條则則个])?(?:评论|評論|留言|跟帖|回应|回應|跟贴)(?:区|區|列表)?"
    r"|(?:読者の?|みんなの|ユーザー|最新の?)?コメント(?:する|一覧|欄|を(?:書く|投稿する|見る))?"
    r"|(?:전체 ?|베스트 ?|독자 ?)?댓글(?:쓰기| ?쓰기| ?목록| ?달기)?|의견 ?쓰기"
    rf")[\s(（]*+\d{{0,6}}+[\s条條则則件개)）]*+{_END}",
    re.I,
)
# A label that has the title of the article in it.
_COMMENTS_ON = re.compile(
    r"\s*(?:\d{1,6}|one|no) (?:thoughts?|comments?|responses?|replies|reply) (?:on|to) \S.{0,200}", re.I
)
_REPLY = re.compile(
    r"\s*(?:reply|respond|antworten|répondre|responder|rispondi|beantwoorden|ответить|odpowiedz"
    r"|回复|回覆|回應|回应|返信(?:する)?|답글(?: ?쓰기)?)"
    r"(?:\s*[(（]?\d{0,5}[)）]?)",
    re.I,
)
_CALL = re.compile(
    r"[\s*【「『“\"'\[(（<#▶►➤◆◢◤■●★※>→☞👉-]*(?:"
    r"(?:click|tap) (?:here|below)"
    r"|(?:please )?(?:follow|like) .{0,80}(?:twitter|facebook|instagram|youtube|@|social)"
    r"|follow (?:us|me|him|her)\b"
    r"|(?:please )?(?:subscribe|sign up|sign in|log in|register now|join us|download (?:the|our))\b"
    r"|get (?:the latest|our|more|all the|daily|breaking|unlimited)\b"
    r"|need more "
    r"|(?:want|got|have) (?:a |more |to share |any )?(?:tips?|stor(?:y|ies)|news|question)\b.{0,100}"
    r"|(?:this )?(?:article|story|document|material|content).{0,40}copyright"
    r"|(?:copyright|©|\(c\))|all rights reserved|citation:|share this|support (?:us|our)|about the author"
    r"|read more (?:on|from|at|about)|see more |for more .{0,80}(?:click|visit|subscribe|follow)"
    r"|(?:.{1,40} )?may be reached at|contact (?:us|the (?:author|reporter|writer))|e-?mail .{0,60}@"
    r"|newsletter|continue reading|article continues|advertisement"
    r"|(?:关注|關注|扫码|掃碼|扫描|掃描|长按|点击|點擊|下载|下載|打开|打開|订阅|訂閱|追蹤|加入|按讚|转载"
    r"|轉載|更多精彩|更多内容|更多資訊|分享到|责任编辑|責任編輯|责编|責編|編輯[：:]|编辑[：:]|校对|未经"
    r"|未經|版权|版權|本文版权|本文系|(?:特别|特別|平台|郑重|鄭重|重要)?(?:声明|聲明)[:：]|免责声明|免責聲明|欢迎"
    r"|本文(?:来自|來自|来源|來源|转自|轉自|转载|轉載|首发|首發|由.{0,30}授|已获|已獲|经.{0,20}授权|經.{0,20}授權)"
    r"|(?:本文|该文|該文|以上|文中)(?:文章)?(?:观点|觀點|言论|言論|内容|內容|仅|僅|不)?.{0,8}(?:不?代表|仅供|僅供)"
    r"|(?:本網站|本网站|本網|本网|本站)(?:之|所|内容|內容|文字|刊)"
    r"|.{0,40}(?:下載|下载|打开|開啟)(?:APP|客户端|客戶端)|notice: the content above)"
    r"|(?:無断(?:転載|複製)|著作権|編集[：:]|この記事を(?:シェア|書いた)|フォロー|シェア|会員登録"
    r"|ログイン|購読|続きを読む|もっと見る|ご意見|最新情報|(?:公式)?(?:LINE|Twitter|X"
    r"|Facebook).{0,20}(?:フォロー|友だち追加))"
    r"|(?:.{2,12} )?기자 .{0,3}[\w.-]{2,30}@|이 기사는 .{0,30}(?:분류|제공)"
    r"|(?:무단 ?(?:전재|복제|배포)|저작권자|ⓒ|구독|기사 ?제보|제보하기|<저작권|공유하기|네이버.{0,20}구독"
    r"|카카오톡.{0,20}(?:제보|친구))"
    r")",
    re.I,
)  # fmt: skip
_DATELINE = re.compile(
    r"(?:19|20)\d\d ?[-/.年년] ?\d{1,2} ?[-/.月월] ?\d{1,2}"
    r"|\d{1,2}[. ]{1,2}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,? (?:19|20)\d\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? (?:19|20)\d\d",
    re.I,
)


def is_related_label(text: str) -> bool:
    """True for what stands above links to other articles, or above buttons."""
    return 1 < len(text) <= LONGEST and bool(_RELATED.fullmatch(text))


def is_button_label(text: str) -> bool:
    """True for what stands on a button, or above an advertisement."""
    return bool(_ALONE.fullmatch(text[: LONGEST + 1]))


def is_comments_label(text: str) -> bool:
    """True for what stands above what readers wrote."""
    if 1 < len(text) <= LONGEST and _COMMENTS.fullmatch(text):
        return True
    return bool(_COMMENTS_ON.fullmatch(text))


def is_reply_label(text: str) -> bool:
    """True for what one clicks to answer a reader."""
    return bool(_REPLY.fullmatch(text))


def begins_as_label(text: str) -> bool:
    """True where a line begins with such a label and goes on with what it announces."""
    head, colon, _ = text[:LONGEST].partition(":")
    if not colon:
        head, colon, _ = text[:LONGEST].partition("：")
    return bool(colon) and is_related_label(head.strip())


def is_call(text: str) -> bool:
    """True for a line that asks the reader to do something, or tells whose the text is."""
    return bool(_CALL.match(text[:200]))


def is_dateline(text: str) -> bool:
    """True for a line that says when the text is from, and perhaps from whom."""
    return len(text) <= 2 * LONGEST and text[-1:] not in ".。!！?？" and bool(_DATELINE.search(text))
