"""One wording for what publishers say differently: names and terms of Taiwan and Hong Kong as the mainland has them,
places that are spelled in two ways, and nothing of what WordPress puts below a text."""

from __future__ import annotations

import re


def _words(table: str) -> dict[str, str]:
    """By each word of a group but its first, that."""
    groups = (group.split() for group in table.split(";") if group.strip())
    return {other: first for first, *others in groups for other in others}


_REGIONAL = _words("""
    特朗普 川普; 泽连斯基 澤倫斯基 泽伦斯基; 普京 普丁 蒲亭; 奥巴马 歐巴馬 欧巴马; 克林顿 柯林頓 柯林顿;
    马斯克 馬斯克; 悉尼 雪梨; 新西兰 紐西蘭 纽西兰; 意大利 義大利 义大利; 老挝 寮國 寮国; 朝鲜 北韓 北韩;
    韩国 南韓 南韩; 沙特 沙烏地 沙乌地; 卡塔尔 卡達 卡达; 也门 葉門 叶门; 尼日利亚 奈及利亞 奈及利亚;
    肯尼亚 肯亞 肯亚; 埃塞俄比亚 衣索比亞 衣索比亚; 克罗地亚 克羅埃西亞 克罗埃西亚; 芯片 晶片; 软件 軟體 软体 軟件;
    硬件 硬體 硬体; 网络 網路 网路; 信息 資訊 资讯; 纳米 奈米; 激光 雷射; 视频 影片; 质量 品質 品质;
    出租车 計程車 计程车; 公交车 公車 公车; 自行车 腳踏車 脚踏车; 智能手机 智慧型手機 智慧型手机; 人工智能 人工智慧;
    程序 程式; 服务器 伺服器; 数据库 資料庫 资料库; 内存 記憶體 记忆体; 导弹 飛彈 飞弹; 链接 連結 连结;
    屏幕 螢幕 萤幕; 打印 列印; 鼠标 滑鼠; 宇航员 太空人; 菠萝 鳳梨 凤梨; 博客 部落格; 短信 簡訊 简讯; 文件 檔案 档案;
    默认 預設 预设; 埃博拉 伊波拉; 艾滋病 愛滋病 爱滋病; 空调 冷氣 冷气; 英寸 英吋 吋; 高性能 高效能; 计算 運算 运算;
    停运 停駛 停驶; 日元 日圓 日圆; 美元 美圓 美圆; 摄氏度 攝氏度;
""")  # in either script
_REGIONAL_TERM = re.compile("|".join(sorted(_REGIONAL, key=len, reverse=True)))
_RESPELT = _words("""
    kyiv kiev; odesa odessa; kharkiv kharkov; lviv lvov; mykolaiv nikolaev nikolayev; dnipro dnepr;
    chornobyl chernobyl; zaporizhzhia zaporizhia zaporozhye; beijing peking; mumbai bombay; kolkata calcutta;
    chennai madras; bengaluru bangalore; yangon rangoon; turkiye turkey; hezbollah hizbollah hizbullah;
    gaddafi qaddafi;
""")  # folded
_ENDS = 600  # letters at the end of a text
# How WordPress goes on below an excerpt, with the title and the site's name behind these.
_APPEARED = (
    ("The post ", " appeared first on "), ("The post ", " first appeared on "),
    ("Der Beitrag ", " erschien zuerst auf "), ("article ", " est apparu en premier sur "),
    ("La entrada ", " se publicó primero en "), ("articolo ", " proviene da "), ("O post ", " apareceu primeiro em "),
    ("Het bericht ", " verscheen eerst op "), ("Inlägget ", " dök först upp på "),
    ("Запись ", " впервые появилась "), ("Сообщение ", " появились сначала на "), ("Artykuł ", " pochodzi z serwisu "),
)  # fmt: skip


def in_one_wording(shown: str) -> str:
    """The text, or title, as it is compared with others."""
    end = shown[-_ENDS:]
    for first, then in _APPEARED:
        if then in end and (start := shown.rfind(first, max(1, len(shown) - _ENDS), shown.rindex(then))) > 0:
            shown = shown[:start]
            break
    return shown if shown.isascii() else _REGIONAL_TERM.sub(_as_on_the_mainland, shown)


def in_one_spelling(word: str) -> str:
    """A folded word, or its other spelling, where it is the name of a place."""
    return _RESPELT.get(word, word)


def _as_on_the_mainland(found: re.Match[str]) -> str:
    return _REGIONAL[found[0]]
