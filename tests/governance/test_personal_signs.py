"""What a learned finding must bear to be personal data, and that what is a person's stays masked beside what is nobody's."""

from __future__ import annotations

import pytest
from tests.governance.test_personal_reader import Marks

from finfoundry.governance.personal_signs import file_names, is_measure
from finfoundry.governance.personal_text import personal_spans, without_personal


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("教：111年6月卖过大成股票的那个集团，到112年底挂了多少负债？", {"教": "name", "111年6月": "birth"}),
        ("公司于1998年7月9日在台州注册。", {"1998年7月9日": "birth"}),
        ("The company was incorporated on 3 May 1994 in Delaware.", {"3 May 1994": "birth"}),
        ("現任 男 54 2011", {"2011": "birth"}),
        ("张伟到访。公司于2015年3月1日开业。", {"2015年3月1日": "birth"}),  # the person stands in another sentence
    ],
)
def test_a_day_without_a_person_is_no_day_of_birth(text: str, marks: dict[str, str]) -> None:
    assert without_personal(text, Marks(marks)) == text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("他1980年3月2日出生在杭州。", "1980年3月2日"),
        ("王大明，民國75年3月2日生。", "民國75年3月2日"),
        ("Ursula Quint was seen last on 3 May 1994.", "3 May 1994"),
        ("She was born 2/4/1980, they say.", "2/4/1980"),
        ("其父生于1955年，务农。", "1955"),
        ("Ursula Quint\n12 March 1980\n14 Harrow Lane", "12 March 1980"),  # line by line, as forms have it
    ],
)
def test_a_day_beside_a_person_or_a_word_of_birth_is_masked(text: str, day: str) -> None:
    reader = Marks({day: "birth", "Ursula Quint": "name"})
    assert day not in without_personal(text, reader)


def test_a_word_of_birth_makes_less_sure_a_day_enough() -> None:
    text = "Her birthday is on 2 April."
    assert without_personal(text, Marks({"2 April": "birth"}, 0.6)) == "Her birthday is on [date of birth]."
    assert without_personal("Paid on 2 April.", Marks({"2 April": "birth"}, 0.6)) == "Paid on 2 April."


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("627.90万股于2020年解除限售。", "万股"),
        ("持有1,200 万股于境外", "万股"),
        ("持有1,200万元于境外。", "元于"),  # the rest of the unit
        ("其他身份证件号码", "其他"),
        ("（四）所有者权益内部结转", "权"),
        ("3．盈余公积弥补亏损", "盈余公积弥"),
        ("甲方持股38%，乙方持股36%。", "乙方"),
        ("劳驾：112年12月31日的存货是多少？", "劳驾"),
        ("简要介绍公司业务。", "简"),
        ("海翔药业2019年年报", "海翔"),
    ],
)
def test_units_headings_and_polite_words_are_no_names(text: str, mark: str) -> None:
    assert without_personal(text, Marks({mark: "name"})) == text
    assert without_personal(text) == text


@pytest.mark.parametrize(
    ("text", "mark", "told"),
    [
        ("支行行长周峰青已知悉。", "长周峰青", "支行行[name]已知悉。"),
        ("目击者劳建国到场。", "劳建国", "目击者[name]到场。"),  # a surname that rules do not know
        ("我姓权，来问一笔款。", "权", "我姓[name]，来问一笔款。"),
        ("證人張偉到場。", "张伟", "證人[name]到場。"),
        ("申请人穆罕默德到场。", "穆罕默德", "申请人[name]到场。"),  # no surname, but introduced
        ("Seen: Caroline Plumb OBE", "Caroline Plu", "Seen: [name] OBE"),
    ],
)
def test_a_persons_name_stays_masked(text: str, mark: str, told: str) -> None:
    assert without_personal(text, Marks({mark: "name"})) == told


def test_of_a_name_that_rules_and_reader_found_in_part_nothing_is_left() -> None:
    assert without_personal("民國75年3月2日出生的王大明先生", Marks({"王大明": "name"})) == "[date of birth]出生的[name]先生"


@pytest.mark.parametrize(
    ("text", "mark", "kind"),
    [
        ("见第405页", "405", "account"),
        ("回购 580,000 股", "580,000", "account"),
        ("合计204,119,281.03元", "119", "account"),
        ("均价4.3125元", "4.3125", "phone"),
        ("产品T1620投产", "T1620", "identity"),
        ("地號549、550", "550", "phone"),
        ("the filing 0000080424-24-000083 of August", "000083", "account"),
    ],
)
def test_amounts_and_short_numbers_are_nobodys(text: str, mark: str, kind: str) -> None:
    assert without_personal(text, Marks({mark: kind})) == text


@pytest.mark.parametrize(
    ("text", "mark", "kind"),
    [
        ("他从未使用63379215。", "63379215", "account"),
        ("his account, 4321, is closed", "4321", "account"),
        ("funds left ****9207 on Monday", "****9207", "account"),
        ("used 542-401200-5 twice", "542-401200-5", "account"),
        ("号码是6620418", "6620418", "phone"),
        ("paper AB381206C was shown", "AB381206C", "identity"),
    ],
)
def test_a_number_that_may_be_somebodys_stays_masked(text: str, mark: str, kind: str) -> None:
    assert mark not in without_personal(text, Marks({mark: kind}))


FILES = ["002099_海翔药业_2019_年报.html", "pg-10-k-0000080424-24-000083.html", "AAPL_10K_2023_0000320193-23-000106.htm", "说明.pdf"]


@pytest.mark.parametrize("file", FILES)
def test_a_name_of_a_file_goes_whole_wherever_it_stands(file: str) -> None:
    text = f"[1] {file}, p. 3: net sales rose.\n[2] {file}\n电话0571-88123456，见{file}。"
    marks = Marks({"002099": "phone", "0000080424-24": "phone", "000083": "account", "0000320193": "account"})
    told = without_personal(text, marks)
    assert told.count(file) == 3
    assert "0571-88123456" not in told


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("张伟-0755-83198888-合同.pdf", "张伟-[phone]-合同.pdf"),
        ("张伟_13812345678.pdf", "张伟_138****5678.pdf"),
        ("0571-88123456见附件.pdf", "[phone]见附件.pdf"),
        ("客户张伟先生投诉.docx", "客户[name]先生投诉.docx"),
        ("Quint_file.pdf", "[name].pdf"),  # a Latin word goes whole, with what is joined to it by signs of words
    ],
)
def test_a_person_in_the_name_of_a_file_is_masked_the_same_each_time(file: str, told: str) -> None:
    reader = Marks({"Quint_file": "name"})
    assert without_personal(f"{file} is older than {file}.", reader) == f"{told} is older than {told}."


def test_what_looks_like_a_name_of_a_file_is_found() -> None:
    assert [text[slice(*at)] for text in ["see 600201_2020.pdf, p. 2", "3.5 million", "见（附件一.xlsx）"] for at in file_names(text)] == [
        "600201_2020.pdf",
        "附件一.xlsx",
    ]


def test_a_surname_is_a_measure_only_behind_a_count() -> None:
    assert is_measure("627.90万股", 6)
    assert is_measure("3 万股", 2)
    assert not is_measure("客户万芳", 2)
    assert not is_measure("账号6222021806004173521万芳", 21)


@pytest.mark.parametrize("text", ["客户張偉先生投訴。", "電話0571-88123456", "住在杭州市西湖區文三路12號3棟401室"])
def test_rules_read_traditional_characters_as_simplified_ones(text: str) -> None:
    assert personal_spans(text)
    assert all(one.text in text for one in personal_spans(text))


def test_the_rest_of_a_unit_is_none_behind_no_count() -> None:
    assert is_measure("持有1,200万元于境外", 8)
    assert not is_measure("客户元于明到访", 2)
    assert not is_measure("第3页元于明", 3)
