"""What every store and search must do, whatever PostgreSQL they stand on. Subclass it and give ``store`` as a fixture."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from tests.knowledge.samples import filing, paragraph, parsed

from finfoundry.core.document import Page, headings_over, stands_under
from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.knowledge.search.passages import Search, SearchQuery
from finfoundry.knowledge.storage.store import FactQuery, Store

ANN = Principal("ann")


class StoreContract:
    def test_what_went_in_comes_out(self, store: Store) -> None:
        document, data = filing()
        added = store.add(ADMINISTRATOR, document, data)
        assert (added.outcome, added.pages, added.chunks, added.facts) == ("added", 2, 2, 3)
        assert store.data(ADMINISTRATOR, added.document_id) == data
        assert store.certificate(ADMINISTRATOR, added.document_id) == document.certificate
        for page in document.document.pages:
            assert store.page(ADMINISTRATOR, added.document_id, page.number) == Page(page.number, 612.0, 792.0, page.blocks)
        tables = [block for page in document.document.pages for block in page.blocks if block.kind == "table"]
        assert list(store.table_headings(ADMINISTRATOR, added.document_id)) == [headings_over(one.section, one.title) for one in tables]
        assert tables
        blocks = [(page.number, block) for page in document.document.pages for block in page.blocks]
        headings = {(*block.section, block.text) for _, block in blocks if block.kind == "heading"}
        for path in headings | {block.section for _, block in blocks}:
            assert store.blocks_under(ADMINISTRATOR, added.document_id, path) == [one for one in blocks if stands_under(one[1], path)]
        (listed,) = store.documents(ADMINISTRATOR)
        assert (listed.name, listed.entity, listed.fiscal_year, listed.label) == ("STREAM_2017_10K.pdf", "Stream, Inc.", 2017, "general")
        assert store.document(ADMINISTRATOR, added.document_id) == listed
        facts = store.facts(ADMINISTRATOR, FactQuery(document_id=added.document_id))
        assert store.facts(ADMINISTRATOR, FactQuery(document_id=added.document_id, page=facts[0].fact.page))
        assert not store.facts(ADMINISTRATOR, FactQuery(document_id=added.document_id, page=99))
        assert [one.fact for one in facts] == document.facts

    def test_the_same_bytes_again_do_nothing(self, store: Store) -> None:
        first = store.add(ADMINISTRATOR, *filing())
        again = store.add(ADMINISTRATOR, *filing())
        assert again == dataclasses.replace(first, outcome="unchanged")
        assert store.find(ADMINISTRATOR, filing()[0].document.sha256) == again
        assert len(store.documents(ADMINISTRATOR)) == 1

    def test_the_same_bytes_elsewhere_are_a_reference(self, store: Store) -> None:
        """Both are there; deleting one leaves the other whole; a search that sees both shows the passage once."""
        first = store.add(ADMINISTRATOR, *filing())
        second = store.add(ADMINISTRATOR, *filing(), label="core")
        assert store.add(ADMINISTRATOR, *filing(), collection="other").outcome == "referenced"
        assert second.outcome == "referenced"
        found = Search(store.database).search(ADMINISTRATOR, SearchQuery("streaming memberships"))
        assert len([hit for hit in found if "memberships" in hit.text]) == 1
        store.delete(ADMINISTRATOR, first.document_id)
        assert store.data(ADMINISTRATOR, second.document_id) == filing()[1]
        assert {document.label for document in store.documents(ADMINISTRATOR)} == {"core", "general"}

    def test_a_newer_file_of_the_same_name_supersedes(self, store: Store) -> None:
        first = store.add(ADMINISTRATOR, *filing())
        second = store.add(ADMINISTRATOR, *filing(version=1))
        assert (second.outcome, second.superseded) == ("superseded", (first.document_id,))
        assert [document.id for document in store.documents(ADMINISTRATOR)] == [second.document_id]
        with pytest.raises(NotFound):
            store.data(ADMINISTRATOR, first.document_id)
        assert not store.table_headings(ADMINISTRATOR, first.document_id)
        assert not store.blocks_under(ADMINISTRATOR, first.document_id, ())
        hits = Search(store.database).search(ADMINISTRATOR, SearchQuery("streaming memberships"))
        assert {hit.document_id for hit in hits} == {second.document_id}

    def test_the_same_name_in_another_collection_is_another_document(self, store: Store) -> None:
        store.add(ADMINISTRATOR, *filing(), collection="a")
        assert store.add(ADMINISTRATOR, *filing(version=1), collection="b").outcome == "added"
        assert [document.collection for document in store.documents(ADMINISTRATOR)] == ["a", "b"]
        assert [document.collection for document in store.documents(ADMINISTRATOR, "b")] == ["b"]

    def test_deletion_leaves_nothing_and_says_what_it_took(self, store: Store) -> None:
        keep = store.add(ADMINISTRATOR, *filing("OTHER.pdf", entity="Other"))
        before = _rows(store)
        added = store.add(ADMINISTRATOR, *filing())
        while store.embed_pending():
            pass
        removed = store.delete(ADMINISTRATOR, added.document_id)
        assert removed.counts["pages"] == 2
        assert removed.counts["facts"] == 3
        assert removed.counts["cells"] == 8
        assert removed.counts["postings"] > 0
        store.embed_pending()
        with store.database.owner() as connection:
            connection.execute("DELETE FROM vectors")
        assert _rows(store) == before
        assert [document.id for document in store.documents(ADMINISTRATOR)] == [keep.document_id]

    def test_search_finds_by_words_before_and_after_embedding(self, store: Store) -> None:
        store.add(ADMINISTRATOR, *filing())
        search = Search(store.database, store.embedder)
        before = search.search(ADMINISTRATOR, SearchQuery("membership revenue"))
        assert "memberships" in before[0].text
        store.embed_pending()
        after = search.search(ADMINISTRATOR, SearchQuery("membership revenue"))
        assert after[0].chunk_id == before[0].chunk_id
        assert after[0].page == 1
        assert store.embedder is None or store.documents(ADMINISTRATOR)[0].embedded

    def test_search_in_chinese(self, store: Store) -> None:
        pages = [
            [paragraph("公司报告期内研发费用为1.2亿元，占营业收入的比例为7.9%。", "研发投入")],
            [paragraph("独立董事津贴方案。", "治理")],
        ]
        store.add(ADMINISTRATOR, *parsed("年报.pdf", pages=pages, entity="某某生物股份有限公司", aliases=("某某生物",), year=2020))
        query = SearchQuery("2020年某某生物的研发费用占营业收入的比例是多少？", entity="某某生物", period="2020-12-31")
        assert Search(store.database).search(ADMINISTRATOR, query)[0].page == 1

    def test_search_is_filtered(self, store: Store) -> None:
        ours = store.add(ADMINISTRATOR, *filing())
        other = store.add(ADMINISTRATOR, *filing("OTHER.pdf", entity="Other Corp"), collection="b")
        search = Search(store.database)

        def found(query: SearchQuery) -> set[str]:
            return {hit.document_id for hit in search.search(ADMINISTRATOR, query)}

        assert found(SearchQuery("memberships", entity="STREAM INC")) == {ours.document_id}
        both = SearchQuery("memberships", entity="STREAM INC", others=("Other Corp",))
        assert found(both) == {ours.document_id, other.document_id}
        assert found(SearchQuery("memberships", collection="b")) == {other.document_id}
        assert found(SearchQuery("memberships", kind="8-K")) == set()
        assert found(SearchQuery("memberships", document_ids=(other.document_id,))) == {other.document_id}
        assert found(SearchQuery("memberships", entity="nobody of that name")) == set()
        assert found(SearchQuery("memberships", collection="nowhere")) == set()

    def test_a_paper_of_nobody_knows_whose_is_found_behind_the_companys_own(self, store: Store) -> None:
        ours = store.add(ADMINISTRATOR, *filing())
        unowned = store.add(ADMINISTRATOR, *filing("scan.pdf", entity=""))
        store.add(ADMINISTRATOR, *filing("OTHER.pdf", entity="Other Corp"))
        hits = Search(store.database).search(ADMINISTRATOR, SearchQuery("memberships", entity="Stream, Inc."))
        assert [hit.document_id for hit in hits] == [ours.document_id, unowned.document_id]

    def test_a_period_prefers_and_does_not_exclude(self, store: Store) -> None:
        for year in (2016, 2017, 2018):
            store.add(ADMINISTRATOR, *filing(f"STREAM_{year}.pdf", year=year))
        hits = Search(store.database).search(ADMINISTRATOR, SearchQuery("memberships", period="2017-01-01/2017-12-31"))
        assert [hit.document_name for hit in hits][:3] == ["STREAM_2017.pdf", "STREAM_2018.pdf", "STREAM_2016.pdf"]

    @pytest.mark.parametrize("text", ["", "   ", "%_'\\\"", "\0", "what is", "x" * 10_000, "2017", "的"])
    def test_any_question_is_a_question(self, store: Store, text: str) -> None:
        store.add(ADMINISTRATOR, *filing())
        Search(store.database, store.embedder).search(ADMINISTRATOR, SearchQuery(text, entity=text, period=text))

    def test_facts_by_metric_are_best_first(self, store: Store) -> None:
        store.add(ADMINISTRATOR, *filing())
        found = store.facts(ADMINISTRATOR, FactQuery(entity="Stream", metric="total current liabilities", period="2017-12-31"))
        assert found[0].fact.value == Decimal("5466312000")
        assert found[0].similarity > found[1].similarity
        assert store.facts(ADMINISTRATOR, FactQuery(metric="goodwill impairment")) == []
        assert len(store.facts(ADMINISTRATOR, FactQuery(entity="stream", period="2017"))) == 3
        assert store.facts(ADMINISTRATOR, FactQuery(entity="stream", period="2016")) == []

    def test_entities_are_grouped_by_their_plain_name(self, store: Store) -> None:
        store.add(ADMINISTRATOR, *filing())
        store.add(ADMINISTRATOR, *filing("STREAM_2018.pdf", year=2018, entity="STREAM INC"))
        (one,) = store.entities(ADMINISTRATOR)
        assert (one.documents, one.fiscal_years) == (2, (2017, 2018))
        assert {one.name, *one.aliases} == {"Stream, Inc.", "STREAM INC"}

    def test_a_reader_reads_and_may_not_write(self, store: Store) -> None:
        added = store.add(ADMINISTRATOR, *filing())
        with store.database.owner() as connection:
            connection.execute("INSERT INTO users (name) VALUES ('ann')")
        assert store.document(ANN, added.document_id).name == "STREAM_2017_10K.pdf"
        with pytest.raises(NotPermitted):
            store.delete(ANN, added.document_id)
        with pytest.raises(NotPermitted):
            store.add(ANN, *filing(version=1))
        assert len(store.documents(ADMINISTRATOR)) == 1

    def test_what_is_hidden_is_not_there(self, store: Store) -> None:
        added = store.add(ADMINISTRATOR, *filing(), label="core")
        with store.database.owner() as connection:
            connection.execute("INSERT INTO users (name) VALUES ('ann')")
        for call in (store.document, store.data, store.certificate, store.delete):
            with pytest.raises(NotFound):
                call(ANN, added.document_id)

    def test_unknown_labels_and_ids_are_said(self, store: Store) -> None:
        with pytest.raises(InputError, match="label"):
            store.add(ADMINISTRATOR, *filing(), label="no such")
        for id in ("", "x", "00000000", "../../etc", "ilouilou"):
            with pytest.raises(NotFound):
                store.document(ADMINISTRATOR, id)

    def test_characters_that_a_database_cannot_hold(self, store: Store) -> None:
        document, data = parsed(pages=[[paragraph("zero\0byte and \ud800 half a pair", "a\0b")]], entity="E\0")
        added = store.add(ADMINISTRATOR, document, data)
        assert store.page(ADMINISTRATOR, added.document_id, 1).blocks[0].text == "zerobyte and ? half a pair"

    def test_an_empty_document(self, store: Store) -> None:
        added = store.add(ADMINISTRATOR, *parsed(pages=[[]], entity=None))
        assert added.chunks == 0
        assert store.page(ADMINISTRATOR, added.document_id, 1).blocks == []
        store.embed_pending()
        assert Search(store.database, store.embedder).search(ADMINISTRATOR, SearchQuery("anything")) == []


def _rows(store: Store) -> dict[str, int]:
    tables = ("documents", "files", "certificates", "pages", "blocks", "cells", "facts", "chunks", "chunk_terms", "postings")
    with store.database.owner() as connection:
        return {table: (connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0] for table in tables}
