"""`python -m tests.bench.growth`: how long look-ups take among a thousand and a million tickets."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.desk.queue import counts, queue
from bot.dialogue.known import found_ticket, known_of
from bot.services import Services
from bot.storage.tables import Resident, Ticket
from bot.tickets.draft import Origin
from bot.tickets.file import file_ticket
from bot.tickets.number import free_number
from bot.tickets.similar import similar
from flows.report import Report
from tests.bench.table import table
from tests.support.postgres import make_database, postgres
from tests.support.services import make_services

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TIMES = 15
RESIDENTS = 10_000


@contextmanager
def filled() -> Iterator[tuple[Services, Callable[[int], None]]]:
    """Services on PostgreSQL, and what brings the tickets to a number."""
    with postgres() as server, tempfile.TemporaryDirectory() as home:
        services = make_services(Path(home), database_url=make_database(server))
        try:
            yield services, Filler(services)
        finally:
            services.database.close()


class Filler:
    """Copies of one real ticket: three years of a community, 2 % of it under way.

    Their numbers are none that a resident could have: of those there are only 90,000.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._done = 0
        with services.database.begin() as session:
            report = Report.model_validate(_report(services))
            origin = Origin(channel="phone", at=datetime.now(UTC))
            self.model = file_ticket(session, free_number(session), report, origin).id
            now = datetime.now(UTC)
            session.add(Resident(id="r0", channel="phone", address_hash="h0", address="1",
                                 created=now, seen=now))  # fmt: skip
        self._copy("residents", Resident, RESIDENTS - 1, 1, {
            "id": "'r' || g", "address_hash": "'h' || g",
        }, "r0")  # fmt: skip

    def __call__(self, count: int) -> None:
        self._copy("tickets", Ticket, count - self._done, self._done + 1, {
            "id": "md5(g::text)",
            "number": "lpad(to_hex(g), 6, '0')",
            "token": "md5(g::text)",
            "state": "CASE WHEN g % 100 = 0 THEN 'open' WHEN g % 100 = 1 THEN 'assigned' "
                     "ELSE 'closed' END",
            "resident_id": f"'r' || g % {RESIDENTS}",
            "place_id": "'hm/' || g % 24 + 1 || '/' || g % 3 + 1",
            "created": "now() - g * interval '95 seconds'",
            "updated": "now() - g * interval '95 seconds'",
        }, self.model)  # fmt: skip
        self._done = count
        with self._services.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM ANALYZE"))

    def _copy(
        self, name: str, model: type, count: int, first: int, changed: dict[str, str], source: str
    ) -> None:
        columns = [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]
        values = ", ".join(changed.get(column, f"s.{column}") for column in columns)
        last = first + count - 1
        query = (
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} "
            f"FROM {name} s, generate_series({first}, {last}) g WHERE s.id = :source"
        )
        with self._services.database.begin() as session:
            session.execute(text(query), {"source": source})


def _report(services: Services) -> dict[str, object]:
    place = services.community.gazetteer.place("hm/3/2")
    category = {"code": "lighting", "confidence": 1.0, "top": ("lighting",)}
    return {"words": ("三幢二单元楼道灯坏了",), "place": place, "category": category}


def measures(services: Services) -> dict[str, Callable[[], object]]:
    report = Report.model_validate(_report(services))
    now = datetime.now(UTC)

    def desk_list() -> object:
        with services.database.read() as session:
            return queue(session), counts(session)

    def own_status() -> object:
        with services.database.read() as session:
            return known_of(session, session.get(Resident, "r7"), False)

    def by_number() -> object:
        with services.database.read() as session:
            return found_ticket(session, "0002bc", session.get(Resident, "r7"))

    def duplicates() -> object:
        with services.database.read() as session:
            return similar(session, report, now)

    return {"desk list": desk_list, "own tickets": own_status, "by number": by_number,
            "duplicates": duplicates}  # fmt: skip


def main(sizes: tuple[int, ...] = SIZES) -> None:
    rows = []
    with filled() as (services, fill):
        for size in sizes:
            started = time.perf_counter()
            fill(size)
            filling = time.perf_counter() - started
            for name, measure in measures(services).items():
                measure()
                spent = []
                for _ in range(TIMES):
                    started = time.perf_counter()
                    measure()
                    spent.append(1000 * (time.perf_counter() - started))
                rows.append((name, f"{size:>9,}", f"{statistics.median(spent):.1f}",
                             f"{max(spent):.1f}"))  # fmt: skip
            print(f"{size:,} tickets ({filling:.0f} s to fill)", file=sys.stderr)
    for line in table(("look-up", "tickets", "median ms", "slowest ms"), sorted(rows)):
        print(line)


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
