"""The storm in short: a few kills and a thousand writes. `make crash` runs the long one."""

import asyncio

from tests.crash.storm import Plan, storm


def test_no_write_and_no_event_is_lost_whenever_processes_are_killed(own_database_url, tmp_path):
    findings = asyncio.run(storm(own_database_url, tmp_path, Plan(kills=10, writes=800)))
    assert findings.violations == []
    assert int(findings.numbers["kills"]) >= 10
