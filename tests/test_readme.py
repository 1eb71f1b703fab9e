"""What the README shows must work: its settings are read, its commands and links exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Fenced code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def kpikit_calls() -> list[list[str]]:
    """Words of every ``kpikit`` command that the README shows."""
    lines = [line.split("#")[0] for block in blocks("sh") for line in block.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith("kpikit ")]


def help_text(*words: str) -> str:
    code = "from kpikit.cli import main; main()"
    call = [sys.executable, "-c", code, *words, "--help"]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        call, capture_output=True, text=True, env=environment, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_settings_of_the_tour_are_valid(tmp_path):
    from kpikit.engagement import read_engagement

    settings = "\n".join(blocks("yaml"))
    (tmp_path / "engagement.yml").write_text(settings, "utf-8")
    for raw in yaml.safe_load(settings)["files"]:
        path = tmp_path / raw["path"]
        path.parent.mkdir(exist_ok=True)
        path.touch()
    engagement = read_engagement(tmp_path)
    assert engagement.client == "Acme Leasing"
    assert [segment.name for segment in engagement.segments] == ["A", "B"]


def test_commands_of_the_tour_exist_with_their_options():
    pytest.importorskip("kpikit.cli")
    calls = kpikit_calls()
    assert {call[0] for call in calls} >= {"demo", "new", "check", "report", "whatif", "lab"}
    helps = {name: help_text(name) for name in {call[0] for call in calls}}
    missing = [
        f"kpikit {call[0]} {word}"
        for call in calls
        for word in call[1:]
        if word.startswith("--") and word not in helps[call[0]]
    ]
    assert missing == []


def test_changes_of_the_tour_are_understood():
    from kpikit.diagnosis.scenarios import parse_change

    settings = [word for call in kpikit_calls() for word in call if "=" in word]
    assert settings
    for setting in settings:
        parse_change(setting.partition("=")[2])


def test_make_targets_exist():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    shown = re.findall(r"^make ([\w-]+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert shown and set(shown) <= targets


def test_links_lead_somewhere():
    if not (ROOT / "docs").is_dir():
        pytest.skip("no folder of pictures here")
    links = re.findall(r"\]\((?!\w+://)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
