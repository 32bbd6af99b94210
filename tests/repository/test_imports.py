"""Every import runs one way, between files and between folders; no folder is a crowd."""

from __future__ import annotations

from tests.repository.imports import at_the_top, both_ways, circles, crowded, file_names, imports, rooms


def test_no_file_imports_itself_by_way_of_others() -> None:
    assert circles(imports()) == []


def test_no_two_folders_import_each_other() -> None:
    assert both_ways(rooms(imports())) == []


def test_folders_hold_twenty_modules_at_most() -> None:
    assert crowded() == {}
    assert len(at_the_top()) <= 8


def test_a_circle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set[str](), "e": {"d"}}
    assert circles(graph) == [["a", "b", "c"]]
    assert both_ways({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == [("a", "b")]


def test_no_name_of_a_file_occurs_more_than_twice() -> None:
    assert file_names() == {}
