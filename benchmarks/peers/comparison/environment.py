"""The virtual environment of the peers, made once from requirements.txt."""
import shutil
import subprocess
import sys
from pathlib import Path

from . import PEERS, ROOT

REQUIREMENTS = PEERS / "requirements.txt"
DEFAULT = ROOT / ".stackbench" / "peers"


def add_options(parser):
    parser.add_argument("--environment", type=Path, default=DEFAULT,
                        help="folder of the virtual environment, made if it is not there")
    parser.add_argument("--python", type=Path,
                        help="a Python that has the peers already; then no environment is made")


def ready(options):
    """The Python that has the peers. What is installed is noted last, so a broken install is not ready."""
    if options.python:
        # a name alone is looked for where commands are, as a shell does
        return Path(shutil.which(options.python) or options.python.absolute())
    python = options.environment.absolute() / "bin" / "python"
    note, wanted = options.environment / "installed-requirements.txt", REQUIREMENTS.read_text()
    if not note.exists() or note.read_text() != wanted:
        print(f"making the environment of the peers in {options.environment}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(options.environment)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)], check=True)
        note.write_text(wanted)
    return python
