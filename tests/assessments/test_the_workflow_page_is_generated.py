"""docs/workflow.md is the table, and says so when it is not."""

import pytest
from django.core.management import CommandError, call_command

from recommendations.assessments.transitions import WORKFLOW, workflow_page


def test_the_committed_page_is_the_table():
    call_command("workflow_docs", "--check")


def test_another_table_is_noticed(monkeypatch):
    monkeypatch.setattr(type(WORKFLOW), "as_markdown", lambda self: "another table")
    with pytest.raises(CommandError, match="differs"):
        call_command("workflow_docs", "--check")


def test_the_page_names_every_action_in_table_and_diagram():
    page = workflow_page()
    for row in WORKFLOW.transitions:
        assert f"| {row.action} |" in page
        assert f": {row.action}\n" in page
