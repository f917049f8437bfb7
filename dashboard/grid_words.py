"""Words that grids show by themselves, in the language of the moment."""

from __future__ import annotations

from wfm.i18n import say

__all__ = ["grid_texts"]


def grid_texts(*, empty: str = "") -> dict[str, str]:
    """Texts of AG Grid (``localeText``). ``empty``: what is said where no row is shown."""
    return {
        "noRowsToShow": empty or say("No rows"),
        "loadingOoo": say("Loading …"),
        "filterOoo": say("Filter …"),
        "equals": say("Equals"),
        "contains": say("Contains"),
        "blank": say("Empty"),
        "notBlank": say("Not empty"),
        "ariaFilterInput": say("Filter"),
        "ariaInputEditor": say("Type a shift"),
        "ariaSortableColumn": say("Press Enter to sort"),
        "ariaMenuColumn": say("Press Alt and Down to open the menu of the column"),
        "ariaColumn": say("column"),
        "ariaRowSelect": say("Press Space to select the row"),
        "ariaRowDeselect": say("Press Space to deselect the row"),
        "ariaLabelLoading": say("Loading …"),
    }
