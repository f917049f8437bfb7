"""A plain table of calls by interval, told by the names of its columns, Chinese or English."""

from __future__ import annotations

from wfm.records.feed_mapping import FEED_COLUMNS, CountColumn, FeedColumns, FeedMapping, LayoutSettings
from wfm.records.layouts.file_head import FileHead, plain_name
from wfm.records.layouts.layout_mapping import layout_mapping
from wfm.records.mapping_parts import TextColumn, TimeColumn

__all__ = ["NAMES", "NEEDS", "recognise"]

NEEDS = ("timestamp", "offered")

STARTS = (
    *("interval", "interval start", "timestamp", "start", "starttime", "start time", "datetime", "time"),
    *("时段", "时段开始", "开始时间", "统计时间", "统计时段", "时间", "日期时间", "时间段"),
)
DATES = ("date", "day", "日期", "统计日期")
QUEUES = ("line", "queue", "skill", "split", "专线", "专席", "线路", "队列", "技能组", "技能队列", "话务组")
NAMES: dict[str, tuple[str, ...]] = {
    "offered": ("calls", "count", "calls offered", "呼入量", "来电量", "进线量", "呼入总量", "来电数", "呼入数"),
    "ivr_completed": ("自助量", "自助办结量", "语音自助量"),
    "queued": ("转人工量", "人工呼入量", "请求人工量", "排队量"),
    "answered": ("handled", "calls answered", "接通量", "接听量", "人工接通量", "人工接听量", "接通数"),
    "abandoned": ("calls abandoned", "放弃量", "呼损量", "放弃数", "排队放弃量"),
    "answered_within_15_s": ("15秒接通量", "15秒内接通量", "15s接通量"),
    "answered_within_20_s": ("20秒接通量", "20秒内接通量", "20s接通量"),
    "wait_answered_s": ("应答总时长", "总应答时长"),
    "handle_s": ("handle time", "total handle time", "处理总时长", "总处理时长"),
}
"""Names by which a count is known beside its own."""
EMPTY = ["-", "--", "—", "/", "N/A", "NaN", "null"]
"""What stands in a cell for which there is no figure."""
HANDLE_MEANS = ("aht", "aht s", "平均处理时长")
WAIT_MEANS = ("asa", "asa s", "平均应答时长")


def recognise(head: FileHead, settings: LayoutSettings) -> FeedMapping | None:
    """The recipe for a file that names a time and a number of calls."""
    for number in range(1, len(head.rows[:12]) + 1):
        cells = head.rows[number - 1]
        names = {plain_name(cell): cell for cell in reversed(cells) if cell}
        interval, counts = _interval(names), _counts(names)
        if interval is not None and {"offered", "queued", "first_attempts"} & counts.keys():
            queue = next((names[name] for name in QUEUES if name in names), None)
            return layout_mapping(
                head,
                number,
                settings,
                FeedColumns(
                    interval=TimeColumn.model_validate(
                        interval | ({"format": settings.date_format} if settings.date_format else {})
                    ),
                    line=TextColumn.model_validate(queue) if queue else None,
                    **counts,
                ),
            )
    return None


def _interval(names: dict[str, str]) -> dict[str, str] | None:
    start = next((names[name] for name in STARTS if name in names), None)
    day = next((names[name] for name in DATES if name in names), None)
    if start is None:
        return None
    return {"from": start} if day is None else {"date": day, "time": start}


def _counts(names: dict[str, str]) -> dict[str, CountColumn]:
    found = {}
    for ours in FEED_COLUMNS:
        known = (plain_name(ours), *NAMES.get(ours, ()))
        source = next((names[name] for name in known if name in names), None)
        if source is not None:
            found[ours] = CountColumn.model_validate({"from": source, "empty": EMPTY})
    if "answered" in found:
        for ours, means in (("handle_s", HANDLE_MEANS), ("wait_answered_s", WAIT_MEANS)):
            source = next((names[name] for name in means if name in names), None)
            if source is not None and ours not in found:
                found[ours] = CountColumn.model_validate({"from": source, "mean_of": "answered", "empty": EMPTY})
    return found
