"""What stands in a cell of the people × days grid, written and read: a shift, B, from home, another group.

A cell holds a shift's short name; after it, each with a dot before it, ``B`` for a standby, ``R`` (远) for a duty
away from the centre or ``S`` (场) for one at it where that is not as usual, and ``@`` with a group's name where the
person does not serve the usual group. Several duties of a day are joined by ``+``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from wfm.hotline import Hotline, Shift
from wfm.i18n import LANGUAGES, Language

__all__ = [
    "CellDuty",
    "CellWords",
    "UnknownWord",
    "label_of",
    "leave_word",
    "off_word",
    "read_cell",
    "shift_labels",
    "training_word",
    "write_cell",
]

_FREE = {"", "-", "–", "—", "/", "\\", "0", "休", "休息", "公休", "轮休", "调休", "off", "x", "×", "rest", "free", "*"}
_AWAY = {
    "假",
    "请假",
    "年假",
    "年休",
    "事假",
    "病假",
    "婚假",
    "产假",
    "丧假",
    "leave",
    "al",
    "sick",
    "holiday",
    "培",
    "培训",
    "trn",
    "training",
}
_LEAVE = {"en": ("L", "leave", "AL"), "zh": ("假", "请假", "年假")}
_BACKUP = ("b", "b岗", "备", "备岗", "备勤", "backup", "standby")
_PRIMARY = ("a", "a岗", "主", "主岗")
_REMOTE = ("r", "远", "远程", "remote", "居家")
_ON_SITE = ("s", "场", "现场", "on site")
_MARKS = {
    word: mark for mark, words in zip("BARS", (_BACKUP, _PRIMARY, _REMOTE, _ON_SITE), strict=True) for word in words
}
_SPLIT = re.compile(r"[+、,，;；\n]|\s{2,}")
_JOINTS = re.compile(r"[+、,，;；\n@·()（）\[\]【】]|\s{2,}")
"""What has a meaning in a cell and cannot stand in a name there."""
_BRACKETS = re.compile(r"[(（\[【]\s*([^)）\]】]*?)\s*[)）\]】]")


@dataclass(frozen=True, slots=True)
class CellDuty:
    """One duty as a cell says it; ``group`` and ``remote`` are None where the cell leaves them to what is usual."""

    shift: str
    role: str
    group: str | None = None
    remote: bool | None = None


class UnknownWord(ValueError):
    """A word of a cell that names no shift, group or mark; ``word`` is the word, ``known`` what is known."""

    def __init__(self, word: str, known: list[str]) -> None:
        super().__init__(word)
        self.word = word
        self.known = known


@dataclass(frozen=True)
class CellWords:
    """How a hotline's shifts and groups are called in cells.

    Attributes:
        labels: shift → the label written.
        shifts: word (lower case) → shifts it may mean.
        groups: word (lower case) → group.
        group_names: group → the name written.
        language: the language written.
    """

    labels: dict[str, str]
    shifts: dict[str, tuple[str, ...]]
    groups: dict[str, str]
    group_names: dict[str, str]
    language: Language

    @staticmethod
    def of(hotline: Hotline, language: Language) -> CellWords:
        """The words of a hotline; those of ``language`` come first where two languages use the same word."""
        labels = shift_labels(hotline, language)
        meanings: dict[str, dict[str, None]] = {}
        ordered: list[Language] = [language, *(x for x in LANGUAGES if x != language)]
        for shift in hotline.shifts:
            for word in (shift.id, *(w for one in ordered for w in (shift.short.of(one), shift.name.of(one)))):
                meanings.setdefault(word.strip().casefold(), {})[shift.id] = None
        for one in ordered[::-1]:  # what this product itself would write is never ambiguous
            meanings.update({label.casefold(): {shift: None} for shift, label in shift_labels(hotline, one).items()})
        names = {g.id: g.name.of(language).strip() for g in hotline.groups}
        often = Counter(names.values())
        groups = {w.strip().casefold(): g.id for g in hotline.groups for w in (g.name.en, g.name.zh, g.id)}
        return CellWords(
            labels,
            {word: tuple(found) for word, found in meanings.items()},
            groups,
            {g: (name if often[name] == 1 and not _JOINTS.search(name) else g) for g, name in names.items()},
            language,
        )


def shift_labels(hotline: Hotline, language: Language) -> dict[str, str]:
    """Label of each shift: its short name, its identifier where another shift has the same or a mark reads so."""
    shorts = {s.id: s.short.of(language).strip() for s in hotline.shifts}
    often = Counter(short.casefold() for short in shorts.values())
    return {s.id: label_of(s, shorts[s.id], often[shorts[s.id].casefold()]) for s in hotline.shifts}


def label_of(shift: Shift, short: str, often: int) -> str:
    """``short`` where it can stand in a cell for this shift alone, else the shift's identifier."""
    word = short.casefold()
    taken = (
        often > 1 or not word or word in _FREE or word in _AWAY or word in {v[0].casefold() for v in _LEAVE.values()}
    )
    return shift.id if taken or "/" in short or _JOINTS.search(short) else short


def leave_word(words: CellWords) -> str:
    """What stands in the cell of somebody on leave: the shortest word that names no shift of the hotline."""
    offered = _LEAVE[words.language]
    return next((word for word in offered if word.casefold() not in words.shifts), offered[-1])


def training_word(words: CellWords) -> str:
    """What stands in the cell of somebody in training: a word that names no shift of the hotline."""
    offered = {"en": ("trn", "training"), "zh": ("培", "培训")}[words.language]
    return next((word for word in offered if word.casefold() not in words.shifts), "–")


def off_word(words: CellWords) -> str:
    """What stands in the cell of a day off that is decided beforehand: a word that names no shift of the hotline."""
    offered = {"en": ("off", "x"), "zh": ("休", "休息")}[words.language]
    return next((word for word in offered if word.casefold() not in words.shifts), "–")


def write_cell(words: CellWords, duties: list[CellDuty]) -> str:
    """The cell's text; empty where there is no duty."""
    texts = []
    for duty in duties:
        marks = ["B"] if duty.role == "B" else []
        if duty.remote is not None:
            marks.append({True: {"en": "R", "zh": "远"}, False: {"en": "S", "zh": "场"}}[duty.remote][words.language])
        text = "·".join([words.labels.get(duty.shift, duty.shift), *marks])
        texts.append(text + (f"@{words.group_names.get(duty.group, duty.group)}" if duty.group is not None else ""))
    return "+".join(texts)


def read_cell(words: CellWords, text: str) -> list[CellDuty]:
    """The duties that a cell names; none where it is empty or says that the person is off or on leave.

    Also read: ``早B``, ``早(B)``, ``早/B``, ``早 B``, names and identifiers of shifts in either language.

    Raises:
        UnknownWord: a part is none of these, or means several shifts.
    """
    if _is_free(words, text):
        return []
    whole = _BRACKETS.sub(r"·\1", text.strip())
    parts = [whole] if whole.casefold() in words.shifts else [p.strip() for p in _SPLIT.split(whole)]
    pieces = [piece for part in parts for piece in _slashed(words, part)]
    return [_read_part(words, piece) for piece in pieces if not _is_free(words, piece)]


def _slashed(words: CellWords, part: str) -> list[str]:
    """``早/夜`` as two duties, ``早/B`` as one with its mark; a group's name keeps its slashes."""
    head, at, group = part.partition("@")
    if "/" not in head or head.casefold() in words.shifts:
        return [part]
    found: list[str] = []
    for piece in (p.strip() for p in head.split("/")):
        if found and piece.casefold() in _MARKS and piece.casefold() not in words.shifts:
            found[-1] += f"·{piece}"
        else:
            found.append(piece)
    found[-1] += at + group
    return found


def _is_free(words: CellWords, text: str) -> bool:
    word = text.strip().casefold()
    if word in words.shifts:
        return False
    return word in _FREE or word in _AWAY or word in {w[0].casefold() for w in _LEAVE.values()}


def _read_part(words: CellWords, part: str) -> CellDuty:
    text, _, group_word = part.partition("@")
    group = None
    if group_word.strip():
        group = words.groups.get(group_word.strip().casefold())
        if group is None:
            raise UnknownWord(group_word.strip(), list(words.group_names.values()))
    shift_word, marks = _marks(words, text.strip())
    found = words.shifts.get(shift_word.casefold(), ())
    if len(found) != 1:
        raise UnknownWord(shift_word, [words.labels[s] for s in found or words.labels])
    remote = True if "R" in marks else False if "S" in marks else None
    return CellDuty(found[0], "B" if "B" in marks else "A", group, remote)


def _marks(words: CellWords, text: str) -> tuple[str, set[str]]:
    """The shift's word and the marks after it (B, A, R, S), however they are joined to it."""
    marks: set[str] = set()
    rest = text
    while rest.casefold() not in words.shifts:
        joint = max(rest.rfind(sign) for sign in "· -_")
        tail = rest[joint + 1 :].strip().casefold()
        if joint > 0 and tail in _MARKS:
            marks.add(_MARKS[tail])
            rest = rest[:joint].strip()
            continue
        ending = next(
            (w for w in sorted(_MARKS, key=len, reverse=True) if rest.casefold().endswith(w) and len(rest) > len(w)), ""
        )
        if not ending or not _leads_to_a_shift(words, rest[: -len(ending)]):
            break
        marks.add(_MARKS[ending])
        rest = rest[: -len(ending)].strip()
    return rest, marks


def _leads_to_a_shift(words: CellWords, text: str) -> bool:
    return _marks(words, text.strip())[0].casefold() in words.shifts
