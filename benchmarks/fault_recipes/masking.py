"""What leaves for an engine elsewhere: days of business, units, headings and names of files stay, a person's data do not."""

from __future__ import annotations

from collections.abc import Iterator

from tests.governance.test_personal_reader import Marks

from fault_recipes.book import Bench, Seen, Trial, fault
from finfoundry.ask.understand.question_text import core_of
from finfoundry.core.language import simplified
from finfoundry.governance.personal_text import without_personal


def _kept(name: str, text: str, marks: dict[str, str]) -> Trial:
    """The text leaves whole, whatever the learned reader marks of it."""

    def run() -> Seen:
        masked = without_personal(text, Marks(marks))
        return Seen("right") if masked == text else Seen("silent", masked)

    return Trial(name, run)


def _gone(name: str, text: str, marks: dict[str, str], part: str) -> Trial:
    def run() -> Seen:
        masked = without_personal(text, Marks(marks))
        return Seen("right") if part not in masked else Seen("silent", f"{part} leaves: {masked}")

    return Trial(name, run)


@fault("MASK1")
def days_of_business(_: Bench) -> Iterator[Trial]:
    asked = "教：111年6月賣過一些大成股票的那個集團，到112年底掛了多少負債？"
    yield _kept("literal", asked, {"教": "name", "111年6月": "birth"})
    yield _kept("whole", f"請{asked}", {"請教": "name", "111年6月": "birth"})
    yield _kept("another year", "请问：2019年3月收购的那家公司，到2020年底的负债是多少？", {"2019年3月": "birth"})
    yield _kept("English", "The bank that was bought on 3 May 2019: what were its liabilities?", {"3 May 2019": "birth"})
    yield _gone("a person's day stays masked", "王大明，民國75年3月2日生，賣過大成股票。", {"民國75年3月2日": "birth"}, "75年3月2日")
    for name, beginning in (("請教：", "請教："), ("請教一下，", "請教一下，"), ("请教：", "请教：")):

        def cut(beginning: str = beginning) -> Seen:
            text = core_of(simplified(f"{beginning}111年6月賣過一些大成股票的那個集團，到112年底掛了多少負債？")).strip()
            return Seen("waits", f"the question begins: {text[:12]}") if text.startswith("教") else Seen("right")

        yield Trial(f"a polite beginning is cut whole: {name}", cut)


@fault("MASK2")
def units_and_files(_: Bench) -> Iterator[Trial]:
    yield _kept("literal, a unit", "解除限售股份627.90万股于2020年上市流通。", {"万股": "name", "万股于": "name"})
    yield _kept("literal, a heading", "其他身份证件号码", {"其他": "name"})
    yield _kept("another unit", "持有1,200万元于境外。", {"万元": "name", "元于": "name"})
    for name in ("002099_海翔药业_2019_年报.html", "600000_浦发银行_2021_年报.pdf"):
        yield _kept(f"a file: {name}", f"见 {name} 第3页", {name[:6]: "phone", name[:11]: "phone"})
    filed = "pg-10-k-0000080424-24-000083.html"
    yield _kept("literal, a filing", f"See {filed}, page 3.", {"0000080424": "phone", "000083": "account", "0000080424-24-000083": "phone"})
    yield _gone("a telephone stays masked", "来电人王大明，电话13812345678，询问年报。", {"13812345678": "phone"}, "13812345678")
