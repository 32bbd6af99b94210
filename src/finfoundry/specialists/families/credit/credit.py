"""Credit: a points scorecard as champion, boosted trees as challenger."""

from __future__ import annotations

from finfoundry.specialists.families.classifier_lifecycle import ClassifierLifecycle
from finfoundry.specialists.models.classifier import Classifier
from finfoundry.specialists.models.metrics import COMMON

CLASSIFIER = Classifier(
    name="credit",
    purpose="Probability of default of an applicant or borrower; supports a person's decision, makes none.",
    scorecard="scorecard",
    trees="challenger",
    champion="scorecard",
    metrics=COMMON,
    about_people=True,
)


class CreditLifecycle(ClassifierLifecycle):
    classifier = CLASSIFIER
