"""Reference page of the mappings of work orders, satisfaction answers and agents' states."""

from __future__ import annotations

from markdown_pages import code, page, table


@page("item-mapping")
def item_mapping_keys() -> str:
    """What such a mapping may hold, and which column names the shipped ones know."""
    from wfm.hotline import reference_rows
    from wfm.records import item_mapping as m
    from wfm.records.item_mapping_names import shipped_names

    parts = [
        "# Keys of work-order, satisfaction and state mappings\n\nA bare column name is short for `from:`. Of several names "
        "those that the file has are read, the first that is filled counts; a name that stands alone must be there. How a "
        "column is written says [the page of call mappings](mapping.md).\n"
    ]
    rows = ((code(r.path), r.type, code(r.default), r.description) for r in reference_rows(m.ItemMapping))
    parts.append(table(("Key", "Type", "Default", "Meaning"), rows))
    kinds = {"orders": m.OrderColumns, "satisfaction": m.AnswerColumns, "states": m.StateColumns}
    for kind, model in kinds.items():
        shipped = {name: m.load_item_mapping(kind, name).columns.named for name in shipped_names(kind)}
        parts.append(f"## {kind}\n\nShipped: {', '.join(code(name) for name in shipped)}.\n")
        rows = (
            (
                code(field.alias or name),
                field.description,
                "、".join(word for columns in shipped.values() if name in columns for word in columns[name].names),
            )
            for name, field in model.model_fields.items()
        )
        parts.append(table(("Column of ours", "Meaning", "Column names that are known"), rows))
    return "\n".join(parts)
