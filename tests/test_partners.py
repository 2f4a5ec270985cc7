"""The class and its pairs: what holds of any roster and any history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograde.errors import Fault
from autograde.partners import Member, Pairs, pair, read_pairs, read_roster, write_pairs
from autograde.partners.enrolment import enrol
from autograde.partners.plans import planned_comfort, with_plans

LEARNERS = [f"learner{number:02}" for number in range(12)]


def rosters(least: int = 2, most: int = 9) -> st.SearchStrategy[dict[str, Member]]:
    comforts = st.lists(st.sampled_from([1, 2, 3, 4, 5, None]), min_size=least, max_size=most)
    return comforts.map(
        lambda levels: {
            name: Member(name, comfort=level) for name, level in zip(LEARNERS, levels, strict=False)
        }
    )


@st.composite
def histories(draw: st.DrawFn, weeks: int = 3) -> Pairs:
    pairs = Pairs()
    for week in range(draw(st.integers(0, weeks))):
        names = draw(st.permutations(LEARNERS))
        pairs.weeks[f"week{week:02}"] = [(names[at], names[at + 1]) for at in range(0, len(names), 2)]
    return pairs


def matchings(names: list[str]) -> Iterator[list[tuple[str, str]]]:
    """Every way to make pairs of an even number, written out."""
    if not names:
        yield []
    for at in range(1, len(names)):
        rest = names[1:at] + names[at + 1 :]
        for others in matchings(rest):
            yield [(names[0], names[at]), *others]


def apart(members: dict[str, Member], groups: list[tuple[str, ...]]) -> int:
    return sum(abs(members[a].level - members[b].level) for a, b in groups)


def repeats(pairs: Pairs, groups: list[tuple[str, ...]]) -> int:
    before = pairs.together("week50")
    return sum(before[frozenset(two)] ** 2 for group in groups for two in combinations(group, 2))


@given(members=rosters(), pairs=histories(), seed=st.integers(0, 99))
def test_everybody_has_partners_and_only_an_odd_class_has_one_three(
    members: dict[str, Member], pairs: Pairs, seed: int
) -> None:
    groups = pair(members, pairs, "week50", seed)
    assert sorted(one for group in groups for one in group) == sorted(members)
    threes = [group for group in groups if len(group) != 2]
    assert [len(group) for group in threes] == [3] * (len(members) % 2)


@given(members=rosters(most=8))
def test_without_a_history_the_difference_in_comfort_is_the_greatest_there_is(
    members: dict[str, Member],
) -> None:
    assume(len(members) % 2 == 0)
    best = max(apart(members, groups) for groups in matchings(sorted(members)))
    assert apart(members, pair(members, Pairs(), "week50")) == best


@settings(max_examples=50)
@given(members=rosters(least=6, most=8), pairs=histories())
def test_partners_are_new_as_far_as_that_is_possible_and_then_as_different_as_possible(
    members: dict[str, Member], pairs: Pairs
) -> None:
    assume(len(members) % 2 == 0)
    best = min((repeats(pairs, groups), -apart(members, groups)) for groups in matchings(sorted(members)))
    groups = pair(members, pairs, "week50")
    assert (repeats(pairs, groups), -apart(members, groups)) == best


@given(members=rosters(least=4), two=st.sampled_from([(0, 1), (2, 0), (3, 1)]), data=st.data())
def test_those_who_are_not_to_meet_do_not(
    members: dict[str, Member], two: tuple[int, int], data: st.DataObject
) -> None:
    one, other = (LEARNERS[at] for at in two)
    members[one] = Member(one, comfort=1, not_with=frozenset({other}))
    members[other] = Member(other, comfort=5)
    groups = pair(members, Pairs(), "week50", data.draw(st.integers(0, 9)))
    assert not any({one, other} <= set(group) for group in groups)
    assert sum(len(group) for group in groups) == len(members)


@given(members=rosters(), pairs=histories(), seed=st.integers(0, 99), order=st.randoms())
def test_the_same_roster_history_and_seed_give_the_same_pairs(
    members: dict[str, Member], pairs: Pairs, seed: int, order: object
) -> None:
    shuffled = sorted(members)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    again = {name: members[name] for name in shuffled}
    assert pair(members, pairs, "week50", seed) == pair(again, pairs, "week50", seed)


@given(members=rosters(least=4), pairs=histories(), late=st.sampled_from([1, 3, 5]))
def test_a_latecomer_is_placed_and_nobody_else_moves(
    members: dict[str, Member], pairs: Pairs, late: int
) -> None:
    pairs.weeks["week50"] = pair(members, pairs, "week50")
    members["zoe"] = Member("zoe", comfort=late)
    groups = pair(members, pairs, "week50", seed=1)
    assert all(any(set(old) <= set(group) for group in groups) for old in pairs.of("week50"))
    assert sorted(one for group in groups for one in group) == sorted(members)


@given(members=rosters(least=4, most=8), pairs=histories())
def test_those_who_hand_in_one_notebook_are_partners(members: dict[str, Member], pairs: Pairs) -> None:
    assume(len(members) % 2 == 0)
    members[LEARNERS[2]] = Member(LEARNERS[2], comfort=3, joint_with=LEARNERS[0])
    assert any({LEARNERS[0], LEARNERS[2]} <= set(group) for group in pair(members, pairs, "week50"))


def test_a_latecomer_to_a_class_of_three_takes_the_third() -> None:
    members = {name: Member(name) for name in "abcd"}
    assert pair(members, Pairs({"week50": [("a", "b", "c")]}), "week50") == [("a", "b"), ("c", "d")]


def test_who_may_work_with_nobody_is_named() -> None:
    members = {name: Member(name) for name in "abc"}
    members["b"] = Member("b", not_with=frozenset("ac"))
    with pytest.raises(Fault, match="b finds no partner who is allowed; let one `not_with` go"):
        pair(members, Pairs(), "week50")


@given(pairs=histories())
def test_the_history_reads_as_it_was_written(pairs: Pairs, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pairs") / "pairs.csv"
    write_pairs(pairs, path)
    assert read_pairs(path) == pairs


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("week01,ada", ":3: a group has two or three different partners"),
        ("week01,ada,ada", ":3: a group has two or three different partners"),
        ("week01,cleo,bo", ":3: bo has partners that week already"),
    ],
    ids=["alone", "with oneself", "twice"],
)
def test_a_bad_line_of_the_history_is_one_sentence(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(f"week,partner,partner,partner\nweek01,ada,bo\n{line}\n")
    with pytest.raises(Fault, match=sentence):
        read_pairs(path)


ROSTER = """id,first_name,last_name,email,comfort,not_with
ada,Ada,,ada@example.org,5,
../bo,,,,,
,Cleo,,,,
ada,,,,,
Ada,,,,,
dan,,,,9,
eve,,,nowhere,,
fay,,,,,ada;gus
con,,,,,
"""


def test_a_bad_line_of_the_roster_is_one_sentence_and_the_others_count(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER, encoding="utf-8-sig")
    roster = read_roster(path)
    assert list(roster.members) == ["ada", "fay"]
    assert roster.members["ada"] == Member("ada", "Ada", "", "ada@example.org", 5)
    assert [sentence.split(":")[:2] for sentence in roster.problems[:-1]] == [
        ["roster.csv", str(number)] for number in (3, 4, 5, 6, 7, 8, 10)
    ]
    assert roster.problems[-1] == "roster.csv: fay mentions gus, who is in no good line; correct the id."


@pytest.mark.parametrize(
    "learner", ["..", "a/b", "a\\b", ".git", "a..b", "-x", "=1+1", "nul", "a\tb", "a" * 65]
)
def test_an_id_that_would_escape_a_folder_or_be_a_formula_is_refused(tmp_path: Path, learner: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f'id\n"{learner}"\n')
    assert not read_roster(path).members


def test_a_roster_without_ids_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("name,comfort\nada,3\n")
    with pytest.raises(Fault, match=r"roster.csv:1: the first line names no column 'id'"):
        read_roster(path)


def test_the_gradebook_follows_the_roster_and_forgets_nobody_unasked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gradebook.db"
    first = enrol({"ada": Member("ada", "Ada"), "bo": Member("bo")}, url, "course")
    assert (first.made, first.extra) == (["ada", "bo"], [])
    with closing(Gradebook(url, "course")) as gradebook:
        gradebook.add_assignment("week01")
        gradebook.add_submission("week01", "bo")
        gradebook.add_student("eve")
    second = enrol({"ada": Member("ada", "", "Byron")}, url, "course")
    assert (second.changed, second.extra) == (["ada"], ["bo", "eve"])
    third = enrol({"ada": Member("ada")}, url, "course", remove=True)
    assert (third.unchanged, third.removed, third.extra) == (["ada"], ["eve"], ["bo"])
    with closing(Gradebook(url, "course")) as gradebook:
        ada = gradebook.find_student("ada")
        assert (ada.first_name, ada.last_name) == ("Ada", "Byron")
        assert sorted(student.id for student in gradebook.students) == ["ada", "bo"]


def plan(source: str) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize(
    ("source", "comfort"),
    [
        ('LEARNING_PLAN = {"comfort": 4, "wants": []}', 4),
        ('LEARNING_PLAN = {"comfort": "4"}', None),
        ('LEARNING_PLAN = {"comfort": 9}', None),
        ('LEARNING_PLAN = {"comfort": open("x")}', None),
        ("LEARNING_PLAN = [", None),
        ("%time\nLEARNING_PLAN = {'comfort': 2}", 2),
        ("raise NotImplementedError", None),
    ],
)
def test_comfort_is_read_from_a_plan_that_is_never_run(source: str, comfort: int | None) -> None:
    assert planned_comfort(plan(source)) == comfort


def test_the_roster_comes_before_the_plan(tmp_path: Path) -> None:
    for learner in ("ada", "bo"):
        (tmp_path / learner / "week00").mkdir(parents=True)
        (tmp_path / learner / "week00" / "week00.ipynb").write_bytes(plan('LEARNING_PLAN = {"comfort": 4}'))
    members = with_plans({"ada": Member("ada"), "bo": Member("bo", comfort=1), "cy": Member("cy")}, tmp_path)
    assert [member.comfort for member in members.values()] == [4, 1, None]
