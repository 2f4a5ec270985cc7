"""Learning partners: who is in the class, and who works a week with whom."""

from autograde.partners.history import PAIRS, Pairs, read_pairs, write_pairs
from autograde.partners.pairing import pair
from autograde.partners.roster import ROSTER, Member, Roster, read_roster

__all__ = ["PAIRS", "ROSTER", "Member", "Pairs", "Roster", "pair", "read_pairs", "read_roster", "write_pairs"]
