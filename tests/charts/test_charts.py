"""Pictures say what they show to those who do not see them, and paint themselves for pages and for documents."""

import datetime
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from recommendations import charts
from recommendations.charts import signs, svg
from recommendations.charts.lines import _lanes, _steps, grouped

DAY = datetime.date
POINTS = [
    charts.Point(DAY(2018, 12, 31), 83, "2018", "83"),
    charts.Point(DAY(2017, 12, 31), 54, "2017", "54"),
]
STACKED = [
    charts.StackedBar(
        "Elections & <voting>",
        (charts.Segment("not", "Not implemented", 6), charts.Segment("fully", "Fully implemented", 0)),
    )
]
MARKS = [
    charts.MilestoneMark(DAY(2014, 10, 30), "Review", "30 Oct 2014"),
    charts.MilestoneMark(DAY(2015, 3, 19), "Adoption", "19 Mar 2015"),
]
GROUPS = [
    charts.SquareGroup("Elections", tuple(charts.Square("not", f"124.{n}", f"/r/{n}/") for n in range(12))),
    charts.SquareGroup("Nothing here", ()),
    charts.SquareGroup(
        "Women & girls", (charts.Square("fully", "126.1", "/r/x/", noted=True, repeated=True),)
    ),
]


def draw_all(**named: object) -> dict[str, str]:
    """One of each picture."""
    draw: dict[str, Callable[..., str]] = {
        "line": lambda **more: charts.line_chart(
            POINTS, title="T", unit="persons", target=charts.Target(10, "target 10"), **more
        ),
        "bars": lambda **more: charts.bar_chart(
            [charts.Bar("Noted", 50, "50", url="/n/")], title="T", **more
        ),
        "stacked": lambda **more: charts.stacked_bars(STACKED, title="T", **more),
        "coverage": lambda **more: charts.coverage_bar(
            [charts.Segment("step1", "draft", 4)], title="T", **more
        ),
        "milestones": lambda **more: charts.milestone_line(
            MARKS, title="T", today=DAY(2015, 1, 1), today_shown="now", **more
        ),
        "squares": lambda **more: charts.squares_picture(GROUPS, title="T", description="D", **more),
    }
    return {name: make(**named) for name, make in draw.items()}


@pytest.mark.parametrize("document", [False, True])
def test_every_picture_is_well_formed_named_and_described(document: bool) -> None:
    for name, picture in draw_all(document=document).items():
        root = ElementTree.fromstring(picture)
        children = [child.tag.rsplit("}")[-1] for child in root]
        assert children[:2] == ["title", "desc"], name
        assert root[0].text == "T"


def test_no_picture_has_a_style_attribute_which_the_security_policy_would_drop() -> None:
    for document in (False, True):
        for picture in draw_all(document=document).values():
            assert "style=" not in picture


def test_a_document_is_painted_without_any_class() -> None:
    for name, picture in draw_all(document=True).items():
        assert "class=" not in picture, name
        assert "currentColor" not in picture, name


def test_a_page_is_painted_by_classes_that_the_style_sheet_knows(settings) -> None:
    sheet = (settings.BASE_DIR / "tracker/static/css/site.css").read_text()
    known = set(re.findall(r"\.([a-z][\w-]*)", sheet))
    squares = charts.squares_by_group(GROUPS)
    pictures = [*draw_all().values(), squares.drawings, *(group.svg for group in squares.groups)]
    used = {
        word
        for picture in pictures
        for names in re.findall(r'class="([^"]+)"', picture)
        for word in names.split()
    }
    assert used
    assert used - known == set()


def test_every_look_has_its_counterpart_for_documents(settings) -> None:
    sheet = (settings.BASE_DIR / "tracker/static/css/site.css").read_text()
    looks = set(re.findall(r"\.(ch-[a-z][\w-]*)\s*\{", sheet)) - {"ch-wide", "ch-broad", "ch-narrow"}
    assert looks - set(svg.DOCUMENT_PAINT) == set()


def test_what_people_entered_is_escaped() -> None:
    assert "Elections &amp; &lt;voting&gt;" in draw_all()["stacked"]


@pytest.mark.parametrize("code", signs.CODES)
def test_every_rating_has_a_sign_alone_and_on_its_square(code: str) -> None:
    assert "<path" in signs.rating_sign(code)
    assert (
        ElementTree.fromstring(f"<g>{signs.square_shapes(code, noted=False, repeated=False)}</g>") is not None
    )


def test_no_two_ratings_look_the_same_without_colour() -> None:
    shapes = {signs.square_shapes(code, noted=False, repeated=False) for code in signs.CODES}
    assert len(shapes) == len(signs.CODES)
    assert len({signs.ALONE[code] for code in signs.CODES}) == len(signs.CODES)


def test_a_square_is_a_link_with_a_name() -> None:
    pictures = charts.squares_by_group(GROUPS)
    assert '<a href="/r/3/"><title>124.3</title>' in pictures.groups[0].svg


def test_themes_without_recommendations_take_no_room() -> None:
    assert [group.label for group in charts.squares_by_group(GROUPS).groups] == ["Elections", "Women & girls"]


def test_a_theme_fills_rows_of_ten() -> None:
    picture = charts.squares_by_group(GROUPS).groups[0].svg
    assert 'viewBox="0 0 158 30"' in picture


def test_noted_and_repeated_recommendations_look_different() -> None:
    looks = {
        signs.square_shapes("not", noted=noted, repeated=repeated)
        for noted in (False, True)
        for repeated in (False, True)
    }
    assert len(looks) == 4


def test_each_look_of_a_square_is_drawn_once_however_many_there_are() -> None:
    assert charts.squares_by_group(GROUPS).drawings.count("<g ") == 2


def test_the_picture_for_documents_holds_every_square() -> None:
    assert charts.squares_picture(GROUPS, title="T", description="D", document=True).count("<use") == 13


def test_points_are_drawn_in_the_order_of_their_days() -> None:
    picture = draw_all()["line"]
    places = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', picture)
    assert places
    assert float(places[1]) < float(places[3])
    assert float(places[2]) > float(places[4])  # 83 stands higher than 54


@pytest.mark.parametrize("points", [[], POINTS[:1]])
def test_an_indicator_with_one_observation_or_none_has_a_picture(points: list[charts.Point]) -> None:
    assert charts.line_chart(points, title="T", unit="persons").startswith("<svg")


@pytest.mark.parametrize(
    ("highest", "steps"), [(83, [0, 25, 50, 75, 100]), (29468, [0, 10000, 20000, 30000]), (0, [0, 1])]
)
def test_the_axis_counts_in_round_steps(highest: float, steps: list[float]) -> None:
    assert _steps(highest) == steps


def test_thousands_are_divided_by_a_narrow_blank() -> None:
    assert (grouped(29468), grouped(0.5), grouped(1000)) == ("29\u202f468", "0.5", "1\u202f000")


def test_labels_that_would_run_into_each_other_stand_in_different_lanes() -> None:
    labels = [(0.0, 100.0), (50.0, 100.0), (400.0, 50.0)]
    lanes = _lanes(labels)
    assert lanes[0] != lanes[1]
    assert lanes[2] == 0


def test_a_leader_never_crosses_a_label_below_it() -> None:
    labels = [(float(x), 120.0) for x in (0, 10, 15, 60, 90, 200, 205, 330)]
    lanes = _lanes(labels)
    for (x, _length), lane in zip(labels, lanes, strict=True):
        for (other, length), below in zip(labels, lanes, strict=True):
            assert not (below < lane and other < x < other + length)


def test_on_a_narrow_page_the_milestones_stand_upright() -> None:
    picture = charts.milestone_line(
        MARKS, title="T", today=DAY(2015, 1, 1), today_shown="now", width=charts.NARROW
    )
    order = [picture.index(word) for word in ("30 Oct 2014<", ">now<", "19 Mar 2015<")]
    assert order == sorted(order)


def test_without_milestones_there_is_still_a_picture() -> None:
    for width in (charts.NARROW, 1080):
        assert charts.milestone_line([], title="T", today=DAY(2015, 1, 1), today_shown="now", width=width)


def test_a_part_of_nothing_takes_no_room() -> None:
    assert draw_all()["stacked"].count("<rect") == 1


def test_a_chart_for_both_widths_stands_twice() -> None:
    both = charts.both_widths(charts.bar_chart, [charts.Bar("a", 1, "1")], title="T")
    assert (both.count("<svg"), 'class="ch-narrow"' in both) == (2, True)
