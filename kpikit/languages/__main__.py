"""
Keep the message catalogues: ``python -m kpikit.languages update`` or ``check``.

``update`` rewrites ``kpikit/locale/*.po`` from the sources; ``check`` lists what
is not translated and ends with 1 if there is anything.
"""

from __future__ import annotations

import sys

from kpikit.languages.messages import (
    default_paths,
    extract_messages,
    mismatched,
    missing,
    translated_languages,
    update,
)


def main(arguments: list[str]) -> int:
    """Run one of the two commands; the exit code."""
    if arguments == ["update"]:
        messages = extract_messages(default_paths())
        for lang in translated_languages():
            path = update(lang, messages)
            print(f"{path.name}: {len(messages)} messages, {len(missing(lang))} untranslated")
        return 0
    if arguments == ["check"]:
        found = 0
        for lang in translated_languages():
            for kind, texts in (
                ("untranslated", missing(lang)),
                ("placeholders", mismatched(lang)),
            ):
                found += len(texts)
                for text in texts:
                    print(f"{lang} {kind}: {text}")
        return 1 if found else 0
    print("usage: python -m kpikit.languages update|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
