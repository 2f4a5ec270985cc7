"""Our parts in the place of nbgrader's: the notebook rebuilt from the master, and graded by a sealed judge."""

from __future__ import annotations

import base64
import struct
from dataclasses import replace
from typing import Any

from nbformat import from_dict
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograde.assembly import assemble, to_nbformat
from autograde.errors import Fault
from autograde.explaining import illustrated
from autograde.feedback import entry_html, entry_text, overview_html, overview_text
from autograde.nbgrader_plugin.exporter import SubmissionExporter, Work
from autograde.nbgrader_plugin.releases import CHECK
from autograde.report import Report
from autograde.weeks.loading import FIRST_CELL

MOST_PIXELS = 25_000_000
PNG = b"\x89PNG\r\n\x1a\n"
ALT = "what this cell drew"


def work_of(preprocessor: Any) -> Work:
    """The submission that is being worked on."""
    exporter = preprocessor.parent
    if not isinstance(exporter, SubmissionExporter) or exporter.work is None:
        raise Fault(
            f"{type(preprocessor).__name__} works on what our exporter read",
            "nbgrader_config.py",
            'set c.Autograde.exporter_class = "autograde.nbgrader_plugin.SubmissionExporter"',
        )
    return exporter.work


class RebuildFromMaster(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """The released notebook with the learner's cells in it, in the place of the notebook that was handed in."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Leave `nb` alone, which is empty, and read the submission itself."""
        work = work_of(self)
        work.assembled = assemble(work.release.notebook, work.submission.read())
        return from_dict(to_nbformat(work.assembled, work.release.document)), resources


class GradeSealed(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Outputs and explanations, from the report of a judge that ran the cells sealed. Runs nothing itself."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill the cells' outputs. No score goes through them."""
        work = work_of(self)
        report = work.grade()
        if work.graded and work.graded.report:
            for position, (text, images) in work.graded.outputs.items():
                nb.cells[position].outputs = _shown(text, images)
        pictures = work.graded.pictures if work.graded else {}
        _explain(nb, replace(report, exercises=illustrated(report.exercises, pictures)))
        return nb, resources


def _shown(text: str, images: list[bytes]) -> list[Any]:
    """What a cell of the learner's printed and drew."""
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    for image in images:
        if _is_picture(image):
            data = {"image/png": base64.b64encode(image).decode(), "text/plain": ALT}
            outputs.append(new_output("display_data", data, metadata={"image/png": {"alt": ALT}}))
    return outputs


def _is_picture(image: bytes) -> bool:
    """Whether it says that it is a PNG of a size that a browser can show: a megabyte may unpack to many gigabytes."""
    if not image.startswith(PNG) or len(image) < 24:
        return False
    width, height = struct.unpack(">II", image[16:24])
    return bool(width * height <= MOST_PIXELS)


def _explain(nb: Any, report: Report) -> None:
    entries = {f"{CHECK}{entry.name}": entry for entry in report.exercises}
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id == FIRST_CELL:
            said = {"text/html": overview_html(report), "text/plain": overview_text(report)}
        elif grade_id in entries:
            entry = entries[grade_id]
            said = {"text/html": entry_html(entry), "text/plain": entry_text(entry)}
        else:
            continue
        cell.outputs = [new_output("display_data", said)]
