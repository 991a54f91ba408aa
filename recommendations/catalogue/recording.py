"""Recording recommendations by hand: new ones, corrections, demands, links and State claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue import index
from recommendations.catalogue.errors import AlreadyRecorded, Conflict, Refused
from recommendations.catalogue.models import (
    AffectedGroup,
    Body,
    Demand,
    DemandText,
    Document,
    Goal,
    Obligation,
    Recommendation,
    RecommendationLink,
    RecommendationText,
    RecommendingState,
    ReferenceAlias,
    ReviewCycle,
    State,
    StateClaim,
    Target,
    Theme,
)
from recommendations.catalogue.positions import event_date
from recommendations.catalogue.references import PARAGRAPH, order_key, paragraph_key, reference_for, retired
from recommendations.vocabulary import ClaimKind, TextKind, TextLanguage
from recommendations.words.clean import clean_text

# (language, kind, text); an empty text takes that text away in a correction.
TextRow = tuple[str, str, str]
# A State, or (State, action category or None, its own wording).
Recommender = State | tuple[State, int | None, str]

UPR = "UPR"
# The lists that a correction may replace, by the name of their relation.
_LISTS = ("themes", "groups", "goals", "targets", "responsible_bodies", "obligations", "plan_items")


@transaction.atomic
def record_recommendation(
    *,
    by: Any,
    document: Document,
    paragraph: str,
    texts: Iterable[TextRow],
    recommending: Iterable[Recommender],
    cycle: ReviewCycle | None = None,
    state: State | None = None,
    themes: Iterable[Theme] = (),
    groups: Iterable[AffectedGroup] = (),
    goals: Iterable[Goal] = (),
    targets: Iterable[Target] = (),
    obligations: Iterable[Obligation] = (),
    lead_theme: Theme | None = None,
    is_demo: bool = False,
    at: datetime | None = None,
) -> Recommendation:
    """Record one numbered paragraph of a document and return it.

    The cycle and the State are the document's where they are not given. Raises ``AlreadyRecorded`` where that
    paragraph exists, also when somebody else records it at this moment, and ``Refused`` for what cannot be one.
    """
    at = at or timezone.now()
    paragraph = paragraph.strip().rstrip(".")
    cycle = cycle or document.cycle
    state = state or document.state or (cycle.state if cycle else None)
    if state is None:
        raise Refused(_("The document says nothing of the State it concerns; choose the State, please."))
    if not PARAGRAPH.match(paragraph):
        raise Refused(
            _("“%(paragraph)s” is no paragraph number; expected one such as 124.26.")
            % {"paragraph": paragraph}
        )
    rows = _cleaned(texts)
    if not any(text for _language, _kind, text in rows):
        raise Refused(_("A recommendation needs a text in at least one language."))
    body = document.body or Body.objects.get(code=UPR)
    try:
        reference = reference_for(state=state, body=body, cycle=cycle, document=document, paragraph=paragraph)
    except ValueError:
        raise Refused(
            _("The number of %(symbol)s in its body's series is not recorded, so no reference can be made.")
            % {"symbol": document.symbol}
        ) from None
    _refuse_known(reference)
    before = retired([reference]).get(reference, document.symbol)
    if before != document.symbol:
        raise Refused(
            _("%(reference)s belonged to %(symbol)s before; a reference is never given to another.")
            % {"reference": reference, "symbol": before}
        )
    try:
        with transaction.atomic():
            recommendation = Recommendation.objects.create(
                state=state,
                body=body,
                document=document,
                cycle=cycle,
                paragraph=paragraph,
                paragraph_key=paragraph_key(paragraph),
                reference=reference,
                order_key=order_key(reference),
                lead_theme=lead_theme,
                is_demo=is_demo,
                created_at=at,
                updated_at=at,
            )
    except IntegrityError:
        _refuse_known(reference)
        raise
    RecommendationText.objects.bulk_create(
        RecommendationText(
            recommendation=recommendation,
            language=language,
            kind=kind,
            text=text,
            edited_by=by,
            edited_at=at if by else None,
        )
        for language, kind, text in rows
        if text
    )
    _set_recommending(recommendation, recommending)
    recommendation.themes.set(themes)
    recommendation.groups.set(groups)
    recommendation.goals.set(goals)
    recommendation.targets.set(targets)
    recommendation.obligations.set(obligations)
    index.changed([recommendation.pk])
    record(
        "recommendation.recorded",
        recommendation,
        by=by,
        detail={"document": document.symbol, "paragraph": paragraph},
        at=at,
    )
    return recommendation


@transaction.atomic
def correct_recommendation(
    recommendation: Recommendation, *, by: Any, revision: int, at: datetime | None = None, **changes: Any
) -> Recommendation:
    """Correct what is recorded; ``revision`` is the one the person saw, else ``Conflict`` is raised.

    ``changes`` may hold ``texts`` (an empty text takes that one away), ``recommending`` (the whole list),
    ``lead_theme`` and any of the lists (themes, groups, goals, targets, responsible_bodies, obligations,
    plan_items). Only what differs is written; nothing different changes nothing. The reference stays.
    """
    at = at or timezone.now()
    unknown = set(changes) - {"texts", "recommending", "lead_theme", *_LISTS}
    if unknown:
        raise TypeError(f"cannot correct {', '.join(sorted(unknown))}")
    taken = Recommendation.objects.filter(pk=recommendation.pk, revision=revision).update(
        revision=F("revision") + 1, updated_at=at
    )
    if not taken:
        raise Conflict(Recommendation.objects.get(pk=recommendation.pk))
    detail: dict[str, Any] = {}
    if "texts" in changes:
        detail |= _correct_texts(recommendation, _cleaned(changes["texts"]), by=by, at=at)
    if "recommending" in changes:
        detail |= _correct_recommending(recommendation, list(changes["recommending"]))
    for name in _LISTS:
        if name in changes:
            detail |= _correct_list(recommendation, name, changes[name])
    if "lead_theme" in changes and recommendation.lead_theme != changes["lead_theme"]:
        detail["lead_theme"] = _from_to(recommendation.lead_theme or "", changes["lead_theme"] or "")
        Recommendation.objects.filter(pk=recommendation.pk).update(lead_theme=changes["lead_theme"])
    if not detail:
        Recommendation.objects.filter(pk=recommendation.pk).update(
            revision=revision, updated_at=recommendation.updated_at
        )
        return recommendation
    lists = {name for name in detail if name in changes}
    if by is not None and lists:
        corrected = sorted(lists.union(recommendation.corrected))
        Recommendation.objects.filter(pk=recommendation.pk).update(corrected=corrected)
    recommendation = Recommendation.objects.get(pk=recommendation.pk)
    index.changed([recommendation.pk])
    record("recommendation.corrected", recommendation, by=by, detail=detail, at=at)
    return recommendation


@transaction.atomic
def split_demands(
    recommendation: Recommendation,
    *,
    demands: Iterable[tuple[str, dict[str, str], Sequence[State]]],
    by: Any,
    at: datetime | None = None,
) -> list[Demand]:
    """Make these the recommendation's demands: (letter, {language: text}, the States that asked it).

    A letter that exists keeps its row, and with it what was said about it; a letter left out is taken away.
    """
    wanted = [(letter.strip().lower(), texts, states) for letter, texts, states in demands]
    letters = [letter for letter, _texts, _states in wanted]
    if len(set(letters)) != len(letters):
        raise Refused(_("Each demand needs a letter of its own."))
    if len(letters) == 1:
        raise Refused(_("One demand is the recommendation itself; a split needs at least two."))
    kept = {demand.letter: demand for demand in recommendation.demands.all()}
    for letter, demand in kept.items():
        if letter not in letters:
            try:
                demand.delete()
            except ProtectedError:
                raise Refused(
                    _("Demand %(letter)s has been rated or has evidence and cannot be taken away.")
                    % {"letter": letter}
                ) from None
    rows = []
    for letter, texts, states in wanted:
        demand = kept.get(letter) or Demand.objects.create(recommendation=recommendation, letter=letter)
        demand.states.set(states)
        texts = {language: clean_text(text) for language, text in texts.items() if text.strip()}
        if not texts:
            raise Refused(_("Demand %(letter)s has no text.") % {"letter": letter})
        demand.texts.exclude(language__in=texts).delete()
        for language, text in texts.items():
            DemandText.objects.update_or_create(demand=demand, language=language, defaults={"text": text})
        rows.append(demand)
    index.changed([recommendation.pk])
    record("demands.split", recommendation, by=by, detail={"letters": letters}, at=at)
    return rows


@transaction.atomic
def link_recommendations(
    *, earlier: Recommendation, later: Recommendation, note: str = "", by: Any, at: datetime | None = None
) -> RecommendationLink:
    """Say that a later recommendation asks the same as an earlier one; raises ``Refused`` where that cannot be."""
    if earlier.pk == later.pk:
        raise Refused(_("A recommendation cannot repeat itself."))
    if earlier.state_id != later.state_id:
        raise Refused(_("Both recommendations must concern the same State."))
    if earlier.cycle and later.cycle and earlier.cycle.number > later.cycle.number:
        earlier, later = later, earlier
    if RecommendationLink.objects.filter(earlier=later, later=earlier).exists():
        raise Refused(_("These two are linked already."))
    try:
        with transaction.atomic():
            link = RecommendationLink.objects.create(
                earlier=earlier, later=later, note=note.strip(), made_by=by, made_at=at or timezone.now()
            )
    except IntegrityError:
        raise Refused(_("These two are linked already.")) from None
    record("recommendation.linked", later, by=by, detail={"earlier": earlier.reference, "note": note}, at=at)
    return link


@transaction.atomic
def unlink_recommendations(link: RecommendationLink, *, by: Any) -> None:
    """Take a link back."""
    detail = {"earlier": link.earlier.reference, "later": link.later.reference}
    later = link.later
    link.delete()
    record("recommendation.unlinked", later, by=by, detail=detail)


@transaction.atomic
def record_claim(
    recommendation: Recommendation,
    *,
    kind: str,
    document: Document | None,
    by: Any,
    locator: str = "",
    on: date | None = None,
    quote: str = "",
    at: datetime | None = None,
) -> StateClaim:
    """Record what the State says it did, with its source; the date is that of the document's event where not given."""
    if kind not in ClaimKind.values:
        raise ValueError(f"no such claim: {kind}")
    on = on or event_date(document, recommendation.cycle)
    if on is not None and on > timezone.localdate(at):
        raise Refused(_("The date of a claim cannot lie in the future."))
    try:
        with transaction.atomic():
            claim = StateClaim.objects.create(
                recommendation=recommendation,
                kind=kind,
                document=document,
                locator=locator,
                on=on,
                quote=quote.strip(),
            )
    except IntegrityError:
        raise Refused(_("This claim is recorded already, from the same place.")) from None
    record(
        "claim.recorded",
        recommendation,
        by=by,
        detail={"claim": kind, "document": document.symbol if document else "", "locator": locator, "on": on},
        at=at,
    )
    return claim


def _refuse_known(reference: str) -> None:
    known = Recommendation.objects.filter(reference=reference).first()
    if known is None:
        alias = ReferenceAlias.objects.filter(reference=reference).select_related("recommendation").first()
        known = alias.recommendation if alias else None
    if known is not None:
        raise AlreadyRecorded(_("%(reference)s is recorded already.") % {"reference": known.reference}, known)


def _cleaned(texts: Iterable[TextRow]) -> list[TextRow]:
    rows = [(language, kind, clean_text(text)) for language, kind, text in texts]
    for language, kind, _text in rows:
        if language not in TextLanguage.values or kind not in TextKind.values:
            raise ValueError(f"no such text: {language}, {kind}")
    return rows


def _from_to(old: Any, new: Any) -> dict[str, str]:
    return {"from": str(old), "to": str(new)}


def _spread(recommending: Iterable[Recommender]) -> list[tuple[State, int | None, str]]:
    """Each State once, in order, with its action category and wording."""
    found: dict[int, tuple[State, int | None, str]] = {}
    for row in recommending:
        state, category, wording = row if isinstance(row, tuple) else (row, None, "")
        found.setdefault(state.pk, (state, category, clean_text(wording or "")))
    return list(found.values())


def _set_recommending(recommendation: Recommendation, recommending: Iterable[Recommender]) -> None:
    RecommendingState.objects.bulk_create(
        RecommendingState(
            recommendation=recommendation, state=state, order=order, action_category=category, wording=wording
        )
        for order, (state, category, wording) in enumerate(_spread(recommending))
    )


def _correct_recommending(
    recommendation: Recommendation, recommending: Sequence[Recommender]
) -> dict[str, Any]:
    old = list(recommendation.recommending.select_related("state"))
    before = [(row.state_id, row.action_category, row.wording) for row in old]
    after = [(state.pk, category, wording) for state, category, wording in _spread(recommending)]
    if before == after:
        return {}
    recommendation.recommending.all().delete()
    _set_recommending(recommendation, recommending)
    names = ", ".join(state.code for state, _category, _wording in _spread(recommending))
    return {"recommending": _from_to(", ".join(row.state.code for row in old), names)}


def _correct_list(recommendation: Recommendation, name: str, values: Iterable[Any]) -> dict[str, Any]:
    relation = getattr(recommendation, name)
    old, new = list(relation.all()), list(values)
    if {row.pk for row in old} == {row.pk for row in new}:
        return {}
    relation.set(new)
    return {name: _from_to("; ".join(map(str, old)), "; ".join(map(str, new)))}


def _correct_texts(
    recommendation: Recommendation, texts: Sequence[TextRow], *, by: Any, at: datetime
) -> dict[str, Any]:
    rows = {(row.language, row.kind): row for row in recommendation.texts.all()}
    detail: dict[str, Any] = {}
    for language, kind, text in texts:
        row = rows.get((language, kind))
        old = row.text if row else ""
        if old == text:
            continue
        detail[f"text {language} {kind}"] = _from_to(old, text)
        if not text:
            rows.pop((language, kind)).delete()  # type: ignore[union-attr]
        else:
            rows[language, kind], _new = RecommendationText.objects.update_or_create(
                recommendation=recommendation,
                language=language,
                kind=kind,
                defaults={"text": text, "edited_by": by, "edited_at": at},
            )
    if not rows:
        raise Refused(_("A recommendation needs a text in at least one language."))
    return detail
