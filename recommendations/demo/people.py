"""The invented organisations and people of the demonstration."""

from __future__ import annotations

from django.conf import settings

from recommendations.demo.story import RECORDED_DAYS_AGO, Story, read
from recommendations.organisations.services import add_organisation, add_person


def add_people(story: Story) -> None:
    """Organisations first, then the people, who all share the password of the settings."""
    file = read("people")
    for row in file["organisations"]:
        story.organisations[row["key"]] = add_organisation(
            by=None,
            name=row["name"]["en"],
            name_ru=row["name"]["ru"],
            name_kk=row["name"]["kk"],
            short_name=row["short_name"],
            works_by_mail=row["works_by_mail"],
            is_demo=True,
            at=story.days_ago(RECORDED_DAYS_AGO),
        )
    for row in file["people"]:
        story.people[row["key"]] = add_person(
            by=None,
            email=row["email"],
            name=row["name"],
            organisation=story.organisations.get(row["organisation"]),
            roles=row["roles"],
            password=settings.DEMO_PASSWORD,
            language=row["language"],
            is_demo=True,
            at=story.days_ago(RECORDED_DAYS_AGO),
        )
