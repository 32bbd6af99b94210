"""Laws and notices: what they are called, and that nobody reports in them."""

from __future__ import annotations

import pytest

from finfoundry.core.document import Block, Document, Page, Profile
from finfoundry.knowledge.facts.issuers.document_metadata import read_profile
from finfoundry.knowledge.facts.issuers.titles import first_line, rule_titles

ARTICLES = "第一条　为了规范存款业务，制定本办法。\n第二条　本办法所称存款，是指人民币存款。\n第三条　存款应当实名。"


def paper(*lines: str) -> Document:
    page = Page(1, 595.0, 842.0, [Block("paragraph", line) for line in lines])
    return Document("paper.txt", "0" * 64, "text/plain", 1, [page], Profile())


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("某某银行令", "〔2017〕第 3 号", "存款实名管理办法（试行）", ARTICLES), "存款实名管理办法（试行）"),
        (("中国人民银行文件", "银发〔2019〕85号", "中国人民银行关于账户管理的通知", "各分行：请照办。"), "中国人民银行关于账户管理的通知"),
        (("中华人民共和国存款法", ARTICLES), "中华人民共和国存款法"),
        (("加急", "某某银行文件", "某某银行关于支持外贸的指导意见", "银发〔2014〕168号"), "某某银行关于支持外贸的指导意见"),
        (
            ("某某银行令", "某某银行制定了《跨境存款管理办法》，现予发布。", f"跨境存款管理办法{ARTICLES}\n第四条　自发布之日起施行。"),
            "跨境存款管理办法",
        ),
        (
            ("某某银行关于取消许可的通知", "银发〔2019〕85号", "请按《账户管理办法》办理。", f"附件 账户管理办法{ARTICLES}"),
            "某某银行关于取消许可的通知",
        ),
        (("某某共和国存款法典", "第一编　总则", "第一章　基本规定", ARTICLES), "某某共和国存款法典"),
        (
            ("加急", "某某银行文件", "银发〔2019〕85号", "某某银行关于非银行机构", "开展大额报告工作的通知", "各分行："),
            "某某银行关于非银行机构开展大额报告工作的通知",
        ),
        (("某某银行公告", "（2019）第 24 号", "现决定废止《某某银行关于账户年检的通知》。"), "某某银行公告〔2019〕第24号"),
        (("某某主席令（十届第41号）", "《某某国存款保全法》已经会议通过，现予公布。", ARTICLES), "某某国存款保全法"),
        (
            ("存款交易报告管理办法", "第一条为监测存款，制定本办法。\n第二条本办法适用于各行。\n第三条存款应当报告。"),
            "存款交易报告管理办法",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_known_by_its_title_and_reported_by_nobody(lines: tuple[str, ...], title: str) -> None:
    profile, _ = read_profile(paper(*lines, "中国银联股份有限公司应当遵守本办法。"))
    assert (profile.kind, profile.title, profile.entity) == ("regulation", title, None)


def test_an_order_of_two_rules_bears_the_titles_of_both_and_none_that_it_cites() -> None:
    lines = (
        "某某银行关于印发《库款管理办法》的通知",
        "各分行：为落实国务院关于改进库款管理的意见，请照办。",
        "库款管理办法",
        ARTICLES,
        "库款考核细则",
    )
    assert rule_titles(paper(*lines)) == ["库款管理办法", "库款考核细则", "某某银行关于印发《库款管理办法》的通知"]
    assert rule_titles(paper("某某公司年度报告", "营业收入增长。")) == []


def test_a_companys_own_announcement_stays_its_own() -> None:
    profile, _ = read_profile(paper("某某生物股份有限公司关于回购股份的公告", "本公司董事会保证公告内容真实。"))
    assert profile.entity == "某某生物股份有限公司"
    assert profile.kind != "regulation"


@pytest.mark.parametrize(("first", "called"), [("Fees", True), ("Fee", False), ("F" * 60, True), ("F" * 61, False)])
def test_neither_a_letter_nor_a_paragraph_is_a_title(first: str, called: bool) -> None:
    assert first_line(paper(first, "Fees are charged once a day")) == (first if called else "Fees are charged once a day")


def test_a_paper_without_a_reporter_is_called_by_its_first_line() -> None:
    profile, _ = read_profile(paper("Overdraft policy for retail customers", "Fees are charged once a day. " * 9))
    assert (profile.entity, profile.title) == (None, "Overdraft policy for retail customers")


def test_a_number_and_a_day_of_filing_above_a_title_are_not_it() -> None:
    assert first_line(
        paper("備查文號：望山壽字第 1130129002 號", "備查日期：113 年 1 月 29 日", "望山人壽長青樹終身壽險", "給付項目：身故保險金")
    ) == ("望山人壽長青樹終身壽險")
    assert first_line(paper("主题：差旅报销", "请各部门遵照执行")) == "主题：差旅报销"
    assert first_line(paper("備查日期：113 年 1 月 29 日")) == "備查日期：113 年 1 月 29 日"
