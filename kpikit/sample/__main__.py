"""
Rewrite the sample client: ``python -m kpikit.sample sample_data/client``.
"""

from __future__ import annotations

import sys

from kpikit.sample import SEED, sample_config, simulate_client, write_client


def main(arguments: list[str]) -> int:
    """Write the sample client into the folder that is named."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("Name the folder to write to: python -m kpikit.sample FOLDER\n")
        return 2
    write_client(simulate_client(sample_config(), SEED), arguments[0])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
