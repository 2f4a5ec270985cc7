"""Pairs for a week: far apart in comfort, new to each other, and nobody left out.

A maximum-weight matching (networkx; Galil, ACM Computing Surveys 18, 1986) over all pairs that may be. A pair's
weight ranks, in this order: that they haven't worked together, that their comfort differs, and a draw by the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import networkx as nx

from autograde.errors import Fault
from autograde.partners.history import Group, Pairs
from autograde.partners.roster import Member

LOTS = 1_000
STEP = 10**6  # of comfort: more than all lots of a class together
AGAIN = 10**10  # for having worked together: more than all steps of a class together
NOBODY = ""


def pair(members: Mapping[str, Member], pairs: Pairs, week: str, seed: int = 0) -> list[Group]:
    """The week's groups: those that were there stay, and whoever is new is placed.

    Pairs, and a three where the number to place is odd. Raises Fault where somebody can't be placed.
    """
    standing = [
        kept for group in pairs.of(week) if len(kept := tuple(one for one in group if one in members)) > 1
    ]
    placed = {learner for group in standing for learner in group}
    table = Table(members, pairs, week, seed)
    return table.join_the_rest(standing, [learner for learner in sorted(members) if learner not in placed])


class Table:
    """What any two of a class are worth as partners in a week."""

    def __init__(self, members: Mapping[str, Member], pairs: Pairs, week: str, seed: int) -> None:
        self._members = members
        self._together = pairs.together(week)
        self._thirds = pairs.thirds(week)
        self._lot = f"{seed} {week}"

    def join_the_rest(self, standing: Sequence[Group], new: Sequence[str]) -> list[Group]:
        """The standing groups, with pairs of those who are new; who is left over becomes a third."""
        matched = self._match(new)
        groups = [*standing, *matched]
        for learner in new:
            if not any(learner in group for group in matched):
                self._place(learner, groups)
        return groups

    def _place(self, learner: str, groups: list[Group]) -> None:
        """Make one a third, or where there are threes only, the partner of another third."""
        fitting = [group for group in groups if len(group) == 2 and self._allowed(learner, group)]
        thirds = [group for group in groups if len(group) == 3 and self._allowed(learner, group[-1:])]
        if fitting:
            two = max(fitting, key=lambda group: sum(self._weight(learner, one) for one in group))
            groups[groups.index(two)] = (*two, learner)
        elif thirds:
            three = max(thirds, key=lambda group: self._weight(learner, group[-1]))
            groups[groups.index(three)] = three[:-1]
            groups.append(_in_order((learner, three[-1])))
        else:
            raise Fault(f"{learner} finds no partner who is allowed", "roster.csv", "let one `not_with` go")

    def _match(self, new: Sequence[str]) -> list[Group]:
        """The best matching of as many as possible; whom an odd class leaves over must fit as a third."""
        barred: set[str] = set()
        first: list[Group] | None = None
        while True:
            found = nx.max_weight_matching(self._graph(new, barred), maxcardinality=True)
            matched = sorted(_in_order(two) for two in found if NOBODY not in two)
            first = matched if first is None else first
            alone = next((one for two in found if NOBODY in two for one in two if one), None)
            if alone is None or len(matched) < len(first):
                return first
            if any(self._allowed(alone, group) for group in matched):
                return matched
            barred.add(alone)

    def _graph(self, new: Sequence[str], barred: set[str]) -> nx.Graph:
        """All pairs that may be. In an odd class one is matched with nobody, who must not be among `barred`."""
        graph = nx.Graph()
        graph.add_nodes_from(new)
        for one, other in combinations(new, 2):
            if self._allowed(one, [other]):
                graph.add_edge(one, other, weight=self._weight(one, other))
        if len(new) % 2:
            for one in new:
                if one not in barred:
                    graph.add_edge(one, NOBODY, weight=self._alone(one))
        return graph

    def _weight(self, one: str, other: str) -> int:
        first, second = self._members[one], self._members[other]
        if first.joint_with == other or second.joint_with == one:
            return 10 * AGAIN * len(self._members)
        apart = abs(first.level - second.level)
        before = self._together[frozenset((one, other))]
        return apart * STEP - before**2 * AGAIN + self._drawn(f"{one} {other}")

    def _alone(self, one: str) -> int:
        """What it is worth to make this one a third: little if it was one before."""
        return self._drawn(one) - self._thirds[one] * 2 * STEP

    def _drawn(self, what: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self._lot} {what}".encode()).digest()[:4], "big") % LOTS

    def _allowed(self, one: str, others: Iterable[str]) -> bool:
        mine = self._members[one].not_with
        return not any(other in mine or one in self._members[other].not_with for other in others)


def _in_order(two: tuple[str, str]) -> Group:
    return (min(two), max(two))
