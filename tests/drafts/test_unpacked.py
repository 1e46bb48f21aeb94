from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui.drafts import unpacked
from mailtui.drafts.store import Drafts
from mailtui.drafts.unpacked import folder_for_files, hold_files, sweep_files
from mailtui.mail.attachment import join_files
from mailtui.mail.draft import Draft
from mailtui.mail.errors import DraftError

ELSEWHERE = """
from pathlib import Path
from mailtui.drafts.unpacked import folder_for_files
folder = folder_for_files()
Path(folder, "b.txt").touch()
print(folder, flush=True)
input()
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(unpacked, "_held", [])
    return tmp_path / "mailtui"


def test_a_file_stays_as_long_as_a_draft_names_it(data: Path) -> None:
    kept, other = Path(folder_for_files(), "a, b.txt"), Path(folder_for_files(), "c.txt")
    kept.touch()
    other.touch()
    assert stat.S_IMODE(kept.parent.stat().st_mode) == stat.S_IMODE((data / "files").stat().st_mode) == 0o700
    opened = Drafts().begin()
    opened.save(Draft(attachments=join_files([str(kept)])))
    opened.close()
    sweep_files()
    assert (kept.exists(), other.parent.exists()) == (True, False)
    Drafts().delete("1")
    sweep_files()
    assert list((data / "files").iterdir()) == []


def test_a_letter_in_another_process_keeps_its_files(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        sweep_files()
        assert (folder / "b.txt").exists()
        process.kill()  # and it could not remove them
    sweep_files()
    assert list((data / "files").iterdir()) == []


def test_where_a_draft_cannot_be_read_nothing_is_removed(data: Path) -> None:
    file = Path(folder_for_files(), "a.txt")
    file.touch()
    (data / "drafts/cur/unreadable").mkdir(parents=True)
    sweep_files()
    assert file.exists()


def test_it_is_said_why_they_cannot_be_unpacked(data: Path) -> None:
    data.mkdir()
    (data / "files").write_text("in the way")
    with pytest.raises(DraftError, match=r"The attachments were not unpacked: .*move it away"):
        folder_for_files()
    sweep_files()


def test_a_draft_that_another_program_has_changed_keeps_its_files(data: Path) -> None:
    file = Path(folder_for_files(), "a.txt")
    file.touch()
    opened = Drafts().begin()
    opened.save(Draft(to="a@x.org", attachments=str(file)))
    opened.close()
    path = Path(Drafts().entry("1").path)
    path.write_bytes(path.read_bytes().replace(b"a@x.org", b"b@x.org"))
    assert Drafts().entry("1").foreign
    sweep_files()
    assert file.exists()


def test_the_files_of_an_open_letter_stay_when_its_draft_is_gone(data: Path) -> None:
    file = Path(folder_for_files(), "a.txt")
    file.touch()
    opened = Drafts().begin()
    opened.save(Draft(attachments=str(file)))
    opened.close()
    sweep_files()
    opened = Drafts().open("1")
    hold_files(opened.draft)
    opened.discard()
    subprocess.run([sys.executable, "-c", "from mailtui.drafts import unpacked; unpacked.sweep_files()"], check=True)
    assert file.exists()
    sweep_files()
    assert not file.exists()
