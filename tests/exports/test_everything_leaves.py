"""Everything leaves in one documented dump, and the check that reads it back names whatever was done to it."""

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from recommendations.audit.erasing import erase
from recommendations.audit.models import Event
from recommendations.catalogue.models import Demand, SourceFile, State
from recommendations.catalogue.received import folder as received_folder
from recommendations.catalogue.reference import load_reference
from recommendations.demo.loading import load_demo
from recommendations.evidence import vault
from recommendations.evidence.models import Evidence, EvidenceFile
from recommendations.exports import services
from recommendations.exports.everything import dictionary, dump, handing_out, tables, verify
from recommendations.exports.everything.dump import CannotWrite, export_everything
from recommendations.exports.models import Export, FullExport
from recommendations.formats.sealed_field import Sealed
from recommendations.formats.tabular import protect
from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.reminders.models import Notification
from recommendations.vocabulary import Role
from tests.evidence.samples import png
from tests.factories import PASSWORD, make_evidence, make_person, make_recommendation

# What the database held of each table when the dump was made.
HELD: dict[str, list[tuple]] = {}
TRICKY = ["=1+1", "'=1+1", "-5", "two\r\nlines", 'with "quotes", commas', "Қазақстан\t\u202e", "", " "]


def a_world() -> None:
    """The demonstration, and beside it whatever it does not hold: files, odd texts, an erased detail."""
    load_reference()
    load_demo()
    editor = make_person()
    item = make_evidence(editor, confidentiality="restricted", title="Restricted")
    vault.receive_file(item, upload=SimpleUploadedFile("scan.png", png(), "image/png"), by=editor)
    for number, text in enumerate(TRICKY):
        Evidence.objects.filter(pk=item.pk).update(description=Sealed(text))
        make_recommendation(f"7.{number}", text=f"{text} (an invented sentence)")
    received_folder().mkdir(parents=True, exist_ok=True)
    content = b"an invented file"
    name = hashlib.sha256(content).hexdigest()
    (received_folder() / name).write_bytes(content)
    SourceFile.objects.create(sha256=name, name="t.csv", size=len(content), stored_as=name)
    (services.folder() / "1-export").write_bytes(content)
    Export.objects.create(
        kind="selection", format="csv", language="en", stored_as="1-export", sha256=name, made_by=editor
    )
    erase(Event.objects.filter(number=3), by=None, reason="An example")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, django_db_setup, django_db_blocker) -> Path:
    """One dump of that world, which the tests copy before they spoil it."""
    target = tmp_path_factory.mktemp("dumps") / "whole"
    with django_db_blocker.unblock(), transaction.atomic():
        a_world()
        export_everything(target)
        for table in tables.tables():
            names = [column.field.attname for column in table.columns]
            HELD[table.name] = list(table.model._base_manager.order_by("pk").values_list(*names))
        transaction.set_rollback(True)
    return target


@pytest.fixture
def copy(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def faults(folder):
    return list(verify.verify(folder))


def places(folder):
    return {(fault.file, fault.row, fault.place) for fault in faults(folder)}


def rows_of(folder, table):
    return [json.loads(line) for line in (folder / f"tables/{table}.jsonl").read_text().splitlines()]


def sealed(folder):
    """Make the manifest agree with the files again, as somebody would who knows it."""
    manifest = json.loads((folder / verify.MANIFEST).read_text())
    for entry in manifest["files"]:
        path = folder / entry["path"]
        entry["size"], entry["sha256"] = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
        if entry["path"].endswith(".jsonl"):
            entry["rows"] = len(path.read_bytes().splitlines())
        elif entry["path"].startswith("tables/"):
            with path.open(encoding="utf-8-sig", newline="") as source:
                entry["rows"] = len(list(csv.reader(source))) - 1
    content = json.dumps(manifest).encode()
    (folder / verify.MANIFEST).write_bytes(content)
    (folder / verify.SEAL).write_text(f"{hashlib.sha256(content).hexdigest()}  {verify.MANIFEST}\n")


# --- what a dump holds --------------------------------------------------------------------------------------------


def test_a_dump_is_whole_when_it_is_read_back(whole):
    assert faults(whole) == []
    found = verify.summary(whole)
    assert found["rows"] > 4000
    assert found["files"] == 3


def test_every_table_and_column_leaves_or_is_left_out_with_a_reason():
    known = {table.model._meta.label for table in tables.tables()} | set(tables.LEFT_OUT)
    assert known == {model._meta.label for model in apps.get_models(include_auto_created=True)}
    columns = {
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }
    assert set(tables.LEFT_OUT_COLUMNS) <= columns
    assert all(len(why) > 10 for why in (tables.LEFT_OUT | tables.LEFT_OUT_COLUMNS).values())


def test_no_secret_leaves(whole):
    secret = re.compile("password|token|secret|session_key")
    leaving = [
        f"{table.model._meta.label}.{column.name}" for table in tables.tables() for column in table.columns
    ]
    assert [name for name in leaving if secret.search(name.casefold())] == []
    for path in (whole / "tables").iterdir():
        assert b"argon2" not in path.read_bytes()
    left_out = {entry["what"] for entry in json.loads((whole / "manifest.json").read_text())["left_out"]}
    assert {"sessions.Session", "recommendations.User.password", "settings and secrets"} <= left_out


def test_every_column_has_a_type_and_a_meaning(whole):
    found = json.loads((whole / "data-dictionary.json").read_text())
    for table in found["tables"]:
        assert table["meaning"], table["table"]
        for column in table["columns"]:
            assert column["meaning"] and column["type"] in dictionary.TYPES, column
    (recommendation,) = [one for one in found["tables"] if one["table"] == "recommendations_recommendation"]
    meanings = {column["name"]: column["meaning"] for column in recommendation["columns"]}
    assert "a later import reports a conflict" in meanings["corrected"]
    (position,) = [one for one in recommendation["columns"] if one["name"] == "position"]
    assert position["choices"]["noted"] == "Noted"
    page = (whole / "data-dictionary.html").read_text()
    assert all(f'id="{table["table"]}"' in page for table in found["tables"])


def test_a_row_leaves_with_every_value_as_it_is(whole):
    for table in tables.tables():
        told = rows_of(whole, table.name)
        assert len(told) == len(HELD[table.name])
        for row, held in zip(told, HELD[table.name], strict=True):
            for column, value in zip(table.columns, held, strict=True):
                said = row[column.name]
                assert column.field.to_python(said) == value or said == value, column


def test_csv_says_what_json_says_and_no_cell_is_a_formula(whole):
    with (whole / "tables/recommendations_recommendationtext.csv").open(
        encoding="utf-8-sig", newline=""
    ) as source:
        texts = [row["text"] for row in csv.DictReader(source)]
    assert "'=1+1 (an invented sentence)" in texts
    assert not [text for text in texts if text[:1] in "=+-@" and text]
    for text in [*TRICKY, "@x", "'", "''=", "+", "\t", "'a"]:
        assert verify.protect(text) == protect(text)


def test_the_dump_holds_restricted_evidence_with_its_original(whole):
    (row,) = rows_of(whole, "recommendations_evidencefile")
    assert (whole / "files/evidence" / row["stored_as"]).read_bytes() == png()


def test_a_file_that_is_gone_does_not_keep_the_rest_and_is_named(tmp_path, db, capsys):
    editor = make_person()
    upload = SimpleUploadedFile("scan.png", png(), "image/png")
    vault.receive_file(make_evidence(editor), upload=upload, by=editor)
    (vault.folder() / EvidenceFile.objects.get().stored_as).unlink()
    target = tmp_path / "dump"

    call_command("export_everything", "--output", str(target))
    call_command("verify_export", str(target))

    assert [
        entry["why"] for entry in json.loads((target / "manifest.json").read_text())["missing_files"]
    ] == ["gone"]
    assert "was gone or changed already" in capsys.readouterr().out
    assert Event.objects.filter(verb="everything.exported").exists()


def test_all_tables_are_of_one_moment_and_nobody_waits(transactional_db, tmp_path, monkeypatch):
    make_recommendation("1.1")
    real, wrote = dump._Dump.table, []

    def write_meanwhile():
        State.objects.create(code="XXA", name_en="Invented")
        Demand.objects.create(recommendation_id=make_recommendation("1.2").pk, letter="a")
        wrote.append(True)
        connections.close_all()

    def table(self, one, reading):
        if not wrote and one.name != "recommendations_state":
            other = threading.Thread(target=write_meanwhile)
            other.start()
            other.join(20)
        return real(self, one, reading)

    monkeypatch.setattr(dump._Dump, "table", table)

    export_everything(tmp_path / "dump")

    assert wrote
    assert faults(tmp_path / "dump") == []
    assert len(rows_of(tmp_path / "dump", "recommendations_recommendation")) == 1
    assert rows_of(tmp_path / "dump", "recommendations_demand") == []


# --- unfinished ---------------------------------------------------------------------------------------------------


def test_a_dump_that_fails_leaves_nothing(tmp_path, db, monkeypatch):
    monkeypatch.setattr(dump, "copy_files", lambda *_all: (_ for _ in ()).throw(OSError(28, "No space left")))

    with pytest.raises(CannotWrite, match="No space left"):
        export_everything(tmp_path / "dump")

    assert list(tmp_path.iterdir()) == []


def test_a_dump_that_was_killed_does_not_look_complete(tmp_path, db, monkeypatch):
    monkeypatch.setattr(dump.shutil, "rmtree", lambda *_all, **_named: None)
    monkeypatch.setattr(dump, "copy_files", lambda *_all: (_ for _ in ()).throw(OSError(28, "killed")))
    with pytest.raises(CannotWrite):
        export_everything(tmp_path / "dump")

    assert [path.name for path in tmp_path.iterdir()] == ["dump.partial"]
    assert [fault.what for fault in faults(tmp_path / "dump.partial")] == [
        "is missing: the dump was never finished, or is no dump"
    ]
    with pytest.raises(CannotWrite, match="interrupted"):
        export_everything(tmp_path / "dump")


def test_a_folder_that_is_there_is_never_written_into(tmp_path, db):
    (tmp_path / "dump").mkdir()

    with pytest.raises(CannotWrite, match="is there already"):
        export_everything(tmp_path / "dump")


# --- what the check finds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_a_byte_flipped_anywhere_is_found_and_its_file_named(copy, part):
    """In all files at once but those by which the others are read."""
    spoilt = set()
    for path in copy.rglob("*"):
        if (
            path.is_file()
            and path.stat().st_size
            and path.name not in (verify.MANIFEST, verify.SEAL, verify.DICTIONARY)
        ):
            flip(path, part)
            spoilt.add(path.relative_to(copy).as_posix())

    assert spoilt == {fault.file for fault in faults(copy) if "its bytes were changed" in fault.what}


@pytest.mark.parametrize("name", [verify.MANIFEST, verify.SEAL, verify.DICTIONARY])
@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_a_byte_flipped_in_what_describes_the_rest_is_found(copy, name, part):
    flip(copy / name, part)

    named = {fault.file for fault in faults(copy)}
    assert (verify.MANIFEST if name == verify.SEAL else name) in named


def flip(path, part):
    content = bytearray(path.read_bytes())
    content[int((len(content) - 1) * part)] ^= 1
    path.write_bytes(content)


def test_a_changed_value_is_named_by_file_row_and_column(copy):
    path = copy / "tables/recommendations_organisation.csv"
    content = path.read_bytes()
    name = rows_of(copy, "recommendations_organisation")[1]["name"].encode()
    assert content.count(name) == 1
    path.write_bytes(content.replace(name, name[:-1] + b"X"))

    assert ("tables/recommendations_organisation.csv", 2, "name") in places(copy)


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_row_removed_from_one_of_the_two_files_is_named(copy, ending):
    key = rows_of(copy, "recommendations_organisation")[1]["id"]
    path = copy / f"tables/recommendations_organisation.{ending}"
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[1 if ending == "jsonl" else 2]
    path.write_bytes(b"".join(lines))
    sealed(copy)

    other = f"tables/recommendations_organisation.{'csv' if ending == 'jsonl' else 'jsonl'}"
    (found,) = [fault for fault in faults(copy) if fault.file == other]
    assert (found.row, found.place) == (2, "id")
    assert found.what == f"{key} is missing in tables/recommendations_organisation.{ending}"


def test_a_row_removed_from_both_files_is_found_by_what_refers_to_it(copy):
    for ending, gone in (("jsonl", 0), ("csv", 1)):
        path = copy / f"tables/recommendations_organisation.{ending}"
        lines = path.read_bytes().splitlines(keepends=True)
        del lines[gone]
        path.write_bytes(b"".join(lines))
    sealed(copy)

    found = faults(copy)
    assert any(
        fault.file == "tables/recommendations_user.jsonl" and fault.place == "organisation_id"
        for fault in found
    )


def test_a_row_removed_without_the_manifest_is_counted(copy):
    path = copy / "tables/recommendations_comment.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))

    whats = [fault.what for fault in faults(copy) if fault.file == "tables/recommendations_comment.jsonl"]
    assert any("the manifest says" in what for what in whats)


def test_a_file_missing_and_a_file_added_are_named(copy):
    (gone,) = (copy / "files/imports").iterdir()
    gone.unlink()
    (copy / "files/evidence/added").write_bytes(b"more")
    (copy / "tables/recommendations_round.csv").unlink()

    named = {(fault.file, fault.what) for fault in faults(copy)}
    assert (f"files/imports/{gone.name}", "is missing") in named
    assert ("files/evidence/added", "is not in the manifest") in named
    assert ("tables/recommendations_round.csv", "is missing") in named


def test_an_original_exchanged_for_another_is_found_though_the_manifest_was_made_anew(copy):
    (row,) = rows_of(copy, "recommendations_evidencefile")
    (copy / "files/evidence" / row["stored_as"]).write_bytes(b"another")
    sealed(copy)

    assert places(copy) == {("tables/recommendations_evidencefile.jsonl", 1, "sha256")}


def spoil_log(folder, change):
    """Change the log's rows in both files, and let the manifest agree."""
    rows = rows_of(folder, "recommendations_event")
    change(rows)
    names = list(rows[0])
    found = json.loads((folder / "data-dictionary.json").read_text())
    (table,) = [one for one in found["tables"] if one["table"] == "recommendations_event"]
    kinds = [column["type"] for column in table["columns"]]
    (folder / "tables/recommendations_event.jsonl").write_text(
        "".join(dump._line(names, row.values()) for row in rows)
    )
    cells = [[verify.cell(row[name], kind) for name, kind in zip(names, kinds, strict=True)] for row in rows]
    (folder / "tables/recommendations_event.csv").write_bytes("\ufeff".encode() + dump._csv([names, *cells]))
    sealed(folder)


def test_events_that_changed_places_are_named(copy):
    def swap(rows):
        rows[9], rows[10] = rows[10], rows[9]

    spoil_log(copy, swap)

    whats = [fault.what for fault in faults(copy) if fault.row in (10, 11) and fault.place == "number"]
    assert whats[0] == "event 11 stands here, 10 is expected: one is missing or was moved"


def test_an_event_told_otherwise_removed_or_cut_off_is_named(copy, whole, tmp_path):
    spoil_log(copy, lambda rows: rows[4].update(subject_label="Somebody else"))
    assert ("tables/recommendations_event.jsonl", 5, "hash") in places(copy)

    second = Path(shutil.copytree(whole, tmp_path / "second"))
    spoil_log(second, lambda rows: rows.pop(6))
    assert ("tables/recommendations_event.jsonl", 7, "number") in places(second)

    third = Path(shutil.copytree(whole, tmp_path / "third"))
    spoil_log(third, lambda rows: rows.pop())
    assert ("tables/recommendations_chainhead.jsonl", 1, "number") in places(third)


def test_a_detail_of_the_log_that_was_changed_is_named(copy):
    path = copy / "tables/recommendations_eventdetail.jsonl"
    rows = rows_of(copy, "recommendations_eventdetail")
    rows[7]["detail"]["added"] = True
    path.write_text("".join(dump._line(list(row), row.values()) for row in rows))

    assert ("tables/recommendations_event.jsonl", 8, "detail_hash") in places(copy)
    assert ("tables/recommendations_eventdetail.csv", 8, "detail") in places(copy)


@pytest.mark.parametrize("name", ["manifest.json", "data-dictionary.json"])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"files": [{"path": "../x"}], "tables": [{}]}']
)
def test_what_is_no_dump_is_told_and_never_a_traceback(copy, name, content):
    (copy / name).write_bytes(content)

    assert name in {fault.file for fault in faults(copy)}


def test_the_script_in_the_dump_needs_neither_the_product_nor_the_database(copy):
    def run(*more):
        return subprocess.run(
            [sys.executable, "-I", "-S", str(copy / "verify.py"), *more],
            capture_output=True,
            text=True,
            env={},
        )

    assert run().returncode == 0
    assert run().stdout.startswith("Whole: ")
    (copy / "README.txt").unlink()
    spoilt = run("--json")
    assert spoilt.returncode == 1
    assert json.loads(spoilt.stdout)["faults"] == [
        {"file": "README.txt", "row": None, "place": "", "what": "is missing"}
    ]


def test_the_command_ends_with_1_and_tells_as_json(copy, capsys):
    (copy / "README.txt").unlink()

    with pytest.raises(SystemExit) as end:
        call_command("verify_export", str(copy), "--json")

    assert end.value.code == 1
    assert json.loads(capsys.readouterr().out)["whole"] is False


# --- the button ---------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return make_person(Role.ADMINISTRATOR)


def confirm_password(client, address=""):
    answer = client.post(address or reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302


def test_an_administrator_asks_with_her_password_and_downloads_the_zip(client, administrator, tmp_path):
    coordinator = make_person(Role.COORDINATOR)
    client.force_login(administrator)
    refused = client.post(reverse("everything"))
    assert refused.url.startswith(reverse("account_reauthenticate"))
    assert not FullExport.objects.exists()

    confirm_password(client, refused.url)
    export = FullExport.objects.get()
    assert export.ready_at is None
    queue.run_due()
    export.refresh_from_db()
    page = client.get(reverse("everything")).content.decode()
    assert export.sha256[:16] in page
    answer = client.get(reverse("everything_download", args=[export.pk]))
    content = b"".join(answer.streaming_content)

    assert hashlib.sha256(content).hexdigest() == export.sha256
    zipfile.ZipFile(BytesIO(content)).extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    assert faults(folder) == []
    verbs = list(
        Event.objects.filter(verb__startswith="everything.").order_by("number").values_list("verb", flat=True)
    )
    assert verbs == ["everything.asked", "everything.made", "everything.downloaded"]
    told = Notification.objects.get(recipient=coordinator)
    assert (told.kind, told.params["what"]) == ("everything.asked", administrator.name)


def test_a_session_left_open_downloads_nothing_without_the_password(client, administrator):
    export = handing_out.ask(by=administrator)
    queue.run_due()
    client.force_login(administrator)

    answer = client.get(reverse("everything_download", args=[export.pk]))

    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not Event.objects.filter(verb="everything.downloaded").exists()


def test_nobody_else_gets_near_it(client, administrator):
    export = FullExport.objects.create(asked_by=administrator, stored_as="x", ready_at=timezone.now())
    for role in (Role.COORDINATOR, Role.REVIEWER, Role.EDITOR, Role.OBSERVER):
        client.force_login(make_person(role))
        confirm_password(client)
        assert client.get(reverse("everything")).status_code == 403
        assert client.post(reverse("everything")).status_code == 403
        assert client.get(reverse("everything_download", args=[export.pk])).status_code == 403
        assert client.post(reverse("everything_remove", args=[export.pk])).status_code == 403


def test_who_is_no_administrator_any_more_gets_no_file(administrator):
    handing_out.ask(by=administrator)
    User.objects.filter(pk=administrator.pk).update(is_administrator=False)

    queue.run_due()

    assert FullExport.objects.get().ready_at is None
    assert list(handing_out.folder().iterdir()) == []


def test_one_is_made_at_a_time(administrator):
    handing_out.ask(by=administrator)

    with pytest.raises(handing_out.UnderWay):
        handing_out.ask(by=administrator)


def test_the_file_goes_after_some_days_and_when_it_is_removed(client, administrator):
    first = handing_out.ask(by=administrator)
    queue.run_due()
    assert queue.Job.objects.filter(name=handing_out.REMOVE, run_after__gt=timezone.now()).exists()
    queue.Job.objects.filter(name=handing_out.REMOVE).update(run_after=timezone.now() - timedelta(minutes=1))
    queue.run_due()
    first.refresh_from_db()
    assert (first.stored_as, list(handing_out.folder().iterdir())) == ("", [])

    second = FullExport.objects.create(asked_by=administrator, stored_as="two", ready_at=timezone.now())
    (handing_out.folder() / "two").write_bytes(b"x")
    client.force_login(administrator)
    client.post(reverse("everything_remove", args=[second.pk]))

    assert list(handing_out.folder().iterdir()) == []
    assert Event.objects.filter(verb="everything.removed").count() == 2


def test_a_full_disk_leaves_nothing_half_made(administrator, monkeypatch):
    monkeypatch.setattr(
        handing_out, "_pack", lambda *_all: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    handing_out.ask(by=administrator)

    queue.run_due()

    assert list(handing_out.folder().iterdir()) == []
    assert FullExport.objects.get().job.error == "RuntimeError"


def test_a_dump_takes_one_question_a_table_whatever_the_number_of_rows(
    db, tmp_path, django_assert_max_num_queries
):
    for number in range(30):
        make_recommendation(f"3.{number}")
    with django_assert_max_num_queries(len(tables.tables()) + 5):
        export_everything(tmp_path / "dump")
