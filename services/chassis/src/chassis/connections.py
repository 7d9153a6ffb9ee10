"""How the pool of `database` parts with connections: without a round trip, and keeping no caller waiting."""

import asyncio
from typing import Any

from sqlalchemy import exc
from sqlalchemy.pool import ConnectionPoolEntry

_FAREWELL_SECONDS = 2.0
_farewells: set[asyncio.Task[None]] = set()


def drop_closed(dbapi_connection: Any, _entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Keeps a connection that the server has closed from being given out.

    Raises:
        DisconnectionError: it is closed; the pool opens another one.

    """
    # asyncpg learns of a server's end from the socket, so this costs no round trip.
    if dbapi_connection.driver_connection.is_closed():
        raise exc.DisconnectionError


def let_go(dbapi_connection: Any) -> None:
    """Parts with a connection whose call was given up, in the background.

    SQLAlchemy would wait two seconds here for a server that stands still, beyond the caller's deadline.
    """
    try:
        farewell = asyncio.get_running_loop().create_task(_close(dbapi_connection.driver_connection))
    except RuntimeError:  # The garbage collector's turn, without a loop.
        dbapi_connection.driver_connection.terminate()
        return
    _farewells.add(farewell)
    farewell.add_done_callback(_farewells.discard)


async def _close(connection: Any) -> None:
    """Cancels what the server still does for a connection, and closes it."""
    try:
        await connection.close(timeout=_FAREWELL_SECONDS)
    except Exception:  # noqa: BLE001 (whatever it was, nobody uses the connection again)
        connection.terminate()
