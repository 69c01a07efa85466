"""`python -m signbridge`."""

import sys

from signbridge.cli import main

sys.exit(main())
