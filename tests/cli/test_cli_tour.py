"""The tour: all of it works, by itself, and leaves a store to go on with."""

import pytest

from muniment import Store
from muniment.cli.main import program
from muniment.cli.story import STEPS


def test_the_tour_leaves_a_sound_store(muniment, folder):
    """Every step is told with its real output, and the folder holds what the steps said."""
    told = muniment("tour", "--dir", "t", "--json").json
    assert told["path"] == str(folder / "t")
    assert [step["title"] for step in told["steps"]] == [step.title for step in STEPS]
    assert {"limits.json", "services/web.json", ".muniment/format.json"} <= set(told["files"])
    with Store.open(folder / "t") as store:
        assert store.verify().ok
        assert store.status().clean
        assert len(store.log()) == 7
        assert store.read("limits")["upload"]["max_mb"] == 20
        assert store.at("HEAD~3").read("limits")["upload"]["max_mb"] == 200
        web = store.read("services/web")
        assert (web["replicas"], web["tls"]["minimum"], len(web["hosts"])) == (6, "1.3", 3)


def test_the_tour_shows_commands_and_their_output(muniment, folder):
    """For people: the command line or the Python that was run, and what came of it."""
    shown = muniment("tour", "--dir", "t").out
    assert "$ muniment diff\n~ limits\n    upload.max_mb: 20 → 200\n" in shown
    assert ">>> with store.transaction(" in shown
    assert "[<DocumentChange changed features>, <DocumentChange changed services/web>]\n" in shown
    assert f"  cd {folder / 't'}\n" in shown
    assert "refs/heads/" in shown
    assert "main/" in shown


def test_the_tour_needs_no_author_and_no_terminal(muniment, monkeypatch):
    """It runs on a bare machine: no configuration, no programs, a screen of twenty columns."""
    monkeypatch.delenv("MUNIMENT_AUTHOR")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("COLUMNS", "20")
    assert muniment("tour", "--dir", "t").code == 0


def test_the_tour_makes_a_folder_of_its_own(muniment):
    """Without `--dir` it is a new temporary folder each time, which is kept."""
    first, second = (muniment("tour", "--json").json["path"] for _ in range(2))
    assert first != second
    for path in (first, second):
        with Store.open(path) as store:
            assert store.verify().ok


@pytest.mark.parametrize("place", ["full", "full/file"])
def test_the_tour_takes_no_used_folder(muniment, folder, place):
    """A folder that holds something, or cannot be one, is left as it is."""
    (folder / "full").mkdir()
    (folder / "full" / "file").write_text("mine")
    assert muniment("tour", "--dir", place).code in {2, 7}
    assert [path.name for path in (folder / "full").iterdir()] == ["file"]


def test_the_tour_is_coloured_on_a_terminal(muniment, capsys):
    """Its commands' output is painted as it would be without it, and plain elsewhere."""
    assert program.run(["tour", "--dir", "a"], color=True) == 0
    assert "\x1b[31m20\x1b[0m → \x1b[32m200\x1b[0m" in capsys.readouterr().out
    assert "\x1b" not in muniment("tour", "--dir", "b").out
