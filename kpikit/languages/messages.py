"""
The catalogues: which sentences there are, and which lack a translation.

Sentences come from ``_("...")`` and its sisters in the modules and notebook
cells, from the Markdown of the notebooks, and from the labels that are data in
the vocabulary. The files are written sorted and without dates or line numbers,
so that a changed sentence is the only change one sees.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kpikit import vocabulary
from kpikit.errors import ReportError
from kpikit.languages.catalogue import (
    LANGUAGES,
    PLURALS,
    SOURCE_LANGUAGE,
    catalogue,
    catalogue_path,
)
from kpikit.languages.prose import markdown_messages

#: Functions whose first argument is a sentence, and the one with a plural.
MARKERS = frozenset({"_", "gettext", "noop", "N_"})
PLURAL_MARKERS = frozenset({"ngettext"})

#: Names of tables whose values are sentences: the core may not import the markers.
SENTENCE_TABLES = frozenset({"MESSAGES", "COMMON_MESSAGES", "REASONS", "GAPS", "READINGS"})
#: What makes a rule of the audit: its title is the third argument, its advice is named.
RULE_MARKER = "Rule"

_PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}")


@dataclass(frozen=True)
class Message:
    """A translatable sentence, its plural where it counts something, and where it stands."""

    text: str
    plural: str | None = None
    places: tuple[str, ...] = ()


def translated_languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(lang for lang in LANGUAGES if lang != SOURCE_LANGUAGE)


def default_paths() -> list[Path]:
    """The modules of the package and its notebooks."""
    package = Path(__file__).resolve().parent.parent
    notebooks = [package.parent / "notebooks", package / "notebooks"]
    found = next((folder for folder in notebooks if folder.is_dir()), None)
    return [
        *sorted(package.rglob("*.py")),
        *(sorted(found.glob("*.ipynb")) if found else []),
    ]


def extract_messages(paths: Iterable[Path]) -> list[Message]:
    """
    Collect every translatable sentence, sorted.

    Parameters
    ----------
    paths : iterable of Path
        Modules (``.py``) and notebooks (``.ipynb``). The labels of the
        vocabulary are always included.
    """
    plurals: dict[str, str | None] = {}
    places: dict[str, set[str]] = {}
    for text, plural, place in _all_messages(paths):
        plurals[text] = plurals.get(text) or plural
        places.setdefault(text, set()).add(place)
    return [Message(text, plurals[text], tuple(sorted(places[text]))) for text in sorted(plurals)]


def _all_messages(paths: Iterable[Path]) -> Iterator[tuple[str, str | None, str]]:
    for text in _vocabulary_labels():
        yield text, None, "vocabulary.py"
    for path in paths:
        if path.suffix == ".ipynb":
            yield from _notebook_messages(path)
        else:
            for text, plural in _code_messages(path.read_text(encoding="utf-8"), path.name):
                yield text, plural, path.name


def _vocabulary_labels() -> Iterator[str]:
    yield from (kind.label for kind in vocabulary.FIGURES.values())
    yield from vocabulary.GRADES.values()
    yield from vocabulary.STATUSES


def _notebook_messages(path: Path) -> Iterator[tuple[str, str | None, str]]:
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for text in markdown_messages(cell.source):
                yield text, None, path.name
        elif cell.cell_type == "code":
            # Magics are no Python; the line stays so that a syntax error names its place.
            lines = ("" if s.lstrip()[:1] in "%!" else s for s in cell.source.split("\n"))
            for text, plural in _code_messages("\n".join(lines), path.name):
                yield text, plural, path.name


def _code_messages(code: str, name: str) -> Iterator[tuple[str, str | None]]:
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise ReportError(f"{name}: line {error.lineno} is not valid Python") from None
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            yield from ((text, None) for text in _table_sentences(node))
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = _constants(node.args)
        if called in MARKERS and texts and texts[0]:
            yield texts[0], None
        elif called == RULE_MARKER and len(texts) >= 3:
            yield texts[2], None
            advice = [word.value for word in node.keywords if word.arg == "advice"]
            yield from ((text, None) for text in _constants(advice))
        elif called in PLURAL_MARKERS and len(texts) >= 2:
            yield texts[0], texts[1]


def _table_sentences(node: ast.Assign | ast.AnnAssign) -> list[str]:
    """Values of a dictionary that holds sentences of the core."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    named = {getattr(target, "id", "") for target in targets}
    if not named & SENTENCE_TABLES or not isinstance(node.value, ast.Dict):
        return []
    return _constants(node.value.values)


def _constants(nodes: Iterable[ast.expr]) -> list[str]:
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def missing(lang: str, paths: Iterable[Path] | None = None) -> list[str]:
    """
    List the sentences that a language does not have yet.

    Parameters
    ----------
    lang : str
        One of ``LANGUAGES``; English lacks none.
    paths : iterable of Path, optional
        Where the sentences are; the whole package and its notebooks by default.
    """
    if lang == SOURCE_LANGUAGE:
        return []
    book = catalogue(lang)
    return [
        message.text
        for message in extract_messages(default_paths() if paths is None else paths)
        if message.text not in (book.many if message.plural else book.one)
    ]


def mismatched(lang: str) -> list[str]:
    """
    List the translations whose placeholders differ from those of the source.

    Such a translation would lose a number or fail while the page is written.
    """
    if lang == SOURCE_LANGUAGE:
        return []
    book = catalogue(lang)
    wrong = [text for text, found in book.one.items() if _names(text) != _names(found)]
    for text, forms in book.many.items():
        if any(_names(form) != _names(text) for form in forms):
            wrong.append(text)
    return sorted(wrong)


def _names(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def update(lang: str, messages: Iterable[Message], path: Path | None = None) -> Path:
    """
    Rewrite a catalogue: new sentences empty, known ones kept, obsolete ones gone.

    Parameters
    ----------
    lang : str
        A language with a catalogue.
    messages : iterable of Message
    path : Path, optional
        Where to write; the package's own catalogue by default.
    """
    book = catalogue(lang)
    forms, rule = PLURALS[lang]
    parts = [
        'msgid ""\nmsgstr ""\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {lang}\\n"\n'
        f'"Plural-Forms: nplurals={forms}; plural=({rule});\\n"\n'
    ]
    for message in messages:
        lines = [f"#: {place}" for place in message.places]
        lines.append(f"msgid {_quoted(message.text)}")
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            known = book.many.get(message.text, ("",) * forms)
            lines += [f"msgstr[{n}] {_quoted(form)}" for n, form in enumerate(known)]
        else:
            lines.append(f"msgstr {_quoted(book.one.get(message.text, ''))}")
        parts.append("\n".join(lines) + "\n")
    target = path or catalogue_path(lang)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(parts), encoding="utf-8")
    catalogue.cache_clear()
    return target


def _quoted(text: str) -> str:
    for sign, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(sign, escaped)
    return f'"{text}"'
