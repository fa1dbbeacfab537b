"""The commands that begin with a store and take care of it: init, completion, verify, and the program itself."""

import shutil

import pytest

from muniment import Store
from muniment.cli.main import VERBS
from muniment.cli.version import VERSION


def test_init_makes_a_store_here(muniment, folder):
    """The current folder becomes a store, and its JSON files documents."""
    (folder / "a.json").write_text("1")
    answer = muniment("init")
    assert answer.out.startswith(f"Made a store in {folder}\n1 JSON file ")
    with Store.open(folder) as store:
        assert store.names() == ["a"]


def test_init_makes_a_store_elsewhere(muniment, folder):
    """A folder that is named is made too, by DIR or by `--store`."""
    told = muniment("init", "config", "--json").json
    assert told == {"path": str(folder / "config"), "branch": "main", "documents": 0}
    assert muniment("init", "--store", "other").code == 0
    assert muniment("init", "third", "--store", "fourth").code == 2
    assert sorted(path.name for path in folder.iterdir()) == ["config", "other"]


def test_init_twice_is_a_no(muniment, store):
    """A store that exists is left alone."""
    assert muniment("init").code == 1


@pytest.mark.parametrize("place", [("--store", "here", "names"), ("names", "--store", "here")])
def test_store_may_be_named_before_or_after(muniment, store, monkeypatch, folder, place):
    """`--store` means the same on either side of the command."""
    monkeypatch.chdir(folder.parent)
    assert muniment(*place).out == "limits\nservices/web\n"


@pytest.mark.parametrize("arguments", [("--json", "names"), ("names", "--json")])
def test_json_may_be_asked_for_before_or_after(muniment, store, arguments):
    """`--json` means the same on either side of the command."""
    assert muniment(*arguments).json == ["limits", "services/web"]


def test_store_is_found_upwards(muniment, store, folder, monkeypatch):
    """In a folder of the store, names are those of the whole store."""
    monkeypatch.chdir(folder / "services")
    assert muniment("names").out == "limits\nservices/web\n"


def test_verify_says_what_it_looked_at(muniment, store):
    """All is well: numbers, and exit code 0."""
    answer = muniment("verify")
    assert answer.code == 0
    assert answer.out.startswith("All is well: ")
    told = muniment("verify", "--json").json
    assert (told["ok"], told["commits"], told["documents"], told["findings"]) == (True, 2, 2, [])


def test_verify_tells_what_is_wrong(muniment, store, folder):
    """Each finding with its remedy, and exit code 1."""
    (folder / "limits.json").write_text("{")
    answer = muniment("verify")
    assert answer.code == 1
    assert answer.out.startswith("document-invalid  ")
    assert "1 wrong" in answer.out
    told = muniment("verify", "--json")
    assert (told.code, told.json["ok"], told.json["findings"][0]["code"]) == (1, False, "document-invalid")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(muniment, shell):
    """Each shell has its own, and `--json` carries it."""
    script = muniment("completion", shell).out
    assert "_MUNIMENT_COMPLETE" in script
    assert muniment("completion", shell, "--json").json == {"shell": shell, "script": script.removesuffix("\n")}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("muniment st", ["status", "stats"]),
        ("muniment get ser", ["services/web"]),
        ("muniment get limits --at HEAD~", ["HEAD~1"]),
        ("muniment diff ma", ["main"]),
        ("muniment diff li", ["limits"]),
        ("muniment --store nowhere get li", []),
    ],
)
def test_completion_offers(muniment, store, monkeypatch, words, offered):
    """Commands, documents and revisions; nothing, quietly, where there is no store."""
    monkeypatch.setenv("_MUNIMENT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    answer = muniment()
    assert (answer.code, answer.err) == (0, "")
    assert [line.partition(",")[2] for line in answer.out.splitlines() if line] == offered


def test_version(muniment):
    """The version on a line of its own, or as JSON."""
    assert muniment("--version").out == f"muniment {VERSION}\n"
    assert muniment("--version", "--json").json == {"version": VERSION}


def test_version_is_the_package_s(pytestconfig):
    """The version written in the program is the one that the package is published under."""
    import tomllib

    project = tomllib.loads((pytestconfig.rootpath / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_help_lists_every_command(muniment):
    """Without arguments the program tells what it can do, under headings."""
    shown = muniment().out
    assert shown == muniment("--help").out
    for heading, group in VERBS.items():
        assert f"\n{heading}:\n" in shown
        assert all(f"\n  {name} " in shown for name in group)


@pytest.mark.parametrize("name", [name for group in VERBS.values() for name in group])
def test_help_of_every_command_has_an_example(muniment, name):
    """`--help` tells the shared options too, and ends with an example of the command itself."""
    shown = muniment(name, "--help").out
    assert "--store DIR" in shown
    assert "--json" in shown
    assert f"muniment {name}" in shown.partition("\nExample:\n")[2]


def test_stats_counts_what_there_is(muniment, store):
    """A line for each kind of thing; with `--json` the same numbers."""
    told = muniment("stats", "--json").json
    assert (told["documents"], told["branches"], told["commits"], told["packs"]) == (2, 1, 2, 0)
    lines = muniment("stats").out.splitlines()
    assert lines[0].split()[:2] == ["2", "documents"]
    assert lines[3].split() == ["2", "commits"]
    assert not any(line != line.rstrip() for line in lines)


def test_pack_tells_what_it_gathered(muniment, store):
    """What is packed is not packed again, but with `--all`."""
    assert muniment("pack").out.startswith("Packed ")
    assert muniment("pack").out == "Nothing to pack\n"
    told = muniment("pack", "--all", "--json").json
    assert (told["loose"], told["packs"], told["objects"] > 2) == (0, 1, True)
    assert muniment("verify").code == 0


def test_collect_tells_what_goes(muniment, store):
    """With --dry-run nothing does; without, only what is older than was said; as JSON all numbers."""
    muniment("branch", "side")
    muniment("branch", "-d", "side")
    assert muniment("collect").out.startswith("Nothing to collect among ")
    muniment("set", "limits", "/max", "7")
    muniment("commit", "-m", "a mistake")
    muniment("undo")
    assert muniment("collect", "--older-than", "1").out.startswith("Nothing to collect")
    told = muniment("collect", "--older-than", "0", "--dry-run")
    assert told.out.startswith("Would delete 3 objects, ")
    done = muniment("collect", "--older-than", "0", "--json").json
    assert (done["deleted"], done["packs"], done["dry_run"]) == (3, 0, False)
    assert done["before_bytes"] - done["after_bytes"] == done["freed_bytes"] > 0
    assert muniment("verify").code == 0


@pytest.mark.parametrize("age", ["-1", "old", "nan", "14x", "d", "1e3", "", "1000001", "9" * 400])
def test_an_age_is_a_number_of_days(muniment, store, age):
    """Anything else is a wrong use of the command, and it says what is wanted."""
    told = muniment("collect", "--older-than", age)
    assert (told.code, "14d, 2h, 30m" in told.err) == (2, True)


@pytest.mark.parametrize(
    ("age", "is_spared"), [("14d", True), ("1h", True), ("0.5", True), ("2m", True), ("0h", False)]
)
def test_an_age_may_have_a_unit(muniment, store, age, is_spared):
    """Days, hours and minutes."""
    muniment("set", "limits", "/max", "7")
    muniment("commit", "-m", "a mistake")
    muniment("undo")
    assert muniment("collect", "--older-than", age).out.startswith("Nothing to collect") is is_spared


def test_repair_mends_and_tells(muniment, store, folder):
    """What was done, where things went, and that all is well; a second time there is nothing to do."""
    log = folder / ".muniment/local/operations.jsonl"
    log.write_bytes(log.read_bytes() + b"{")
    answer = muniment("repair")
    assert answer.code == 0
    assert answer.out.startswith("tail-cut  ")
    assert "What was taken away is kept in " in answer.out
    assert muniment("repair").out.startswith("Nothing was mended\nAll is well: ")


def test_repair_takes_from_copies(muniment, store, folder, tmp_path):
    """`--from` another copy; what remains without one is told, with exit code 1."""
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(folder / ".muniment/objects")
    told = muniment("repair", "--json")
    assert (told.code, told.json["ok"], told.json["mended"]) == (1, False, [])
    assert told.json["verified"]["findings"][0]["code"] == "object-missing"
    told = muniment("repair", "--from", str(tmp_path / "copy"), "--json")
    assert (told.code, told.json["ok"], told.json["lost"]) == (0, True, None)
    assert {one["code"] for one in told.json["mended"]} == {"object-restored"}
    assert muniment("repair", "--from", str(tmp_path)).code != 0


def test_backup_copies_the_store(muniment, store, folder, tmp_path):
    """It is a store; another store in that place is refused."""
    answer = muniment("backup", str(tmp_path / "backup"))
    assert (answer.code, answer.out.split(":")[0]) == (0, f"Backed up to {tmp_path / 'backup'}")
    assert muniment("log", "--json", "--store", str(tmp_path / "backup")).lines == muniment("log", "--json").lines
    told = muniment("backup", str(tmp_path / "backup"), "--json").json
    assert (told["ok"], told["objects"], told["documents"], told["damaged"]) == (True, 0, 0, [])
    Store.init(tmp_path / "other").close()
    assert muniment("backup", str(tmp_path / "other")).code == 1


def test_backup_tells_what_is_damaged(muniment, store, folder, tmp_path):
    """It is left out, and the exit code is that of damage."""
    objects = sorted((folder / ".muniment/objects").rglob("*.json"))
    objects[0].chmod(0o644)
    objects[0].write_text("damaged")
    answer = muniment("backup", str(tmp_path / "backup"))
    assert answer.code == 5
    assert answer.out.startswith("damaged, not copied  ")


def test_backup_takes_over_that_of_another_copy_if_told_to(muniment, store, folder, tmp_path):
    """Else it is refused: what only the other copy has would go."""
    muniment("backup", str(tmp_path / "backup"))
    shutil.copytree(folder, tmp_path / "clone", ignore=shutil.ignore_patterns("local"))
    backup = ["backup", str(tmp_path / "backup"), "--store", str(tmp_path / "clone")]
    refused = muniment(*backup)
    assert (refused.code, "--take-over" in refused.err) == (1, True)
    assert muniment(*backup, "--take-over").code == 0


def test_restore_backup_makes_a_store(muniment, store, folder, tmp_path):
    """Into a folder of its own; the two folders are named, and no third."""
    backup, new = str(tmp_path / "backup"), str(tmp_path / "new")
    muniment("backup", backup)
    answer = muniment("restore-backup", backup, new)
    assert (answer.code, answer.out.split(":")[0]) == (0, f"Restored to {new}")
    assert muniment("log", "--json", "--store", new).lines == muniment("log", "--json").lines
    assert muniment("restore-backup", backup, new).code == 1
    assert muniment("restore-backup", backup, new, "--store", new).code == 2
    told = muniment("restore-backup", backup, f"{new}er", "--json").json
    assert (told["ok"], told["partial"], told["path"]) == (True, False, f"{new}er")


def test_restore_backup_tells_what_is_not_as_it_was(muniment, store, folder, tmp_path):
    """A backup that was interrupted, and one that was damaged: the exit code is that of damage."""
    backup = tmp_path / "backup"
    muniment("backup", str(backup))
    marker = backup / ".muniment/local/backup.json"
    marker.write_text(marker.read_text().replace("true", "false", 1))
    answer = muniment("restore-backup", str(backup), str(tmp_path / "new"))
    assert (answer.code, answer.out.startswith("not complete  ")) == (5, True)
