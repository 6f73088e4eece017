"""The storm in short: a few kills and a thousand writes. `make crash` runs the long one."""

import asyncio

from tests.crash.storm import Plan, storm


def test_nothing_is_lost_and_nobody_goes_untold_whenever_processes_are_killed(own_database_url, tmp_path):
    findings = asyncio.run(storm(own_database_url, tmp_path, Plan(kills=10, writes=800)))
    assert findings.violations == []
    assert int(findings.numbers["kills"]) >= 10
