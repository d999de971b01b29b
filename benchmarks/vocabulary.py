"""The words of made-up texts."""

ENGLISH = (
    "river engine window market winter signal garden paper bridge letter harbour station morning village council "
    "music number stone weather journey kitchen island lantern orchard railway theatre compass minister festival "
    "opened closed found carried moved asked showed kept reached turned quiet early late bright narrow public old new"
)
CHINESE = (
    "今天 城市 公园 发布 新的 研究 表示 市场 天气 春天 铁路 音乐 学生 老师 海边 机器 语言 图书馆 花园 早晨 "
    "傍晚 技术 设计 报告 桥梁 工程 节日 厨房 岛屿 信号 窗户 开放 关闭 发现 安静 明亮 狭窄 公共 传统 以及 "
    "因为 所以 已经 可能 需要 我们 他们"
)
