"""Draws the path of a document and of a question as SVG, in English and Chinese, for README and documentation."""

from xml.sax.saxutils import escape

WIDTH, ROW, BOX, GAP = 1000, 118, 62, 18
INK, LINE, STORE, PROOF, PAPER = "#1f2d3a", "#5b6b7a", "#dbe8f3", "#dff0e2", "#ffffff"

PATHS = {
    "en": [
        ("A document", [("your file", "PDF · HTML · XLSX …"), ("pages", "words, boxes, OCR"), ("tables", "rows, columns, scale"),
                        ("facts", "metric · period · unit"), ("certificate", "what holds, what was lost")]),
        ("The store", [("one PostgreSQL: text, vectors and facts, one transaction, one permission model", "")]),
        ("A question", [("who asks", "identity, policy"), ("typed plan", "by the base model"), ("evidence", "facts, passages"),
                        ("calculator", "exact decimals"), ("binding", "every figure, or withheld"), ("answer", "page, box, audit record")]),
    ],
    "zh": [
        ("一份文件", [("您的文件", "PDF · HTML · XLSX …"), ("页面", "文字、坐标、OCR"), ("表格", "行、列、单位"),
                  ("事实", "指标 · 期间 · 口径"), ("入库证明", "勾稽关系与丢失项")]),
        ("知识库", [("一个 PostgreSQL：文本、向量、事实，同一事务，同一权限", "")]),
        ("一个问题", [("谁在问", "身份与权限"), ("类型化计划", "由基座模型给出"), ("证据", "事实与段落"),
                  ("计算器", "精确小数"), ("数字绑定", "逐个绑定，否则不答"), ("回答", "页码、坐标、审计")]),
    ],
}  # fmt: skip
FILLS = {"facts": STORE, "事实": STORE, "certificate": PROOF, "入库证明": PROOF, "binding": PROOF, "数字绑定": PROOF}


def picture(language: str) -> str:
    """The whole drawing as SVG text."""
    rows = PATHS[language]
    height = ROW * len(rows) + 10
    body = "".join(path(title, boxes, index) for index, (title, boxes) in enumerate(rows))
    arrows = arrow(640, ROW - 26, 640, ROW + 26) + arrow(520, 2 * ROW - 26, 520, 2 * ROW + 26)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">\n'
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>\n{body}{arrows}</svg>\n'
    )


def path(title: str, boxes: list[tuple[str, str]], index: int) -> str:
    """One row: its title, then its boxes with arrows between them."""
    top = ROW * index + 28
    width = (WIDTH - 130 - GAP * (len(boxes) - 1)) / len(boxes)
    parts = [label(10, top + BOX / 2 + 5, title, 15, "start", bold=True)]
    for number, (name, detail) in enumerate(boxes):
        left = 120 + number * (width + GAP)
        fill = FILLS.get(name, STORE if len(boxes) == 1 else PAPER)
        parts.append(f'<rect x="{left:.0f}" y="{top}" width="{width:.0f}" height="{BOX}" rx="7" fill="{fill}" stroke="{LINE}"/>\n')
        middle = left + width / 2
        parts.append(label(middle, top + (27 if detail else 37), name, 15, "middle", bold=True))
        parts.append(label(middle, top + 47, detail, 11.5, "middle") if detail else "")
        if number:
            parts.append(arrow(left - GAP, top + BOX / 2, left - 2, top + BOX / 2))
    return "".join(parts)


def label(x: float, y: float, text: str, size: float, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}"{weight}>{escape(text)}</text>\n'


def arrow(x0: float, y0: float, x1: float, y1: float) -> str:
    return f'<path d="M{x0:.0f} {y0:.0f}L{x1:.0f} {y1:.0f}" stroke="{LINE}" fill="none" marker-end="url(#tip)"/>\n'
