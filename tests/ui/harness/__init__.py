# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of its own for tests, and hands and eyes for its windows."""
