"""Pages as Chinese, Japanese and Korean news sites build them around an article."""

from __future__ import annotations

import random
from collections.abc import Callable
from html import escape

from tests.articles.extract.east_asian_text import Text, headline, remark

LAYOUTS = 56

_WORDS = {
    "zh-Hans": {
        "menu": "首页 国内 国际 财经 科技 体育 娱乐 军事 汽车 房产 教育 视频",
        "related": "相关阅读 相关新闻 延伸阅读 推荐阅读 猜你喜欢",
        "hot": "热门文章 点击排行 24小时热榜",
        "comments": "网友评论 热门评论 最新评论(12)",
        "share": "分享到： 微信 微博 QQ空间",
        "editor": "（责任编辑：王小明）",
        "advertisement": "广告",
        "call": "扫码下载客户端，随时随地看新闻",
        "rights": "版权所有 某某新闻网 未经授权不得转载 ICP备12345678号",
        "pages": "上一页 1 2 3 下一页 尾页",
        "source": "来源：某某日报 2024-05-06 10:20",
        "tags": "标签： 城市 建设 居民",
        "name": "网友",
    },
    "zh-Hant": {
        "menu": "首頁 即時 政治 國際 財經 科技 體育 娛樂 生活 健康 房產 影音",
        "related": "相關新聞 延伸閱讀 推薦閱讀 你可能也喜歡",
        "hot": "熱門新聞 點擊排行 大家都在看",
        "comments": "讀者留言 最新留言 全部留言",
        "share": "分享 Facebook LINE 複製連結",
        "editor": "責任編輯：陳小華",
        "advertisement": "廣告",
        "call": "加入LINE好友，掌握最新消息",
        "rights": "© 某某新聞 版權所有 未經授權請勿轉載",
        "pages": "上一頁 1 2 3 下一頁",
        "source": "2024/05/06 10:20 記者陳小華／報導",
        "tags": "關鍵字： 城市 建設 居民",
        "name": "網友",
    },
    "ja": {
        "menu": "トップ 国内 国際 経済 エンタメ スポーツ IT 科学 ライフ 地域 動画 天気",
        "related": "関連記事 あわせて読みたい おすすめ記事 こちらもおすすめ",
        "hot": "アクセスランキング 人気記事",
        "comments": "コメント コメント一覧 みんなのコメント(12)",
        "share": "シェア ツイート ブックマーク LINE",
        "editor": "（編集：山田太郎）",
        "advertisement": "広告",
        "call": "フォローして最新情報を受け取ろう",
        "rights": "Copyright 某新聞社 無断転載を禁じます",
        "pages": "前へ 1 2 3 次へ",
        "source": "2024年5月6日 10時20分",
        "tags": "タグ： 町 建設 住民",
        "name": "ユーザー",
    },
    "ko": {
        "menu": "홈 정치 경제 사회 국제 문화 연예 스포츠 과학 생활 지역 영상",
        "related": "관련기사 많이 본 뉴스 추천 뉴스 함께 보면 좋은 기사",
        "hot": "많이 본 뉴스 실시간 뉴스",
        "comments": "댓글 전체 댓글 댓글 12",
        "share": "공유하기 카카오톡 페이스북 트위터",
        "editor": "홍길동 기자",
        "advertisement": "광고",
        "call": "네이버에서 구독하기",
        "rights": "저작권자 ⓒ 어느신문 무단 전재 및 재배포 금지",
        "pages": "이전 1 2 3 다음",
        "source": "입력 2024.05.06 10:20",
        "tags": "태그 도시 건설 주민",
        "name": "독자",
    },
}
_LABELS = {
    "ko": {
        "related": ("관련기사", "많이 본 뉴스", "추천 뉴스"),
        "hot": ("많이 본 뉴스",),
        "comments": ("댓글", "전체 댓글"),
    }
}


class _Page:
    """The parts of one page. `named`: what its classes are called says what they are for."""

    def __init__(self, article: Text, number: int) -> None:
        self.article = article
        self.chance = random.Random(number)
        self.words = _WORDS[article.language]
        self.named = number % 3 != 0

    def name(self, telling: str) -> str:
        return telling if self.named else "c" + "".join(self.chance.choices("abcdefghk0123456789", k=6))

    def label(self, kind: str) -> str:
        labels = _LABELS.get(self.article.language, {}).get(kind) or tuple(self.words[kind].split(" "))
        return self.chance.choice(labels)

    def links(self, words: str, tag: str = "a") -> str:
        return "".join(f'<{tag} href="/c/{number}">{word}</{tag}>' for number, word in enumerate(words.split(" ")))

    def headlines(self, count: int, *, pictures: bool = False) -> str:
        picture = '<img src="/t/1.jpg" width="120">' if pictures else ""
        return "".join(
            f'<li><a href="/n/{number}.html">{picture}{headline(self.article.language, self.chance)}</a></li>'
            for number in range(count)
        )

    # --- around the article -------------------------------------------------------------------------------------

    def head(self) -> str:
        menu = "".join(f'<li><a href="/{n}/">{word}</a></li>' for n, word in enumerate(self.words["menu"].split(" ")))
        return (
            f'<div class="{self.name("header")}"><a href="/"><img src="/logo.png"></a><ul class="{self.name("nav")}">'
            f'{menu}</ul></div><div class="{self.name("crumbs")}">{self.links(self.words["menu"][:12])} &gt;</div>'
        )

    def side(self) -> str:
        blocks = "".join(
            f'<div class="{self.name("box")}"><h3>{self.label("hot")}</h3><ol>{self.headlines(10, pictures=n == 1)}</ol></div>'
            for n in range(2)
        )
        return f'<div class="{self.name("right-side")}">{blocks}</div>'

    def foot(self) -> str:
        return f'<div class="{self.name("foot")}">{self.links(self.words["menu"])}<p>{self.words["rights"]}</p></div>'

    def comments(self) -> str:
        said = "".join(
            f'<div class="{self.name("item")}"><b>{self.words["name"]}{n}</b><div>{remark(self.article.language, self.chance)}'
            f"</div></div>"
            for n in range(self.chance.randint(2, 6))
        )
        return f'<div class="{self.name("comment-list")}"><h3>{self.label("comments")}</h3>{said}</div>'

    def related(self, *, summaries: bool = False) -> str:
        label = self.label("related")
        if not summaries:
            return f'<div class="{self.name("related")}"><h4>{label}</h4><ul>{self.headlines(6)}</ul></div>'
        items = "".join(
            f'<div class="{self.name("card")}"><a href="/n/{n}.html"><h5>{headline(self.article.language, self.chance)}</h5>'
            f"<p>{remark(self.article.language, self.chance)}</p></a></div>"
            for n in range(4)
        )
        return f'<div class="{self.name("related")}"><div>{label}</div>{items}</div>'

    def advertisement(self) -> str:
        return (
            f'<div class="{self.name("ad-box")}"><span>{self.words["advertisement"]}</span>'
            '<a href="https://ads.example/"><img src="https://ads.example/1.gif"></a></div>'
        )

    def pages(self) -> str:
        return f'<div class="{self.name("pages")}">{self.links(self.words["pages"])}</div>'

    def share(self) -> str:
        return f'<div class="{self.name("share")}">{self.links(self.words["share"])}</div>'

    def after(self) -> str:
        return f"<p>{self.words['editor']}</p><p>{self.words['call']}</p>"

    def heading(self) -> str:
        return f'<h1>{escape(self.article.title)}</h1><div class="{self.name("info")}">{self.words["source"]}</div>'

    # --- the article --------------------------------------------------------------------------------------------

    def paragraphs(self) -> str:
        return "".join(f"<p>{escape(text)}</p>" for text in self.article.paragraphs)

    def indented(self) -> str:
        return "".join(f"<p>\u3000\u3000{escape(text)}</p>\n" for text in self.article.paragraphs)

    def line_breaks(self) -> str:
        return "<br><br>\n".join("\u3000\u3000" + escape(text) for text in self.article.paragraphs)

    def divisions(self) -> str:
        return "".join(f'<div class="{self.name("para")}">{escape(text)}</div>' for text in self.article.paragraphs)

    def spans(self) -> str:
        return "".join(f'<p><span style="font-size:16px">{escape(text)}</span></p>' for text in self.article.paragraphs)

    def pictured(self) -> str:
        figure = '<figure><img src="data:image/gif;base64,R0lGOD" data-src="/p/1.jpg"></figure>'
        parts = [f"<p>{escape(text)}</p>" for text in self.article.paragraphs]
        return figure + "".join(parts[:2]) + '<p align="center"><img data-original="/p/2.jpg"></p>' + "".join(parts[2:])

    def divided(self) -> str:
        parts = [f"<p>{escape(text)}</p>" for text in self.article.paragraphs]
        middle = len(parts) // 2
        kind = self.name("section-text")
        return (
            f'<div class="{kind}">{"".join(parts[:middle])}</div>{self.advertisement()}'
            f'<div class="{kind}">{"".join(parts[middle:])}</div>'
        )

    def linked(self) -> str:
        return "".join(
            f'<p>{escape(text[:6])}<a href="/tag/1">{escape(text[6:10])}</a>{escape(text[10:])}</p>'
            for text in self.article.paragraphs
        )


_BODIES: tuple[Callable[[_Page], str], ...] = (
    _Page.paragraphs, _Page.indented, _Page.line_breaks, _Page.divisions, _Page.spans, _Page.pictured, _Page.divided,
    _Page.linked,
)  # fmt: skip


def _columns(page: _Page, body: str) -> str:
    inner = page.heading() + f'<div class="{page.name("article-content")}">{body}</div>' + page.share() + page.related()
    return f'{page.head()}<div class="{page.name("wrap")}"><div class="{page.name("left")}">{inner}{page.comments()}</div>{page.side()}</div>{page.foot()}'


def _semantic(page: _Page, body: str) -> str:
    inner = f"<article><header>{page.heading()}</header>{body}{page.after()}{page.related()}</article>"
    return f"{page.head()}<main>{inner}{page.comments()}</main><aside>{page.side()}</aside>{page.foot()}"


def _table(page: _Page, body: str) -> str:
    return (
        f'{page.head()}<table width="960"><tr><td width="180">{page.side()}</td><td>{page.heading()}<div>{body}</div>'
        f"{page.pages()}</td></tr></table>{page.related()}{page.foot()}"
    )


def _inside(page: _Page, body: str) -> str:
    inner = body + page.after() + page.related() + page.share() + page.comments()
    return f'{page.head()}<div id="content"><div>{page.heading()}{inner}</div></div>{page.side()}{page.foot()}'


def _cards(page: _Page, body: str) -> str:
    inner = f'<div class="{page.name("text")}">{page.advertisement()}{body}{page.advertisement()}</div>'
    return f"{page.head()}<section>{page.heading()}{inner}{page.pages()}</section>{page.related(summaries=True)}{page.foot()}"


def _flat(page: _Page, body: str) -> str:
    return (
        f"{page.head()}{page.heading()}<div>{body}</div>{page.after()}{page.related()}<div>{page.words['tags']}</div>"
        f"{page.comments()}{page.side()}{page.foot()}"
    )


def _deep(page: _Page, body: str) -> str:
    for kind in ("inner", "text-box", "article-body", "detail", "main-left", "container"):
        body = f'<div class="{page.name(kind)}">{body}</div>'
    return f"{page.head()}{page.heading()}{body}{page.share()}{page.comments()}{page.related(summaries=True)}{page.side()}{page.foot()}"


_FRAMES = (_columns, _semantic, _table, _inside, _cards, _flat, _deep)
assert len(_FRAMES) * len(_BODIES) == LAYOUTS


def layout(article: Text, number: int) -> str:
    """The page of `article` in one of LAYOUTS ways."""
    page = _Page(article, number)
    body = _BODIES[number % len(_BODIES)](page)
    inside = _FRAMES[number // len(_BODIES)](page, body)
    return (
        f'<!doctype html><html lang="{article.language}"><head><meta charset="utf-8"><title>{escape(article.title)}</title>'
        f"</head><body>{inside}</body></html>"
    )
