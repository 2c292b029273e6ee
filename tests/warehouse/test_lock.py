"""One writer at a time: the second waits, or says who is writing."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from data.errors import BusyError
from data.warehouse import open_warehouse
from tests.support.warehouses import COMPLAINTS, SETTINGS, TABLES, a_warehouse, bring, some_rows

IMPATIENT = SETTINGS.model_copy(update={"lock_seconds": 0.2})


def test_a_second_writer_is_told_who_is_writing(tmp_path: Path) -> None:
    second = open_warehouse(tmp_path, TABLES, IMPATIENT)
    with (
        a_warehouse(tmp_path).publish("the monthly upload of Porto"),
        pytest.raises(BusyError) as told,
        second.publish("somebody"),
    ):
        pass
    assert "the monthly upload of Porto" in str(told.value)
    assert f"process {os.getpid()}" in str(told.value)
    assert told.value.exit_code == 4


def test_reading_goes_on_while_somebody_writes(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path)
    with warehouse.publish("a writer"), warehouse.read() as reader:
        assert reader.browse("complaints").total == 0


def test_writers_that_wait_publish_one_after_the_other(tmp_path: Path) -> None:
    def publish(batch: int) -> None:
        rows = some_rows(COMPLAINTS, [{"complaint_id": f"C{batch}"}], batch=batch)
        with a_warehouse(tmp_path).publish(f"writer {batch}") as writer:
            bring(writer, batch, ("complaints", rows))

    writers = [threading.Thread(target=publish, args=(batch,)) for batch in range(1, 6)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    with a_warehouse(tmp_path).read() as reader:
        assert reader.version == 5
        assert reader.browse("complaints").total == 5


def test_the_lock_is_free_after_a_failed_publish(tmp_path: Path) -> None:
    warehouse = open_warehouse(tmp_path, TABLES, IMPATIENT)
    with pytest.raises(ZeroDivisionError), warehouse.publish("a test"):
        raise ZeroDivisionError
    with warehouse.publish("a test"):
        pass
    assert warehouse.version() == 1


def test_it_is_quiet_while_nobody_writes_and_writers_are_held_off_meanwhile(tmp_path: Path) -> None:
    warehouse = open_warehouse(tmp_path, TABLES, IMPATIENT)
    with warehouse.quiet() as quiet:
        assert quiet
        with pytest.raises(BusyError, match="a check at the start"), warehouse.publish("somebody"):
            pass
    with warehouse.publish("somebody"), warehouse.quiet() as quiet:
        assert not quiet
