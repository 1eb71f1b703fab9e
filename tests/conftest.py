"""What several test files share: the sample client's study, and engagements made of text."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kpikit.places import sample_dir
from kpikit.study import Study, run_study, with_audit, with_kpis, with_targets_and_pay


def whole_study(folder: Path) -> Study:
    """All that a full report of a folder is made from."""
    return with_audit(with_targets_and_pay(with_kpis(run_study(folder))))


@pytest.fixture(scope="session")
def client_study() -> Study:
    """The sample client, read and answered once for all tests; not to be changed by them."""
    return whole_study(sample_dir() / "client")


@pytest.fixture
def engagement_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes a golden case with changed settings into a folder of its own."""

    def write(case: str, **changes: object) -> Path:
        source = sample_dir() / "golden" / case / "engagement.yml"
        settings = yaml.safe_load(source.read_text(encoding="utf-8")) | changes
        folder = tmp_path / case
        folder.mkdir(exist_ok=True)
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        (folder / "engagement.yml").write_text(text, encoding="utf-8")
        return folder

    return write
