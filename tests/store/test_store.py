"""What is kept, on SQLite and on PostgreSQL."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from webapp.store import decks, links, progress, rooms
from webapp.store.database import Database, DatabaseError, now
from webapp.store.tables import Base


def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_several_workers_may_start_on_an_empty_database_at_once(url: str) -> None:
    start = f"from webapp.store.database import Database; Database({url!r})"
    workers = [subprocess.Popen([sys.executable, "-c", start]) for _ in range(4)]
    assert [worker.wait(60) for worker in workers] == [0] * 4


@pytest.mark.parametrize("url", ["mysql://host/x", "hookwalk", "oracle://x"])
def test_another_kind_of_database_is_refused_with_words(url: str) -> None:
    with pytest.raises(DatabaseError, match="postgresql://"):
        Database(url)


# Short links


def test_a_short_link_leads_to_what_was_kept_and_the_same_content_has_the_same_code(database: Database) -> None:
    code = links.keep(database, "/lab#v1.abc")
    assert links.find(database, code) == "/lab#v1.abc"
    assert links.keep(database, "/lab#v1.abc") == code
    assert links.keep(database, "/lab#v1.abd") != code
    assert links.find(database, "nothing") is None


def test_a_code_that_another_address_has_becomes_longer(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LENGTH", 1)
    codes = {address: links.keep(database, address) for address in map(str, range(60))}
    assert len(set(codes.values())) == 60
    assert {address: links.find(database, code) for address, code in codes.items()} == {key: key for key in codes}
    assert {address: links.keep(database, address) for address in codes} == codes


# Progress


def test_progress_is_found_by_its_code_word_however_it_is_typed(database: Database) -> None:
    word = progress.new(database, b"one")
    assert len(word.split()) == 3
    assert progress.load(database, word) == b"one"
    assert progress.save(database, word.upper().replace(" ", "-"), b"two")
    assert progress.load(database, "  ".join(part[:4] for part in word.split())) == b"two"


@pytest.mark.parametrize(
    "word", ["", "abandon", "abandon ability able about", "xxxx yyyy zzzz", "abandon ability able"]
)
def test_what_is_no_code_word_finds_nothing(database: Database, word: str) -> None:
    assert progress.load(database, word) is None
    assert not progress.save(database, word, b"x")


def test_the_database_does_not_have_the_code_word(database: Database) -> None:
    word = progress.new(database, b"content")
    with database.read() as connection:
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in Base.metadata.tables]
    assert b"content" in [value for table in rows for row in table for value in row]
    for part in word.split():
        assert part not in repr(rows)


def test_progress_that_nobody_saves_is_forgotten(database: Database) -> None:
    word = progress.new(database, b"x")
    assert progress.forget_before(database, now() - 1000) == 0
    assert progress.forget_before(database, now() + 1) == 1
    assert progress.load(database, word) is None


def test_progress_that_is_forgotten_is_not_brought_back_by_a_save(database: Database) -> None:
    word, other = progress.new(database, b"x"), progress.new(database, b"y")
    assert progress.forget(database, word.upper())
    assert progress.load(database, word) is None
    assert not progress.save(database, word, b"z")
    assert not progress.forget(database, word)
    assert progress.load(database, other) == b"y"


def test_what_is_too_old_goes_when_a_new_code_word_is_given(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = progress.new(database, b"x")
    monkeypatch.setattr(progress, "now", lambda: now() + progress.KEPT - 60_000)
    kept = progress.new(database, b"y")
    assert progress.load(database, old) == b"x"
    monkeypatch.setattr(progress, "now", lambda: now() + progress.KEPT + 60_000)
    progress.new(database, b"z")
    assert progress.load(database, old) is None
    assert progress.load(database, kept) == b"y"


# Rooms


def test_a_room_is_opened_once(database: Database) -> None:
    assert rooms.open_room(database, "ABCDEF", b"opened")
    assert not rooms.open_room(database, "ABCDEF", b"again")
    assert [(event.revision, event.body) for event in rooms.since(database, "ABCDEF", 0)] == [(1, b"opened")]


def test_events_are_numbered_without_gaps_however_many_write(database: Database) -> None:
    rooms.open_room(database, "ABCDEF", b"opened")

    def write(number: int) -> None:
        with rooms.writing(database, "ABCDEF") as log:
            assert log is not None
            assert len(log.since(0)) == log.revision  # whoever writes sees all that was written before
            log.append(str(number).encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    events = rooms.since(database, "ABCDEF", 0)
    assert [event.revision for event in events] == list(range(1, 62))
    assert {event.body for event in events[1:]} == {str(number).encode() for number in range(60)}


def test_an_exception_leaves_the_log_as_it_was(database: Database) -> None:
    rooms.open_room(database, "ABCDEF", b"opened")

    def half() -> None:
        with rooms.writing(database, "ABCDEF") as log:
            assert log is not None
            log.append(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert len(rooms.since(database, "ABCDEF", 0)) == 1


def test_nobody_writes_to_a_room_that_is_not_there(database: Database) -> None:
    with rooms.writing(database, "ABCDEF") as log:
        assert log is None
    assert rooms.since(database, "ABCDEF", 0) == []


def test_the_last_cursor_is_kept_and_an_older_one_does_not_replace_it(database: Database) -> None:
    rooms.open_room(database, "ABCDEF", b"opened")
    assert rooms.cursor(database, "ABCDEF") is None
    for number, cursor in ((3, b"three"), (2, b"two")):
        rooms.keep_cursor(database, "ABCDEF", number, cursor)
    assert rooms.cursor(database, "ABCDEF") == b"three"


def test_rooms_in_which_nothing_happens_are_deleted_with_their_events(database: Database) -> None:
    rooms.open_room(database, "ABCDEF", b"opened")
    assert rooms.count(database) == 1
    assert rooms.delete_before(database, now() - 1000) == 0
    assert rooms.delete_before(database, now() + 1) == 1
    assert (rooms.since(database, "ABCDEF", 0), rooms.count(database)) == ([], 0)


_WRITER = """
import sys
from webapp.store import rooms
from webapp.store.database import Database
database = Database(sys.argv[1])
rooms.open_room(database, "ABCDEF", b"opened")
while True:
    with rooms.writing(database, "ABCDEF") as log:
        event = log.append(b"x")
    print(event.revision, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(url: str) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, url], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(25)]
    writer.kill()
    acknowledged += map(int, writer.stdout.read().split())
    writer.wait(10)
    kept = [event.revision for event in rooms.since(Database(url), "ABCDEF", 0)]
    assert acknowledged == list(range(2, acknowledged[-1] + 1))
    assert kept in (list(range(1, acknowledged[-1] + 1)), list(range(1, acknowledged[-1] + 2)))


_KEEPER = """
import sys
from itertools import count
from webapp.store import decks, links, progress
from webapp.store.database import Database
database = Database(sys.argv[1])
word = progress.new(database, b"0")
for number in count(1):
    progress.save(database, word, str(number).encode())
    code = links.keep(database, f"/lab#v1.{number}")
    deck = decks.keep(database, str(number).encode())
    print(number, code, deck, word, flush=True)
"""


def test_links_decks_and_progress_that_were_acknowledged_survive_kill_9(url: str) -> None:
    keeper = subprocess.Popen([sys.executable, "-c", _KEEPER, url], stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    acknowledged = [keeper.stdout.readline() for _ in range(8)]
    keeper.kill()
    acknowledged += [line for line in keeper.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    keeper.wait(10)
    database = Database(url)
    for line in acknowledged:
        number, code, deck, *word = line.split()
        assert links.find(database, code) == f"/lab#v1.{number}"
        assert decks.find(database, deck) == number.encode()
    last = progress.load(database, " ".join(word))
    assert last in (number.encode(), str(int(number) + 1).encode())


# Decks


def test_a_deck_is_found_by_its_code(database: Database) -> None:
    code = decks.keep(database, b"deck")
    assert decks.find(database, code) == b"deck"
    assert decks.find(database, "another") is None
