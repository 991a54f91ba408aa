"""The matrix returned: OHCHR's list with what an audience may see of a round, asked for, made and handed out."""

import io
import zipfile

import docx
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.documents.renderers import list_anew, matrix
from recommendations.exports import services
from recommendations.exports.models import Export
from recommendations.formats.entries import Wanted
from recommendations.formats.readers import recognise, thematic_list
from recommendations.formats.samples import sample_of
from recommendations.imports import runs
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.overview.lines import DemandLine, ObligationLine, SpreadLine, narrative
from recommendations.vocabulary import (
    Confidentiality,
    ImportAction,
    ImportState,
    JobState,
    PositionKind,
    Role,
)
from tests.exports.summaries import THEMES, finding, line, rich_summary, summary
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_cycle,
    make_document,
    make_person,
    make_recommendation,
    make_round,
    make_state,
)
from tests.formats import invented_thematic_list as invented

CANARY = "canary-7f3a"


@pytest.fixture
def world(db):
    """A cycle with an imported list: 140.7 assessed and approved, not published; 140.8 not assessed."""
    cycle = make_cycle(number=4)
    document = make_document(cycle, "A/HRC/99/15")
    rows = [
        make_recommendation(number, document=document, position=PositionKind.NOTED)
        for number in ("140.7", "140.8", "140.12", "140.13")
    ]
    round_ = make_round(*rows)
    editor = make_person()
    assessment = make_assessment(
        editor, item=round_.items.get(recommendation=rows[0]), narrative="Approved only, unpublished words."
    )
    secret = make_cited_evidence(editor, title=CANARY, confidentiality=Confidentiality.RESTRICTED)
    assessment.citations.create(evidence=secret)
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER, organisation=editor.organisation))
    assessment.refresh_from_db()
    file = runs.receive_file([invented.third()], name="UPR99_Invented_List.docx", by=None)
    run = ImportRun.objects.create(
        file=file, state=cycle.state, format=thematic_list.CODE, status=ImportState.APPLIED
    )
    for row in rows:
        ImportRow.objects.create(
            run=run, number=1, action=ImportAction.NEW, reference=row.reference, recommendation=row, record={}
        )
    return {
        "cycle": cycle,
        "round": round_,
        "assessment": assessment,
        "editor": editor,
        "file": file,
        "run": run,
    }


def ask(world, person, **changes):
    asked = {
        "cycle": world["cycle"],
        "round": world["round"],
        "audience": "coalition",
        "source": world["file"],
    }
    return services.ask_for_matrix(by=person, language="en", **asked | changes)


def table(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(content)).tables[0].rows]


def xml(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("word/document.xml").decode()


def test_a_person_asks_on_the_page_and_downloads_the_filled_list(client, world):
    client.force_login(make_person())
    page = client.get(reverse("matrix_export", args=["KAZ-4"])).content.decode()
    assert "UPR99_Invented_List.docx" in page
    answer = client.post(
        reverse("matrix_export", args=["KAZ-4"]),
        {"source": world["file"].pk, "round": world["round"].pk, "audience": "coalition", "language": "en"},
    )
    export = Export.objects.get()
    assert answer.url == reverse("export_detail", args=[export.pk])
    page = client.get(answer.url).content.decode()
    assert export.sha256 in page
    assert "1 of 4 recommendations" in page
    assert export.file_name == f"KAZ-4-matrix-round-{world['round'].pk}-coalition-en.docx"
    content = b"".join(client.get(reverse("export_download", args=[export.pk])).streaming_content)
    cells = {row[0].split()[0]: row[3] for row in table(content) if row[0].startswith("140")}
    number = world["assessment"].citations.exclude(evidence__title=CANARY).get().evidence.number
    assert cells["140.7"].split("\n") == [
        "Not implemented.",
        "Approved only, unpublished words.",
        "Noted: the State gave no commitment to implement it.",
        f"Evidence: E-{number} Evidence {number}.",
        "Evidence considered up to 30 June 2017.",
    ]
    assert cells["140.8"] == ""
    assert CANARY not in xml(content)
    assert export.file_name in client.get(reverse("export_list")).content.decode()


def test_neither_a_filled_list_nor_one_built_anew_names_a_member(world):
    User.objects.update(name="Zhanna Canary")
    for source in (world["file"], None):
        export = ask(world, User.objects.get(pk=world["editor"].pk), source=source)
        queue.run(export.job)
        export.refresh_from_db()
        with zipfile.ZipFile(services.folder() / export.stored_as) as package:
            # Whoever made it stands in a Word file's properties otherwise.
            told = b"".join(package.read(name) for name in package.namelist()).decode("utf-8", "replace")
        assert "Approved only" in told
        assert "Canary" not in told
        assert world["editor"].email not in told


def test_the_public_gets_published_assessments_only(world):
    def text(audience):
        stream = io.BytesIO()
        asked = {"cycle": world["cycle"], "round": world["round"], "language": "en", "audience": audience}
        returned = services.write_matrix(stream, source=runs.path_of(world["file"]), **asked)
        return returned.filled, xml(stream.getvalue())

    assert text("public")[0] == 0
    assert "Approved only" not in text("public")[1]
    assert text("coalition")[0] == 1
    perform(world["assessment"], "publish", by=make_person(Role.COORDINATOR))
    assert text("public")[0] == 1
    for audience in ("public", "coalition"):
        assert CANARY not in text(audience)[1]


def test_an_observer_gets_the_public_matrix_only(client, world):
    observer = make_person(Role.OBSERVER)
    with pytest.raises(services.NotAllowed):
        ask(world, observer)
    coalition = ask(world, world["editor"])
    client.force_login(observer)
    assert client.get(reverse("export_detail", args=[coalition.pk])).status_code == 404
    answer = client.post(
        reverse("matrix_export", args=["KAZ-4"]),
        {"source": world["file"].pk, "round": world["round"].pk, "audience": "coalition", "language": "en"},
    )
    assert answer.status_code == 422


def test_without_a_list_one_is_built_and_the_page_says_so(client, world):
    world["run"].delete()
    client.force_login(make_person(Role.COORDINATOR))
    page = client.get(reverse("matrix_export", args=["KAZ-4"])).content.decode()
    assert "No list of this cycle was imported yet" in page
    answer = client.post(
        reverse("matrix_export", args=["KAZ-4"]),
        {"source": "anew", "round": world["round"].pk, "audience": "coalition", "language": "ru"},
    )
    export = Export.objects.get()
    assert "Built anew" in client.get(answer.url).content.decode()
    content = (services.folder() / export.stored_as).read_bytes()
    cells = {row[0].split()[0]: row[3] for row in table(content) if row[0].startswith("140")}
    assert list(cells) == ["140.7", "140.8", "140.12", "140.13"]
    assert "Approved only, unpublished words." in cells["140.7"]


def test_a_list_of_another_review_is_told_and_nothing_is_left(client, world):
    other = make_recommendation(
        "1.1", document=make_document(make_cycle(make_state("SVN"), 3), "A/HRC/98/15")
    )
    person = make_person()
    export = ask(world, person, cycle=other.cycle, round=make_round(other))
    queue.run(export.job)
    export.refresh_from_db()
    assert export.ready_at is None
    assert export.job.state == JobState.FAILED
    client.force_login(person)
    page = client.get(reverse("export_detail", args=[export.pk])).content.decode()
    assert "The list is of A/HRC/99/15. Expected one of A/HRC/98/15." in page
    assert list(services.folder().glob(".making-*")) == []


def test_the_page_of_the_import_offers_the_list_back(client, world):
    client.force_login(make_person(Role.COORDINATOR))
    page = client.get(reverse("import_detail", args=[world["run"].pk])).content.decode()
    assert f"{reverse('matrix_export', args=['KAZ-4'])}?list={world['file'].pk}" in page
    assert (
        reverse("matrix_export", args=["KAZ-4"])
        in client.get(reverse("cycle_detail", args=["KAZ-4"])).content.decode()
    )
    ImportRun.objects.update(format="csv")
    assert "?list=" not in client.get(reverse("import_detail", args=[world["run"].pk])).content.decode()


def test_a_matrix_with_something_that_was_retracted_is_handed_out_to_nobody(client, world):
    export = services.make_at_once(ask(world, make_person()))
    perform(world["assessment"], "publish", by=make_person(Role.COORDINATOR))
    world["assessment"].refresh_from_db()
    perform(
        world["assessment"], "ask_retraction", by=make_person(Role.COORDINATOR), note="A source is in danger."
    )
    perform(world["assessment"], "retract", by=make_person(Role.REVIEWER), note="Confirmed.")
    client.force_login(make_person())
    answer = client.get(reverse("export_download", args=[export.pk]), follow=True)
    assert "was retracted" in answer.content.decode()


def test_the_command_writes_what_the_page_gives(world, tmp_path, capsys):
    page = services.make_at_once(ask(world, make_person()))
    target = tmp_path / "matrix.docx"
    asked = ["--audience", "coalition", "--output", str(target)]
    call_command("export_matrix", "kaz-4", *asked)
    assert "1 of 4 recommendations filled in" in capsys.readouterr().out
    assert target.read_bytes() == (services.folder() / page.stored_as).read_bytes()
    from_run = target.read_bytes()
    call_command("export_matrix", "KAZ-4", "--file", str(world["run"].pk), *asked)
    assert target.read_bytes() == from_run
    path = tmp_path / "another.docx"
    path.write_bytes(invented.fourth())
    call_command("export_matrix", "KAZ-4", "--file", str(path), *asked)
    assert len(table(target.read_bytes())[0]) == 5
    call_command("export_matrix", "KAZ-4", "--file", "anew", *asked)
    assert table(target.read_bytes())[0][3] == "Assessment/comments on level of implementation"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["another.docx", "matrix.docx"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["KAZ-9"], "there are: KAZ-4"),
        (["KAZ-4", "--round", "999999"], "has no round"),
        (["KAZ-4", "--file", "999999"], "no import run"),
        (["KAZ-4", "--file", "nowhere.docx"], "There is no file"),
        (["KAZ-4", "--file", __file__], "damaged"),
    ],
)
def test_the_command_names_what_is_wrong(world, tmp_path, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("export_matrix", *arguments, "--output", str(tmp_path / "x.docx"))
    assert list(tmp_path.iterdir()) == []


# --- What a cell says ---------------------------------------------------------------------------------------------


def said(row, **changes) -> list[str]:
    """The paragraphs of a row's cell."""
    return [
        "".join(text for text, _bold in runs) for runs in matrix.cell_text(row, summary([row], **changes))
    ]


def test_a_cell_says_where_organisations_differ_and_what_each_demand_came_to():
    row = line(
        outcome="differ",
        findings=(
            finding("1", "not", organisation="", sentence=narrative("Invented: nothing was done.", {})),
            finding("2", "partially", organisation="", reasons=narrative("Invented: some.\n\nMore.", {})),
        ),
        spread=(SpreadLine(organisation="", rating="not"), SpreadLine(organisation="", rating="partially")),
        demands=(
            DemandLine(label="a", text="", outcome="fully"),
            DemandLine(label="b", text="", outcome="not"),
        ),
    )
    assert said(row) == [
        "Organisations differ.",
        "(a) fully implemented; (b) not implemented.",
        "an organisation of the coalition: Not implemented. Invented: nothing was done.",
        "an organisation of the coalition: Partially implemented. Invented: some.",
        "Evidence considered up to 31 December 2018.",
    ]


def test_a_cell_carries_marks_the_reason_why_not_and_what_binds_anyway():
    row = line(
        outcome="cannot",
        position="noted",
        obligations=(
            ObligationLine(
                article="article 0", treaty="the Invented Convention", since=summary().cycle.review_date
            ),
        ),
        findings=(
            finding(
                rating="cannot",
                cannot_reason="no_access",
                cannot_details=narrative("Invented: asked twice.", {}),
                single_source=True,
            ),
        ),
    )
    paragraphs = said(row)
    assert paragraphs[0] == "Cannot be assessed."
    assert "Invented: asked twice." in paragraphs[1]
    assert "Single source" in paragraphs[1]
    assert paragraphs[2] == "Noted: the State gave no commitment to implement it."
    assert "the Invented Convention" in paragraphs[3]


def test_a_long_reason_is_cut_behind_a_sentence():
    long = "Invented sentence number one, which is long enough. " * 12
    row = line(outcome="not", findings=(finding(sentence=narrative(long, {})),))
    reason = said(row)[1]
    assert 300 < len(reason) <= matrix.LONGEST_REASON
    assert reason.endswith("long enough.")
    word = line(outcome="not", findings=(finding(sentence=narrative("invented " * 200, {})),))
    assert said(word)[1].endswith("invented …")


def test_more_evidence_than_fits_is_told_by_number():
    whole = rich_summary()
    row = next(row for row in whole.rows if row.findings and row.outcome != "not_yet")
    text = "\n".join("".join(part for part, _bold in runs) for runs in matrix.cell_text(row, whole))
    cited = {p.text for f in row.findings for part in f.reasons for p in part if p.endnote}
    assert cited
    assert all(reference in text for reference in cited)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_list_built_anew_holds_every_row_by_theme(language):
    whole = rich_summary(language=language)
    stream = io.BytesIO()
    returned = list_anew.render(whole, stream)
    rows = table(stream.getvalue())
    numbers = [row[0].split()[0] for row in rows if row[0].startswith("124.")]
    assert numbers == [row.paragraph for _theme, members in whole.rows_by_theme for row in members]
    assert returned.listed == len(numbers)
    assert 0 < returned.filled < returned.listed
    assert any(THEMES[0][1] in row[0] for row in rows)


def test_a_list_built_anew_is_read_as_ohchrs_own():
    whole = rich_summary()
    stream = io.BytesIO()
    list_anew.render(whole, stream)
    assert recognise(sample_of(stream)) is thematic_list
    with thematic_list.read(
        stream, name="", wanted=Wanted(knows_state={"Ruritania"}.__contains__)
    ) as reading:
        entries = {entry.paragraph: entry for entry in reading.entries}
    assert entries.keys() == {row.paragraph for row in whole.rows}
    first = next(iter(entries.values()))
    assert (first.state, first.cycle, first.session) == ("Ruritania", 2, 20)
