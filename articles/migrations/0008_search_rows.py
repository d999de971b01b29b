"""Rows of the search index take less space on Postgres: words and runs, of which a function makes the lexemes."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# The lines of a row: words; runs, each found by its characters and its pairs of neighbours; runs of the title, likewise.
VECTOR = """
CREATE FUNCTION articles_search_vector(lexemes text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
DECLARE
    words text[] := string_to_array(btrim(split_part(lexemes, E'\\n', 1)), ' ');
    runs text[] := string_to_array(split_part(lexemes, E'\\n', 2), NULL, ' ');
    title text[] := string_to_array(btrim(split_part(lexemes, E'\\n', 3)), NULL, ' ');
BEGIN
    -- A blank between two runs is NULL, and so are the pairs on both sides of it.
    runs := runs || ARRAY(SELECT unnest(runs) || unnest(runs[2:]));
    IF title <> '{}' THEN
        title := title || ARRAY(SELECT unnest(title) || unnest(title[2:]));
        runs := runs || ARRAY(SELECT 't:' || unnest(title));
    END IF;
    RETURN array_to_tsvector(words || array_remove(runs, NULL));
END
$$
"""
# What an older row holds says the same: pairs and characters are short runs.
RUN = (
    r"[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3031-\u3035\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    r"\u30fc-\u30ff\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    r"\U00020000-\U000323af]{1,2}"
)
PACK = """
CREATE FUNCTION pg_temp.articles_search_packed(lexemes tsvector) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
SELECT concat(
    ' ', string_agg(lexeme, ' ') FILTER (WHERE lexeme !~ '^(t:)?RUN$'), E' \\n',
    string_agg(lexeme, ' ') FILTER (WHERE lexeme ~ '^RUN$'), E'\\n',
    string_agg(substr(lexeme, 3), ' ') FILTER (WHERE lexeme ~ '^t:RUN$'), repeat(' ', 2100)
) FROM unnest(tsvector_to_array(lexemes)) AS lexeme
$$
""".replace("RUN", RUN)
TO_ROWS = (
    VECTOR,
    PACK,
    "DROP INDEX articles_search_lexemes",
    "ALTER TABLE articles_search SET (toast_tuple_target = 128)",
    "ALTER TABLE articles_search ALTER lexemes TYPE text USING pg_temp.articles_search_packed(lexemes)COMPRESSED",
    "ALTER TABLE articles_search ALTER lexemes SET STATISTICS 0",
    "DROP FUNCTION pg_temp.articles_search_packed(tsvector)",
    "CREATE INDEX articles_search_lexemes ON articles_search USING gin (articles_search_vector(lexemes))",
    "ALTER INDEX articles_search_lexemes ALTER COLUMN 1 SET STATISTICS 200",
)
BACK = (
    "DROP INDEX articles_search_lexemes",
    "ALTER TABLE articles_search ALTER lexemes TYPE tsvector USING articles_search_vector(lexemes)COMPRESSED",
    "ALTER TABLE articles_search ALTER lexemes SET STATISTICS 1000",
    "CREATE INDEX articles_search_lexemes ON articles_search USING gin (lexemes)",
    "DROP FUNCTION articles_search_vector(text)",
)


def change(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _execute(editor, TO_ROWS)


def undo(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _execute(editor, BACK)


def _execute(editor: BaseDatabaseSchemaEditor, statements: tuple[str, ...]) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        compressed = ", ALTER lexemes SET COMPRESSION lz4" if cursor.fetchone()[0] else ""
    for statement in statements:
        editor.execute(statement.replace("COMPRESSED", compressed), params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_origins_and_history")]
    operations = [migrations.RunPython(change, undo)]
