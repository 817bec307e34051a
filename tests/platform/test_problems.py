"""What can go wrong at the start is said in one sentence with its remedy."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from pydantic import SecretStr

from meldpunt.settings import Settings
from tools.console import Problem, end_with_one_sentence
from tools.keys import SHARED, shared_secrets
from tools.paths import ROOT, writable
from tools.product import MAY_KNOW, SET_BY_OPERATORS, Product
from tools.pythons import find_python
from tools.settings import check_free, free_ports, ports_from, with_dotenv
from tools.training import ensure_model, is_intact
from tools.uv import find_uv, run_fetching


def test_a_port_in_use_is_named_with_the_setting_that_moves_it() -> None:
    ports = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports.staff))
        taken.listen()
        with pytest.raises(Problem, match=f"Port {ports.staff}, for the staff's page") as caught:
            check_free(ports)
    assert "MELDPUNT_STAFF_PORT=" in caught.value.remedy


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MELDPUNT_RASA_PORT": "five"}, "MELDPUNT_RASA_PORT is 'five'"),
        ({"MELDPUNT_RASA_PORT": "70000"}, "MELDPUNT_RASA_PORT is '70000'"),
        ({"MELDPUNT_STAFF_PORT": "8080"}, "MELDPUNT_STAFF_PORT is 8080, which another"),
    ],
)
def test_a_port_that_cannot_be_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(Problem, match=said):
        ports_from(given)


def test_the_environment_wins_over_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text('# ports\nMELDPUNT_PUBLIC_PORT=9000\nexport MELDPUNT_STAFF_PORT="9001"\n\n')
    ports = ports_from(with_dotenv({"MELDPUNT_PUBLIC_PORT": "9100"}, file))
    assert (ports.public, ports.staff, ports.rasa) == (9100, 9001, 5005)


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = shared_secrets(tmp_path, {})
    assert shared_secrets(tmp_path, {}) == first
    assert len(set(first.values())) == 3
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_secret_in_the_environment_wins_and_is_not_written(tmp_path: Path) -> None:
    found = shared_secrets(tmp_path, {"MELDPUNT_CHANNEL_SECRET": "from elsewhere"})
    assert found["MELDPUNT_CHANNEL_SECRET"] == "from elsewhere"
    assert not (tmp_path / "keys" / "channel-secret").exists()


@pytest.mark.parametrize("content", [b"", b"not base64!", b"c2hvcnQ=\n", b"\xff\xfe\x00"])
def test_a_damaged_key_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    shared_secrets(tmp_path, {})
    file = tmp_path / "keys" / "tracker-key"
    file.write_bytes(content)
    with pytest.raises(Problem, match=f"{file} is damaged") as caught:
        shared_secrets(tmp_path, {})
    assert "backup" in caught.value.remedy
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(Problem, match="/dev/null/var cannot be written") as caught:
        writable(Path("/dev/null/var"))
    assert "MELDPUNT_VAR" in caught.value.remedy


def test_without_the_python_that_rasa_needs_the_remedy_is_said(tmp_path: Path) -> None:
    uv_that_fetches_nothing = tmp_path / "uv"
    uv_that_fetches_nothing.write_text("#!/bin/sh\necho 'error sending request' >&2\nexit 1\n")
    uv_that_fetches_nothing.chmod(0o755)
    with pytest.raises(Problem, match=r"No Python 3\.99 was found") as caught:
        find_python(("3.99",), str(uv_that_fetches_nothing))
    assert "pyenv install 3.99" in caught.value.remedy


def test_a_python_that_only_pretends_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.98"
    shim.write_text("#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    working = tmp_path / "pyenv" / "versions" / "3.98.1" / "bin" / "python3.98"
    working.parent.mkdir(parents=True)
    working.write_text("#!/bin/sh\necho 3.98\n")
    for script in (shim, working):
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert find_python(("3.98",), "uv-is-not-asked") == str(working)


def test_a_registry_that_cannot_be_reached_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    install = [
        find_uv(),
        "pip",
        "install",
        "--no-cache",
        "--target",
        str(tmp_path),
        "--python",
        sys.executable,
        "six",
    ]
    with pytest.raises(Problem, match="the package registry cannot be reached"):
        run_fetching(install, "six")


def test_any_other_failure_shows_what_the_installer_said() -> None:
    with pytest.raises(Problem, match="six could not be installed") as caught:
        run_fetching(["sh", "-c", "echo no room left; exit 2"], "six")
    assert "no room left" in caught.value.remedy


def test_a_model_that_does_not_fit_the_code_is_refused_where_training_is_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELDPUNT_TRAIN", "never")
    (tmp_path / "sam-000000000000.tar.gz").write_bytes(b"of another day")
    with pytest.raises(Problem, match="does not fit this code") as caught:
        ensure_model(tmp_path)
    assert "make train" in caught.value.remedy


def test_a_damaged_model_is_recognised(tmp_path: Path) -> None:
    description = tmp_path / "metadata.json"
    description.write_text(json.dumps({"rasa_open_source_version": "3.6.21"}))
    model = tmp_path / "model.tar.gz"
    with tarfile.open(model, "w:gz") as archive:
        archive.add(description, "metadata.json")
    assert is_intact(model)
    model.write_bytes(model.read_bytes()[:-20])
    assert not is_intact(model)


def test_a_problem_is_one_sentence_and_a_remedy_and_no_stack_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> int:
        raise Problem("The tap drips.", "Turn it off.")

    assert end_with_one_sentence(fail) == 1
    assert capsys.readouterr().err.split("\n") == ["", "The tap drips.", "Turn it off.", ""]


def test_make_extract_prints_answers_and_nothing_else() -> None:
    line = json.dumps({"id": "1", "text": "ik ben 15 en woon in hengelo", "role": "zelf"})
    done = subprocess.run(
        ["make", "-s", "extract"], cwd=ROOT, input=line + "\n", capture_output=True, text=True, check=True
    )
    assert [json.loads(answer)["gemeente"] for answer in done.stdout.splitlines()] == ["Hengelo"]


def test_every_command_of_the_makefile_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == set(phony)


def test_every_requirement_has_a_hash_and_none_an_address() -> None:
    for name in ("setup.txt", "app.txt", "dev.txt", "rasa.txt"):
        file = ROOT / "requirements" / name
        text = file.read_text()
        assert "://" not in text, file
        pins = [block for block in text.replace("\\\n", " ").splitlines() if "==" in block]
        assert pins, file
        assert all("--hash=sha256:" in pin for pin in pins), file


def test_each_process_gets_the_secrets_it_needs_and_no_others(tmp_path: Path) -> None:
    set_by_operators = {
        "MELDPUNT_DATABASE_URL": "postgresql+psycopg://meldpunt:geheim@db/meldpunt",
        "MELDPUNT_OIDC_SECRET": "geheim van de aanmelddienst", "MELDPUNT_SMTP_PASSWORD": "geheim van de mail",
        "MELDPUNT_TRACKER_KEY": "dGVzdA==",
    }  # fmt: skip
    product = Product(tmp_path, free_ports(), {"PATH": os.environ["PATH"], **set_by_operators}, {})
    secrets = {*set_by_operators, *SHARED}
    knows = {
        name: {key for key in secrets if product.environment_of(name)[key]} for name in (*MAY_KNOW, "another")
    }
    assert knows == {
        "handover": {"MELDPUNT_CHANNEL_SECRET", "MELDPUNT_DATABASE_URL", "MELDPUNT_OIDC_SECRET"},
        "jobs": {"MELDPUNT_CHANNEL_SECRET", "MELDPUNT_DATABASE_URL", "MELDPUNT_SMTP_PASSWORD"},
        "rasa": {"MELDPUNT_CHANNEL_SECRET", "MELDPUNT_TRACKER_KEY", "MELDPUNT_ACTION_TOKEN"},
        "actions": {"MELDPUNT_ACTION_TOKEN"},
        "another": set(),
    }


def test_every_secret_setting_is_for_named_processes() -> None:
    """A secret that is added to the settings must be given to somebody by name, or it reaches all four."""
    secret = {
        f"MELDPUNT_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.annotation is SecretStr
    }
    assert secret <= {*SET_BY_OPERATORS, *SHARED}
