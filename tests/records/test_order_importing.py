"""Work orders and satisfaction answers out of exports as systems write them."""

import re
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.hotline import find_hotline, load_hotline
from wfm.records.item_mapping import choose_item_mapping, load_item_mapping
from wfm.records.item_store import ItemStore
from wfm.records.items import satisfaction_answers, work_orders
from wfm.records.order_importing import import_orders, import_satisfaction
from wfm.tables import SATISFACTION, WORK_ORDERS

KEY = b"a key of the tests"
HEAD = (
    "工单编号,受理时间,工单类型,承办单位,首次联系时间,答复时间,办结时间,回访时间,满意度,联系电话,诉求人,地址,诉求内容"
)
ROW = (
    "G1,2026-09-14 10:00:00,一般性投诉,城管局,2026-09-14 15:00,2026-09-16 09:00,2026-09-16 17:00,2026-09-17 10:00,满意,"
    "13800001111,张三,人民路1号,夜间施工噪声"
)


@pytest.fixture(scope="module")
def hotline():
    return load_hotline(find_hotline("convenience-lines"))


def orders_of(path, hotline, asked=""):
    return import_orders(path, choose_item_mapping("orders", path, asked), hotline=hotline, key=KEY)


def written(tmp_path, *rows, head=HEAD, encoding="utf-8", name="orders.csv"):
    path = tmp_path / name
    path.write_bytes("\n".join([head, *rows, ""]).encode(encoding))
    return path


def local(text):
    return pd.Timestamp(text, tz="Asia/Shanghai")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_tells_the_same_order(tmp_path, hotline, encoding):
    found = orders_of(written(tmp_path, ROW, encoding=encoding), hotline)
    order = found.items.iloc[0]
    assert order["item"] == "G1"
    assert (order["class"], order["department"], order["satisfaction"]) == ("complaint", "城管局", "satisfied")
    assert order["received_at"] == local("2026-09-14 10:00")
    assert order["first_contact_at"] == local("2026-09-14 15:00")
    assert order["told_at"] == local("2026-09-16 09:00")
    assert order["closed_at"] == local("2026-09-16 17:00")
    assert order["follow_up_at"] == local("2026-09-17 10:00")
    assert "called_back_at" not in found.columns
    assert pd.isna(order["due_at"])


@pytest.mark.parametrize(
    "head",
    [
        "受理编号,登记时间,诉求类型,主办单位,首联时间,回复时间,结案时间,回访日期,群众满意度",
        "诉求编号,来电时间,事项类型,责任单位,首次响应时间,答复群众时间,完成时间,首次回访时间,满意度评价",
        "流水号,创建时间,案件类型,承办部门,首次联系日期,答复日期,办结日期,回访时间,是否满意",
    ],
)
def test_other_systems_name_their_columns_otherwise(tmp_path, hotline, head):
    row = "G1,2026/9/14 10:00,投诉,城管局,2026年9月14日 15时00分,20260916090000,2026-09-16T17:00:00,2026-09-17,不满意"
    order = orders_of(written(tmp_path, row, head=head), hotline).items.iloc[0]
    assert order["told_at"] == local("2026-09-16 09:00")
    assert (order["class"], order["satisfaction"]) == ("complaint", "not_satisfied")


def test_a_workbook_with_a_title_above_its_column_names(tmp_path, hotline):
    book = openpyxl.Workbook()
    book.active.append(["某市12345热线工单导出 2026年9月"])
    book.active.append([])
    book.active.append(["工单编号", "受理时间", "工单类型", "办结时间", "回访时间"])
    book.active.append(
        [
            "G1",
            pd.Timestamp("2026-09-14 10:00").to_pydatetime(),
            "举报",
            pd.Timestamp("2026-09-16 17:30").to_pydatetime(),
            date(2026, 9, 17),
        ]
    )
    book.active.append([20260914002, 46279.5, "建议", None, None])
    book.save(tmp_path / "orders.xlsx")
    found = orders_of(tmp_path / "orders.xlsx", hotline)
    first, second = (found.items.iloc[at] for at in range(2))
    assert (first["class"], first["days_only"]) == ("report", "follow_up_at")
    assert first["closed_at"] == local("2026-09-16 17:30")
    # Excel's day 46279 is 14 September 2026.
    assert (second["item"], second["received_at"]) == ("20260914002", local("2026-09-14 12:00"))
    assert pd.isna(second["closed_at"])


def test_nothing_of_a_person_is_kept(tmp_path, hotline):
    """§99"""
    found = orders_of(written(tmp_path, ROW, ROW.replace("G1", "G2")), hotline)
    stored = found.items.to_csv()
    for secret in ("13800001111", "张三", "人民路", "噪声"):
        assert secret not in stored
    keys = found.items["caller_key"]
    assert keys[0] == keys[1]
    assert re.fullmatch("[0-9a-f]{24}", keys[0])
    home = tmp_path / "home"
    ItemStore(home, hotline.id, WORK_ORDERS).add(found.items, found.content_hash)
    for path in home.rglob("*.parquet"):
        assert "13800001111" not in pd.read_parquet(path).to_csv()


def test_dates_alone_are_days(tmp_path, hotline):
    """§100"""
    head = "工单编号,受理时间,工单类型,首次联系时间,办结时间,办结时限"
    found = orders_of(
        written(
            tmp_path,
            "G1,2026-09-14,投诉,2026-09-15,2026-09-16 00:00:00,2026-09-18",
            "G2,2026-09-15 09:00,投诉,,2026-09-17 00:00:00,2个工作日",
            "G3,2026-09-15 09:00,投诉,2026-09-15,,24小时",
            "G4,2026-09-15,投诉,,,24小时",
            "G5,2026-09-15 09:00,投诉,,,尽快",
            head=head,
        ),
        hotline,
    )
    items = found.items.set_index("item")
    # Every closure is written with midnight: the export knows days alone.
    assert items["days_only"].fillna("").to_dict() == {
        "G1": "received_at;first_contact_at;closed_at",
        "G2": "closed_at",
        "G3": "first_contact_at",
        "G4": "received_at",
        "G5": "",
    }
    assert items["due_at"]["G1"] == local("2026-09-18 18:00"), "until the office closes"
    assert items["due_at"]["G2"] == local("2026-09-17 18:00"), "two working days, the day of receipt not counted"
    assert items["due_at"]["G3"] == local("2026-09-16 09:00")
    assert pd.isna(items["due_at"]["G4"]), "hours cannot run from a day"
    assert pd.isna(items["due_at"]["G5"])
    assert dict(found.unread) == {("办结时限", "尽快"): 1}


def test_every_row_is_accounted_for(tmp_path, hotline):
    """§99"""
    path = written(
        tmp_path,
        "G1,2026-09-14 10:00,投诉,,2026-09-15 09:00,已办结",
        "G1,2026-09-14 10:00,投诉,2026-09-14 11:00,2026-09-16 09:00,已办结",
        ",2026-09-14 10:00,投诉,,,办理中",
        "G3,,投诉,,,办理中",
        "G4,昨天,投诉,,,办理中",
        "G5,2026-09-14 10:00,投诉,2026-09-13 10:00,,办理中",
        "G6,2026-09-14 10:00,投诉,不详,,办理中",
        "G7,2026-09-14 10:00,投诉,,,作废",
        "G8,2026-09-14 10:00,投诉,2026-09-14 09:59:30,,办理中",
        "G9,2026-09-14 10:00",
        "",
        head="工单编号,受理时间,工单类型,首次联系时间,办结时间,工单状态",
    )
    found = orders_of(path, hotline)
    assert {(r.row, r.code) for r in found.rejected} == {
        (4, "no_item"),
        (5, "no_moment"),
        (6, "bad_time"),
        (7, "order"),
        (8, "bad_time"),
        (11, "torn"),
    }
    assert [(r.row, r.found) for r in found.duplicates] == [(2, "3")]
    assert [(r.row, r.column) for r in found.left_out] == [(9, "工单状态")]
    items = found.items.set_index("item")
    assert sorted(items.index) == ["G1", "G8"]
    assert items["closed_at"]["G1"] == local("2026-09-16 09:00"), "the version with the later stage"
    assert items["first_contact_at"]["G8"] == local("2026-09-14 10:00"), "two clocks half a minute apart"
    assert found.rows_read == found.accepted + len(found.rejected) + len(found.left_out) + len(found.duplicates)
    assert all(r.reason for r in found.rejected)


cells = st.sampled_from(["", "2026-09-14 10:00", "2026-09-15", "x", "2026-09-13 08:00"])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "A", "B", "C"]), cells, cells, st.sampled_from(["", "作废"])), min_size=1)
)
def test_rows_read_are_accepted_rejected_left_out_or_told_again(tmp_path_factory, rows):
    """§99"""
    hotline = load_hotline(find_hotline("convenience-lines"))
    path = tmp_path_factory.mktemp("rows") / "orders.csv"
    lines = [",".join(row) for row in rows]
    path.write_text("\n".join(["工单编号,受理时间,办结时间,工单状态", *lines]) + "\n", encoding="utf-8")
    filled = sum(1 for row in rows if any(row))
    try:
        found = orders_of(path, hotline)
    except BadInput:
        return
    assert found.rows_read == filled
    assert found.rows_read == len(found.items) + len(found.rejected) + len(found.left_out) + len(found.duplicates)


def test_an_unknown_class_is_kept_and_a_withdrawn_value_is_counted(tmp_path, hotline):
    head = "工单编号,受理时间,工单类型,满意度,是否重办"
    found = orders_of(
        written(
            tmp_path,
            "G1,2026-09-14 10:00,咨询,较满意,是",
            "G2,2026-09-14 10:00,重大投诉,未评价,否",
            "G3,2026-09-14 10:00,General complaint,基本满意,2",
            "G4,2026-09-14 10:00,,,不详",
            head=head,
        ),
        hotline,
    )
    items = found.items.set_index("item")
    assert items["class"].fillna("").to_dict() == {"G1": "咨询", "G2": "major-complaint", "G3": "complaint", "G4": ""}
    assert items["reopened"].fillna(-1).to_dict() == {"G1": 1, "G2": 0, "G3": 2, "G4": -1}
    assert dict(found.unread) == {("满意度", "较满意"): 1, ("是否重办", "不详"): 1}


def test_the_same_file_changes_nothing_and_later_stages_replace_earlier_ones(tmp_path, hotline):
    """§99"""
    head = "工单编号,受理时间,工单类型,首次联系时间,办结时间,重办次数"
    open_row, closed = (
        "G1,2026-09-14 10:00,投诉,2026-09-14 11:00,,0",
        "G1,2026-09-14 10:00,投诉,2026-09-14 11:00,2026-09-16 09:00,0",
    )
    store = ItemStore(tmp_path / "home", hotline.id, WORK_ORDERS)

    def add(name, *rows):
        found = orders_of(written(tmp_path, *rows, head=head, name=name), hotline)
        return store.add(found.items, found.content_hash, source_hash=found.source_hash)

    def stands():
        return work_orders(tmp_path / "home", hotline, None, date(2026, 12, 31)).set_index("item").loc["G1"]

    first = add("monday.csv", open_row, "G2,2026-09-14 10:00,投诉,,,0")
    assert (first.added, first.replaced, first.later_kept) == (True, 0, 0)
    assert not add("monday.csv", open_row, "G2,2026-09-14 10:00,投诉,,,0").added
    later = add("wednesday.csv", closed)
    assert (later.replaced, later.later_kept) == (1, 0)
    assert stands()["closed_at"] == local("2026-09-16 09:00")
    # An older export that is imported afterwards takes nothing back.
    older = add("tuesday.csv", open_row)
    assert (older.replaced, older.later_kept) == (0, 1)
    assert stands()["closed_at"] == local("2026-09-16 09:00")
    # Opened again: no closure any more, although no stage lies later.
    assert add("friday.csv", "G1,2026-09-14 10:00,投诉,2026-09-14 11:00,,1").replaced == 1
    assert pd.isna(stands()["closed_at"])
    assert len(work_orders(tmp_path / "home", hotline, None, date(2026, 12, 31))) == 2


def test_another_mapping_of_the_same_file_withdraws_the_first(tmp_path, hotline):
    path = written(tmp_path, "1,2026-09-14 10:00,2026-09-15 10:00", head="编号,受理时间,完结")
    own = tmp_path / "own.yaml"
    own.write_text("columns:\n  item: 编号\n  received_at: 受理时间\n  closed_at: 完结\n", encoding="utf-8")
    store = ItemStore(tmp_path / "home", hotline.id, WORK_ORDERS)
    for asked in ("", str(own)):
        found = orders_of(path, hotline, asked)
        store.add(found.items, found.content_hash, source_hash=found.source_hash)
    stored = store.read(None, date(2026, 12, 31), hotline.time_zone)
    assert stored["closed_at"].tolist() == [local("2026-09-15 10:00")]


def test_orders_of_a_period_are_those_received_in_it(tmp_path, hotline):
    found = orders_of(
        written(
            tmp_path,
            "G1,2026-09-13 23:59",
            "G2,2026-09-14 00:00",
            "G3,2026-09-15 23:59:59",
            "G4,2026-09-16 00:00",
            head="工单编号,受理时间",
        ),
        hotline,
    )
    store = ItemStore(tmp_path / "home", hotline.id, WORK_ORDERS)
    assert store.read(None, date(2026, 9, 30), hotline.time_zone).empty
    store.add(found.items, found.content_hash)
    assert store.read(date(2026, 9, 14), date(2026, 9, 15), hotline.time_zone)["item"].tolist() == ["G2", "G3"]
    assert len(store.read(None, date(2026, 9, 15), hotline.time_zone)) == 3


def test_a_file_without_a_number_of_the_order_is_told_so(tmp_path, hotline):
    path = written(tmp_path, "1,2026-09-14", head="单号,受理时间")
    with pytest.raises(BadInput, match=r"orders\.csv: no column for item .*did you mean '单号'"):
        orders_of(path, hotline)
    with pytest.raises(BadInput, match="no shipped mapping of that name; shipped: 12345"):
        load_item_mapping("orders", "nothing")
    empty = written(tmp_path, head=HEAD, name="empty.csv")
    with pytest.raises(BadInput, match="holds no rows"):
        orders_of(empty, hotline)


def test_files_that_cannot_be_read_are_told_so(tmp_path, hotline):
    with pytest.raises(BadInput, match="there is no such file"):
        orders_of(tmp_path / "missing.csv", hotline)
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    with pytest.raises(BadInput, match="not an Excel workbook"):
        orders_of(tmp_path / "broken.xlsx", hotline)
    book = openpyxl.Workbook()
    book.active.append(["工单编号", "受理时间"])
    book.save(tmp_path / "orders.xlsx")
    own = tmp_path / "own.yaml"
    own.write_text("sheet: 九月\ncolumns: {item: 工单编号, received_at: 受理时间}\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no sheet '九月'; the file has: Sheet"):
        orders_of(tmp_path / "orders.xlsx", hotline, str(own))
    own.write_text("columns: {item: 工单编号}\n", encoding="utf-8")
    with pytest.raises(BadInput, match="received_at"):
        orders_of(tmp_path / "orders.xlsx", hotline, str(own))
    own.write_text("columns: {item: 工单编号, received_at: 受理日}\n", encoding="utf-8")
    path = written(tmp_path, "1,2026-09-14", head="工单编号,受理时间")
    with pytest.raises(BadInput, match="no column '受理日'"):
        orders_of(path, hotline, str(own))


def test_a_separator_line_and_lines_above_the_column_names(tmp_path, hotline):
    path = written(tmp_path, "统计时间：2026年9月", "", "工单编号;受理时间", "1;2026-09-14", "2;昨天", head="sep=;")
    found = orders_of(path, hotline)
    assert found.items["item"].tolist() == ["1"]
    assert [r.row for r in found.rejected] == [6]


def test_satisfaction_answers(tmp_path, hotline):
    path = written(
        tmp_path,
        "C1,2026-09-14 10:05,短信,满意,",
        "C2,2026-09-14 11:05,话后评价,不满意,2026-09-15 09:00",
        "C3,2026-09-14 12:05,话后评价,基本满意,2026-09-13 09:00",
        "C4,2026-09-14 12:05,话后评价,未评价,",
        "C2,2026-09-15 09:10,电话回访,满意,",
        head="通话编号,评价时间,评价渠道,评价结果,回访时间",
    )
    found = import_satisfaction(path, choose_item_mapping("satisfaction", path), hotline=hotline)
    assert [(r.row, r.code) for r in found.rejected] == [(4, "order")]
    ItemStore(tmp_path / "home", hotline.id, SATISFACTION).add(found.items, found.content_hash)
    stored = satisfaction_answers(tmp_path / "home", hotline, None, date(2026, 9, 30))
    told = stored[["item", "channel", "answer"]].fillna("").values.tolist()
    assert told == [
        ["C1", "短信", "satisfied"],
        ["C2", "话后评价", "not_satisfied"],
        ["C4", "话后评价", ""],
        ["C2", "电话回访", "satisfied"],
    ]
    assert stored["called_back_at"].notna().tolist() == [False, True, False, False]


def test_a_clock_of_hours_and_minutes_without_a_colon(tmp_path, hotline):
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "columns:\n"
        "  item: no\n"
        "  received_at: {date: day, time: clock, unit: hhmm}\n"
        "  class: {from: kind, values: {complaint: complaint}}\n",
        encoding="utf-8",
    )
    rows = written(tmp_path, "A,2026-09-14,0815,complaint", "B,2026-09-14,1730,complaint", head="no,day,clock,kind")
    found = import_orders(rows, load_item_mapping("orders", mapping), hotline=hotline, key=KEY)
    assert found.items["received_at"].tolist() == [local("2026-09-14 08:15"), local("2026-09-14 17:30")]
