"""Reference page of the mappings of interval records, and of what a known layout leaves open."""

from __future__ import annotations

from markdown_pages import code, page, table


@page("feed-mapping")
def feed_mapping_keys() -> str:
    """What such a mapping may hold, and the settings of a layout."""
    from wfm.hotline import reference_rows
    from wfm.records import feed_mapping as f

    def keys(model: type) -> str:
        rows = (
            (code(r.path), r.type, code(r.default), r.description) for r in reference_rows(model) if "." not in r.path
        )
        return table(("Key", "Type", "Default", "Meaning"), rows)

    parts = [
        "# Keys of interval mappings\n\nA mapping with `level: intervals` says which columns of a file of interval records "
        "hold which counts. A bare column name is short for `from:`. How times and texts are written says "
        "[the page of call mappings](mapping.md).\n",
        keys(f.FeedMapping),
        "## columns\n\nWhat is not named is not known and stays empty.\n",
        table(
            ("Column of ours", "Meaning"),
            ((code(name), field.description) for name, field in f.FeedColumns.model_fields.items()),
        ),
        "## count\n\nHow a count, or a sum of seconds, is written.\n",
        keys(f.CountColumn),
        "## Settings of a layout\n\nA file with `layout:` instead says what a known layout leaves open.\n",
        keys(f.LayoutSettings),
    ]
    return "\n".join(parts)
