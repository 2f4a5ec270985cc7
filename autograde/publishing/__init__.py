"""The kit without its secrets, for learners: what belongs to it, laid in a folder or a zip, and brought up to date."""

from autograde.publishing.laying import Laid, lay, require_ours
from autograde.publishing.packing import pack, unpack
from autograde.publishing.tree import Tree, learners_tree

__all__ = ["Laid", "Tree", "lay", "learners_tree", "pack", "require_ours", "unpack"]
