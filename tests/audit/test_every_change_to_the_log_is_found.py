"""One byte changed anywhere in events, details, head or anchors is found, and its place named."""

import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from recommendations.audit import anchors, triggers, verify_audit
from recommendations.audit.erasing import NotPossible, erase, erase_past_retention, set_retention
from recommendations.audit.log import faults, record
from recommendations.audit.models import ChainHead, DetailRetention, Event, EventDetail
from recommendations.exports.everything.dump import export_everything
from recommendations.jobs import queue
from recommendations.organisations import tasks
from recommendations.vocabulary import Role
from tests.confirming import confirm
from tests.factories import make_person

pytestmark = pytest.mark.django_db
TABLES = verify_audit.TABLES
NAMES = {"events": "id", "details": "event_id", "head": "id"}


@pytest.fixture(autouse=True)
def _a_place_of_its_own(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.ANCHOR_KEY_FILE = str(tmp_path / "keys" / "anchor.key")


@pytest.fixture
def administrator():
    return make_person(Role.ADMINISTRATOR)


@pytest.fixture
def log(administrator):
    """Events with details, one of them erased, anchored twice."""
    for number in range(4):
        record("organisation.added", administrator.organisation, by=administrator, detail={"n": f"n{number}"})
    anchors.make_anchor(now=datetime(2026, 1, 1, tzinfo=UTC))
    erase(Event.objects.filter(number=3), by=administrator, reason="Consent was withdrawn")
    record("demo.loaded", by=None)
    anchors.make_anchor(now=datetime(2026, 1, 2, tzinfo=UTC))
    assert list(faults()) == []


@pytest.fixture
def without_triggers(log):
    triggers.remove(connection)
    yield
    triggers.install(connection)


def cells(part: str) -> list[tuple[int, str, object]]:
    """Every value of a table as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLES[part]} ORDER BY 1")
        names = [column[0] for column in cursor.description]
        key = names.index(NAMES[part])
        return [
            (row[key], name, value)
            for row in cursor.fetchall()
            for name, value in zip(names, row, strict=True)
            if name != NAMES[part]
        ]


def tampered(value: object, draw) -> object:
    """The value with one character or digit changed."""
    if value is None:
        return 1
    if isinstance(value, int):
        return value + draw(st.sampled_from([1, -1]))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    text = value if isinstance(value, str) else json.dumps(value)
    if not text:
        return "x"
    place = draw(st.integers(0, len(text) - 1))
    other = draw(st.sampled_from([char for char in '0129afz}" ' if char != text[place]]))
    return text[:place] + other + text[place + 1 :]


@pytest.mark.usefixtures("without_triggers")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_of_the_database(data):
    part = data.draw(st.sampled_from(["events", "details", "head"]))
    key, column, value = data.draw(st.sampled_from(cells(part)))
    changed = tampered(value, data.draw)
    number = Event.objects.get(pk=key).number if part != "head" else None
    with transaction.atomic():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {TABLES[part]} SET {column} = %s WHERE {NAMES[part]} = %s", [changed, key]
                )
                cursor.execute(
                    "SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1"
                )
        except DatabaseError:
            assume(False)  # what the database itself refuses
        if part == "details" and column == "detail":
            assume(_says_something_else(value, changed))
        found = list(faults())
        transaction.set_rollback(True)
    assert found, f"{part} {key} {column}: {value!r} became {changed!r}"
    places = {wrong.number for wrong in found} | {wrong.row for wrong in found}
    assert number is None or number in places, f"{part} {number} {column}: {found}"
    assert list(faults()) == []


def _says_something_else(before: object, after: object) -> bool:
    """Whether a changed JSON text means something else than before (a blank more or less does not)."""
    before = json.loads(before) if isinstance(before, str) else before
    try:
        return json.loads(str(after)) != before
    except ValueError:
        return True


@pytest.mark.usefixtures("log")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_byte_of_the_anchors(data):
    path = anchors.anchor_file()
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(changed))
    found = list(faults())
    path.write_bytes(whole)
    assert found
    assert all(wrong.part == verify_audit.ANCHORS for wrong in found)
    line = 1 + whole[:place].count(b"\n")
    assert line in {wrong.row for wrong in found}


@pytest.mark.usefixtures("without_triggers")
class TestTheEnd:
    def cut(self, keep: int) -> None:
        """Everything after an event goes, and the head is set to it: the chain itself is whole."""
        gone = Event.objects.filter(number__gt=keep)
        EventDetail.objects.filter(event__in=gone)._raw_delete(using="default")
        gone._raw_delete(using="default")
        last = Event.objects.get(number=keep)
        ChainHead.objects.update(number=keep, hash=last.hash)

    def test_that_was_cut_off_falls_short_of_its_anchor(self):
        self.cut(2)
        assert {(wrong.part, wrong.number) for wrong in faults()} >= {("anchors", 5)}

    def test_that_was_written_anew_is_not_the_one_anchored(self):
        last = ChainHead.objects.get().number
        self.cut(last - 2)
        for _number in range(2):
            record("demo.loaded", by=None)
        assert any("knows another event" in wrong.what for wrong in faults())

    def test_without_its_head_is_named(self):
        ChainHead.objects.all()._raw_delete(using="default")
        assert [wrong.part for wrong in faults()] == ["head"]


@pytest.mark.usefixtures("without_triggers")
class TestErasing:
    def test_that_no_event_tells_of_is_found(self):
        EventDetail.objects.filter(event__number=2).update(detail={}, erased_at=timezone.now())
        assert [(wrong.number, wrong.what) for wrong in faults()] == [
            (2, "its detail was erased, and no event says so")
        ]

    def test_that_did_not_happen_is_found(self):
        EventDetail.objects.filter(event__number=3).update(erased_at=None)
        assert 3 in {wrong.number for wrong in faults()}


class TestErasingADetail:
    def test_keeps_the_chain_whole_and_says_who_and_why(self, administrator):
        event = record("import.applied", administrator, by=administrator, detail={"note": "Her name"})
        assert erase([event], by=administrator, reason="Consent was withdrawn") == 1
        assert EventDetail.objects.get(event=event).detail == {}
        told = Event.objects.latest("number")
        assert (told.verb, told.actor, told.subject_id) == ("audit.erased", administrator, event.pk)
        assert told.detail.detail == {"reason": "Consent was withdrawn", "numbers": [event.number]}
        assert list(faults()) == []

    def test_asks_for_a_reason_and_for_an_administrator(self, administrator):
        event = record("demo.loaded", by=None, detail={"a": 1})
        with pytest.raises(NotPossible, match="why"):
            erase([event], by=administrator, reason=" ")
        for role in (Role.COORDINATOR, Role.EDITOR, Role.REVIEWER, Role.OBSERVER):
            with pytest.raises(NotPossible):
                erase([event], by=make_person(role), reason="R")

    def test_never_erases_what_says_what_was_erased(self, administrator):
        erase([record("demo.loaded", by=None, detail={"a": 1})], by=administrator, reason="R")
        with pytest.raises(NotPossible):
            erase(Event.objects.filter(verb="audit.erased"), by=administrator, reason="R")

    def test_erases_once(self, administrator):
        event = record("demo.loaded", by=None, detail={"a": 1})
        erase([event], by=administrator, reason="R")
        count = Event.objects.count()
        assert erase([event], by=administrator, reason="R") == 0
        assert Event.objects.count() == count

    @pytest.mark.parametrize(
        "changes", [{"detail": {"a": 2}}, {"detail": {"a": 2}, "erased_at": timezone.now()}]
    )
    def test_the_database_lets_a_detail_be_erased_and_nothing_else(self, changes):
        event = record("demo.loaded", by=None, detail={"a": 1})
        rows = EventDetail.objects.filter(event=event)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**changes)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(using="default")


class TestRetention:
    def test_erases_what_is_older_than_its_kind_is_kept_and_logs_it(self, administrator):
        now = timezone.now()
        old = record("export.asked", by=None, detail={"format": "csv"}, at=now - timedelta(days=31))
        young = record("export.asked", by=None, detail={"format": "csv"}, at=now - timedelta(days=29))
        other = record("import.applied", by=None, detail={"rows": 1}, at=now - timedelta(days=31))
        set_retention("export", days=30, by=administrator)
        assert erase_past_retention(now=now) == 1
        erased = EventDetail.objects.exclude(erased_at=None)
        assert [row.event_id for row in erased] == [old.pk]
        assert {young.pk, other.pk}.isdisjoint(row.event_id for row in erased)
        assert Event.objects.latest("number").verb == "audit.erased"
        assert list(faults()) == []
        assert erase_past_retention(now=now) == 0

    def test_a_kind_without_a_period_is_kept(self, administrator):
        set_retention("export", days=30, by=administrator)
        set_retention("export", days=None, by=administrator)
        record("export.asked", by=None, detail={"a": 1}, at=timezone.now() - timedelta(days=999))
        assert erase_past_retention(now=timezone.now()) == 0

    def test_is_the_administrators(self):
        with pytest.raises(NotPossible):
            set_retention("export", days=1, by=make_person(Role.COORDINATOR))


class TestAnchors:
    def test_nothing_new_makes_no_anchor(self):
        record("demo.loaded", by=None)
        assert anchors.make_anchor() is not None
        assert anchors.make_anchor() is None

    def test_the_key_is_readable_by_its_owner_only_and_no_other_takes_its_place(self, settings):
        record("demo.loaded", by=None)
        anchors.make_anchor()
        key = Path(settings.ANCHOR_KEY_FILE)
        assert key.stat().st_mode & 0o777 == 0o600
        key.unlink()
        record("demo.loaded", by=None)
        with pytest.raises(anchors.KeyMissing):
            anchors.make_anchor()

    def test_those_of_a_key_that_is_gone_are_followed_by_its_public_half_and_say_nothing_without_it(
        self, settings
    ):
        record("demo.loaded", by=None)
        anchors.make_anchor()
        Path(settings.ANCHOR_KEY_FILE).unlink()
        assert list(faults()) == []
        first = anchors.latest()
        anchors.anchor_file().write_text(first.replace('"number":', '"number":1'))
        assert [wrong.part for wrong in faults()] == ["anchors"]
        anchors.anchor_file().write_text(first)
        anchors.public_file().unlink()
        assert [wrong.part for wrong in faults()] == ["anchors"]

    def test_one_signed_with_another_key_is_named(self, log):
        line = json.loads(anchors.latest())
        line["signature"] = Ed25519PrivateKey.generate().sign(verify_audit.anchor_text(line)).hex()
        first = verify_audit.lines_of(anchors.anchor_file())[0]
        anchors.anchor_file().write_text(first + verify_audit.canonical(line) + "\n")
        assert [(wrong.row, wrong.what) for wrong in faults()] == [
            (2, "its signature is not that of the key")
        ]

    def test_once_a_day_also_by_mail_to_administrators_where_the_site_is_set_so(
        self, settings, administrator
    ):
        settings.ANCHOR_MAIL = True
        make_person(Role.COORDINATOR)
        mail.outbox.clear()
        for _ring in range(3):
            tasks.care_for_the_log.run()
        assert [one.to for one in mail.outbox] == [[administrator.email]]
        assert anchors.latest().strip() in mail.outbox[0].body
        assert anchors.public_key() in mail.outbox[0].body

    def test_without_that_setting_nobody_is_written_to(self, administrator):
        tasks.care_for_the_log.run()
        assert mail.outbox == []
        assert anchors.latest()
        assert queue.due().count() == 0


@settings(max_examples=25, deadline=None)
@given(text=st.binary(max_size=80), place=st.integers(0, 63), bit=st.integers(0, 7))
def test_signatures_are_judged_as_another_library_judges_them(text, place, bit):
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(text))
    assert verify_audit.is_signed(public, text, bytes(signature))
    signature[place] ^= 1 << bit
    with suppress(ValueError):  # no point of the curve
        assert not verify_audit.is_signed(public, text, bytes(signature))


class TestTheCommand:
    def test_says_that_the_log_is_whole(self, log, capsys):
        call_command("verify_audit")
        assert f"The log is whole: {Event.objects.count()} events." in capsys.readouterr().out

    @pytest.mark.usefixtures("without_triggers")
    def test_names_the_place_and_ends_with_1(self, capsys):
        EventDetail.objects.filter(event__number=2).update(detail={"n": "other"})
        with pytest.raises(SystemExit) as ended:
            call_command("verify_audit", "--json")
        assert ended.value.code == 1
        (fault,) = json.loads(capsys.readouterr().out)["faults"]
        assert (fault["part"], fault["number"]) == ("details", 2)


class TestTheScriptInTheDump:
    @pytest.fixture
    def dump(self, log, tmp_path):
        """The log's part of a dump, as the dump writes it."""
        export_everything(tmp_path / "dump")
        return tmp_path / "dump"

    def run(self, dump: Path, *more: str) -> subprocess.CompletedProcess:
        program = [sys.executable, "-I", "-S", str(dump / "verify_audit.py"), *more]
        return subprocess.run(program, capture_output=True, text=True, check=False, env={}, cwd="/")

    def test_follows_the_log_without_the_product(self, dump):
        told = self.run(dump)
        assert (told.returncode, told.stdout) == (0, "The log is whole.\n")
        assert self.run(dump, "--key", anchors.public_key()).returncode == 0
        assert self.run(dump, "--key", "00" * 32).returncode == 1

    @pytest.mark.parametrize(
        ("name", "said", "other"),
        [
            ("event", "organisation.added", "organisation.added "),
            ("eventdetail", '"n2"', '"n9"'),
            ("chainhead", '"number":', '"number": 1'),
        ],
    )
    def test_finds_a_changed_line(self, dump, name, said, other):
        path = dump / "tables" / f"recommendations_{name}.jsonl"
        text = path.read_text()
        assert said in text
        path.write_text(text.replace(said, other, 1))
        assert self.run(dump).returncode == 1

    def test_finds_an_end_that_was_cut_off_everywhere(self, dump):
        for name in ("event", "eventdetail"):
            path = dump / "tables" / f"recommendations_{name}.jsonl"
            path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
        last = json.loads((dump / "tables/recommendations_event.jsonl").read_text().splitlines()[-1])
        head = dump / "tables/recommendations_chainhead.jsonl"
        row = json.loads(head.read_text()) | {"number": last["number"], "hash": last["hash"]}
        head.write_text(json.dumps(row) + "\n")
        told = self.run(dump)
        assert told.returncode == 1
        assert told.stdout.startswith("anchors, row 2")


class TestThePages:
    @pytest.fixture
    def client_(self, client, administrator):
        client.force_login(administrator)
        confirm(client)
        return client

    def test_an_administrator_erases_a_detail_with_a_reason_after_confirming_that_it_is_she(
        self, client, administrator
    ):
        event = record("export.asked", administrator, by=administrator, detail={"format": "csv"})
        page = reverse("audit_erase", args=[event.number])
        client.force_login(administrator)
        assert page in client.get(reverse("audit_log")).content.decode()
        assert client.post(page, {"reason": ""}).status_code == 422
        assert client.post(page, {"reason": "R"}).url.startswith(reverse("account_reauthenticate"))
        confirm(client)
        client.post(page, {"reason": "R"})
        assert EventDetail.objects.get(event=event).erased_at
        assert page not in client.get(reverse("audit_log")).content.decode()
        assert "was erased" in client.get(page).content.decode()

    def test_what_says_what_was_erased_comes_back_with_the_reason(self, client_, administrator):
        erase([record("demo.loaded", by=None, detail={"a": 1})], by=administrator, reason="R")
        number = Event.objects.latest("number").number
        answer = client_.post(reverse("audit_erase", args=[number]), {"reason": "R"})
        assert answer.status_code == 422
        assert "is not erased itself" in answer.content.decode()

    def test_periods_are_set_changed_and_taken_back(self, client_):
        page = reverse("audit_retention")
        client_.post(page, {"export": "30", "import": "365"})
        client_.post(page, {"export": "", "import": "400"})
        assert list(DetailRetention.objects.values_list("kind", "days")) == [("import", 400)]
        assert client_.post(page, {"export": "0"}).status_code == 422
        assert Event.objects.filter(verb="audit.retention_changed").count() == 4
