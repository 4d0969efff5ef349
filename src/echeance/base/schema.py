"""Operations of migrations that Django does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.models import Field, Model

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Create the tables of several models at once, each after those it refers to.

    After each operation Django makes again every model that is linked to the one it touches. All
    of them hang on the company: tables created one by one make the first start take half a minute.
    Here the models are made once. Their indexes and constraints stand in their options.

    Args:
        models: In an order where none refers to a later one.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = list(models)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models to a state whose classes are made when they are next asked for."""
        state.__dict__.pop("apps", None)
        for one in self.models:
            one.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the tables."""
        for one in self.models:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the tables, the last first."""
        for one in reversed(self.models):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What ``migrate --plan`` says."""
        return "Create " + ", ".join(one.name for one in self.models)


class AddFields(Operation):
    """Add columns to several tables at once; see :class:`CreateModels` for why.

    On SQLite each is one ``ALTER TABLE … ADD COLUMN`` with its default, where Django would copy
    the whole table for each column that has one.

    Args:
        fields: By model, the names and fields; one that may not be null has a default.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, fields: Mapping[str, Sequence[tuple[str, Field[Any, Any]]]]) -> None:
        self.fields = {name: list(rows) for name, rows in fields.items()}
        # SQLite adds no unique column: Django copies the table, and knows nothing of the others.
        assert not any(field.unique for rows in self.fields.values() for _, field in rows)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the fields to a state whose classes are made when they are next asked for."""
        state.__dict__.pop("apps", None)
        for model_name, rows in self.fields.items():
            for name, field in rows:
                state.add_field(app_label, model_name.lower(), name, field, preserve_default=True)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Add the columns."""
        for model_name in self.fields:
            before = from_state.apps.get_model(app_label, model_name)
            model = to_state.apps.get_model(app_label, model_name)
            for field in self._of(model):
                plain = field.null and not field.has_default()
                if schema_editor.connection.vendor != "sqlite" or plain:
                    schema_editor.add_field(before, field)
                    continue
                column, values = schema_editor.column_sql(model, field, include_default=True)
                table = schema_editor.quote_name(model._meta.db_table)  # noqa: SLF001  public in fact
                name = schema_editor.quote_name(str(field.column))
                schema_editor.execute(
                    f"ALTER TABLE {table} ADD COLUMN {name} {column}", values or ()
                )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,  # noqa: ARG002  the shape of an operation
    ) -> None:
        """Drop the columns, the last first."""
        for model_name in reversed(self.fields):
            model = from_state.apps.get_model(app_label, model_name)
            for field in reversed(self._of(model)):
                schema_editor.remove_field(model, field)

    def _of(self, model: type[Model]) -> list[Field[Any, Any]]:
        known = {field.name: field for field in model._meta.local_fields}  # noqa: SLF001  as above
        rows = self.fields[str(model._meta.model_name)]  # noqa: SLF001  as above
        return [known[name] for name, _ in rows]

    def describe(self) -> str:
        """What ``migrate --plan`` says."""
        return "Add " + ", ".join(
            f"{model}.{name}" for model, rows in self.fields.items() for name, _ in rows
        )
