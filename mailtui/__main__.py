"""`python -m mailtui` is the command `mailtui`."""

import sys

from mailtui.cli import main

sys.exit(main())
