"""The order in which a paper is read for facts, and who says of when a figure is, as the program has them: docs/facts.md and its twin.

``python -m docs.generate`` writes the pages. What stands here beside the program is Chinese: a pass without it is noticed by a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from finfoundry.knowledge.facts.passes import PASSES
from finfoundry.knowledge.facts.periods.cell_period import TIMES, WITNESSES

PAGES = {"docs/facts.md": "en", "docs/zh/facts.md": "zh"}
TEXTS: Mapping[str, Sequence[str]] = {
    "en": (
        """# From a page to facts

A parsed document is read by the passes below, one after another. Each takes what is known so far, a value that none changes, and gives
the next one; it looks at nothing but what it names under *reads*, and gives anew nothing but what it *adds*, which tests hold. What is
found doubtful on the way (`doubts`) is what the [certificate](certificate.md) tells. What stands further down may use all that is above.

The list is data (`knowledge/facts/passes.py`), and this page is written from it.

## Passes
""",
        """
## Who says of when a figure is

Each may speak; the first that does is believed (`knowledge/facts/periods/cell_period.py`).
""",
        """
What a column leaves open ("time told") is put together in the same way:
""",
        """
Where a row and the heading above it, the two nearest, say two years, the figure's period is assumed and the certificate counts it.
""",
    ),
    "zh": (
        """# 从页面到数值

解析后的文件依下列步骤逐一读取。每一步接收到目前为止所知的一切（一个谁也不改动的值），并给出下一个；它只看“所读”一栏列出的内容，也只重新给出“所加”
一栏的内容，由测试保证。途中的疑点（`doubts`）即[入库凭证](certificate.md)所述。靠后的步骤可以使用在它之前的一切。

这份清单就是数据（`knowledge/facts/passes.py`），本页由它写成。

## 步骤
""",
        """
## 谁来说明一个数值属于何时

每一方都可以说；先说的为准（`knowledge/facts/periods/cell_period.py`）。
""",
        """
列标题没有说明的部分（“所述时间”），以同样方式补足：
""",
        """
最近的两方，即行与其上方的小标题，若说出两个不同年份，则该数值的期间为推定，凭证予以计数。
""",
    ),
}
HEADS: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "en": (("", "pass", "reads", "adds", "why here"), ("", "who", "where", "why here"), ("", "where", "why here")),
    "zh": (("", "步骤", "所读", "所加", "为何在此"), ("", "由谁", "何处", "为何在此"), ("", "何处", "为何在此")),
}
WHERE_ZH = {"row": "行", "column heading": "列标题", "group heading": "小标题", "title": "标题", "text above": "上文", "document": "文件"}
PASSES_ZH: Mapping[str, tuple[str, str]] = {
    "simplified characters": ("简体字", "繁体文件以简体读取：放在最前，使每条规则只写一种字形"),
    "full years": ("完整年份", "列上的“23年末 | 22年末”先补成完整年份，再据以确定时间"),
    "profile": ("概况", "谁报告、何种文件、属于何期、何种币种：历法与各种范围都取决于它"),
    "calendar": ("历法", "年与季在哪一天结束，由概况和全部表格一起得出：没有它，任何表格都无法确定时间"),
    "tables": ("表格", "哪些表格含有数字、各自的网格、上方的文字，以及它自己写明的单位与币种"),
    "footnotes": ("脚注", "表头标记所指脚注写明的单位属于该表：须在统计全文通常单位之前"),
    "usual measure": ("通常单位", "多数表格写明的单位，否则页眉页脚的，否则统一说明的：需要每张表自己的单位"),
    "complete measures": ("补足单位", "没有写明单位或币种的表格取本页或全文的：须在任何数值乘以单位之前"),
    "rows": ("行", "逐表得出每个数值的标签路径、期间、单位与倍数，因为一张表可以接续前一张；各列互相矛盾的，换一种表头再读"),
    "told apart": ("可以区分", "同一行中没有表头能区分的数值以位置为名、不归概念：须在按位置归概念之前"),
    "two years": ("两个年份", "行说一年而上方小标题说另一年：期间为推定，此时行与标题仍如表中所印"),
    "own result": ("整体结果", "与归属于所有者的部分并列时，未写归属的一行属于整体：在同一张表内，两者都在"),
    "operating income": ("营业收入", "与营业利润并列时，“operating income”是流入：须在按位置判断之前"),
    "lines by place": ("按位置的行", "首行是收入，营业利润之下的财务费用是利息：依据前面各步留下的已知项"),
    "reading order": ("阅读次序", "各表的数值汇成一列：其后的步骤比较各表"),
    "shares in full": ("完整股数", "超过流通股数的股数是完整印出的：加权平均数可能在另一张表中"),
    "counts among cents": ("分位之间的计数", "金额都印到分的文件里，小的整数是计数：依据全部金额，其倍数此时已正确"),
    "subjects": ("主题", "行相同而数值不同的表格以各自的主题区分：此时数值与单位已定"),
    "parent": ("母公司", "远在合并报表之后的第二套报表属于母公司：须在同一范围内比较各行之前"),
    "single statement": ("单一报表", "没有利润表时，综合收益表即是：须在它的行为别的表命名之前"),
    "known lines": ("已知的行", "要点表中标签与数值都与报表某行相同的行就是该行：此时全部报表已知"),
    "dashes": ("横线", "没有标签的横线不说明数值；在此之前它在行列中占据位置"),
    "sentences": ("句子", "措辞由法规规定的句子中的数值，放在表格之后：没有表格说到它们"),
    "own year": ("自己的年度", "种类不明的文件属于其报表截止的年度：期间已定，不再据以重新确定时间"),
    "as printed": ("如所印", "标签、名称与疑点的文字还原为页面的字形：放在最后，因为它撤销第一步"),
}
WITNESSES_ZH: Mapping[str, tuple[str, str]] = {
    "years to come": ("未来年份", "报告之后的年份说明何时到期：期末时的数"),
    "day of the row": ("行的日期", "每行各有日期时，没有比它更近的标题"),
    "between two columns": ("两列之间", "位于两个注明日期的余额之间的，是一个到另一个的变动"),
    "dated balance": ("注明日期的余额", "写明日期的余额行，说明的是自己，其列没有日期"),
    "stretch of the row": ("行的期间", "写明期间、或位于两个注明日期的余额之间的行，属于该期间"),
    "first day": ("首日", "报告开始的那一天是前一天的余额，不是任何期间的结束"),
    "day of the paper": ("文件的日期", "文件自己写明的日期不结束任何年度，为推定"),
    "opening or closing": ("期初或期末", "没有其他说明时，为报告的首日或末日"),
    "time told": ("所述时间", "列标题的文字，依次由小标题、行与上文补足"),
    "period of the report": ("报告期间", "无人说明：期间为推定，数值也如此注明"),
}
TIMES_ZH = (
    "只写另一年份的小标题之下，行中的年份属于该行",
    "行上方的小标题所管的行比任何标题都少",
    "表角、附注或标题写明完整日期时，行中的年份不是期间",
    "行以之命名的年份",
    "最近的、写明时间的文字",
)


def page(language: str) -> str:
    """The page in a language."""
    first, who, times, last = TEXTS[language]
    heads, chinese = HEADS[language], language == "zh"
    passes = [(*_named(one.name, one.why, PASSES_ZH, chinese), _fields(one.reads), _fields(one.adds)) for one in PASSES]
    said = [(*_named(one.name, one.why, WITNESSES_ZH, chinese), WHERE_ZH[one.where] if chinese else one.where) for one in WITNESSES]
    put = [(WHERE_ZH[one.where], why) if chinese else (one.where, one.why) for one, why in zip(TIMES, TIMES_ZH, strict=True)]
    return "".join(
        (
            first, *_table(heads[0], ((name, reads, adds, why) for name, why, reads, adds in passes)),
            who, *_table(heads[1], ((name, where, why) for name, why, where in said)), times, *_table(heads[2], put), last,
        )
    )  # fmt: skip


def _named(name: str, why: str, translated: Mapping[str, tuple[str, str]], chinese: bool) -> tuple[str, str]:
    return translated[name] if chinese else (name, why)


def _fields(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "\n" + _line(head) + _line(["---"] * len(head))
    yield from (_line((str(number), *(cell.replace("|", "\\|") for cell in row))) for number, row in enumerate(rows, 1))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
