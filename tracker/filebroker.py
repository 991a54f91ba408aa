"""The embedded broker: kombu's file transport, made safe against readers and writers that are killed halfway.

As kombu has it, a reader may take a message that its writer has opened and not yet written, and then ends with a
fault that stops the whole worker; a writer killed halfway leaves one there for good. Here a message appears with its
content or not at all, and what cannot be read is thrown away: a message is only a ring.
"""

import logging
import os
import uuid
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """One side of the folder."""

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]  # kombu gives more
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        whole = os.path.join(self.data_folder_out, name)
        # Readers pass over it: the part of the name after the first point is no queue's.
        part = whole + ".part"
        try:
            with open(part, "w", encoding="utf-8") as file:
                file.write(dumps(message))
            os.replace(part, whole)
        except OSError as fault:
            raise ChannelError(f"cannot put a message into {self.data_folder_out}") from fault

    def _get(self, queue: str, timeout: Any = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                logger.warning("a message of the embedded broker could not be read and was thrown away")
            except ChannelError:
                # Somebody else took it in between: look for the next.
                logger.debug("a message of the embedded broker was gone", exc_info=True)

    def get_table(self, exchange: str) -> list[Any]:
        """Which queues an exchange feeds; a file that was never finished feeds none."""
        try:
            return super().get_table(exchange)
        except ValueError:
            return []

    def _queue_bind(self, exchange: str, *args: Any) -> None:
        try:
            super()._queue_bind(exchange, *args)
        except ValueError:
            self._exchange_file(exchange).unlink(missing_ok=True)
            super()._queue_bind(exchange, *args)


class Transport(filesystem.Transport):
    """What `filesystem://` stands for in this site (tracker/celery.py)."""

    Channel = Channel
    # Its own copy: kombu keeps the queues of a transport on its class.
    global_state = filesystem.virtual.BrokerState()
