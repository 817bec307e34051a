"""``python -m handover``."""

import sys

from meldpunt.at_start import check_data, refusing_mistakes

if __name__ == "__main__":
    with refusing_mistakes():
        check_data()
        from handover.cli import main  # reads data files of its own
    sys.exit(main())
