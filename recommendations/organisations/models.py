"""People and organisations: who signs in, for whom, in which roles, and who was invited."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from recommendations.access.visibility import VisibleQuerySet
from recommendations.organisations.models_safety import Freeze, SiteState
from recommendations.vocabulary import Language, ReminderChannel, Role
from recommendations.web.alphabet import InAlphabet

__all__ = [
    "CalendarFeed",
    "Freeze",
    "Invitation",
    "KnownDevice",
    "Membership",
    "Organisation",
    "SignInRestoration",
    "SiteState",
    "User",
]


def own_time_zone() -> str:
    """Whoever has chosen no time zone lives in the site's."""
    return settings.TIME_ZONE


class Organisation(models.Model):
    """A member of the coalition; some never sign in and send what they say by mail."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, unique=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)
    name_kk = models.CharField(_("name in Kazakh"), max_length=200, blank=True)
    works_by_mail = models.BooleanField(_("works by mail"), default=False)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = (InAlphabet("name", "name_ru", "name_kk"),)

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The name in this language, else the one it was entered under."""
        return getattr(self, f"name_{language[:2]}", "") or self.name


class UserManager(BaseUserManager.from_queryset(VisibleQuerySet)):  # type: ignore[misc]
    """Makes people; their address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        """A person with a password (or none yet), not yet in any role."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        """An administrator who may also open the emergency door."""
        return self.create_user(email, password, is_administrator=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Addresses differ in case only by mistake."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail; the roles are columns, so that rules need no query."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    # The current organisation, a copy of the open membership written by organisations.services only.
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    is_editor = models.BooleanField(Role.EDITOR.label, default=False)
    is_reviewer = models.BooleanField(Role.REVIEWER.label, default=False)
    is_coordinator = models.BooleanField(Role.COORDINATOR.label, default=False)
    is_observer = models.BooleanField(Role.OBSERVER.label, default=False)
    is_administrator = models.BooleanField(Role.ADMINISTRATOR.label, default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    theme = models.CharField(
        _("appearance"),
        max_length=5,
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        default="auto",
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default=own_time_zone)
    single_keys = models.BooleanField(_("single keys as shortcuts"), default=True)
    wants_digest = models.BooleanField(_("e-mail digest"), default=True)
    # kind of reminder → ReminderChannel; what is not named goes into the digest.
    channels = models.JSONField(_("how to hear of what"), default=dict, blank=True)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=7)
    # 0 is Monday; empty: every day.
    digest_weekday = models.PositiveSmallIntegerField(_("day of the digest"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)
    # What changed "since the last visit" is told against seen_before; seen_at moves with each visit.
    seen_before = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = (InAlphabet("name"),)
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_case"),
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23)
                & (Q(digest_weekday__isnull=True) | Q(digest_weekday__lte=6)),
                name="user_digest_at_an_hour_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def roles(self) -> frozenset[Role]:
        """The coalition roles this person holds."""
        return frozenset(role for role in Role if getattr(self, f"is_{role.value}"))

    def channel(self, kind: str) -> str:
        """How this person hears of a kind of reminder, or of what happens to her work ("news")."""
        return self.channels.get(kind, ReminderChannel.DIGEST)

    @property
    def is_staff(self) -> bool:
        """Administrators may open the emergency door."""
        return self.is_administrator


class Membership(models.Model):
    """That a person belongs, or belonged, to an organisation: one at a time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("user", "since")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(until__isnull=True), name="membership_one_open_per_person"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


class Invitation(models.Model):
    """A single-use address by which a person comes in; only the hash of its token is kept."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True)
    roles = models.JSONField(_("roles"), default=list)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_made")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class CalendarFeed(models.Model):
    """A secret address under which calendar programs read a person's dates; only the hash of its token is kept."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="feeds")
    # The key of one cycle; empty: everything that concerns the person.
    cycle = models.CharField(max_length=12, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    read_on = models.DateField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "cycle"],
                condition=Q(ended_at__isnull=True),
                name="feed_one_open_of_each_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.cycle or str(_("everything that concerns me"))


class SignInRestoration(models.Model):
    """That one coordinator asked to restore a colleague's sign-in, a second confirmed it, and the way in was used."""

    person = models.ForeignKey(User, models.CASCADE, related_name="restorations")
    reason = models.TextField(_("reason"))
    clears_factors = models.BooleanField(_("the second factor is lost too"), default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    # Kept of the address that the second person passes on; empty until she confirms.
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")),
                name="restoration_takes_two",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person"))
                & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("person"))),
                name="restoration_by_others",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="restoration_one_open_per_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class KnownDevice(models.Model):
    """A device on which a person signed in before; only the hash of its cookie is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="known_devices")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("-seen_at",)

    def __str__(self) -> str:
        return str(self.seen_at)
