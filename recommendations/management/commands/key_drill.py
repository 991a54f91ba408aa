"""`manage.py key_drill`: two custodians prove with their sheets that the keys can be given back."""

from typing import Any

import pyrage
from django.core.management.base import BaseCommand, CommandError

from recommendations.formats.sealing import KeyMissing, keyring
from recommendations.management.commands.restore_keys import asked_for
from tracker import archive, custody
from tracker.backup import CannotBackUp

_SENTENCE = b"The sheets work."


class Command(BaseCommand):
    """Asks for the words, opens with each key something that was sealed for it, and keeps the day."""

    help = "Prove with two real sheets that both keys can be given back. No key is written anywhere."

    def handle(self, *args: Any, **options: Any) -> None:
        """Both keys, one after the other."""
        for name in custody.KEYS:
            key = asked_for(name)
            identity = pyrage.x25519.Identity.from_str(key)
            try:
                to = keyring().recipient if name == "vault" else archive.recipient()
            except (KeyMissing, CannotBackUp) as missing:
                raise CommandError(str(missing)) from None
            try:
                proven = pyrage.decrypt(pyrage.encrypt(_SENTENCE, [to]), [identity]) == _SENTENCE
            except pyrage.DecryptError:
                proven = False
            if not proven:
                raise CommandError(
                    f"The sheets give back a {name} key, but not the one that is used now ({to}). Make new sheets."
                )
            custody.note_drill(name)
            self.stdout.write(f"The sheets give back the {name} key: what is sealed for it opens.")
