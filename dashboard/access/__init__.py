"""Who may come in: a link that works once on this machine, accounts everywhere else.

All that lasts (sessions, links, failed sign-ins) lies in the planning store, so that any process answers any browser.
"""

from dashboard.access.gate import guard
from dashboard.access.rules import AccessRules, expect_accounts, is_loopback, make_link_token, withdraw_links

__all__ = ["AccessRules", "expect_accounts", "guard", "is_loopback", "make_link_token", "withdraw_links"]
