"""Terms over HTTP: proposed with one key, approved with another, refused in words."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from tests.server.conftest import Live

from finfoundry.cli.schemas import schema

COVERAGE = {"en": ["house funding"], "expression": "total assets / total equity"}


def test_terms_over_http(live: Live) -> None:
    with live.client() as ana, live.client(live.admin_key) as admin:
        made = ana.post("/v1/terms", json={"terms": {"house_funding": COVERAGE}})
        assert made.status_code == 201, made.text
        Draft202012Validator(schema("terms")).validate(made.json())
        number = made.json()[0]["id"]
        assert ana.post("/v1/terms/approve", json={"numbers": [number]}).status_code == 403
        tried = ana.post("/v1/terms/try", json={"question": "What is the house funding?", "numbers": [number]})
        assert tried.status_code == 200, tried.text
        Draft202012Validator(schema("term-trial")).validate(tried.json())
        assert admin.post("/v1/terms/approve", json={"numbers": [number]}).json()[0]["state"] == "approved"
        assert [one["id"] for one in ana.get("/v1/terms", params={"state": "approved"}).json()] == [number]
        retired = ana.post(f"/v1/terms/{number}/retire")
        Draft202012Validator(schema("term")).validate(retired.json())
        assert ana.get(f"/v1/terms/{number}").json()[0]["state"] == "retired"


def test_a_redefinition_over_http(live: Live) -> None:
    margin = {"expression": "(营业利润 + 利息支出) / 营业收入", "redefines": True}
    with live.client() as ana, live.client(live.admin_key) as admin:
        number = ana.post("/v1/terms", json={"terms": {"operating_margin": margin}}).json()[0]["id"]
        tried = ana.post("/v1/terms/try", json={"question": "What was the operating margin?", "numbers": [number]}).json()
        Draft202012Validator(schema("term-trial")).validate(tried)
        assert tried["shipped"] is not None
        assert ana.get("/v1/terms/redefined").json() == []
        admin.post("/v1/terms/approve", json={"numbers": [number]})
        listed = ana.get("/v1/terms/redefined").json()
        Draft202012Validator(schema("redefinitions")).validate(listed)
        assert [(one["words"], one["own"]) for one in listed] == [("operating_margin", "(operating_income + interest_expense) / revenue")]
        ana.post(f"/v1/terms/{number}/retire")
        assert ana.get("/v1/terms/redefined").json() == []


def test_bad_terms_over_http(live: Live) -> None:
    reader = live.new_key("terms-reader", "read")
    with live.client() as ana, live.client(reader) as rae:
        assert rae.post("/v1/terms", json={"terms": {"house_funding": COVERAGE}}).status_code == 403
        refused = ana.post("/v1/terms", json={"terms": {"x": {"en": ["total"], "expression": "revenue / revenue"}}})
        assert refused.status_code in (400, 422)
        assert "'x'" in refused.text
        bodies: list[dict[str, object]] = [
            {},
            {"terms": {}},
            {"terms": []},
            {"terms": {"x": {"colour": "red"}}},
            {"terms": {"x" * 5000: {}}},
        ]
        for body in bodies:
            assert ana.post("/v1/terms", json=body).status_code in (400, 422), body
        assert ana.get("/v1/terms/999999").status_code == 404
        assert ana.post("/v1/terms/approve", json={"numbers": [2**70]}).status_code in (400, 422)


def test_the_page_says_of_a_proposal_that_it_redefines_and_what(live: Live) -> None:
    sent = {"name": "operating margin", "kind": "formula", "means": "(operating income + interest expense) / revenue"}
    question = {"question": "What was the operating margin?"}
    with live.browser(live.key) as ana, live.browser(live.admin_key) as admin:
        refused = ana.post("/console/vocabulary", data=sent)
        assert (refused.status_code, "redefines: true" in refused.text) == (400, True)
        marked = {**sent, "redefines": "true"}
        assert ana.post("/console/vocabulary", data=marked).status_code == 303
        seen = {language: admin.get("/console/vocabulary", headers={"Accept-Language": language}).text for language in ("en", "zh-CN")}
        assert "redefines operating_margin; the product means operating_income / revenue" in seen["en"]
        assert "重新定义operating_margin；产品原指operating_income / revenue" in seen["zh-CN"]
        assert ana.post("/console/vocabulary/try", data={**sent, **question, "redefines": "true"}).text.count('<p class="answer">') == 2
        number = next(one["id"] for one in _listed(live, "proposed") if one["entry"]["name"] == "operating_margin")
        assert admin.post(f"/console/vocabulary/{number}/approve").status_code == 303
        tried = ana.post("/console/vocabulary/try", data={**marked, **question, "means": "gross profit / revenue"})
        assert tried.text.count('<p class="answer">') == 3, "with it, as today, and as shipped"
        assert "As the product means it" in tried.text
        assert 'name="redefines" value="true" checked' in tried.text
        assert ana.post(f"/console/vocabulary/{number}/retire").status_code == 303


def _listed(live: Live, state: str) -> list[dict[str, Any]]:
    with live.client() as ana:
        found: list[dict[str, Any]] = ana.get("/v1/terms", params={"state": state}).json()
        return found
