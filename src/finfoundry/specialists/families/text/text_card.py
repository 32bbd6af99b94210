"""The card of a specialist of texts, and what it shows of each demand that a validator makes."""

from __future__ import annotations

from pathlib import Path

from finfoundry.specialists.families.text.text_results import TextSpecialist
from finfoundry.specialists.reports import plots
from finfoundry.specialists.reports.checklist import JUDGED
from finfoundry.specialists.reports.pages import Card, Section, figures_table, model_line, sign_off, write_pages

_DEMANDS = (  # with the card's section that answers each
    ("Purpose, users and limits of use (SR 26-2)", "Purpose and use"),
    ("Data: source, unaltered, none that the encoder was tuned on (SR 26-2)", "Data"),
    ("Method and its published sources (SR 26-2)", "Method"),
    ("Figures out of fold, class by class, with the calibration (SR 26-2)", "Outcomes analysis"),
    ("Assumptions and limits (SR 26-2)", "Limits"),
    ("Monitoring, with thresholds (SR 26-2)", "Monitoring plan"),
)
_METHOD = (
    "The encoder reads a row's texts and tells a probability of each class. Of the likeliest class the log odds are calibrated on rows that"
    " the encoder was not tuned on (Platt 1999; Kull, Silva Filho, Flach 2017). Below the bar no class is told."
)
_LIMITS = (
    "Every text is taken to be of one of the classes: one of another kind is told as the likeliest of these, or none.",
    "There are no reasons for a class. The encoder's own evidence is its release: finfoundry release list.",
)


def demands() -> list[tuple[str, str, str, str, str]]:
    """Demand, what is shown, verdict, section, source; the verdicts are the validator's."""
    return [(asks, f"see {section}", JUDGED, section, "") for asks, section in _DEMANDS]


def write_text_card(folder: Path, made: TextSpecialist) -> Card:
    """Write ``card.html`` and ``card.md`` into the folder."""
    lineage = made.lineage
    rows = [[one.name, one.rows, one.told, one.right] for one in made.by_class]
    sections = [
        Section("Purpose and use", [made.request.purpose or f"The class of a text by the task {made.task}: {', '.join(made.classes)}."]),
        Section(
            "Data",
            [f"{lineage.used} of {lineage.rows} rows, SHA-256 {lineage.data_sha256}.", f"Texts: {', '.join(made.inputs)}.", *made.warnings],
        ),
        Section("Method", [_METHOD, f"Encoder: SHA-256 {made.encoder}. Bar: {made.bar:g}."]),
        Section(
            "Outcomes analysis",
            ["accuracy: the likeliest class is right; told: above the bar; right_of_told: right where a class is told."],
            [figures_table(made.figures), (["class", "rows", "told", "right of these"], rows)],
            [plots.calibration(made.bars)],
        ),
        Section("Limits", _LIMITS),
        Section("Monitoring plan", ["Monthly: classes and probability (PSI .25), refusals (5 %), another encoder in service."]),
        sign_off(made.request.trained_by, lineage.trained_at),
    ]
    return write_pages(folder, "card", f"{folder.resolve().name} (text)", model_line(folder), sections)
