"""Several writes in one round trip; used by the hot paths of commands."""

from sqlalchemy import Insert, Update, literal_column, select

from chassis.database import Connectable


async def together(session: Connectable, *statements: Insert | Update) -> None:
    """Runs several writes as one statement, in one round trip: all of them or none.

    None of them sees what the others write, and no row may be written twice; references between the new
    rows are fine, for they are checked at the end.
    """
    if len(statements) == 1:
        await session.execute(statements[0])
    elif statements:
        parts = [statement.cte(f"part_{number}") for number, statement in enumerate(statements)]
        await session.execute(select(literal_column("1")).add_cte(*parts))
