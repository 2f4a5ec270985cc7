"""The text of a hidden cell in the stock notebook: runs a week's tests with Hypothesis on the notebook's names.

What an instructor without our judge would write: tests call the learner's functions as they stand, with
nothing between them.
"""

import functools
import importlib.util
import inspect
import pathlib
import tempfile

from hypothesis import HealthCheck, settings


class Names:
    """A notebook's names as attributes: the `learner`, or the `reference`, of a test."""

    def __init__(self, namespace):
        self._namespace = namespace

    def __getattr__(self, name):
        if name.startswith("__") or name not in self._namespace:
            raise AttributeError(f"{name} is not defined")
        return self._namespace[name]

    def drive(self, name, source, *args):
        """Run a test's driver."""
        return driver_function(name, source)(self, *args)


@functools.cache
def driver_function(name, source):
    scope = {}
    exec(source, scope)
    return scope[name]


def run_cells(sources):
    """The names that some cells define; one that fails is left behind, as in a notebook."""
    namespace = {"__name__": "__main__"}
    for source in sources:
        try:
            exec(source, namespace)
        except Exception:
            continue
    return namespace


def load_tests(text, max_examples):
    """The tests of one file, with the number of examples that the course's own judge draws."""
    settings.register_profile(
        "course", max_examples=max_examples, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    settings.load_profile("course")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "tests_of_the_week.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location("tests_of_the_week", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return [value for name, value in vars(module).items() if name.startswith("test_")]


class Tests:
    """The tests of a week, to be run entry by entry."""

    def __init__(self, names, files, reference, breaking):
        self._learner = Names(names)
        self._reference = Names(run_cells(reference))
        self._tests = [test for text, examples in files for test in load_tests(text, examples)]
        self._breaking = breaking

    def run(self, entry):
        """Run all tests of an entry; AssertionError if one fails."""
        failed = []
        for test in self._tests:
            if test.autograde_exercise == entry:
                failed += self._failures(test)
        for name, accept, sources in self._breaking.get(entry, ()):
            if self._accepts(entry, run_cells(sources)[name]) != accept:
                failed.append(
                    f"{name}: {'a right one was refused' if accept else 'this one slipped through'}"
                )
        if failed:
            raise AssertionError("\n".join(failed))

    def _failures(self, test):
        handle = getattr(test, "hypothesis", None)
        takes = inspect.signature(handle.inner_test if handle else test).parameters
        try:
            test(self._learner, *[self._reference] * ("reference" in takes))
        except Exception as error:
            return [f"{test.__doc__}: {error}"]
        return []

    def _accepts(self, entry, implementation):
        try:
            getattr(self._learner, entry)(implementation)
        except Exception:
            return False
        return True
