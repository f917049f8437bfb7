"""Every test has a data folder of its own and speaks English unless it says otherwise."""

import os
import signal
from contextvars import ContextVar
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# The ordinary run draws the same examples every time; ``make endure`` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("endure", derandomize=False, deadline=None, print_blob=True)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does
ENDURING = bool(os.environ.get("WFM_ENDURE"))
settings.load_profile("endure" if ENDURING else "steady")


def pytest_configure(config):
    """A shell has background jobs ignore Ctrl-C, which would be inherited by the commands that tests interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config, items):
    """Leave the long tests, and two of three drawn examples, to ``make endure``."""
    if not ENDURING:
        long = [item for item in items if item.get_closest_marker("endure")]
        items[:] = [item for item in items if not item.get_closest_marker("endure")]
        config.hook.pytest_deselected(items=long)
        for test in {item.obj for item in items if hasattr(getattr(item, "obj", None), "hypothesis")}:
            _draw_fewer(test)


def _draw_fewer(test):
    """A third of the examples that the test asks for, six at least: they are the same in every run."""
    asked = test._hypothesis_internal_use_settings
    some = min(asked.max_examples, max(6, asked.max_examples // 3))
    test._hypothesis_internal_use_settings = settings(asked, max_examples=some)


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory):
    kept = {key: os.environ.get(key) for key in ("WFM_HOME", "WFM_LANG", "WFM_DATABASE_URL")}
    os.environ["WFM_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ["WFM_LANG"] = "en"
    os.environ.pop("WFM_DATABASE_URL", None)
    yield
    for key, value in kept.items():
        if value is None:
            os.environ.pop(key, None)
        else:
            os.environ[key] = value


@pytest.fixture(autouse=True)
def _own_language(monkeypatch):
    """No test hears the language that another one chose."""
    for key in ("WFM_LANG", "LANGUAGE"):
        monkeypatch.setenv(key, os.environ.get(key, ""))  # put back afterwards, whatever a command sets
    monkeypatch.setenv("WFM_LANG", "en")
    monkeypatch.setattr("wfm.i18n._language", ContextVar("wfm_language_of_a_test", default=None))


@pytest.fixture(scope="session")
def usually():
    """``usually(40, 200)``: so many cases in the ordinary run, and so many in ``make endure``."""
    return lambda some, all_of_them: all_of_them if ENDURING else some


@pytest.fixture(scope="session")
def bench_data():
    """Folder of the real records; skips, visibly, where it is absent."""
    folder = Path(os.environ.get("WFM_BENCH_DATA") or ROOT / ".." / "shared" / "data")
    if not (folder / "anonymous_bank_1999_calls_jan_feb.parquet").is_file():
        pytest.skip(f"no real call records in {folder}; set WFM_BENCH_DATA")
    return folder.resolve()
