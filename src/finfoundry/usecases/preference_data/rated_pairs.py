"""Pairs out of ratings: two persons hold an answer to be wrong, and nobody holds the better one to be so."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import product

from finfoundry.core.tasks.fingerprints import plain
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.preferences import PreferenceRow
from finfoundry.usecases.feedback import LICENCE, RatedAnswer
from finfoundry.usecases.preference_data.preference_set import GatheredPairs

SOURCE = "feedback"
RATERS = 2  # who must hold one answer to be wrong


def rated_pairs(rated: Sequence[RatedAnswer], *, simulated: bool) -> GatheredPairs:
    """Of answers that the model wrote. The last word of a person on a text counts; a verdict on another text than the model wrote says
    nothing of it (an answer may be withheld, or altered by a guard). ``simulated``: one rater is enough, as each row says.
    """
    found = GatheredPairs()
    prompts: dict[str, list[RatedAnswer]] = defaultdict(list)
    for one in rated:
        if one.messages:
            prompts[json.dumps(one.messages, ensure_ascii=False)].append(one)
        else:
            found.left_out.append(LeftOut(one.record, "the answer was computed: no prompt is sent for it"))
    for ratings in prompts.values():
        _add_pairs(found, ratings, 1 if simulated else RATERS, f"{SOURCE} (simulated)" if simulated else SOURCE)
    return found


def _add_pairs(found: GatheredPairs, ratings: Sequence[RatedAnswer], raters: int, source: str) -> None:
    opinions: dict[str, dict[str, str]] = defaultdict(dict)  # text -> person -> good, corrected or bad
    texts: dict[str, tuple[str, str]] = {}  # as compared -> as written, and in which rating
    for one in ratings:
        seen = plain(one.said) == plain(one.shown)
        if not seen:
            found.left_out.append(LeftOut(one.record, "the person saw another text than the model wrote"))
        for text, opinion in ((one.said if seen else "", "good" if one.verdict == "right" else "bad"), (one.correction, "corrected")):
            if text:
                texts.setdefault(plain(text), (text, one.record))
                opinions[plain(text)][one.person] = opinion
    contested = {text for text, held in opinions.items() if "bad" in held.values() and len(set(held.values())) > 1}
    for text in sorted(contested):
        who = ", ".join(f"{person}: {opinion}" for person, opinion in sorted(opinions[text].items()))
        found.left_out.append(LeftOut(texts[text][1], f"the raters disagree ({who})"))
    bad = [text for text, held in opinions.items() if text not in contested and "bad" in held.values()]
    agreed = [text for text in bad if len(opinions[text]) >= raters]
    found.left_out += [LeftOut(texts[text][1], "one rater only") for text in bad if text not in agreed]
    good = [text for text, held in opinions.items() if "corrected" in held.values() or list(held.values()).count("good") >= raters]
    for better, worse in product((text for text in good if text not in contested), agreed):
        labels = tuple(sorted({label for one in ratings for label in one.labels}))
        row = PreferenceRow(ratings[0].messages, texts[better][0], texts[worse][0], source, LICENCE, labels)
        found.pairs.append((f"{texts[better][1]}/{texts[worse][1]}", row))
