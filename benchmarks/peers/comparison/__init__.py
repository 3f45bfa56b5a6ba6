"""What compares Stackbench with its peers; needs the standard library only.

`engines` beside it is what the peers are: it is used inside the environment that has them.
"""
from pathlib import Path

PEERS = Path(__file__).resolve().parents[1]
ROOT = PEERS.parents[1]
