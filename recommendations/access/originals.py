"""Who may have the bytes of a file of evidence as they were received; everybody else is given copies."""

from __future__ import annotations

from django.db.models import Q

from recommendations.access.visibility import Reader, of_own_evidence, roles_of
from recommendations.vocabulary import Confidentiality, Role


def originals(reader: Reader) -> Q:
    """Files of evidence whose bytes as received the reader may have: hers who hold the item, and whom it names.

    To be asked of files that the reader may see. Everybody else, and every audience, is given copies.
    """
    held = of_own_evidence(reader)
    if Role.COORDINATOR in roles_of(reader):
        by_mail = Q(evidence__organisation__works_by_mail=True)
        held |= by_mail & ~Q(evidence__confidentiality=Confidentiality.RESTRICTED)
    return held
