"""Persons in running text, and that none of it reaches an engine elsewhere, a log or the metrics."""

from __future__ import annotations

import logging

import pytest

from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.protocols import Message, Request
from finfoundry.governance.personal_text import is_iban, personal_spans, without_personal
from finfoundry.governance.recorder import Recorder

PLANTED = {
    "name": "欧阳振华",
    "identity": "11010519491231002X",
    "account": "GB82 WEST 1234 5698 7654 32",
    "address": "北京市朝阳区建国路88号2栋301室",
    "phone": "13812345678",
    "email": "li.lei@example.cn",
}
TEXT = "客户{name}，身份证{identity}，住在{address}，手机{phone}，邮箱{email}，账户{account}。".format(**PLANTED)


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_and_blanked(kind: str) -> None:
    assert (kind, PLANTED[kind]) in {(one.kind, one.text) for one in personal_spans(TEXT)}
    assert PLANTED[kind] not in without_personal(TEXT)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("电话0755-83198888转分机", "电话[phone]转分机"),
        ("SSN 078-05-1120 is on file", "SSN [id] is on file"),
        ("护照号E12345678", "护照号[id]"),
        ("Call +44 20 7946 0958 today", "Call [phone] today"),
        ("Ring (212) 555-0147.", "Ring [phone]."),
        ("手机13812345678", "手机138****5678"),
        ("其从未使用6887091662082982。", "其从未使用[account]。"),
        ("经查，狄继泉系出纳。", "经查，[name]系出纳。"),
    ],
)
def test_no_span_survives_that_pii_does_not_mask(text: str, told: str) -> None:
    assert without_personal(text) == told
    assert not [span.kind for span in personal_spans(text) if span.text in without_personal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "华夏银行股份有限公司2024年净利润为1,234,567元。",
        "被告梅桥建设集团有限公司，住所地广州市南湖区岭兴路920号。",
        "本案案号027-14-2787，流水号6887091662082982。",
        "Case 430-17-8236 was filed; the policy by Casden Holdings is valid.",
        "registered under company number 764893138469540871",
        "总资产1234567890123456.78元",
        "客户经理负责解释收费标准。",
        "Net Interest Income rose by 3.2 % in 2024.",
        "本行注册地址：北京市西城区金融大街1号",
        "客户余额较年初增长5%。",
        "个人客户金融资产余额较上年末增加。",
        "客户关系管理能力持续提升。",
        "高净值客户资产规模突破万亿元。",
        "客户高净值化趋势明显，服务分层细化。",
        "保障客户安全，是本行的首要责任。",
        "贵金属业务中，客户黄金积存量下降3%。",
        "对公客户应收款余额为12.3亿元。",
        "客户满意度为98.6%，同比提高0.4个百分点。",
        "新客户程序较上年简化。",
        "向建筑客户施工款支付提供保函。",
        "客户结构持续优化，单一客户贷款集中度为3.2%。",
        "员工薪酬总额同比上升。",
        "员工安全培训覆盖率为100%。",
        "员工任期内离职率为4.1%。",
        "股东权益合计为6,543亿元。",
        "归属于股东应占利润增加。",
        "股东高级管理人员变动情况如下。",
        "转应收款项类投资的账面余额。",
        "资产证券化转让方式包括应收账款。",
        "收入由单位存款增长带动。",
        "本议案由全体董事审议通过。",
        "客户单位于2024年完成改制。",
        "客户文件应保存不少于五年。",
        "零售客户万元以上存款占比提高。",
        "客户经理包片负责，主管全程跟踪。",
        "客户权限管理办法自发布之日起施行。",
        "客户钱包余额不计付利息。",
        "客户时间存款产品年利率为1.5%。",
        "公司客户房地产贷款不良率下降。",
        "机构客户费用减免金额见附注。",
        "客户路演活动共举办36场。",
        "客户常用的资料放在首页。",
        "章程改为每年修订，客户关心的投诉渠道一并公示。",
    ],
)
def test_what_is_nobodys_is_left(text: str) -> None:
    assert without_personal(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("客户张伟先生投诉。", "张伟"),
        ("客户张小明先生投诉。", "张小明"),
        ("客户张伟投诉收费。", "张伟"),
        ("客户李晓红，来电询问。", "李晓红"),
        ("员工王建国反映加班。", "王建国"),
        ("股东陈志强、刘洋出席。", "陈志强"),
        ("请转周敏。", "周敏"),
        ("申请人张伟先生已签字。", "张伟"),
        ("申请人欧阳振华已签字。", "欧阳振华"),
        ("借款人赵磊名下房产", "赵磊"),
        ("附上客户唐雨桐的证件", "唐雨桐"),
        ("请由罗洁前来签字", "罗洁"),
    ],
)
def test_a_name_is_taken_whole_and_no_more(text: str, name: str) -> None:
    assert [one.text for one in personal_spans(text) if one.kind == "name"] == [name]


def test_an_account_number_is_proved_by_its_remainder() -> None:
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")


def test_an_engine_elsewhere_sees_no_planted_value_and_no_log_holds_one(caplog: pytest.LogCaptureFixture) -> None:
    engine = ScriptedEngine([("", "I say so.")])
    recorder = Recorder(engine, without_personal)
    with caplog.at_level(logging.DEBUG), recorder.recording() as calls:
        recorder.chat(Request((Message("user", TEXT),)))
        list(recorder.stream(Request((Message("system", TEXT),))))
    sent = repr([request.messages for request in engine.requests]) + repr(calls) + caplog.text
    assert not [kind for kind, value in PLANTED.items() if value in sent]
    assert "[name]" in sent


def test_an_engine_of_the_home_gets_the_text_as_it_is() -> None:
    engine = ScriptedEngine([("", "I say so.")])
    with (recorder := Recorder(engine)).recording():
        recorder.chat(Request((Message("user", TEXT),)))
    assert engine.requests[0].messages[0].content == TEXT
