"""Tests that share something expensive run on one worker, so that it is made once."""

import os

import pytest


@pytest.mark.xdist_group("grouped")
def test_a_group_stays_together(request: pytest.FixtureRequest) -> None:
    grouped = request.node.nodeid.endswith("@grouped")
    assert grouped == ("PYTEST_XDIST_WORKER" in os.environ)
