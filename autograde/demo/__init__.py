"""A class of twelve, from release to feedback, in a temporary course: the whole loop to look at."""

from autograde.demo.running import run_demo

__all__ = ["run_demo"]
