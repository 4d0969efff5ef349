"""The console speaks French, or English when the environment asks; the exit code says the kind."""

from __future__ import annotations

import pytest

from echeance.base.errors import CompanyExistsError
from echeance.cli import main as cli


def refused() -> None:
    raise CompanyExistsError(siren="552100554")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("", "La société 552100554 existe déjà : ouvrez-la au lieu de la créer.\n"),
        ("fr", "La société 552100554 existe déjà : ouvrez-la au lieu de la créer.\n"),
        ("en", "The company 552100554 already exists: open it instead of creating it.\n"),
        ("xx", "La société 552100554 existe déjà : ouvrez-la au lieu de la créer.\n"),
    ],
)
def test_a_refusal_is_said_in_the_language_of_the_environment(
    monkeypatch, tmp_path, capsys, language, sentence
):
    monkeypatch.setenv("ECHEANCE_HOME", str(tmp_path))
    monkeypatch.setenv("ECHEANCE_SECRET_KEY", "test-only")
    monkeypatch.setattr("sys.argv", ["echeance"])
    monkeypatch.setattr(cli, "build", lambda: refused)
    if language:
        monkeypatch.setenv("ECHEANCE_LANGUAGE", language)

    with pytest.raises(SystemExit) as stopped:
        cli.main()

    assert capsys.readouterr().err == sentence
    assert stopped.value.code == 5
