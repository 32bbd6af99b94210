"""SQL that may run over wide tables, and SQL that may not."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import InputError
from finfoundry.knowledge.datasets.sql_check import verify

GOOD = (
    "SELECT name, value FROM company_numbers WHERE metric = '净利润' AND year = 2021 ORDER BY value DESC LIMIT 3",
    "WITH a AS (SELECT company, MAX(value) AS value FROM company_numbers GROUP BY company) SELECT AVG(value) FROM a",
    "SELECT COUNT(DISTINCT company) FROM company_texts WHERE field = '注册地址' AND value ~ '^上海'",
    "SELECT year, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY value) FROM company_numbers GROUP BY year HAVING COUNT(*) > 10",
    "SELECT company, value / NULLIF(value, 0) FROM company_numbers UNION SELECT company, 1 FROM company_texts",
    "SELECT n.name, RANK() OVER (PARTITION BY n.year ORDER BY n.value DESC) FROM company_numbers AS n",
    "SELECT CASE WHEN value > 0 THEN 1 ELSE 0 END FROM company_numbers WHERE name ILIKE '%a%' -- a comment",
)
BAD = (
    "DELETE FROM company_numbers",
    "WITH gone AS (DELETE FROM company_numbers RETURNING *) SELECT * FROM gone",
    "SELECT 1; DROP TABLE facts",
    "SELECT * FROM facts",
    "SELECT * FROM finfoundry.company_numbers",
    "SELECT * FROM pg_catalog.pg_user",
    "SELECT set_config('finfoundry.administrator', 'on', true)",
    "SELECT current_setting('finfoundry.principal')",
    "SELECT pg_sleep(10)",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * INTO taken FROM company_numbers",
    "SELECT * FROM company_numbers FOR UPDATE",
    "SELECT * FROM generate_series(1, 1000000000)",
    "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x FROM n) SELECT * FROM n",
    "SELECT query_to_xml('select 1', true, true, '')",
    "SELECT 'company_numbers'::regclass",
    "SELECT lo_import('/etc/passwd')",
    "SELECT dblink('host=x', 'select 1')",
    "SELECT version()",
    "SELECT current_user",
    "COPY company_numbers TO 'out.csv'",
    "EXPLAIN ANALYZE SELECT 1",
    "SET finfoundry.administrator = 'on'",
    "DO $$ BEGIN END $$",
    "SELECT (SELECT usename FROM pg_user LIMIT 1) FROM company_numbers",
    "SELECT repeat('x', 1000000000) FROM company_numbers",
    "VALUES (1)",
    "",
    "not sql at all (",
)


@pytest.mark.parametrize("query", GOOD)
def test_a_select_over_the_views_is_allowed(query: str) -> None:
    once = verify(query)
    assert verify(once) == once
    assert "--" not in once


@pytest.mark.parametrize("query", BAD)
def test_anything_else_is_refused_with_a_remedy(query: str) -> None:
    with pytest.raises(InputError):
        verify(query)


@given(st.text(max_size=60))
def test_no_text_breaks_the_check(text: str) -> None:
    with contextlib.suppress(InputError):
        assert verify(text)


def test_a_query_that_is_too_long_or_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="characters"):
        verify("SELECT " + "1, " * 10_000 + "1")
    with pytest.raises(InputError):
        verify("SELECT " + "+".join(["1"] * 4_000))
