"""The points of the database contract, in the order in which they rest on each other. Each is what some migration or query does."""

from __future__ import annotations

import secrets
import time
from decimal import Decimal

import psycopg

from finfoundry.core.errors import SettingsError, StoreError
from finfoundry.operations.contract import POINTS, Bench, Contract, Missing, PointNotRun, ToDo, attempt, expect, point, refused, run
from finfoundry.runtime.migrate import LOWEST_SERVER, LOWEST_VECTOR

DENIED = "42501"  # insufficient_privilege, which a row policy raises too
LONG_SPARSE = "sparsevec(1000000000)"


def examine(dsn: str) -> Contract:
    """Try every point. Raises SettingsError for a DSN that cannot be read, StoreError where it leads nowhere."""
    try:
        bench = Bench(dsn, f"finfoundry_check_{secrets.token_hex(4)}")
    except psycopg.ProgrammingError as error:
        raise SettingsError(
            f"The DSN cannot be read: {error}", remedy="Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from error
    except psycopg.OperationalError as error:
        raise StoreError(f"The database cannot be reached: {str(error).strip()}", remedy="Check host, port, user and password") from error
    try:
        server = str(bench.run("SELECT version()"))
        points = [attempt(bench, *one) for one in POINTS]
    finally:
        bench.remove()
    return Contract(server, bench.database, all(one.verdict in ("ok", "to do") for one in points), points)


@point("version", "what the migrations are written in")
def version(bench: Bench) -> str:
    number = bench.owner.info.server_version
    if number < LOWEST_SERVER:
        raise Missing(f"{number // 10000}.{number % 10000}, and 15 or newer is needed")
    return f"{number // 10000}.{number % 10000}"


@point("schema", "everything lies in one schema of the owner's")
def schema(bench: Bench) -> str:
    bench.run(f"CREATE SCHEMA {bench.name}")
    return "created"


@point("transactional DDL", "a migration or a restore happens whole or not at all")
def transactional_ddl(bench: Bench) -> None:
    bench.run("BEGIN", "CREATE TABLE half_made (a integer)", "CREATE INDEX ON half_made (a)", "ROLLBACK")
    expect(bench.run("SELECT to_regclass('half_made')"), None, "a table after its rollback")


@point("roles", "application, worker and reader with fewer rights than the owner")
def roles(bench: Bench) -> str:
    bench.run("CREATE ROLE $ROLE LOGIN NOINHERIT PASSWORD $PASSWORD")
    bench.has_role = True
    bench.run(f'GRANT CONNECT, TEMPORARY ON DATABASE "{bench.database}" TO $ROLE', f"GRANT USAGE ON SCHEMA {bench.name} TO $ROLE")
    with bench.as_role() as connection:
        expect(run(connection, "SELECT current_user::text"), bench.role, "the user of a new login")
    return "made by the owner, logged in with its password"


@point("settings of a transaction", "the identity of a request lives as long as its transaction")
def transaction_settings(bench: Bench) -> None:
    bench.run("BEGIN", "SET LOCAL finfoundry.principal = 'ana'")
    expect(bench.run("SELECT current_setting('finfoundry.principal', true)"), "ana", "within the transaction")
    bench.run("COMMIT")
    expect(bench.run("SELECT coalesce(current_setting('finfoundry.principal', true), '')"), "", "after the transaction")


@point("functions that define security", "policies ask who may read what, without showing the grants")
def security_definer(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE allowed (person text, label integer)",
        "INSERT INTO allowed VALUES ('ana', 1)",
        f"""CREATE FUNCTION labels_of() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
            SET search_path = {bench.name}, pg_temp
            AS $$ SELECT coalesce(array_agg(label), '{{}}') FROM allowed WHERE person = current_setting('finfoundry.principal', true) $$""",  # noqa: S608  our own names
    )
    with bench.as_role() as connection:
        refused(connection, "SELECT * FROM allowed", "the role reads a table that nobody opened to it", DENIED)
        found = run(connection, "BEGIN", "SET LOCAL finfoundry.principal = 'ana'", "SELECT labels_of()")
    expect(found, [1], "what the function gives")


@point("row-level security: SELECT", "who may read what is decided by the database")
def rows_read(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE papers (id integer, label integer)",
        "INSERT INTO papers VALUES (1, 1), (2, 2)",
        "ALTER TABLE papers ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON papers TO $ROLE",
        "CREATE POLICY reading ON papers FOR SELECT TO $ROLE USING (label = ANY ((SELECT labels_of())::integer[]))",
    )
    expect(as_ana(bench, "SELECT array_agg(id) FROM papers"), [1], "rows that a user of label 1 sees")
    expect(as_nobody(bench, "SELECT count(*) FROM papers"), 0, "rows without an identity")


@point("row-level security: INSERT", "nobody adds a document under a label that he may not write")
def rows_insert(bench: Bench) -> None:
    bench.run("CREATE POLICY adding ON papers FOR INSERT TO $ROLE WITH CHECK (label = ANY ((SELECT labels_of())::integer[]))")
    as_ana(bench, "INSERT INTO papers VALUES (3, 1)")
    with bench.as_role() as connection:
        run(connection, "BEGIN", "SET LOCAL finfoundry.principal = 'ana'")
        refused(connection, "INSERT INTO papers VALUES (4, 2)", "a row that the policy forbids was inserted", DENIED)


@point("row-level security: UPDATE", "nor moves one there")
def rows_update(bench: Bench) -> None:
    check = "(label = ANY ((SELECT labels_of())::integer[]))"
    bench.run(f"CREATE POLICY changing ON papers FOR UPDATE TO $ROLE USING {check} WITH CHECK {check}")
    as_ana(bench, "UPDATE papers SET id = id + 10")
    expect(bench.run("SELECT array_agg(id ORDER BY id) FROM papers WHERE label = 2"), [2], "rows of another label after an update")
    with bench.as_role() as connection:
        run(connection, "BEGIN", "SET LOCAL finfoundry.principal = 'ana'")
        refused(connection, "UPDATE papers SET label = 2", "a row was moved to a label that the policy forbids", DENIED)


@point("row-level security: DELETE", "nor removes one")
def rows_delete(bench: Bench) -> None:
    bench.run("CREATE POLICY removing ON papers FOR DELETE TO $ROLE USING (label = ANY ((SELECT labels_of())::integer[]))")
    as_ana(bench, "DELETE FROM papers")
    expect(bench.run("SELECT array_agg(id) FROM papers"), [2], "rows of another label after a deletion")


@point("FORCE ROW LEVEL SECURITY", "the owner's own mistakes are under the policies too")
def forced(bench: Bench) -> str:
    bench.run("ALTER TABLE papers FORCE ROW LEVEL SECURITY")
    expect(bench.run("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'papers'::regclass"), True, "the mark on the table")
    if bench.run("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"):
        return "taken; the role of this DSN bypasses row security, a plain owner would not"
    expect(bench.run("SELECT count(*) FROM papers"), 0, "rows that an owner without a policy sees")
    bench.run("CREATE POLICY owner ON papers TO CURRENT_USER USING (true) WITH CHECK (true)")
    expect(bench.run("SELECT count(*) FROM papers"), 1, "rows that an owner with a policy sees")
    return "holds for the owner"


@point("grants on columns", "SQL that a person sends sees some columns of a table")
def column_grants(bench: Bench) -> None:
    bench.run("CREATE TABLE two_columns (open integer, closed integer)", "GRANT SELECT (open) ON two_columns TO $ROLE")
    with bench.as_role() as connection:
        run(connection, "SELECT open FROM two_columns")
        refused(connection, "SELECT closed FROM two_columns", "a column without a grant was read", DENIED)


@point("set_config closed", "SQL that a person sends cannot change the identity that it runs under")
def set_config_closed(bench: Bench) -> str:
    with bench.as_role() as connection:
        if run(connection, "SELECT has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE')"):
            raise ToDo(
                "As superuser, in this database: REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;"
                " until then questions over tables in SQL are refused"
            )
    return "revoked from PUBLIC"


@point("one statement a prepared query", "a second statement cannot hide behind the first")
def one_statement(bench: Bench) -> None:
    try:
        bench.owner.execute("SELECT 1; SELECT 2", prepare=True)
    except psycopg.errors.SyntaxError:
        return
    raise Missing("two statements ran as one prepared query")


@point("statement_timeout", "a query that takes too long ends")
def timeout(bench: Bench) -> None:
    bench.run("BEGIN", "SET LOCAL statement_timeout = '100ms'")
    refused(bench.owner, "SELECT pg_sleep(20)", "the query ran on", "57014")
    bench.run("ROLLBACK")


@point("pgvector", "search by meaning")
def vector(bench: Bench) -> str:
    found = bench.run("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    if found is None:
        raise Missing("the extension is not on the server: install pgvector 0.8 or newer")
    bench.run("CREATE EXTENSION IF NOT EXISTS vector")
    found = bench.run("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    if tuple(int(part) for part in found.split(".")[:2]) < LOWEST_VECTOR:
        raise Missing(f"pgvector {found}, and 0.8 or newer is needed")
    bench.has_vector = True
    return str(found)


@point("halfvec", "vectors in half the space")
def halfvec(bench: Bench) -> None:
    bench.need_vector()
    bench.run("CREATE TABLE vectors (id integer, embedding halfvec(3))", "INSERT INTO vectors VALUES (1, '[1,0,0]'), (2, '[0,1,0]')")
    expect(bench.run("SELECT id FROM vectors ORDER BY embedding <#> '[0.1,0.9,0]' LIMIT 1"), 2, "the nearest by inner product")


@point("sparsevec", "words and their weights, ranked exactly")
def sparsevec(bench: Bench) -> None:
    bench.need_vector()
    bench.run(
        f"CREATE TABLE terms (id integer, weights {LONG_SPARSE} STORAGE MAIN NOT NULL)",
        "INSERT INTO terms VALUES (1, '{7:1.5,900000000:2}/1000000000'), (2, '{7:1}/1000000000')",
    )
    query = f"SELECT id FROM terms ORDER BY weights <#> '{{900000000:1}}/1000000000'::{LONG_SPARSE} LIMIT 1"  # noqa: S608
    expect(bench.run(query), 1, "the best by inner product")


@point("HNSW over halfvec", "the nearest of many vectors in milliseconds")
def hnsw(bench: Bench) -> None:
    bench.need_vector()
    bench.run(
        "CREATE INDEX ON vectors USING hnsw (embedding halfvec_ip_ops) WITH (m = 24, ef_construction = 128)",
        "BEGIN",
        "SET LOCAL enable_seqscan = off",
        "SET LOCAL hnsw.ef_search = 100",
        "SET LOCAL hnsw.iterative_scan = relaxed_order",
    )
    expect(bench.run("SELECT id FROM vectors ORDER BY embedding <#> '[0.1,0.9,0]' LIMIT 1"), 2, "the nearest by the index")
    bench.run("COMMIT")


@point("SKIP LOCKED", "several workers share one queue")
def skip_locked(bench: Bench) -> None:
    bench.run("CREATE TABLE queue (id integer PRIMARY KEY)", "INSERT INTO queue VALUES (1), (2)")
    with bench.connect() as other:
        run(other, "BEGIN", "SELECT id FROM queue WHERE id = 1 FOR UPDATE")
        expect(bench.run("BEGIN", "SELECT id FROM queue ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"), 2, "what a second worker takes")
        bench.run("COMMIT")


@point("advisory locks", "one sealer, one migration, and a job whose worker died is taken up")
def advisory_locks(bench: Bench) -> None:
    with bench.connect() as other:
        run(other, "SELECT pg_advisory_lock(72461, 7)")
        expect(bench.run("SELECT pg_try_advisory_lock(72461, 7)"), False, "a lock that another session holds")
    deadline = time.monotonic() + 5
    while not bench.run("SELECT pg_try_advisory_lock(72461, 7)"):
        if time.monotonic() > deadline:
            raise Missing("the lock of a session that ended is still held")
        time.sleep(0.05)
    bench.run("SELECT pg_advisory_unlock_all()", "BEGIN", "SELECT pg_advisory_xact_lock(72461)", "COMMIT")


@point("COPY", "documents in bulk, backup and restore")
def copy(bench: Bench) -> None:
    bench.run("CREATE TABLE copied (a text, b bytea)")
    with bench.owner.cursor().copy("COPY copied (a, b) FROM STDIN") as into:
        into.write_row(("tab\there", b"\x00\xff"))
    with bench.owner.cursor().copy("COPY (SELECT a, b FROM copied) TO STDOUT") as out:
        text = b"".join(out)
    expect(text, b"tab\\there\t\\\\x00ff\n", "what comes out")


@point("a snapshot", "a backup is of one moment")
def snapshot(bench: Bench) -> None:
    bench.run("BEGIN", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", "SELECT count(*) FROM copied")
    with bench.connect() as other:
        run(other, "INSERT INTO copied VALUES ('later', '')")
    expect(bench.run("SELECT count(*) FROM copied"), 1, "rows after another session added one")
    bench.run("COMMIT")


@point("jsonb", "certificates, plans, payloads of jobs")
def jsonb(bench: Bench) -> None:
    found = bench.run("""SELECT jsonb_agg(jsonb_build_object('n', n) ORDER BY n) -> 1 ->> 'n' FROM generate_series(1, 2) AS n""")
    expect(found, "2", "an element of what was put together")


@point("arrays and GIN", "documents by the names of their entity")
def arrays(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE names (id integer, keys text[] NOT NULL DEFAULT '{}')",
        "CREATE INDEX ON names USING gin (keys)",
        "INSERT INTO names VALUES (1, ARRAY['a', 'b']), (2, ARRAY['c'])",
    )
    expect(bench.run("SELECT id FROM names WHERE keys && ARRAY['b', 'x']"), 1, "the row that overlaps")
    expect(bench.run("SELECT count(*) FROM unnest(ARRAY['x'], ARRAY[1]) WITH ORDINALITY AS u (a, b, n)"), 1, "two arrays side by side")


@point("identity columns and NULLS NOT DISTINCT", "a grant to a user or to a group is there once")
def unique_nulls(bench: Bench) -> None:
    bench.run(
        """CREATE TABLE given (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person integer, team integer,
                               UNIQUE NULLS NOT DISTINCT (person, team))""",
        "INSERT INTO given (person) VALUES (1)",
    )
    refused(bench.owner, "INSERT INTO given (person) VALUES (1)", "the same grant went in twice", "23505")


@point("partial and covering indexes, upserts", "one waiting job of a kind, one promoted version of a name")
def upserts(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE work (kind text, state text, size integer)",
        "CREATE UNIQUE INDEX ON work (kind) WHERE state = 'queued'",
        "CREATE INDEX ON work (state DESC, kind) INCLUDE (size)",
        "INSERT INTO work VALUES ('a', 'queued', 1)",
        "INSERT INTO work VALUES ('a', 'queued', 2) ON CONFLICT (kind) WHERE state = 'queued' DO NOTHING",
    )
    moved = bench.run("WITH gone AS (DELETE FROM work RETURNING size) SELECT sum(size) FROM gone")
    expect(moved, 1, "what was kept, taken out by a statement that changes and reads")


@point("views of the one who asks", "row policies hold behind a view")
def invoker_views(bench: Bench) -> None:
    bench.run("CREATE VIEW shown WITH (security_invoker = true) AS SELECT id FROM papers", "GRANT SELECT ON shown TO $ROLE")
    expect(as_nobody(bench, "SELECT count(*) FROM shown"), 0, "rows through the view without an identity")


@point("triggers and procedures", "audit records are never changed; each table is protected by one call")
def triggers(bench: Bench) -> None:
    bench.run(
        "CREATE TABLE kept (id integer)",
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'insufficient_privilege'; END $$""",
        """CREATE PROCEDURE close_table(target regclass, fully boolean DEFAULT false) LANGUAGE plpgsql AS $$ BEGIN
            EXECUTE format('CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON %s EXECUTE FUNCTION refuse()', target); END $$""",
        "CALL close_table('kept', fully => true)",
    )
    refused(bench.owner, "TRUNCATE kept", "the trigger did not fire", DENIED)


@point("SHA-256", "digests of policy and evidence inside the database")
def digests(bench: Bench) -> None:
    found = bench.run("SELECT left(encode(sha256(convert_to('审计', 'UTF8')), 'hex'), 8)")
    expect(found, "e73d8477", "a digest")


@point("exact numbers and UTF-8", "no figure and no name is altered")
def exact(bench: Bench) -> None:
    expect(bench.run("SHOW server_encoding"), "UTF8", "the encoding")
    expect(
        bench.run("SELECT 97370000000000000000.01 + 0.00000000000000000001"), Decimal("97370000000000000000.01000000000000000001"), "a sum"
    )


@point("queries", "the forms that search and tables use")
def queries(bench: Bench) -> None:
    found = bench.run("""
        WITH numbers AS MATERIALIZED (SELECT n, n % 2 AS odd FROM generate_series(1, 4) AS n)
        SELECT count(*) FILTER (WHERE top.n = 4) FROM (SELECT DISTINCT ON (odd) odd, n FROM numbers ORDER BY odd, n DESC) AS first,
               LATERAL (SELECT n FROM numbers WHERE numbers.odd = first.odd ORDER BY n DESC LIMIT 1) AS top
    """)
    expect(found, 1, "the result")
    bench.run("CREATE TEMPORARY TABLE IF NOT EXISTS passing (a integer) ON COMMIT DELETE ROWS")


def as_ana(bench: Bench, statement: str) -> object:
    """The first value of what a user who may read label 1 runs, committed."""
    with bench.as_role() as connection, connection.transaction():
        return run(connection, "SET LOCAL finfoundry.principal = 'ana'", statement)


def as_nobody(bench: Bench, statement: str) -> object:
    if bench.run("SELECT to_regclass('papers')") is None:
        raise PointNotRun("needs row-level security")
    with bench.as_role() as connection:
        return run(connection, statement)
