"""An operation that makes the tables at once that a chain of migrations comes to: Django takes as long to make classes
of all models again after each step of the chain as to make the tables a hundred times over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, RunPython, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Squash(Operation):
    """The tables of an app as the last of these migrations leaves them, and then their steps in Python, in their order:
    what was made without a model, and first rows. Those that are `elidable` change rows alone, and there are none."""

    reduces_to_sql = False

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def _operations(self, app: str) -> Iterator[Operation]:
        for name in self.names:
            yield from import_module(f"{app}.migrations.{name}").Migration.operations

    def _tables(self, app: str, state: ProjectState) -> list[CreateModel]:
        """Each model of the app, without those whose tables a step makes."""
        steps = [step for step in self._operations(app) if isinstance(step, SeparateDatabaseAndState)]
        apart = {
            model.name_lower for step in steps for model in step.state_operations if isinstance(model, CreateModel)
        }
        models = [model for (label, _), model in state.models.items() if label == app and model.name_lower not in apart]
        return [CreateModel(model.name, [*model.fields.items()]) for model in models]

    def _steps(self, app: str) -> list[RunPython]:
        return [step for step in self._operations(app) if isinstance(step, RunPython) and not step.elidable]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        vars(state).pop("apps", None)  # or each operation made classes of all models that its own relates to
        for operation in self._operations(app_label):
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in self._tables(app_label, to_state):
            table.database_forwards(app_label, schema_editor, from_state, to_state)
        # Keys and indexes now: where some are left Django ends the transaction before it notes what has run, and who is
        # stopped in between has tables that can't be made again.
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement, None)
        schema_editor.deferred_sql.clear()
        for step in self._steps(app_label):
            step.code(to_state.apps, schema_editor)  # its own way makes classes of all models again

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for step in reversed(self._steps(app_label)):
            (step.reverse_code or step.noop)(from_state.apps, schema_editor)
        for table in reversed(self._tables(app_label, from_state)):
            table.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"What the migrations until {self.names[-1]} come to"
