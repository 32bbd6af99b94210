"""The forms of who may read what: adding takes nothing away, and a page with a new key says what loading it again does."""

from __future__ import annotations

from tests.server.conftest import Live


def test_adding_what_is_there_takes_nothing_away(live: Live) -> None:
    policy, administrator = live.app.policy, live.app.administrator
    policy.add_user(administrator, "petra")
    policy.add_label(administrator, "dossier", discoverable=True)
    policy.add_grant(administrator, "petra", "dossier", write=True)
    with live.browser(live.admin_key) as root:
        assert root.post("/console/access/labels", data={"label": "dossier"}).status_code == 303
        assert root.post("/console/access/grants", data={"name": "petra", "label": "dossier"}).status_code == 303
        made = root.post("/console/access/keys", data={"user": "petra"}, headers={"Accept-Language": "en"}).text
    assert "to load this page again would make another" in made
    assert 'href="/console/access">Done' in made
    assert [one.discoverable for one in policy.labels(administrator) if one.name == "dossier"] == [True]
    assert [one.write for one in policy.grants(administrator) if (one.name, one.label) == ("petra", "dossier")] == [True]
    page = live.app.documents(administrator)[0].id
    with live.browser(live.admin_key) as root:
        assert "past answers on it (0 yours)" in root.get(f"/console/documents/{page}", headers={"Accept-Language": "en"}).text
