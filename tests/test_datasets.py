"""The data sets are what their cards say, and a damaged one is refused in one sentence."""

import importlib.util
import shutil
import tarfile
import zipfile
from collections import Counter, defaultdict
from itertools import pairwise, product
from math import log10
from pathlib import Path
from statistics import correlation, linear_regression, mean
from types import ModuleType

import numpy as np
import pytest

from autograde import datasets
from autograde.errors import Fault

TABLE = """first_name,sex,count,year_of_birth
ada,f,7,2014
bo,m,5,2015
ada,f,6,2015
cy,m,9,2015
bo,f,4,2015
zoë,f,99,2015
al,m,6,2015
"""

FAMILIES = {
    "protein kinase": 213,
    "F-box": 180,
    "RING": 109,
    "TPR": 90,
    "PPR": 84,
    "cytochrome P450": 47,
    "GDSL lipase": 42,
    "bHLH": 37,
    "MFS transporter": 35,
    "NBS-LRR": 32,
    "MYB": 26,
    "GST": 22,
}
AMINO_ACIDS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = dict(zip(("".join(codon) for codon in product("TCAG", repeat=3)), AMINO_ACIDS, strict=True))
PARTIAL = "AT1G52495"
LISTED = sorted(datasets.checksums(datasets.folder()))
WINDOWS = [datasets.arabidopsis_windows, datasets.arabidopsis_windows_gc_matched]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data sets' folder to do harm to."""
    return Path(shutil.copytree(datasets.folder(), tmp_path / "datasets"))


def rebuild_of(name: str) -> ModuleType:
    """The script that made a data set, as a module."""
    spec = importlib.util.spec_from_file_location(f"rebuild_{name}", datasets.folder() / name / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gc(sequence: str) -> int:
    return sum(base in "GC" for base in sequence.upper())


def test_every_listed_file_is_there_and_undamaged() -> None:
    listed = datasets.checksums(datasets.folder())
    assert all(datasets.read(path) for path in listed)
    assert "names/names.txt" in listed


def test_every_data_set_is_listed_and_has_a_card_and_a_rebuild_script() -> None:
    listed = {path.split("/")[0] for path in datasets.checksums(datasets.folder())}
    folders = {path.parent.name for path in datasets.folder().glob("*/*") if path.suffix != ".pyc"}
    assert listed == folders
    for name in listed:
        assert (datasets.folder() / name / "README.md").is_file()
        assert (datasets.folder() / name / "rebuild.py").is_file()


def test_names_are_30460_different_words_of_2_to_15_letters() -> None:
    names = datasets.names()
    assert len(names) == len(set(names)) == 30_460
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert {len(name) for name in names} == set(range(2, 16))
    assert names[:3] == ["emma", "noah", "olivia"]


@pytest.mark.parametrize("name", sorted(datasets.LOADERS))
def test_loading_by_name_is_the_same_as_calling_the_loader(name: str) -> None:
    loaded = datasets.load(name)
    assert repr(loaded[:100]) == repr(getattr(datasets, name)()[:100])
    assert len(loaded) >= (9 if name == "shakespeare" else 60)


@pytest.mark.parametrize("name", sorted(datasets.LOADERS))
def test_each_call_gives_a_fresh_list_of_fresh_rows(name: str) -> None:
    first, again = datasets.load(name), datasets.load(name)
    assert first is not again
    assert not any(isinstance(row, dict) and row is other for row, other in zip(first, again, strict=True))


def test_every_listed_data_set_has_a_line_in_the_index() -> None:
    index = (datasets.folder() / "README.md").read_text(encoding="utf-8")
    assert all(f"]({path.split('/')[0]}/README.md)" in index for path in LISTED)


def test_all_data_sets_together_are_smaller_than_10_megabytes() -> None:
    assert sum((datasets.folder() / path).stat().st_size for path in LISTED) < 10e6


def test_an_unknown_data_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Fault, match=r"no data set 'nmaes'.*choose one of: .*names"):
        datasets.load("nmaes")


@pytest.mark.parametrize("path", LISTED)
@pytest.mark.parametrize(
    "harm", [lambda old: old + b"\n", lambda old: old.replace(b"\n", b"\r\n"), lambda old: b""]
)
def test_a_changed_file_is_called_damaged_in_one_sentence(copy: Path, harm: object, path: str) -> None:
    file = copy / path
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Fault, match=rf"^datasets/{path}: .*damaged.*; .*git checkout") as fault:
        datasets.read(path, copy)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("path", LISTED)
def test_a_missing_file_is_named_with_the_remedy(copy: Path, path: str) -> None:
    (copy / path).unlink()
    with pytest.raises(Fault, match=rf"^datasets/{path}: .*can't be read.*; .*git checkout") as fault:
        datasets.read(path, copy)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("name", sorted(datasets.LOADERS))
def test_no_loader_takes_a_file_that_it_has_not_verified(
    name: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in LISTED:
        (copy / path).write_bytes((copy / path).read_bytes() + b"\n")
    monkeypatch.setattr(datasets, "PLACES", (copy,))
    with pytest.raises(Fault, match=rf"^datasets/{name[:11]}.*damaged"):
        datasets.load(name)


def test_a_file_without_a_checksum_is_refused(copy: Path) -> None:
    (copy / "names" / "extra.txt").write_text("emma\n")
    with pytest.raises(Fault, match=r"^datasets/names/extra\.txt: .*not in checksums\.txt"):
        datasets.read("names/extra.txt", copy)


def test_a_folder_datasets_of_another_package_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "PLACES", (tmp_path,))
    with pytest.raises(Fault, match=r"checksums\.txt.*missing"):
        datasets.folder()


def test_rebuilding_keeps_the_year_adds_both_sexes_and_sorts_by_count_then_letter() -> None:
    assert rebuild_of("names").names_of_year(TABLE.splitlines()) == ["bo", "cy", "ada", "al"]


def test_penguins_are_344_of_three_species_and_11_lack_something() -> None:
    penguins = datasets.penguins()
    assert Counter(row["species"] for row in penguins) == {"Adelie": 152, "Gentoo": 124, "Chinstrap": 68}
    assert sum(None in row.values() for row in penguins) == 11
    missing = Counter(field for row in penguins for field, value in row.items() if value is None)
    measurements = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    assert missing == {**dict.fromkeys(measurements, 2), "sex": 11}
    assert {type(row["body_mass_g"]) for row in penguins} == {int, type(None)}
    assert {type(row["bill_depth_mm"]) for row in penguins} == {float, type(None)}


def test_longer_bills_are_deeper_in_each_species_and_shallower_in_all_of_them_together() -> None:
    bills: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in datasets.penguins():
        if row["bill_length_mm"] is not None and row["bill_depth_mm"] is not None:
            bills[row["species"]].append((row["bill_length_mm"], row["bill_depth_mm"]))
    bills["all"] = [bill for species in bills.values() for bill in species]
    assert {
        species: round(correlation(*zip(*pairs, strict=True)), 3) for species, pairs in bills.items()
    } == {
        "Adelie": 0.391,
        "Gentoo": 0.643,
        "Chinstrap": 0.654,
        "all": -0.235,
    }


def test_two_of_three_penguin_species_live_on_one_island_only() -> None:
    homes = defaultdict(set)
    for row in datasets.penguins():
        homes[row["species"]].add(row["island"])
    assert homes == {"Adelie": {"Torgersen", "Biscoe", "Dream"}, "Gentoo": {"Biscoe"}, "Chinstrap": {"Dream"}}


def test_families_are_917_genes_in_12_families_of_the_sizes_on_the_card() -> None:
    rows = datasets.arabidopsis_families()
    assert len({row["gene"] for row in rows}) == len({row["protein"] for row in rows}) == len(rows) == 917
    assert Counter(row["family"] for row in rows) == FAMILIES
    assert set("".join(row["dna"] for row in rows)) == set("ACGT")
    assert set("".join(row["protein"] for row in rows)) == set(AMINO_ACIDS) - {"*"}


def test_a_genes_dna_is_translated_into_the_beginning_of_its_protein() -> None:
    for row in datasets.arabidopsis_families():
        peptide = "".join(CODE[row["dna"][i : i + 3]] for i in range(0, len(row["dna"]), 3)).removesuffix("*")
        assert row["protein"].startswith(peptide)
        assert row["dna"].startswith("ATG") or row["gene"] == PARTIAL
        assert len(peptide) == min(100, len(row["protein"]))


def test_homologues_of_one_family_are_together_in_534_groups_of_at_most_27_genes() -> None:
    groups = defaultdict(list)
    for row in datasets.arabidopsis_families():
        groups[row["group"]].append(row["family"])
    assert sorted(groups) == list(range(534))
    assert sum(len(group) == 1 for group in groups.values()) == 410
    assert max(len(group) for group in groups.values()) == 27
    assert {frozenset(group) for group in groups.values() if len(set(group)) > 1} == {
        frozenset(["PPR", "TPR"])
    }


def test_a_genes_nearest_relative_by_shared_words_is_in_its_group_if_it_shares_a_tenth() -> None:
    rows = datasets.arabidopsis_families()[:200]
    known = [{row["protein"][i : i + 4] for i in range(len(row["protein"]) - 3)} for row in rows]
    for (row, words), (other, others) in product(zip(rows, known, strict=True), repeat=2):
        if len(words & others) >= max(15, 0.1 * min(len(words), len(others))):
            assert row["group"] == other["group"]


@pytest.mark.parametrize("load", WINDOWS)
def test_windows_are_150_bases_and_none_stands_twice(load: object) -> None:
    rows = load()  # type: ignore[operator]
    assert {len(row["sequence"]) for row in rows} == {150}
    assert set("".join(row["sequence"] for row in rows)) == set("ACGTacgt")
    assert len({row["sequence"].upper() for row in rows}) == len(rows)


@pytest.mark.parametrize("load", WINDOWS)
def test_every_block_is_of_one_species_and_half_coding(load: object) -> None:
    blocks = defaultdict(list)
    for row in load():  # type: ignore[operator]
        blocks[row["block"]].append(row)
    for block, rows in blocks.items():
        assert {row["species"] for row in rows} == {block.split(":")[0]}
        assert 2 * sum(row["label"] == "coding" for row in rows) == len(rows)
    assert {block.split(":")[0] for block in blocks} == {"thaliana", "arenosa"}


def test_windows_are_as_many_as_the_card_says() -> None:
    natural, matched = (Counter(row["species"] for row in load()) for load in WINDOWS)
    assert natural == {"thaliana": 4700, "arenosa": 1592}
    assert matched == {"thaliana": 3804, "arenosa": 1194}


def test_gc_alone_tells_nine_in_ten_windows_apart_and_in_arenosa_fewer() -> None:
    right = defaultdict(list)
    for row in datasets.arabidopsis_windows():
        right[row["species"]].append((gc(row["sequence"]) >= 57) == (row["label"] == "coding"))
    assert {species: round(mean(answers), 3) for species, answers in right.items()} == {
        "thaliana": 0.907,
        "arenosa": 0.839,
    }


def test_gc_says_nothing_of_matched_windows_in_any_block() -> None:
    contents: dict[str, dict[str, Counter[int]]] = defaultdict(
        lambda: {"coding": Counter(), "intergenic": Counter()}
    )
    for row in datasets.arabidopsis_windows_gc_matched():
        contents[row["block"]][row["label"]][gc(row["sequence"])] += 1
    assert all(both["coding"] == both["intergenic"] for both in contents.values())


def test_lower_case_gives_the_label_away() -> None:
    rows = [row for row in datasets.arabidopsis_windows() if row["species"] == "thaliana"]
    right = [row["sequence"].isupper() == (row["label"] == "coding") for row in rows]
    assert round(mean(right), 3) == 0.791


def test_qpcr_has_four_amplicons_five_dilutions_three_wells_and_forty_cycles() -> None:
    rows = datasets.qpcr()
    assert len({(row["name"], row["dilution"], row["replicate"]) for row in rows}) == len(rows) == 4 * 5 * 3
    assert {len(row["fluorescence"]) for row in rows} == {40}
    assert {row["efficiency"] for row in rows} == {0.75, 0.85, 0.95, 1.0}
    assert {row["log10_dilution"] for row in rows} == {0.0, -1.0, -2.0, -3.0, -4.0}
    assert all(abs(log10(row["dilution"]) - row["log10_dilution"]) < 1e-12 for row in rows)
    assert "-0.0" not in {str(row["log10_dilution"]) for row in rows}


def test_a_dilution_series_gives_back_the_true_efficiency_nearly() -> None:
    points: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for row in datasets.qpcr():
        background = mean(row["fluorescence"][2:10])
        signal = [reading - background for reading in row["fluorescence"]]
        first = next(cycle for cycle, reading in enumerate(signal) if reading >= 0.1)
        below, above = signal[first - 1], signal[first]
        points[row["efficiency"]].append((row["log10_dilution"], first + (0.1 - below) / (above - below)))
    found = {
        efficiency: 10 ** (-1 / linear_regression(*zip(*series, strict=True)).slope) - 1
        for efficiency, series in points.items()
    }
    assert all(abs(estimate - efficiency) < 0.015 for efficiency, estimate in found.items())


def test_qpcr_is_what_its_seeded_simulator_makes() -> None:
    made = "".join(f"{line}\n" for line in rebuild_of("qpcr").simulate())
    assert made.encode("ascii") == datasets.read("qpcr/qpcr.csv")


def test_a_simulated_product_grows_by_its_efficiency_at_first_and_stops_at_the_plateau() -> None:
    signal = list(rebuild_of("qpcr").amplify(start=1e-9, efficiency=0.8, plateau=2.0, cycles=80))
    assert signal[0] == pytest.approx(1.8e-9)
    assert all(later >= earlier for earlier, later in pairwise(signal))
    assert signal[-1] == pytest.approx(2.0)


def test_a_protein_whose_name_speaks_of_two_families_has_none() -> None:
    family_of = rebuild_of("arabidopsis_families").family_of
    assert family_of("F-box family protein") == "F-box"
    assert family_of("TRICHOME BIREFRINGENCE-LIKE 25") is None
    assert family_of("protein kinase family protein / F-box protein") is None


def test_rebuilding_families_keeps_a_genes_longest_protein_and_each_protein_once() -> None:
    coding = {
        f"cds {number} [locus_tag={gene}] [protein=GDSL lipase] [protein_id={protein}]": f"atg{number}"
        for number, (gene, protein) in enumerate(
            [("G2", "long"), ("G1", "short"), ("G1", "long"), ("G3", "new")]
        )
    }
    proteins = {"short": "M", "long": "MAMA", "new": "MA"}
    found = list(rebuild_of("arabidopsis_families").genes(coding, proteins))
    assert [(row.gene, row.protein, row.dna) for row in found] == [
        ("G1", "MAMA", "ATG2"),
        ("G3", "MA", "ATG3"),
    ]


def test_homology_is_passed_on_from_neighbour_to_neighbour_but_takes_fifteen_words() -> None:
    forward = "ACDEFGHIKLMNPQRSTVWY"
    backward, bridge, short = forward[::-1], forward + forward[::-1], forward[:17]
    groups = rebuild_of("arabidopsis_families").homology_groups([forward, backward, "W" * 60, bridge, short])
    assert groups == [0, 0, 1, 0, 2]


def test_a_window_is_coding_if_every_base_is_and_intergenic_if_nothing_touches_it() -> None:
    script = rebuild_of("arabidopsis_windows")
    lines = [
        "#\tgff",
        "c\t.\tregion\t1\t750\t.\t+\t.\tID=c",
        "c\t.\tgene\t140\t449\t.\t+\t.\tID=g",
        "c\t.\tCDS\t151\t449\t.\t+\t0\tID=p",
    ]
    genome = {"c": "a" * 600 + "N" + "a" * 149}
    found = list(script.tiles("thaliana", genome, script.annotate(lines, {"c": 750})))
    assert [(window.label, window.block) for window in found] == [
        ("coding", "thaliana:1:000"),
        ("intergenic", "thaliana:1:000"),
    ]


def test_matching_pairs_windows_of_one_block_with_the_same_gc() -> None:
    script = rebuild_of("arabidopsis_windows")
    found = [
        script.Window("thaliana", block, label, sequence)
        for block, label, sequence in [
            ("b1", "coding", "GCAA"),
            ("b1", "coding", "GAAA"),
            ("b1", "intergenic", "AAcg"),
            ("b2", "intergenic", "AAAC"),
        ]
    ]
    assert [window.sequence for window in script.matched(found, count=9)] == ["GCAA", "AAcg"]


def test_a_block_gives_no_more_coding_windows_than_intergenic_ones() -> None:
    script = rebuild_of("arabidopsis_windows")
    labels = ["coding", "coding", "intergenic", "coding"]
    found = [script.Window("thaliana", "b", label, str(place)) for place, label in enumerate(labels)]
    assert [window.sequence for window in script.balanced(found, count=9)] == ["0", "2"]


def test_windows_are_picked_evenly_along_a_block() -> None:
    assert rebuild_of("arabidopsis_windows").spread(range(10), 4) == [0, 2, 5, 7]
    assert rebuild_of("arabidopsis_windows").spread("abc", 9) == ["a", "b", "c"]


def test_names_1911_are_14156_different_words_of_2_to_13_letters() -> None:
    names = datasets.names_1911()
    assert len(names) == len(set(names)) == 14_156
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert {len(name) for name in names} == set(range(2, 14))
    assert names[:3] == ["mary", "john", "william"]
    assert len(set(names) & set(datasets.names())) == 5317


def test_rebuilding_names_1911_adds_all_years_and_both_sexes_and_leaves_out_the_others() -> None:
    found = rebuild_of("names_1911").names_of_years(TABLE.splitlines(), range(2014, 2016))
    assert found == ["ada", "bo", "cy", "al"]
    assert rebuild_of("names_1911").names_of_years(TABLE.splitlines(), range(2014, 2015)) == ["ada"]


def test_donors_and_decoys_all_read_gt_at_index_30_and_none_stands_twice() -> None:
    rows = datasets.splice_donors()
    assert {len(row["sequence"]) for row in rows} == {60}
    assert set("".join(row["sequence"] for row in rows)) == set("acgt")
    assert {row["sequence"][30:32] for row in rows} == {"gt"}
    assert len({row["sequence"] for row in rows}) == len(rows)


def test_every_block_of_one_species_has_as_many_donors_as_decoys() -> None:
    labels = defaultdict(Counter)
    for row in datasets.splice_donors():
        assert row["block"].startswith(f"{row['species']}:")
        labels[row["block"]][row["label"]] += 1
    assert all(both["donor"] == both["decoy"] for both in labels.values())
    assert Counter(block.split(":")[0] for block in labels) == {"thaliana": 153, "arenosa": 198}
    assert Counter(row["species"] for row in datasets.splice_donors()) == {"thaliana": 5958, "arenosa": 1980}


def test_the_base_before_the_gt_tells_eight_in_ten_sites_apart() -> None:
    rows = [row for row in datasets.splice_donors() if row["species"] == "thaliana"]
    right = [(row["sequence"][29] == "g") == (row["label"] == "donor") for row in rows]
    assert round(mean(right), 3) == 0.787


def test_an_intron_begins_where_a_piece_of_the_coding_sequence_ends_in_the_genes_direction() -> None:
    script = rebuild_of("splice_donors")
    lines = [
        "#\tgff",
        "c\t.\texon\t1\t40\t.\t+\t.\tID=e1;Parent=m",
        "c\t.\texon\t91\t200\t.\t+\t.\tID=e2;Parent=m",
        "c\t.\tCDS\t301\t340\t.\t-\t0\tID=p;Parent=n",
        "c\t.\tCDS\t391\t450\t.\t-\t0\tID=p;Parent=n",
    ]
    coding, every = script.introns(lines, {"c": 1000})
    assert coding == {("c", "-", 610)}
    assert every == {("c", "-", 610), ("c", "+", 40)}


def test_a_donor_is_read_in_the_genes_direction_and_other_introns_are_no_decoys() -> None:
    script = rebuild_of("splice_donors")
    text = ["a"] * 300
    for start in (100, 200):
        text[start : start + 2] = "gt"
    forward = "".join(text)
    genome = {"c": forward.translate(script.COMPLEMENT)[::-1].upper()}
    lines = [
        "c\t.\tCDS\t201\t290\t.\t-\t0\tParent=n",
        "c\t.\tCDS\t20\t150\t.\t-\t0\tParent=n",
        "c\t.\texon\t10\t30\t.\t-\t0\tParent=o",
        "c\t.\texon\t101\t150\t.\t-\t0\tParent=o",
    ]
    found = list(script.sites(genome, lines))
    assert found == [(1, 0, "donor", forward[70:130])]


def test_a_block_gives_as_many_donors_as_decoys_and_no_sequence_twice() -> None:
    script = rebuild_of("splice_donors")
    labels = ["donor", "decoy", "donor", "decoy", "donor"]
    found = [(1, 7, label, window) for label, window in zip(labels, "vwxwy", strict=True)]
    rows = list(script.balanced(script.THALIANA._replace(donors=2), found, set()))
    assert [(row.block, row.label, row.sequence) for row in rows] == [
        ("thaliana:1:007", "donor", "v"),
        ("thaliana:1:007", "decoy", "w"),
    ]


def test_leaves_are_colour_pictures_of_32_by_32_in_the_numbers_on_the_card() -> None:
    rows = datasets.leaves()
    assert {(row["image"].shape, str(row["image"].dtype)) for row in rows} == {((3, 32, 32), "uint8")}
    assert Counter((row["world"], row["split"]) for row in rows) == {
        ("confounded", "train"): 1000,
        ("confounded", "val"): 200,
        ("confounded", "test"): 400,
        ("balanced", "train"): 1000,
        ("balanced", "val"): 200,
        ("balanced", "test"): 400,
        ("reversed", "test"): 400,
    }


def test_leaves_stand_on_their_usual_background_in_exactly_the_share_of_their_world() -> None:
    usual = defaultdict(list)
    for row in datasets.leaves():
        home = {"healthy": "moss", "diseased": "soil"}[row["label"]]
        usual[row["world"], row["split"], row["label"]].append(row["background"] == home)
    shares = {"confounded": 0.97, "balanced": 0.5, "reversed": 0.03}
    assert all(mean(home) == pytest.approx(shares[world]) for (world, _, _), home in usual.items())
    assert {
        len(usual[world, split, "healthy"]) - len(usual[world, split, "diseased"])
        for world, split, _ in usual
    } == {0}


def test_the_corners_of_a_leafs_picture_give_its_background_away() -> None:
    for row in datasets.leaves():
        red, green, _ = row["image"][:, [0, 0, -1, -1], [0, -1, 0, -1]].astype(int).sum(1)
        assert (red > green) == (row["background"] == "soil")


def test_labels_of_leaves_hardly_show_in_the_mean_colour() -> None:
    means = defaultdict(list)
    for row in datasets.leaves():
        means[row["background"], row["label"]].append(row["image"].mean((1, 2)))
    for background in ("soil", "moss"):
        healthy, diseased = (
            sum(means[background, label]) / len(means[background, label]) for label in ("healthy", "diseased")
        )
        assert abs(healthy - diseased).max() < 2


def test_a_learner_who_paints_a_leaf_leaves_the_next_ones_alone() -> None:
    rows = datasets.leaves()
    before = rows[1]["image"].copy()
    rows[0]["image"][:] = 255
    assert (rows[1]["image"] == before).all()


def test_leaves_are_what_their_seeded_generator_draws_or_much_like_it() -> None:
    script = rebuild_of("leaves")
    made = script.arrays()
    with np.load(datasets.folder() / "leaves" / "leaves.npz") as file:
        shipped = dict(file)
    assert script.compare(made, shipped)[0]
    others = made | {"image": made["image"] // 2}
    assert not script.compare(others, shipped)[0]


def test_only_diseased_leaves_have_spots_and_they_lie_on_the_leaf() -> None:
    script = rebuild_of("leaves")
    random = np.random.default_rng(5)
    leaf = script.blade(random)
    plain = script.green(random, leaf)
    changed = np.abs(script.spots(random, leaf, plain) - plain).max(-1) > 0.1
    assert 2 <= changed.sum() <= 80
    assert (leaf.cover[changed] > 0).mean() > 0.8


def test_the_plan_of_a_split_has_exact_shares_and_half_of_each_label() -> None:
    planned = Counter(rebuild_of("leaves").plan(0.97, 200))
    assert planned == {
        ("healthy", "moss"): 97,
        ("healthy", "soil"): 3,
        ("diseased", "soil"): 97,
        ("diseased", "moss"): 3,
    }


def test_the_nine_plays_have_1141928_characters_of_63_kinds() -> None:
    plays = datasets.shakespeare()
    text = "".join(play["text"] for play in plays)
    assert [play["title"] for play in plays][:2] == ["Hamlet", "Macbeth"]
    assert (len(plays), len(text), len(set(text))) == (9, 1_141_928, 63)
    assert all(play["text"].startswith("Act I") and play["text"].endswith("\n") for play in plays)


def test_the_loaders_plays_are_those_that_the_script_makes_in_the_same_order() -> None:
    assert tuple(datasets.PLAYS) == rebuild_of("shakespeare").PLAYS


def test_cleaning_a_play_starts_at_its_first_act_and_prints_all_alike() -> None:
    text = "MACBETH\n\nPersons\n\n\nACT 1\n\n\n\n[Enter  three KING'S men.] \n  FIRST WITCH.\nI say,--(no)\nACT III\n\n"
    assert rebuild_of("shakespeare").cleaned(text) == (
        "Act I\n\nEnter three King's men.\nFirst Witch.\nI say,--no\nAct III\n"
    )


@pytest.mark.parametrize("archive", ["package", "source"])
def test_a_package_is_open_as_long_as_it_is_used(
    archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = rebuild_of("shakespeare" if archive == "source" else "names_1911")
    (tmp_path / "text").write_text("emma")
    with zipfile.ZipFile(tmp_path / "p.whl", "w") as wheel:
        wheel.write(tmp_path / "text", "text")
    with tarfile.open(tmp_path / "p.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "text", "text")

    def download(command: list[str], check: bool) -> None:
        assert command[-1] == "p==1" and check
        for name in ("p.whl", "p.tar.gz"):
            shutil.copy(tmp_path / name, command[-2])

    monkeypatch.setattr("subprocess.run", download)
    with getattr(script, archive)("p==1") as opened:
        file = opened.extractfile("text") if archive == "source" else opened.open("text")
        assert file.read() == b"emma"
