"""Sheets 表格: one way for Excel in and out, for every service; it knows columns and cells and no noun of the law.

A `Sheet` describes columns once. From it come the template with dropdowns and help (`template`), typed rows with every
problem by sheet, row, column and cell text (`read`), an annotated copy of what was sent (`annotated`), and exports
that no spreadsheet program takes for formulas (`export_xlsx`, `export_csv`).
"""

from shared.sheets.columns import (
    Cell,
    CellError,
    CellProblem,
    Column,
    Sheet,
    day,
    many,
    number,
    shown,
    text,
    uuid,
    whole,
    yes_or_no,
)
from shared.sheets.guard import titles
from shared.sheets.reading import Row, UnreadableError, read
from shared.sheets.writing import MEDIA_TYPE, annotated, export_csv, export_xlsx, template

__all__ = [
    "MEDIA_TYPE",
    "Cell",
    "CellError",
    "CellProblem",
    "Column",
    "Row",
    "Sheet",
    "UnreadableError",
    "annotated",
    "day",
    "export_csv",
    "export_xlsx",
    "many",
    "number",
    "read",
    "shown",
    "template",
    "text",
    "titles",
    "uuid",
    "whole",
    "yes_or_no",
]
