"""The vocabulary that tests share: where the cases lie, and how a lab is run."""

from pathlib import Path

from webapp.kernel.version import DEFAULT_VERSION
from webapp.lab.lab import Lab

TESTS = Path(__file__).parent
CASES = TESTS / "cases"


def lab(name: str) -> Path:
    """The lab script of that name, from tests/cases/labs. Raises FileNotFoundError if there is none."""
    path = CASES / "labs" / f"{name}.sh"
    if not path.exists():
        raise FileNotFoundError(path)
    return path


def group(name: str) -> list[str]:
    """Names of the labs of a group of tests/cases/groups.txt ("path", "rest"), in the order of the file."""
    rows = (line.split() for line in (CASES / "groups.txt").read_text().splitlines() if not line.startswith("#"))
    return [row[1] for row in rows if row and row[0] == name]


def recording(name: str, kernel: str) -> str | None:
    """What the kernel of that version ("6.18", "6.12", "6.1") printed for a lab, or None where it was not recorded."""
    path = CASES / "recorded" / kernel / f"{name}.out"
    return path.read_text(errors="replace") if path.exists() else None


def kernel_output(name: str) -> str:
    """What Linux 6.18 printed for a lab; 6.12 where the lab was not recorded on 6.18."""
    output = recording(name, "6.18") or recording(name, "6.12")
    assert output is not None, f"{name} was recorded on neither kernel"
    return output


def model_output(name: str, kernel: str = DEFAULT_VERSION) -> str:
    """What the model prints for a lab when it plays a kernel, in the convention of the recordings."""
    return "".join(entry.transcript for entry in Lab(name, kernel=kernel).run(lab(name).read_text()))
