"""Learning partners: who is in the class, and who works a week with whom."""

from autograde.partners.history import Pairs, read_pairs, write_pairs
from autograde.partners.pairing import pair
from autograde.partners.roster import Member, Roster, read_roster

__all__ = ["Member", "Pairs", "Roster", "pair", "read_pairs", "read_roster", "write_pairs"]
