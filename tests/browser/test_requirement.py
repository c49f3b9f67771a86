"""Without a Chromium the browser tests skip with a sentence; where they are required, they fail instead."""

import pytest

from tests.browser.conftest import chromium


def test_without_a_chromium_the_tests_skip_with_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("ANZE_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="browser tests did not run"):
        chromium()


def test_a_required_chromium_that_is_absent_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("ANZE_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="browser tests did not run"):
        chromium()
