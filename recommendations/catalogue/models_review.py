"""The review itself: sessions, cycles, milestones, documents, and what the State promised or is bound by."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.catalogue.models_terms import Body, State, Term, Treaty
from recommendations.vocabulary import DocumentKind, MilestoneKind
from recommendations.web.alphabet import InAlphabet

__all__ = [
    "Document",
    "Milestone",
    "MilestoneChange",
    "Obligation",
    "PlanItem",
    "Pledge",
    "ReviewCycle",
    "Session",
    "SourceFile",
    "StateBody",
]


class Session(models.Model):
    """A session of the UPR Working Group."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="session_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class ReviewCycle(models.Model):
    """One round of the UPR for one State; ``key`` is what people say: KAZ-2."""

    state = models.ForeignKey(State, models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField(_("cycle"))
    key = models.CharField(max_length=12, unique=True, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="cycles")
    review_on = models.DateField(_("review"), null=True, blank=True)
    adopted_on = models.DateField(_("adoption"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=40, blank=True)
    troika = models.ManyToManyField(State, blank=True, related_name="+", verbose_name=_("troika"))
    # The UN's own totals, set beside ours.
    un_received = models.PositiveSmallIntegerField(_("received (UN)"), null=True, blank=True)
    un_supported = models.PositiveSmallIntegerField(_("supported (UN)"), null=True, blank=True)
    un_noted = models.PositiveSmallIntegerField(_("noted (UN)"), null=True, blank=True)
    un_note = models.TextField(_("note on the UN's totals"), blank=True)
    # The longest submission in words, alone and jointly; by default the third cycle's guidelines.
    words_alone = models.PositiveIntegerField(_("words of a submission, alone"), default=2815)
    words_jointly = models.PositiveIntegerField(_("words of a submission, jointly"), default=5630)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("state", "-number")
        constraints = [
            models.UniqueConstraint(fields=["state", "number"], name="cycle_once_per_state"),
            models.CheckConstraint(condition=Q(number__gte=1), name="cycle_number_from_one"),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True)
                | Q(review_on__isnull=True)
                | Q(adopted_on__gt=F("review_on")),
                name="cycle_adopted_after_review",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Milestone(models.Model):
    """A dated event of a cycle; the date may be an estimate, it moves, and the history is kept."""

    cycle = models.ForeignKey(ReviewCycle, models.CASCADE, related_name="milestones")
    kind = models.CharField(_("kind"), max_length=30, choices=MilestoneKind.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    on = models.DateField(_("date"))
    is_estimate = models.BooleanField(_("estimate"), default=False)
    note = models.TextField(_("note"), blank=True)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "kind", "title"],
                condition=Q(cancelled_at__isnull=True),
                name="milestone_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle.key} · {self.label}"

    @property
    def label(self) -> str:
        """Its own title, else its kind in words."""
        return self.title or str(self.get_kind_display())


class MilestoneChange(models.Model):
    """That a milestone moved: from which date to which, by whom and why."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="changes")
    old_on = models.DateField()
    new_on = models.DateField()
    reason = models.TextField(blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-changed_at",)

    def __str__(self) -> str:
        return f"{self.old_on} → {self.new_on}"


class Document(models.Model):
    """A UN document by its symbol; it belongs to at most one review cycle."""

    symbol = models.CharField(_("symbol"), max_length=60, unique=True)
    kind = models.CharField(
        _("kind"), max_length=30, choices=DocumentKind.choices, default=DocumentKind.OTHER
    )
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="documents")
    state = models.ForeignKey(State, models.PROTECT, null=True, blank=True, related_name="documents")
    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, null=True, blank=True, related_name="documents")
    # Of a treaty body's concluding observations: that body's number of them for this State (KAZ-CCPR-2-…).
    number_in_series = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    published_on = models.DateField(_("date"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    is_inferred = models.BooleanField(_("symbol inferred from the series"), default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("symbol",)

    def __str__(self) -> str:
        return self.symbol


class SourceFile(models.Model):
    """A file as it was received for an import, by its hash; the bytes lie under DATA_DIR."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    stored_as = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class StateBody(Term):
    """A body of the State that is in charge of something."""

    state = models.ForeignKey(State, models.CASCADE, related_name="bodies")

    class Meta:
        ordering = ("order", InAlphabet("name_en", "name_ru", "name_kk"))
        constraints = [models.UniqueConstraint(fields=["state", "name_en"], name="state_body_once")]


class Obligation(models.Model):
    """A treaty article and the date from which it binds the State."""

    state = models.ForeignKey(State, models.CASCADE, related_name="obligations")
    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="obligations")
    article = models.CharField(_("article"), max_length=40, blank=True)
    in_force_since = models.DateField(_("in force since"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ("treaty", "article")
        constraints = [models.UniqueConstraint(fields=["state", "treaty", "article"], name="obligation_once")]

    def __str__(self) -> str:
        return f"{self.article}, {self.treaty}" if self.article else str(self.treaty)


class Pledge(models.Model):
    """A voluntary pledge of the State, followed like a recommendation."""

    cycle = models.ForeignKey(ReviewCycle, models.PROTECT, related_name="pledges")
    number = models.CharField(_("number"), max_length=20)
    text = models.TextField(_("text"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("cycle", "number")
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="pledge_once")]

    def __str__(self) -> str:
        return f"{self.cycle.key} · {self.number}"


class PlanItem(models.Model):
    """An item of the State's inter-agency plan: what, which body, until when."""

    state = models.ForeignKey(State, models.CASCADE, related_name="plan_items")
    number = models.CharField(_("number"), max_length=20)
    plan = models.CharField(_("plan"), max_length=200)
    text = models.TextField(_("text"))
    body = models.ForeignKey(StateBody, models.PROTECT, null=True, blank=True, related_name="plan_items")
    due_on = models.DateField(_("due"), null=True, blank=True)

    class Meta:
        ordering = ("plan", "number")
        constraints = [models.UniqueConstraint(fields=["state", "plan", "number"], name="plan_item_once")]

    def __str__(self) -> str:
        return f"{self.plan} · {self.number}"
