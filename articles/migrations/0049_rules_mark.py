"""A number that changes with every change of rules, so that workers keep what they made of them: triggers see to it, as
rules go with feeds and accounts, and lose their category, by statements of others' tables. It is by chance: one that is
counted up comes again after a rollback. On Postgres once for each statement: many versions of one row in a transaction
take the square of their number to pass. Where SQLite makes a new table for a later migration, its triggers are made anew
at the end of all (`articles/rules/mark.py`)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# What rules_at_work reads.
COLUMNS = "user_id, feed_id, category_id, of_category, text, is_on"
CHANGES = {
    "added": "AFTER INSERT ON articles_rule",
    "removed": "AFTER DELETE ON articles_rule",
    "changed": f"AFTER UPDATE OF {COLUMNS} ON articles_rule",
    "of_account": "AFTER UPDATE OF is_active ON auth_user",
}
MARK = {
    "sqlite": "UPDATE articles_rulesmark SET mark = random()",
    "postgresql": "UPDATE articles_rulesmark SET mark = ((random() - 0.5) * 9e18)::bigint",
}
TABLE = (
    "CREATE TABLE articles_rulesmark (mark bigint NOT NULL)",
    "INSERT INTO articles_rulesmark VALUES (0)",
)
FUNCTION = f"""CREATE FUNCTION articles_mark_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {MARK["postgresql"]}; RETURN NULL; END $$"""
CALL = "EXECUTE FUNCTION articles_mark_rules()"


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = editor.connection.vendor == "postgresql"
    emptied = f"CREATE TRIGGER articles_rule_emptied AFTER TRUNCATE ON articles_rule {CALL}"
    made = triggers(editor.connection.vendor).values()
    for statement in (*TABLE, *((FUNCTION, emptied) if is_postgres else ()), *made):
        editor.execute(statement, params=None)


def triggers(vendor: str) -> dict[str, str]:
    """By name."""
    body = CALL if vendor == "postgresql" else f"BEGIN {MARK[vendor]}; END"
    each = "STATEMENT" if vendor == "postgresql" else "ROW"
    return {
        f"articles_rule_{name}": f"CREATE TRIGGER articles_rule_{name} {when} FOR EACH {each} {body}"
        for name, when in CHANGES.items()
    }


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = editor.connection.vendor == "postgresql"
    for name, when in CHANGES.items():
        on = f" ON {when.rsplit(' ', 1)[1]}" if is_postgres else ""
        editor.execute(f"DROP TRIGGER articles_rule_{name}{on}", params=None)
    if is_postgres:
        editor.execute("DROP FUNCTION articles_mark_rules CASCADE", params=None)
    editor.execute("DROP TABLE articles_rulesmark", params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0048_placed_keys")]
    operations = [migrations.RunPython(create, drop)]
