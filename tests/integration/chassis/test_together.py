"""Fewer round trips: several writes as one, reads without a transaction, waits bounded by the connection."""

import pytest
from chassis.database import Database, make_engine, translate
from chassis.errors import Busy
from chassis.together import Row, together
from sqlalchemy import column, event, exc, func, insert, select, table, text, update

THINGS = table("things", column("id"), column("name"))
TASKS = table("tasks", column("id"), column("attempts"))


async def all_things(database):
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(select(THINGS).order_by(THINGS.c.id))]


async def test_writes_of_several_tables_are_kept_together(database):
    async with database.transaction() as session:
        await session.execute(insert(THINGS).values(id=1, name="old"))
    async with database.transaction() as session:
        await together(
            session,
            insert(THINGS).values(id=2, name="new"),
            insert(TASKS).values(id=7, attempts=1),
            update(THINGS).where(THINGS.c.id == 1).values(name=func.upper("changed")),
        )
    assert await all_things(database) == [(1, "CHANGED"), (2, "new")]
    async with database.reading() as connection:
        assert await connection.scalar(select(TASKS.c.attempts)) == 1


async def test_one_write_that_fails_keeps_the_others_out(database):
    with pytest.raises(exc.IntegrityError):
        async with database.looking() as session:
            await together(
                session,
                insert(THINGS).values(id=1, name="twice"),
                insert(TASKS).values(id=8, attempts=1),
                insert(THINGS).values(id=2, name="twice"),
            )
    assert await all_things(database) == []
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(TASKS)) == 0


async def test_nothing_to_write_is_no_statement(database):
    sent = []
    engine = database.engine.sync_engine
    listener = lambda *arguments: sent.append(arguments[2])  # noqa: E731 (taken away again below)
    event.listen(engine, "before_cursor_execute", listener)
    try:
        async with database.transaction() as session:
            await together(session)
            assert sent == []
            await together(session, insert(THINGS).values(id=1, name="a"))
            assert len(sent) == 1
    finally:
        event.remove(engine, "before_cursor_execute", listener)


async def test_what_is_written_while_looking_is_kept_at_once(database):
    async with database.looking() as session:
        await session.execute(insert(THINGS).values(id=1, name="a"))
        assert await all_things(database) == [(1, "a")]


async def test_a_connection_that_was_read_with_still_makes_transactions(make_database):
    database = Database.at(await make_database(""), pool_size=1)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE things (id INT, name TEXT)"))
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))
    async with database.unit() as session:
        await session.execute(insert(THINGS).values(id=1, name="never kept"))
    assert await all_things(database) == []
    await database.close()


async def test_the_connection_itself_bounds_the_wait_for_a_lock(database, make_database):
    async with database.transaction() as session:
        await session.execute(insert(THINGS).values(id=1, name="a"))
    url = database.engine.url.render_as_string(hide_password=False)
    hasty = Database(make_engine(url, application="hasty", lock_timeout_ms=50), lock_timeout_ms=50)
    async with database.transaction() as holder:
        await holder.execute(select(THINGS).with_for_update())
        with pytest.raises(exc.DBAPIError) as caught:
            async with hasty.transaction() as rival:
                await rival.execute(select(THINGS).with_for_update())
    assert isinstance(translate(caught.value), Busy)
    await hasty.close()


async def test_rows_are_written_as_statements_are(database):
    for number in (1, 2):
        async with database.transaction() as session:
            await together(
                session,
                Row(THINGS, {"id": number, "name": f"thing {number}"}),
                Row(TASKS, {"id": number, "attempts": number}),
            )
    async with database.transaction() as session:
        await together(session, Row(THINGS, {"name": "changed"}, key=2), Row(TASKS, {"attempts": 9}, key=1))
    assert await all_things(database) == [(1, "thing 1"), (2, "changed")]
    async with database.reading() as connection:
        found = await connection.execute(select(TASKS.c.attempts).order_by(TASKS.c.id))
    assert [row.attempts for row in found] == [9, 2]
